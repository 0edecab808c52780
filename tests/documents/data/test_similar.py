"""Lines that are alike but for what varies in them."""

import pytest

from rao_cli.documents.data.find import find_records
from tests.documents.data.making import column, document_of, kinds, records_of

STATES = "".join(
    f"unit {n % 3} reached {20 + n} degrees after {n * 1.5} seconds\nunit {n % 3} stopped\n" for n in range(20)
)


def test_similar_lines_are_records():
    """Lines of a few sorts are records with the values beside their words and units."""
    records = records_of(STATES, "similar lines")
    assert len(column(records, "text")) == 40
    assert column(records, "degrees")[:3] == ["20", "", "21"]
    assert column(records, "seconds")[2] == "1.5"
    assert column(records, "unit")[:2] == ["0", "0"]
    assert kinds(records)["degrees"] == "number"


def test_sorts_of_lines_can_be_counted():
    """Lines of one sort have one event."""
    assert set(column(records_of(STATES, "similar lines"), "event")) == {
        "unit <*> reached <*> degrees after <*> seconds",
        "unit <*> stopped",
    }


def test_prose_is_not_similar():
    """Lines that all differ, few lines and brackets alone are no records."""
    prose = "".join(f"The {word} of it was that {word * 2} came.\n" for word in "abcdefghijklmnop")
    for text in (prose, "unit 1 has stopped now\n" * 5, "{\n}\n" * 50):
        assert [records.shape for records in find_records(document_of(text))] == ["lines"]


@pytest.mark.parametrize(
    ("stamp", "first"),
    [
        ("[10.30 16:49:{n:02}]", "10.30 16:49:00"),
        ("x7 2005-06-03-15.42.{n:02}.675872 k", "2005-06-03-15.42.00.675872"),
        ("<11> Jan  5 07:00:{n:02}", "Jan  5 07:00:00"),
        ("~ 07:00:{n:02}.123 ~", "07:00:00.123"),
    ],
)
def test_a_time_on_most_lines_is_a_column(stamp, first):
    """Lines of no known format that carry a time are records, however different they are."""
    words = ["rain", "fell", "slowly", "over", "the", "old", "mill", "near", "a", "river"]
    text = "".join(f"{stamp.format(n=n)} the {word} {word * 2} went\n" for n, word in enumerate(words * 2))
    records = records_of(text, "similar lines")
    assert column(records, "time")[0] == first
    assert kinds(records)["time"] == "time"


def test_a_level_on_most_lines_is_a_column():
    """A word such as INFO or FATAL on most lines is their level."""
    text = "".join(
        f"- 11178{n} node-{n} APP {'FATAL' if n % 5 == 0 else 'INFO'} core {n} made\n" for n in range(20)
    )
    records = records_of(text, "similar lines")
    assert column(records, "level").count("FATAL") == 4
    assert column(records, "core")[7] == "7"
