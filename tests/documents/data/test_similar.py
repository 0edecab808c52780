"""Lines that are alike but for what varies in them."""

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
