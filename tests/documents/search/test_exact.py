"""Exact search: counts, expressions, whole words, places, and patterns that try to break it."""

import re
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rao_cli.documents.model import Span
from rao_cli.documents.search import SearchIndex
from rao_cli.documents.search.exact import Pattern, _compiled, _matches
from rao_cli.documents.stored import TextWriter
from rao_cli.errors import UsageError
from tests.documents.search.making import document_of, files_of, index_of, leaves_of

LOG = "".join(f"10:{n:02d} worker-{n % 3} status={200 + n} naïve user\n" for n in range(60))


def total(text, pattern, **options):
    """Return how often a pattern occurs."""
    return index_of(text)[1].find(pattern, **options).total


@pytest.mark.parametrize(
    ("pattern", "count"),
    [
        (r"status=2\d9\b", 6),
        (r"^10:0\d", 10),
        (r"user$", 60),
        (r"WORKER-[01]", 40),
        (r"(naïve|absent) user", 60),
        (r"worker-0.*\n.*worker-1", 20),
        (r"x*", 0),
        (r"", 0),
    ],
)
def test_expressions_are_counted(pattern, count):
    """Classes, anchors at line ends, alternatives and matches over two lines are counted; empty ones are not."""
    assert total(LOG, pattern, expression=True) == count


@pytest.mark.parametrize(
    ("pattern", "words"),
    [
        ("(?<=a)b", "look-ahead, look-behind"),
        ("a(?=b)", "look-ahead, look-behind"),
        (r"(a)\1", "references to groups"),
        ("(a", "missing )"),
        ("a{5000}", "at most 1,000 rounds"),
        ("a{1000}{1000}", "cannot be repeated"),
        ("((a{100}){100}){100}", "at most 1,000 rounds"),
        (r"(\pL{500}){2}", "complex"),
        ("[z-a]", "range"),
        ("\\", "trailing"),
    ],
)
def test_what_is_no_expression_is_explained(pattern, words):
    """A pattern that cannot be used is refused in one line that names the reason."""
    with pytest.raises(UsageError, match=re.escape(words)) as refused:
        total("a", pattern, expression=True)
    assert "\n" not in refused.value.message
    assert refused.value.hint


@pytest.mark.parametrize("expression", [True, False])
def test_endless_patterns_are_refused(expression):
    """A pattern above the limit is refused, whatever it says, and one at the limit is not."""
    with pytest.raises(UsageError, match="1,001 characters"):
        total("a", "a" * 1001, expression=expression)
    assert total("a" * 1500, "a" * 1000, expression=expression) == 1


def test_long_texts_take_linear_time():
    """The longest text of many words, against one made of them, is counted in a moment."""
    start = time.process_time()
    assert total("a b " * 100_000, "a b " * 250) == 400
    assert time.process_time() - start < 5


@pytest.mark.parametrize("pattern", ["(a+)+$", "(a|aa)+b", "(.*)(.*)(.*)(.*)b", "(a?){200}a{200}b"])
def test_expressions_take_linear_time(pattern):
    """Expressions that take other engines for ever end at once on a text made for them."""
    start = time.process_time()
    total("a" * 20_000 + "c\n", pattern, expression=True)
    assert time.process_time() - start < 5


def test_no_pattern_is_run_as_anything_else():
    """A text with the characters of expressions is looked for as it stands."""
    assert total("a.b (c) [d] a+b $x ^y \\d {2}\n", "a.b (c) [d] a+b $x ^y \\d {2}") == 1
    assert total("axb\n", "a.b") == 0


def test_case_is_told_apart_on_request():
    """Case is ignored unless it is asked for, in every script with case."""
    text = "Ärger ärger ÄRGER\n"
    assert total(text, "ärger") == 3
    assert total(text, "ärger", case=True) == 1
    assert total(text, "ä[a-z]+", expression=True, case=True) == 1


@pytest.mark.parametrize(
    ("text", "pattern", "count"),
    [
        ("cat concat cat_ category cat", "cat", 2),
        ("é caté caf café", "caf", 1),
        ("a a a", "a a", 1),
        ("ax-x-x b", "x-x", 1),
        ("[GC pause] x[GC pause]", "[GC pause]", 2),
        ("one\ntwo one two", "one two", 2),
    ],
)
def test_whole_words_are_matched(text, pattern, count):
    """A match neither continues a word nor is continued, in any alphabet; punctuation needs no border."""
    assert total(text, pattern, words=True) == count


def test_a_match_carries_its_line_and_place():
    """A match names its leaf, its location and its line, made safe to show."""
    text = "first line\n" * 300 + "the \x1b[31mred\x07 needle\u202e here\n" + "last line\n" * 300
    document, index = index_of(text)
    (match,) = index.find("needle").hits
    leaves = {leaf.id: leaf for leaf in leaves_of(document)}
    assert document.read(match.span) == "needle"
    assert leaves[match.section_id].span.contains(match.span)
    assert str(match.location) == "t:301"
    assert match.line == "the [31mred needle here"


def test_a_long_line_is_cut_around_the_match():
    """Of an endless line only the surroundings of the match are shown."""
    (match,) = index_of("x " * 50_000 + "needle" + " y" * 50_000)[1].find("needle").hits
    assert "needle" in match.line
    assert len(match.line) <= 160


def test_matches_are_counted_by_file():
    """Where there are several files each is named with its count, the fullest first."""
    document = files_of({"a.py": "needle\n", "b.py": "none\n", "c.py": "needle needle\n"})
    found = SearchIndex(document, leaves_of(document)).find("needle", limit=1)
    assert [(place.name, place.total) for place in found.places] == [("c.py", 2), ("a.py", 1)]
    assert [document.read(place.span).count("needle") for place in found.places] == [2, 1]
    assert (found.total, len(found.hits)) == (3, 1)


def test_a_match_lies_inside_the_spans():
    """With spans to look in, a match that crosses their end does not count."""
    document, index = index_of("one two one two\n")
    assert index.find("one two", within=[Span(0, 5)]).total == 0
    assert index.find("one two", within=[Span(0, 7)]).total == 1
    assert index.find("one two", within=[Span(0, 5), Span(5, 16)]).total == 2
    assert document


@pytest.mark.parametrize("character", ["é", "漢", "😀", "\ud800"])
def test_places_are_characters(character):
    """Spans count characters, not bytes, whatever stands before a match."""
    text = f"{character} one {character}{character} one\n"
    document = document_of(text)
    found = SearchIndex(document, [document.root]).find("one")
    assert [match.span.start for match in found.hits] == [2, 9]


def windowed(text, pattern, words=False):
    """Return the matches of a text that is read window by window from disk."""
    compiled = _compiled(Pattern(pattern, expression=True, words=words))
    return list(_matches(text, Span(0, len(text)), compiled, words=words))


def test_a_text_on_disk_is_searched_like_one_in_memory(tmp_path):
    """Matches in a text larger than a window, on its borders too, are those found in memory."""
    line = "word one two " + "thréé " * 500 + "\n"
    text = line * ((1 << 22) // len(line) + 200)
    writer = TextWriter(tmp_path, in_memory=1 << 20)
    writer.write(text)
    stored = writer.finish()
    for pattern in ("thréé \nword", "one"):
        expected = [match.span() for match in re.finditer(pattern, text)]
        assert windowed(stored, pattern) == expected


@given(st.text(alphabet="ab \n", max_size=80), st.text(alphabet="ab ", min_size=1, max_size=4))
def test_expressions_agree_with_the_standard_library(text, pattern):
    """Plain expressions match where Python's own do."""
    expected = [match.span() for match in re.finditer(re.escape(pattern), text, re.IGNORECASE)]
    assert windowed(text, re.escape(pattern)) == expected


@given(st.text(max_size=60), st.text(max_size=12), st.booleans(), st.booleans())
def test_any_pattern_is_searched_or_refused(text, pattern, expression, words):
    """No text and no pattern does anything but find, or refuse with an explanation."""
    document = document_of(text)
    index = SearchIndex(document, [document.root])
    try:
        found = index.find(pattern, limit=3, expression=expression, words=words)
    except UsageError:
        assert expression
    else:
        assert len(found.hits) == min(3, found.total)
        assert sum(place.total for place in found.places) == found.total
