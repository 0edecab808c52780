"""Lines of labelled fields, of pairs and of JSON objects."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rao_cli.documents.data.find import find_records
from tests.documents.data.making import column, document_of, kinds, records_of

LABELLED = [
    ("Day", "Mar 02, 2020", "time"),
    ("Shop", "517", "number"),
    ("Note", "all good: nothing to say", "text"),
]
JSON = [
    {
        "ts": "2021-02-03T08:15:01Z",
        "remote_ip": "192.0.2.1",
        "request": "GET /a HTTP/1.1",
        "response": 200,
        "n": {"x": 1},
    },
    {
        "ts": "2021-02-03T08:15:02Z",
        "remote_ip": "192.0.2.2",
        "request": "PUT /b HTTP/1.1",
        "response": 404,
        "n": {"x": 2.50},
    },
    {
        "ts": "2021-02-03T08:15:03Z",
        "remote_ip": "192.0.2.1",
        "request": "GET /a HTTP/1.1",
        "response": 404,
        "ok": True,
    },
]


def labelled(separator, number=12, colon=": "):
    """Return lines of the same labels with a separator between the fields."""
    row = separator.join(f"{name}{colon}{value}" for name, value, _ in LABELLED)
    return "".join(f"{row} {n}\n" for n in range(number))


@pytest.mark.parametrize("separator", [" || ", " | ", "; ", " -- ", "\t", ", ", " ~ ", "   "])
def test_any_separator_divides_fields(separator):
    """Fields are told apart by whatever stands between them on every line."""
    records = records_of(labelled(separator), "labelled fields")
    assert [each.name for each in records.columns] == ["Day", "Shop", "Note"]
    assert column(records, "Day")[0] == "Mar 02, 2020"
    assert column(records, "Shop")[0] == "517"
    assert column(records, "Note")[3] == "all good: nothing to say 3"


def test_fields_have_kinds():
    """The kinds of labelled fields are told by their values."""
    assert kinds(records_of(labelled(" || "), "labelled fields")) == {name: kind for name, _, kind in LABELLED}


def test_other_lines_are_no_records():
    """An introduction and blank lines between labelled lines are left out."""
    text = "Each line is one note: a day, a shop.\n\n" + labelled(" || ") + "\nThe end.\n"
    assert len(column(records_of(text, "labelled fields"), "Day")) == 12


def test_a_label_inside_a_value_divides_nothing():
    """A value may hold a label; the first one after the separator counts."""
    text = labelled(" || ") + "Day: Mar 03, 2020 || Shop: 4 || Note: Shop: closed, Day: Monday\n"
    assert column(records_of(text, "labelled fields"), "Note")[-1] == "Shop: closed, Day: Monday"


def test_an_empty_value_has_no_place():
    """A label without a value gives an empty value without a span."""
    text = labelled(" || ") + "Day: Mar 03, 2020 || Shop: || Note: x\n"
    row = list(records_of(text, "labelled fields").read())[-1]
    assert (row.values[1], row.spans[1]) == ("", None)


def test_prose_with_colons_is_no_record():
    """Sentences that hold a colon now and then are no labelled fields."""
    text = "He said: go. She said: why? They left: it rained.\nNobody knew. Time: late. Place: home.\n" * 2
    assert all(records.shape != "labelled fields" for records in find_records(document_of(text)))


def test_pairs_are_fields():
    """Lines of key=value are records; a quoted value is without its quotes."""
    text = "".join(f'ts=2021-02-03T08:00:0{n}Z level=warn msg="disk is full" used=9{n}\n' for n in range(9))
    records = records_of(text, "key=value")
    assert column(records, "msg") == ["disk is full"] * 9
    assert column(records, "used")[3] == "93"
    assert kinds(records)["ts"] == "time"
    assert "event" in records.nouns


def test_json_lines_are_fields():
    """Objects on lines are records; one inside an object is named with a dot, numbers stay as written."""
    records = records_of("\n".join(map(json.dumps, JSON)), "json lines")
    assert column(records, "status") == ["200", "404", "404"]
    assert column(records, "n.x") == ["1", "2.5", ""]
    assert column(records, "ok") == ["", "", "true"]


def test_a_request_inside_a_field_is_taken_apart():
    """A field that holds requests gives the method, the path and the protocol in its place."""
    records = records_of("\n".join(map(json.dumps, JSON)), "json lines")
    assert column(records, "method") == ["GET", "PUT", "GET"]
    assert column(records, "path") == ["/a", "/b", "/a"]
    assert "request" not in kinds(records)
    assert "request" in records.nouns


def test_an_access_log_in_json_has_the_usual_columns():
    """Where lines hold requests, a field called remote_ip is the ip, a response of codes the status."""
    records = records_of("\n".join(map(json.dumps, JSON)), "json lines")
    assert column(records, "ip") == ["192.0.2.1", "192.0.2.2", "192.0.2.1"]
    assert column(records, "status") == ["200", "404", "404"]
    assert "web access log" in records.names
    aliases = {each.name: each.aliases for each in records.columns}
    assert "client" in aliases["ip"]


def test_a_field_that_is_there_keeps_its_name():
    """A second field of a sort keeps the name that the text gives it, and a number is no time."""
    lines = [dict(record, status="ok", upstream_ip="192.0.2.9", took_time=n) for n, record in enumerate(JSON)]
    names = kinds(records_of("\n".join(map(json.dumps, lines)), "json lines"))
    assert {"ip", "upstream_ip", "status", "response", "took_time", "ts"} <= set(names)


def test_a_request_that_is_none_gives_nothing():
    """A record whose request cannot be read has an empty method and path."""
    lines = [*JSON, *JSON, dict(JSON[0], request="\\x16\\x03")]
    assert column(records_of("\n".join(map(json.dumps, lines)), "json lines"), "path")[-1] == ""


def test_fields_answer_to_common_words():
    """A field called by several words answers to them, and to what such a field is called."""
    text = "".join(f'{{"client_ip": "192.0.2.{n}", "userName": "u{n}", "n": {n}}}\n' for n in range(5))
    aliases = {each.name: each.aliases for each in records_of(text, "json lines").columns}
    assert {"client ip", "ip address"} <= set(aliases["client_ip"])
    assert {"user name", "account"} <= set(aliases["userName"])


def test_broken_json_is_left_out():
    """A line that is no object is no record, however it is broken."""
    text = "\n".join([*map(json.dumps, JSON * 3), "{", '{"a": }', "[1]", "[" * 5000, json.dumps(JSON[0])])
    assert len(column(records_of(text, "json lines"), "ts")) == 10


@given(st.lists(st.tuples(st.text("ab |:;", max_size=8), st.text("xy:| 1", max_size=8)), min_size=5, max_size=20))
def test_any_values_stand_where_they_say(values):
    """Whatever the values of labelled lines are, each stands in the text where it is said to."""
    text = "\n".join(f"Key: {a} || Other key: {b}" for a, b in values)
    records_of(text, "lines")


@pytest.mark.parametrize("separator", ["|", ";", ", "])
def test_labels_need_no_blank_after_their_colon(separator):
    """Fields written without blanks are told apart by their separators."""
    records = records_of(labelled(separator, colon=":"), "labelled fields")
    assert column(records, "Shop")[0] == "517"
