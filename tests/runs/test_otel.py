"""Spans of a run, as the official protocol package reads them."""

import base64
import json
from datetime import UTC, datetime

import pytest
from google.protobuf import json_format
from opentelemetry.proto.trace.v1.trace_pb2 import Span, Status, TracesData

from rao_cli.agent.events import AgentClosed, ModelCalled
from rao_cli.errors import InputError
from rao_cli.runs.otel import otel_json
from tests.runs.tracing import KINDS, kept_of, ran

IDS = ("traceId", "spanId", "parentSpanId")
BEGAN = int(datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC).timestamp()) * 10**9


def parsed(text):
    """Read OTLP/JSON with the official package; its ids are hexadecimal, where protobuf's JSON has base64."""
    data = json.loads(text)
    for span in data["resourceSpans"][0]["scopeSpans"][0]["spans"]:
        for name in IDS:
            if name in span:
                span[name] = base64.b64encode(bytes.fromhex(span[name])).decode()
    return json_format.ParseDict(data, TracesData(), ignore_unknown_fields=False)


def spans_of(told, *, redact=False, **changes):
    """Return the spans of a run's events."""
    text = otel_json(kept_of(told, **changes), told.events, redact=redact)
    (resource,) = parsed(text).resource_spans
    (scope,) = resource.scope_spans
    return list(scope.spans)


def plain(value):
    """Return the value of an attribute."""
    if value.WhichOneof("value") == "array_value":
        return [plain(inner) for inner in value.array_value.values]
    return getattr(value, value.WhichOneof("value"))


def attributes(span):
    """Return the attributes of a span or event by name."""
    return {one.key: plain(one.value) for one in span.attributes}


def named(spans, operation):
    """Return the spans of one operation by agent, or by agent and number."""
    return [span for span in spans if attributes(span)["gen_ai.operation.name"] == operation]


@pytest.mark.parametrize("redact", [False, True])
@pytest.mark.parametrize("kind", KINDS)
def test_the_protocol_reads_every_kind_of_run(kind, redact):
    """Each kind of run, redacted or not, is what the official package takes for traces, with no field unknown."""
    spans = spans_of(ran(kind), redact=redact)
    assert all(len(span.trace_id) == 16 and len(span.span_id) == 8 for span in spans)
    assert len({span.span_id for span in spans}) == len(spans)
    assert len({span.trace_id for span in spans}) == 1
    assert all(span.kind == Span.SPAN_KIND_INTERNAL for span in spans)


@pytest.mark.parametrize("kind", KINDS)
def test_parents_are_the_delegation_tree(kind):
    """The run's span is the root; an agent's hangs below the agent that delegated, a call's below its agent's."""
    spans = spans_of(ran(kind))
    (root,) = [span for span in spans if not span.parent_span_id]
    assert attributes(root)["gen_ai.operation.name"] == "invoke_workflow"
    agents = {attributes(span)["gen_ai.agent.id"]: span for span in named(spans, "invoke_agent")}
    for name, span in agents.items():
        above = agents[name.rpartition(".")[0]] if "." in name else root
        assert span.parent_span_id == above.span_id
    for span in named(spans, "chat"):
        assert span.parent_span_id == agents[attributes(span)["gen_ai.agent.id"]].span_id
    calls = [event for event in ran(kind).events if isinstance(event, ModelCalled)]
    assert len(named(spans, "chat")) == len(calls)


def test_a_call_of_the_run_hangs_below_it():
    """What no agent asked for is a span directly below the run's, without an agent."""
    told = ran("one agent")
    own = [e.model_copy(update={"agent": ""}) if isinstance(e, ModelCalled) else e for e in told.events]
    (resource,) = parsed(otel_json(kept_of(told), own, redact=False)).resource_spans
    spans = list(resource.scope_spans[0].spans)
    (call,) = named(spans, "chat")
    assert call.parent_span_id == spans[0].span_id
    assert "gen_ai.agent.id" not in attributes(call)


@pytest.mark.parametrize("kind", KINDS)
def test_times_are_those_of_the_run(kind):
    """The run begins when it was started; every span, with its events, lies within its parent's."""
    spans = spans_of(ran(kind))
    by_id = {span.span_id: span for span in spans}
    assert spans[0].start_time_unix_nano == BEGAN
    for span in spans:
        assert span.start_time_unix_nano <= span.end_time_unix_nano
        if span.parent_span_id:
            above = by_id[span.parent_span_id]
            assert above.start_time_unix_nano <= span.start_time_unix_nano
            assert span.end_time_unix_nano <= above.end_time_unix_nano
        for event in span.events:
            assert span.start_time_unix_nano <= event.time_unix_nano <= span.end_time_unix_nano


def test_seconds_are_exact_to_the_microsecond():
    """An agent that closed 1.2345 seconds after the start ends at that very time."""
    told = ran("one agent")
    late = [e.model_copy(update={"at": 1.2345}) if isinstance(e, AgentClosed) else e for e in told.events[:-1]]
    (resource,) = parsed(otel_json(kept_of(told), late, redact=False)).resource_spans
    (agent,) = named(resource.scope_spans[0].spans, "invoke_agent")
    assert agent.end_time_unix_nano == BEGAN + 1_234_500_000


def test_a_call_says_what_it_cost():
    """Tokens in, out and from the cache, model, limits and finish are named as the conventions name them."""
    told = ran("found")
    call = next(event for event in told.events if isinstance(event, ModelCalled))
    given = attributes(named(spans_of(told), "chat")[0])
    assert given["gen_ai.usage.input_tokens"] == call.completion.prompt_tokens
    assert given["gen_ai.usage.output_tokens"] == len(call.completion.tokens)
    assert given["gen_ai.usage.cache_read.input_tokens"] == call.completion.cached_tokens
    assert given["gen_ai.request.model"] == "tiny.gguf"
    assert given["gen_ai.request.max_tokens"] == call.request.max_tokens
    assert given["gen_ai.request.temperature"] == 0.0
    assert given["gen_ai.response.finish_reasons"] == ["stop"]
    assert given["gen_ai.conversation.id"] == told.result.run
    assert named(spans_of(told), "chat")[0].name == "chat tiny.gguf"


def test_messages_have_the_form_of_the_conventions():
    """Prompt and output are lists of messages, each with a role and parts of text."""
    told = ran("found")
    call = next(event for event in told.events if isinstance(event, ModelCalled))
    given = attributes(named(spans_of(told), "chat")[0])
    prompt = json.loads(given["gen_ai.input.messages"])
    assert [one["role"] for one in prompt] == [one.role for one in call.request.messages]
    parts = [part for one in prompt for part in one["parts"]]
    assert [part["content"] for part in parts] == [part for one in call.request.messages for part in one.parts]
    assert {part["type"] for part in parts} == {"text"}
    (output,) = json.loads(given["gen_ai.output.messages"])
    assert output["parts"] == [{"type": "text", "content": call.completion.text}]
    assert (output["role"], output["finish_reason"]) == ("assistant", "stop")


def test_an_agent_says_what_it_was_told_and_answered():
    """Handoff and report stand on the agent's span, with what it cost."""
    told = ran("found")
    spans = named(spans_of(told), "invoke_agent")
    leaf = next(span for span in spans if attributes(span)["rao.status"] == "found" and span is not spans[0])
    given = attributes(leaf)
    (goal,) = json.loads(given["gen_ai.input.messages"])
    assert goal["parts"][0]["content"] == "Which line tells of 77?"
    assert "Line 77" in given["gen_ai.output.messages"]
    assert given["rao.handoff.sections"]
    assert given["rao.citations"] == ["notes.txt:93"]
    assert (given["rao.depth"], given["rao.view"], given["rao.verified"]) == (1, "text", True)


def test_steps_are_events_of_the_agent():
    """Decomposition and aggregation stand on the parent's span with its children, actions on who took them."""
    (root, *_) = named(spans_of(ran("found")), "invoke_agent")
    names = [event.name for event in root.events]
    assert names == ["rao.action", "rao.decomposition", "rao.aggregation", "rao.action"]
    split, summed = attributes(root.events[1]), attributes(root.events[2])
    opened = [event.agent for event in ran("found").events if event.type == "agent_opened" and event.parent]
    assert split["rao.children"] == opened
    assert [one.split()[0] for one in summed["rao.reports"]] == split["rao.children"]
    assert split["rao.combine"] == "best"


def test_a_limit_is_an_event():
    """A limit that was reached is told where it stopped a step."""
    (root, *_) = named(spans_of(ran("limited")), "invoke_agent")
    assert "agents" in {attributes(event).get("rao.limit") for event in root.events}


@pytest.mark.parametrize(
    ("status", "reason", "error"), [("failed", "broken", "failed"), ("failed", "interrupted", "interrupted")]
)
def test_a_failed_agent_has_an_error(status, reason, error):
    """A report that failed, and one of an agent that was stopped, make the span an error with its type."""
    told = ran("one agent")
    events = [
        e.model_copy(update={"report": e.report.model_copy(update={"status": status, "reason": reason})})
        if isinstance(e, AgentClosed)
        else e
        for e in told.events
    ]
    (resource,) = parsed(otel_json(kept_of(told), events, redact=False)).resource_spans
    (agent,) = named(resource.scope_spans[0].spans, "invoke_agent")
    assert agent.status.code == Status.STATUS_CODE_ERROR
    assert attributes(agent)["error.type"] == error


def test_a_run_that_was_killed_is_an_error():
    """Without reports and result, spans end with the last thing that is known and say interrupted."""
    told = ran("found")
    cut = told.events[: len(told.events) // 2]
    (resource,) = parsed(otel_json(kept_of(told), cut, redact=False)).resource_spans
    spans = list(resource.scope_spans[0].spans)
    assert attributes(spans[0])["error.type"] == "interrupted"
    assert {attributes(span).get("error.type") for span in named(spans, "invoke_agent")} >= {"interrupted"}
    assert max(span.end_time_unix_nano for span in spans) == spans[0].end_time_unix_nano


def test_an_absent_answer_is_no_error():
    """That the source does not hold the answer is a result like any other."""
    assert {span.status.code for span in spans_of(ran("absent"))} == {Status.STATUS_CODE_UNSET}


def test_redacted_spans_hold_no_text():
    """Messages, places, reasons and the model's name are left out; costs, spans and digests stay."""
    told = ran("found")
    text = otel_json(kept_of(told), told.events, redact=True)
    assert "Line" not in text
    assert "notes.txt" not in text
    assert "tiny.gguf" not in text
    spans = spans_of(told, redact=True)
    names = {name for span in spans for name in attributes(span)}
    assert not names & {"gen_ai.input.messages", "gen_ai.output.messages", "gen_ai.request.model", "rao.reason"}
    assert {"gen_ai.usage.input_tokens", "rao.citation.spans", "rao.source.digest", "rao.model.digest"} <= names


def test_the_service_is_named():
    """Viewers group by service: it is rao, in the version that began the run."""
    (resource,) = parsed(otel_json(kept_of(ran("found")), ran("found").events, redact=False)).resource_spans
    assert attributes(resource.resource) == {"service.name": "rao", "service.version": "1.2.3"}
    assert (resource.scope_spans[0].scope.name, resource.scope_spans[0].scope.version) == ("rao", "1.2.3")


def test_ids_are_the_same_every_time():
    """Exporting a run twice gives the same spans, so that a viewer does not show it twice."""
    told = ran("found")
    assert otel_json(kept_of(told), told.events, redact=False) == otel_json(
        kept_of(told), told.events, redact=False
    )


@pytest.mark.parametrize("hostile", ["\x1b[2J", "\x9b", "\x7f", "\u2028", "</script>", "\udcff"])
def test_spans_can_be_shown_on_a_terminal(hostile):
    """Whatever stands in a text, the line is printable ASCII that the protocol reads."""
    told = ran("one agent")
    text = otel_json(kept_of(told, identity=f"{hostile}:x"), told.events, redact=False)
    assert text.isascii()
    assert text.isprintable()
    assert parsed(text)


def test_a_record_that_rao_did_not_write_is_refused():
    """A run with an id of another form is not exported."""
    with pytest.raises(InputError, match="cannot be exported"):
        otel_json(kept_of(ran("one agent"), run="a b"), ran("one agent").events, redact=False)
