"""Every kind reaches its own reader, told by what the document looks like."""

import json

import pytest

from rao_cli.documents.failures import NoTextError
from rao_cli.errors import InputError
from tests.documents.making import check_partition, plain_pdf
from tests.documents.office_files import docx, ods, paragraph, pptx, xlsx
from tests.documents.reading import document_of

CELLS = json.dumps({"cells": [{"cell_type": "code", "source": "1"}]})


@pytest.mark.parametrize(
    ("data", "name", "unit", "fact"),
    [
        (plain_pdf(["words"]), "a", "page", None),
        (b"<!doctype html><title>t</title><p>x", "a.txt", "section", "page"),
        (docx(paragraph("x")), "a", "section", None),
        (pptx(("t", "x", "")), "a", "slide", "presentation"),
        (xlsx({"s": [["a"]]}), "a", "sheet", "table"),
        (ods([["a"]]), "a", "sheet", "table"),
        (b"From: a\nTo: b\nSubject: c\n\nx", "a", "message", "mail"),
        (b"From a 2024\nFrom: a\nTo: b\nSubject: c\n\nx", "a", "message", "mail"),
        (CELLS.encode(), "a.ipynb", "cell", "notebook"),
        (b"a,b\n1,2\n", "a.csv", "", "table"),
        (b'{"a": 1}', "a", "", "JSON"),
        (b'{"a": 1}\n{"b": 2}', "a.jsonl", "", "JSON lines"),
        (b"# a\n\nx", "a.md", "", None),
        (b"a\n=\n\nx", "a.rst", "", None),
        (b"x", "a", "", None),
    ],
)
def test_each_kind_has_its_reader(data, name, unit, fact):
    """The unit of places and the kind of facts are those of the reader for the kind."""
    document = document_of(data, name)
    check_partition(document, document.root)
    (origin,) = document.origins
    assert (origin.unit if origin.pages else "") == unit
    if fact:
        assert document.facts[0].kind == fact


def test_source_code_goes_before_what_it_looks_like():
    """A source file that holds nothing but a dictionary or a page is source code."""
    for data, name in ((b'{"a": 1}', "a.py"), (b"<!doctype html><p>x", "a.php")):
        (code,) = document_of(data, name).code
        assert code.language in {"python", "php"}


def test_data_are_read_as_data():
    """JSON and HTML have grammars, too, but readers of their own."""
    assert document_of(b'{"a": 1}', "a.json").code == ()
    assert document_of(b"<!doctype html><p>x", "a.html").code == ()


def test_what_is_no_document_is_refused():
    """A picture is refused in one line with a hint."""
    with pytest.raises(InputError, match="t is a binary file, not text") as caught:
        document_of(b"\x89PNG\r\n\x1a\n\0\0\0")
    assert caught.value.hint


def test_an_empty_file_holds_no_text():
    """A file without a byte, or with white space alone, holds no text."""
    for data in (b"", b" \n\n"):
        with pytest.raises(NoTextError):
            document_of(data)
