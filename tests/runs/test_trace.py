"""What a trace says of a run, and that docs/trace.schema.json describes it."""

import json
from collections import Counter
from dataclasses import replace

import jsonschema
import pytest

from rao_cli.agent.events import AgentClosed, AgentOpened, AgentProgress, ModelCalled, RunFinished, RunStarted
from rao_cli.agent.records import Task
from rao_cli.engine.base import Token
from rao_cli.errors import InputError
from rao_cli.runs.trace import trace_lines, trace_of
from rao_cli.runs.trace_reading import file_lines, read_trace
from rao_cli.runs.trace_records import Decomposition, Reported, trace_schema
from tests.checkout import ROOT
from tests.runs.tracing import KINDS, kept_of, ran

WRITE = "import json; from rao_cli.runs.trace_records import *; print(json.dumps(trace_schema(), indent=1))"


def lines_of(kind, *, redact=False):
    """Return the lines of the trace of a run of a kind, read as plain JSON."""
    told = ran(kind)
    return [json.loads(line) for line in trace_lines(kept_of(told), told.events, redact=redact)]


def only(lines, kind):
    """Return the lines of one type."""
    return [line for line in lines if line["type"] == kind]


def changed(event, **changes):
    """Return a call of the model with another completion."""
    return event.model_copy(update={"completion": replace(event.completion, **changes)})


def test_the_schema_in_the_docs_is_that_of_the_records():
    """docs/trace.schema.json is what the records say today."""
    written = json.loads((ROOT / "docs" / "trace.schema.json").read_text("utf-8"))
    assert written == json.loads(json.dumps(trace_schema())), f"write it anew with: {WRITE}"


def test_the_schema_is_one():
    """What is written in the docs is itself a correct JSON Schema."""
    jsonschema.Draft202012Validator.check_schema(trace_schema())


@pytest.mark.parametrize("redact", [False, True])
@pytest.mark.parametrize("kind", KINDS)
def test_real_traces_follow_the_schema(kind, redact):
    """Every line of a run of every kind is valid under the schema, redacted or not."""
    validator = jsonschema.Draft202012Validator(trace_schema())
    for line in lines_of(kind, redact=redact):
        validator.validate(line)


@pytest.mark.parametrize("change", [{"type": "other"}, {"at": -1}, {"agent": "one"}, {"more": 1}, {"depth": "0"}])
def test_the_schema_refuses_what_is_no_line(change):
    """Another type, another form of a field and a field too many are not valid."""
    line = only(lines_of("found"), "agent")[0] | change
    assert not jsonschema.Draft202012Validator(trace_schema()).is_valid(line)


@pytest.mark.parametrize("kind", KINDS)
def test_each_event_has_its_line(kind):
    """Events become lines one to one, but for the first, which the header tells of."""
    told, lines = ran(kind), Counter(line["type"] for line in lines_of(kind))
    events = Counter(event.type for event in told.events)
    names = {
        "agent_opened": "agent",
        "agent_progress": "progress",
        "model_called": "call",
        "action_taken": "action",
    }
    names |= {"agent_closed": "report", "budget_hit": "limit", "run_finished": "result", "run_started": "header"}
    assert {names[name]: count for name, count in events.items()} == {
        name: count for name, count in lines.items() if name not in ("decomposition", "aggregation")
    }


@pytest.mark.parametrize("kind", KINDS)
def test_no_text_of_an_event_is_lost(kind):
    """What the model was shown and wrote, and what every agent answered, stands in the trace unchanged."""
    told, lines = ran(kind), lines_of(kind)
    calls = [event for event in told.events if isinstance(event, ModelCalled)]
    assert [line["output"] for line in only(lines, "call")] == [call.completion.text for call in calls]
    shown = [[part for turn in line["messages"] for part in turn["parts"]] for line in only(lines, "call")]
    assert shown == [[part for one in call.request.messages for part in one.parts] for call in calls]
    closed = [event.report.answer for event in told.events if isinstance(event, AgentClosed)]
    assert [line["answer"] for line in only(lines, "report")] == closed
    assert only(lines, "result")[0]["answer"] == told.result.answer


def test_the_header_says_what_was_asked_of_what():
    """The first line names schema, run, task, sources, version, start, model, digest of the source and window."""
    told = ran("found")
    header, started = lines_of("found")[0], told.events[0]
    assert (header["schema"], header["redacted"], header["run"]) == ("rao.trace/1", False, told.result.run)
    assert header["task"]["question"] == "Which line tells of 77?"
    assert (header["sources"], header["version"]) == (["notes.txt"], "1.2.3")
    assert header["started"] == "2026-01-02T03:04:05Z"
    assert (header["model"]["name"], header["model"]["identity"]) == ("tiny.gguf", "tiny.gguf:123:abc")
    assert (header["source"]["digest"], header["window"]) == (started.digest, started.window)


def test_a_run_stopped_before_it_read_has_a_header():
    """Without a first event the trace still says what was asked; what was not known is null."""
    (line,) = trace_lines(kept_of(ran("found")), [], redact=False)
    header = json.loads(line)
    assert (header["source"], header["window"]) == (None, None)
    assert header["task"]["question"] == "Which line tells of 77?"


def test_a_decomposition_names_its_children():
    """It says who handed which sections to whom, by which numbers of the outline and with what combine."""
    lines = lines_of("found")
    (split,) = only(lines, "decomposition")
    agents = {line["agent"]: line for line in only(lines, "agent")}
    assert (split["agent"], split["step"], split["by"], split["combine"]) == ("1", 1, "model", "best")
    assert [child["agent"] for child in split["children"]] == [name for name in agents if name != "1"]
    for child, entries in zip(split["children"], split["entries"], strict=True):
        assert child["sections"] == agents[child["agent"]]["handoff"]["sections"]
        assert len(entries) == len(child["sections"])
    assert split["refused"] == 0


def test_refused_children_are_counted():
    """Where a limit lets fewer children be opened than were asked for, the rest is counted."""
    lines = lines_of("limited")
    (split,) = only(lines, "decomposition")
    assert len(split["children"]) + split["refused"] == len(split["entries"])
    assert split["refused"] == len(only(lines, "limit")) > 0


def test_labelling_is_a_decomposition_by_code():
    """Children that label records for code stand in one, and what they said is combined by code."""
    lines = lines_of("labelled")
    (split,), (sum_,) = only(lines, "decomposition"), only(lines, "aggregation")
    assert (split["by"], split["combine"], sum_["combine"]) == ("code", "code", "code")
    labelled = [line for line in only(lines, "action") if line["kind"] == "label"]
    assert {line["agent"] for line in labelled} == {child["agent"] for child in split["children"]}
    assert sum(len(line["labels"]) for line in labelled) == 60


@pytest.mark.parametrize("kind", KINDS)
def test_an_aggregation_follows_the_last_report(kind):
    """It stands behind the last report of its children and repeats their status and confidence."""
    lines = lines_of(kind)
    for index, line in enumerate(lines):
        if line["type"] == "aggregation":
            before = {one["agent"]: one for one in only(lines[:index], "report")}
            assert lines[index - 1]["agent"] in {one["agent"] for one in line["reports"]}
            for one in line["reports"]:
                assert {name: before[one["agent"]][name] for name in one} == one
    assert len(only(lines, "aggregation")) == len(only(lines, "decomposition"))


def test_evidence_names_who_found_it():
    """A place in the final answer carries the leaf that read it, not the agents that handed it up."""
    lines = lines_of("found")
    (place,) = only(lines, "result")[0]["citations"]
    (leaf,) = [line for line in only(lines, "report") if line["status"] == "found" and line["agent"] != "1"]
    assert place["found_by"] == leaf["agent"]
    (given,) = [line["spans"] for line in only(lines, "agent") if line["agent"] == leaf["agent"]]
    assert given[0][0] <= place["start"] < place["end"] <= given[-1][1]


def test_evidence_on_pages_has_its_page():
    """A place in a paged source has the page's number."""
    (place,) = only(lines_of("paged"), "result")[0]["citations"]
    assert (place["first_page"], place["last_page"], place["unit"]) == (9, 9, "page")


def test_a_place_of_a_sibling_is_not_borrowed():
    """Two agents side by side that report the same place each found it themselves."""
    told = ran("found")
    closed = next(e for e in told.events if isinstance(e, AgentClosed) and e.report.citations and e.agent != "1")
    twin = closed.model_copy(update={"agent": "1.9"})
    steps = trace_of(kept_of(told), [told.events[0], closed, twin], redact=False).steps
    assert [step.citations[0].found_by for step in steps] == [closed.agent, "1.9"]


def test_a_report_names_the_children_that_were_heard():
    """The root's report lists its children, a leaf's none."""
    reports = {line["agent"]: line["children"] for line in only(lines_of("found"), "report")}
    assert reports["1"] == [name for name in reports if name != "1"]
    assert all(not children for name, children in reports.items() if name != "1")


@pytest.mark.parametrize("kind", KINDS)
def test_a_call_says_when_it_began(kind):
    """A call begins when its agent was first heard of after the one before, and ends where it stands.

    Of several calls that one agent makes at once only one is known to have begun.
    """
    lines = lines_of(kind)
    for call in only(lines, "call"):
        heard = [line["at"] for line in only(lines, "progress") if line["agent"] == call["agent"]]
        assert call["started"] in heard or (call["started"] is None and kind == "labelled")
        assert (call["started"] or 0.0) <= (call["writing"] or call["at"]) <= call["at"]


def test_calls_are_numbered():
    """The calls of an agent count from one, those of the run itself by themselves."""
    told = ran("found")
    own = [event.model_copy(update={"agent": ""}) for event in told.events if isinstance(event, ModelCalled)][:2]
    lines = [json.loads(line) for line in trace_lines(kept_of(told), [*told.events[:-1], *own], redact=False)]
    calls = [(line["agent"], line["number"]) for line in only(lines, "call")]
    assert [number for name, number in calls if name == "1"] == [1, 2]
    assert calls[-2:] == [(None, 1), (None, 2)]


def test_tokens_have_their_probabilities():
    """Each token of a call stands with its text and log-probability; together they are the output."""
    call = only(lines_of("found"), "call")[0]
    assert "".join(token["text"] for token in call["tokens"]) == call["output"]
    assert {token["logprob"] for token in call["tokens"]} == {-0.1}
    assert call["output_tokens"] == len(call["tokens"])


def test_weighed_choices_stand_once():
    """Where choices were weighed, their tokens stand with each choice and not a second time as output."""
    calls = [line for line in only(lines_of("labelled"), "call") if line["choices"]]
    assert calls
    for call in calls:
        assert (call["tokens"], len(call["weighed"])) == ([], len(call["choices"]))
        assert call["output_tokens"] == sum(map(len, call["weighed"]))
        for choice, tokens in zip(call["choices"], call["weighed"], strict=True):
            assert "".join(token["text"] for token in tokens) == choice


def test_the_example_in_the_docs_is_a_trace():
    """docs/examples/trace.jsonl is a whole trace that reads and follows the schema."""
    validator = jsonschema.Draft202012Validator(trace_schema())
    with (ROOT / "docs" / "examples" / "trace.jsonl").open(encoding="utf-8") as file:
        lines = list(file_lines(file))
    assert {step.type for step in read_trace(lines).steps} >= {"decomposition", "aggregation", "report", "result"}
    for line in lines:
        validator.validate(json.loads(line))


def test_what_is_not_finite_is_null():
    """A log-probability that JSON cannot hold, and a number that is not known, are null."""
    told = ran("one agent")
    call = next(event for event in told.events if isinstance(event, ModelCalled))
    strange = changed(call, tokens=(Token("a", float("-inf"), 7), Token("b", -1.0)))
    (step,) = trace_of(kept_of(told), [strange], redact=False).steps
    assert [(token.logprob, token.id) for token in step.tokens] == [(None, 7), (-1.0, None)]


def test_an_interrupted_agent_says_so():
    """An agent that was stopped with its run is marked, also where its reason is left out."""
    told = ran("one agent")
    closed = next(event for event in told.events if isinstance(event, AgentClosed))
    report = closed.report.model_copy(update={"status": "failed", "reason": "interrupted"})
    stopped = closed.model_copy(update={"report": report})
    (step,) = trace_of(kept_of(told), [stopped], redact=True).steps
    assert isinstance(step, Reported)
    assert (step.interrupted, step.reason) == (True, None)


def test_a_run_with_gaps_is_told_as_far_as_it_goes():
    """Whatever events damage took, the rest is written, and no line is made up."""
    told = ran("found")
    for gone in (RunStarted, AgentOpened, AgentProgress, ModelCalled, AgentClosed, RunFinished):
        left = [event for event in told.events if not isinstance(event, gone)]
        lines = list(trace_lines(kept_of(told), left, redact=False))
        assert len(lines) >= len(left) - isinstance(left[0], RunStarted) + 1


def test_no_aggregation_before_all_have_reported():
    """A run that was killed while children worked tells of no aggregation."""
    told = ran("found")
    first = next(at for at, event in enumerate(told.events) if isinstance(event, AgentClosed))
    steps = trace_of(kept_of(told), told.events[: first + 1], redact=False).steps
    assert any(isinstance(step, Decomposition) for step in steps)
    assert steps[-1].type == "report"


@pytest.mark.parametrize("hostile", ["\x1b[2J", "\x9b31m", "\x7f", "\u2028", "\u202e", "\udcff", "a\nb"])
def test_lines_can_be_shown_on_a_terminal(hostile):
    """Whatever stands in a text, a line is printable ASCII, and JSON gives the text back."""
    told = ran("one agent")
    kept = kept_of(told, sources=(hostile,), task=Task(question=f"{hostile}?"))
    line = next(trace_lines(kept, told.events, redact=False))
    assert line.isascii()
    assert line.isprintable()
    expected = hostile.encode("utf-8", "replace").decode()
    assert json.loads(line)["sources"] == [expected]


@pytest.mark.parametrize(
    "changes",
    [
        {"run": "../../etc"},
        {"started": "yesterday"},
        {"started": "2026-01-02T03:04:05"},
        {"version": "1 <script>"},
    ],
)
def test_a_record_that_rao_did_not_write_is_refused(changes):
    """A run whose record has an id, time or version of another form is not exported; the reason is one line."""
    with pytest.raises(InputError, match="cannot be exported") as refused:
        next(trace_lines(kept_of(ran("one agent"), **changes), ran("one agent").events, redact=False))
    assert refused.value.message.isprintable()


def test_an_action_that_is_none_is_refused():
    """A stored action of no known kind is not written into a trace."""
    told = ran("one agent")
    odd = [
        event.model_copy(update={"action": {"action": "rm"}}) if event.type == "action_taken" else event
        for event in told.events
    ]
    with pytest.raises(InputError, match="cannot be exported"):
        list(trace_lines(kept_of(told), odd, redact=False))
