"""A user's questions as tasks: their sources are files, and no source serves both learning and judging.

Sources are dealt out in turn, the first one to learn from, the next one to judge with. Limits: of a file with
questions of several classes those of the commonest one are taken, since a strategy is for one class.
"""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from rao_cli.agent.question.model import Kind
from rao_cli.bench.evidence import evidence_spans
from rao_cli.bench.quality.done import task_digest
from rao_cli.bench.quality.scoring import judge
from rao_cli.bench.tasks import BenchTask
from rao_cli.bench.transfer.cells import Part
from rao_cli.bench.transfer.working import Judge
from rao_cli.documents.model import Document
from rao_cli.errors import UsageError
from rao_cli.strategies.shape import question_class
from rao_cli.training.episodes import Episode

KEPT = 8
"""Documents that are kept read."""


@dataclass(frozen=True)
class Exercises:
    """Questions of one class, on sources to learn from and on others to judge with."""

    asked: Kind
    shown: tuple[Episode, ...]
    held: tuple[Episode, ...]
    left_out: int
    """Questions of other classes."""
    tasks: Mapping[str, BenchTask]
    """The user's questions by the names of the episodes."""
    read: Callable[[Path], Document]

    @property
    def judge(self) -> Judge:
        """Return how these are read and judged."""
        return Judge(
            lambda episode: self.read(self.tasks[episode.name].source),
            lambda answer, episode: judge(self.tasks[episode.name], answer).right,
        )

    def parts(self) -> dict[Part, tuple[Episode, ...]]:
        """Return the questions as parts of an experiment; who is judged is validated with the same."""
        return {"train": self.shown, "valid": self.held, "test": self.held}


def exercises(found: Sequence[BenchTask], read: Callable[[Path], Document]) -> Exercises:
    """Divide questions. Raises UsageError where there are not two sources, and what reading raises."""
    classes = {one.name: question_class(one.question) for one in found}
    commonest: Kind = Counter(classes.values()).most_common(1)[0][0]
    chosen = [one for one in found if classes[one.name] == commonest]
    sources = list(dict.fromkeys(one.source for one in chosen))
    if len(sources) < 2:
        raise UsageError(
            f"the questions for {commonest} are on one source",
            hint="give questions on two sources or more: what is taught is judged on others",
        )
    reader = _Reader(read)
    made: dict[Path, list[Episode]] = {one.source: [] for one in chosen}
    for one in chosen:
        made[one.source].append(_episode(one, reader.read(one.source)))
    shown = tuple(episode for source in sources[::2] for episode in made[source])
    held = tuple(episode for source in sources[1::2] for episode in made[source])
    tasks = {_name(one): one for one in chosen}
    return Exercises(commonest, shown, held, len(found) - len(chosen), tasks, reader.read)


def _name(task: BenchTask) -> str:
    return task_digest(task)


def _episode(task: BenchTask, document: Document) -> Episode:
    """Return a question; in place of its text, which may be long, stands the document's digest."""
    spans = evidence_spans(document, task.source, task.evidence) if task.evidence else []
    answers = () if task.absent else task.answers
    return Episode(
        _name(task), task.family, document.digest, task.question, answers, tuple(spans), every=task.match_all
    )


class _Reader:
    """Keeps the last documents that were read."""

    def __init__(self, read: Callable[[Path], Document]) -> None:
        self._read = read
        self._kept: dict[Path, Document] = {}

    def read(self, source: Path) -> Document:
        """Return a source's document."""
        if source not in self._kept:
            while len(self._kept) >= KEPT:
                del self._kept[next(iter(self._kept))]
            self._kept[source] = self._read(source)
        return self._kept[source]
