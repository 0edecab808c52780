"""What a sentence claims, and whether a text shows it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rao_cli.agent.summary.verify import Claim, claims, missing


@pytest.mark.parametrize(
    ("text", "kind", "claim"),
    [
        ("The mast is 42.5 metres high.", "number", "42.5"),
        ("The mill belongs to Weber.", "name", "Weber"),
        ("Open src/mill/gate.py first.", "path", "src/mill/gate.py"),
        ("The log is in /var/log/mill.log today.", "path", "/var/log/mill.log"),
        ("Call open_gate to begin.", "symbol", "open_gate"),
        ("Call openGate to begin.", "symbol", "openGate"),
        ("It calls `mill` twice.", "symbol", "mill"),
        ("It calls gate::open twice.", "symbol", "gate::open"),
    ],
)
def test_what_is_claimed(text, kind, claim):
    """Numbers, names, paths and symbols are claims of a sentence."""
    assert Claim(kind, claim) in claims(text)


@pytest.mark.parametrize(
    "text", ["The mill is old.", "Mills are old. Weber", "- Weber is old", "It is old: Weber"]
)
def test_the_first_word_is_no_name(text):
    """A capital at the start of a sentence says nothing."""
    assert claims(text) == []


def test_a_path_is_told_once():
    """The parts of a path are not claimed again as symbols or numbers."""
    assert claims("It reads src/gate_7/open_all.py alone.") == [Claim("path", "src/gate_7/open_all.py")]


def test_what_is_shown_is_not_missing():
    """Claims that stand in the text are found in any case and with other white space."""
    assert missing("The brewer Weber built 3 mills.", "3 MILLS of\nWEBER") == []


@pytest.mark.parametrize("shown", ["", "Weber built 33 mills", "Weber has 1.35 mills"])
def test_a_number_is_found_as_a_whole(shown):
    """A number that is part of another is missing."""
    assert Claim("number", "3") in missing("There are 3 mills.", shown)


def test_a_name_may_have_a_possessive():
    """Weber's is shown by Weber."""
    assert missing("It is Weber's mill.", "the mill of Weber") == []


@given(st.text(max_size=200))
def test_a_text_shows_itself(text):
    """Whatever a text claims occurs in it."""
    assert missing(text, text) == []


def test_hostile_text_takes_no_time():
    """Endless runs of what claims are made of are gone through at once."""
    for text in ("a/" * 20_000, "a_" * 20_000, "1." * 20_000, "A" * 40_000, "`" * 40_000, "::" * 20_000):
        missing(text, "nothing")
