"""How much smaller a strategy is than what it was learned from, in the model's own tokens, and what it keeps."""

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

from rao_cli.runs.trace import trace_of
from rao_cli.runs.trace_records import Call, Progress
from rao_cli.strategies.lessons import Lesson
from rao_cli.strategies.records import Strategy, canonical


@dataclass(frozen=True)
class Ratios:
    """Medians over the runs; ``retention`` tells what the smaller ones are worth."""

    strategy_to_context: float
    """Tokens of the strategy over those of the document."""
    trace_to_context: float
    """Tokens of the trace without any text over those of the document."""
    strategy_to_trace: float
    retention: float | None
    """Share of the unseen questions that the strategy kept, over that of the plan that mirrors the runs whole."""


def ratios_of(strategy: Strategy, lessons: Sequence[Lesson], retention: float | None) -> Ratios:
    """Measure a strategy against the runs that it was learned from. Raises InputError for a damaged run."""
    count = lessons[0].prepared.engine.count_tokens
    size = count(shared(strategy))
    contexts = [max(1, lesson.prepared.reading.root.tokens) for lesson in lessons]
    traces = [max(1, count(bare_trace(lesson))) for lesson in lessons]
    return Ratios(
        strategy_to_context=median(size / context for context in contexts),
        trace_to_context=median(trace / context for trace, context in zip(traces, contexts, strict=True)),
        strategy_to_trace=median(size / trace for trace in traces),
        retention=retention,
    )


def shared(strategy: Strategy) -> str:
    """Return a strategy as another model is given it: without evidence, which it must earn itself."""
    return canonical(strategy.model_copy(update={"evidence": ()}))


def bare_trace(lesson: Lesson) -> str:
    """Return a run's trace as it is exported without text, what agents did and found alone.

    The lines of single calls are left out: without their text they hold nothing but counts and log-probabilities.
    """
    trace = trace_of(lesson.run.kept, lesson.run.tree.events, redact=True)
    steps = [step for step in trace.steps if not isinstance(step, Call | Progress)]
    return "\n".join(line.model_dump_json() for line in (trace.header, *steps))
