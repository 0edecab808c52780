"""``rao strategies try``: answer a question with a strategy and without one, and count what came of it."""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from rao_cli.agent.combine import same_answer
from rao_cli.agent.records import Limits, Report, RunResult, Task
from rao_cli.agent.run import run_task
from rao_cli.cli.assemble import Given, Session, open_session
from rao_cli.cli.columns import columns, rendered
from rao_cli.cli.interrupts import Interrupts
from rao_cli.cli.models_known import screen_width
from rao_cli.cli.options import Options
from rao_cli.cli.progress import open_notices
from rao_cli.cli.strategies_shown import deliver, record_of, standing_text
from rao_cli.cli.strategies_use import Following, has_outline, outcome_of, strategies
from rao_cli.cli.terminal import Streams
from rao_cli.errors import UsageError
from rao_cli.strategies.lessons import says
from rao_cli.strategies.library import Strategies
from rao_cli.strategies.matching import told, unfit
from rao_cli.strategies.records import Strategy
from rao_cli.strategies.shape import Shape, shape_of
from rao_cli.strategies.standing import Held, Outcome, evidence_of, model_of, unseen_digest
from rao_cli.text import one_line

if TYPE_CHECKING:
    from rao_cli.cli.engines import FindModel


@dataclass(frozen=True)
class Trial:
    """A strategy by its name, and what it is tried on; the right answer may be unknown."""

    name: str
    sources: tuple[str, ...]
    question: str
    answer: str = ""


@dataclass(frozen=True)
class Pair:
    """One question answered without the strategy and with it."""

    without: RunResult
    by: RunResult
    acted: bool
    """Whether the strategy decided anything."""

    @property
    def agree(self) -> bool:
        """Tell whether both give the same answer."""
        one, other = (Report(status=one.status, answer=one.answer) for one in (self.without, self.by))
        return same_answer(one, other)

    @property
    def ratio(self) -> float:
        """Return the tokens with the strategy over those without it."""
        return max(1, self.by.usage.tokens) / max(1, self.without.usage.tokens)


@dataclass(frozen=True)
class Verdict:
    """What a trial says about a strategy, and why; no outcome where it says nothing."""

    outcome: Outcome | None
    reason: str


def try_on(trial: Trial, options: Options, streams: Streams, find_model: "FindModel | None" = None) -> int:
    """Answer a question both ways, count the outcome and print it; return the exit code. Raises RaoError."""
    from rao_cli.cli.arguments import check_options

    check_options(options, trial.sources, streams)
    notices = open_notices(options, streams)
    library = strategies(notices.warning)
    strategy = library.find(trial.name).strategy
    given = Given(trial.sources, options, streams, notices, find_model)
    notices.status(f"reading {', '.join(trial.sources)}")
    try:
        with Interrupts(streams.stderr) as interrupts, open_session(given, interrupts) as session:
            shape = shape_of(session.prepared.reading)
            _check(strategy, trial.question, session, shape)
            pair = _pair(strategy, trial, session, interrupts)
            verdict = judge(pair, trial.answer)
            held = _counted(library, strategy, pair, verdict, session, shape)
    finally:
        notices.clear()
    return _tell(pair, verdict, held, given)


def _check(strategy: Strategy, question: str, session: Session, shape: Shape) -> None:
    """Raise UsageError where a strategy has nothing to do."""
    if not has_outline(Task(question=question), session.prepared):
        raise UsageError(
            "the source fits one view, so there is nothing to choose", hint="try a strategy on a longer document"
        )
    doubt = unfit(strategy, question, shape)
    if doubt:
        session.given.notices.warning(f"{strategy.name} is tried as you say, but {doubt}")


def _pair(strategy: Strategy, trial: Trial, session: Session, interrupts: Interrupts) -> Pair:
    """Answer the question without the strategy and then with it."""
    without = _run(Following(), "without a strategy", trial, session, interrupts)
    following = Following(strategy)
    by = _run(following, f"with {strategy.name}", trial, session, interrupts)
    return Pair(without, by, following.acted)


def _run(following: Following, how: str, trial: Trial, session: Session, interrupts: Interrupts) -> RunResult:
    task, prepared, options = Task(question=trial.question), session.prepared, session.given.options
    session.given.notices.status(f"answering {how}")
    limits = Limits(
        tokens=options.max_tokens, seconds=options.max_seconds, agents=options.max_agents, depth=options.max_depth
    )
    policy = following.policy(task, prepared)
    return interrupts.run(
        run_task(task, prepared, limits=limits, emit=following.see, policy=policy, strategy=following.told)
    )


def judge(pair: Pair, answer: str) -> Verdict:
    """Return what a trial says of a strategy, by the right answer or else by that of work without it."""
    outcome = outcome_of(pair.by)
    if not pair.acted:
        return Verdict(None, "the strategy had nothing to decide: code computed the answer")
    if pair.by.fell_back:
        return Verdict(outcome, f"it was left: {pair.by.fell_back}")
    if pair.by.limits_hit or pair.without.limits_hit:
        return Verdict(None, "a limit was reached")
    if answer:
        right = says(pair.by.answer, answer)
        return Verdict(
            "success" if right else "failure", "its answer is right" if right else "its answer is wrong"
        )
    if pair.without.status != "found" or not pair.without.verified:
        return Verdict(None, "without it no answer is found that could be compared; give the right one: --answer")
    if pair.agree:
        return Verdict("success", "both answers are the same")
    return Verdict("failure", "the answers differ; if that without it is wrong, give the right one: --answer")


def _counted(
    library: Strategies, strategy: Strategy, pair: Pair, verdict: Verdict, session: Session, shape: Shape
) -> Held:
    """Count the outcome, and the document as one that it did well on. Raises RaoError."""
    if verdict.outcome is None:
        return library.find(strategy.id)
    cost = math.log(pair.ratio) if not pair.by.fell_back else None
    model = model_of(session.prepared)
    held = library.record_outcome(strategy.id, model, shape.kind, verdict.outcome, cost)
    if verdict.outcome == "success":
        held = library.did_well(strategy.id, unseen_digest(session.prepared.reading.document.digest))
    session.given.notices.clear()
    if session.given.options.verbose:
        session.given.notices.line(told(evidence_of(held.strategy, model, shape.kind)))
    return held


def _tell(pair: Pair, verdict: Verdict, held: Held, given: Given) -> int:
    width = screen_width(given.options, given.streams)
    text = rendered(columns(list(_rows(pair, held)), "lrrl", width), color=False)
    saved = f"{pair.ratio:.2f} times the tokens" if pair.acted else ""
    text += "\n" + "; ".join(part for part in (verdict.reason, saved) if part) + "\n"
    text += f"{held.strategy.name} is {standing_text(held)}\n"
    record = {
        "strategy": record_of(held),
        "without": pair.without.model_dump(mode="json", by_alias=True),
        "by": pair.by.model_dump(mode="json", by_alias=True),
        "agree": pair.agree,
        "ratio": round(pair.ratio, 4),
        "outcome": verdict.outcome,
        "reason": verdict.reason,
    }
    return deliver("try", text, record, given.options, given.streams)


def _rows(pair: Pair, held: Held) -> Iterator[tuple[str, ...]]:
    yield "", "tokens", "agents", "answer"
    for name, one in (("without", pair.without), (held.strategy.name, pair.by)):
        doubt = "" if one.verified or not one.answer else "unverified: "
        answer = doubt + one_line(one.answer, 200) if one.answer else "not found"
        yield name, f"{one.usage.tokens:,}", f"{one.usage.agents:,}", answer
