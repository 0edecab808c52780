"""What ``--redact`` leaves out: every text that a document, a user or a model wrote. The rest it keeps."""

import json
import re
import types
import typing

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from rao_cli.agent.records import Task
from rao_cli.runs import trace_records
from rao_cli.runs.otel import otel_json
from rao_cli.runs.redact import KEPT, redacted
from rao_cli.runs.trace import trace_lines
from rao_cli.runs.trace_records import Line, Source, Trace
from tests.agent.helpers import answer, document, everywhere, made_ready, made_to_compute, run
from tests.runs.tracing import KINDS, ROOM, kept_of, ran

RECORDS = [one for one in vars(trace_records).values() if isinstance(one, type) and issubclass(one, Line)]
RECORDS.remove(Line)
LETTERS = "qzxvjkwжщλψ雪山𝔛"
"""No word made of these stands in the format itself."""
WORDS = st.text(LETTERS, min_size=4, max_size=9)


def lines_of(kind, *, redact):
    """Return the lines of the trace of a run of a kind, read as plain JSON."""
    told = ran(kind)
    return [json.loads(line) for line in trace_lines(kept_of(told), told.events, redact=redact)]


def strings(value):
    """Yield every string in plain JSON data, names of fields too."""
    if isinstance(value, dict):
        yield from value
        value = list(value.values())
    if isinstance(value, list):
        for inner in value:
            yield from strings(inner)
    elif isinstance(value, str):
        yield value


def pieces(texts, size=4):
    """Return all runs of so many characters of some texts."""
    return {text[at : at + size] for text in texts for at in range(len(text) - size + 1)}


def vocabulary():
    """Return the words of the format itself: names of fields and what fields of a few words may say."""
    words, places = set(), [trace_records.trace_schema()]
    while places:
        place = places.pop()
        words |= {*place.get("properties", ()), *place.get("enum", ()), place.get("const")}
        inner = [one for one in place.values() if isinstance(one, dict)]
        inner += [one for value in place.values() if isinstance(value, list) for one in value]
        places += [one for one in inner if isinstance(one, dict)]
        places += [one for name in ("properties", "$defs") for one in place.get(name, {}).values()]
    return words


@settings(max_examples=20, deadline=None)
@given(st.data())
def test_no_text_comes_through(data):
    """No four characters of document, name, question or output are in a redacted trace or its spans."""
    words = data.draw(st.lists(WORDS, min_size=30, max_size=120))
    text = "".join(f"{word}{'.' if at % 9 else chr(10)} " for at, word in enumerate(words))
    name, asked, said = data.draw(WORDS), data.draw(WORDS), data.draw(WORDS)
    found = everywhere(lambda request: answer(f"{said} {words[3]}", 1))
    told = run(f"{asked} {words[0]}?", made_ready(document(text * 8, f"{name}.txt"), found, **ROOM))
    facts = Task(question=asked, facts=(said,), answer_schema=json.dumps({"title": name}))
    kept = kept_of(told, task=facts, sources=(name,), folder=f"/{name}", identity=f"{name}.gguf:x")
    secret = pieces([text, name, asked, said])
    out = [*trace_lines(kept, told.events, redact=True), otel_json(kept, told.events, redact=True)]
    for line in out:
        assert not secret & pieces(strings(json.loads(line)))
    open_ = "".join(trace_lines(kept, told.events, redact=False))
    assert json.dumps(said)[1:-1] in open_


@pytest.mark.parametrize("kind", KINDS)
def test_only_words_of_the_format_are_left(kind):
    """A redacted trace of any kind of run holds no string but the format's own words, ids, digests and times."""
    ids = re.compile(r"[0-9.#]+|[0-9a-f]{64}|\d{8}-\d{6}-[0-9a-f]{6}|1\.2\.3|2026-01-02T03:04:05Z")
    left = {text for line in lines_of(kind, redact=True) for text in strings(line)} - vocabulary()
    assert left
    assert [text for text in left if not ids.fullmatch(text)] == []


@pytest.mark.parametrize("kind", KINDS)
def test_structure_stays(kind):
    """A redacted trace has the same lines with the same fields; whatever is not null is what it was."""

    def check(before, after):
        if isinstance(after, dict):
            assert before.keys() == after.keys()
            for name in after:
                check(before[name], after[name])
        elif isinstance(after, list):
            assert len(before) == len(after)
            for one, other in zip(before, after, strict=True):
                check(one, other)
        elif after is not None:
            assert before == after or (before, after) == (False, True)  # redacted says so itself

    for before, after in zip(lines_of(kind, redact=False), lines_of(kind, redact=True), strict=True):
        check(before, after)


@pytest.mark.parametrize("kind", KINDS)
def test_what_tools_need_stays(kind):
    """Ids, statuses, spans, pages, times, costs, log-probabilities and the source's digest are not redacted."""
    lines = lines_of(kind, redact=True)
    assert lines[0]["source"]["digest"] == ran(kind).events[0].digest
    for line in lines[1:]:
        assert line["at"] is not None
        if line["type"] == "call":
            assert all(token["logprob"] is not None for token in line["tokens"])
            assert line["prompt_tokens"] > 0
        for place in line.get("citations", ()):
            assert place["start"] < place["end"]
            assert place["first_page"] or place["first_line"]


def test_numbers_of_tokens_are_left_out():
    """Who has the vocabulary could spell the text from them."""
    tokens = [
        token for line in lines_of("found", redact=True) if line["type"] == "call" for token in line["tokens"]
    ]
    assert tokens
    assert {(token["text"], token["id"]) for token in tokens} == {(None, None)}


def test_the_model_is_known_by_its_digest_alone():
    """The identity may name files and servers; whoever has the same model can compare the digest."""
    model = lines_of("found", redact=True)[0]["model"]
    assert (model["name"], model["identity"]) == (None, None)
    assert len(model["digest"]) == 64


@pytest.mark.parametrize("record", RECORDS, ids=lambda one: one.__name__)
def test_every_record_has_its_list(record):
    """Each kind of record says which of its fields are kept, and names none that it does not have."""
    assert record in KEPT
    assert KEPT[record] <= set(record.model_fields)


def hides(annotation):
    """Tell whether a field may be left out: null, a list whose items may, or a record that is gone through."""
    if isinstance(annotation, type) and issubclass(annotation, Line):
        return True
    origin, inside = typing.get_origin(annotation), typing.get_args(annotation)
    if origin is typing.Annotated:
        return hides(inside[0])
    if origin is tuple:
        return all(hides(one) for one in inside if one is not ...)
    if origin in (types.UnionType, typing.Union):
        records = [one for one in inside if one is not type(None)]
        return type(None) in inside or all(map(hides, records))
    try:
        TypeAdapter(annotation).validate_python(None, strict=True)
    except ValidationError:
        return False
    return True


@pytest.mark.parametrize("record", RECORDS, ids=lambda one: one.__name__)
def test_what_is_not_kept_can_be_left_out(record):
    """Every field that is not listed admits null, so that a redacted line is still one of the format."""
    fields = set(record.model_fields) - KEPT[record]
    assert {name for name in fields if not hides(record.model_fields[name].annotation)} == set()


def free(annotation, metadata=()):
    """Tell whether any text at all may stand in a field."""
    if annotation is str:
        return not any(getattr(one, "pattern", None) for one in metadata)
    inside = typing.get_args(annotation)
    if typing.get_origin(annotation) is typing.Annotated:
        patterned = any("pattern" in repr(one) for one in inside[1:])
        return not patterned and free(inside[0])
    return typing.get_origin(annotation) is not typing.Literal and any(free(one) for one in inside)


@pytest.mark.parametrize("record", RECORDS, ids=lambda one: one.__name__)
def test_no_free_text_is_kept(record):
    """A string that is kept is one of a few words or follows a pattern."""
    for name in KEPT[record]:
        field = record.model_fields[name]
        patterned = any("pattern" in repr(one) for one in field.metadata)
        assert patterned or not free(field.annotation), name


def test_a_field_that_nobody_listed_is_left_out():
    """A new field is hidden before anybody thought of it; so is all of a new record."""

    class Later(Source):
        secret: str | None
        place: int | None

    made = Later(name="a.txt", digest="ab", sections=1, tokens=2, secret="s", place=3)
    with pytest.raises(ValidationError):
        redacted(made)  # nothing of it is listed, and a digest cannot be null
    KEPT[Later] = KEPT[Source]
    try:
        hidden = redacted(made)
    finally:
        del KEPT[Later]
    assert (hidden.secret, hidden.place, hidden.name, hidden.digest) == (None, None, None, "ab")


def test_redacting_twice_changes_nothing():
    """What was redacted stays as it is."""
    from rao_cli.runs.trace import trace_of

    told = ran("found")
    trace = trace_of(kept_of(told), told.events, redact=True)
    assert Trace(redacted(trace.header), tuple(map(redacted, trace.steps))) == trace


def test_computed_data_is_left_out():
    """An answer in the asked schema is data of the document, down to its keys."""
    told = ran("found")
    data = {"qzxv": ["jkww"]}
    last = told.events[-1]
    filled = last.model_copy(update={"result": last.result.model_copy(update={"data": data})})
    lines = list(trace_lines(kept_of(told), [*told.events[:-1], filled], redact=True))
    assert json.loads(lines[-1])["data"] is None
    assert "qzxv" in list(trace_lines(kept_of(told), [*told.events[:-1], filled], redact=False))[-1]


def test_how_code_counted_is_left_out():
    """What code says of its way to an answer may quote the source."""
    told = run(
        "How many lines tell of qzxvjk?", made_to_compute("It tells of qzxvjk.\n" * 40, lambda _: answer("x", 1))
    )
    for line in trace_lines(kept_of(told), told.events, redact=True):
        assert "qzxv" not in line
