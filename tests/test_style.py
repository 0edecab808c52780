"""The limits of the house style, measured on the whole project, and proofs that each measurement can fail."""

import ast
import re

import pytest

from tests.checkout import ROOT, python_files
from tests.metrics import Measured, above, code_lines, complexity, function_lines, measure, rank

FUNCTION_LIMIT = 50
FILE_LIMIT = 400
COMPLEXITY_LIMIT = 15
PATCHING = re.compile(r"unittest(\.| import )mock|\bmocker\b|\bMagicMock\b|monkey[p]atch\.setattr")


def read(*folders):
    """Read and measure the Python files of some folders."""
    return measure({path.relative_to(ROOT).as_posix(): path.read_text("utf-8") for path in python_files(*folders)})


@pytest.fixture(scope="module")
def source():
    """Return the figures of the package."""
    return read("rao_cli")


@pytest.fixture(scope="module")
def tests():
    """Return the figures of the tests."""
    return read("tests")


def test_no_function_is_over_the_limit(source):
    """No function of the package is longer than fifty lines."""
    assert above(source.lengths, FUNCTION_LIMIT) == []


def test_most_functions_are_short(source):
    """Half of the functions have at most ten lines, nine of ten at most thirty."""
    assert rank(source.lengths, 50) <= 10
    assert rank(source.lengths, 90) <= 30


def test_no_function_is_too_complex(source):
    """No function branches more than the limit."""
    assert above(source.complexities, COMPLEXITY_LIMIT) == []


def test_files_are_small(source, tests):
    """No file, test or source, exceeds the limit."""
    assert above(source.files + tests.files, FILE_LIMIT) == []


def test_every_module_says_what_it_is(source):
    """Each module of the package opens with a docstring."""
    assert source.modules_bare == []


def test_public_names_are_documented(source):
    """At least 94 of 100 public classes and functions have a docstring."""
    assert len(source.public_bare) <= 0.06 * source.public, source.public_bare


def test_everything_is_hinted(source):
    """Each argument and return value of the package has a type."""
    assert source.unhinted == []


def test_broad_handlers_are_rare(source):
    """At most five handlers catch everything."""
    assert len(source.broad) <= 5, source.broad


def test_tests_are_as_long_as_the_source(source, tests):
    """There is at least one code line of tests for each of the package."""
    assert tests.code_lines >= source.code_lines


def test_every_test_states_its_fact(tests):
    """Each test has a docstring."""
    assert tests.tests > 0
    assert tests.tests_bare == []


def test_nothing_of_ours_is_patched():
    """No test replaces our own code; the package ships fakes instead."""
    guilty = [path.name for path in python_files("tests") if PATCHING.search(path.read_text("utf-8"))]
    assert guilty == []


@pytest.mark.parametrize("text", ["from unittest import {}", "import unittest.{}", "def test({}er): ..."])
def test_patching_is_found(text):
    """Each common way to get at a mock is recognised."""
    assert PATCHING.search(text.format("mock"))


def test_measuring_sees_the_project(source, tests):
    """The figures come from real files, so an empty folder cannot pass."""
    assert len(source.files) > 5
    assert source.public > 20
    assert tests.tests > 20


def function_of(text):
    """Parse one function."""
    return ast.parse(text).body[0]


def test_length_leaves_out_the_docstring():
    """A function's lines run from ``def`` to its end without the docstring."""
    body = "    x = 1\n" * 60
    assert function_lines(function_of(f'def f():\n    """One.\n\n    Two.\n    """\n{body}')) == 61


def test_a_long_function_is_found():
    """A function of fifty-one lines is over the limit and one of fifty is not."""
    figures = measure({"a.py": "def short():\n" + "    x = 1\n" * 49 + "def long():\n" + "    x = 1\n" * 50})
    assert above(figures.lengths, FUNCTION_LIMIT) == [Measured("a.py:51 long", 51)]


def test_complexity_counts_each_branch():
    """Loops, conditions, handlers, comprehensions, cases and each further operand add one."""
    text = """
def f(a, b):
    if a and b or a:
        for x in b:
            while x:
                x = 1 if a else 2
    try:
        return [y for y in b if y]
    except ValueError:
        pass
    match a:
        case 1:
            return 1
    def inner():
        if a:
            pass
"""
    assert complexity(function_of(text)) == 10


def test_code_lines_leave_out_prose():
    """Blank lines, comments and bare strings are no code; a comment after code is."""
    text = '"""Doc\n\nmore."""\n\n# note\nx = 1  # why\n\n\n"""Field."""\ny = """\ntext\n"""\n'
    assert code_lines(text, ast.parse(text)) == 4


def test_bare_definitions_are_found():
    """A public class, function or method without docstring is named; private and inner ones are not."""
    methods = "    def b(self): ...\n    def _c(self): ...\n"
    text = f'"""M."""\nclass A:\n{methods}def _d():\n    def e(): ...\ndef f():\n    "doc"\n'
    figures = measure({"a.py": text, "b.py": "x = 1", "empty.py": ""})
    assert [where.split()[1] for where in figures.public_bare] == ["A", "b"]
    assert figures.public == 3
    assert figures.modules_bare == ["b.py"]


@pytest.mark.parametrize(
    "text",
    [
        "def f(a) -> int: ...",
        "def f(a: int): ...",
        "def f(*a) -> None: ...",
        "class A:\n    def g(self, *, a) -> int: ...",
    ],
)
def test_missing_hints_are_found(text):
    """One argument or return value without a type is enough."""
    assert len(measure({"a.py": text}).unhinted) == 1


def test_full_hints_pass():
    """``self``, ``cls`` and the return of a constructor need no type."""
    text = "class A:\n    def __init__(self, a: int): ...\n    def f(self, *a: int, **b: str) -> None: ..."
    assert measure({"a.py": text}).unhinted == []


@pytest.mark.parametrize(
    "kind", ["", " Exception", " BaseException", " (ValueError, Exception)", " builtins.Exception"]
)
def test_broad_handlers_are_found(kind):
    """A handler that catches everything is counted in each spelling."""
    assert measure({"a.py": f"try:\n    pass\nexcept{kind}:\n    pass"}).broad == ["a.py:3"]


def test_narrow_handlers_pass():
    """A handler that names its error is not broad."""
    assert measure({"a.py": "try:\n    pass\nexcept (OSError, ValueError):\n    pass"}).broad == []


def test_rank_is_nearest_rank():
    """The percentile is a value that occurs; none at all gives zero."""
    values = [Measured("", value) for value in range(1, 11)]
    assert (rank(values, 50), rank(values, 90), rank(values, 100), rank([], 90)) == (5, 9, 10, 0)


def test_tests_without_docstring_are_found():
    """A test that does not state its fact is named."""
    figures = measure({"t.py": 'def test_a():\n    """Fact."""\ndef test_b(): ...'})
    assert figures.tests == 2
    assert figures.tests_bare == ["t.py:3 test_b"]
