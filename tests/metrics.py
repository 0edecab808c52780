"""Measure the style limits of this project with the standard library alone.

Lines of a function run from ``def`` to its last line, less the docstring. Complexity is one plus the branches of
the function's own body. Code lines are not blank, comment or docstring. Percentiles are nearest-rank. A function
defined inside another counts as a function of its own, but is not public.
"""

import ast
import io
import tokenize
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

Function = ast.FunctionDef | ast.AsyncFunctionDef
Documented = ast.Module | ast.ClassDef | Function
FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
BRANCHES = (
    ast.If,
    ast.For,
    ast.AsyncFor,
    ast.While,
    ast.ExceptHandler,
    ast.IfExp,
    ast.comprehension,
    ast.match_case,
)
BROAD = {"", "Exception", "BaseException"}


@dataclass(frozen=True)
class Measured:
    """One thing and its figure; ``where`` is ``file:line name``."""

    where: str
    value: int


@dataclass(repr=False)
class Figures:
    """Everything measured of some files; too much to be printed when a test fails."""

    files: list[Measured] = field(default_factory=list)
    lengths: list[Measured] = field(default_factory=list)
    complexities: list[Measured] = field(default_factory=list)
    modules_bare: list[str] = field(default_factory=list)
    public: int = 0
    public_bare: list[str] = field(default_factory=list)
    unhinted: list[str] = field(default_factory=list)
    broad: list[str] = field(default_factory=list)
    code_lines: int = 0
    tests: int = 0
    tests_bare: list[str] = field(default_factory=list)


def measure(sources: Mapping[str, str]) -> Figures:
    """Measure files given as text by their names."""
    figures = Figures()
    for name, text in sources.items():
        tree = ast.parse(text)
        figures.files.append(Measured(name, len(text.splitlines())))
        figures.code_lines += code_lines(text, tree)
        if tree.body and not _docstring(tree):
            figures.modules_bare.append(name)
        figures.broad += [f"{name}:{node.lineno}" for node in ast.walk(tree) if _is_broad(node)]
        for node, is_public in _definitions(tree, True):
            _add_definition(figures, f"{name}:{node.lineno} {node.name}", node, is_public)
    return figures


def rank(values: Iterable[Measured], percent: int) -> int:
    """Return the nearest-rank percentile of some figures, 0 for none."""
    ordered = sorted(item.value for item in values) or [0]
    return ordered[max(0, -(-len(ordered) * percent // 100) - 1)]


def above(values: Iterable[Measured], limit: int) -> list[Measured]:
    """Return what exceeds a limit, the worst first."""
    return sorted((item for item in values if item.value > limit), key=lambda item: -item.value)


def code_lines(text: str, tree: ast.Module) -> int:
    """Count the lines that are neither blank, nor only a comment, nor part of a bare string."""
    prose = {
        line for node in ast.walk(tree) if _is_prose(node) for line in range(node.lineno, node.end_lineno + 1)
    }
    tokens = tokenize.generate_tokens(io.StringIO(text).readline)
    comments = {token.start[0] for token in tokens if token.type == tokenize.COMMENT and _stands_alone(token)}
    rows = enumerate(text.splitlines(), 1)
    return sum(number not in prose and number not in comments and bool(row.strip()) for number, row in rows)


def _stands_alone(token: tokenize.TokenInfo) -> bool:
    return token.line.lstrip().startswith("#")


def _is_prose(node: ast.AST) -> bool:
    return (
        isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str)
    )


def _docstring(node: Documented) -> ast.stmt | None:
    return node.body[0] if node.body and _is_prose(node.body[0]) else None


def _definitions(node: ast.AST, is_public: bool) -> Iterator[tuple[ast.ClassDef | Function, bool]]:
    """Yield every class and function, at any depth, and whether its whole path is public."""
    for child in ast.iter_child_nodes(node):
        visible = is_public
        if isinstance(child, (ast.ClassDef, *FUNCTIONS)):
            visible = is_public and not child.name.startswith("_")
            yield child, visible
        yield from _definitions(child, visible and not isinstance(child, FUNCTIONS))


def _add_definition(figures: Figures, where: str, node: ast.ClassDef | Function, is_public: bool) -> None:
    is_bare = _docstring(node) is None
    figures.public += is_public
    if is_public and is_bare:
        figures.public_bare.append(where)
    if isinstance(node, ast.ClassDef):
        return
    figures.lengths.append(Measured(where, function_lines(node)))
    figures.complexities.append(Measured(where, complexity(node)))
    if not _is_hinted(node):
        figures.unhinted.append(where)
    if node.name.startswith("test"):
        figures.tests += 1
        figures.tests_bare += [where] * is_bare


def function_lines(node: Function) -> int:
    """Count the lines from ``def`` to the end, less the docstring."""
    docstring = _docstring(node)
    prose = docstring.end_lineno - docstring.lineno + 1 if docstring else 0
    return node.end_lineno - node.lineno + 1 - prose


def complexity(node: Function) -> int:
    """Count one plus the branches of a function, without those of functions and classes inside it."""
    own = list(_own_nodes(node))
    switches = sum(len(inner.values) - 1 for inner in own if isinstance(inner, ast.BoolOp))
    return 1 + switches + sum(isinstance(inner, BRANCHES) for inner in own)


def _own_nodes(node: Function) -> Iterator[ast.AST]:
    queue: list[ast.AST] = list(node.body)
    while queue:
        inner = queue.pop()
        yield inner
        if not isinstance(inner, (ast.ClassDef, *FUNCTIONS)):
            queue.extend(ast.iter_child_nodes(inner))


def _is_hinted(node: Function) -> bool:
    given = node.args
    named = [*given.posonlyargs, *given.args, *given.kwonlyargs, given.vararg, given.kwarg]
    wanted = [argument for argument in named if argument and argument.arg not in ("self", "cls")]
    returns = node.name == "__init__" or node.returns is not None
    return returns and all(argument.annotation for argument in wanted)


def _is_broad(node: ast.AST) -> bool:
    if not isinstance(node, ast.ExceptHandler):
        return False
    caught = node.type.elts if isinstance(node.type, ast.Tuple) else [node.type]
    return any((ast.unparse(kind).rpartition(".")[2] if kind else "") in BROAD for kind in caught)
