"""Headings: which lines are headings, what their columns are called, what stands under them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rao_cli.documents.data.find import find_records
from rao_cli.documents.data.headings import find_headings
from rao_cli.documents.data.stretches import Stretch
from rao_cli.documents.model import Section, Span
from tests.documents.data.making import column, document_of, records_of
from tests.documents.data.test_blocks import PLAY

BOOK = """\
# Day 1

## Morning

It rained.

# Day 2

## Morning

It rained again.

## Evening

Part two of the story is about the sun, and it has no heading
at all.
"""


def headings_of(text, path="a.txt", chapters=()):
    """Return the headings of a text."""
    return find_headings(Stretch(text, Span(0, len(text)), path, chapters=tuple(chapters)))


def test_columns_are_called_by_the_headings_words():
    """A word that all headings of a depth start with names their column; others are called by their depth."""
    assert [each.name for each in headings_of(PLAY).columns] == ["title", "act", "scene"]
    assert [each.name for each in headings_of(BOOK).columns] == ["day", "section"]


def test_places_stand_under_headings():
    """A place has the value of each heading above it, and none of a deeper one before that."""
    headings = headings_of(BOOK)
    assert headings.under(0) == ("Day 1", "")
    assert headings.under(BOOK.index("again")) == ("Day 2", "Morning")
    assert headings.under(BOOK.index("the sun")) == ("Day 2", "Evening")


def test_a_place_before_all_headings_has_none():
    """Text before the first heading stands under nothing."""
    headings = headings_of("Preface.\n\n" + BOOK)
    assert headings.under(3) == ("", "")


def test_headings_are_records():
    """The headings of each depth are records, which can be counted by the word that they are called."""
    found = [each for each in find_records(document_of(PLAY)) if each.shape == "headings"]
    assert [each.nouns[0] for each in found] == ["title", "act", "scene"]
    assert [len(list(each.read())) for each in found] == [1, 2, 3]
    assert column(found[2], "scene") == ["ACT I, SCENE I", "ACT I, SCENE II", "ACT II, SCENE I"]
    assert column(found[2], "heading")[1] == "SCENE II.  The same, at night."


@pytest.mark.parametrize(
    "line",
    [
        "ACT IV",
        "Act 4",
        "SCENE II. A camp.",
        "Chapter 12",
        "CHAPTER THE FIRST",
        "Part Two: Home",
        "BOOK I",
        "Canto XX",
    ],
)
def test_named_headings_stand_alone(line):
    """A known word with a number is a heading between blank lines, and only there."""
    assert len(headings_of(f"{line}\n\nText.\n\n{line}\n\nText.\n").found) == 2
    assert not headings_of(f"Text\n{line}\n\nText\n{line}\n").found
    assert not headings_of(f"{line}\ntext goes on\n\n{line}\ntext goes on\n").found


@pytest.mark.parametrize(
    "line", ["Chapters 12", "Acting 4", "#hashtag", "####### Seven", "A chapter 3", "Part of it"]
)
def test_what_is_no_heading(line):
    """Words that only look like headings are none."""
    assert not headings_of(f"{line}\n\nText.\n\n{line}\n\nText.\n").found


def test_comments_are_no_headings():
    """Lines with a hash in a file of settings are comments."""
    assert not headings_of("# Port\n\nport = 1\n\n# Name\n\nname = 2\n", "app.conf").found


def test_chapters_of_the_reader_are_headings():
    """Where the text shows none, the chapters that the file's reader found are headings, nested as they are."""
    text = "One\ntext\nInner\ntext\nTwo\ntext\n"
    at = text.index
    chapters = [
        Section("1", "One", "chapter", Span(0, at("Two"))),
        Section("2", "Inner", "chapter", Span(at("Inner"), at("Two"))),
        Section("3", "Two", "chapter", Span(at("Two"), len(text))),
    ]
    headings = headings_of(text, chapters=chapters)
    assert headings.under(at("Two") - 2) == ("One", "Inner")
    assert headings.under(len(text) - 1) == ("Two", "")


def test_a_hash_inside_a_listing_is_no_heading():
    """Where the reader found the marked headings, other lines with a hash are none."""
    text = "# Title\n\n    code\n\n# a comment\n"
    headings = headings_of(text, "a.md", [Section("1", "Title", "chapter", Span(0, len(text)))])
    assert [each.title for each in headings.found] == ["Title"]


def test_an_act_and_its_scene_on_one_line():
    """A line that names an act and a scene is a heading of both; an act named again is the same one."""
    text = "".join(
        f"ACT {act}. SCENE {scene}. A hall.\n\nText.\n\n" for act in ("I", "II") for scene in ("I", "II")
    )
    headings = headings_of(text)
    assert headings.under(len(text) - 1) == ("ACT II", "ACT II, SCENE II")
    found = [each for each in find_records(document_of(text)) if each.shape == "headings"]
    assert [(each.nouns[0], len(list(each.read()))) for each in found] == [("act", 2), ("scene", 4)]


def test_underlined_headings():
    """A named heading may be underlined."""
    text = "ACT 1\n=====\n\nScene 1\n=======\ntext\n\nScene 2\n=======\ntext\n"
    assert [each.label for each in headings_of(text).found] == ["ACT 1", "Scene 1", "Scene 2"]


@given(st.text(alphabet="# Act I1\n.x", max_size=200))
def test_any_text_has_headings_in_order(text):
    """Headings stand in text order, inside the text, and each place has a value for each column."""
    headings = headings_of(text)
    starts = [each.span.start for each in headings.found]
    assert starts == sorted(starts)
    for place in range(0, len(text), 7):
        assert len(headings.under(place)) == len(headings.columns)


def test_records_of_a_text_without_headings():
    """A text without headings has only its lines."""
    assert [each.shape for each in find_records(document_of("One.\n\nTwo.\n"))] == ["lines"]
    assert column(records_of("One.\n\nTwo.\n", "lines"), "text") == ["One.", "", "Two."]
