"""An outline as lines for people: on a terminal they fit its width, in a pipe they are whole."""

import re
from collections.abc import Iterator, Sequence

from rich.cells import cell_len
from rich.text import Text

from rao_cli.cli.columns import Cell, columns, prose, rendered
from rao_cli.cli.outline_select import Outline, Row
from rao_cli.cli.words import counted, seconds
from rao_cli.documents.model import Facts, Table
from rao_cli.text import one_line

_KINDS = 4
_READABLE = 30  # cells that a column needs at most to be of use
_NUMBER = re.compile(r"[-+~]?\d[\d,]*(\.\d+)?( %)?$")
_WIDEST = 120  # cells; numbers that stand farther from their titles are hard to read across


def outline_text(outline: Outline, width: int | None, *, color: bool, symbols: bool = False) -> str:
    """Return the outline as it is printed, with the definitions or without.

    ``width`` is the terminal's, or None to cut nothing.
    """
    width = min(width, _WIDEST) if width is not None else None
    blocks = [
        _head(outline, width),
        _used_files(outline, width),
        _tree(outline, width),
        _samples(outline, width),
        *_fact_blocks(outline, width),
        _files(outline, width),
        _symbols(outline, width) if symbols else [],
        _left_out(outline, width),
    ]
    lines: list[Text] = []
    for block in blocks:
        lines += [Text(), *block] if lines and block else block
    return rendered(lines, color=color)


def _head(outline: Outline, width: int | None) -> list[Text]:
    numbers = (
        outline.extent,
        counted(outline.characters, "character"),
        f"~{counted(outline.tokens, 'token')} (estimated)",
        f"read in {seconds(outline.seconds)}",
    )
    lines = [Text(one_line(outline.name), style="bold"), *prose(", ".join(numbers), width)]
    if len(outline.kinds) > 1 or outline.code.total_files > 1:
        shown = [f"{one_line(kind.name)} {counted(kind.files, 'file')}" for kind in outline.kinds[:_KINDS]]
        more = len(outline.kinds) - len(shown)
        rest = [f"… {counted(more, 'more kind')} (--files)"] if more else []
        lines += prose(" · ".join([*shown, *rest]), width, "dim")
    if len(outline.facts) == 1:
        lines += prose(_values(outline.facts[0]), width, "dim")
    return lines


def _tree(outline: Outline, width: int | None) -> list[Text]:
    rows = outline.sections
    if len(rows) == 1:
        return []
    lines = columns([_heads("sections", "where", "tokens"), *_branches(rows)], "llr", width)
    shut = [row.depth for row in rows[1:] if row.hidden]
    if shut:
        depth = min(shut) + 1
        lines.append(Text(f"--depth {depth} shows all sections of {depth} levels", style="dim"))
    return lines


def _branches(rows: Sequence[Row]) -> Iterator[list[Cell]]:
    """Yield a line for each row below the first, and one for the parts that an open section does not show."""
    ended: list[bool] = []
    open_rows: list[Row] = []
    for row, after in zip(rows, [*(row.depth for row in rows[1:]), 0], strict=True):
        del ended[max(0, row.depth - 1) :]
        is_open = after > row.depth
        if row.depth:
            yield _branch(_prefix(ended, row.last), row, is_open=is_open)
            ended.append(row.last)
        if is_open:
            open_rows.append(row)
        while open_rows and open_rows[-1].depth >= after:
            parent = open_rows.pop()
            if parent.hidden:
                more = f"… {parent.hidden:,} more (--depth {parent.depth + 1} shows them)"
                yield [Text(_prefix(ended[: parent.depth], last=True) + more, style="dim"), "", ""]


def _prefix(ended: Sequence[bool], last: bool) -> str:
    """Return the lines that join a section to those above it, of which some have ended."""
    return "".join("   " if one else "│  " for one in ended) + ("└─ " if last else "├─ ")


def _branch(prefix: str, row: Row, *, is_open: bool) -> list[Cell]:
    title = Text(prefix, style="dim")
    title.append(one_line(row.title) or "(untitled)", style="not dim")
    if row.hidden and not is_open:
        title.append(f" · {counted(row.hidden, 'part')}")
    return [title, Text(row.where, style="dim"), f"~{row.tokens:,}"]


def _samples(outline: Outline, width: int | None) -> list[Text]:
    if not outline.samples:
        return []
    table: list[list[Cell]] = [_heads("where", "how the text begins there; it has no headings")]
    table += [[Text(sample.where, style="dim"), sample.text] for sample in outline.samples]
    return columns(table, "ll", width)


def _files(outline: Outline, width: int | None) -> list[Text]:
    if not outline.files:
        return []
    table: list[list[Cell]] = [_heads("files", "kind", "size", "tokens")]
    for row in outline.files:
        kind = Text(one_line(row.kind), style="dim")
        table.append([_path(row.path, outline), kind, row.extent, f"~{row.tokens:,}"])
    return columns(table, "llrr", width)


def _used_files(outline: Outline, width: int | None) -> list[Text]:
    code = outline.code
    if code.total_files < 2:
        return []
    table: list[list[Cell]] = [_heads("most important source files", "imported by", "defines")]
    for file in code.files:
        names = Text(one_line(", ".join(file.names)), style="dim")
        table.append([_path(file.path, outline), f"{file.importers:,}", names])
    # In languages whose files see one another without imports the column would hold nothing but 0.
    if not any(file.importers for file in code.files):
        return columns([[row[0], row[2]] for row in table], "ll", width)
    return columns(table, "lrl", width)


def _symbols(outline: Outline, width: int | None) -> list[Text]:
    code = outline.code
    table: list[list[Cell]] = [_heads("definitions that other files use", "used", "where")]
    for row in code.symbols:
        name = Text(one_line(f"{row.container}.{row.name}" if row.container else row.name))
        name.append(f"  {one_line(row.kind)}", style="dim")
        table.append([name, f"{row.references:,}", f"{_path(row.path, outline)}:{row.line}"])
    lines = columns(table, "lrl", width)
    others = code.total_symbols - len(code.symbols)
    if others:
        lines.append(Text(f"… {counted(others, 'more definition')} that no other file uses", style="dim"))
    return lines


def _path(path: str, outline: Outline) -> str:
    return one_line(path.removeprefix(outline.folder))


def _fact_blocks(outline: Outline, width: int | None) -> Iterator[list[Text]]:
    """Yield the tables of one file's facts; of several files' facts the values, and their tables on request."""
    several = len(outline.facts) > 1
    if several:
        yield _values_by_file(outline, width)
    for one in outline.facts:
        name = [Text(_path(one.path, outline), style="bold")] if several else []
        for table in one.tables:
            if table.rows:
                yield name + _table(table, width)
    others = [table for one in outline.facts for table in one.tables if table.total and not table.rows]
    if others and not several:
        names = ", ".join(f"{one_line(table.title)} ({table.total:,})" for table in others)
        yield prose(f"also counted: {names}; --facts shows them", width, "dim")


def _values_by_file(outline: Outline, width: int | None) -> list[Text]:
    rows: list[list[Cell]] = [[_path(one.path, outline), Text(_values(one), style="dim")] for one in outline.facts]
    lines = columns([_heads("counted in", ""), *rows], "ll", width)
    if outline.more_facts:
        lines.append(Text(f"… {counted(outline.more_facts, 'more file')} (--facts shows them)", style="dim"))
    elif any(table.total and not table.rows for one in outline.facts for table in one.tables):
        lines.append(Text("--facts shows the tables of each", style="dim"))
    return lines


def _values(facts: Facts) -> str:
    values = [f"{one_line(name)} {_value(value)}" for name, value in facts.values]
    return " · ".join([one_line(facts.kind), *values])


def _table(table: Table, width: int | None) -> list[Text]:
    cells = [[one_line(table.title), *map(one_line, table.columns[1:])]]
    cells += [[_value(value) for value in row] for row in table.rows]
    shown = _columns_that_fit(cells, width)
    numeric = [all(_NUMBER.match(row[at]) for row in cells[1:]) for at in range(shown)]
    rows: list[Sequence[Cell]] = [_heads(*cells[0][:shown]), *(row[:shown] for row in cells[1:])]
    lines = columns(rows, "".join("r" if number else "l" for number in numeric), width)
    more = []
    if table.total > len(table.rows):
        more.append(f"{table.total - len(table.rows):,} more (--facts shows them)")
    if shown < len(table.columns):
        more.append(f"{counted(len(table.columns) - shown, 'more column')} (a pipe or --json has them)")
    return [*lines, Text(f"… {', '.join(more)}", style="dim")] if more else lines


def _columns_that_fit(cells: Sequence[Sequence[str]], width: int | None) -> int:
    """Return how many columns can be read within a width; the first two stay in any case."""
    widths = [max(map(cell_len, column)) for column in zip(*cells, strict=True)]
    shown, used = 0, -2
    for one in widths:
        used += min(one, _READABLE) + 2
        if width is not None and used > width and shown >= 2:
            break
        shown += 1
    return shown


def _left_out(outline: Outline, width: int | None) -> list[Text]:
    if not outline.reasons:
        return []
    total = sum(reason.count for reason in outline.reasons) + outline.more_reasons
    table: list[list[Cell]] = [_heads("not read", counted(total, "file"), "for example")]
    for reason in outline.reasons:
        why = Text(one_line(reason.reason), style="yellow" if reason.failed else "")
        table.append([why, f"{reason.count:,}", Text(_path(reason.example, outline), style="dim")])
    lines = columns(table, "lrl", width)
    if outline.more_reasons:
        lines.append(Text(f"… {outline.more_reasons:,} more for other reasons (-v lists them)", style="dim"))
    return lines


def _heads(*names: str) -> list[Cell]:
    return [Text(one_line(name), style="dim") for name in names]


def _value(value: str | float) -> str:
    if isinstance(value, int):
        return f"{value:,}"
    return f"{value:,.6g}" if isinstance(value, float) else one_line(value)
