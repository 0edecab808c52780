"""Learn a strategy from stored runs: by code alone, and kept only as far as replays bear it out.

    learned = await learn(lessons, engine)     # a Lesson(run, prepared, gold) is that of lessons.py
    learned.strategy, learned.active, learned.ratios, learned.unseen, learned.refused

The first plan mirrors the runs (first.py, extract.py); it is shrunk while every run keeps its answer (shrink.py);
and it is learned once more without each document in turn and tried on that one (unseen.py). Runs, sources and
answers leave nothing in a strategy but digests of the runs.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import median, quantiles

from rao_cli import __version__
from rao_cli.engine.base import Engine
from rao_cli.errors import UsageError
from rao_cli.strategies.first import Refused, first_strategy
from rao_cli.strategies.lessons import Lesson, check_source
from rao_cli.strategies.plan import Select
from rao_cli.strategies.ratios import Ratios, ratios_of
from rao_cli.strategies.records import Applies, Cost, Provenance, Range, Strategy
from rao_cli.strategies.replay import Memory
from rao_cli.strategies.shape import Shape, question_class, shape_of
from rao_cli.strategies.shrink import shrink
from rao_cli.strategies.standing import evidence_of, model_of, with_outcome
from rao_cli.strategies.trials import Borne, Trials
from rao_cli.strategies.unseen import Unseen, holds, retention, tried_unseen

WIDER = 4.0
"""Factor by which the ranges that a strategy is for are wider than those of the documents it was learned from."""
_DECILE = 10
"""Runs from which on a ninth decile is taken from them."""
_MOST_RUNS = 32
"""Runs that a strategy names the digests of."""


@dataclass(frozen=True)
class Learned:
    """A strategy, and what is known of it."""

    strategy: Strategy
    """With its ranges, budget, evidence (of documents unseen) and provenance."""
    active: bool
    """Whether it held on enough documents unseen to be used; else it is a candidate."""
    ratios: Ratios
    unseen: tuple[Unseen, ...]
    refused: tuple[Refused, ...]
    """Runs that nothing was learned from."""
    edits: tuple[str, ...]
    """What was changed in the first plan, in words and in order."""
    tokens: tuple[int, int]
    """What the runs' questions take by this strategy, and what the runs themselves took."""
    calls: int
    """Calls of the model that learning made."""


async def learn(
    lessons: Sequence[Lesson],
    engine: Engine | None = None,
    *,
    name: str = "",
    most_calls: int | None = None,
    day: str = "",
    say: Callable[[str], None] = lambda _: None,
) -> Learned:
    """Learn one strategy from runs of one class of questions.

    ``engine`` is asked what no run has recorded, at most ``most_calls`` times; without one only what was read
    before can be replayed. ``name`` is the strategy's; ``day`` (2026-01-31) is noted as that of its last use;
    ``say`` is told how far it is.

    Raises UsageError where sources have changed, questions are of two classes or nothing can be learned, and what
    the engine raises.
    """
    _check(lessons)
    trials = Trials(Memory(engine, most_calls))
    for lesson in lessons:
        trials.memory.learn(lesson)
    first = await first_strategy(lessons, trials)
    say(f"{len(first.lessons)} of {len(lessons)} runs did alike: {first.borne.tokens:,} tokens")
    best, told = await shrink(first.borne, first.lessons, trials, say)
    say("trying what is learned from the others on each document")
    unseen = await tried_unseen(first.lessons, trials)
    strategy = _with_evidence(_finished(best, first.lessons, name), unseen, day)
    return Learned(
        strategy,
        active=holds(unseen),
        ratios=ratios_of(strategy, first.lessons, retention(unseen)),
        unseen=tuple(unseen),
        refused=first.refused,
        edits=tuple(told),
        tokens=(best.tokens, sum(lesson.own_tokens for lesson in first.lessons)),
        calls=trials.memory.made,
    )


def _check(lessons: Sequence[Lesson]) -> None:
    """Raise UsageError for runs that cannot be learned from together."""
    if not lessons:
        raise UsageError("there are no runs to learn from", hint="rao strategies learn last")
    classes: dict[str, str] = {}
    for lesson in lessons:
        check_source(lesson)
        classes.setdefault(question_class(lesson.task.question), lesson.name)
    if len(classes) > 1:
        (one, run), (other, another) = list(classes.items())[:2]
        raise UsageError(
            f"the runs ask questions of two classes: {run} asks for {one}, {another} for {other}",
            hint="learn from runs of one class at a time",
        )


def _finished(best: Borne, lessons: Sequence[Lesson], name: str) -> Strategy:
    """Return a strategy with its name, what it is for, what it costs and where it comes from."""
    shapes = [shape_of(lesson.prepared.reading) for lesson in lessons]
    applies = _applies(best.strategy.applies, shapes)
    runs = tuple(lesson.source for lesson in lessons[:_MOST_RUNS])
    version = re.sub(r"[^A-Za-z0-9 ._:/+-]", "-", __version__)[:80]
    changes = {
        "name": name or f"{applies.classes[0]}-on-{applies.kinds[0] if len(applies.kinds) == 1 else 'documents'}",
        "note": f"learned from {len(lessons)} runs on {len({lesson.digest for lesson in lessons})} documents",
        "applies": applies,
        "budget": _budget(best),
        "provenance": Provenance(
            mode="learned", teacher=model_of(lessons[0].prepared), runs=runs, version=version
        ),
    }
    return Strategy.model_validate({**dict(best.strategy), **changes})


def _applies(applies: Applies, shapes: Sequence[Shape]) -> Applies:
    """Return what documents a strategy is for: those like the ones it was learned from."""
    return applies.model_copy(
        update={
            "kinds": tuple(sorted({shape.kind for shape in shapes})),
            "leaves": _range([shape.leaves for shape in shapes]),
            "depth": _range([shape.depth for shape in shapes]),
            "fanout": _range([shape.fanout for shape in shapes]),
            "titled": _share([shape.titled for shape in shapes]),
        }
    )


def _range(numbers: Sequence[float]) -> Range:
    return Range(least=round(min(numbers) / WIDER, 3), most=round(max(numbers) * WIDER, 3))


def _share(numbers: Sequence[float]) -> Range:
    return Range(least=max(0.0, round(min(numbers) - 0.5, 3)), most=min(1.0, round(max(numbers) + 0.5, 3)))


def _budget(best: Borne) -> Cost:
    """Return what runs by a plan cost; where they are too few for a decile, what the whole plan may read."""
    agents, tokens = [one.agents for one in best.replays], [one.tokens for one in best.replays]
    read = sum(one.first for one in best.strategy.plan.operators if isinstance(one, Select))
    dearest = max(one.tokens / max(1, one.agents - 1) for one in best.replays)
    few = len(tokens) < _DECILE
    return Cost(
        agents_p50=median(agents),
        agents_p90=max(*agents, read + 1) if few else quantiles(agents, n=10)[-1],
        tokens_p50=median(tokens),
        tokens_p90=max(*tokens, round(read * dearest)) if few else quantiles(tokens, n=10)[-1],
    )


def _with_evidence(strategy: Strategy, unseen: Sequence[Unseen], day: str) -> Strategy:
    for one in (question for document in unseen for question in document.questions):
        model, kind = model_of(one.lesson.prepared), shape_of(one.lesson.prepared.reading).kind
        before = evidence_of(strategy, model, kind)
        strategy = with_outcome(strategy, before, one.outcome, one.log_cost, day)
    return strategy
