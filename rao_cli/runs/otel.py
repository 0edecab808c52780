"""Write a run as OpenTelemetry spans with the conventions for generative AI, as one object of OTLP/JSON.

A span for the run (``invoke_workflow``), one for each agent (``invoke_agent``) below the agent that delegated to
it, and one for each call of the model (``chat``) below its agent; actions, decompositions, aggregations and limits
are events of their agent's span. What no convention names stands under ``rao.``. Times are those of the machine at
the start of the run and the seconds since; after a resumption they are as if the last attempt had begun then.

The conventions: https://github.com/open-telemetry/semantic-conventions-genai (in development, read 2026-11).
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from hashlib import blake2b
from typing import Any

from rao_cli.agent.events import Event
from rao_cli.runs.records import Kept
from rao_cli.runs.trace import trace_of
from rao_cli.runs.trace_records import (
    Acted,
    Agent,
    Aggregation,
    Call,
    Decomposition,
    Header,
    Refused,
    Reported,
    Result,
    Step,
    Turn,
)

INTERNAL = 1
"""The kind of a span whose work was done in the same process."""
ERROR = 2

Json = dict[str, Any]


def otel_json(kept: Kept, events: Sequence[Event], *, redact: bool) -> str:
    """Return one attempt's events as OTLP/JSON on one line, in ASCII; raises InputError as ``trace_lines``."""
    trace = trace_of(kept, events, redact=redact)
    header, spans = trace.header, _Spans(trace.header).of(trace.steps)
    scope = {"scope": {"name": "rao", "version": header.version}, "spans": spans}
    resource = {"attributes": _attributes({"service.name": "rao", "service.version": header.version})}
    text = json.dumps({"resourceSpans": [{"resource": resource, "scopeSpans": [scope]}]}, separators=(",", ":"))
    return text.replace("\x7f", "\\u007f")


class _Spans:
    """Makes the spans of one run."""

    def __init__(self, header: Header) -> None:
        self._header = header
        self._began = int(header.started.timestamp()) * 1_000_000_000 + header.started.microsecond * 1_000
        self._end = 0.0
        self._always = {"gen_ai.provider.name": "rao", "gen_ai.conversation.id": header.run}
        if header.model.name:
            self._always["gen_ai.request.model"] = header.model.name

    def of(self, steps: Sequence[Step]) -> list[Json]:
        """Return all spans: the run's first, then those of agents and calls in the order in which they began."""
        self._end = max((step.at for step in steps), default=0.0)
        reports = {step.agent: step for step in steps if isinstance(step, Reported)}
        spans = [self._run(next((step for step in steps if isinstance(step, Result)), None))]
        agents: dict[str, Json] = {}
        for step in steps:
            if isinstance(step, Agent):
                agents[step.agent] = self._agent(step, reports.get(step.agent))
                spans.append(agents[step.agent])
            elif isinstance(step, Call):
                spans.append(self._call(step))
            elif isinstance(step, Acted | Decomposition | Aggregation | Refused):
                agents.get(step.agent, spans[0])["events"].append(self._event(step))
        return spans

    def _run(self, result: Result | None) -> Json:
        header = self._header
        task = f"rao {header.task.kind}"
        told: dict[str, object] = {
            "gen_ai.operation.name": "invoke_workflow",
            "gen_ai.workflow.name": task,
            "rao.source.digest": header.source.digest if header.source else None,
            "rao.model.digest": header.model.digest,
            "gen_ai.input.messages": _messages("user", header.task.question),
        }
        if result:
            told |= {
                **_cost(result.usage),
                "gen_ai.output.messages": _messages("assistant", result.answer),
                "rao.status": result.status,
                "rao.verified": result.verified,
                "rao.confidence": result.confidence,
                "rao.limits_hit": result.limits_hit,
                **{f"rao.coverage.{name}": value for name, value in result.coverage},
                **_evidence(result),
            }
        span = self._span("run", "", f"invoke_workflow {task}", 0.0, self._end, told)
        return _failed(span, "interrupted" if result is None else result.status == "failed" and "failed")

    def _agent(self, step: Agent, report: Reported | None) -> Json:
        told: dict[str, object] = {
            "gen_ai.operation.name": "invoke_agent",
            "gen_ai.agent.id": step.agent,
            "gen_ai.agent.name": step.agent,
            "gen_ai.agent.version": self._header.version,
            "gen_ai.input.messages": _messages("user", step.handoff.goal),
            "rao.depth": step.depth,
            "rao.view": step.view,
            "rao.location": step.location,
            "rao.handoff.sections": step.handoff.sections,
            "rao.handoff.returns": step.handoff.returns,
        }
        if report:
            told |= {
                **_cost(report.usage),
                "gen_ai.output.messages": _messages("assistant", report.answer),
                "rao.status": report.status,
                "rao.verified": report.verified,
                "rao.confidence": report.confidence,
                "rao.reason": report.reason,
                **_evidence(report),
            }
        above = f"agent {step.parent}" if step.parent else "run"
        end = report.at if report else self._end
        span = self._span(f"agent {step.agent}", above, f"invoke_agent {step.agent}", step.at, end, told)
        if report is None or report.interrupted:
            return _failed(span, "interrupted")
        return _failed(span, report.status == "failed" and "failed")

    def _call(self, step: Call) -> Json:
        told: dict[str, object] = {
            "gen_ai.operation.name": "chat",
            "gen_ai.agent.id": step.agent,
            "gen_ai.request.max_tokens": step.max_tokens,
            "gen_ai.request.temperature": step.sampling.temperature,
            "gen_ai.request.top_p": step.sampling.top_p,
            "gen_ai.request.seed": step.sampling.seed,
            "gen_ai.response.finish_reasons": (step.finish,),
            "gen_ai.usage.input_tokens": step.prompt_tokens,
            "gen_ai.usage.output_tokens": step.output_tokens,
            "gen_ai.usage.cache_read.input_tokens": step.cached_tokens,
            "gen_ai.input.messages": _prompt(step.messages),
            "gen_ai.output.messages": _messages("assistant", step.output, step.finish),
        }
        name, above = f"call {step.agent or ''} {step.number}", f"agent {step.agent}" if step.agent else "run"
        begin = step.at if step.started is None else min(step.started, step.at)
        return self._span(
            name, above, " ".join(filter(None, ("chat", self._header.model.name))), begin, step.at, told
        )

    def _span(self, key: str, above: str, name: str, begin: float, end: float, told: Mapping[str, object]) -> Json:
        run = self._header.run
        parent = {"parentSpanId": _id(8, run, above)} if above else {}
        return {
            "traceId": _id(16, run, "run"),
            "spanId": _id(8, run, key),
            **parent,
            "name": name,
            "kind": INTERNAL,
            "startTimeUnixNano": self._time(begin),
            "endTimeUnixNano": self._time(max(begin, end)),
            "attributes": _attributes({**self._always, **told}),
            "events": [],
        }

    def _event(self, step: Acted | Decomposition | Aggregation | Refused) -> Json:
        told: dict[str, object]
        match step:
            case Acted():
                told = {"kind": step.kind, "step": step.step, "by": step.by, "cite": step.cite}
            case Decomposition():
                children = tuple(child.agent for child in step.children)
                told = {"step": step.step, "by": step.by, "combine": step.combine, "children": children}
                told["refused"] = step.refused
            case Aggregation():
                told = {"step": step.step, "combine": step.combine}
                told |= {"reports": tuple(f"{one.agent} {one.status}" for one in step.reports)}
            case Refused():
                told = {"limit": step.limit, "message": step.message}
        attributes = _attributes({f"rao.{name}": value for name, value in told.items()})
        return {"timeUnixNano": self._time(step.at), "name": f"rao.{step.type}", "attributes": attributes}

    def _time(self, at: float) -> str:
        return str(self._began + round(at * 1_000_000) * 1_000)


def _id(size: int, run: str, key: str) -> str:
    return blake2b(f"{run}\n{key}".encode(), digest_size=size).hexdigest()


def _failed(span: Json, error: str | bool) -> Json:
    """Mark a span as failed where there is an error to name."""
    if error:
        span["status"] = {"code": ERROR}
        span["attributes"] += _attributes({"error.type": error})
    return span


def _cost(usage: Any) -> dict[str, object]:
    return {
        "gen_ai.usage.input_tokens": usage.prompt_tokens,
        "gen_ai.usage.output_tokens": usage.output_tokens,
        "gen_ai.usage.cache_read.input_tokens": usage.cached_tokens,
    }


def _evidence(told: Reported | Result) -> dict[str, object]:
    """Return where the answer stands: as people write it where that is known, and by offsets."""
    places = tuple(one.label for one in told.citations if one.label is not None)
    spans = tuple(f"{one.start}-{one.end}" for one in told.citations)
    return {"rao.citations": places, "rao.citation.spans": spans}


def _messages(role: str, text: str | None, finish: str = "") -> str | None:
    """Return one message as the conventions write it, as JSON in a string; None for no text."""
    if not text:
        return None
    ended = {"finish_reason": finish} if finish else {}
    return json.dumps([{"role": role, "parts": [{"type": "text", "content": text}], **ended}])


def _prompt(turns: Iterable[Turn]) -> str | None:
    told = [
        {
            "role": turn.role,
            "parts": [{"type": "text", "content": part} for part in turn.parts if part is not None],
        }
        for turn in turns
    ]
    return json.dumps(told) if any(turn["parts"] for turn in told) else None


def _attributes(values: Mapping[str, object]) -> list[Json]:
    """Return attributes, without those that are not known."""
    return [{"key": name, "value": _value(value)} for name, value in values.items() if value is not None]


def _value(value: object) -> Json:
    if isinstance(value, bool):
        return {"boolValue": value}
    if isinstance(value, int):
        return {"intValue": str(value)}
    if isinstance(value, float):
        return {"doubleValue": value}
    if isinstance(value, tuple):
        return {"arrayValue": {"values": [_value(inner) for inner in value]}}
    return {"stringValue": str(value)}
