"""What an outline shows of source code: the files that matter most to the others, and the definitions in them."""

from collections import defaultdict
from dataclasses import dataclass

from rao_cli.documents.code.graph import Codebase, Definition
from rao_cli.documents.model import Document

_NAMES_A_FILE = 4
# Of so many of the most used definitions, the names beside the files are taken.
_NAMED = 600
# They say less of a file than its functions, classes and types.
_SAY_LITTLE = frozenset({"constant", "variable", "field", "property"})


@dataclass(frozen=True, slots=True)
class UsedFile:
    """A source file that others use."""

    path: str
    share: float
    """Its share of all importance, from 0 to 1."""
    importers: int
    """How many files import it."""
    names: tuple[str, ...]
    """Its most used definitions that are not inside others."""


@dataclass(frozen=True, slots=True)
class SymbolRow:
    """A definition."""

    name: str
    kind: str
    signature: str
    container: str
    path: str
    line: int
    references: int
    """How often its name is used elsewhere."""


@dataclass(frozen=True, slots=True)
class Code:
    """The source code of a document, most important first."""

    files: tuple[UsedFile, ...] = ()
    total_files: int = 0
    symbols: tuple[SymbolRow, ...] = ()
    """Definitions that other files use."""
    total_symbols: int = 0
    """All definitions."""


def code_of(document: Document, files: int, symbols: int | None) -> Code:
    """Return the most important ``files`` and ``symbols`` (None: all that others use) of the source code."""
    if not document.code:
        return Code()
    base = Codebase(document)
    total = sum(len(file.symbols) for file in document.code)
    rows = _symbols(base, total if symbols is None else symbols)
    return Code(_files(base, files), len(document.code), rows, total)


def _files(base: Codebase, count: int) -> tuple[UsedFile, ...]:
    names: dict[str, list[str]] = defaultdict(list)
    for definition in base.ranked_symbols(_NAMED):
        if not definition.symbol.container and definition.symbol.kind not in _SAY_LITTLE:
            names[definition.path].append(definition.symbol.name)
    return tuple(
        UsedFile(
            file.path,
            file.score,
            len(base.importers(file.path)),
            tuple(dict.fromkeys(names[file.path]))[:_NAMES_A_FILE],
        )
        for file in base.ranked_files()[:count]
    )


def symbol_row(definition: Definition) -> SymbolRow:
    """Return what is shown of a definition."""
    symbol = definition.symbol
    return SymbolRow(
        name=symbol.name,
        kind=symbol.kind,
        signature=symbol.signature,
        container=symbol.container,
        path=definition.path,
        line=definition.line,
        references=definition.references,
    )


def _symbols(base: Codebase, count: int) -> tuple[SymbolRow, ...]:
    return tuple(symbol_row(definition) for definition in base.ranked_symbols(count))
