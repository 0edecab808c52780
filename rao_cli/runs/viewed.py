"""A run as the viewer reads it: one JSON object, with every text written once and what has its default left out.

Times are whole milliseconds since the run started, log-probabilities whole thousandths; places in the source are
offsets of characters. A number in place of a text is its place in ``strings``. rao_cli/runs/viewer/run.js is the
reader of all this; the two are of one version, so the object has none.
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from rao_cli.agent.events import ActionTaken, AgentProgress, BudgetHit, Event, ModelCalled
from rao_cli.agent.records import Citation, Handoff, Report, RunResult, Usage
from rao_cli.engine.base import Completion, Request, Sampling, Token
from rao_cli.runs.records import Kept
from rao_cli.runs.store import Contents, Stored
from rao_cli.runs.tree import Agent, Tree, tree_of

PHASES = ("waiting", "reading", "writing")
LOWEST = -999.0
"""Log-probabilities below are shown as this, and what is no number: JSON has neither."""


def viewed(kept: Kept, events: Sequence[Event], *, texts: bool) -> dict[str, Any]:
    """Return one attempt at a run as the viewer reads it; without ``texts``, nothing that models were shown."""
    return _Viewed(texts).run(kept, events)


class _Viewed:
    """Collects the texts and citations of one run while its parts are written."""

    def __init__(self, texts: bool) -> None:
        self.texts = texts
        self.strings: dict[str, int] = {}
        self.citations: dict[Citation, int] = {}

    def run(self, kept: Kept, events: Sequence[Event]) -> dict[str, Any]:
        tree = tree_of(Contents(tuple(Stored(1, event) for event in events), 0))
        phases = _phases(events)
        agents = [self.agent(agent, phases.get(agent.id, ())) for agent in tree.agents.values()]
        told = {
            "run": self.about(kept, tree),
            "agents": agents,
            "calls": [self.call(call) for call in tree.calls],
            "result": self.result(tree.result) if tree.result else None,
            "usage": _usage(tree.usage),
            "end": _ms(max((event.at for event in events), default=0.0)),
        }
        return {
            **told,
            "citations": [self.citation(citation) for citation in self.citations],
            "strings": list(self.strings),
        }

    def about(self, kept: Kept, tree: Tree) -> dict[str, Any]:
        started = tree.started
        return {
            "id": kept.run,
            "started": kept.started,
            "version": kept.version,
            "task": kept.task.kind,
            "question": kept.task.question,
            "sources": kept.sources,
            "options": _finite(kept.options),
            "document": started.document if started else "",
            "model": started.model if started else kept.identity,
            "window": started.window if started else 0,
            "strategy": started.strategy if started else "",
            "sections": started.sections if started else 0,
            "tokens": started.tokens if started else 0,
            "texts": self.texts,
        }

    # ------------------------------------------------------------------ texts and citations

    def text(self, text: str) -> int:
        """Return a text's place in ``strings``."""
        return self.strings.setdefault(text, len(self.strings))

    def all(self, texts: Iterable[str]) -> list[int]:
        """Return the places of several texts."""
        return [self.text(text) for text in texts]

    def cited(self, citations: Iterable[Citation]) -> list[int]:
        """Return the numbers of citations; each is written once."""
        return [self.citations.setdefault(citation, len(self.citations)) for citation in citations]

    def citation(self, one: Citation) -> dict[str, Any]:
        shown = {"quote": one.quote, "passage": one.passage} if self.texts else {}
        return _filled(
            label=one.label,
            heading=one.heading,
            span=[one.start, one.end],
            verified=one.verified,
            **shown,
        )

    # ------------------------------------------------------------------ agents

    def agent(self, agent: Agent, phases: Sequence[Sequence[int]]) -> dict[str, Any]:
        opened, report = agent.opened, agent.report
        return _filled(
            id=agent.id,
            parent=agent.parent,
            status=agent.standing,
            time=[_ms(agent.begins), _ms(agent.ends)],
            phases=phases,
            view=opened.view if opened else "",
            titles=self.all(opened.titles) if opened else [],
            location=self.text(opened.location) if opened else None,
            spans=opened.spans if opened else (),
            handoff=self.handoff(opened.handoff) if opened else None,
            calls=[self.call(call) for call in agent.calls],
            actions=[self.action(action) for action in agent.actions],
            limits=[_limit(limit) for limit in agent.limits],
            report=self.report(report) if report else None,
            usage=_usage(agent.usage),
        )

    def handoff(self, handoff: Handoff) -> dict[str, Any]:
        return _filled(
            goal=self.text(handoff.goal),
            sections=self.text(" ".join(handoff.sections)),
            returns=handoff.returns,
            facts=self.all(handoff.facts),
            choices=self.all(handoff.choices),
        )

    def action(self, taken: ActionTaken) -> dict[str, Any]:
        action = _finite(taken.action)
        left = self.text(taken.fell_back) if taken.fell_back else None
        return _filled(at=_ms(taken.at), step=taken.step, by=taken.by, action=action, read=taken.read, left=left)

    def report(self, report: Report) -> dict[str, Any]:
        return _filled(
            status=report.status,
            answer=self.text(report.answer) if report.answer else None,
            citations=self.cited(report.citations),
            confidence=_finite(round(report.confidence, 4)),
            reason=self.text(report.reason) if report.reason else None,
            how=self.text(report.how) if report.how else None,
            conflicts=self.all(report.conflicts),
        )

    def result(self, result: RunResult) -> dict[str, Any]:
        told = result.model_dump(
            mode="json", exclude={"agents", "citations", "usage", "run", "task", "question", "model", "schema_"}
        )
        return {**_finite(told), "citations": self.cited(result.citations)}

    # ------------------------------------------------------------------ calls of the model

    def call(self, call: ModelCalled) -> dict[str, Any]:
        completion, weighs = call.completion, bool(call.completion.choices)
        return _filled(
            at=_ms(call.at),
            **(self.prompt(call.request) if self.texts else {}),
            most=call.request.max_tokens,
            sampling=_sampling(call.request.sampling),
            text=self.text(completion.text) if completion.text else None,
            # What was weighed is the same tokens again.
            tokens=None if weighs else self.tokens(completion.tokens),
            choices=self.choices(call.request, completion) if weighs else None,
            cut=completion.finish == "length",
            used=[completion.prompt_tokens, completion.cached_tokens, len(completion.tokens)],
        )

    def prompt(self, request: Request) -> dict[str, Any]:
        return {
            "messages": [[message.role, self.all(message.parts)] for message in request.messages],
            "grammar": self.text(request.grammar) if request.grammar else None,
        }

    def tokens(self, tokens: Sequence[Token]) -> list[list[int]]:
        """Return two rows: the tokens' texts and their log-probabilities."""
        return [self.all(token.text for token in tokens), [_thousandths(token.logprob) for token in tokens]]

    def choices(self, request: Request, completion: Completion) -> list[list[Any]]:
        """Return each choice, its log-probability and its tokens; without texts the last are left out."""
        return [
            [self.text(choice), _thousandths(sum(token.logprob for token in tokens))]
            + ([self.tokens(tokens)] if self.texts else [])
            for choice, tokens in zip(request.choices, completion.choices, strict=False)
        ]


def _phases(events: Iterable[Event]) -> dict[str, list[list[int]]]:
    """Return what each agent did when, as far as it told: the phase's number, its beginning and its end."""
    found: dict[str, list[list[int]]] = {}
    under_way: set[str] = set()
    for event in events:
        if isinstance(event, AgentProgress | ModelCalled):
            rows, at = found.setdefault(event.agent, []), _ms(event.at)
            if event.agent in under_way:
                rows[-1][2] = at
            if isinstance(event, ModelCalled):
                under_way.discard(event.agent)
                continue
            phase = PHASES.index(event.phase)
            if event.agent not in under_way or rows[-1][0] != phase:
                rows.append([phase, at, at])
            under_way.add(event.agent)
    return found


def _limit(limit: BudgetHit) -> list[Any]:
    return [_ms(limit.at), limit.limit, limit.message]


def _usage(usage: Usage) -> list[int]:
    return [usage.prompt_tokens, usage.cached_tokens, usage.output_tokens, _ms(usage.seconds)]


def _sampling(sampling: Sampling) -> Mapping[str, float] | None:
    """Return how tokens were chosen where that is not simply the most probable one."""
    if not sampling.temperature:
        return None
    return {name: getattr(sampling, name) for name in ("temperature", "top_p", "min_p", "seed")}


def _ms(seconds: float) -> int:
    return round(1000 * seconds) if math.isfinite(seconds) else 0


def _thousandths(logprob: float) -> int:
    return round(1000 * min(0.0, max(LOWEST, logprob)))


def _filled(**fields: Any) -> dict[str, Any]:
    """Return the fields that say something; zero may be a text's place and says it."""
    return {name: value for name, value in fields.items() if value or (value == 0 and value is not False)}


def _finite(value: Any) -> Any:
    """Return what JSON can hold of a value that is JSON but for numbers that are none."""
    if isinstance(value, float) and not math.isfinite(value):
        return None
    if isinstance(value, Mapping):
        return {name: _finite(one) for name, one in value.items()}
    return [_finite(one) for one in value] if isinstance(value, list | tuple) else value
