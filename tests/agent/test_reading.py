"""A reading: sections and blocks have names that last, and together they are the whole text."""

from dataclasses import replace
from itertools import accumulate, pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rao_cli.documents.model import Origin, Section, Span
from rao_cli.documents.parts import LARGE
from rao_cli.documents.sections import finish
from rao_cli.errors import RaoError
from tests.agent.helpers import document, filler, reading_of

texts = st.text(alphabet="ab é漢\n\n\t=-.", min_size=1, max_size=3000).filter(str.strip)


def raw(text):
    """Return a document of one leaf with exactly this text."""
    root = Section("", "raw", "file", Span(0, len(text)))
    return finish(text, root, [Origin("raw.txt", Span(0, len(text)))])


@given(texts, st.integers(20, 400))
def test_blocks_partition_every_leaf(text, view_tokens):
    """The blocks of each leaf follow one another without gap or overlap and none is empty."""
    reading = reading_of(raw(text), view_tokens)
    for leaf in reading.leaves():
        at = leaf.span.start
        for block in reading.blocks(leaf):
            assert block.span.start == at
            assert len(block.span) > 0
            at = block.span.end
        assert at == leaf.span.end


@given(texts, st.integers(20, 400))
def test_every_section_and_block_is_found_by_its_id(text, view_tokens):
    """Ids round trip: the id of each section and each block leads back to it."""
    reading = reading_of(raw(text), view_tokens, fanout=3)
    for section in reading.root.walk():
        assert reading.section(section.id) == section
    for leaf in reading.leaves():
        for block in reading.blocks(leaf):
            assert reading.section(block.id) == block
            assert reading.blocks(block) == (block,)


@given(st.text(max_size=12))
def test_an_id_is_found_or_refused(text):
    """Any text is either the id of a section, spelled exactly so, or a RaoError."""
    reading = reading_of(document(filler(60)), 100)
    try:
        found = reading.section(text)
    except RaoError:
        return
    assert found.id == text


@pytest.mark.parametrize(
    "wrong", ["", "99", "1#", "1#0", "1#999", "1#01", "1#1#1", "1#-1", "1#٣", "#1", "0#1", "1 "]
)
def test_ids_that_are_none_are_refused(wrong):
    """Ids of no section, of no block, with other spellings or with blocks of an inner section raise."""
    reading = reading_of(document(filler(60)), 100, fanout=30)
    assert reading.section("1#1")
    with pytest.raises(RaoError, match="no section"):
        reading.section(wrong)


def test_only_leaves_have_blocks():
    """A section with children is read through its children."""
    reading = reading_of(document(filler(60)), 100)
    assert reading.root.children
    assert reading.blocks(reading.root) == ()


def test_blocks_of_prose_are_some_lines():
    """A block of prose is about two hundred characters and ends where a line ends."""
    reading = reading_of(document(filler(60)), 2000)
    source = reading.document
    for block in reading.blocks(reading.parts[0])[:-1]:
        assert source.read(block.span).endswith("\n")
        assert 100 <= len(block.span) <= 300


def test_an_endless_line_has_places_to_point_at():
    """A line of thousands of characters is cut into several blocks."""
    reading = reading_of(raw("word " * 1000), 4000)
    assert len(reading.blocks(reading.parts[0])) >= 8


@pytest.mark.parametrize("text", [" " * 50_000 + "x", "x\n" + "\n" * 50_000, "=" * 8 + " " * 9000 + "\n"])
def test_emptiness_has_few_blocks(text):
    """Stretches of white space, which cost no tokens, do not fill a view with empty blocks."""
    reading = reading_of(raw(text), 100)
    for leaf in reading.leaves():
        assert len(reading.blocks(leaf)) <= 2 + leaf.tokens // 10


def test_leaves_are_the_same_every_time():
    """Packing a document twice gives the same leaves, so their names can be stored."""
    source = document(filler(200))
    assert reading_of(source).root == reading_of(source).root


@given(st.lists(st.integers(1, 300), min_size=1, max_size=12))
def test_a_block_lies_in_one_file(sizes):
    """Where a leaf holds several small files, no block crosses from one into the next."""
    text = "".join(("word " * size)[:size] + "\n" for size in sizes)
    starts = list(accumulate((size + 1 for size in sizes), initial=0))
    files = [Span(start, end) for start, end in pairwise(starts)]
    origins = [Origin(f"f{n}.txt", span) for n, span in enumerate(files)]
    whole = finish(text, Section("", "all", "folder", Span(0, len(text))), origins)
    reading = reading_of(whole, 200)
    blocks = [block for leaf in reading.leaves() for block in reading.blocks(leaf)]
    assert all(sum(file.contains(block.span) for file in files) == 1 for block in blocks)
    assert "".join(whole.read(block.span) for block in blocks) == text


@pytest.fixture(scope="module")
def large():
    """Return the reading of a document above the size at which one is divided into parts."""
    return reading_of(raw(filler(LARGE // 40)), 100)


def test_a_large_document_is_read_in_parts(large):
    """Nothing is packed at first, and the leaves that will be there are estimated."""
    assert all(large.is_closed(part) for part in large.parts)
    assert large.leaf_count == pytest.approx(large.root.tokens / 100, rel=0.05)


def test_a_part_is_opened_when_it_is_asked_for(large):
    """Asking for a part by its id gives it leaves that fit a view and can be asked for, too."""
    part = large.section(large.parts[3].id)
    assert not large.is_closed(part)
    assert all(leaf.tokens <= 100 for leaf in part.leaves())
    assert all(large.section(leaf.id) == leaf for leaf in part.leaves())
    assert part in (large.opened(large.parts[3]), large.section(part.id))


def test_opening_parts_keeps_the_partition(large):
    """Leaves and parts not yet opened follow one another without gap, whatever was opened."""
    large.section(large.parts[1].id)
    at = 0
    for leaf in large.leaves():
        assert leaf.span.start == at
        at = leaf.span.end
    assert at == len(large.document)


def test_search_in_a_large_document_leads_to_leaves(large):
    """What search finds is given as leaf views that hold the words."""
    found = large.ranked("Line 77777", limit=3)
    assert all(not leaf.children and leaf.tokens <= 100 for leaf in found)
    assert any("Line 77777 " in large.document.read(leaf.span) for leaf in found)


def test_what_was_packed_is_read_back(tmp_path):
    """A document with a folder is packed once, also by another process."""
    source = replace(raw(filler(300)), folder=str(tmp_path))
    first = reading_of(source, 100)
    (kept,) = tmp_path.glob("tree-*")
    written = kept.stat().st_mtime_ns
    assert reading_of(source, 100).root == first.root
    assert kept.stat().st_mtime_ns == written
    assert reading_of(source, 50).root != first.root
