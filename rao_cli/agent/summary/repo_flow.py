"""How data flows in a repository: which parts use which, by their imports, and where its main symbols are used.

Limits: files of one package that need no import (Go) use each other by names only; a name is taken to mean the
most important symbol of that name.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence

from rao_cli.agent.summary.model import Statement
from rao_cli.agent.summary.repo_files import Files
from rao_cli.documents.code.graph import Definition
from rao_cli.documents.model import Span

MOST_FLOWS = 8
MOST_TARGETS = 3
RANKED = 64
"""Symbols among which the important ones are looked for."""
FIRST_LINE = 200
SYMBOL_KINDS = frozenset(
    {"class", "struct", "enum", "interface", "trait", "function", "type", "method", "object", "protocol"}
)

_IMPORTS = re.compile(r"\b(?:import|from|use|mod|require|include|using|extern|source|export)\b")


def flows(files: Files) -> Iterator[Statement]:
    """Yield which parts use which, those that use most first, then where the main symbols are used."""
    edges: dict[str, Counter[str]] = defaultdict(Counter)
    shown: dict[tuple[str, str], tuple[str, str]] = {}
    for name, target in _imports(files):
        here, there = files.group(name), files.group(target)
        if here != there:
            edges[here][there] += 1
            shown.setdefault((here, there), (name, target))
    for here in sorted(edges, key=lambda here: -edges[here].total())[:MOST_FLOWS]:
        targets = [there for there, _ in edges[here].most_common(MOST_TARGETS)]
        lines = _import_line(files, *shown[here, targets[0]])
        heads = (span for there in targets for span in files.head(shown[here, there][1]))
        yield Statement(f"`{here}` uses {joined(targets)}", tuple(dict.fromkeys((*lines, *heads))), computed=True)
    yield from _uses(files)


def _imports(files: Files) -> Iterator[tuple[str, str]]:
    """Yield each source file with each source file that it imports."""
    for name in files.sources:
        for path in files.codebase.imports(files.origin(name).path):
            target = files.name(path)
            if target in files.program:
                yield name, target


def _import_line(files: Files, name: str, target: str) -> tuple[Span, ...]:
    """Return the line of a file that imports another, or else its first."""
    stem = target.rpartition("/")[2].partition(".")[0]
    wanted = target.split("/")[-2] if files.stands_for_folder(target) and "/" in target else stem
    lines = ((span,) for span, line in files.lines(name) if wanted in line and _IMPORTS.search(line))
    return next(lines, files.head(name))


def _uses(files: Files) -> Iterator[Statement]:
    """Yield where the most important symbols are used."""
    best = [one for one in files.codebase.ranked_symbols(RANKED) if files.name(one.path) in files.program]
    for found in [one for one in best if one.symbol.kind in SYMBOL_KINDS][:MOST_FLOWS]:
        name = files.name(found.path)
        users = [files.name(path) for path, _ in files.codebase.users(found.symbol.name)]
        others = [user for user in users if user in files.program and user != name][:MOST_TARGETS]
        if others:
            spans = (
                first_line(files, found.symbol.span),
                *(span for user in others for span in _use(files, user, found)),
            )
            yield Statement(f"`{found.symbol.name}` of `{name}` is used in {joined(others)}", spans, computed=True)


def _use(files: Files, name: str, found: Definition) -> tuple[Span, ...]:
    pattern = re.compile(rf"\b{re.escape(found.symbol.name)}\b")
    return next(((span,) for span, line in files.lines(name) if pattern.search(line)), files.head(name))


def first_line(files: Files, span: Span) -> Span:
    """Return the first line of a definition."""
    text = files.document.read(Span(span.start, min(span.end, span.start + FIRST_LINE)))
    return Span(span.start, span.start + len(text.split("\n", 1)[0]))


def joined(names: Sequence[str]) -> str:
    """Write names as code, in a row: `a`, `b` and `c`."""
    coded = [f"`{name}`" for name in names]
    return coded[0] if len(coded) == 1 else f"{', '.join(coded[:-1])} and {coded[-1]}"
