"""Traces that somebody else wrote: those that are none are refused in one line, whatever they try."""

import contextlib
import io
import json
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rao_cli.errors import InputError
from rao_cli.runs import trace_reading
from rao_cli.runs.trace import trace_lines, trace_of
from rao_cli.runs.trace_reading import file_lines, read_trace
from tests.runs.tracing import KINDS, kept_of, ran


def lines_of(kind="found", *, redact=False):
    """Return the lines of the trace of a run of a kind."""
    told = ran(kind)
    return list(trace_lines(kept_of(told), told.events, redact=redact))


def changed(number, /, *, redact=False, **changes):
    """Return the lines of a trace with some fields of one line changed."""
    lines = lines_of(redact=redact)
    lines[number] = json.dumps(json.loads(lines[number]) | changes)
    return lines


def where(kind):
    """Return the number of the first line of a type."""
    return next(at for at, line in enumerate(lines_of()) if json.loads(line)["type"] == kind)


def refusal(lines):
    """Return why lines are refused; it is one short line that quotes nothing odd."""
    with pytest.raises(InputError) as refused:
        read_trace(lines)
    assert refused.value.message.isprintable()
    assert len(refused.value.message) < 300
    return refused.value.message


@pytest.mark.parametrize("redact", [False, True])
@pytest.mark.parametrize("kind", KINDS)
def test_a_trace_reads_back_as_it_was(kind, redact):
    """What was written comes back equal, of every kind of run, redacted or not."""
    told = ran(kind)
    assert read_trace(lines_of(kind, redact=redact)) == trace_of(kept_of(told), told.events, redact=redact)


def test_a_file_reads_back(tmp_path):
    """A trace in a file is read line by line, with either line end."""
    path = tmp_path / "trace.jsonl"
    for end in ("\n", "\r\n"):
        path.write_text(end.join(lines_of()) + end, "utf-8", newline="")
        with path.open(encoding="utf-8", newline="") as file:
            assert read_trace(file_lines(file)) == read_trace(lines_of())


def test_a_trace_that_stops_is_read():
    """A run that was interrupted has no result; its trace is one all the same."""
    assert read_trace(lines_of()[:-1]).steps == read_trace(lines_of()).steps[:-1]


def test_nothing_is_no_trace():
    """An empty file is refused by name."""
    assert "empty" in refusal([])


@pytest.mark.parametrize(
    "line",
    [
        "",
        "null",
        "[]",
        "{}",
        '"header"',
        "{",
        "\x00",
        '{"type":"header"}',
        "[" * 100_000,
        '{"a":' * 100_000,
        "9" * 100_000,
        "NaN",
        '"\\ud800"',
        "\ufeff{}",
        "\x1b[2J\x9b",
    ],
    ids=range(15),
)
def test_what_is_no_line_is_refused(line):
    """No header, no JSON, JSON that is too deep or too large a number: each is refused, first or later."""
    assert "line 1 " in refusal([line])
    assert "line 2 " in refusal([lines_of()[0], line])


@pytest.mark.parametrize(
    "changes",
    [
        {"schema": "rao.trace/2"},
        {"schema": None},
        {"run": "../x"},
        {"run": "x" * 101},
        {"run": "a\n"},
        {"version": ""},
        {"started": "now"},
        {"started": 0},
        {"started": "2026-01-01T00:00:00"},
        {"redacted": "no"},
        {"redacted": 0},
        {"window": -1},
        {"window": 1.5},
        {"window": 2**60},
        {"sources": "notes.txt"},
        {"command": "rm"},
        {"model": {"name": "m"}},
    ],
)
def test_a_wrong_header_is_refused(changes):
    """A field of another form, one that is missing and one too many are refused."""
    assert "line 1 " in refusal(changed(0, **changes))


@pytest.mark.parametrize(
    ("kind", "changes"),
    [
        ("agent", {"agent": "2", "parent": "1"}),
        ("agent", {"depth": 3}),
        ("agent", {"agent": "0"}),
        ("agent", {"agent": "1" + ".1" * 64}),
        ("agent", {"agent": "١"}),
        ("agent", {"parent": ""}),
        ("agent", {"spans": [[5, 2]]}),
        ("agent", {"spans": [[-1, 2]]}),
        ("agent", {"spans": [[1, 2, 3]]}),
        ("call", {"tokens": [{"text": "a", "logprob": "x", "id": 1}]}),
        ("call", {"messages": [{"role": "developer", "parts": []}]}),
        ("call", {"finish": "tool"}),
        ("call", {"at": float("nan")}),
        ("call", {"at": float("inf")}),
        ("action", {"kind": "run"}),
        ("action", {"cite": [True]}),
        ("action", {"usage": None}),
        ("decomposition", {"children": [{"agent": "1.1.1", "sections": []}]}),
        ("decomposition", {"children": [{"agent": "1.1", "sections": ["../x"]}]}),
        ("decomposition", {"combine": "rewrite"}),
        ("aggregation", {"reports": [{"agent": "2", "status": "found", "confidence": 1, "verified": True}]}),
        ("report", {"status": "fine"}),
        ("report", {"confidence": 10**400}),
        ("result", {"verified": 1}),
        ("result", {"type": "event"}),
    ],
)
def test_a_wrong_line_is_refused_by_number(kind, changes):
    """A line of another form, or one that contradicts its own ids, is refused, and the message says which."""
    number = where(kind)
    lines = changed(number, **changes)
    assert f"line {number + 1} " in refusal(lines)


def test_backward_evidence_is_refused():
    """A citation whose end comes before its start is none."""
    lines = lines_of()
    last = json.loads(lines[-1])
    last["citations"][0] |= {"start": 9, "end": 3}
    assert "backwards" in refusal([*lines[:-1], json.dumps(last)])


@pytest.mark.parametrize("kind", ["agent", "report"])
def test_an_agent_is_told_of_once(kind):
    """An agent that is opened or reports a second time is refused."""
    lines = lines_of()
    assert "before" in refusal([*lines[:-1], lines[where(kind)]])


def test_nothing_follows_the_result():
    """A line behind the result is refused, and so is a second header."""
    lines = lines_of()
    assert "last line" in refusal([*lines, lines[2]])
    assert "line 2 " in refusal([lines[0], *lines])


@pytest.mark.parametrize("kind", ["agent", "call", "report", "result"])
def test_a_redacted_trace_holds_no_text(kind):
    """One that says it is redacted, with a text in it, is refused."""
    plain, number = lines_of(), where(kind)
    lines = lines_of(redact=True)
    lines[number] = plain[number]
    assert "text in a redacted trace" in refusal(lines)


def test_a_redacted_header_holds_no_text():
    """The header itself is held to what it says."""
    lines = changed(0, redact=True, sources=["notes.txt"])
    assert "line 1 " in refusal(lines)


def test_a_long_line_is_not_read_to_its_end():
    """Of a line over the limit no more is taken from the file than shows that it is."""

    class Endless(io.StringIO):
        taken = 0

        def readline(self, size=-1):
            assert size > 0
            self.taken += size
            return "x" * size

    file = Endless()
    assert "too long" in refusal(file_lines(file))
    assert file.taken == trace_reading.LONGEST_LINE + 1


def test_a_trace_may_not_be_longer_than_the_limit():
    """Lines that are all in order are refused together once they are too many."""
    header, *steps = lines_of()
    padded = steps[1] + " " * (1 << 20)

    def lines():
        yield header
        while True:
            yield padded

    begun = time.monotonic()
    assert "too long" in refusal(lines())
    assert time.monotonic() - begun < 30


@settings(max_examples=150, deadline=None)
@given(data=st.data())
def test_damage_is_refused_or_harmless(data):
    """Whatever characters of a trace are replaced, it is read as one or refused in a line, never an error."""
    text = "\n".join(lines_of())
    for _ in range(data.draw(st.integers(1, 3))):
        at = data.draw(st.integers(0, len(text) - 1))
        text = text[:at] + data.draw(st.sampled_from('{}[]",:0-1aé\n\x00\\')) + text[at + 1 :]
    with contextlib.suppress(InputError):
        read_trace(text.split("\n"))
