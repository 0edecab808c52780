"""Check the layers of ``rao_cli``: imports point down, siblings keep apart, and nothing goes round.

Works on sources as text, so a test can plant a fault. Every import counts, also one inside a function or under
``TYPE_CHECKING``: a lazy import still makes one part know the other.
"""

import ast
from collections.abc import Iterator, Mapping
from graphlib import CycleError, TopologicalSorter

PACKAGE = "rao_cli"
LAYERS = (
    {"", "errors", "files", "intervals", "text"},
    {"documents", "engine"},
    {"models"},
    {"agent"},
    {"bench", "strategies", "runs", "training"},
    {"cli", "__main__"},
)
"""From the bottom up; the names are folders or modules directly under the package, "" is the package itself."""
STRANGERS = LAYERS[1]
"""Parts of one layer that must not know each other."""


def faults(sources: Mapping[str, str]) -> list[str]:
    """Return one line for each import that breaks a rule; ``sources`` maps dotted module names to their text.

    A package's ``__init__`` is named like ``rao_cli.agent``; it is a package when another name lies below it.
    """
    edges = {name: sorted(set(_targets(name, text, sources)) - {name}) for name, text in sources.items()}
    found = [f"{name} lies in no layer" for name in sources if _level(name) < 0]
    found += [fault for name, targets in edges.items() for target in targets if (fault := _fault(name, target))]
    try:
        TopologicalSorter(edges).prepare()
    except CycleError as error:
        found.append(f"cycle: {' <- '.join(error.args[1])}")
    return found


def outside(sources: Mapping[str, str]) -> set[str]:
    """Return the top-level names of everything imported that is not ours."""
    names = {
        target.partition(".")[0] for name, text in sources.items() for target in _imports(name, text, sources)
    }
    return names - {PACKAGE}


def _fault(name: str, target: str) -> str:
    mine, theirs = _part(name), _part(target)
    if _level(target) > _level(name):
        return f"{name} imports {target}, which lies above it"
    if mine != theirs and {mine, theirs} <= STRANGERS:
        return f"{name} imports {target}, a sibling that it must not know"
    return ""


def _part(name: str) -> str:
    return name.removeprefix(PACKAGE).lstrip(".").partition(".")[0]


def _level(name: str) -> int:
    return next((level for level, parts in enumerate(LAYERS) if _part(name) in parts), -1)


def _targets(name: str, text: str, sources: Mapping[str, str]) -> Iterator[str]:
    """Yield the modules of ours that a module imports, each resolved to the longest known name."""
    for full in _imports(name, text, sources):
        target = full
        while target and target not in sources:
            target = target.rpartition(".")[0]
        if target:
            yield target


def _imports(name: str, text: str, sources: Mapping[str, str]) -> Iterator[str]:
    is_package = any(other.startswith(f"{name}.") for other in sources)
    package = name if is_package else name.rpartition(".")[0]
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from (f"{_base(node, package)}.{alias.name}" for alias in node.names)


def _base(node: ast.ImportFrom, package: str) -> str:
    if not node.level:
        return node.module or ""
    parents = package.split(".")
    return ".".join([*parents[: len(parents) - node.level + 1], *filter(None, [node.module])])
