"""JSON: sections with paths, records with facts, and texts that are not quite JSON."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rao_cli.documents.formats.json_scan import items, survey, tokens
from rao_cli.documents.formats.json_text import read_json, read_jsonl
from rao_cli.documents.model import Span
from tests.documents.formats import reading
from tests.documents.formats.reading import chapters, leaves, read, values

ITEMS = [{"id": number, "name": f"n{number % 3}", "user": {"age": number / 4}} for number in range(300)]
values_of_json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=6) | st.dictionaries(st.text(max_size=6), inner, max_size=6),
    max_leaves=40,
)


def test_large_members_are_divided():
    """Large members become sections with their paths, small neighbours share one."""
    document = read(read_json, json.dumps({"a": 1, "b": 2, "items": ITEMS, "last part": [1]}, indent=1), "a.json")
    found = chapters(document)
    assert found[0] == (1, "$.a … $.b")
    assert found[1] == (1, "$.items")
    assert found[2][1].startswith("$.items[0:")
    assert found[-2][1].endswith(":300]")
    assert found[-1] == (1, '$["last part"]')


def test_paths_hold_the_members_they_name():
    """The items that a section's path names are those in its text."""
    document = read(read_json, json.dumps(ITEMS), "a.json")
    for title, text in leaves(document):
        first, last = title.removeprefix("$[").removesuffix("]").split(":")
        found = json.loads("[" + text.strip("[], ") + "]")
        assert found == ITEMS[int(first) : int(last)]


def test_facts_count_members_and_fields():
    """The kind of the outermost value, its members and the fields of its objects are told."""
    document = read(read_json, json.dumps({"n": None, "items": ITEMS}), "a.json")
    assert values(document) == {
        "top level": "object",
        "members": 2,
        "objects": 601,
        "arrays": 1,
        "deepest nesting": 4,
    }
    table = document.facts[0].tables[0]
    assert table.title == "fields of $.items[…]"
    fields = {str(row["field"]): row for row in reading.rows(table)}
    assert (fields["id"]["sum"], fields["user.age"]["max"], fields["name"]["distinct"]) == ("44850", "74.75", 3)


@given(values_of_json, st.sampled_from([None, 1]))
def test_items_are_the_members(value, indent):
    """The members found are those of the value, in order, and their places cover it."""
    text = json.dumps(value, indent=indent, ensure_ascii=False)
    read(read_json, text, "a.json")
    if not isinstance(value, dict | list) or not value:
        return
    found = list(items(text, Span(0, len(text))))
    assert len(found) == len(value)
    assert [0, *(item.end for item in found)] == [*(item.start for item in found), len(text)]
    if isinstance(value, dict):
        assert [item.key for item in found] == list(value)
    inner = [json.loads(text[item.value.start : item.value.end]) for item in found if len(item.value)]
    outer = value.values() if isinstance(value, dict) else value
    assert inner == [member for member in outer if isinstance(member, dict | list)]


@given(values_of_json)
def test_the_survey_counts_what_is_there(value):
    """Objects and arrays are counted, strings hide what is in them, and the text is found to be sound."""
    counts = survey(json.dumps(value))

    def count(kind, within):
        inner = within.values() if isinstance(within, dict) else within if isinstance(within, list) else []
        return isinstance(within, kind) + sum(count(kind, member) for member in inner)

    assert (counts.objects, counts.arrays) == (count(dict, value), count(list, value))
    assert counts.sound
    assert counts.unclosed == 0


@pytest.mark.parametrize("end", range(1, 30))
def test_a_string_may_be_cut_by_a_window(end):
    """A string that runs over the border of a window, at an escape too, is one string."""
    text = r'{"k\\\"]": ["a\"}{\\", "\\"]}'
    assert [text[a:b] for sign, a, b in tokens(text, 0, len(text), 2, end) if sign == '"'] == [
        r'"k\\\"]"',
        r'"a\"}{\\"',
        r'"\\"',
    ]


@pytest.mark.parametrize(
    ("text", "warning"),
    [
        ('{"a": [1, 2', "JSON cut short, 2 brackets are not closed"),
        ('["a', "JSON cut short, 1 bracket is not closed"),
        ('{"a": 1}]', "not well-formed JSON; read as plain text"),
        ("[1}", "not well-formed JSON; read as plain text"),
        ('{"a": 1} {"b": 2}', "not well-formed JSON; read as plain text"),
    ],
)
def test_damage_is_said(text, warning):
    """JSON that is cut short is divided as far as it goes; what does not fit together is plain text."""
    assert read(read_json, text, "a.json").warnings == (f"dir/a.json: {warning}",)


@pytest.mark.parametrize("text", ["[" * 100_000, "[" * 100_000 + "]" * 100_000, '{"a":' * 50_000])
def test_depth_costs_nothing(text):
    """A hundred thousand brackets, closed or not, are read."""
    assert values(read(read_json, text, "a.json"))["deepest nesting"] == text.count(text[0])


def test_numbers_keep_their_digits():
    """A number of five thousand digits is no error, and one with twenty decimals is exact."""
    text = (
        json.dumps([{"x": "N"}, {"x": "M"}] * 200)
        .replace('"N"', "9" * 5000)
        .replace('"M"', "0.00000000000000000001")
    )
    document = read(read_json, text, "a.json")
    (row,) = reading.rows(document.facts[0].tables[0])
    assert (row["field"], row["distinct"]) == ("x", 2)


@given(st.text(alphabet='{}[]",:\\ a1\n', min_size=1).filter(str.strip))
def test_any_brackets_are_read(text):
    """Brackets and quotes in any order give a document whose leaves partition the text."""
    read(read_json, text, "a.json")
    read(read_jsonl, text, "a.jsonl")


def test_a_scalar_is_a_text():
    """A single number or word is JSON without members."""
    document = read(read_json, "42", "a.json")
    assert (document.warnings, document.facts) == ((), ())


def test_json_lines_are_records():
    """Each line is a record with fields; damaged lines are counted; sections number the records."""
    text = "".join(json.dumps(item) + "\n" for item in ITEMS) + "\n{damaged\n"
    document = read(read_jsonl, text, "a.jsonl")
    found = values(document)
    assert (found["records"], found["records with fields"]) == (301, 300)
    assert found["lines that are not JSON, or too long"] == 1
    titles = [title for title, _ in leaves(document)]
    assert titles[0].startswith("records 1-")
    assert titles[-1].endswith("-301")
    at = text.index('"id": 250')
    assert document.locate(Span(at, at + 1)).first_line == 251


def test_numbers_in_json_lines_are_exact():
    """Sums over records are exact decimals."""
    document = read(read_jsonl, '{"x": 0.1}\n' * 10, "a.jsonl")
    assert reading.rows(document.facts[0].tables[0])[0]["sum"] == "1"
