"""Records of several lines with a field on each."""

import pytest

from rao_cli.documents.data.find import find_records
from tests.documents.data.making import column, document_of, kinds, records_of

CARDS = """\
Name: Ada Stone
Born: 1915-12-10
Town: London,
  in the south
Note: wrote much

Name: Bo Lee
Born: 1920-01-02
Town: Rome

Name: Cy Moor
Born: 1931-05-06
Town: Oslo
"""


def test_fields_on_lines_make_records():
    """A record starts at each line with the first key and holds the fields up to the next one."""
    records = records_of(CARDS, "field blocks")
    assert column(records, "Name") == ["Ada Stone", "Bo Lee", "Cy Moor"]
    assert column(records, "Note") == ["wrote much", "", ""]
    assert kinds(records)["Born"] == "time"


def test_a_value_goes_on_in_the_next_line():
    """A line without a known key belongs to the value before it."""
    assert column(records_of(CARDS, "field blocks"), "Town")[0] == "London,\n  in the south"


@pytest.mark.parametrize("between", ["", "\n\n", "---\n"])
def test_what_stands_between_records_does_not_matter(between):
    """Records may follow at once, after blank lines, or after a rule."""
    text = between.join(f"Name: N{n}\nBorn: 19{n:02}-01-01\nTown: T{n}\n" for n in range(8))
    assert len(column(records_of(text, "field blocks"), "Name")) == 8


def test_markdown_lists_of_fields_are_records():
    """Fields in bold, in a list, are fields."""
    text = "\n".join(f"- **Name:** N{n}\n- **Size:** {n}\n- **Town:** T{n}\n" for n in range(5))
    assert column(records_of(text, "field blocks"), "Size") == ["0", "1", "2", "3", "4"]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Name: x\nBorn: y\nTown: z\n",
        "Note: one thing\n" * 9,
        "Dear all: hello\nthis is prose\nand more of it\n" * 9,
    ],
)
def test_what_is_no_record_of_fields(text):
    """Nothing, a single record, one key alone and prose are no records of fields."""
    assert all(records.shape != "field blocks" for records in find_records(document_of(text)))
