"""How findings are laid out: columns, wrapped lines, commands that can be pasted."""

import shlex

from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from rao_cli.cli.checkup import Finding, command_lines, finding_lines, summary
from rao_cli.models.machine import rebuild_command
from tests.models.machines import PLAIN

LONG = Finding("GPU", "warning", "word " * 40, "do " * 40, rebuild_command(PLAIN, "-DGGML_CUDA=on", python="/p"))


def lines(*findings, width=80):
    """Return the findings' lines as plain text."""
    return [line.plain for line in finding_lines(findings, width)]


def test_a_finding_is_a_line():
    """State, name and text stand in columns."""
    assert lines(Finding("rao", "ok", "1.0"), Finding("GPU", "problem", "none")) == [
        "ok       rao           1.0",
        "problem  GPU           none",
    ]


def test_long_findings_fit_the_width():
    """Whatever is found, no line is wider than the screen."""
    for width in (60, 80, 120):
        assert max(cell_len(line) for line in lines(LONG, width=width)) <= width


def test_what_follows_is_indented():
    """Lines that go on start below the text, so the first column holds states only."""
    first, *rest = lines(LONG)
    assert first.startswith("warning  GPU ")
    assert all(line.startswith(" " * 9) for line in rest)


def test_escape_codes_do_not_get_through():
    """Control characters in a finding are taken out."""
    assert "\x1b" not in "".join(lines(Finding("GPU", "ok", "a\x1b[31m\nb", "c\x07", "")))


@given(st.lists(st.text(st.characters(codec="ascii", exclude_categories=["Cc"]), min_size=1), max_size=8))
def test_a_broken_command_means_the_same(words):
    """A shell reads the broken lines as the words that were meant."""
    command = shlex.join(words)
    assert shlex.split("\n".join(command_lines(command, 40)).replace("\\\n", " ")) == words


def test_a_command_is_broken_between_words():
    """Each line but the last ends with a backslash, and none is too wide."""
    broken = command_lines(LONG.command, 60)
    assert len(broken) > 1
    assert all(line.endswith(" \\") for line in broken[:-1])
    assert max(map(len, broken)) <= 60


def test_no_command_is_no_line():
    """Without a command nothing is printed for it."""
    assert command_lines("", 80) == []


def test_the_summary_counts():
    """The last sentence counts problems and warnings."""
    ok, warning, problem = (Finding("a", state, "b") for state in ("ok", "warning", "problem"))
    assert summary([ok]) == "Everything is in order."
    assert summary([warning, warning]) == "2 warnings."
    assert summary([ok, problem, warning]) == "1 problem and 1 warning."
