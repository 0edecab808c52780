"""Say in single lines what code knows of a document: for outlines that models and people read.

Limits: a line names the first rows of each table only; `rao outline` shows them all.
"""

from collections.abc import Iterator, Sequence

from rao_cli.documents.model import Document, Facts, Span, Table
from rao_cli.text import one_line

_ROWS = 5
_LONGEST_LINE = 240


def fact_lines(document: Document, spans: Sequence[Span]) -> Iterator[str]:
    """Yield what is known of the files that spans touch: the values of each, then each of its tables."""
    if not document.facts:
        return
    paths = {origin.path for origin in document.origins if any(origin.span.overlaps(span) for span in spans)}
    whole = len(paths) == len({origin.path for origin in document.origins})
    for facts in document.facts:
        # What was counted over several files together belongs to all of them.
        if facts.path in paths or whole:
            yield from _lines(facts)


def _lines(facts: Facts) -> Iterator[str]:
    values = ", ".join(f"{name} {_number(value)}" for name, value in facts.values)
    yield one_line(f"{facts.path} ({facts.kind}): {values}", _LONGEST_LINE)
    for table in facts.tables:
        yield one_line(f"{facts.path} {table.title}: {_rows(table)}", _LONGEST_LINE)


def _rows(table: Table) -> str:
    shown = [" ".join(_number(cell) for cell in row) for row in table.rows[:_ROWS]]
    more = [f"{table.total - len(shown):,} more"] if table.total > len(shown) else []
    return f"({', '.join(table.columns)}) {'; '.join(shown + more)}"


def _number(value: str | int | float) -> str:
    return value if isinstance(value, str) else f"{value:,}"
