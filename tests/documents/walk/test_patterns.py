"""Patterns of .gitignore become expressions that match what git matches."""

import time

import pytest
import re2
from hypothesis import given
from hypothesis import strategies as st

from rao_cli.documents.walk.patterns import read_pattern


def matches(pattern: str, path: str) -> bool:
    """Tell whether a pattern names a path; that of a folder ends in a slash."""
    found = read_pattern(pattern.encode())
    if found is None:
        return False
    options = re2.Options()
    options.encoding = re2.Options.Encoding.LATIN1
    named = path.encode()[:-1] + b"\0" if path.endswith("/") else path.encode()
    return re2.compile(found.itself, options).fullmatch(named) is not None


@pytest.mark.parametrize(
    ("pattern", "named", "not_named"),
    [
        ("a", ["a", "a/", "b/a", "b/c/a/"], ["ab", "a/b", "A"]),
        ("/a", ["a", "a/"], ["b/a"]),
        ("a/", ["a/", "b/a/"], ["a", "b/a"]),
        ("a/b", ["a/b", "a/b/"], ["c/a/b", "a/b/c"]),
        ("*.c", [".c", "a.c", "x/a.c"], ["a.cc", "a.c/b"]),
        ("a/*", ["a/b", "a/b/"], ["a/", "a", "a/b/c"]),
        ("a?c", ["abc", "x/a-c"], ["ac", "a/c", "abbc", "a\u00e9c"]),
        ("**/a", ["a", "b/a", "b/c/a"], ["ba"]),
        ("a/**", ["a/b", "a/b/c", "a/b/"], ["a", "a/", "b/a/c"]),
        ("a/**/b", ["a/b", "a/x/b", "a/x/y/b"], ["ab", "a/xb", "c/a/b"]),
        ("a/**b", ["a/b", "a/xb"], ["a/x/b"]),
        ("**", ["a", "a/b", "a/"], []),
        ("**/", ["a/", "a/b/"], ["a", "a/b"]),
        ("/**", ["a", "a/b"], []),
        ("foo**/bar", ["foo/bar", "foobar", "foox/y/bar"], ["fo/bar", "x/foo/bar"]),
        ("[ab]", ["a", "b"], ["c", "ab"]),
        ("[!ab]", ["c", "-"], ["a", "b"]),
        ("[^a-c]", ["d"], ["a", "b", "c"]),
        ("x[!a]y", ["xby"], ["x/y", "xay"]),
        ("[]a]", ["]", "a"], ["b"]),
        ("[a-]", ["a", "-"], ["b"]),
        ("[z-a]", ["z"], ["a", "m", "-"]),
        ("[--0]", ["-", ".", "0"], ["/", "a"]),
        ("[[:digit:]x]", ["5", "x"], ["y", ":"]),
        ("[[:space:]]", [" ", "\t"], ["a"]),
        ("[\\]]", ["]"], ["\\"]),
        ("[[:]", ["[", ":"], ["a"]),
        ("\\*", ["*"], ["a", "\\*"]),
        ("\\!a", ["!a"], ["a"]),
        ("\\#a", ["#a"], ["a"]),
        ("a b ", ["a b"], ["a b "]),
        ("a\\ ", ["a "], ["a"]),
        ("a\\ \\  ", ["a  "], ["a", "a "]),
        ("a\t", ["a\t"], ["a"]),
        ("\u00e9*", ["\u00e9", "\u00e9t\u00e9"], ["e"]),
    ],
)
def test_patterns_name_what_gitignore_says(pattern, named, not_named):
    """Each kind of pattern names the paths that gitignore(5) and git's own code say, and no others."""
    assert [path for path in named if not matches(pattern, path)] == []
    assert [path for path in not_named if matches(pattern, path)] == []


@pytest.mark.parametrize(
    "line",
    ["", "   ", "# comment", "!", "/", "a\\", "[", "[a", "[a-", "[[:nothing:]]", "[[:alpha:]", "\\", "a" * 1025],
)
def test_lines_that_name_nothing_are_no_rules(line):
    """Comments, blank lines and patterns that cannot match are passed over, as are absurdly long ones."""
    assert read_pattern(line.encode()) is None


@pytest.mark.parametrize(
    ("line", "negated", "folders_only"), [("!a", True, False), ("a/", False, True), ("!a/", True, True)]
)
def test_marks_before_and_after_a_pattern(line, negated, folders_only):
    """An exclamation mark takes back, a slash at the end names folders only."""
    found = read_pattern(line.encode())
    assert (found.negated, found.folders_only) == (negated, folders_only)


@given(st.binary(max_size=60).filter(lambda line: b"\n" not in line))
def test_every_line_gives_an_expression_that_compiles(line):
    """Whatever bytes a line holds, RE2 takes what comes of it."""
    found = read_pattern(line)
    if found:
        options = re2.Options()
        options.encoding = re2.Options.Encoding.LATIN1
        re2.compile(found.itself, options)
        re2.compile(found.below, options)


def test_matching_takes_linear_time():
    """A pattern at which a backtracking matcher needs years is matched at once."""
    started = time.process_time()
    assert not matches("a*" * 40 + "b", "a" * 4000)
    assert time.process_time() - started < 1
