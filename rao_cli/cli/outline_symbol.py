"""``rao outline --symbol NAME``: where a name is defined in source code, and which files use it.

Both are looked up in the tables that reading made, not searched. Limits: names are compared, not types, so uses of
another definition of the same name are counted, too.
"""

from dataclasses import asdict, dataclass

from rao_cli.cli.columns import Cell, columns, rendered
from rao_cli.cli.outline_code import SymbolRow, symbol_row
from rao_cli.documents.code.graph import Codebase
from rao_cli.documents.model import Document
from rao_cli.errors import InputError
from rao_cli.text import one_line


@dataclass(frozen=True, slots=True)
class Use:
    """A file that uses a name, and how often."""

    path: str
    count: int


@dataclass(frozen=True, slots=True)
class Lookup:
    """What is known of a name."""

    symbol: str
    definitions: tuple[SymbolRow, ...]
    uses: tuple[Use, ...]
    """The files that use it most come first."""


def look_up(document: Document, name: str) -> Lookup:
    """Return where a name is defined and used.

    Raises InputError where no source code was read, or where none of it knows the name.
    """
    if not document.code:
        hint = "name source files, or a folder that holds some"
        raise InputError(f"no source code was read from {one_line(document.name)}", hint=hint)
    base = Codebase(document)
    found = Lookup(
        name,
        tuple(symbol_row(definition) for definition in base.definitions(name)),
        tuple(Use(path, count) for path, count in base.users(name)),
    )
    if not found.definitions and not found.uses:
        hint = "--symbols lists the definitions that other files use"
        raise InputError(f"no file defines or uses {one_line(name, 80)!r}", hint=hint)
    return found


def lookup_text(found: Lookup, width: int | None, *, color: bool) -> str:
    """Return what was found as lines for people; ``width`` is the terminal's, or None to cut nothing."""
    table: list[list[Cell]] = [["defined", "used", "where"]]
    for row in found.definitions:
        table.append([one_line(row.signature), f"{row.references:,}", one_line(f"{row.path}:{row.line}")])
    uses: list[list[Cell]] = [["used in", "times"]]
    uses += [[one_line(use.path), f"{use.count:,}"] for use in found.uses]
    lines = columns(table, "lrl", width) if found.definitions else []
    return rendered([*lines, *(columns(uses, "lr", width) if found.uses else [])], color=color)


def lookup_json(found: Lookup) -> str:
    """Return what was found as one line of JSON."""
    from rao_cli.cli.output import symbol_json

    return symbol_json(asdict(found)) + "\n"
