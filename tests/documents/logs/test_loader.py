"""Reading logs: of every format, whole records, hostile input, large ones in parts."""

import gzip
import json
import re
from collections import Counter

import pytest
from backports import zstd
from hypothesis import given, settings
from hypothesis import strategies as st

from rao_cli.documents.blob import Blob
from rao_cli.documents.compressed import open_compressed
from rao_cli.documents.context import Context
from rao_cli.documents.encoding import is_binary
from rao_cli.documents.failures import NoTextError
from rao_cli.documents.logs import loader
from rao_cli.documents.logs.loader import looks_like_log
from rao_cli.documents.logs.summary import Summary
from rao_cli.documents.logs.tree import log_section
from tests.documents.logs.lines import LOGS, opened, row, table, value
from tests.documents.making import check_partition

TRACE = "java.lang.IllegalStateException: boom\n\tat a.B.run(B.java:1)\n\tat a.C.run(C.java:2)\n"


def app_log(records: int, *, trace_every: int = 7, seconds: int = 30) -> str:
    """Return a log with stack traces."""
    lines = []
    for number in range(records):
        time = number * seconds
        clock = f"{time // 3600 % 24:02}:{time // 60 % 60:02}:{time % 60:02},{number % 1000:03}"
        level = "ERROR" if number % trace_every == 0 else "INFO"
        task = f"[worker-{number % 3}] c.e.Pool: task {number} took {number % 90} ms"
        lines.append(f"2024-02-{1 + time // 86400:02} {clock} {level} {task}\n")
        lines.append(TRACE if level == "ERROR" else "")
    return "".join(lines)


@pytest.mark.parametrize("form", LOGS)
def test_each_format_is_read(form):
    """A log of each format has three records, its format, its times and leaves that partition its text."""
    document = opened(LOGS[form])
    (facts,) = document.facts
    assert document.text == LOGS[form]
    assert (value(facts, "format"), value(facts, "records")) == (form, 3)
    assert value(facts, "lines") == LOGS[form].count("\n")
    assert str(value(facts, "first")) in LOGS[form].split("\n")[0]
    check_partition(document, document.root)


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.sampled_from([*"".join(LOGS.values()).split("\n"), *TRACE.split("\n"), "==> other.log <==", "", "é"]),
        min_size=1,
        max_size=80,
    ).filter(lambda lines: "".join(lines).strip())
)
def test_any_mixture_of_lines_is_read(lines):
    """Whatever the order of lines, the leaves partition the text and every line is counted once."""
    text = "\n".join(lines)
    document = opened(text)
    check_partition(document, document.root)
    assert len(document.text) == len(text)
    assert value(document.facts[0], "lines") == len(text.removesuffix("\n").split("\n"))


@settings(max_examples=60, deadline=None)
@given(st.text(min_size=1, max_size=300).filter(lambda text: text.strip() and not is_binary(text.encode())))
def test_any_text_is_read(text):
    """A log may hold anything; its leaves partition what was decoded."""
    document = opened(text)
    check_partition(document, document.root)


def test_stack_traces_stay_with_their_record():
    """No leaf starts within a record, and the facts count records, not lines."""
    text = app_log(3000)
    document = opened(text)
    starts = [document.read(leaf.span)[:10] for leaf in document.root.leaves()]
    assert len(starts) > 3
    assert all(re.match(r"2024-02-\d\d", start) for start in starts)
    assert value(document.facts[0], "records") == 3000
    assert value(document.facts[0], "lines") == text.count("\n")
    assert value(document.facts[0], "errors") == text.count(" ERROR ")


def test_parts_read_in_workers_are_the_whole(context):
    """A log read in parts by worker processes has the sections and the facts that it has when read at once."""
    text = app_log(1500, seconds=61)
    cuts = [text.index("\n", len(text) * part // 4) + 1 for part in (1, 2, 3)]
    summary = Summary()
    for start, end in zip([0, *cuts], [*cuts, len(text)], strict=True):
        data = text[start:end].encode()
        summary.add(context.workers.run("log", data, {"form": "hadoop"}, shown="app.log"))
    whole = opened(text)
    merged = log_section(summary, "app.log")
    assert next(merged.leaves()).span.start == 0
    for leaf in merged.leaves():
        assert text[leaf.span.start :].startswith("2024-02-")
    facts = loader._facts(summary, text, "logs/app.log")
    assert facts[0].values == whole.facts[0].values
    assert {found.title for found in facts[0].tables} == {found.title for found in whole.facts[0].tables}
    for title in ("levels", "components", "templates", "records by day"):
        assert set(table(facts[0], title).rows) == set(table(whole.facts[0], title).rows)


def test_a_large_log_goes_through_workers(context):
    """A log of more than one part is read to its end, and each line is where it says."""
    line = '10.0.0.{0} - - [17/May/2015:10:{1:02}:{2:02} +0000] "GET /{3} HTTP/1.1" 200 {3}{4}\n'
    filler = ' "-" "' + "x" * 300 + '"'
    text = "".join(line.format(n % 200, n // 60 % 60, n % 60, n, filler) for n in range(30_000))
    assert len(text) > loader.PART
    document = opened(text, context=context)
    assert len(document.text) == len(text)
    (facts,) = document.facts
    assert value(facts, "records") == 30_000
    client = row(table(facts, "values of client"), "10.0.0.7")
    numbers = [number for number in range(30_000) if number % 200 == 7]
    assert (client["records"], client["line"]) == (len(numbers), 8)
    assert client["line of last"] == numbers[-1] + 1
    check_partition(document, document.root)


@pytest.mark.parametrize(("packed", "name"), [(gzip.compress, "app.log.gz"), (zstd.compress, "app.log.zst")])
def test_packed_logs_are_read(packed, name):
    """What is in a packed log is read as the log, located in the packed file."""
    unpacked = open_compressed(Blob.of(packed(LOGS["syslog"].encode()), name, f"logs/{name}"), Context())
    document = loader.read_log(unpacked.blob, Context())
    assert document.name == "app.log"
    assert document.text == LOGS["syslog"]
    assert str(document.locate(document.root.span)) == f"logs/{name}:1-3"


def test_joined_logs_are_told_apart():
    """A file of several logs, each under its name, has a section and facts for each."""
    text = "".join(f"==> {form}.log <==\n{LOGS[form]}\n" for form in ("access", "syslog", "hadoop"))
    document = opened(text)
    check_partition(document, document.root)
    assert [section.title.split(",")[0] for section in document.root.children] == [
        "access.log",
        "syslog.log",
        "hadoop.log",
    ]
    assert value(document.facts[0], "logs") == 3
    assert [facts.path for facts in document.facts[1:]] == [
        "logs/app.log: access.log",
        "logs/app.log: syslog.log",
        "logs/app.log: hadoop.log",
    ]
    assert [value(facts, "records") for facts in document.facts[1:]] == [3, 3, 3]
    assert sum(int(value(facts, "lines")) for facts in document.facts[1:]) == text.count("\n")


@pytest.mark.parametrize("forms", [("access", "android"), ("syslog", "access", "hdfs"), ("glog", "json", "glog")])
@pytest.mark.parametrize("times", [4, 50, 1500])
def test_a_change_of_format_is_seen(forms, times):
    """Logs that follow each other without a word have facts of their own, with every record."""
    document = opened("".join(LOGS[form] * times for form in forms))
    records = Counter({form: 3 * times * forms.count(form) for form in forms})
    assert {value(facts, "format"): value(facts, "records") for facts in document.facts[1:]} == records
    check_partition(document, document.root)


def test_a_few_odd_lines_are_no_change():
    """Lines of another format inside a record belong to it."""
    document = opened((LOGS["access"] + "see: " + LOGS["syslog"]) * 20)
    assert [value(facts, "format") for facts in document.facts] == ["access"]
    assert value(document.facts[0], "records") == 60


def test_carriage_returns_end_lines():
    """A log of an old Macintosh or of Windows has the same records."""
    for end in ("\r", "\r\n"):
        document = opened(LOGS["syslog"].replace("\n", end))
        assert document.text == LOGS["syslog"]
        assert value(document.facts[0], "records") == 3


def test_nul_bytes_are_marked():
    """NUL bytes, as a crash leaves them, are marked and told; the records around them are read."""
    document = opened(LOGS["syslog"].encode() + b"\0" * 500 + b"\n" + LOGS["syslog"].encode())
    assert "NUL" in document.warnings[0]
    assert value(document.facts[0], "records") == 6


def test_a_line_of_a_megabyte_is_one_record():
    """A huge line is kept whole and does not take long."""
    text = f"{LOGS['syslog']}Mar 17 13:07:02 web1 app: {'x ' * 600_000}\n{LOGS['syslog']}"
    document = opened(text)
    assert value(document.facts[0], "records") == 7
    check_partition(document, document.root)


def test_a_line_longer_than_a_part_is_read(context):
    """A line that is larger than what is read at once is kept, cut or not."""
    text = "Mar 17 13:07:02 web1 app: " + "y" * (loader.PART + 5) + "\n"
    document = opened(text, context=context)
    assert len(document.text) == len(text)
    check_partition(document, document.root)


@pytest.mark.parametrize("text", ["", " \n\t\n", "\r\n"])
def test_white_space_is_no_log(text):
    """A file without text is refused."""
    with pytest.raises(NoTextError):
        opened(text)


def test_deep_json_is_a_line_like_others():
    """JSON nested without end is no record, and does no harm."""
    good = LOGS["json"].split("\n")[0]
    document = opened("\n".join([good, '{"a":' * 100_000, good, '{"a":' * 900 + "1" + "}" * 900, good, good]))
    assert value(document.facts[0], "records") in (4, 5)


@pytest.mark.parametrize("form", LOGS)
def test_logs_look_like_logs(form):
    """The lines of each format are a log under any name that says nothing else."""
    assert looks_like_log(LOGS[form] * 2, "stdin")
    assert looks_like_log(LOGS[form] * 2, "messages.1")


PROSE = "It was the best of times, it was the worst of times. On 17/May/2015 it rained.\n" * 20
CODE = "def f(x):\n    return x\n\n# 2024-01-01 10:00:00 started\nclass A:\n    pass\n" * 5
DATA = [json.dumps({"text": f"sentence {number}", "label": number % 2}) for number in range(30)]


@pytest.mark.parametrize(
    ("text", "name"),
    [
        (PROSE, "stdin"),
        (CODE, "stdin"),
        ("# Changes\n\n## 2024-01-01\n\n- first\n\n## 2023-01-01\n\n- second\n", "stdin"),
        ("time,level,value\n" + "2024-01-01 10:00:00,3,4.5\n" * 20, "stdin"),
        ("2024-01-01 10:00:00\t3\t4.5\n" * 20, "stdin"),
        ("\n".join(DATA), "train.jsonl"),
        ("1\n00:00:01,000 --> 00:00:02,000\nHello.\n\n" * 10, "stdin"),
        ("2024-01-01 10:00:00 the meeting began.\n" + PROSE, "stdin"),
        ("a=1\nb=2\nc=3\n", "stdin"),
        (
            "MACBETH: So foul and fair a day I have not seen.\nBANQUO: How far is't call'd to Forres?\n" * 9,
            "stdin",
        ),
        (LOGS["syslog"] * 3, "notes.md"),
        (LOGS["syslog"] * 3, "data.csv"),
        ("", "empty.log"),
    ],
)
def test_other_text_is_no_log(text, name):
    """Prose, code, tables, subtitles, changelogs, data and what is named otherwise are not taken for logs."""
    assert not looks_like_log(text, name)


def test_a_name_decides_where_lines_do_not():
    """A file that is called a log is one, even if its lines have no known format."""
    text = "checking for gcc... yes\nchecking for cc... no\n" * 10
    assert looks_like_log(text, "config.log")
    assert not looks_like_log(text, "config.txt")


def test_counts_are_those_of_a_plain_count():
    """Levels, components and errors are what a loop over the lines counts."""
    text = app_log(500)
    (facts,) = opened(text).facts
    levels = Counter(line.split()[2] for line in text.split("\n") if line.startswith("2024"))
    assert {name: count for name, count, *_ in table(facts, "levels").rows} == levels
    assert [cells[:2] for cells in table(facts, "components").rows] == [("c.e.Pool", 500)]
