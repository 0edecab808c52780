"""Records of documents: whatever a loader may find survives being written as JSON, field by field."""

import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rao_cli.documents import records
from rao_cli.documents.model import CodeFile, Facts, Origin, Page, Section, Skipped, Span, Symbol, Table
from rao_cli.documents.sections import finish

TEXT = "some text of forty characters, more or less\n"
words = st.text(alphabet='ab \n"\\é漢\x00', max_size=6)
numbers = st.integers(0, 1 << 40)
spans = st.builds(lambda one, other: Span(min(one, other), max(one, other)), numbers, numbers)
values = st.one_of(words, numbers, st.floats(allow_nan=False))
tables = st.integers(1, 3).flatmap(
    lambda width: st.builds(
        Table,
        words,
        st.tuples(*[words] * width),
        st.lists(st.tuples(*[values] * width), max_size=3).map(tuple),
        numbers,
    )
)
facts = st.builds(
    Facts, words, words, st.lists(st.tuples(words, values), max_size=3).map(tuple), st.tuples(tables)
)
pages = st.lists(st.builds(Page, numbers, numbers, words), max_size=4).map(tuple)
origins = st.lists(st.builds(Origin, words, spans, pages, words), min_size=1, max_size=3)
symbols = st.lists(st.builds(Symbol, words, words, words, spans, words), max_size=3).map(tuple)
code = st.lists(st.builds(CodeFile, numbers, words, symbols, st.tuples(words), words), max_size=3)
skipped = st.lists(st.builds(Skipped, words, words, st.booleans()), max_size=3)


def whole():
    """Return a tree of one section."""
    return Section("", "all", "file", Span(0, len(TEXT)))


def through_json(document):
    """Write a document as JSON and read it back."""
    return records.decode(json.loads(json.dumps(records.encode(document))), document.text)


@given(origins, skipped, st.lists(words, max_size=3), st.lists(facts, max_size=2), code)
def test_every_field_comes_back(found, left_out, warnings, counted, sources):
    """Origins with any pages, facts with any tables, symbols with any places are read as they were written."""
    document = finish(TEXT, whole(), found, skipped=left_out, warnings=warnings, facts=counted, code=sources)
    assert through_json(document) == document


@given(st.lists(st.integers(1, 3), max_size=5))
def test_pages_keep_numbers_that_leave_some_out(steps):
    """Cells of a notebook that hold nothing have no page; those after them keep their numbers."""
    indexes = [sum(steps[: at + 1]) for at in range(len(steps))]
    origin = Origin("a.ipynb", Span(0, len(TEXT)), tuple(Page(at, at, str(at)) for at in indexes), "cell")
    document = through_json(finish(TEXT, whole(), [origin]))
    assert [page.index for page in document.origins[0].pages] == indexes


def test_the_folder_of_what_is_kept_is_not_written():
    """Where things are kept belongs to this machine, not to the document."""
    document = finish(TEXT, whole(), [Origin("a", Span(0, len(TEXT)))])
    assert through_json(replace(document, folder="/cache/x")).folder == ""


@pytest.mark.parametrize(
    "change",
    [
        {"origins": [["a", 0]]},
        {"origins": [["a", 0, 1, "page", [[1]]]]},
        {"facts": [["a"]]},
        {"code": [[0, "python", [["f"]], [], ""]]},
        {"skipped": [[1, 2, 3, 4]]},
        {"sections": []},
        {"sections": [["", "", "file", 0, 1, 5, 0]] * 2},
        {"name": None, "origins": None},
    ],
)
def test_foreign_data_raise_what_is_promised(change):
    """What is no record of a document raises one of the errors that callers take for damage."""
    data = records.encode(finish(TEXT, whole(), [Origin("a", Span(0, len(TEXT)))]))
    with pytest.raises((TypeError, ValueError, KeyError, IndexError)):
        records.decode({**json.loads(json.dumps(data)), **change}, TEXT)


@given(numbers, numbers, symbols)
def test_a_moved_code_record_says_the_same_further_on(shift, before, found):
    """Behind other files, each symbol stands as much further on as the text does, and all else is unchanged."""
    file = CodeFile(1, "python", found, ("os",), "f 1")
    moved = records.moved(file, shift, before)
    assert moved.origin == before + 1
    assert [(one.span.start - shift, one.span.end - shift) for one in moved.symbols] == [
        (one.span.start, one.span.end) for one in found
    ]
    assert replace(moved, origin=1, symbols=found) == file


def test_the_first_line_of_an_origin_survives():
    """A part that begins further down in its file is still located there after being kept."""
    text = "one\ntwo\n"
    root = Section("0", "d", "file", Span(0, len(text)))
    document = finish(text, root, [Origin("a.py", Span(0, len(text)), line=7)])
    kept = json.loads(json.dumps(records.encode(document)))
    assert records.decode(kept, text).origins == document.origins
