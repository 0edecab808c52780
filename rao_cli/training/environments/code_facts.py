"""What a Python source says for certain: defaults, types, constants, bases, exceptions, docstrings, owners, calls.

Read from its syntax tree, each with the place that says it. What is no short answer is left out.
"""

import ast
import builtins
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import accumulate

from rao_cli.documents.model import Span

WORDS = 12
"""Of an answer, at most."""
NEAR = 800
"""Characters from a header to what it holds, at most, where the header is the answer: a reader should see both."""

BUILT_IN = frozenset(dir(builtins))

Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True)
class CodeFact:
    """One fact: what is asked (a key of data/code.toml), of which name, the other name that the question needs."""

    asked: str
    name: str
    other: str
    answer: str
    place: Span


@dataclass(frozen=True)
class Code:
    """What is known of a source: its facts, and where its top-level statements begin."""

    facts: tuple[CodeFact, ...]
    starts: tuple[int, ...]


@lru_cache(maxsize=512)
def read_code(text: str) -> Code | None:
    """Return what a source says, or None where it is no valid Python of this version."""
    try:
        tree = ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
    reader = _Reader(text)
    facts = [fact for fact in reader.module(tree) if _short(fact)]
    return Code(tuple(facts), tuple(reader.start(node) for node in tree.body))


def _short(fact: CodeFact) -> bool:
    return "\n" not in fact.answer and 0 < len(fact.answer.split()) <= WORDS and len(fact.answer) <= 100


class _Reader:
    """Walks through one source."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.lines = text.split("\n")
        self.begins = [0, *accumulate(len(line) + 1 for line in self.lines)]

    def at(self, line: int, column: int) -> int:
        """Return the offset in characters of a line (from 1) and a column in bytes, as syntax trees have them."""
        return self.begins[line - 1] + len(self.lines[line - 1].encode()[:column].decode("utf-8", "ignore"))

    def span(self, node: ast.expr | ast.stmt) -> Span:
        """Return where a node stands."""
        end_line, end = node.end_lineno or node.lineno, node.end_col_offset or node.col_offset
        return Span(self.at(node.lineno, node.col_offset), self.at(end_line, end))

    def start(self, node: ast.stmt) -> int:
        """Return where a statement begins, its decorators included."""
        decorators: list[ast.expr] = getattr(node, "decorator_list", [])
        return self.begins[min([node.lineno, *(one.lineno for one in decorators)]) - 1]

    def module(self, tree: ast.Module) -> Iterator[CodeFact]:
        """Yield all facts of a module."""
        for node in tree.body:
            yield from self.statement(node)

    def statement(self, node: ast.stmt) -> Iterator[CodeFact]:
        """Yield the facts of a top-level statement."""
        if isinstance(node, ast.ClassDef):
            yield from self.class_(node)
        elif isinstance(node, Function):
            yield from self.function(node, node.name)
        elif isinstance(node, ast.Assign | ast.AnnAssign):
            yield from self.constant(node)
        elif isinstance(node, ast.ImportFrom):
            yield from self.imports(node)

    def class_(self, node: ast.ClassDef) -> Iterator[CodeFact]:
        """Yield the facts of a class and its methods."""
        yield from self.docstring(node, node.name)
        if len(node.bases) == 1 and not node.keywords:
            yield self.fact("base", node.name, "", node.bases[0])
        for one in node.body:
            if isinstance(one, Function):
                yield from self.function(one, f"{node.name}.{one.name}")
                if self.near(one, node) and not one.name.startswith("__"):
                    yield CodeFact("owner", one.name, "", node.name, self.named(node))

    def function(self, node: Function, name: str) -> Iterator[CodeFact]:
        """Yield the facts of a function: docstring, parameters, result, exceptions, calls."""
        yield from self.docstring(node, name)
        yield from self.parameters(node.args, name)
        if node.returns:
            yield self.fact("returned", name, "", node.returns)
        yield from self.raises(node, name)
        if not node.name.startswith("__"):
            yield from self.calls(node)

    def raises(self, node: Function, name: str) -> Iterator[CodeFact]:
        """Yield the exception of a function that raises one alone."""
        thrown = [one.exc for one in ast.walk(node) if isinstance(one, ast.Raise) and one.exc]
        raised = [one.func if isinstance(one, ast.Call) else one for one in thrown]
        kinds = {ast.unparse(one): one for one in reversed(raised)}
        if len(kinds) == 1 and min(kinds)[:1].isupper() and self.near(kinds[min(kinds)], node):
            yield self.fact("raised", name, "", kinds[min(kinds)])

    def calls(self, node: Function) -> Iterator[CodeFact]:
        """Yield what a function calls by a name that is not built in."""
        called = [one.func for one in ast.walk(node) if isinstance(one, ast.Call) and self.near(one, node)]
        names = [one.id for one in called if isinstance(one, ast.Name) and one.id not in BUILT_IN]
        yield from (CodeFact("caller", name, "", node.name, self.named(node)) for name in names)

    def parameters(self, args: ast.arguments, name: str) -> Iterator[CodeFact]:
        """Yield the defaults and the types of parameters."""
        placed = [*args.posonlyargs, *args.args]
        ending = zip(placed[::-1], args.defaults[::-1], strict=False)
        pairs = [*ending, *zip(args.kwonlyargs, args.kw_defaults, strict=True)]
        yield from (self.fact("default", name, one.arg, value) for one, value in pairs if value)
        for one in (*placed, *args.kwonlyargs):
            if one.annotation:
                yield self.fact("annotation", name, one.arg, one.annotation)

    def near(self, inner: ast.stmt | ast.expr, outer: ast.stmt) -> bool:
        """Tell whether a node begins soon after another."""
        return self.begins[inner.lineno - 1] - self.begins[outer.lineno - 1] < NEAR

    def constant(self, node: ast.Assign | ast.AnnAssign) -> Iterator[CodeFact]:
        """Yield the value of a module's constant."""
        target = node.targets[0] if isinstance(node, ast.Assign) else node.target
        if isinstance(target, ast.Name) and isinstance(node.value, ast.Constant) and len(target.id) > 2:
            yield self.fact("constant", target.id, "", node.value)

    def imports(self, node: ast.ImportFrom) -> Iterator[CodeFact]:
        """Yield where imported names come from."""
        place = self.span(node)
        if node.module and node.module != "__future__" and not node.level and place.end - place.start < NEAR:
            start = self.text.index(node.module, place.start + 4)
            span = Span(start, start + len(node.module))
            yield from (CodeFact("imported", one.asname or one.name, "", node.module, span) for one in node.names)

    def docstring(self, node: Function | ast.ClassDef, name: str) -> Iterator[CodeFact]:
        """Yield what the first line of a docstring says, and what it says it of."""
        first = (ast.get_docstring(node) or "").split("\n\n")[0].strip()
        if len(first.split()) < 3 or "\n" in first or not isinstance(node.body[0], ast.Expr):
            return
        start = self.text.find(first, self.span(node.body[0]).start, self.span(node.body[0]).end)
        if start >= 0:
            yield CodeFact("purpose", name, "", first, Span(start, start + len(first)))
            if start - self.span(node).start < NEAR and not node.name.startswith("__"):
                yield CodeFact("described", name, first, node.name, self.named(node))

    def named(self, node: Function | ast.ClassDef) -> Span:
        """Return where the name of a definition stands."""
        start = self.text.index(node.name, self.span(node).start + len("def "))
        return Span(start, start + len(node.name))

    def fact(self, asked: str, name: str, other: str, node: ast.expr) -> CodeFact:
        """Return a fact whose answer is the source of an expression."""
        place = self.span(node)
        return CodeFact(asked, name, other, self.text[place.start : place.end], place)
