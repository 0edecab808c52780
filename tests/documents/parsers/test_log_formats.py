"""Formats: each is told by its lines, and its fields are what stands in them."""

import time

import pytest

from rao_cli.documents.parsers.log_formats import PATTERNS, continues
from rao_cli.documents.parsers.log_rows import detect, split_rows, told
from tests.documents.logs.lines import LOGS


@pytest.mark.parametrize("form", LOGS)
def test_a_format_is_told_by_its_lines(form):
    """The lines of each format are taken for that format, all of their three records found."""
    found, records = detect(LOGS[form].splitlines())
    assert (found, records) == (form, 3)


@pytest.mark.parametrize("form", LOGS)
def test_all_lines_belong_to_records(form):
    """Further lines are indented or of a stack trace, so that the whole is told."""
    assert told(form, LOGS[form].splitlines()) == 1


def test_every_pattern_is_tried():
    """No format is left without lines that show it."""
    assert {pattern.name for pattern in PATTERNS} <= LOGS.keys()


@pytest.mark.parametrize(
    ("form", "fields"),
    [
        ("access", {"client": "10.0.0.6", "user": "bob", "path": "/b?q=1", "status": "404", "bytes": "171"}),
        ("syslog", {"host": "web1", "component": "kernel", "pid": "", "message": "eth0: link up"}),
        ("apache error", {"level": "error", "client": "10.0.0.1", "message": "File does not exist: /var/www/x"}),
        ("cbs", {"level": "Info", "component": "CSI"}),
        ("android", {"level": "E", "component": "ActivityManager", "pid": "1702", "tid": "8671"}),
        (
            "hadoop",
            {"level": "ERROR", "component": "org.apache.hadoop.ipc.Server", "message": "Connection refused"},
        ),
        ("glog", {"level": "E", "component": "server.go", "line": "130"}),
        ("json", {"level": "error", "message": "request", "path": "/b", "ms": "99", "http.status": ""}),
        ("logfmt", {"level": "error", "message": "request failed", "path": "/b", "ms": "99"}),
    ],
)
def test_fields_are_what_stands_in_the_line(form, fields):
    """The second record of a log has the fields that a person reads in it."""
    columns = split_rows(form, LOGS[form].splitlines()).columns
    assert {name: columns[name][1] for name in fields} == fields


def test_quotes_in_quotes_are_read():
    """An escaped quote does not end a field of an access log."""
    columns = split_rows("access", LOGS["access"].splitlines()).columns
    assert columns["agent"][2] == 'say \\"hi\\"'


def test_a_broken_request_is_still_a_record():
    """A request that is no request line is kept as it is, with its status."""
    line = r'10.0.0.5 - - [17/May/2015:10:05:03 +0000] "\x16\x03\x01" 400 226 "-" "-"'
    columns = split_rows("access", [line]).columns
    assert (columns["status"], columns["request"], columns["path"]) == (("400",), (r"\x16\x03\x01",), ("",))


def test_labelled_lines_are_records():
    """Lines of the same labels are records with a field for each."""
    lines = [f"Date: Aug {day:02}, 2023 || User: {day % 3} || Question: why {day}?" for day in range(1, 20)]
    form, records = detect(["About these records.", "", *lines])
    assert records == 19
    assert split_rows(form, lines).columns["User"][3] == "1"
    assert "time" in split_rows(form, lines).columns


def test_other_lines_are_plain():
    """Lines without a known pattern are records of their own, indented ones excepted."""
    lines = ["compiling a.c", "  warning: x", "compiling b.c", "Traceback (most recent call last):"]
    assert detect(lines) == ("plain", 0)
    assert list(split_rows("plain", lines).lines) == [0, 2]


@pytest.mark.parametrize(
    "line", ["", "\tat a.b(C.java:1)", "Caused by: x", "java.io.IOException: y", "... 3 more"]
)
def test_stack_traces_continue(line):
    """What belongs to a stack trace continues a record."""
    assert continues(line)


@pytest.mark.parametrize("form", [*LOGS, "plain"])
@pytest.mark.parametrize(
    "line", ["a " * 2048, "[" * 4096, '"' * 4096, "\\" * 4096, " " * 4096, "1" * 4096, "- [" * 1300, "a=" * 2000]
)
def test_no_line_takes_long(form, line):
    """Each pattern takes time linear in the line, whatever is in it."""
    starts = {"access": '1.1.1.1 - - [17/May/2015:10:05:03 +0000] "', "hadoop": "2015-10-18 18:01:47,978 INFO ["}
    start = time.process_time()
    split_rows(form, [starts.get(form, LOGS.get(form, "")[:30]) + line] * 5)
    assert time.process_time() - start < 0.5


def test_each_line_is_one_row():
    """Empty, odd and matching lines are each seen once, in their order."""
    lines = ["", "\x0b\x0c\x85", *LOGS["syslog"].splitlines(), "", "\u2028", ""]
    rows = split_rows("syslog", lines)
    assert sorted([*rows.lines, *rows.rest]) == list(range(len(lines)))
