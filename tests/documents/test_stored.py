"""Texts on disk: what is written is what is read, block borders and damage included."""

import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rao_cli.documents.model import BLOCK, Origin, Section, Span
from rao_cli.documents.sections import finish
from rao_cli.documents.spool import Scratch
from rao_cli.documents.stored import StoredText, TextWriter, encoded, windows
from rao_cli.errors import InputError

characters = st.text(alphabet="aé漢😀\n ", max_size=40)


def on_disk(text, pieces=3):
    """Return a text written in pieces to a file at once."""
    writer = TextWriter(in_memory=-1)
    step = max(1, len(text) // pieces)
    for at in range(0, len(text), step):
        writer.write(text[at : at + step])
    writer.write("")
    return writer.finish()


def long_text():
    """Return a text of three and a half blocks whose characters take one to four bytes."""
    line = "plain, é, 漢 and 😀 in line {}\n"
    text = "".join(line.format(number) for number in range(10_000))
    return text[: BLOCK * 3 + BLOCK // 2]


def test_a_short_text_stays_a_string():
    """Below its limit a writer returns a plain string."""
    writer = TextWriter()
    writer.write("one ")
    writer.write("two")
    assert writer.finish() == "one two"
    assert writer.length == 7


@given(characters, st.integers(-50, 50), st.integers(-50, 50))
def test_a_stored_text_is_sliced_like_a_string(text, start, end):
    """Any slice of a text on disk is that of the string."""
    assert on_disk(text)[start:end] == text[start:end]
    assert len(on_disk(text)) == len(text)


@pytest.mark.parametrize("border", [1, 2, 3])
@pytest.mark.parametrize("width", [1, 7, BLOCK + 1, 2 * BLOCK])
def test_slices_across_block_borders_are_exact(border, width):
    """A slice that begins just before a border between blocks holds what the string holds."""
    text = long_text()
    at = BLOCK * border - 1
    assert on_disk(text)[at : at + width] == text[at : at + width]


def test_a_read_longer_than_what_is_kept_in_memory_is_exact():
    """Reading more blocks at once than are kept in memory gives the whole text."""
    text = long_text() * 20
    assert on_disk(text)[1:-1] == text[1:-1]


@pytest.mark.parametrize("kept", [on_disk, str])
def test_encoded_pieces_are_the_text(kept):
    """The pieces in UTF-8 are those of the whole text, on disk or not."""
    text = long_text()
    assert b"".join(encoded(kept(text))) == text.encode()


def test_text_moves_to_disk_above_the_limit():
    """A writer keeps a short text in memory and stores one that outgrows its limit."""
    writer = TextWriter(in_memory=10)
    writer.write("0123456789")
    writer.write("x")
    text = writer.finish()
    assert isinstance(text, StoredText)
    assert text[:] == "0123456789x"


def test_lone_surrogates_become_question_marks():
    """What UTF-8 cannot hold is replaced by one character, so that offsets stay."""
    assert on_disk("a\udcffb")[:] == "a?b"


def test_damage_on_disk_is_noticed(tmp_path):
    """A changed byte is an error, never another text."""
    text = on_disk("hello world")
    assert isinstance(text, StoredText)
    file = tmp_path / "text"
    with file.open("wb") as copy:
        text.copy_to(copy)
    file.write_bytes(file.read_bytes().replace(b"world", b"w0rld"))
    broken = StoredText(Scratch(os.open(file, os.O_RDONLY)), len(text), text.places, text.checks, text.newlines)
    with pytest.raises(InputError, match="damaged"):
        broken[0:5]


def test_a_full_disk_is_one_clear_error():
    """A text that finds no room on disk is refused with a remedy."""
    writer = TextWriter(Path("/dev/full/none"), in_memory=-1)
    with pytest.raises(InputError, match="cannot keep a large text on disk") as caught:
        writer.write("x")
    assert "RAO_CACHE_DIR" in caught.value.hint


@given(characters, st.integers(1, 12))
def test_windows_are_the_whole_text_in_order(text, size):
    """Windows follow one another without gap, and none is longer than asked."""
    at = 0
    for start, piece in windows(text, size):
        assert start == at
        assert 0 < len(piece) <= size
        assert text[start : start + len(piece)] == piece
        at += len(piece)
    assert at == len(text)


def test_windows_end_at_line_ends():
    """A window ends after a newline where it holds one."""
    assert list(windows("ab\ncd\nef", 5)) == [(0, "ab\n"), (3, "cd\nef")]


def test_lines_of_a_stored_text_are_those_of_the_string():
    """A document names the same lines whether its text lies on disk or in memory."""
    text = long_text()
    whole = Section("", "t", "file", Span(0, len(text)))
    kept, plain = (finish(each, whole, [Origin("t", whole.span)]) for each in (on_disk(text), text))
    for at in (0, 1, BLOCK - 1, BLOCK, BLOCK + 1, 3 * BLOCK, len(text) - 1):
        assert kept.locate(Span(at, at + 1)) == plain.locate(Span(at, at + 1))
