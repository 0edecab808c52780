"""The strategies that come with rao at work: each answers on a document of its kind, for less than the default."""

import re

import pytest

from rao_cli.strategies.library import bundled
from rao_cli.strategies.matching import unfit
from rao_cli.strategies.records import MOST_BYTES, canonical
from rao_cli.strategies.shape import question_class, shape_of
from tests.agent.helpers import ABSENT, answer, document, filler, made_ready, run, view_of
from tests.strategies.making import follow

BUNDLED = {one.name: one for one in bundled()}


def reads(needle):
    """Return a reader that answers with some words wherever its view has them."""
    return lambda request: (
        answer(needle, *_blocks(view_of(request), needle)) if needle in view_of(request) else ABSENT
    )


def _blocks(view, needle):
    """Return the number of the block that holds the words."""
    return [max((int(n) for n in re.findall(r"^\[(\d+)\]", view.partition(needle)[0], re.MULTILINE)), default=1)]


def log():
    """Return a log in which something fails."""
    lines = [f"2026-01-01T10:{n // 60:02}:{n % 60:02} INFO worker {n % 7} finished job {n}" for n in range(900)]
    lines[450:450] = ["2026-01-01T10:07:30 ERROR the disk sdb1 failed while job 449 was written"] * 2
    return document("\n".join(lines) + "\n", "app.log")


def code():
    """Return source code of many functions."""
    parts = [f"def step_{n}(value):\n    return value + {n}\n\n\n" for n in range(120)]
    parts[60] = "def parse_address(text):\n    return text.split(',')\n\n\n"
    return document("".join(parts), "steps.py")


def headed():
    """Return a text with headings."""
    parts = [f"# Part {n}\n\n{filler(6, start=9 * n)}\n" for n in range(40)]
    parts[20] = "# Backups\n\nBackups are kept because disks fail. " + "They are made at night. " * 8 + "\n\n"
    return document("".join(parts), "manual.md")


CASES = {
    "page-lookup": (
        document(filler(200) + "The main valve opens at forty bar.\n\n" + filler(200, start=200), "manual.txt"),
        "At which pressure does the main valve open?",
        "forty bar",
    ),
    "log-incident": (log(), "Which disk failed while a job was written?", "sdb1"),
    "where-in-code": (code(), "In which file is `parse_address` defined?", "text.split"),
    "count-and-compare": (
        document(filler(200) + "The crew had 17 sailors in May.\n\n" + filler(200, start=200), "tale.txt"),
        "How many sailors did the crew have?",
        "17",
    ),
    "section-summary": (headed(), "Why are backups kept?", "disks fail"),
}


def test_each_is_tried_here():
    """No bundled strategy is left out of these tests."""
    assert set(CASES) == set(BUNDLED)


@pytest.mark.parametrize("name", CASES)
def test_each_is_for_its_question(name):
    """The question's class and the document's shape are those that the strategy is for."""
    source, question, needle = CASES[name]
    prepared = made_ready(source, reads(needle), window=1200, view=100)
    assert question_class(question) in BUNDLED[name].applies.classes
    assert unfit(BUNDLED[name], question, shape_of(prepared.reading)) == ""


@pytest.mark.parametrize("name", CASES)
def test_each_answers_for_less(name):
    """By its plan the answer is found, without a fallback, and no more is read than without it."""
    source, question, needle = CASES[name]
    prepared = made_ready(source, reads(needle), window=1200, view=100)
    default = run(question, prepared)
    followed = follow(question, prepared, BUNDLED[name], audits=False)
    assert (followed.result.status, followed.result.fell_back) == ("found", "")
    assert followed.result.answer == default.result.answer
    assert 0 < len(followed.requests) <= len(default.requests)


@pytest.mark.parametrize("name", CASES)
def test_each_gives_way(name):
    """Where its document has no answer, the default goes on and says so as ever."""
    source, question, _ = CASES[name]
    prepared = made_ready(source, reads("no such words"), window=1200, view=100)
    followed = follow(question, prepared, BUNDLED[name], audits=False)
    assert followed.result.fell_back != ""
    assert followed.result.status == run(question, prepared).result.status


@pytest.mark.parametrize("name", BUNDLED)
def test_each_is_small(name):
    """Each is far below the size that a strategy may have, so that there is room for its outcomes."""
    assert len(canonical(BUNDLED[name])) < MOST_BYTES // 2


def test_names_differ():
    """No two have one name, one id or one form."""
    for each in ("name", "id", "form"):
        assert len({getattr(one, each) for one in bundled()}) == len(BUNDLED)
