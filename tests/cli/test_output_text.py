"""The text of an answer in all its forms: passages, how code found it, other answers, data, records."""

import json
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rao_cli.agent.records import Plan
from rao_cli.cli import output
from rao_cli.errors import InputError, UsageError
from tests.cli.stream import FORBIDDEN, citation, nasty, result

PLAN = Plan(sections=1, tokens=0, calls=1, prompt_tokens=10**7, output_tokens=1, depth=0, window=1, view_tokens=1)


def passages(text):
    """Return the lines of a citation's passage as they are printed."""
    lines = output.answer_text(result(citations=(citation(passage=text),))).split("\n")
    return lines[3:-1]


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("", []),
        ("one line", ["    one line"]),
        ("two\nlines", ["    two", "    lines"]),
        ("a gap\n\nbetween", ["    a gap", "", "    between"]),
        ("\ttab", ["            tab"]),
        ("  kept indent", ["      kept indent"]),
        ("ends in spaces   ", ["    ends in spaces"]),
        ("x" * 74, ["    " + "x" * 74]),
        ("x" * 75, ["    " + "x" * 74, "    x"]),
        ("a\x1b[31mb", ["    a[31mb"]),
        ("a\rb", ["    a b"]),
    ],
)
def test_a_passage_is_indented_and_wrapped(text, lines):
    """A passage keeps its lines, indented, none wider than a terminal, without control characters."""
    assert passages(text) == lines


@pytest.mark.parametrize(("count", "shown"), [(11, 11), (12, 12), (13, 12), (500, 12)])
def test_a_long_passage_is_cut_and_says_so(count, shown):
    """A passage has at most twelve lines; one that is cut ends with an ellipsis."""
    lines = passages("\n".join(f"line {n}" for n in range(count)))
    assert len(lines) == shown
    assert (lines[-1] == "    …") is (count > shown)
    assert lines[0] == "    line 0"


@given(st.text(max_size=300))
def test_no_line_of_a_passage_is_too_wide(text):
    """Whatever a document holds, a passage stays within its lines and its width."""
    lines = passages(text)
    assert len(lines) <= 12
    assert all(len(line) <= 78 for line in lines)
    assert all(not line or line.startswith("    ") for line in lines)


@pytest.mark.parametrize(
    ("changes", "second"),
    [
        ({"how": "213 of 10,000 lines have status 404"}, "(213 of 10,000 lines have status 404)"),
        ({"how": "a\nb\x1b[2J"}, "(a b[2J)"),
        ({"conflicts": ("Pull it.",)}, "or: Pull it."),
        ({"conflicts": ("a\nb",)}, "or: a b"),
        ({"how": "counted", "conflicts": ("x",)}, "(counted)"),
    ],
)
def test_what_stands_under_an_answer(changes, second):
    """How code found the answer, then other answers, each on one clean line under it."""
    assert output.answer_text(result(**changes)).split("\n")[1] == second


def test_all_lines_under_an_answer_have_an_order():
    """How it was found stands before other answers, and these before the citations."""
    text = output.answer_text(result(how="counted", conflicts=("one", "two")))
    assert text.split("\n")[:5] == ["Press it.", "(counted)", "or: one", "or: two", ""]


@pytest.mark.parametrize("count", [0, 1, 2, 11])
def test_citations_are_numbered(count):
    """Citations have the numbers from one on, in their order."""
    text = output.answer_text(result(citations=tuple(citation(quote=f"quote {n}") for n in range(count))))
    numbers = [line.split()[0] for line in text.split("\n") if line.startswith("[")]
    assert numbers == [f"[{n}]" for n in range(1, count + 1)]


@pytest.mark.parametrize(("length", "whole"), [(240, True), (241, False)])
def test_a_long_quote_is_cut(length, whole):
    """A quote is printed up to a length, and marked where it is cut."""
    text = output.answer_text(result(citations=(citation(quote="q" * length),)))
    assert ("q" * length in text) is whole
    assert ("…" in text) is not whole


@pytest.mark.parametrize(("label", "place"), [("a.pdf p. 1", "a.pdf p. 1"), ("", "b.pdf"), ("\n", "b.pdf")])
def test_a_citation_names_its_place(label, place):
    """The label of a place is shown, and the path where there is none."""
    text = output.answer_text(result(citations=(citation(label=label, path="b.pdf"),)))
    assert f"[1] {place}: " in text


@pytest.mark.parametrize(
    ("status", "limits", "answer", "text"),
    [
        ("found", (), "", ""),
        ("found", ("tokens",), "", ""),
        ("absent", (), "ignored words", "Not found in the sources.\n"),
        ("absent", ("tokens",), "", "Not found in what was read.\n"),
        ("partial", (), "", "Not found in the sources.\n"),
        ("partial", ("tokens",), "", "Not found in what was read.\n"),
        ("partial", ("tokens",), "half", "half\n"),
        ("failed", (), "", ""),
        ("failed", ("seconds",), "", "No answer: a limit was reached first.\n"),
        ("found", (), " \n ", ""),
        ("found", (), "\x1b", ""),
    ],
)
def test_what_is_printed_for_each_end(status, limits, answer, text):
    """Each way a run can end prints an answer, or why there is none, and never an answer that is not one."""
    assert output.answer_text(result(status=status, limits_hit=limits, answer=answer, citations=())) == text


@pytest.mark.parametrize(
    ("status", "data", "text"),
    [
        ("found", {"a": 1}, '{"a": 1}\n'),
        ("found", [], "[]\n"),
        ("found", 0, "0\n"),
        ("found", False, "false\n"),
        ("found", "", '""\n'),
        ("found", {"a": math.nan}, '{"a": null}\n'),
        ("found", {"a": [math.inf, 1.5]}, '{"a": [null, 1.5]}\n'),
        ("absent", None, "null\n"),
        ("failed", None, ""),
        ("partial", None, ""),
    ],
)
def test_data_is_a_line_of_json(status, data, text):
    """An answer in the asked schema is one line, null where nothing was found, and nothing after a failure."""
    assert output.data_text(result(status=status, data=data)) == text


RECORDS = [
    (output.outline_json, "rao.outline/1"),
    (output.symbol_json, "rao.symbol/1"),
    (output.doctor_json, "rao.doctor/1"),
    (lambda found: output.bench_json("quality", found), "rao.bench.quality/1"),
    (lambda found: output.models_json("list", found), "rao.models.list/1"),
]


@pytest.mark.parametrize(("write", "schema"), RECORDS)
@given(found=st.dictionaries(nasty, nasty | st.integers() | st.none() | st.floats() | st.lists(nasty), max_size=4))
def test_every_record_is_one_clean_line(write, schema, found):
    """A record of any command names its schema, is valid JSON in one line and carries no control character."""
    found = {key: value for key, value in found.items() if key != "schema"}
    text = write(found)
    assert "\n" not in text
    assert FORBIDDEN & set(text) == set()
    assert json.loads(text)["schema"] == schema
    assert "NaN" not in text or any("NaN" in str(each) for each in found.items())


@pytest.mark.parametrize(("write", "schema"), RECORDS)
def test_a_record_keeps_its_values(write, schema):
    """Numbers, texts of all scripts, lists and inner objects come back as they were."""
    found = {"a": 1, "b": [1.5, None, True], "c": {"d": "é漢😀"}, "e": ("x", "y")}
    assert json.loads(write(found)) == {"schema": schema, **found, "e": ["x", "y"]}


@pytest.mark.parametrize(
    ("character", "written"),
    [
        ("\x1b", "\\u001b"),
        ("\n", "\\n"),
        ("\t", "\\t"),
        ("\x7f", "\\u007f"),
        ("\x9b", "\\u009b"),
        ("\u202e", "\\u202e"),
        ("\u200b", "\\u200b"),
        ("\ufeff", "\\ufeff"),
        ("\U000e0041", "\\udb40\\udc41"),
        ("é", "é"),
        ("😀", "😀"),
        ('"', '\\"'),
        ("\\", "\\\\"),
        ("\ud800", "?"),
    ],
)
def test_characters_in_json(character, written):
    """What a terminal would act on or a reader would not see is escaped; letters of all scripts stay."""
    text = output.data_text(result(data=character))
    assert text == f'"{written}"\n'
    assert json.loads(text) == character.replace("\ud800", "?")


@pytest.mark.parametrize("error", [InputError("a\nb", hint=""), UsageError("x\x1b[2J", hint="y\u202e")])
def test_an_error_as_json_has_its_exit_code(error):
    """Each kind of error tells the code that the process ends with, its texts cleaned."""
    body = json.loads(output.error_json(error))["error"]
    assert body["exit_code"] == error.exit_code
    assert not any(sign in body["message"] + body["hint"] for sign in "\n\x1b\u202e")


def test_a_plan_of_one_is_singular():
    """A plan of one section and one call says so in the singular."""
    line = output.plan_line(PLAN)
    assert line.startswith("plan: 1 section, at most 1 call and 10,000,000 prompt tokens")


def test_columns_of_a_plan_are_aligned():
    """All numbers of a plan end in the same column."""
    assert {len(line) for line in output.plan_text(PLAN).splitlines()} == {27}


@pytest.mark.parametrize("examined", [0, 7])
def test_what_code_went_through_is_told_where_it_did(examined):
    """The summary line tells how much code went through only where code did so."""
    one = result()
    coverage = one.coverage.model_copy(update={"sections_examined": examined})
    line = output.summary_line(one.model_copy(update={"coverage": coverage}))
    assert ("code went through 7" in line) is bool(examined)
    assert ", ," not in line
