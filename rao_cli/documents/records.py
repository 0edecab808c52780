"""Write a document, without its text, as plain lists for JSON, and read it back.

The section tree is one flat list in reading order, each section with the number of its children, so that neither
its depth nor its size matters. Decoding raises TypeError, ValueError, KeyError or IndexError for foreign data.
"""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from rao_cli.documents.model import (
    CodeFile,
    Document,
    Facts,
    Origin,
    Page,
    Section,
    Skipped,
    Span,
    Symbol,
    Table,
    Text,
)


def encode(document: Document) -> dict[str, Any]:
    """Return everything of a document but its text and its folder."""
    return {
        "name": document.name,
        "digest": document.digest,
        "sections": encode_tree(document.root),
        "origins": [_origin(origin) for origin in document.origins],
        "skipped": [[skipped.path, skipped.reason, skipped.failed] for skipped in document.skipped],
        "warnings": list(document.warnings),
        "facts": [_facts(facts) for facts in document.facts],
        "code": [_code(code) for code in document.code],
    }


def decode(data: dict[str, Any], text: Text) -> Document:
    """Return the document that ``encode`` described, with its text."""
    return Document(
        name=str(data["name"]),
        text=text,
        root=decode_tree(data["sections"]),
        origins=tuple(_to_origin(*origin) for origin in data["origins"]),
        digest=str(data["digest"]),
        skipped=tuple(Skipped(*skipped) for skipped in data["skipped"]),
        warnings=tuple(data["warnings"]),
        facts=tuple(_to_facts(*facts) for facts in data["facts"]),
        code=tuple(_to_code(*code) for code in data["code"]),
    )


def encode_tree(root: Section) -> list[list[Any]]:
    """Return a section tree as a flat list, parents first."""
    return [
        [section.id, section.title, section.kind, *_pair(section.span), len(section.children), section.tokens]
        for section in root.walk()
    ]


def decode_tree(rows: list[list[Any]]) -> Section:
    """Return the section tree that ``encode_tree`` described."""
    done: list[Section] = []
    # Backwards, so that a section's children are finished when it is reached: they are the last ones on the stack.
    for name, title, kind, start, end, count, tokens in reversed(rows):
        if count > len(done):
            raise ValueError("not one tree")
        children = tuple(done[len(done) - count :][::-1]) if count else ()
        del done[len(done) - count :]
        done.append(Section(name, title, kind, Span(start, end), children, tokens))
    if len(done) != 1:
        raise ValueError("not one tree")
    return done[0]


def _pair(span: Span) -> Iterator[int]:
    yield span.start
    yield span.end


def _origin(origin: Origin) -> list[Any]:
    pages = [[page.start, page.index, page.label] for page in origin.pages]
    return [origin.path, *_pair(origin.span), origin.unit, pages, origin.line]


def _to_origin(path: str, start: int, end: int, unit: str, pages: list[list[Any]], line: int = 1) -> Origin:
    return Origin(path, Span(start, end), tuple(Page(*page) for page in pages), unit, line)


def _facts(facts: Facts) -> list[Any]:
    tables = [[table.title, table.columns, table.rows, table.total] for table in facts.tables]
    return [facts.path, facts.kind, facts.values, tables]


def _to_facts(path: str, kind: str, values: list[list[Any]], tables: list[list[Any]]) -> Facts:
    return Facts(
        path,
        kind,
        tuple((name, value) for name, value in values),
        tuple(
            Table(title, tuple(columns), tuple(tuple(row) for row in rows), total)
            for title, columns, rows, total in tables
        ),
    )


def _code(code: CodeFile) -> list[Any]:
    symbols = [
        [symbol.name, symbol.kind, symbol.signature, *_pair(symbol.span), symbol.container]
        for symbol in code.symbols
    ]
    return [code.origin, code.language, symbols, code.imports, code.uses]


def _to_code(origin: int, language: str, symbols: list[list[Any]], imports: list[str], uses: str) -> CodeFile:
    found = tuple(
        Symbol(name, kind, signature, Span(start, end), container)
        for name, kind, signature, start, end, container in symbols
    )
    return CodeFile(origin, language, found, tuple(imports), uses)


def moved(code: CodeFile, shift: int, origins: int) -> CodeFile:
    """Return a file's code record for a document in which its text and its origin stand further on."""
    symbols = tuple(
        replace(symbol, span=Span(symbol.span.start + shift, symbol.span.end + shift)) for symbol in code.symbols
    )
    return replace(code, origin=code.origin + origins, symbols=symbols)
