"""Tables inside a text: in Markdown, and between bars or tabs as readers of other files write them."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rao_cli.documents.data.find import find_records
from rao_cli.documents.data.inner_tables import MOST
from tests.documents.data.making import check, column, document_of, kinds, records_of

GUIDE = """\
# Guide

## Prices

Text | with a bar.

| Item | Price | Left |
|------|------:|:----:|
| Apple | $1.20 | 4 |
| Pear \\| Co | $0.90 | |

## Staff

Name | Role
--- | ---
Ann | boss
Bob | clerk
Cid | cook | too many

The end.
"""


def test_each_markdown_table_has_its_rows():
    """Every table of a text in Markdown is found by its rule, called by the heading above it."""
    found = [each for each in find_records(document_of(GUIDE, "guide.md")) if each.shape == "table"]
    assert [each.names[0] for each in found] == ["Prices", "Staff"]
    assert column(found[0], "Item") == ["Apple", "Pear \\| Co"]
    assert column(found[0], "Left") == ["4", ""]
    assert column(found[1], "Role") == ["boss", "clerk", "cook"]
    assert kinds(found[0])["Price"] == "number"


def test_markdown_rows_stand_under_their_headings():
    """The headings above a table are columns of its rows."""
    found = next(each for each in find_records(document_of(GUIDE, "guide.md")) if each.shape == "table")
    assert column(found, "title") == ["Guide", "Guide"]
    assert column(found, "section") == ["Prices", "Prices"]


def test_a_table_may_end_the_text():
    """A table without a line after it has all its rows; one without rows is none."""
    assert column(records_of("A | B\n--|--\n1 | 2", "table"), "A") == ["1"]
    assert all(each.shape != "table" for each in find_records(document_of("A | B\n--|--")))


def tables_of(text):
    """Return the tables of a text."""
    return [each for each in find_records(document_of(text)) if each.shape == "table"]


@pytest.mark.parametrize("mark", [" | ", "\t"])
def test_tables_without_a_rule_are_found(mark):
    """Lines in a row with as many bars or tabs are tables under the names in their first line."""
    first = "\n".join(mark.join(row) for row in (["Who", "Sum"], ["Ann", "4"], ["Bo", "5"]))
    second = "\n".join(
        mark.join(row) for row in (["Name", "Job", "Since"], ["Ann", "cook", "2001"], ["Bo", "boss", "1999"])
    )
    found = tables_of(f"Some words.\n\n{first}\n\nMore words.\n{second}\n\nThe end of it.\n")
    assert [[each.name for each in table.columns] for table in found] == [["Who", "Sum"], ["Name", "Job", "Since"]]
    assert column(found[0], "Sum") == ["4", "5"]
    assert column(found[1], "Job") == ["cook", "boss"]


def test_tables_that_touch_are_two():
    """A change of the number of cells ends a table."""
    found = tables_of("Words.\n\nA | B\n1 | 2\n3 | 4\nC | D | E\n1 | 2 | 3\n4 | 5 | 6\n")
    assert [len(each.columns) for each in found] == [2, 3]


@pytest.mark.parametrize(
    "text",
    [
        "a | b\nc\n",
        "This | that, we say.\n\nThen this | that again.\n",
        "1 | 2\n3 | 4\n5 | 6\n\nwords\n",
        "Who | Sum\nAnn | 4\n\nwords\n",
        "|\n|\n|\n",
        "--|--\n--|--\n--|--\n",
    ],
)
def test_bars_in_text_are_no_table(text):
    """Single lines with bars, rows without names, one row alone and empty cells are no table."""
    assert tables_of(text) == []


def test_tables_are_few():
    """However many tables there are, a number of them is kept."""
    text = "".join(f"Words {n}.\n\nA | B\n--|--\n{n} | x\n\n" for n in range(MOST + 5))
    assert len(tables_of(text)) == MOST


@given(st.text(alphabet="a |-:\n\t\\1", max_size=120))
def test_any_text_with_bars_is_read(text):
    """Whatever stands between bars, rows and cells are where they say."""
    document = document_of(f"Words, and words.\n\n{text}")
    for records in find_records(document):
        check(document, records)


@pytest.mark.parametrize("seed", ["|", "| ", "-|", " ", "\t", ":-", "\\|", "|-"])
def test_hostile_bars_take_no_time(seed):
    """Lines of thousands of bars, rules or blanks are read at once."""
    start = time.perf_counter()
    tables_of(f"Words.\n\na|b\n{seed * 8_000}\n{seed * 8_000}\n{seed * 99_000}\n")
    assert time.perf_counter() - start < 10
