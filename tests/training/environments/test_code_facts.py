"""What is read from a Python source, and where it stands."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rao_cli.training.environments.code_facts import WORDS, read_code

SOURCE = '''"""Größen."""
from collections import deque as queue
from os.path import join
from .own import thing

LIMIT = 17
NAME: str = "ü"  # ä
EMPTY = [1]


class Pump(Engine):
    """Move water uphill."""

    def __init__(self, rate=3):
        helper(rate)

    def run(self, speed: "int | None" = None, *, mode="slow") -> bool:
        """Run until the well is dry.

        More words.
        """
        if speed:
            raise ValueError("too fast")
        return check(speed) and len(mode)

    def both(self):
        """Do one thing
        over two lines."""
        raise KeyError if self else ValueError


class Two(A, B):
    pass


def helper(value, more=f(1,
    2)):
    raise


async def check(x):
    raise RuntimeError from None
'''


def known(text=SOURCE):
    """Return the facts of a source: (what is asked, name, other name) to answer."""
    return {(fact.asked, fact.name, fact.other): fact.answer for fact in read_code(text).facts}


@pytest.mark.parametrize(
    ("key", "answer"),
    [
        (("default", "Pump.run", "speed"), "None"),
        (("default", "Pump.run", "mode"), '"slow"'),
        (("default", "Pump.__init__", "rate"), "3"),
        (("annotation", "Pump.run", "speed"), '"int | None"'),
        (("returned", "Pump.run", ""), "bool"),
        (("constant", "LIMIT", ""), "17"),
        (("constant", "NAME", ""), '"ü"'),
        (("base", "Pump", ""), "Engine"),
        (("raised", "Pump.run", ""), "ValueError"),
        (("raised", "check", ""), "RuntimeError"),
        (("purpose", "Pump", ""), "Move water uphill."),
        (("described", "Pump.run", "Run until the well is dry."), "run"),
        (("owner", "run", ""), "Pump"),
        (("caller", "check", ""), "run"),
        (("imported", "queue", ""), "collections"),
        (("imported", "join", ""), "os.path"),
    ],
)
def test_a_source_says(key, answer):
    """A fact of each sort is read."""
    assert known()[key] == answer


@pytest.mark.parametrize(
    "key",
    [
        ("constant", "EMPTY", ""),
        ("base", "Two", ""),
        ("default", "helper", "more"),
        ("raised", "helper", ""),
        ("purpose", "Pump.both", ""),
        ("owner", "__init__", ""),
        ("caller", "len", ""),
        ("caller", "helper", ""),
        ("imported", "thing", ""),
    ],
)
def test_a_source_does_not_say(key):
    """What has no one short answer is left out: several bases, many lines, built-in names, relative imports."""
    assert key not in known()


def test_places_are_in_characters():
    """Each answer stands at its place, behind letters of several bytes, too."""
    facts = read_code(SOURCE).facts
    assert all(SOURCE[fact.place.start : fact.place.end] == fact.answer for fact in facts)


def test_starts_include_decorators():
    """A decorated function begins at its first decorator."""
    code = read_code("import a\n\n\n@one\n@two\ndef f():\n    pass\n")
    assert code.starts == (0, 11)


@pytest.mark.parametrize("text", ["def f(:\n", "print 'x'\n", "\0", "x = " + "(" * 300])
def test_no_python(text):
    """What is no valid Python is no source."""
    assert read_code(text) is None


@given(st.text(max_size=80))
def test_any_text_is_taken(text):
    """Any text is either no source, or its short answers stand where it says."""
    code = read_code(text)
    for fact in code.facts if code else ():
        assert text[fact.place.start : fact.place.end] == fact.answer
        assert len(fact.answer.split()) <= WORDS
