"""Tokens of a question, and the words that say what is asked."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rao_cli.agent.compute.query_words import (
    FILLERS,
    OPERATOR_PHRASES,
    is_filler,
    keys,
    looks_like_value,
    singular,
    tokens,
)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("status 404?", [("word", "status"), ("number", "404"), ("mark", "?")]),
        ("'Invalid user' lines", [("quoted", "Invalid user"), ("word", "lines")]),
        ('say "it\'s on"', [("word", "say"), ("quoted", "it's on")]),
        ("user's record", [("word", "user"), ("word", "record")]),
        ("1,000 bytes", [("number", "1,000"), ("word", "bytes")]),
        ("from 10.0.0.1.", [("word", "from"), ("word", "10.0.0.1"), ("mark", ".")]),
        ("before May 1, 2023", [("word", "before"), ("date", "May 1, 2023")]),
        ("on 17/May/2015", [("word", "on"), ("date", "17/May/2015")]),
        ("at 10:05:22", [("word", "at"), ("date", "10:05:22")]),
        ("in March 2023", [("word", "in"), ("date", "March 2023")]),
        ("/a/b.html, x", [("word", "/a/b.html"), ("mark", ","), ("word", "x")]),
        ("may it be", [("word", "may"), ("word", "it"), ("word", "be")]),
        ("", []),
    ],
)
def test_tokens(text, expected):
    """Quotations, numbers and dates are one token each; marks stand apart, those inside a value do not."""
    assert [(token.kind, token.text) for token in tokens(text)] == expected


@given(st.text(max_size=300))
def test_any_text_has_tokens(text):
    """No text fails, and tokens are made of its characters."""
    assert all(token.text and token.text in text for token in tokens(text))


@pytest.mark.parametrize("text", ["'" * 5000, "'a" * 3000, "May " * 3000, "1," * 5000, "a:" * 5000, "(" * 9000])
def test_hostile_text_takes_little_time(text):
    """Rows of marks and half quotations are cut in time linear in them."""
    assert len(tokens(text)) <= len(text)


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        ("requests", "request"),
        ("entries", "entry"),
        ("addresses", "address"),
        ("status", "status"),
        ("analysis", "analysis"),
        ("ids", "id"),
        ("bus", "bus"),
        ("boxes", "box"),
        ("class", "class"),
    ],
)
def test_singular(word, expected):
    """Plural endings go, and words that only look so stay."""
    assert singular(word) == expected


@pytest.mark.parametrize("name", ["Client IPs", "client_ip", "clientIp", "client-ip", "client.ip"])
def test_ways_of_writing_a_name(name):
    """However a name is written, its words are compared alike."""
    assert keys(name) == ("client", "ip")


@pytest.mark.parametrize("value", ["10.0.0.1", "/index.html", "POST", "root@host", "BSkyB", "v2", "a=b"])
def test_values_look_different(value):
    """Addresses, paths, codes and names of machines are rather values than words."""
    (token,) = tokens(value)
    assert looks_like_value(token)


@pytest.mark.parametrize("word", ["request", "North", "suspicious"])
def test_words_look_like_words(word):
    """Words of the language are no values by their look."""
    (token,) = tokens(word)
    assert not looks_like_value(token)


def test_no_telling_word_is_filler():
    """Negations, comparisons and bounds are never passed over."""
    telling = "not no without except only each every per ignore unless between more less fewer than"
    skipped = [word for word in telling.split() if word in FILLERS and word not in ("only",)]
    assert skipped == []
    assert not is_filler(tokens("suspicious")[0])


def test_phrases_are_found_by_their_keys():
    """Words of operations are compared in the singular."""
    assert OPERATOR_PHRASES["how", "many", "time"] == "count"
    assert OPERATOR_PHRASES["most", "often"] == "most"
