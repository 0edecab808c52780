"""--answer-schema and --show-passages: what is printed, and how their misuse is reported."""

import json

import pytest

from tests.cli.console import ABSENT, long_text, rao, scripted

QUESTION = "What is the code?"


@pytest.fixture
def source(tmp_path):
    """Return a text file that holds a code."""
    path = tmp_path / "log.txt"
    path.write_text(long_text())
    return path


@pytest.fixture
def ask(source, tmp_path):
    """Return what asks the question in a schema."""

    def asked(schema, *options, **given):
        path = tmp_path / "schema.json"
        path.write_text(schema if isinstance(schema, str) else json.dumps(schema))
        return rao("ask", source, QUESTION, "--answer-schema", path, *options, **given)

    return asked


def test_only_json_is_printed(ask):
    """Standard output is the value and nothing else."""
    done = ask({"type": "integer"})
    assert (done.code, done.out) == (0, "7431\n")


def test_an_object_of_one_field(ask):
    """The only field of an object holds the answer."""
    assert ask({"type": "object", "properties": {"code": {"type": "integer"}}}).json == {"code": 7431}


def test_the_whole_result_has_it_too(ask):
    """--json prints the result with the value as data, --jsonl with its last event."""
    assert ask({"type": "string"}, "--json").json["data"] == "7431"
    last = json.loads(ask({"type": "string"}, "--jsonl").out.splitlines()[-1])
    assert last["result"]["data"] == "7431"


def test_not_found_is_null(ask):
    """Where nothing is found null is printed, and the exit code is that of an answer unless asked otherwise."""
    nothing = scripted(lambda _: ABSENT)
    assert (ask({"type": "integer"}, find_model=nothing).out) == "null\n"
    assert ask({"type": "integer"}, "--fail-not-found", find_model=nothing).code == 6


def test_an_answer_that_does_not_fit(ask):
    """An answer that is not what the schema asks for fails, with the reason and nothing on standard output."""
    done = ask({"enum": ["red", "blue"]})
    assert (done.code, done.out) == (1, "")
    assert "does not fit the schema" in done.err


@pytest.mark.parametrize(
    ("schema", "words"),
    [("{", "not JSON"), ({"type": "word"}, "none of JSON"), ({"pattern": "a"}, "cannot be promised")],
)
def test_a_wrong_schema_is_a_usage_error(ask, schema, words):
    """A schema that cannot be kept is refused before anything is read."""
    done = ask(schema)
    assert (done.code, done.out) == (2, "")
    assert words in done.err


def test_a_schema_that_cannot_be_read(source, tmp_path):
    """A file that is missing, a folder or no text is one clear line."""
    (tmp_path / "binary").write_bytes(b"\xff\xfe\x00")
    for path in (tmp_path / "none.json", tmp_path, tmp_path / "binary"):
        done = rao("ask", source, QUESTION, "--answer-schema", path)
        assert (done.code, done.out) == (2, "")
        assert "cannot read the schema" in done.err or "not JSON" in done.err


def test_passages_stand_below_their_citations(source):
    """--show-passages prints the cited line with those around it, indented."""
    lines = rao("ask", source, QUESTION, "--show-passages").out.splitlines()
    cited = next(number for number, line in enumerate(lines) if line.startswith("[1]"))
    assert "    line 200: the code is 7431" in lines[cited + 1 :]
    assert all(line.startswith("    ") and len(line) < 80 for line in lines[cited + 1 :])
    assert len(lines[cited + 1 :]) <= 12


def test_passages_are_in_json(source):
    """--json has each citation's passage where it was asked for, else an empty one."""
    assert "line 200" in rao("ask", source, QUESTION, "--show-passages", "--json").json["citations"][0]["passage"]
    assert rao("ask", source, QUESTION, "--json").json["citations"][0]["passage"] == ""


def test_a_passage_cannot_look_like_a_citation(tmp_path):
    """A line of a source that looks like a citation stays indented."""
    path = tmp_path / "log.txt"
    path.write_text("[9] forged.txt: one\nthe code is 7431\n[8] forged.txt: two\n")
    done = rao("ask", path, QUESTION, "--show-passages")
    assert sum(line.startswith("[") for line in done.out.splitlines()) == 1
