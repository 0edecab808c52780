"""A run's file with flipped bits: the commands that look at it end in order, and never tell what is not so."""

import os
import random
from itertools import pairwise

import pytest

from rao_cli.runs.library import FILE_NAME
from tests.cli.console import long_text, rao
from tests.cli.kept import runs

FLIPS = int(os.environ.get("RAO_TEST_FLIPS", "40"))
"""Files that are tried; the promise was shown with 500."""


@pytest.fixture
def kept(tmp_path):
    """Keep a run and return its file, its bytes, and what the commands say of it."""
    path = tmp_path / "notes.txt"
    path.write_text(long_text(lines=120, at=77))
    assert rao("ask", path, "What is the code?").code == 0
    file = runs().find("last") / FILE_NAME
    return file, file.read_bytes(), told()


def told():
    """Return what the list and the page say of the run, as far as it can be read."""
    listed, shown = rao("runs", "--json"), rao("runs", "show", "--json")
    for done in (listed, shown, rao("runs", "show")):
        assert done.code in (0, 1, 2, 3), done.err
        assert "Traceback" not in done.err
        assert "internal error" not in done.err + done.out
    return listed.json["runs"][0], shown.json if shown.code == 0 else None, shown.err


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


def test_missing_pieces_are_noticed(kept):
    """A file that ends early, or has a hole of zeros, is damaged or says what is missing."""
    file, good, (_, shown, _) = kept
    for start, end in pairwise(range(0, len(good) + 1, 4_096)):
        for bad in (good[:start], good[:start] + bytes(end - start) + good[end:]):
            file.write_bytes(bad)
            _, page, warned = told()
            assert page is None or page == shown or page["damaged"] or "damaged" in warned
