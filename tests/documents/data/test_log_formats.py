"""Every format of logs that is known gives records with its fields as columns."""

import pytest

from rao_cli.documents.data.find import find_records
from rao_cli.documents.data.times import moment
from tests.documents.data.making import ACCESS, SYSLOG, check, column, document_of, kinds, records_of

SAMPLES = {
    "access": (
        '10.1.2.{n} - - [03/Feb/2021:09:15:0{n} +0000] "GET /p{n} HTTP/1.1" 200 {n}12',
        {"ip": "10.1.2.3", "path": "/p3", "status": "200", "bytes": "312", "protocol": "HTTP/1.1"},
    ),
    "syslog 5424": (
        "<34>1 2021-02-03T09:15:0{n}Z mill su {n} ID47 - login of ben{n} failed",
        {"host": "mill", "pid": "3", "message": "login of ben3 failed"},
    ),
    "syslog": (
        "Feb  3 09:15:0{n} mill cron[{n}4]: job {n} started",
        {"host": "mill", "program": "cron", "pid": "34", "job": "3"},
    ),
    "syslog iso": (
        "2021-02-03T09:15:0{n}.123456+01:00 mill cron[{n}4]: job {n} started",
        {"host": "mill", "program": "cron", "pid": "34"},
    ),
    "apache error": (
        "[Wed Feb 03 09:15:0{n}.000000 2021] [core:error] [pid {n}1] [client 10.1.2.{n}:5{n}] file p{n} is lost",
        {"component": "core", "level": "error", "pid": "31", "ip": "10.1.2.3"},
    ),
    "nginx error": (
        "2021/02/03 09:15:0{n} [warn] {n}7#0: *12 upstream {n} is slow",
        {"level": "warn", "pid": "37", "upstream": "3"},
    ),
    "cbs": (
        "2021-02-03 09:15:0{n}, Info                  CBS    Loaded part {n} of the store",
        {"level": "Info", "component": "CBS", "part": "3"},
    ),
    "android": (
        "02-03 09:15:0{n}.123  17{n}  25{n} D Power: lock {n} taken",
        {"pid": "173", "tid": "253", "level": "D", "component": "Power", "lock": "3"},
    ),
    "spark": (
        "21/02/03 09:15:0{n} INFO shop.Cart: added {n} items",
        {"level": "INFO", "component": "shop.Cart", "items": "3"},
    ),
    "hdfs": (
        "210203 09150{n} {n}9 INFO dfs.DataNode: Received block blk_{n} of size {n}00",
        {"thread": "39", "level": "INFO", "component": "dfs.DataNode", "block": "blk_3", "size": "300"},
    ),
    "hadoop": (
        "2021-02-03 09:15:0{n},123 WARN [main] shop.Cart: cart {n} is full",
        {"level": "WARN", "thread": "main", "component": "shop.Cart", "cart": "3"},
    ),
    "spring": (
        "2021-02-03 09:15:0{n}.123  INFO {n}1 --- [main] shop.Cart : cart {n} is full",
        {"level": "INFO", "pid": "31", "thread": "main", "component": "shop.Cart"},
    ),
    "python": (
        "2021-02-03 09:15:0{n},123 - shop.cart - ERROR - cart {n} is full",
        {"component": "shop.cart", "level": "ERROR", "cart": "3"},
    ),
    "openstack": (
        "api.log 2021-02-03 09:15:0{n}.123 {n}1 INFO nova.api [req-{n} a b] GET took {n} seconds",
        {"pid": "31", "level": "INFO", "component": "nova.api", "request": None, "took": "3"},
    ),
    "glog": (
        "I0203 09:15:0{n}.123456 {n}1 cart.cc:{n}2] cart {n} is full",
        {"level": "I", "pid": "31", "component": "cart.cc", "line": "32", "cart": "3"},
    ),
    "health": (
        "20210203-9:15:0{n}:123|Step|{n}1|counted steps {n}",
        {"component": "Step", "pid": "31", "steps": "3"},
    ),
    "dmesg": (
        "[    {n}.000123] usb 1-{n}: new device number {n}",
        {"component": "usb 1-3", "number": "3"},
    ),
    "iso": (
        "2021-02-03T09:15:0{n}Z INFO cart {n} is full",
        {"level": "INFO", "cart": "3"},
    ),
    "date": (
        "03-Feb-2021 09:15:0{n}.123 SEVERE cart {n} is full",
        {"level": "SEVERE", "cart": "3"},
    ),
}


def lines_of(form, number=9):
    """Return lines of a format."""
    return "".join(SAMPLES[form][0].format(n=n) + "\n" for n in range(number))


@pytest.mark.parametrize("form", SAMPLES)
def test_each_format_has_its_columns(form):
    """The fields of a format are columns, with the values that stand in its lines."""
    records = records_of(lines_of(form), f"log {form}")
    for name, value in SAMPLES[form][1].items():
        if value is None:
            assert name not in kinds(records)
        else:
            assert column(records, name)[3] == value


@pytest.mark.parametrize("form", SAMPLES)
def test_each_format_has_times_in_order(form):
    """The time of each record is a moment later than that of the record before."""
    records = records_of(lines_of(form), f"log {form}")
    assert kinds(records)["time"] == "time"
    moments = [moment(stamp) for stamp in column(records, "time")]
    assert None not in moments
    assert moments == sorted(moments)


@pytest.mark.parametrize("form", [form for form in SAMPLES if form != "access"])
def test_messages_of_one_sort_have_one_event(form):
    """Messages that differ in numbers only are of one sort."""
    assert len(set(column(records_of(lines_of(form), f"log {form}"), "event"))) == 1


def test_two_formats_in_one_file_are_two_records():
    """Lines of a second format in a file are records of their own, over the same stretch."""
    text = lines_of("python", 9) * 10 + lines_of("access", 9) * 4
    found = [each for each in find_records(document_of(text)) if each.shape.startswith("log ")]
    assert [each.shape for each in found] == ["log python", "log access"]
    assert [len(list(each.read())) for each in found] == [90, 36]


def test_records_of_different_formats_check_out():
    """Formats in turns, line by line, leave no value in a wrong place."""
    both = [line for pair in zip(lines_of("spark").split("\n"), SYSLOG.split("\n"), strict=False) for line in pair]
    document = document_of("\n".join(both))
    for records in find_records(document):
        check(document, records)


def test_a_head_of_other_lines_is_no_record():
    """Lines before the first record, as programs write when they start, are none."""
    text = "Some server 1.2\nStarted with care\n" + lines_of("spark", 9)
    rows = list(records_of(text, "log spark").read())
    assert len(rows) == 9
    assert rows[0].span.start == text.index("21/02/03")


def test_garbage_collection_is_told():
    """A log of pauses is called by what it is about, and its pauses are numbers of seconds."""
    line = "2021-02-03T09:15:0{n}.100+0100: {n}.5: [GC pause (Mixed) (young), 0.0{n}1 secs]\n   [Work: {n}.5 ms]\n"
    records = records_of("".join(line.format(n=n) for n in range(9)), "log iso")
    assert "java gc log" in records.names
    assert column(records, "seconds")[3] == "0.031"
    assert column(records, "work")[3] == "3.5"
    assert set(column(records, "event")) == {"<*> [GC pause (Mixed) (young), <*> secs]"}


def test_a_continued_record_is_read_to_a_limit():
    """A record goes on for any number of lines, of which the first thousands of characters are looked at."""
    text = lines_of("spark", 3) + "    at a.b(C.java:1)\n" * 5000 + lines_of("spark", 3)
    rows = list(records_of(text, "log spark").read())
    assert len(rows) == 6
    assert len(rows[2].span) > 100_000


def test_a_client_is_told_without_its_port():
    """One client that comes from several ports is one value."""
    lines = "".join(
        SAMPLES["apache error"][0].format(n=n).replace(f"10.1.2.{n}", "10.1.2.3") + "\n" for n in range(9)
    )
    without = "[Wed Feb 03 09:15:09.000000 2021] [core:error] [pid 9] nobody asked\n"
    assert set(column(records_of(lines + without, "log apache error"), "ip")) == {"10.1.2.3", ""}


def test_a_kernel_log_and_a_web_log_are_told():
    """Formats that people call by a name answer to it."""
    assert "kernel log" in records_of(lines_of("dmesg"), "log dmesg").names
    assert "error log" in records_of(lines_of("nginx error"), "log nginx error").names
    assert "access log" in records_of(ACCESS, "log access").names
