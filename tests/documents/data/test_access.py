"""Web access logs in other formats than their own: requests taken apart, fields called as usual."""

import json

import pytest

from rao_cli.documents.data.access import access_columns, request_field, with_request
from rao_cli.documents.model import Span
from tests.documents.data.making import column, kinds, records_of

PAIRS = (
    'time=2021-02-03T08:15:0{n}Z addr=192.0.2.{n} req="{verb} /p{n} HTTP/1.1" code=20{n} size={n}7 agent="x y"\n'
)


def fields(request):
    """Return the fields of a record with a request."""
    return {"who": ("ada", Span(0, 3)), "what": (request, Span(10, 10 + len(request)))}


@pytest.mark.parametrize("request_text", ["GET /a HTTP/1.1", "POST /b?x=1 HTTP/2.0", "DELETE /c"])
def test_the_field_of_requests_is_found(request_text):
    """The field whose values are requests is told from the others."""
    assert request_field([fields(request_text)] * 3) == "what"


@pytest.mark.parametrize("text", ["", "GET", "get /a HTTP/1.1", "GET /a and more", "It was GET /a"])
def test_what_is_no_request(text):
    """Words, methods alone and sentences are no requests."""
    assert request_field([fields(text)] * 3) == ""


def test_a_field_with_few_requests_is_none():
    """A field that holds requests in a few records only is kept as it is."""
    assert request_field([fields("GET /a")] * 2 + [fields("nothing")] * 3) == ""


def test_parts_stand_where_the_request_stands():
    """The method, the path and the protocol are placed inside the request."""
    found = with_request(lambda at, line: fields(line), "what")(0, "GET /ab HTTP/1.1")
    assert found == {
        "who": ("ada", Span(0, 3)),
        "method": ("GET", Span(10, 13)),
        "path": ("/ab", Span(14, 17)),
        "protocol": ("HTTP/1.1", Span(18, 26)),
    }


def test_a_missing_protocol_is_empty():
    """A request without a protocol has an empty one without a place."""
    found = with_request(lambda at, line: fields(line), "what")(0, "GET /ab")
    assert found["protocol"] == ("", None)


def test_a_line_that_is_no_record_stays_none():
    """What the format refuses is refused."""
    assert with_request(lambda at, line: None, "what")(0, "x") is None


def test_columns_are_called_as_usual():
    """Each usual name is given once; a field that has it already keeps it."""
    values = {
        "src_ip": ["192.0.2.1"],
        "dst_ip": ["192.0.2.2"],
        "user": ["ada"],
        "login": ["b"],
        "resp_code": ["404"],
    }
    assert [each.name for each in access_columns(values)] == ["ip", "dst_ip", "user", "login", "status"]


def test_a_duration_is_no_time():
    """A number of seconds that is called a time is not the time of the request."""
    names = [each.name for each in access_columns({"request_time": ["0.5"], "ts_date": ["2021-02-03"]})]
    assert names == ["request_time", "time"]


def test_pairs_can_be_an_access_log():
    """Lines of key=value that hold requests are an access log."""
    records = records_of("".join(PAIRS.format(n=n, verb="PUT" if n % 3 else "GET") for n in range(9)), "key=value")
    assert column(records, "method").count("GET") == 3
    assert column(records, "ip")[4] == "192.0.2.4"
    assert column(records, "status")[4] == "204"
    assert column(records, "bytes")[4] == "47"
    assert kinds(records)["time"] == "time"
    assert "request" in records.nouns


def test_a_request_inside_an_object_is_taken_apart():
    """A request in an inner object of a JSON line is found by its dotted name."""
    lines = [json.dumps({"http": {"request": f"GET /p{n} HTTP/1.1", "ip": f"192.0.2.{n}"}}) for n in range(5)]
    records = records_of("\n".join(lines), "json lines")
    assert column(records, "path") == [f"/p{n}" for n in range(5)]
    assert column(records, "ip")[3] == "192.0.2.3"
