"""Rows of logs: structured lines of every shape, fields by their roles, and what is no record."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rao_cli.documents.parsers.log_rows import LONGEST_JSON, MOST, SHOWN, detect, shortened, split_rows, told


def record(form: str, line: str) -> dict[str, str]:
    """Return the fields of the one record that a line is."""
    rows = split_rows(form, [line])
    assert list(rows.lines) == [0]
    return {name: column[0] for name, column in rows.columns.items()}


@pytest.mark.parametrize(
    ("line", "fields"),
    [
        ('{"a": 1}', {"a": "1"}),
        ('{"a": 1.50}', {"a": "1.5"}),
        ('{"a": 1e3}', {"a": "1000.0"}),
        ('{"a": -0}', {"a": "0"}),
        ('{"a": true}', {"a": "true"}),
        ('{"a": false}', {"a": "false"}),
        ('{"a": null}', {"a": "null"}),
        ('{"a": []}', {"a": "[]"}),
        ('{"a": [1, "b"]}', {"a": '[1, "b"]'}),
        ('{"a": "x\\ny"}', {"a": "x y"}),
        ('{"a": ""}', {"a": ""}),
        ('{"a": {"b": "c"}}', {"a.b": "c"}),
        ('{"a": {"b": {"c": {"d": 1}}}}', {"a.b.c.d": "1"}),
        ('{"a": {"b": {"c": {"d": {"e": 1}}}}}', {"a.b.c.d": '{"e": 1}'}),
        ('{"a": 1, "a": 2}', {"a": "2"}),
        ('  {"a": 1}', {"a": "1"}),
        ('\t{"a": 1}  ', {"a": "1"}),
        ('{"é": "漢"}', {"é": "漢"}),
        ('{"a": "\\ud800"}', {"a": "\ud800"}),
        ('{"": "x"}', {"": "x"}),
        ('{"a b": "x"}', {"a b": "x"}),
        ('{"a": NaN}', {"a": "nan"}),
    ],
)
def test_json_becomes_flat_fields(line, fields):
    """Names of inner objects are joined by points, numbers and words written as they count."""
    assert record("json", line) == fields


@pytest.mark.parametrize(
    "line",
    [
        "",
        "{",
        "{}",
        "[]",
        "[1]",
        '"text"',
        "null",
        "7",
        '{"a": 1',
        '{"a": 1} trailing',
        "{'a': 1}",
        '{"a": 1}{"b": 2}',
        '{"a": {}}',
        '[{"a": 1}]',
        "{" * 3000,
        '{"a":' * 3000,
        "text before " + '{"a": 1}',
    ],
)
def test_what_is_no_object_is_no_record(line):
    """Broken JSON, other values, empty objects and endless depth are lines beside the records."""
    rows = split_rows("json", [line, '{"b": 1}'])
    assert (list(rows.lines), list(rows.rest)) == ([1], [0])


def test_an_object_of_a_million_characters_is_no_record():
    """Lines of JSON are read whole up to a length, and not at all beyond it."""
    long = '{"a": "' + "x" * LONGEST_JSON + '"}'
    assert list(split_rows("json", [long]).lines) == []
    fits = '{"a": "' + "x" * (SHOWN + 100) + '"}'
    assert len(record("json", fits)["a"]) == SHOWN


def test_records_may_lack_fields():
    """A field that a record does not have is empty in its column."""
    lines = ['{"a": 1, "b": 2}', '{"a": 3}', '{"b": 4, "c": 5}']
    rows = split_rows("json", lines)
    assert {name: list(column) for name, column in rows.columns.items()} == {
        "a": ["1", "3", ""],
        "b": ["2", "", "4"],
        "c": ["", "", "5"],
    }


def test_the_most_frequent_fields_are_kept():
    """Of more fields than are counted the rare ones are left out."""
    lines = [json.dumps({"often": n, **{f"rare{n}_{k}": k for k in range(10)}}) for n in range(20)]
    columns = split_rows("json", lines).columns
    assert len(columns) == MOST
    assert "often" in columns


@pytest.mark.parametrize(
    ("line", "fields"),
    [
        ("a=1 b=2", {"a": "1", "b": "2"}),
        ("a= b=2", {"a": "", "b": "2"}),
        ('a="x y" b=2', {"a": "x y", "b": "2"}),
        ('a="x \\" y" b=2', {"a": 'x \\" y', "b": "2"}),
        ('a="" b=""', {"a": "", "b": ""}),
        ("a=1 b=2 b=3", {"a": "1", "b": "3"}),
        ("a.b=1 c-d=2 e/f=3", {"a.b": "1", "c-d": "2", "e/f": "3"}),
        ("@a=1 _b=2", {"@a": "1", "_b": "2"}),
        ("a=1  b=2   c=3", {"a": "1", "b": "2", "c": "3"}),
        ("a=x=y b=2", {"a": "x=y", "b": "2"}),
        ("a=http://x/?q=1 b=2", {"a": "http://x/?q=1", "b": "2"}),
    ],
)
def test_pairs_become_fields(line, fields):
    """Names and values beside an equals sign are fields, quotation marks taken off."""
    assert record("logfmt", line) == fields


@pytest.mark.parametrize(
    "line",
    [
        "",
        "a=1",
        "no pairs at all",
        "a sentence in which x=1 and y=2 are mentioned once, among many other words",
        " a=1 b=2",
        "=1 =2",
        "1=2 3=4",
        "(a=1 b=2)",
    ],
)
def test_prose_with_pairs_is_no_record(line):
    """A record starts with a pair and consists mostly of pairs."""
    assert list(split_rows("logfmt", [line]).lines) == []


@pytest.mark.parametrize(
    ("name", "role"),
    [
        ("ts", "time"),
        ("timestamp", "time"),
        ("@timestamp", "time"),
        ("date", "time"),
        ("severity", "level"),
        ("lvl", "level"),
        ("levelname", "level"),
        ("log.level", "level"),
        ("service", "component"),
        ("logger", "component"),
        ("module", "component"),
        ("msg", "message"),
        ("event", "message"),
        ("text", "message"),
        ("TS", "time"),
        ("Level", "level"),
        ("user", "user"),
        ("times", "times"),
        ("levels", "levels"),
    ],
)
def test_usual_names_have_a_role(name, role):
    """What logs usually call their time, level, component and message is known as that; other names stay."""
    assert list(record("json", json.dumps({name: "x"}))) == [role]


def test_the_best_of_two_names_has_the_role():
    """Where two fields could be the time, the usual one is it, and the other keeps its name."""
    assert record("json", '{"date": "a", "time": "b"}') == {"date": "a", "time": "b"}
    assert record("json", '{"created": "a", "ts": "b"}') == {"created": "a", "time": "b"}


def test_a_name_that_is_taken_is_told_apart():
    """A field that is called like a role that another has is marked as a field."""
    assert record("json", '{"component": "a", "logger": "b"}') == {"component": "a", "logger": "b"}
    fields = record("json", '{"name": "a", "Time": "x", "message": "m", "msg": "n"}')
    assert fields == {"component": "a", "time": "x", "message": "m", "msg": "n"}


LABELLED = [f"Date: May {n}, 2024 | Clerk: Ann | Remark: was late: {n} minutes | again" for n in range(1, 11)]


def test_labels_are_fields_and_the_last_takes_the_rest():
    """Labelled parts are cut at their separator, as many as there are labels in most lines."""
    form, matched = detect([line.removesuffix(" | again") for line in LABELLED])
    assert (form, matched) == ('labelled [" | ", "Date", "Clerk", "Remark"]', 10)
    fields = record(form, LABELLED[3])
    assert fields == {"time": "May 4, 2024", "Clerk": "Ann", "Remark": "was late: 4 minutes | again"}


@pytest.mark.parametrize(
    "line",
    [
        "",
        "Date: x",
        "Date: x | Clerk: y",
        "Clerk: x | Date: y | Remark: z",
        "Date: x | Clerk y | Remark: z",
        "Date: x|Clerk: y|Remark: z",
        "date: x | clerk: y | remark: z",
        " | | ",
    ],
)
def test_lines_of_other_labels_are_no_records(line):
    """Each label has to stand in its place."""
    rows = split_rows('labelled [" | ", "Date", "Clerk", "Remark"]', [line])
    assert (list(rows.lines), list(rows.rest)) == ([], [0])


@pytest.mark.parametrize("separator", [" || ", " | ", "; ", "\t"])
def test_each_separator_is_found(separator):
    """Bars, semicolons and tabs separate labelled parts."""
    lines = [separator.join((f"City: town {n}", "Height: 5", f"Mayor: M{n}")) for n in range(12)]
    form, matched = detect(lines)
    assert matched == 12
    assert split_rows(form, lines).columns["City"][7] == "town 7"


@pytest.mark.parametrize(
    "lines",
    [
        [],
        [""],
        ["", "  ", ""],
        ["plain words", "more plain words"],
        ["Note: only one label"] * 5,
        ["Dear Sir; Yours: truly"] * 5,
    ],
)
def test_no_format_is_plain(lines):
    """Nothing, blanks and prose have no format but plain, with no record counted."""
    assert detect(lines) == ("plain", 0)


@pytest.mark.parametrize(("good", "form"), [(6, "json"), (4, "plain")])
def test_most_lines_must_be_structured(good, form):
    """More than half of the lines have to be records of a structured format."""
    lines = ['{"a": 1}'] * good + ["words without a form"] * (10 - good)
    assert detect(lines)[0] == form


def test_pairs_tell_more_than_a_time():
    """Lines of pairs that start with a time are pairs, if all of them are."""
    lines = [f"time=2024-02-28T10:00:0{n}Z level=info n={n}" for n in range(5)]
    assert detect(lines) == ("logfmt", 5)


@pytest.mark.parametrize(
    ("lines", "share"),
    [
        (['{"a": 1}', '{"a": 2}'], 1.0),
        (['{"a": 1}', "broken"], 0.5),
        (['{"a": 1}', "  indented further"], 1.0),
        (["  indented before", '{"a": 1}'], 0.5),
        (['{"a": 1}', "", "   "], 1.0),
        (['{"a": 1}', "Caused by: x"], 1.0),
        (["words", "more words", "others"], 0.0),
        (["", ""], 0.0),
        ([], 0.0),
    ],
)
def test_how_much_a_format_tells(lines, share):
    """Records and what continues one count, of all lines that are not blank."""
    assert told("json", lines) == pytest.approx(share)


@pytest.mark.parametrize(
    ("lines", "most", "expected"),
    [
        ([], 3, []),
        (["abc"], 3, ["abc"]),
        (["abcd", "a"], 3, ["abc", "a"]),
        (["abcd"], 0, [""]),
    ],
)
def test_lines_are_cut_to_a_length(lines, most, expected):
    """Lines of the length stay, longer ones lose their end."""
    assert list(shortened(lines, most)) == expected


any_line = st.one_of(
    st.text(alphabet='{}[]":,=a1 \\|\t', max_size=40),
    st.sampled_from(['{"a": 1}', "a=1 b=2", "Date: x | Clerk: y", "", "  at x", "2024-01-01 00:00:00 INFO x: y"]),
)


@pytest.mark.parametrize("form", ["json", "logfmt", 'labelled [" | ", "Date", "Clerk"]', "plain", "iso", "syslog"])
@given(lines=st.lists(any_line.filter(lambda line: "\n" not in line), max_size=12))
def test_each_line_is_a_record_or_beside_one(form, lines):
    """Every line is seen once, in its order, and each column has a value for each record."""
    rows = split_rows(form, lines)
    assert sorted([*rows.lines, *rows.rest]) == list(range(len(lines)))
    assert list(rows.lines) == sorted(rows.lines)
    assert all(len(column) == len(rows.lines) for column in rows.columns.values())


@pytest.mark.parametrize("form", ["plain", "iso"])
@given(lines=st.lists(any_line, min_size=1, max_size=12))
def test_values_stand_in_their_lines(form, lines):
    """What a pattern calls a field is part of the line that it was read from."""
    rows = split_rows(form, lines)
    for column in rows.columns.values():
        for at, value in zip(rows.lines, column, strict=True):
            assert value in lines[at]


@given(st.lists(any_line, max_size=15))
def test_a_format_that_is_found_can_be_split(lines):
    """The format of any lines cuts as many of them into records as it was said to."""
    form, matched = detect(lines)
    kept = [line for line in lines if line]
    if matched:
        assert len(split_rows(form, kept).lines) == matched
        assert 0 < told(form, kept) <= 1
