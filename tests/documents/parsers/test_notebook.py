"""The notebook parser: cells of all formats, outputs that are text, and what is no notebook."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rao_cli.documents.parsers.base import RefusedError
from rao_cli.documents.parsers.notebook import parse


def cells(*found: dict, **about) -> list[dict]:
    """Return what the parser makes of a notebook's cells."""
    return parse(json.dumps({"cells": list(found), "nbformat": 4, **about}).encode(), {})["cells"]


def output(**found) -> list[str]:
    """Return the texts of one output."""
    return cells({"cell_type": "code", "source": "x", "outputs": [found]})[0]["outputs"]


def test_sources_are_joined():
    """A cell's text may be one string or a list of lines."""
    found = cells({"cell_type": "markdown", "source": ["# a\n", "b"]}, {"cell_type": "code", "source": "1"})
    assert [(cell["kind"], cell["text"]) for cell in found] == [("markdown", "# a\nb"), ("code", "1")]


@pytest.mark.parametrize(
    ("found", "text"),
    [
        ({"output_type": "stream", "text": ["a\n", "b"]}, ["a\nb"]),
        ({"output_type": "execute_result", "data": {"text/plain": "2", "text/html": "<b>2"}}, ["2"]),
        ({"output_type": "display_data", "data": {"image/png": "AAAA"}}, []),
        ({"output_type": "error", "traceback": ["\x1b[31mError\x1b[0m", "line"]}, ["Error\nline"]),
        ({"output_type": "stream", "text": " \n"}, []),
    ],
)
def test_outputs_that_are_text_are_kept(found, text):
    """What was printed, returned or raised is kept without colours; pictures and blanks are not."""
    assert output(**found) == text


def test_endless_output_is_shortened_and_says_so():
    """An output beyond any reading is cut, and the text says by how much."""
    (text,) = output(output_type="stream", text="x" * 1_000_005)
    assert text.endswith("\n[5 more characters of output left out]")


def test_older_formats_are_read():
    """Format 3 keeps cells in worksheets, code in input, and has headings of its own."""
    book = {
        "worksheets": [{"cells": [{"cell_type": "heading", "source": "T"}, {"cell_type": "code", "input": "1"}]}]
    }
    found = parse(json.dumps(book).encode(), {})["cells"]
    assert [(cell["kind"], cell["text"]) for cell in found] == [("markdown", "# T"), ("code", "1")]


@pytest.mark.parametrize(
    ("about", "language"),
    [
        ({"metadata": {"language_info": {"name": "julia"}}}, "julia"),
        ({"metadata": {"kernelspec": {"name": "python3"}}}, "python3"),
        ({"metadata": {"language_info": 3}}, ""),
        ({"metadata": []}, ""),
        ({}, ""),
    ],
)
def test_the_language_is_told(about, language):
    """The language comes from the notebook's description, if that makes sense."""
    assert parse(json.dumps({"cells": [], **about}).encode(), {})["language"] == language


@pytest.mark.parametrize(
    "data", [b"", b"{", b"[]", b"{}", b"[" * 100_000, b'{"cells": 3}', b"\xff\xfe", b"9" * 5000]
)
def test_what_is_no_notebook_is_refused(data):
    """JSON of another shape, damaged JSON and depth without end are refused as damaged."""
    with pytest.raises(RefusedError) as caught:
        parse(data, {})
    assert caught.value.code == "corrupt"


def test_too_much_text_is_refused():
    """Text beyond the limit is refused, not cut."""
    with pytest.raises(RefusedError):
        parse(b'{"cells": [{"source": "four"}]}', {"text_characters": 3})


any_json = st.recursive(
    st.none() | st.integers() | st.text(max_size=3),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["cells", "source", "outputs", "data", "text", "text/plain", "x"]), inner
        )
    ),
    max_leaves=15,
)


@given(st.lists(any_json, max_size=5))
def test_any_cells_are_read(found):
    """Whatever stands where cells are expected, what makes sense is read and the rest passed over."""
    read = parse(json.dumps({"cells": found}).encode(), {})["cells"]
    assert len(read) == sum(isinstance(cell, dict) for cell in found)


@pytest.mark.parametrize(
    "book",
    [
        {"worksheets": True},
        {"worksheets": {"cells": []}},
        {"worksheets": "cells"},
        {"worksheets": [3, None]},
        {"worksheets": []},
        {"cells": None},
        {"cells": "code"},
        {"cells": {"source": "1"}},
    ],
)
def test_cells_of_another_shape_are_none(book):
    """Where cells or worksheets are no lists, the file is refused as no notebook."""
    with pytest.raises(RefusedError) as caught:
        parse(json.dumps(book).encode(), {})
    assert (caught.value.code, caught.value.detail) == ("corrupt", "it holds no cells")


@pytest.mark.parametrize("inside", [True, 3, "x", None, {"a": 1}])
def test_a_worksheet_without_cells_is_empty(inside):
    """A worksheet whose cells are no list adds nothing."""
    good = {"cells": [{"cell_type": "code", "input": "1"}]}
    found = parse(json.dumps({"worksheets": [{"cells": inside}, good]}).encode(), {})["cells"]
    assert [cell["text"] for cell in found] == ["1"]


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ({}, ("code", "", [])),
        ({"source": None}, ("code", "", [])),
        ({"source": ["a", 1, "b"]}, ("code", "a1b", [])),
        ({"source": {"a": "b"}}, ("code", "", [])),
        ({"source": "", "input": "late"}, ("code", "", [])),
        ({"cell_type": "raw", "source": "r"}, ("raw", "r", [])),
        ({"cell_type": None, "source": "c"}, ("code", "c", [])),
        ({"cell_type": "heading", "source": ["a", "b"]}, ("markdown", "# ab", [])),
        ({"source": "x", "outputs": {"text": "t"}}, ("code", "x", [])),
        ({"source": "x", "outputs": [None, 3, "t"]}, ("code", "x", [])),
        ({"source": "x", "outputs": [{"data": ["t"]}]}, ("code", "x", [])),
        ({"source": "x", "outputs": [{"data": {"text/html": "<b>"}}]}, ("code", "x", [])),
        ({"source": "x", "outputs": [{"text": ["a", "b"]}, {"text": "c"}]}, ("code", "x", ["ab", "c"])),
        ({"source": "x", "outputs": [{"traceback": []}]}, ("code", "x", [])),
        ({"source": "x", "outputs": [{"traceback": "one", "text": "two"}]}, ("code", "x", ["one"])),
        ({"source": "x", "outputs": [{"text": "\x1b[1;32mgreen\x1b[0m \x1b[2K"}]}, ("code", "x", ["green "])),
    ],
)
def test_a_cell_of_any_shape_is_read(cell, expected):
    """What is missing or of another type counts as nothing; kinds, texts and outputs keep their order."""
    (found,) = cells(cell)
    assert (found["kind"], found["text"], found["outputs"]) == expected


@pytest.mark.parametrize(("length", "cut"), [(1_000_000, False), (1_000_001, True)])
def test_the_longest_output_is_kept_whole(length, cut):
    """An output of the most characters is kept, one more is said to be missing."""
    (text,) = output(text="y" * length)
    assert text.endswith("\n[1 more characters of output left out]") is cut
    assert text.count("y") == 1_000_000


def test_all_texts_count_towards_the_limit():
    """Sources and outputs of all cells together may have so many characters and no more."""
    book = {"cells": [{"source": "ab", "outputs": [{"text": "cd"}]}, {"source": "ef"}]}
    data = json.dumps(book).encode()
    assert len(parse(data, {"text_characters": 6})["cells"]) == 2
    with pytest.raises(RefusedError):
        parse(data, {"text_characters": 5})
