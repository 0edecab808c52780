"""The tasks: questions of one class on documents of one kind, from seeded generators, in three parts.

What is learned from, what is validated with and what is tested on are different documents: of other seeds, and of
other articles or packages where texts are made of such. Limits: of logs and records only the seeds differ.
"""

import random
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Literal

from rao_cli.agent.question.model import Kind
from rao_cli.errors import UsageError
from rao_cli.strategies.shape import question_class
from rao_cli.text import one_line
from rao_cli.training.environments.code import Code
from rao_cli.training.environments.code_sources import Package, installed
from rao_cli.training.environments.logs import Logs
from rao_cli.training.environments.reading import Quiz, Reading
from rao_cli.training.environments.records import Records
from rao_cli.training.environments.statements import CHARACTERS, Statements
from rao_cli.training.episodes import Environment, Episode

ABSENT = 0.15
"""Share of the questions that the text does not answer."""
OF_ONE_TEXT = 2
"""Questions that are asked of one text, at most."""
PATIENCE = 4_000
"""Questions that are looked through for those of a class."""
Part = Literal["train", "valid", "test"]
PARTS: tuple[Part, ...] = ("train", "valid", "test")
_SEEDS: Mapping[Part, int] = {"train": 3_000_017, "valid": 4_000_037, "test": 5_000_011}


@dataclass(frozen=True)
class Stock:
    """What texts are made of: questions with their paragraphs, and packages with sources."""

    quizzes: Sequence[Quiz] = ()
    packages: Sequence[Package] = ()


Making = Callable[[Stock, int], Environment]


@dataclass(frozen=True)
class Cell:
    """Questions of one class on one kind of documents."""

    name: str
    asked: Kind
    kind: str
    """The kind of its documents, as people call it."""


@dataclass(frozen=True)
class Generated(Cell):
    """A cell whose questions are made."""

    making: Making
    needs_quizzes: bool = False


def _statements(stock: Stock, size: int, chained: float = 0.0, several: float = 0.0) -> Environment:
    paragraphs = sorted({quiz.paragraph for quiz in stock.quizzes})
    return Statements(paragraphs, size, size, ABSENT, chained, several, questions=4)


_ALL = (
    Generated("lookup-text", "fact", "text", _statements, needs_quizzes=True),
    Generated("lookup-log", "fact", "log", lambda _, size: Logs(size, size, ABSENT)),
    Generated("lookup-code", "fact", "code", lambda stock, size: Code(stock.packages, size, size, ABSENT)),
    Generated(
        "lookup-passages",
        "fact",
        "passages",
        lambda stock, size: Reading(stock.quizzes, (size * CHARACTERS, size * CHARACTERS)),
        needs_quizzes=True,
    ),
    Generated("chain-text", "chain", "text", lambda stock, size: _statements(stock, size, chained=1.0), True),
    Generated("list-text", "list", "text", lambda stock, size: _statements(stock, size, several=1.0), True),
    Generated("count-records", "count", "records", lambda _, size: Records(None, smallest=size, largest=size)),
    Generated("extreme-records", "extreme", "records", lambda _, size: Records(None, smallest=size, largest=size)),
    Generated("compare-records", "compare", "records", lambda _, size: Records(None, smallest=size, largest=size)),
)
CELLS: Mapping[str, Generated] = {cell.name: cell for cell in _ALL}


@dataclass(frozen=True)
class Counts:
    """How many questions each part has."""

    train: int = 12
    valid: int = 16
    test: int = 40

    def of(self, part: Part) -> int:
        """Return the number of a part's questions."""
        return {"train": self.train, "valid": self.valid, "test": self.test}[part]


@dataclass(frozen=True)
class Tasks:
    """The questions of one cell at one size of text."""

    cell: Cell
    size: int
    parts: Mapping[Part, tuple[Episode, ...]]


def cells_of(named: str) -> tuple[Generated, ...]:
    """Return the cells of a list, each once. Raises UsageError for one that does not exist, and for none."""
    names = dict.fromkeys(filter(None, (name.strip() for name in named.split(","))))
    unknown = next((name for name in names if name not in CELLS), "" if names else "nothing")
    if unknown:
        raise UsageError(f"--tasks does not know {one_line(unknown, 40)}", hint=f"known are {','.join(CELLS)}")
    return tuple(CELLS[name] for name in names)


def tasks_of(cell: Generated, size: int, counts: Counts, stocks: Mapping[Part, Stock], seed: int) -> Tasks:
    """Make the questions of a cell. Raises UsageError where its texts need questions that were not given."""
    if cell.needs_quizzes and not stocks["train"].quizzes:
        raise UsageError(
            f"the tasks {cell.name} are made of paragraphs", hint="give a file of them with --quizzes"
        )
    made = {
        part: tuple(islice(_asked(cell, cell.making(stocks[part], size), _SEEDS[part] + seed), counts.of(part)))
        for part in PARTS
    }
    return Tasks(cell, size, made)


def _asked(cell: Cell, environment: Environment, seed: int) -> Iterator[Episode]:
    """Yield the questions of the cell's class, few of each text."""
    taken: Counter[str] = Counter()
    for episode in islice(environment.episodes(seed), PATIENCE):
        if question_class(episode.question) == cell.asked and taken[episode.text] < OF_ONE_TEXT:
            taken[episode.text] += 1
            yield episode


def stocks_of(quizzes: Sequence[Quiz]) -> dict[Part, Stock]:
    """Divide articles and installed packages among the parts, whole ones, the same each time."""
    titles = _dealt(sorted({quiz.title for quiz in quizzes}))
    packages = [one for one in installed() if one.name != "rao-cli"]
    names = _dealt(sorted({one.name for one in packages}))
    return {
        part: Stock(
            tuple(quiz for quiz in quizzes if titles[quiz.title] == part),
            tuple(one for one in packages if names[one.name] == part),
        )
        for part in PARTS
    }


def _dealt(names: Sequence[str]) -> dict[str, Part]:
    """Deal names out: half of them are tested on, a quarter each is for learning and validation."""
    mixed = random.Random("parts of transfer").sample(list(names), len(names))  # noqa: S311 - nothing secret
    order: tuple[Part, ...] = ("test", "train", "test", "valid")
    return {name: order[place % len(order)] for place, name in enumerate(mixed)}
