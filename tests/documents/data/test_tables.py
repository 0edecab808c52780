"""Rows of separated values, with and without names."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rao_cli.documents.data.find import find_records
from rao_cli.documents.data.tables import cells_of, rows_of
from tests.documents.data.making import check, column, document_of, kinds, records_of

ROWS = [
    ("Ada", "36", "Turin", "2020-01-02"),
    ("Bo", "7", "Oslo", "2021-03-04"),
    ("Cy", "60", "Rome", "2019-12-31"),
]
NAMES = ("Who", "Age", "Home Town", "Joined")


def table(mark, names=NAMES):
    """Return a table of separated values."""
    return "".join(mark.join(row) + "\n" for row in ([names] if names else []) + ROWS)


@pytest.mark.parametrize("mark", [",", "\t", ";", "|"])
def test_a_table_has_its_names_as_columns(mark):
    """Values are told apart by the usual marks, and the first row names the columns."""
    records = records_of(table(mark), "table")
    assert [each.name for each in records.columns] == list(NAMES)
    assert column(records, "Home Town") == ["Turin", "Oslo", "Rome"]
    assert kinds(records) == {"Who": "word", "Age": "number", "Home Town": "word", "Joined": "time"}


def test_a_table_without_names_has_numbered_columns():
    """Where the first row is a row like the others, columns are counted and it is a record."""
    records = records_of(table(",", ()), "table")
    assert column(records, "column 1") == ["Ada", "Bo", "Cy"]
    assert kinds(records)["column 2"] == "number"


def test_a_title_above_a_table_is_no_row():
    """Lines above the row of names are left out."""
    records = records_of("Members of the club\n" + table(","), "table")
    assert column(records, "Who") == ["Ada", "Bo", "Cy"]


def test_quoted_cells_may_hold_anything():
    """A quoted cell may hold the mark, a newline, or quotes, which are written twice."""
    text = (
        table(",") + '"Stone, Dee",9,"New\nYork",2018-01-01\n"El ""X""",8,Bonn,2018-01-02\nFay,1,Graz,2018-01-03\n'
    )
    records = records_of(text, "table")
    assert column(records, "Who")[3:] == ["Stone, Dee", 'El "X"', "Fay"]
    assert column(records, "Home Town")[3] == "New\nYork"
    rows = list(records.read())
    assert rows[3].spans[0] is not None
    assert rows[4].spans[0] is None


def test_a_row_of_another_width_is_filled_up_or_cut():
    """A row with a cell too few or too many is a record all the same."""
    text = (
        table(",") * 1
        + "".join(f"N{n},1,Graz,2018-01-01\n" for n in range(30))
        + "Gus,4\nHal,5,Linz,2018-01-01,x\n"
    )
    records = records_of(text, "table")
    assert column(records, "Home Town")[-2:] == ["", "Linz"]


def test_a_stray_quote_costs_a_row_at_most():
    """A quote that never closes ends the table's rows, not the reading."""
    text = table(",") + 'Ida,"5,Linz,2018-01-01\n' + "Jon,6,Linz,2018-01-01\n"
    assert len(check(document_of(text), find_records(document_of(text))[0])) >= 3


@pytest.mark.parametrize(
    "text",
    [
        "One, two, three.\nFour and five, six; no seven.\nEight.\n",
        "first line, with a comma\nsecond line, with a comma\nthird line, with a comma\n",
        "a,b,c\n",
        ",,,\n,,,\n,,,\n",
    ],
)
def test_what_is_no_table(text):
    """Prose with commas, a single row and empty cells are no table."""
    assert all(records.shape != "table" for records in find_records(document_of(text)))


@given(st.lists(st.text(alphabet='ab ,"\t', max_size=12), min_size=1, max_size=6))
def test_quoted_cells_are_read_back(cells):
    """Cells written in quotes are read as they were, wherever they stand."""
    row = ",".join(f'"{cell.replace(chr(34), chr(34) * 2)}"' for cell in cells)
    assert [text for text, _ in cells_of(7, row, ",")] == cells


@given(st.text(alphabet='ab ,"\n', max_size=80))
def test_rows_hold_the_whole_text(text):
    """Joining lines with open quotes loses nothing but blank lines."""
    lines, at = [], 0
    for line in text.split("\n"):
        lines.append((at, line))
        at += len(line) + 1
    for start, row in rows_of(lines):
        assert text[start : start + len(row)] == row
