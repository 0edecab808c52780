"""Stretches of a text: their lines, samples and names; texts on disk."""

import tracemalloc

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rao_cli.documents.data.find import find_records
from rao_cli.documents.data.stretches import PIECE, Stretch, stretches
from rao_cli.documents.model import CodeFile, Document, Origin, Page, Section, Span
from rao_cli.documents.stored import TextWriter
from tests.documents.data.making import ACCESS, document_of


def stretch_of(text, start=0, end=None):
    """Return a stretch of a text."""
    return Stretch(text, Span(start, len(text) if end is None else end), "/tmp/web_serverAccess-2.log")


@given(st.text(alphabet="ab\n", max_size=60), st.integers(0, 60), st.integers(0, 60))
def test_lines_are_those_of_the_text(text, a, b):
    """The lines of any stretch are those of its text, each where it starts."""
    start, end = sorted((min(a, len(text)), min(b, len(text))))
    lines = list(stretch_of(text, start, end).lines())
    inside = text[start:end]
    assert [line for _, line in lines] == (inside.removesuffix("\n").split("\n") if inside else [])
    assert all(text[at : at + len(line)] == line for at, line in lines)


def test_lines_over_the_border_of_a_piece_are_whole():
    """A line that lies across two pieces is one line; one longer than a piece is cut."""
    text = "x" * (PIECE - 10) + "\n" + "y" * 100 + "\n" + "z" * (PIECE * 2)
    lines = [line for _, line in stretch_of(text).lines()]
    assert lines[:2] == ["x" * (PIECE - 10), "y" * 100]
    assert "".join(lines[2:]) == "z" * (PIECE * 2)


def test_a_sample_is_of_whole_lines_from_everywhere():
    """A sample of a long text holds lines from its beginning to near its end, none of them cut."""
    text = "".join(f"line {n:07}\n" for n in range(200_000))
    sample = stretch_of(text).sample
    assert all(len(line) == 12 for line in sample)
    assert sample[0] == "line 0000000"
    assert int(sample[-1][5:]) > 180_000
    assert len(sample) < 40_000


def test_a_stretch_answers_to_its_file():
    """A file is called by its path, its name, and the words in it."""
    names = stretch_of("").names
    assert names == ("/tmp/web_serverAccess-2.log", "web_serverAccess-2.log", "web server access 2 log")


def test_source_code_has_only_lines():
    """Files that are source code have no records but their lines."""
    document = document_of(ACCESS, "a.py")
    code = Document(
        document.name,
        document.text,
        document.root,
        document.origins,
        "digest",
        code=(CodeFile(0, "python", (), (), ""),),
    )
    assert [records.shape for records in find_records(code)] == ["lines"]


def test_pages_are_records():
    """The pages of a file are records called by what they are."""
    text = "one\ntwo\nsix\n"
    pages = (Page(0, 1, "i"), Page(4, 2, "1"))
    origin = Origin("a.pptx", Span(0, len(text)), pages, "slide")
    document = Document("a", text, Section("0", "a", "file", Span(0, len(text))), (origin,), "digest")
    found = find_records(document)[-1]
    assert (found.shape, found.nouns) == ("pages", ("slide",))
    assert [(row.span, row.values) for row in found.read()] == [(Span(0, 4), ("i",)), (Span(4, 12), ("1",))]


@pytest.fixture(scope="module")
def large():
    """Return the document of a log that lies on disk."""
    writer = TextWriter(in_memory=1000)
    for _ in range(2000):
        writer.write(ACCESS)
    text = writer.finish()
    span = Span(0, len(text))
    return Document("a", text, Section("0", "a", "file", span), (Origin("a.log", span),), "digest")


def test_a_log_on_disk_is_read_in_pieces(large):
    """Going through a log on disk takes no more memory than a few pieces of it."""
    records = find_records(large)[0]
    tracemalloc.start()
    count = sum(1 for _ in records.read())
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert count == 8000
    assert peak < 12 << 20


def test_stretches_are_the_files(large):
    """A document of one file is one stretch."""
    assert [stretch.span for stretch in stretches(large)] == [Span(0, len(large.text))]
