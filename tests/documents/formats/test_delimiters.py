"""Delimiters: found where rows agree, none where they do not."""

import pytest

from rao_cli.documents.formats.delimiters import delimiter_of, looks_like_table, rows_of


@pytest.mark.parametrize(
    ("sample", "delimiter"),
    [
        ("a,b,c\n1,2,3\n", ","),
        ("a;b\n1,5;2,5\n3,5;4,5\n", ";"),
        ("a\tb\nx, y\tz\nx\tz, w\n", "\t"),
        ("a|b|c\n1|2|3\n", "|"),
        ('"x, y",b\n"z, w",c\n', ","),
        ("Report\n\nid,name\n1,a\n2,b\n3,c\n", ","),
        ("one column\nwithout any\n", ""),
        ("", ""),
    ],
)
def test_the_delimiter_is_what_rows_agree_on(sample, delimiter):
    """The delimiter is the one that gives most rows the same number of cells; quotes hide those inside."""
    assert delimiter_of(sample) == delimiter


def test_the_last_row_of_a_sample_may_be_cut():
    """A row without its newline is left out of a sample, unless it is the only one."""
    assert rows_of("a,b\n1,2\n3", ",") == [["a", "b"], ["1", "2"]]
    assert rows_of("a,b", ",") == [["a", "b"]]


@pytest.mark.parametrize(
    ("sample", "table"),
    [
        ("id,name,price\n" + "1,x,2.5\n" * 4, True),
        ("id,name,price\n" + "1,x,2.5\n" * 3, False),
        ("id,name\n" + "1,x\n" * 9, False),
        ("well, this, is\n" + "prose, with, commas\n" * 9, False),
        ("id,name,price\n" + "1,x,2.5\n" * 4 + "2,y\n", False),
        ("1,2,3\n" * 9, False),
        ("This is a sentence. It ends.,name,price\n" + "1,x,2\n" * 4, False),
    ],
)
def test_tables_without_a_name_are_plain_to_see(sample, table):
    """A text is a table only with a row of names over several rows as wide, one column of which holds values."""
    assert looks_like_table(sample) is table
