"""Where questions come from: pipes, plain terminals, and what was typed before."""

import io
import os
import stat

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rao_cli.cli.chat_input import LONGEST, MOST_REMEMBERED, PlainLines, remember, remembered
from rao_cli.cli.folders import user_folders
from tests.cli.console import rao
from tests.cli.stream import nasty


def lines(data):
    """Return all lines that come out of a pipe."""
    source = PlainLines(io.BytesIO(data))
    found = []
    while (line := source.read()) is not None:
        found.append(line)
    return found


def test_lines_of_a_pipe():
    """Each line comes by itself; the last needs no end, and an empty one is empty."""
    assert lines(b"one\n\n two \r\nthree") == ["one", "", "two", "three"]


def test_bytes_that_are_no_text():
    """Damaged bytes and controls become harmless text."""
    assert lines(b"a\xff\x1b[2Jb\n") == ["a\ufffd[2Jb"] or lines(b"a\xff\x1b[2Jb\n") == ["a[2Jb"]


def test_a_line_without_end():
    """A line that is too long is cut, and its rest is no further question."""
    first, second = lines(b"x" * (3 * LONGEST) + b"\nnext\n")
    assert len(first) == LONGEST
    assert second == "next"


@given(st.binary(max_size=200))
def test_any_bytes_are_lines(data):
    """Whatever comes, there are as many lines as it has, without a line break in any."""
    found = lines(data)
    assert len(found) == len(io.BytesIO(data).readlines())
    assert not any("\n" in line for line in found)


def test_questions_are_remembered_in_order(tmp_path):
    """What was typed is read back, the oldest first."""
    path = tmp_path / "state" / "questions"
    for question in ("one", "two", ""):
        remember(path, question)
    assert remembered(path) == ["one", "two"]


def test_only_the_owner_can_read_them(tmp_path):
    """The file and its folder are private, also where the file was not before."""
    path = tmp_path / "state" / "questions"
    remember(path, "one")
    path.chmod(0o644)
    remember(path, "two")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


def test_not_all_are_remembered(tmp_path):
    """After a thousand questions the older half is forgotten."""
    path = tmp_path / "questions"
    path.write_text("".join(f"{n}\n" for n in range(MOST_REMEMBERED)))
    remember(path, "last")
    kept = remembered(path)
    assert len(kept) == MOST_REMEMBERED // 2
    assert kept[-2:] == [str(MOST_REMEMBERED - 1), "last"]


@given(nasty)
def test_nothing_remembered_steers_a_terminal(tmp_path_factory, text):
    """Neither what is written nor what someone else put into the file comes back with controls."""
    path = tmp_path_factory.mktemp("h") / "questions"
    remember(path, text)
    with path.open("ab") as file:
        file.write(text.encode("utf-8", "replace") + b"\n\xff\x1b[2J\n")
    assert not any("\x1b" in line or "\u202e" in line for line in remembered(path))
    assert "\x1b" not in "".join(remembered(path))


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_a_folder_that_cannot_be_written(tmp_path):
    """Where nothing can be remembered, nothing fails."""
    tmp_path.chmod(0o500)
    remember(tmp_path / "state" / "questions", "one")
    assert remembered(tmp_path / "state" / "questions") == []


def test_a_link_is_not_followed(tmp_path):
    """A link in place of the file does not lead writing astray."""
    (tmp_path / "other").write_text("mine\n")
    (tmp_path / "questions").symlink_to(tmp_path / "other")
    remember(tmp_path / "questions", "one")
    assert (tmp_path / "other").read_text() == "mine\n"


def test_a_pipe_is_not_remembered(tmp_path):
    """Questions from a pipe leave no file."""
    source = tmp_path / "a.txt"
    source.write_text("the code is 1\n")
    rao("chat", source, stdin=b"What is the code?\n")
    assert not user_folders().questions.exists()
