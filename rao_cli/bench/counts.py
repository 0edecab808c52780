"""Tell whether code already knows the answer to a question: from a table of facts, or by counting a text.

An answer counts as read off a table only where the question names its row: by all words of one of its cells, by
two of them, or by a text in quotation marks that a cell holds. A text may also stand in the first row of a table
that the question is about. What is counted is a text in quotation marks, or else the longest run of the question's
words that occurs. Limits: names and questions are compared by their words as they are written, so this is a rough
measure, and it says nothing of whether a model finds the row.
"""

import re
from collections.abc import Iterable, Sequence

from rao_cli.bench.tasks import BenchTask
from rao_cli.documents.model import Facts, Table
from rao_cli.documents.search import SearchIndex

_QUOTED = re.compile(r"'([^'\n]+)'|\"([^\"\n]+)\"")
_WORD = re.compile(r"[^\W_]+")
_LONGEST_KEY = 100
_ENOUGH_WORDS = 2
_SHORTEST_RUN = 3
_COMMON = frozenset(
    """a all an and any are as at by does do each first for from got had has have how in is it last log made many
    most much number of on one or records that the there this times to total was were what which who
    with""".split()  # noqa: SIM905
)

Cell = str | int | float


def in_facts(task: BenchTask, facts: Iterable[Facts]) -> bool:
    """Tell whether a gold answer can be read off the facts of a document."""
    asked = _words(task.question)
    quoted = quotations(task.question)
    return any(_in_values(task, each, asked) or _in_tables(task, each, asked, quoted) for each in facts)


def in_counts(task: BenchTask, index: SearchIndex) -> bool:
    """Tell whether a gold number is how often a text that the question names occurs."""
    if not task.is_number:
        return False
    quoted = quotations(task.question)
    if quoted:
        return any(_is_gold(task, index.find(text, limit=0, case=True).total) for text in quoted)
    totals = (index.find(words, limit=0, words=True).total for words in _runs(task.question))
    return _is_gold(task, next((total for total in totals if total), 0))


def quotations(question: str) -> list[str]:
    """Return what a question holds in quotation marks."""
    return ["".join(groups) for groups in _QUOTED.findall(question)]


def _runs(question: str) -> list[str]:
    """Return the runs of at least three words of a question, the longest first."""
    words = _WORD.findall(question)
    sizes = range(len(words), _SHORTEST_RUN - 1, -1)
    return [" ".join(words[at : at + size]) for size in sizes for at in range(len(words) - size + 1)]


def _in_values(task: BenchTask, facts: Facts, asked: set[str]) -> bool:
    return any(_is_gold(task, value) and bool(_words(name) & asked) for name, value in facts.values)


def _in_tables(task: BenchTask, facts: Facts, asked: set[str], quoted: Sequence[str]) -> bool:
    return any(
        any(_is_gold(task, cell) for cell in row) and _is_about(table, row, number, task, asked, quoted)
        for table in facts.tables
        for number, row in enumerate(table.rows)
    )


def _is_about(
    table: Table, row: Sequence[Cell], number: int, task: BenchTask, asked: set[str], quoted: Sequence[str]
) -> bool:
    cells = [str(cell) for cell in row]
    if any(text in cell for text in quoted for cell in cells):
        return True
    if not task.is_number and number == 0 and (_words(table.title) | _words(table.columns[0])) & asked:
        return True
    keys = [_words(cell) for cell in cells if len(cell) <= _LONGEST_KEY and not _is_gold(task, cell)]
    return any(key and (key <= asked or len(key & asked) >= _ENOUGH_WORDS) for key in keys)


def _is_gold(task: BenchTask, value: Cell) -> bool:
    if not task.is_number:
        return any(answer == str(value) or f" {answer} " in f" {value} " for answer in task.answers)
    try:
        return any(abs(float(value) - float(answer.replace(",", ""))) <= task.tolerance for answer in task.answers)
    except ValueError:
        return False


def _words(text: str) -> set[str]:
    words = (word.lower() for word in _WORD.findall(text))
    return {word.removesuffix("s") if len(word) > 3 else word for word in words if word not in _COMMON}
