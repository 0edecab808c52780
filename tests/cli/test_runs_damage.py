"""A run's file with flipped bits: the commands that look at it end in order, and never tell what is not so."""

import io
import json
import os
import random
import re
from itertools import pairwise

import pytest

from rao_cli.cli.options import Options
from rao_cli.cli.runs_list import show_list
from rao_cli.cli.runs_show import show_run
from rao_cli.cli.terminal import Streams
from rao_cli.errors import RaoError
from rao_cli.runs.library import FILE_NAME
from tests.cli.console import long_text, rao
from tests.cli.kept import runs

FLIPS = int(os.environ.get("RAO_TEST_FLIPS", "60"))
"""Files that are tried; the promise was shown with 500."""


@pytest.fixture
def kept(tmp_path):
    """Keep a run and return its file, its bytes, and what the commands say of it."""
    path = tmp_path / "notes.txt"
    path.write_text(long_text(lines=120, at=77))
    assert rao("ask", path, "What is the code?").code == 0
    file = runs().find("last") / FILE_NAME
    return file, file.read_bytes(), told()


def call(command):
    """Do a command's work without the parser, which takes longest; return what it printed, or None on an error.

    Anything but an error of ours ends the test.
    """
    streams = Streams(io.BytesIO(), io.StringIO(), io.StringIO())
    try:
        command(streams)
    except RaoError as error:
        return None, error.message
    return streams.stdout.getvalue(), streams.stderr.getvalue()


def told():
    """Return what the list and the page say of the run, as far as it can be read."""
    listed, _ = call(lambda streams: show_list(0, Options(json=True), streams))
    call(lambda streams: show_run("last", Options(), streams, everything=True))
    shown, warned = call(lambda streams: show_run("last", Options(json=True), streams, everything=True))
    return json.loads(listed)["runs"][0], json.loads(shown) if shown else None, warned


def flipped(good, number):
    """Return bytes of which one bit, or every bit of one byte, is another."""
    chance = random.Random(number)
    at, bits = chance.randrange(len(good)), chance.choice([1 << chance.randrange(8), 0xFF])
    return good[:at] + bytes([good[at] ^ bits]) + good[at + 1 :]


def test_flipped_bits_never_tell_a_wrong_answer(kept):
    """Whatever bit is flipped, each command ends in a line, and an answer that is shown is the run's."""
    file, good, (listed, shown, _) = kept
    for number in range(FLIPS):
        file.write_bytes(flipped(good, number))
        row, page, warned = told()
        if row["status"]:
            assert {**row, "damaged": 0, "problem": ""} == listed
        if page is None:
            continue
        if page["result"] is not None:
            assert page["result"] == shown["result"]
            assert page["task"] == shown["task"]
        if page["agents"] != shown["agents"] or page["result"] is None:
            assert page["damaged"] or "damaged" in warned


@pytest.mark.parametrize("words", [b"seq INTEGER", b"event (", b"body BLOB", b"PRIMARY KEY"])
def test_a_damaged_table_is_noticed(kept, words):
    """A flipped bit in the words that make the tables does not hide what they hold."""
    file, good, (_, shown, _) = kept
    for at in (found.start() + n for found in re.finditer(re.escape(words), good) for n in range(len(words))):
        for bits in (0x20, 0xFF):
            file.write_bytes(good[:at] + bytes([good[at] ^ bits]) + good[at + 1 :])
            _, page, warned = told()
            assert page is None or page == shown or page["damaged"] or "damaged" in warned


def test_missing_pieces_are_noticed(kept):
    """A file that ends early, or has a hole of zeros, is damaged or says what is missing."""
    file, good, (_, shown, _) = kept
    for start, end in pairwise(range(0, len(good) + 1, 4_096)):
        for bad in (good[:start], good[:start] + bytes(end - start) + good[end:]):
            file.write_bytes(bad)
            _, page, warned = told()
            assert page is None or page == shown or page["damaged"] or "damaged" in warned
