"""Measure what a model could find: does search lead to the evidence, does code already know the number?

Each source is read and divided as ``rao ask`` does it, with the model's tokenizer; nothing is generated. Evidence
counts as found in a leaf view that holds at least half of it. Limits: the tasks' own sizes and families are taken
as they are.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from rao_cli.agent.reading import Reading
from rao_cli.bench.counts import in_counts, in_facts
from rao_cli.bench.evidence import evidence_spans
from rao_cli.bench.tasks import BenchTask
from rao_cli.documents.model import Document, Section, Span
from rao_cli.intervals import Share
from rao_cli.text import one_line

FIRST = (1, 5, 20)
"""Among how many leaf views the evidence is looked for."""
TARGETS = {"pdf": 0.85, "squad-long": 0.90, "repo": 0.80, "logs": 0.90}
"""Shares to reach: of evidence in the first five views; for logs, of numbers that code knows."""
_PASSAGES = 200


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one task."""

    task: BenchTask
    ranks: dict[int, int | None] = field(default_factory=dict)
    """By tokens of a view: the first leaf view, from 1, that holds the evidence; None for none."""
    unread: bool = False
    """The evidence does not stand in what was read."""
    by_facts: bool | None = None
    by_count: bool | None = None
    """Whether code knows the answer; None where the task has evidence instead."""

    @property
    def known(self) -> bool:
        """Tell whether code knows the answer."""
        return bool(self.by_facts or self.by_count)


@dataclass(frozen=True, slots=True)
class Opener:
    """How a task's source is read, and divided into views of some tokens."""

    document: Callable[[str], Document]
    readings: Callable[[Document], Iterable[Reading]]


def measure(tasks: Sequence[BenchTask], opener: Opener, progress: Callable[[str], None]) -> Iterator[Outcome]:
    """Yield an outcome for each task, source by source. Raises InputError for a source that cannot be read."""
    for source in dict.fromkeys(task.source for task in tasks):
        progress(f"reading {one_line(source.name)}")
        document = opener.document(str(source))
        readings = list(opener.readings(document))
        for task in tasks:
            if task.source == source:
                yield _outcome(task, document, readings)


def _outcome(task: BenchTask, document: Document, readings: Sequence[Reading]) -> Outcome:
    if task.evidence is None:
        if not task.is_number and not document.facts:
            return Outcome(task)
        return Outcome(task, by_facts=in_facts(task, document.facts), by_count=in_counts(task, readings[0].index))
    spans = evidence_spans(document, task.source, task.evidence)
    ranks = {reading.view_tokens: _rank(reading, task.question, spans) for reading in readings}
    return Outcome(task, ranks, unread=not spans)


def _rank(reading: Reading, question: str, evidence: Sequence[Span]) -> int | None:
    leaves = reading.ranked(question, limit=_PASSAGES)
    return next((rank for rank, leaf in enumerate(leaves, start=1) if _holds(leaf, evidence)), None)


def _holds(leaf: Section, evidence: Sequence[Span]) -> bool:
    """Tell whether a leaf holds at least half of one of the spans."""
    return any(2 * leaf.span.shared(span) >= len(span) > 0 for span in evidence)


def found_within(outcomes: Iterable[Outcome], view: int, first: int) -> Share:
    """Return how many tasks have their evidence in the first so many views of a size."""
    ranks = [outcome.ranks[view] for outcome in outcomes if view in outcome.ranks]
    return Share(sum(1 for rank in ranks if rank is not None and rank <= first), len(ranks))


def known_to_code(outcomes: Iterable[Outcome], *, numbers: bool) -> Share:
    """Return how many answers, numbers or others, code knows."""
    asked = [each for each in outcomes if each.by_facts is not None and each.task.is_number == numbers]
    return Share(sum(each.known for each in asked), len(asked))
