"""The workbook parser: values as a person reads them, empty rows left out, damage refused."""

import datetime

import pytest

from rao_cli.documents.parsers.base import RefusedError
from rao_cli.documents.parsers.sheets import parse
from tests.documents.office_files import docx, ods, xlsx, zipped


@pytest.mark.parametrize(
    ("value", "cell"),
    [
        (3, "3"),
        (3.0, "3"),
        (0.1, "0.1"),
        (-1.5e20, "-1.5e+20"),
        (True, "True"),
        ("two\n lines", "two lines"),
        (datetime.date(2024, 2, 29), "2024-02-29"),
        ("=1+1", "0"),
    ],
)
def test_values_are_written_plainly(value, cell):
    """Whole numbers have no point, dates are ISO dates, text is one line, a formula gives its saved value."""
    (sheet,) = parse(xlsx({"a": [[value, "x"]]}), {})["sheets"]
    assert sheet["rows"] == [[cell, "x"]]


def test_empty_cells_and_rows():
    """Empty cells keep their place within a row, those at its end and empty rows do not."""
    (sheet,) = parse(xlsx({"a": [["a", None, "b", None], [None], [None, "c"]]}), {})["sheets"]
    assert sheet["rows"] == [["a", "", "b"], ["", "c"]]


def test_sheets_keep_their_order_and_state():
    """Sheets come in the workbook's order; hidden ones are read and said to be hidden."""
    sheets = parse(xlsx({"z": [[1]], "a": [[2]]}, hidden=("a",)), {})["sheets"]
    assert [(sheet["name"], sheet["hidden"]) for sheet in sheets] == [("z", False), ("a", True)]


def test_open_document_is_read():
    """The same comes from an OpenDocument workbook."""
    (sheet,) = parse(ods([["a"], ["b"]]), {})["sheets"]
    assert (sheet["name"], sheet["rows"]) == ("Sheet", [["a"], ["b"]])


@pytest.mark.parametrize(
    "data", [b"", docx(""), zipped({"a": "b"}), b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600]
)
def test_other_files_are_refused(data):
    """Word files, archives of other things and broken old workbooks are refused as damaged."""
    with pytest.raises(RefusedError) as caught:
        parse(data, {})
    assert caught.value.code == "corrupt"


def test_too_much_text_is_refused():
    """Text beyond the limit is refused, not cut."""
    with pytest.raises(RefusedError):
        parse(xlsx({"a": [["four"]]}), {"text_characters": 3})
