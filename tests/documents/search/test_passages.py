"""Passages and the tables that hold them: nothing is lost, nothing is in two places."""

import threading
from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rao_cli.documents.model import Origin, Page, Section, Span
from rao_cli.documents.search import SearchIndex
from rao_cli.documents.search.database import DamagedError, open_database
from rao_cli.documents.search.passages import PASSAGE_CHARACTERS, cut_passages
from rao_cli.documents.stored import TextWriter
from tests.documents.making import texts
from tests.documents.search.making import document_of, files_of, leaves_of

PROSE = "".join(f"Sentence number {n} says a little, and then it ends. \n" for n in range(200))


@given(texts, st.integers(20, 300))
def test_passages_partition_the_text(text, view):
    """Passages follow each other without gap or overlap, none longer than allowed, each in one leaf."""
    document = document_of(text)
    leaves = leaves_of(document, view)
    spans = [passage.span for passage in cut_passages(document, leaves)]
    assert [span.start for span in spans] == [0, *(span.end for span in spans[:-1])]
    assert spans[-1].end == len(text)
    assert max(map(len, spans)) <= PASSAGE_CHARACTERS
    assert all(any(leaf.span.contains(span) for leaf in leaves) for span in spans)


@given(st.lists(texts, min_size=2, max_size=5))
def test_a_passage_lies_in_one_file(parts):
    """No passage crosses the border of two files, though a leaf may."""
    document = files_of({f"f{number}": part for number, part in enumerate(parts)})
    for passage in cut_passages(document, [document.root]):
        assert len(document.by_file(passage.span)) == 1


def test_what_is_indexed_is_the_text_of_the_span():
    """The text of a passage is that of its span, but for what SQLite refuses."""
    document = document_of("a\0b \ud800 parseConfig\n" * 100)
    for passage in cut_passages(document, [document.root]):
        assert len(passage.text) == len(passage.span)
        assert "\0" not in passage.text
        passage.text.encode()
        assert "Config" in passage.parts.split()


def test_a_text_on_disk_has_the_passages_of_one_in_memory(tmp_path):
    """Where a text lies makes no difference to its passages."""
    writer = TextWriter(tmp_path, in_memory=100)
    writer.write(PROSE)
    stored = replace(document_of(PROSE), text=writer.finish())
    leaves = leaves_of(document_of(PROSE))
    assert list(cut_passages(stored, leaves)) == list(cut_passages(document_of(PROSE), leaves))
    found = SearchIndex(stored, leaves).ranked("sentence number 117", 1)
    assert "117" in stored.read(found[0].span)


def test_titles_of_large_parts_are_not_indexed():
    """The title of a leaf is indexed with its passages, unless it is too large to be about each of them."""
    document = document_of(PROSE * 3)
    short = Section("1", "giraffe", "part", Span(0, 5000))
    long = Section("2", "elephant", "part", Span(5000, len(document)))
    index = SearchIndex(document, [short, long])
    assert {hit.section_id for hit in index.ranked("giraffe", 100)} == {"1"}
    assert index.ranked("elephant") == []


@pytest.mark.parametrize(("unit", "listed"), [("page", True), ("slide", False), ("section", False)])
def test_only_pages_are_listed(unit, listed):
    """Lines that end in numbers are a list of pages in a document with pages, and text in any other."""
    text = "gadget, 12\nwidget, 17\nbuttons, 3\n"
    document = replace(document_of(text), origins=(Origin("t", Span(0, len(text)), (Page(0, 1, "1"),), unit),))
    assert [passage.listing for passage in cut_passages(document, [document.root])] == [listed]


def test_every_place_has_its_row():
    """Each character of the text belongs to the passage whose row is returned for it."""
    document = document_of(PROSE)
    database = open_database(document, leaves_of(document), None)
    for at in range(0, len(PROSE), 37):
        span, _ = database.place(database.row(at))
        assert span.start <= at < span.end


def test_a_row_without_a_place_is_damage():
    """A row that the index does not have is told apart from an empty answer."""
    document = document_of(PROSE)
    database = open_database(document, leaves_of(document), None)
    with pytest.raises(DamagedError):
        database.place(10_000)


def test_an_empty_document_has_no_passages():
    """Without text nothing is found, and nothing fails."""
    document = document_of("")
    index = SearchIndex(document, [document.root])
    assert index.ranked("anything") == []
    assert index.find("anything").total == 0
    assert SearchIndex(document, []).ranked("anything", within=[Span(0, 0)]) == []


def test_several_threads_build_one_index(tmp_path):
    """Indexes of the same document that are built at once leave one sound file and nothing else."""
    document = document_of(PROSE)
    leaves = leaves_of(document)
    found = []

    def build():
        found.append(SearchIndex(document, leaves, tmp_path / "index").ranked("sentence number 42", 3))

    threads = [threading.Thread(target=build) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 6
    assert all(hits == found[0] for hits in found)
    assert [path.name for path in tmp_path.iterdir()] == ["index"]


def test_an_interrupted_build_leaves_nothing(tmp_path):
    """When building stops half way, no part of an index stays on disk."""

    class Stops(str):
        __slots__ = ()

        def __getitem__(self, part):
            if part.start and part.start > 4000:
                raise KeyboardInterrupt
            return super().__getitem__(part)

    document = replace(document_of(PROSE), text=Stops(PROSE))
    with pytest.raises(KeyboardInterrupt):
        SearchIndex(document, leaves_of(document_of(PROSE)), tmp_path / "index").ranked("sentence")
    assert list(tmp_path.iterdir()) == []


@given(st.lists(st.tuples(st.integers(0, 10_000), st.integers(0, 900)), max_size=4), st.integers(1, 40))
def test_hits_touch_the_spans(ends, limit):
    """Whatever spans a search is limited to, each hit shares a character with one, and none is left out."""
    spans = [Span(start, min(start + size, len(PROSE))) for start, size in ends if start < len(PROSE)]
    hits = INDEX.ranked("sentence", limit, within=spans)
    touched = [s for s in PASSAGES if any(s.overlaps(span) for span in spans if span)]
    assert all(hit.span in touched for hit in hits)
    assert len(hits) == min(limit, len(touched))


DOCUMENT = document_of(PROSE)
INDEX = SearchIndex(DOCUMENT, leaves_of(DOCUMENT))
PASSAGES = [passage.span for passage in cut_passages(DOCUMENT, leaves_of(DOCUMENT))]


def test_ranks_do_not_depend_on_the_limit():
    """The first hits are the same, however many are asked for."""
    many = INDEX.ranked("number 5 says 7", 60)
    assert len(many) > 20
    for fewer in (1, 5, 20):
        assert INDEX.ranked("number 5 says 7", fewer) == many[:fewer]
    assert all(one.span != other.span for one, other in pairwise(many))
