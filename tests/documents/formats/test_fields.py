"""Fields of records: counted as columns are, also where records lack some."""

import pytest

from rao_cli.documents.formats.fields import MOST_FIELDS, Fields
from tests.documents.formats.reading import rows


def described(*records: dict) -> dict[str, dict]:
    """Return what is told of the records' fields, by name."""
    fields = Fields()
    for record in records:
        fields.add(record)
    return {str(row["field"]): row for row in rows(fields.tables("t")[0])}


def test_fields_are_counted_over_all_records():
    """Numbers are summed, and a record that lacks a field counts as an empty cell."""
    found = described({"a": "1", "b": "x"}, {"a": "2.5"}, {"b": "y"})
    assert (found["a"]["sum"], found["a"]["empty"], found["b"]["distinct"]) == ("3.5", 1, 2)


@pytest.mark.parametrize(
    ("value", "kind", "distinct"),
    [({"x": "1"}, None, 0), (["1", "2"], "text", 1), (None, "empty", 0), (True, "text", 1), ("", "empty", 0)],
)
def test_values_of_every_kind_are_told(value, kind, distinct):
    """Lists count by their length, nothing as empty, truth as a word; an object gives fields of its own."""
    found = described({"a": value})
    assert ("a" in found) is (kind is not None)
    if kind:
        assert (found["a"]["type"], found["a"]["distinct"]) == (kind, distinct)


def test_objects_inside_records_are_fields_of_theirs():
    """One level of objects becomes dotted names; what lies deeper is named, not opened."""
    found = described({"user": {"name": "bo", "at": {"x": "1"}}})
    assert list(found) == ["user.name", "user.at"]


def test_too_many_fields_are_left_out_and_counted():
    """Records whose keys are identifiers do not grow a table without end."""
    fields = Fields()
    for number in range(MOST_FIELDS + 50):
        fields.add({f"id{number}": "1"})
    assert len(fields.tables("t")[0].rows) == MOST_FIELDS
    assert fields.left_out == 50


def test_batches_make_no_difference():
    """Many records give the same counts as few."""
    found = described(*[{"n": str(number % 5), "m": "x"} for number in range(30_000)])
    assert (found["n"]["distinct"], found["n"]["sum"], found["m"]["empty"]) == (5, "60000", 0)
