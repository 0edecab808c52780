"""Rules of ignore files and of --glob: which one decides, and how many there may be."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rao_cli.documents.walk.ignore import MOST_RULES, Globs, Rules, read_globs, read_lines
from rao_cli.errors import UsageError


def ignored(rules: Rules, *paths: str) -> list[str]:
    """Return which of the paths the rules leave out; that of a folder ends in a slash."""
    return [path for path in paths if rules.ignores(path.rstrip("/"), folder=path.endswith("/"))]


def below(base: str, *lines: str, rules: Rules = Rules(), of_git: bool = True) -> Rules:  # noqa: B008
    """Return rules with those of a folder before them."""
    return rules.below(base, [line.encode() for line in lines], of_git=of_git)


def test_the_last_rule_that_matches_decides():
    """A later rule takes back what an earlier one leaves out, and the other way round."""
    assert ignored(below("", "*.log", "!b.log", "/c/b.log"), "a.log", "b.log", "c/b.log", "d/b.log") == [
        "a.log",
        "c/b.log",
    ]


def test_the_last_of_very_many_rules_decides():
    """The order holds although rules are matched in groups."""
    rules = below("", *(f"{'!' * (number % 2)}f{number // 2}" for number in range(1500)), "*9", "!f7*")
    assert ignored(rules, "f1", "f19", "f749", "f750", "x9") == ["f19", "x9"]


def test_nearer_rules_come_first():
    """Rules of an inner folder overrule those of the outer one, for what lies in it."""
    rules = below("in/", "!a", rules=below("", "a"))
    assert ignored(rules, "in/a") == []
    assert ignored(below("", "a"), "in/a") == ["in/a"]


def test_a_rule_names_a_folder_not_what_lies_in_it():
    """A walk does not enter an ignored folder, so what is below it is not matched again."""
    assert ignored(below("", "out/"), "out/", "out", "out/a") == ["out/"]


def test_another_repository_keeps_only_the_rules_that_are_not_of_git():
    """The rules of .ignore and .raoignore hold inside another repository, those of .gitignore do not."""
    rules = below("", "b", rules=below("", "a"), of_git=False)
    assert ignored(rules, "in/a", "in/b") == ["in/a", "in/b"]
    assert ignored(rules.in_repository(), "in/a", "in/b") == ["in/b"]


@pytest.mark.parametrize("lines", [[], ["# nothing", ""], ["!", "/"]])
def test_files_without_rules_add_nothing(lines):
    """Comments and blank lines leave the rules as they were."""
    assert below("", *lines) == Rules()


def test_too_many_rules_are_refused():
    """Rules beyond the limit, all folders together, are an error that says so."""
    rules = below("", *["a"] * MOST_RULES)
    with pytest.raises(ValueError, match="more than 5,000"):
        below("in/", "b", rules=rules)


def test_lines_are_divided_as_git_divides_them():
    """A byte order mark and carriage returns before newlines do not count; other line ends are no line ends."""
    assert read_lines(b"\xef\xbb\xbfa\r\nb\rc\n\x0cd\x85e") == [b"a", b"b\rc", b"\x0cd\x85e"]


@pytest.mark.parametrize(
    ("globs", "left"),
    [
        ((), ["a.py", "d/b.py", "d/e/c.md", "n.md"]),
        (("*.py",), ["a.py", "d/b.py"]),
        (("*.py", "*.md"), ["a.py", "d/b.py", "d/e/c.md", "n.md"]),
        (("/*.py",), ["a.py"]),
        (("d/",), ["d/b.py", "d/e/c.md"]),
        (("n.md/",), []),
        (("d/**/*.md",), ["d/e/c.md"]),
        (("!*.md",), ["a.py", "d/b.py"]),
        (("!d",), ["a.py", "n.md"]),
        (("d", "!*.py"), ["d/e/c.md"]),
        (("!*.py", "d"), ["d/b.py", "d/e/c.md"]),
        (("!d", "d/b.py"), ["d/b.py"]),
        (("*",), ["a.py", "d/b.py", "d/e/c.md", "n.md"]),
        (("[ad].py",), ["a.py"]),
        (("[[a].py",), ["a.py"]),
    ],
)
def test_globs_choose_files(globs, left):
    """A pattern without ! limits what is read, one with ! takes away, and the last that names a file decides."""
    chosen = read_globs(globs)
    assert [path for path in ("a.py", "d/b.py", "d/e/c.md", "n.md") if not chosen.leave_out(path)] == left


@pytest.mark.parametrize("glob", ["", " ", "#a", "!", "/", "[a"])
def test_a_glob_that_is_no_pattern_is_refused(glob):
    """A glob that can name nothing is a mistake of the user's, told with an example."""
    with pytest.raises(UsageError, match="is no pattern") as caught:
        read_globs((glob,))
    assert "*.py" in caught.value.hint


def test_no_globs_choose_everything():
    """Without --glob no file is left out."""
    assert Globs().leave_out("a") == ""


@given(st.lists(st.text("!*?[]/.ab\u00e9", min_size=1, max_size=6), max_size=4), st.text("ab./\u00e9", min_size=1))
def test_excluding_is_the_opposite_of_including(globs, path):
    """A last pattern with ! leaves out exactly the files that it would choose without."""
    try:
        chosen, excluded = read_globs((*globs, "*", "a*")), read_globs((*globs, "*", "!a*"))
        only = read_globs(("a*",))
    except UsageError:
        return
    assert chosen.leave_out(path) == ""
    assert bool(excluded.leave_out(path)) == (only.leave_out(path) == "")
