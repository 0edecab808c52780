"""Parts of logs: what a worker answers, in terms that JSON carries."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rao_cli.documents.logs.summary import Summary
from rao_cli.documents.parsers.log import CHUNK, parse, read_part
from tests.documents.logs.lines import LOGS

ALL_LINES = [line for text in LOGS.values() for line in text.split("\n")] + [
    "",
    "==> b.log <==",
    "\tat a.b(C)",
    "}",
]
texts = st.lists(st.sampled_from(ALL_LINES), min_size=1, max_size=60).map("\n".join)


@given(texts)
def test_an_answer_survives_json(text):
    """What a worker answers is the same after it was carried over."""
    answer = parse(text.encode(), {})
    assert read_part(text)["lines"] == answer["lines"]
    carried, direct = Summary(), Summary()
    carried.add(json.loads(json.dumps(answer)))
    direct.add(answer)
    assert [block.__dict__ for block in carried.blocks] == [block.__dict__ for block in direct.blocks]


@given(texts)
def test_lines_and_characters_are_counted(text):
    """A part tells its size, and every line is one of a stream."""
    answer = read_part(text)
    lines = text.removesuffix("\n").split("\n")
    assert (answer["lines"], answer["characters"]) == (len(lines), len(text))
    assert sum(stream["lines"] for stream in answer["streams"]) == len(lines)


@given(texts)
def test_blocks_start_at_lines(text):
    """Each block starts where a line does, the first at the start, each after the one before."""
    blocks = [tuple(block[1:3]) for block in read_part(text)["blocks"]]
    starts = [0]
    for line in text.split("\n"):
        starts.append(starts[-1] + len(line) + 1)
    assert blocks[0] == (0, 0)
    assert blocks == sorted(blocks)
    assert all(start == starts[line] for start, line in blocks)


@settings(max_examples=60, deadline=None)
@given(texts, st.data())
def test_parts_make_the_whole(text, data):
    """A log cut anywhere between lines has the lines of the whole, and blocks in order from its start."""
    text += "\n"
    places = [place + 1 for place, character in enumerate(text) if character == "\n"]
    cut = data.draw(st.sampled_from(places))
    summary = Summary()
    for part in (text[:cut], text[cut:]):
        if part:
            summary.add(read_part(part))
    assert summary.characters == len(text)
    assert summary.lines == text.count("\n")
    starts = [block.start for block in summary.blocks]
    assert starts[0] == 0
    assert starts == sorted(set(starts))
    assert all(block.start in (0, *places) for block in summary.blocks)


@pytest.mark.parametrize("form", LOGS)
def test_a_record_cut_by_a_part_is_whole_again(form):
    """Lines that continue the last record of the part before belong to its block."""
    text = LOGS[form] * 3
    line = text.split("\n")[0]
    summary = Summary()
    summary.add(read_part(f"{line}\n", form))
    summary.add(read_part("\tat a.B.c(B.java)\n\t... 3 more\n" + text, form))
    starts = [block.start for block in summary.blocks]
    assert len(line) + 1 not in starts
    assert sum(stream.records for stream in summary.streams) == 10


def test_a_part_of_further_lines_only_is_no_block():
    """A part in the middle of a huge record adds lines and characters, and no block."""
    summary = Summary()
    summary.add(read_part(LOGS["syslog"], "syslog"))
    summary.add(read_part("\tfurther\n" * 50, "syslog"))
    summary.add(read_part("\tfurther\n" * 50 + LOGS["syslog"], "syslog"))
    assert [block.start for block in summary.blocks] == [0, len(LOGS["syslog"]) + 900]
    assert summary.streams[0].records == 6
    assert summary.lines == 106


def test_names_are_carried_into_the_next_part():
    """What comes before the first name in a part belongs to the log named last in the part before."""
    summary = Summary()
    summary.add(read_part(f"==> one.log <==\n{LOGS['syslog']}"))
    summary.add(read_part(f"{LOGS['syslog']}==> two.log <==\n{LOGS['access']}"))
    assert [(stream.name, stream.records) for stream in summary.streams] == [("one.log", 6), ("two.log", 3)]


def test_chunks_are_no_borders():
    """A stack trace across the border of two chunks stays with its record."""
    text = LOGS["syslog"].split("\n")[0] + "\n" + "\tat a.B.c(B.java)\n" * (CHUNK + 10) + LOGS["syslog"]
    answer = read_part(text)
    (stream,) = answer["streams"]
    assert (stream["form"], stream["records"], stream["lines"]) == ("syslog", 4, CHUNK + 14)


def test_a_worker_collects_garbage_again():
    """Reading a part leaves the collector on, also when the data cannot be read."""
    import gc

    with pytest.raises(UnicodeDecodeError):
        parse(b"\xff\xfe", {})
    assert gc.isenabled()
