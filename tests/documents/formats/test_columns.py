"""Columns: exact sums, types, empty and distinct cells, and limits on what is kept."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rao_cli.documents.formats import columns
from rao_cli.documents.formats.columns import Column, Columns, is_value
from tests.documents.formats.reading import rows


def column(*cells: str, comma: bool = False, room: int = 1000) -> dict[str, str | int]:
    """Return what is told of a column of these cells."""
    counted = Column("c", room, decimal_comma=comma)
    counted.add(cells)
    names = ("column", "type", "empty", "distinct", "min", "max", "mean", "sum")
    return dict(zip(names, counted.row(), strict=True))


@pytest.mark.parametrize(
    ("cells", "kind"),
    [
        (("1", "-2.5", "+3", ".5", "1e3", "0", "0.10"), "number"),
        (("1,234", "12,345,678.90"), "number"),
        (("1", "two"), "text"),
        (("007", "008"), "text"),
        (("1" * 41,), "text"),
        (("2024-01-31", "2023-12-01"), "date"),
        (("2024-01-31T10:00:00Z", "2023-12-01T09:30:00Z"), "date"),
        (("2024-01-31", "2023-12-01 10:00"), "text"),
        (("2024-01-31T10:00:00+01:00", "2024-01-31T10:00:00Z"), "text"),
        (("2024-13-01",), "text"),
        (("", "NA", "null", "-"), "empty"),
        (("1", "NA", ""), "number"),
        (("1,5",), "text"),
        (("inf", "1e999"), "text"),
    ],
)
def test_a_type_holds_for_every_cell(cells, kind):
    """A column is a number or a date only if every cell with content is, and dates only if written alike."""
    assert column(*cells)["type"] == kind


@given(st.lists(st.decimals(min_value=-(10**9), max_value=10**9, places=4), min_size=1, max_size=50))
def test_sums_are_exact(numbers):
    """Sum, least and greatest are those of exact arithmetic; the mean is right to 15 digits."""
    cells = [format(number, "f") for number in numbers]
    found = column(*cells)
    exact = sum(Fraction(cell) for cell in cells)
    assert Fraction(str(found["sum"])) == exact
    assert Fraction(str(found["min"])) == min(map(Fraction, cells))
    assert Fraction(str(found["max"])) == max(map(Fraction, cells))
    mean = exact / len(cells)
    assert abs(Fraction(str(found["mean"])) - mean) <= abs(mean) * Fraction(1, 10**14)


def test_a_tenth_ten_times_is_one():
    """Decimal fractions add up as on paper, not as in floats."""
    assert column(*["0.1"] * 10)["sum"] == "1"


def test_huge_and_tiny_numbers_add_up_exactly():
    """The largest and the smallest number there can be lose no digit of their sum."""
    cells = "9" * 40 + "e99", "." + "0" * 39 + "1e-99", "7"
    assert Fraction(str(column(*cells)["sum"])) == sum(map(Fraction, cells))


def test_a_decimal_comma_is_known_where_it_is_usual():
    """Where commas are decimal marks, they and thousands' points are read as such."""
    found = column("1,5", "1.234,25", "2", comma=True)
    assert (found["type"], found["sum"]) == ("number", "1237.75")


def test_empty_and_distinct_cells_are_counted():
    """Words for nothing count as empty, values are told apart by their text without spaces around."""
    found = column("a", " a ", "b", "", "null", "N/A")
    assert (found["empty"], found["distinct"]) == (3, 2)


def test_dates_have_a_first_and_a_last():
    """The least and greatest date are the first and the last."""
    found = column("2024-02-01", "2023-12-31", "2024-01-15")
    assert (found["min"], found["max"], found["sum"]) == ("2023-12-31", "2024-02-01", "")


def test_frequent_values_are_ranked():
    """Values that repeat are listed with their counts, the most frequent first, ties by name."""
    counted = Column("c", 100)
    counted.add(["b", "a", "c", "c", "b", "a", "c"])
    table = counted.frequent()
    assert table is not None
    assert (table.rows, table.total) == ((("c", 3), ("a", 2), ("b", 2)), 3)


def test_values_that_hardly_repeat_are_not_listed():
    """A column of names of its own for each row has no frequent values."""
    counted = Column("c", 100)
    counted.add([str(number) for number in range(50)])
    assert counted.frequent() is None


def test_too_many_different_values_are_said_to_be_more():
    """Beyond the room for values their number is a lower bound, said as such; sums stay exact."""
    found = column(*[str(number) for number in range(101)], room=100)
    assert (found["distinct"], found["sum"]) == ("more than 100", "5050")


def test_long_values_are_told_apart_by_their_content():
    """Long cells that start alike are still different values."""
    assert column("x" * 300 + "a", "x" * 300 + "b", "x" * 300 + "a")["distinct"] == 2


def test_rows_of_another_width_are_counted():
    """Rows that are too short or too long count as ragged; what lacks is empty, what is too much is left out."""
    table = Columns(["a", "b"])
    for row in (["1", "2"], ["3"], ["4", "5", "6"]):
        table.add(row)
    first, second = rows(table.tables()[0])
    assert (table.rows, table.ragged) == (3, 2)
    assert (first["sum"], second["sum"], second["empty"]) == ("8", "7", 1)


def test_columns_without_a_name_are_numbered():
    """A column whose name is empty is called by its number."""
    assert Columns(["a", " "]).names == ("a", "column 2")


def test_batches_make_no_difference():
    """Counts are the same whether they are made at once or in batches."""
    table = Columns(["n"])
    for number in range(12_345):
        table.add([str(number % 7)])
    (row,) = rows(table.tables()[0])
    assert (table.rows, row["distinct"], row["sum"]) == (12_345, 7, str(sum(n % 7 for n in range(12_345))))


def test_room_is_shared_among_columns():
    """All columns together keep no more values than the limit."""
    assert len(Columns(["c"] * 1000).names) * (columns.MOST_DISTINCT // 1000) <= columns.MOST_DISTINCT


@pytest.mark.parametrize(("cell", "value"), [("12.5", True), (" 2024-01-01 ", True), ("name", False), ("", False)])
def test_values_are_numbers_and_dates(cell, value):
    """A number or a date is a value, a word is none."""
    assert is_value(cell) is value
