"""Search terms: parts of names, phrases, names of code, questions for numbers, and what a database can store."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rao_cli.documents.search.terms import asks_number, inner_words, names, parts, phrases, storable, terms


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("Who built the old mill?", ["built", "old", "mill"]),
        ("parseConfig", ["parseconfig", "parse", "config"]),
        ("parse_config", ["parse_config", "parse", "config"]),
        ("HTTPServer2", ["httpserver2", "http", "server", "2"]),
        ("the of and", ["the", "of", "and"]),
        ("mill mill MILL", ["mill"]),
        ("", []),
        ("?!,.", []),
        ("___", []),
        ("été à Été", ["été", "à", "é"]),
        ("404", ["404"]),
        ("漢字", ["漢字"]),
        ("don't", ["don"]),
    ],
)
def test_content_words_of_a_query(query, expected):
    """Content words and their parts come once each, in order; common words only where there are no others."""
    found = terms(query)
    assert set(expected) <= set(found)
    assert len(found) == len(set(found))
    assert bool(found) is bool(expected)


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("parseConfig", ["parse", "Config"]),
        ("ParseHTTPConfig", ["Parse", "HTTP", "Config"]),
        ("parse_config", ["parse", "config"]),
        ("utf8Decode", ["utf", "8", "Decode"]),
        ("A", ["A"]),
        ("x", ["x"]),
        ("", []),
        ("__", []),
        ("ABC", ["ABC"]),
        ("aB", ["a", "B"]),
        ("v1_2", ["v", "1", "2"]),
    ],
)
def test_names_fall_into_parts(name, words):
    """Capitals, digits and underscores part the words in a name."""
    assert parts(name) == words


@given(st.from_regex(r"[A-Za-z0-9_]{0,30}", fullmatch=True))
def test_parts_lose_no_letter(name):
    """The parts of a name, one after the other, are the name without its underscores."""
    assert "".join(parts(name)) == name.replace("_", "")


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("the read-only mode", ["read only"]),
        ("see a/b/c.py", ["a b c py"]),
        ("10.0.0.1", ["10 0 0 1"]),
        ("'to be or not'", ["to be or not"]),
        ('"one two" and `three four`', ["one two", "three four"]),
        ("'single'", []),
        ("it's a don't", []),
        ("plain words", []),
        ("a-b a-b", ["a b"]),
        ("'ab", []),
        ("'a\nb c d'", []),
        ("foo::bar", []),
        ("x:y", ["x y"]),
    ],
)
def test_phrases_of_a_query(query, expected):
    """What is joined by signs or stands in quotation marks is a phrase of its words."""
    assert phrases(query) == expected


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("What does parseConfig do?", {"parseConfig"}),
        ("What does parse_config do?", {"parse_config"}),
        ("Where is `open` used?", {"open"}),
        ("the function load", {"load"}),
        ("the load function", {"load"}),
        ("the functions load and save", {"load"}),
        ("Which function of it", set()),
        ("What's the firm's name?", set()),
        ("Where is MAX defined?", {"MAX"}),
        ("a class Reader and a Writer class", {"Reader", "Writer"}),
        ("Who is Ann?", set()),
        ("", set()),
    ],
)
def test_names_of_code_in_a_query(query, expected):
    """Words are names of code by their form, by quotation marks or by the word beside them."""
    assert names(query) == expected


@pytest.mark.parametrize(
    ("query", "number"),
    [
        ("How many lines are there?", True),
        ("how MUCH is it?", True),
        ("When did it end?", True),
        ("In what year was it?", True),
        ("Which port does it use?", True),
        ("What is the version?", False),
        ("What total sizes are given?", True),
        ("What average amount was paid?", True),
        ("Who came?", False),
        ("Where is it?", False),
        ("However many", False),
        ("Somehow long", False),
        ("", False),
    ],
)
def test_questions_for_a_number(query, number):
    """A question that asks for an amount or a date wants digits; other questions do not."""
    assert asks_number(query) is number


@pytest.mark.parametrize(
    ("text", "stored"),
    [("a\0b", "a b"), ("a\ud800b", "a?b"), ("é漢😀", "é漢😀"), ("", ""), ("\0", " ")],
)
def test_what_can_be_stored(text, stored):
    """What a database refuses is replaced, everything else stays."""
    assert storable(text) == stored


@given(st.text(st.characters(), max_size=100))
def test_any_text_gives_words_that_can_be_stored(text):
    """Terms, phrases and inner words of any text can be written as UTF-8 and hold no NUL."""
    for word in (*terms(text), *phrases(text)):
        assert "\0" not in word
        word.encode("utf-8")
        assert word


@given(st.text(alphabet="abAB1_ é.", max_size=60))
def test_inner_words_are_parts_of_the_text(text):
    """Each inner word stands in the text, and a text without inner borders has none."""
    found = inner_words(text).split()
    assert all(word in text for word in found)
    assert not found or text != text.lower()


@pytest.mark.parametrize("seed", ["a", "aB", "a-", "A", "'", "a.b", "function ", "how ", "_"])
def test_long_queries_take_no_time(seed):
    """A query of a hundred thousand signs is taken apart at once, into few terms."""
    query = seed * (100_000 // len(seed))
    start = time.process_time()
    assert len(terms(query)) <= 64
    assert len(phrases(query)) <= 64
    names(query)
    asks_number(query)
    inner_words(query)
    assert time.process_time() - start < 3
