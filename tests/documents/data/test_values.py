"""Values inside messages: what they are called, which become columns, what messages have in common."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rao_cli.documents.data.values import MOST, event_of, find_values, values_in


def found(message):
    """Return the first value of each name in a message."""
    first = {}
    for name, text, start in values_in(message):
        assert message[start : start + len(text)] == text
        first.setdefault(name, text)
    return first


@pytest.mark.parametrize(
    ("message", "name", "text"),
    [
        ("Failed password for root from 192.0.2.7 port 4111 ssh2", "user", "root"),
        ("Failed password for invalid user ben from 192.0.2.7", "user", "ben"),
        ("Accepted publickey for zoe from 192.0.2.7 port 1", "user", "zoe"),
        ("Invalid user admin from 192.0.2.7", "user", "admin"),
        ("session opened for user zoe by (uid=0)", "user", "zoe"),
        ("authentication failure; euid=0 rhost=192.0.2.7  user=amy", "user", "amy"),
        ("  zoe : TTY=pts/0 ; PWD=/home ; USER=root", "user", "zoe"),
        ("Connection closed by 192.0.2.7 port 4100", "ip", "192.0.2.7"),
        ("Connection closed by 2001:db8::1 port 4100", "ip", "2001:db8::1"),
        ("Connection closed by 192.0.2.7 port 4100", "port", "4100"),
        ("Server listening on 0.0.0.0 port 22.", "port", "22"),
        ("job done, took 340 ms", "milliseconds", "340"),
        ("job done, took 340ms", "milliseconds", "340"),
        ("job done, took 340 ms", "took", "340"),
        ("[GC pause (young), 0.0140497 secs]", "seconds", "0.0140497"),
        ("   [Object Copy (ms):  7.7]", "object copy (ms)", "7.7"),
        ('level=warn msg="disk is full" used=93%', "msg", "disk is full"),
        ('level=warn msg="disk is full" used=93%', "percent", "93"),
        ("copied 3 files", "files", "3"),
        ("queue length: 17", "queue length", "17"),
        ("state(Leader:1,Epoch:53)", "epoch", "53"),
        ("disconnect from 192.0.2.7 port 4100:11: bye", "port", "4100"),
        ("closed, lifetime 00:41", "lifetime", "00:41"),
        ("update for partition __offsets-13 done", "partition", "__offsets-13"),
        ("close, 12 bytes sent, 340 bytes received", "bytes received", "340"),
        ("close, 1190 bytes (1.16 KB) sent", "bytes sent", "1190"),
        ("Registered broker 3 at path /b (shop.utils.Store)", "component", "shop.utils.Store"),
    ],
)
def test_values_are_called_by_what_stands_beside_them(message, name, text):
    """A value is named by its key, the word before it or the unit after it."""
    assert found(message)[name] == text


@pytest.mark.parametrize(
    ("message", "name"),
    [
        ("Invalid user  from 192.0.2.7", "user"),
        ("check pass; user unknown", "user"),
        ("version 1.2.3.4.5 is out", "ip"),
        ("12:30:45 is a time", "ip"),
        ("sent to 5 of them", "to"),
        ("broker 3 stopped", "stopped"),
        ("see host.example:5070", "host.example"),
        ("it ends here (at last)", "component"),
    ],
)
def test_what_is_no_value(message, name):
    """Words of grammar name nothing; a missing user and a version are no user and no address."""
    assert name not in found(message)


def test_frequent_values_are_columns():
    """A value that comes with most messages is a column with its kind; one that comes once is none."""
    messages = [f"job {n} done, took {n * 7} ms" for n in range(40)] + ["odd thing: 5"]
    columns = {column.name: column.kind for column in find_values(messages).columns}
    assert columns["milliseconds"] == "number"
    assert columns["job"] == "number"
    assert "odd thing" not in columns


def test_taken_names_are_no_columns():
    """A name that another column has is left to it."""
    messages = [f"pid={n} took {n} ms" for n in range(9)]
    names = [column.name for column in find_values(messages, ("pid",)).columns]
    assert "pid" not in names


def test_columns_are_few():
    """However many names there are, no more than a number of columns is kept."""
    messages = [" ".join(f"{chr(97 + a)}{chr(97 + b)}={a}" for a in range(10) for b in range(10))] * 9
    assert len(find_values(messages).columns) == MOST


def test_values_are_read_with_their_places():
    """Reading a message gives the first value of each column and where it stands in the text."""
    values = find_values(["took 1 ms", "took 2 ms", "took 3 ms"])
    texts, spans = values.read("took 44 ms and took 5 ms", 100)
    place = [column.name for column in values.columns].index("took")
    assert texts[place] == "44"
    assert (spans[place].start, spans[place].end) == (105, 107)


def test_a_message_without_values_has_none():
    """A message that lacks a column's value has an empty one without a place."""
    texts, spans = find_values(["took 1 ms"] * 5).read("nothing", 0)
    assert set(texts) == {""}
    assert set(spans) == {None}


def test_messages_of_one_sort_have_one_event():
    """Users, addresses, numbers and quoted texts do not tell sorts apart; other words do."""
    a = event_of("Failed password for root from 192.0.2.7 port 4111 ssh2")
    b = event_of("Failed password for zoe from 192.0.2.9 port 22 ssh2")
    c = event_of("Accepted password for zoe from 192.0.2.9 port 22 ssh2")
    assert a == b == "Failed password for <*> from <*> port <*> ssh2"
    assert a != c
    assert event_of('cannot open "/tmp/a b"\n  at x') == "cannot open <*>"


def test_short_names_with_a_digit_stay():
    """A name such as G1 or eth0 tells what happened, so it is kept."""
    assert event_of("GC pause (G1 Evacuation Pause), 0.01 secs") == "GC pause (G1 Evacuation Pause), <*> secs"


@given(st.text(alphabet="ab1 .:=\"'()[]user for from port/-%é\n", max_size=200))
def test_any_message_is_read(message):
    """Whatever a message is, its values stand where they say."""
    found(message)
    event_of(message)


@pytest.mark.parametrize("seed", ["a", "a ", "1.", "a/", "a=", '""', "user ", "1:", "for a ", "'", "((", "x: 1"])
def test_hostile_messages_take_no_time(seed):
    """A long message of any repeated piece is read at once."""
    message = (seed * 100_000)[:100_000] + "\x00"
    start = time.perf_counter()
    found(message)
    event_of(message)
    assert time.perf_counter() - start < 10
