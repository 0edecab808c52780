"""Lay out lines in columns that fit a screen, or whole where there is none.

Text is built as rich ``Text``, never markup. Widths are counted in terminal cells.
"""

import io
import textwrap
from collections.abc import Sequence

from rich.cells import cell_len, set_cell_size
from rich.console import Console
from rich.text import Text

Cell = str | Text
_GAP = 2
_NARROWEST = 6


def columns(rows: Sequence[Sequence[Cell]], aligned: str, width: int | None) -> list[Text]:
    """Return a line for each row; ``aligned`` has an l or r for each column.

    With a width the widest columns give way until the lines fit; what is cut ends with an ellipsis.
    """
    cells = [[cell if isinstance(cell, Text) else Text(cell) for cell in row] for row in rows]
    widths = [max(cell.cell_len for cell in column) for column in zip(*cells, strict=True)]
    if width is not None:
        _fit(widths, width - _GAP * (len(widths) - 1))
    return [_line(row, widths, aligned) for row in cells]


def prose(text: str, width: int | None, style: str = "") -> list[Text]:
    """Return running text as lines that end between words."""
    lines = textwrap.wrap(text, width, break_on_hyphens=False) if width is not None else [text]
    return [Text(line, style=style) for line in lines]


def crop(text: str, cells: int) -> str:
    """Return text that takes at most so many cells, with an ellipsis where it was cut."""
    if cell_len(text) <= cells:
        return text
    return set_cell_size(text, cells - 1).rstrip() + "…" if cells > 1 else ""


def rendered(lines: Sequence[Text], *, color: bool) -> str:
    """Return lines as they are written to a terminal, or as plain text without colour."""
    if not color:
        return "".join(line.plain.rstrip() + "\n" for line in lines)
    console = Console(
        file=io.StringIO(),
        force_terminal=True,
        color_system="standard",
        markup=False,
        emoji=False,
        highlight=False,
    )
    with console.capture() as capture:
        for line in lines:
            line.rstrip()
            console.print(line, soft_wrap=True)
    return capture.get()


def _fit(widths: list[int], room: int) -> None:
    while sum(widths) > room and max(widths) > _NARROWEST:
        widths[widths.index(max(widths))] -= 1


def _line(row: Sequence[Text], widths: Sequence[int], aligned: str) -> Text:
    line = Text(no_wrap=True)
    for position, (cell, width, side) in enumerate(zip(row, widths, aligned, strict=True)):
        fitting = cell.copy()
        fitting.truncate(width, overflow="ellipsis")
        space = " " * (width - fitting.cell_len)
        line.append(" " * _GAP if position else "")
        line.append_text(Text.assemble(space, fitting) if side == "r" else Text.assemble(fitting, space))
    return line
