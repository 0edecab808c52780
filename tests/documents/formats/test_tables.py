"""Tables: blocks of rows that can be located by line, and facts that hold for all rows."""

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rao_cli.documents.formats.rows import layout_of
from rao_cli.documents.formats.tables import read_table, rows
from rao_cli.documents.model import Span
from tests.documents.formats import reading
from tests.documents.formats.reading import leaves, read, values

SALES = "id,day,city,amount\n" + "".join(
    f"{number},2024-01-{number % 28 + 1:02},{['Oslo', 'Rome', 'Lima'][number % 3]},{number}.25\n"
    for number in range(500)
)


def test_facts_of_a_table():
    """Rows, columns, types and sums are those of the table."""
    document = read(read_table, SALES, "sales.csv")
    assert values(document) == {"rows": 500, "columns": 4, "separator": "comma", "header": "yes"}
    assert document.facts[0].path == "dir/sales.csv"
    number, day, city, amount = reading.rows(document.facts[0].tables[0])
    assert (number["type"], number["min"], number["max"], number["sum"]) == ("number", "0", "499", "124750")
    assert (day["type"], day["min"], day["max"]) == ("date", "2024-01-01", "2024-01-28")
    assert (city["type"], city["distinct"]) == ("text", 3)
    assert (amount["sum"], amount["mean"]) == ("124875", "249.75")
    cities = next(table for table in document.facts[0].tables if table.title == "values of city")
    assert cities.rows == (("Oslo", 167), ("Rome", 167), ("Lima", 166))


def test_sections_are_blocks_of_whole_rows():
    """Sections hold whole rows, are numbered without a gap, and name the columns."""
    document = read(read_table, SALES, "sales.csv")
    blocks = leaves(document)
    assert len(blocks) > 2
    number = 0
    for title, text in blocks:
        assert title.endswith(": id, day, city, amount")
        first, last = title.removeprefix("rows ").split(":")[0].split("-")
        lines = [line for line in text.splitlines() if not line.startswith("id,")]
        assert [int(first) - 1, int(last) - 1] == [int(lines[0].split(",")[0]), int(lines[-1].split(",")[0])]
        assert int(first) == number + 1
        number = int(last)
    assert number == 500


def test_rows_are_located_by_line():
    """A row is located by its lines, also after cells with newlines in them."""
    document = read(read_table, 'id,note\n1,"two\nlines"\n2,last\n', "a.csv")
    at = document.text.index("2,last")
    assert str(document.locate(Span(at, at + 6))) == "dir/a.csv:4"
    assert values(document)["rows"] == 2


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a;b\n1,5;x\n2,5;y\n", {"rows": 2, "separator": "semicolon", "header": "yes"}),
        ("1\t2\n3\t4\n", {"rows": 2, "separator": "tab", "header": "no"}),
        ("name\nx\ny\n", {"rows": 2, "columns": 1, "header": "yes"}),
        ("a,b\n1,2\n3\n", {"rows": 2, "rows of another width": 1}),
        ("a,b\n\n1,2\n\n", {"rows": 1}),
        ("a,b\n", {"rows": 1, "header": "no"}),
        ("Sales of 2024\n\na,b,c\n1,2,3\n4,5,6\n", {"rows": 2, "columns": 3}),
    ],
)
def test_layouts(text, expected):
    """Separators, names of columns, empty lines, ragged rows and lines above the table are told apart."""
    found = values(read(read_table, text, "a.csv"))
    assert {name: found.get(name) for name in expected} == expected


def test_lines_above_the_table_are_a_section_of_their_own():
    """What stands above the row of names is no row."""
    document = read(read_table, "Sales of 2024\n\na,b,c\n1,2,3\n4,5,6\n", "a.csv")
    assert leaves(document) == [("preamble", "Sales of 2024\n\n"), ("rows 1-2: a, b, c", "a,b,c\n1,2,3\n4,5,6\n")]


@given(st.lists(st.lists(st.text(alphabet='ab,;"\n\té'), min_size=1, max_size=4), min_size=1, max_size=20))
def test_rows_are_those_that_were_written(table):
    """Rows come back as a writer of tables wrote them, and their places cover the text in order."""
    out = io.StringIO()
    csv.writer(out, quoting=csv.QUOTE_ALL, lineterminator="\n").writerows(table)
    text = out.getvalue()
    found = list(rows(text, ","))
    assert [row for _, _, row in found] == table
    assert [0, *(end for _, end, _ in found)] == [*(start for start, _, _ in found), len(text)]


@given(st.text(alphabet='ab1,;"|\n\t', min_size=1).filter(str.strip))
def test_any_text_is_read_as_a_table(text):
    """Quotes and separators in any order give a document whose leaves partition the text."""
    read(read_table, text, "a.csv")


def test_quotes_that_never_close_make_it_plain_text():
    """A cell that swallows the rest of a large file is noticed: the file is read as text, with a warning."""
    text = 'a,b\n1,"never closed\n' + "x,y\n" * 5_000_000
    document = read(read_table, text, "a.csv")
    assert document.warnings == ("dir/a.csv: a cell in quotes has no end, or over 16 MB; read as plain text",)
    assert document.facts == ()


def test_a_row_of_names_may_be_long():
    """A table of 20,000 columns, whose first row alone is longer than a sample, has all of them by name."""
    text = ",".join(f"c{number}" for number in range(20_000)) + "\n" + ",".join("1" * 20_000) + "\n"
    found = values(read(read_table, text, "a.csv"))
    assert (found["columns"], found["rows"], found["header"]) == (20_000, 1, "yes")


def test_the_usual_width_finds_the_row_of_names():
    """Rows before the first one of the usual width are skipped, unless they are too many."""
    assert layout_of([["title"], ["a", "b"], ["1", "2"]]).preamble == 1
    assert layout_of([["x"]] * 21 + [["a", "b"]] * 30).preamble == 0
    assert layout_of([]).names == ("column 1",)
