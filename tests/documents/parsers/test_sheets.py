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


@pytest.mark.parametrize(
    ("value", "cell"),
    [
        (0, "0"),
        (-7, "-7"),
        (10**14, "1" + "0" * 14),
        (1.5, "1.5"),
        (-0.25, "-0.25"),
        (False, "False"),
        ("007", "007"),
        ("  a  b  ", "a b"),
        ("a | b", "a | b"),
        ("é漢😀", "é漢😀"),
        ("=x", "0"),
        (datetime.datetime(2024, 2, 29, 13, 5, 6), "2024-02-29 13:05:06"),
    ],
)
def test_more_values_are_written_plainly(value, cell):
    """Numbers keep their digits, texts their letters on one line, times their seconds."""
    (sheet,) = parse(xlsx({"a": [["x", value, "y"]]}), {})["sheets"]
    assert sheet["rows"] == [["x", cell, "y"]]


@pytest.mark.parametrize("rows", [[], [[None]], [[None, None], [None]]])
def test_a_sheet_without_values_has_no_rows(rows):
    """An empty sheet is there, with nothing in it."""
    sheets = parse(xlsx({"a": rows, "b": [["x"]]}), {})["sheets"]
    assert [(sheet["name"], sheet["rows"]) for sheet in sheets] == [("a", []), ("b", [["x"]])]


@pytest.mark.parametrize("names", [["z", "a"], ["1", "2", "3"], ["é 漢", "x y"]])
def test_names_of_sheets_are_kept(names):
    """Sheets have their names as they are written, in their order."""
    sheets = parse(xlsx({name: [[name]] for name in names}), {})["sheets"]
    assert [sheet["name"] for sheet in sheets] == names
    assert [sheet["rows"] for sheet in sheets] == [[[name]] for name in names]


def test_the_limit_is_of_all_sheets_together():
    """Cells of all sheets together may have so many characters and no more."""
    data = xlsx({"a": [["ab", "c"]], "b": [["def"]]})
    assert len(parse(data, {"text_characters": 6})["sheets"]) == 2
    with pytest.raises(RefusedError):
        parse(data, {"text_characters": 5})


@pytest.mark.parametrize("share", [0.2, 0.5, 0.9])
def test_a_workbook_that_is_cut_is_refused(share):
    """Part of a workbook is damaged, and said to be."""
    data = xlsx({"a": [["x"]] * 50})
    with pytest.raises(RefusedError) as caught:
        parse(data[: int(len(data) * share)], {})
    assert caught.value.code == "corrupt"
