"""The facts of logs: what a person would count, each number right."""

import re
from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rao_cli.documents.logs.bursts import bursts, timeline
from tests.documents.logs.lines import LOGS, opened, row, table, value

CLIENTS = st.sampled_from(["10.0.0.1", "10.0.0.2", "10.0.0.30"])
REQUESTS = st.lists(
    st.tuples(
        CLIENTS,
        st.sampled_from(["GET", "POST"]),
        st.sampled_from(["/", "/a", "/b?q=1"]),
        st.sampled_from([200, 304, 404, 500]),
        st.integers(0, 5000),
    ),
    min_size=12,
    max_size=60,
)


def access_log(requests) -> str:
    """Return an access log, one request a minute."""
    return "".join(
        f'{client} - - [17/May/2015:{10 + number // 60}:{number % 60:02}:09 +0000] "{method} {path} HTTP/1.1" '
        f'{status} {size if status != 304 else "-"} "-" "agent"\n'
        for number, (client, method, path, status, size) in enumerate(requests)
    )


@settings(max_examples=40, deadline=None)
@given(REQUESTS)
def test_requests_are_counted(requests):
    """Counts by status, client and path, and the number of different ones, are those of a plain count."""
    (facts,) = opened(access_log(requests)).facts
    for place, name in enumerate(["client", "method", "path", "status"]):
        counts = Counter(str(request[place]) for request in requests)
        found = row(table(facts, "fields"), name)
        assert (found["records"], found["different values"]) == (len(requests), len(counts))
        if len(counts) > 1:
            assert {cells[0]: cells[1] for cells in table(facts, f"values of {name}").rows} == counts


@settings(max_examples=40, deadline=None)
@given(REQUESTS)
def test_the_first_of_each_status_is_known(requests):
    """The time, the line and the text of the first request of each status are in the facts."""
    text = access_log(requests)
    (facts,) = opened(text).facts
    statuses = [request[3] for request in requests]
    if len(set(statuses)) > 1:
        for status in set(statuses):
            found = row(table(facts, "values of status"), str(status))
            line = text.split("\n")[statuses.index(status)]
            assert found["line"] == statuses.index(status) + 1
            assert found["first"] in line
            assert found["first record"] == line


@settings(max_examples=40, deadline=None)
@given(REQUESTS)
def test_sizes_are_known_by_status(requests):
    """The largest response of each status, and its line, are in the facts, a missing size left out."""
    (facts,) = opened(access_log(requests)).facts
    statuses = Counter(request[3] for request in requests)
    if (
        not 1 < len(statuses) <= len(requests) // 3
        or len({request[4] for request in requests}) <= len(requests) // 3
    ):
        return
    for status in statuses.keys() - {304}:
        found = row(table(facts, "numbers of bytes by status"), str(status))
        sizes = [request[4] for request in requests if request[3] == status]
        assert int(found["greatest"]) == max(sizes)
        assert found["sum"] == sum(sizes)
        assert requests[found["line of greatest"] - 1][3:] == (status, max(sizes))


def test_fields_are_counted_together():
    """Which client got most of a status is in the facts."""
    requests = [(f"10.0.0.{number % 30}", "GET", "/", 200, 1) for number in range(90)]
    requests += [("10.0.0.2", "GET", "/x", 404, 2)] * 4 + [("10.0.0.1", "GET", "/x", 404, 2)] * 3
    (facts,) = opened(access_log(requests)).facts
    found = row(table(facts, "client by status"), "404")
    assert found["different client"] == 2
    assert found["most common client"] == "10.0.0.2 (4); 10.0.0.1 (3)"


AUTH = "".join(
    f"Apr {day:2} 1{day % 10}:00:0{day % 7} web1 sshd[{1000 + day}]: {message}\n"
    for day, message in enumerate(
        ["Invalid user admin from 10.0.0.1", "Accepted publickey for bob from 10.0.0.2 port 4000 ssh2"] * 4
        + ["Invalid user  from 10.0.0.1", "Invalid user pi from 10.0.0.9", "Server listening on :: port 22."],
        1,
    )
)


def test_values_in_messages_are_counted():
    """From how many addresses a kind of line comes, and from which most often, is in the facts."""
    (facts,) = opened(AUTH).facts
    templates = {cells[1]: cells[0] for cells in table(facts, "templates").rows}
    number = templates["Invalid user <*> from <*>"]
    places = [
        dict(zip(table(facts, "values in").columns, cells, strict=True))
        for cells in table(facts, "values in").rows
    ]
    (address,) = [place for place in places if place["no."] == number and str(place["place"]).startswith("from")]
    assert (address["records"], address["different values"]) == (6, 2)
    assert address["most common"] == "10.0.0.1 (5); 10.0.0.9 (1)"


@pytest.mark.parametrize(
    ("messages", "addresses"),
    [
        (["from 10.0.0.1 port 1", "from 10.0.0.2 port 2"], {"10.0.0.1": 1, "10.0.0.2": 1}),
        (["to /10.0.0.1:50010", "to /10.0.0.1:50011"], {"10.0.0.1": 2}),
        (["rhost=10.0.0.1 x", "by (10.0.0.1) x"], {"10.0.0.1": 2}),
        (["on fe80::1 up", "on fe80::1 up", "on ::1 up"], {"fe80::1": 2, "::1": 1}),
        (["took 1.5 s", "took 2.5 s", "at 12:30:45 x"], {}),
    ],
)
def test_addresses_are_found(messages, addresses):
    """IP addresses are counted over all messages, also inside words."""
    (facts,) = opened("".join(f"Mar  7 13:06:56 web1 app: {message}\n" for message in messages)).facts
    found = [found for found in facts.tables if found.title.startswith("IP addresses")]
    assert {cells[0]: cells[1] for cells in (found[0].rows if found else ())} == addresses


def test_templates_tell_their_first_and_last():
    """A template has its count, and the time and line of its first and last record as they are written."""
    (facts,) = opened(AUTH).facts
    found = next(cells for cells in table(facts, "templates").rows if "Accepted" in str(cells[1]))
    assert found[1] == "Accepted publickey for bob from 10.0.0.2 port 4000 ssh2"
    assert found[2] == 4
    assert (found[4], found[5], found[6], found[7]) == ("Apr  2 12:00:02", 2, "Apr  8 18:00:01", 8)
    assert found[8] == AUTH.split("\n")[1]


def test_components_are_programs():
    """The program that logged most comes first."""
    (facts,) = opened(LOGS["syslog"]).facts
    assert [cells[:2] for cells in table(facts, "components").rows] == [("sshd", 2), ("kernel", 1)]


def test_the_longest_pause_is_known():
    """The greatest number in a place of a template, with its line, is in the facts, as it is written."""
    (facts,) = opened(LOGS["iso"]).facts
    found = [cells for cells in table(facts, "values in").rows if cells[8] == "0.0140497"]
    assert found[0][9] == 1
    further = table(facts, "further lines").rows
    assert further[0][:2] == ("[Parallel Time: <*> ms, GC Workers: 1]", 2)
    assert further[0][6] == "10.5"


def test_days_are_told_as_written():
    """The day with most records is told by its date, and as the log writes it."""
    text = access_log([("10.0.0.1", "GET", "/", 200, 1)] * 3) + access_log(
        [("10.0.0.1", "GET", "/", 200, 1)]
    ).replace("17/May", "16/May")
    (facts,) = opened(text).facts
    assert table(facts, "records by day").rows[0][:3] == ("2015-05-17", "17/May/2015", 3)
    days = {form: opened(LOGS[form]).facts[0] for form in ("syslog", "hadoop", "apache error", "health")}
    written = {form: table(facts, "records by day").rows[0][1] for form, facts in days.items()}
    assert written["hadoop"] == "2015-10-18"
    assert written["syslog"] == "Mar  7"
    assert written["apache error"] == "Sun Dec 04"
    assert written["health"] == "20171223"


def test_times_that_go_backwards_are_told():
    """First and last are the least and the greatest time; those of the first and last record are told beside."""
    lines = LOGS["hadoop"].split("\n")
    (facts,) = opened("\n".join([lines[5], *lines[:5]])).facts
    assert value(facts, "first") == "2015-10-18 18:01:47,978"
    assert value(facts, "last") == "2015-10-18 18:01:49,228"
    assert value(facts, "times that go backwards") == 1
    assert value(facts, "time of the first record") == "2015-10-18 18:01:49,228"


def test_a_log_over_new_year_goes_forward():
    """Without a year, December comes before January, and the span is a second, not a year."""
    (facts,) = opened("Dec 31 23:59:59 a b: c\nJan  1 00:00:00 a b: c\nJan  1 00:00:01 a b: c\n").facts
    assert value(facts, "span in seconds") == 2
    assert value(facts, "first") == "Dec 31 23:59:59"
    assert value(facts, "last") == "Jan  1 00:00:01"
    assert value(facts, "times that go backwards") is None


def test_records_without_time_are_told():
    """A log without times has no range and no days."""
    (facts,) = opened("compiling a\ncompiling b\nlinking c\n").facts
    assert value(facts, "first") is None
    assert not [found for found in facts.tables if "records by" in found.title]


def test_foreign_text_is_cleaned():
    """Escape sequences of a log do not reach the facts."""
    (facts,) = opened("Mar  7 13:06:56 web1 app: \x1b[31mred\x1b[0m \x07 alert\n" * 3).facts
    assert not re.search(r"[\x00-\x08\x0b-\x1f\x7f]", repr(facts.tables).encode().decode("unicode_escape"))


def test_bursts_stand_out():
    """An interval of far more records than the others is a burst, and neighbours are one."""
    quiet = {minute * 60: 5 + minute % 3 for minute in range(60)}
    assert bursts(quiet, 60) == []
    loud = quiet | {600: 100, 660: 90, 1800: 80}
    assert bursts(loud, 60) == [(600, 720, 190), (1800, 1860, 80)]


@given(st.dictionaries(st.integers(0, 100).map(lambda place: place * 10), st.integers(1, 9), max_size=50))
def test_quiet_logs_have_no_bursts(counts):
    """Intervals of a few records are never bursts, whatever the others hold."""
    assert bursts(counts, 10) == []


@given(st.dictionaries(st.integers(0, 10**7), st.integers(1, 50), max_size=80))
def test_a_timeline_keeps_every_record(counts):
    """Counting in longer intervals loses nothing, and makes no more than asked."""
    unit, series = timeline(counts, 1, 100)
    assert sum(series.values()) == sum(counts.values())
    assert unit == 86400 or len(series) <= 100 + 1
    assert list(series) == sorted(series)


@pytest.mark.parametrize("form", [form for form in LOGS if form != "dmesg"])
def test_values_name_the_time_range(form):
    """Each log tells its first and last time so that logs can be compared."""
    (facts,) = opened(LOGS[form]).facts
    assert re.match(r"\d{4}-\d\d-\d\d \d\d:|[A-Z][a-z]{2} \d\d \d\d:", str(value(facts, "first time")))
    assert str(value(facts, "first time")) <= str(value(facts, "last time"))
