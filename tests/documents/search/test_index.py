"""Search: ranked passages, exact counts, and queries that try to break it."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rao_cli.documents.model import Origin, Page, Section, Span
from rao_cli.documents.search import Found, SearchIndex
from tests.documents.search.making import document_of, index_of, leaves_of

FILLER = "The quick brown fox jumps over the lazy dog near the river bank.\n" * 30
CODE = "def parseConfig(path):\n    return HTTPServerFactory(path)\n\ntotal_count = max_items\n"
TREATY = "The treaty of Utrecht was signed in 1713.\n"
TEXT = f"{FILLER}{TREATY}{FILLER}{CODE}{FILLER}Zoë met the Ambassadors in ORLÉANS.\n"


DOCUMENT, INDEX = index_of(TEXT)


def best(query: str) -> str:
    """Return the text of the best passage, or an empty string."""
    hits = INDEX.ranked(query, 1)
    return DOCUMENT.read(hits[0].span) if hits else ""


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("When was the treaty of Utrecht signed?", "1713"),
        ("treaties signing", "Utrecht"),
        ("parse config", "parseConfig"),
        ("parseConfig", "parseConfig"),
        ("server factory", "HTTPServerFactory"),
        ("totalCount", "total_count"),
        ("ambassador zoe", "ORLÉANS"),
        ("orleans", "ORLÉANS"),
    ],
)
def test_the_passage_is_found(query, words):
    """Questions, word forms, identifier parts and unaccented words find their passage first."""
    assert words in best(query)


def test_hits_are_in_their_section_and_best_first():
    """Each hit comes once and lies in the leaf that it names; the one with every word asked for is first."""
    leaves = {leaf.id: leaf for leaf in leaves_of(DOCUMENT)}
    hits = INDEX.ranked("quick treaty 1713", 8)
    assert len(hits) == 8
    assert len(set(hits)) == 8
    assert all(word in DOCUMENT.read(hits[0].span) for word in ("quick", "treaty", "1713"))
    assert all(leaves[hit.section_id].span.contains(hit.span) for hit in hits)


def test_a_search_can_be_limited_to_spans():
    """Only passages that share a character with the given spans are returned."""
    at = TEXT.index("treaty")
    assert not [hit for hit in INDEX.ranked("treaty", within=[Span(at + 2000, len(TEXT))]) if hit.span.start < at]
    assert INDEX.ranked("treaty", within=[Span(5, 6), Span(at, at + 1)])
    assert INDEX.ranked("treaty", within=[]) == []


def test_stop_words_count_where_nothing_else_is_asked():
    """A question of stop words alone is still searched."""
    assert "lazy" in best("over the")
    assert best("what is it about") == ""


@pytest.mark.parametrize("query", ["", "   ", "?!", '"', "___", "\0\x1b\n", "\ud800"])
def test_queries_without_words_find_nothing(query):
    """A query without a word finds nothing and raises nothing."""
    assert INDEX.ranked(query) == []


@pytest.mark.parametrize(
    "query",
    [
        '"treaty',
        "treaty*",
        "text:treaty",
        "NOT treaty",
        "treaty NEAR(",
        "(treaty) AND",
        "{treaty}",
        "treaty\0",
        "-treaty ^",
    ],
)
def test_query_syntax_is_inert(query):
    """Full-text operators in a query are words or nothing."""
    assert "treaty" in best(query)


def test_a_huge_query_is_answered():
    """A query of many thousand characters is cut to its first words and answered."""
    assert "treaty" in best("treaty " + "word%d " * 20_000)
    assert INDEX.ranked(" ".join(f"w{number}" for number in range(10_000))) == []


@given(st.text(max_size=200))
def test_no_query_raises(query):
    """No text makes a search fail."""
    assert len(INDEX.ranked(query, 3)) <= 3
    assert len(INDEX.find(query, 2).hits) <= 2


def test_no_limit_means_no_hit():
    """A limit of zero returns nothing."""
    assert INDEX.ranked("treaty", 0) == []


@pytest.mark.parametrize(
    ("pattern", "total"),
    [
        ("lazy dog", 90),
        ("LAZY   dog\n", 90),
        ("bank.\nThe quick", 87),
        ("bank. The quick", 87),
        ("b.nk", 0),
        ("[a-z]+", 0),
        ("orléans", 1),
        ("", 0),
        (" \t\n\0", 0),
    ],
)
def test_matches_are_counted_exactly(pattern, total):
    """Literal matches are counted in any case and over any white space; patterns are not expressions."""
    assert INDEX.find(pattern).total == total


def test_found_spans_hold_the_match():
    """Each returned span is the matched text, the first ones in order."""
    found = INDEX.find("quick  brown", limit=3)
    assert [DOCUMENT.read(hit.span) for hit in found.hits] == ["quick brown"] * 3
    assert [hit.span.start for hit in found.hits] == sorted(hit.span.start for hit in found.hits)


def test_counts_respect_the_limits_of_a_search():
    """Matches outside the given spans are not counted."""
    assert INDEX.find("lazy dog", within=[Span(0, len(FILLER))]).total == 30
    assert INDEX.find("lazy dog", within=[]) == Found(0, ())


@given(st.text(alphabet="ab \n", min_size=1, max_size=60), st.text(alphabet="ab", min_size=1, max_size=3))
def test_counts_equal_an_independent_count(text, pattern):
    """The count of a word equals that of str.count."""
    document = document_of(text)
    index = SearchIndex(document, list(document.root.leaves()))
    assert index.find(pattern.upper(), limit=99).total == text.count(pattern)


def test_every_passage_lies_in_one_leaf():
    """A word at every place of the text is found in the leaf that holds it."""
    text = "".join(f"marker{number:04d} filler words here\n" for number in range(400))
    document, index = index_of(text)
    for number in (0, 137, 288, 399):
        (hit,) = index.ranked(f"marker{number:04d}", 1)
        assert f"marker{number:04d}" in document.read(hit.span)


def test_odd_characters_can_be_indexed():
    """NUL characters and emoji in the text do not stop indexing."""
    document, index = index_of("alpha\0beta 😀 gamma\n" * 200)
    assert "gamma" in document.read(index.ranked("gamma", 1)[0].span)


INDEX_LINES = "".join(f"gadget{number}, gadget {number}\n" for number in range(10, 30))


def gadgets(pages: tuple[Page, ...], listing: str = INDEX_LINES) -> str:
    """Return what ranks first for a gadget, in a text of a page index followed by prose."""
    text = listing + "The gadget is a small tool.\nIt was made of brass and had no use at all.\n" * 2
    plain = document_of(text)
    document = replace(plain, origins=(Origin("t", Span(0, len(text)), pages),))
    leaves = [
        Section("1", "", "page", Span(0, len(listing))),
        Section("2", "", "page", Span(len(listing), len(text))),
    ]
    return SearchIndex(document, leaves).ranked("gadget")[0].section_id


def test_an_index_of_pages_ranks_after_text_that_says_something():
    """In a paged document, lines that end in page numbers come after prose, however often they have the word."""
    assert gadgets((Page(0, 1, "1"),)) == "2"


def test_a_line_of_a_table_of_contents_ranks_after_text():
    """A line that runs up to its page in dots is no text, alone or not."""
    assert gadgets((Page(0, 1, "1"),), "1.2 The gadget gadget gadget . . . . . . . . . . . . 12\n") == "2"


def test_lines_that_end_in_numbers_rank_normally_without_pages():
    """In a log or table, a line that ends in a number is not taken for an index entry."""
    assert gadgets(()) == "1"


def test_frequencies_count_the_passages_of_words():
    """A word's other forms and the words of a hyphenated name count; what is no word stands nowhere."""
    total, counts = INDEX.frequencies(["treaties", "fox", "river-bank", "bank-river", "--", "zebra"])
    assert total > 10
    assert counts[0] == 1
    assert counts[1] > 5
    assert counts[2] > 5
    assert counts[3:] == [0, 0, 0]
