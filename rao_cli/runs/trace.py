"""Write a run as a trace, rao.trace/1, one line of JSON at a time; docs/trace-format.md describes it.

Beside what the events say, the lines say what follows from them: which children a decomposition opened, whose
reports were combined, which agent found a place first, and when a call began. The lines are ASCII without control
characters, so they may be shown on a terminal.
"""

import hashlib
import math
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal, TypeVar

from pydantic import AwareDatetime, TypeAdapter, ValidationError

from rao_cli.agent.actions import Absent, Answer, Compute, Delegate, Label, Search
from rao_cli.agent.events import (
    ActionTaken,
    AgentClosed,
    AgentOpened,
    AgentProgress,
    BudgetHit,
    Event,
    ModelCalled,
    RunFinished,
    RunStarted,
)
from rao_cli.agent.records import Citation, Combine, Report
from rao_cli.engine.base import Token
from rao_cli.errors import InputError
from rao_cli.runs import trace_records as records
from rao_cli.runs.records import Kept
from rao_cli.runs.redact import redacted
from rao_cli.runs.trace_records import Header, Line, Step, Trace
from rao_cli.text import one_line

L = TypeVar("L", bound=Line)
_MOMENT: TypeAdapter[datetime] = TypeAdapter(AwareDatetime)
_ACTIONS: TypeAdapter[Any] = TypeAdapter(Answer | Absent | Delegate | Search | Label | Compute)


def trace_lines(kept: Kept, events: Sequence[Event], *, redact: bool) -> Iterator[str]:
    """Yield the lines of a trace of one attempt's events, without line ends; ``redact`` leaves texts out.

    Raises InputError where the record of the run is none that rao wrote, before the first line.
    """
    trace = trace_of(kept, events, redact=redact)
    for line in (trace.header, *trace.steps):
        yield line.model_dump_json(ensure_ascii=True).replace("\x7f", "\\u007f")


def trace_of(kept: Kept, events: Sequence[Event], *, redact: bool) -> Trace:
    """Return the trace of one attempt's events. Raises InputError as ``trace_lines`` does."""
    try:
        header, steps = _header(kept, events, redact=redact), tuple(_Teller(events).steps(events))
        return Trace(redacted(header), tuple(map(redacted, steps))) if redact else Trace(header, steps)
    except ValidationError as error:
        raise InputError(
            f"the run {one_line(kept.run, 80)} cannot be exported: {first_fault(error)}",
            hint="its file is damaged, or was not written by rao",
        ) from error


def first_fault(error: ValidationError) -> str:
    """Say on one line what a record is refused for, without quoting it."""
    fault = error.errors(include_url=False, include_input=False, include_context=False)[0]
    place = ".".join(str(part) for part in fault["loc"])
    return one_line(f"{place}: {fault['msg']}" if place else fault["msg"], 120)


def _header(kept: Kept, events: Iterable[Event], *, redact: bool) -> Header:
    began = next((event for event in events if isinstance(event, RunStarted)), None)
    name, digest = kept.identity.partition(":")[0], hashlib.sha256(kept.identity.encode("utf-8", "replace"))
    return Header(
        redacted=redact,
        run=kept.run,
        version=kept.version,
        started=_MOMENT.validate_python(kept.started),
        task=_taken(records.Asked, kept.task),
        sources=tuple(kept.sources),
        source=_taken(records.Source, began, name=began.document) if began else None,
        model=records.Model(name=name, identity=kept.identity, digest=digest.hexdigest()),
        window=began.window if began else None,
        strategy=began.strategy if began else "",
    )


@dataclass
class _Group:
    """Children that a parent asked for together; ``action`` is None where code asked for labels."""

    event: ActionTaken | None
    action: Delegate | None
    children: list[AgentOpened] = field(default_factory=list)

    @property
    def step(self) -> int:
        return self.event.step if self.event else 0

    @property
    def how(self) -> Combine | Literal["code"]:
        return self.action.combine if self.action else "code"


class _Teller:
    """Turns the events of an attempt into steps; it knows all of them before it tells the first."""

    def __init__(self, events: Iterable[Event]) -> None:
        self._reports: dict[str, Report] = {}
        self._found: dict[tuple[str, str, int, int], str] = {}
        self._calls: dict[str, int] = defaultdict(int)
        self._heard: dict[str, float] = {}
        self._writing: dict[str, float] = {}
        self._children: dict[str, list[str]] = defaultdict(list)
        self._actions: dict[int, Any] = {}
        self._group_of: dict[str, _Group] = {}
        self._groups: dict[int, _Group] = {}
        self._gather(events)

    def _gather(self, events: Iterable[Event]) -> None:
        """Read the actions, and put each child to the decomposition that it is of."""
        latest: dict[str, _Group] = {}
        for event in events:
            if isinstance(event, ActionTaken):
                action = self._actions[id(event)] = _ACTIONS.validate_python(event.action)
                if isinstance(action, Delegate):
                    latest[event.agent] = self._groups[id(event)] = _Group(event, action)
            elif isinstance(event, AgentOpened) and event.parent:
                group = latest.setdefault(event.parent, _Group(None, None))
                group.children.append(event)
                self._group_of[event.agent] = group

    def steps(self, events: Iterable[Event]) -> Iterator[Step]:
        """Yield the steps of each event."""
        for event in events:
            match event:
                case AgentOpened():
                    yield from self._opened(event)
                case AgentProgress():
                    yield self._progress(event)
                case ModelCalled():
                    yield self._called(event)
                case ActionTaken():
                    yield from self._acted(event)
                case AgentClosed():
                    yield from self._closed(event)
                case BudgetHit():
                    yield _taken(records.Refused, event)
                case RunFinished():
                    yield self._finished(event)
                case RunStarted():
                    pass  # in the header

    def _opened(self, event: AgentOpened) -> Iterator[Step]:
        group = self._group_of.get(event.agent)
        if group and not group.action and group.children[0] is event:
            yield _decomposition(event.at, event.parent, group)
        if event.parent:
            self._children[event.parent].append(event.agent)
        given = _taken(records.Given, event.handoff)
        yield _taken(records.Agent, event, parent=event.parent or None, handoff=given)

    def _progress(self, event: AgentProgress) -> Step:
        self._heard.setdefault(event.agent, event.at)
        if event.phase == "writing":
            self._writing.setdefault(event.agent, event.at)
        return _taken(records.Progress, event)

    def _called(self, event: ModelCalled) -> Step:
        self._calls[event.agent] += 1
        request, completion = event.request, event.completion
        return records.Call(
            at=event.at,
            agent=event.agent or None,
            number=self._calls[event.agent],
            started=self._heard.pop(event.agent, None),
            writing=self._writing.pop(event.agent, None),
            messages=tuple(_taken(records.Turn, one) for one in request.messages),
            max_tokens=request.max_tokens,
            grammar=request.grammar,
            stop=request.stop,
            sampling=_taken(records.Chance, request.sampling),
            choices=request.choices,
            output=completion.text,
            tokens=() if completion.choices else _written(completion.tokens),
            weighed=tuple(map(_written, completion.choices)),
            prompt_tokens=completion.prompt_tokens,
            cached_tokens=completion.cached_tokens,
            output_tokens=len(completion.tokens),
            finish=completion.finish,
        )

    def _acted(self, event: ActionTaken) -> Iterator[Step]:
        action = self._actions[id(event)]
        told = {name: getattr(action, name, empty) for name, empty in _NO_FIELDS.items()}
        usage = _taken(records.Cost, event.usage)
        yield _taken(records.Acted, event, kind=action.action, usage=usage, **told)
        group = self._groups.get(id(event))
        if group:
            yield _decomposition(event.at, event.agent, group)

    def _closed(self, event: AgentClosed) -> Iterator[Step]:
        report = self._reports[event.agent] = event.report
        self._finds(event.agent, report.citations)
        yield _taken(
            records.Reported,
            report,
            at=event.at,
            agent=event.agent,
            children=tuple(one for one in self._children[event.agent] if one in self._reports),
            interrupted=report.status == "failed" and report.reason == "interrupted",
            citations=tuple(self._evidence(event.agent, one) for one in report.citations),
            usage=_taken(records.Cost, event.usage),
        )
        group = self._group_of.get(event.agent)
        if group and all(child.agent in self._reports for child in group.children):
            yield self._aggregation(event.at, group)

    def _aggregation(self, at: float, group: _Group) -> Step:
        heard = (_taken(records.Heard, self._reports[one.agent], agent=one.agent) for one in group.children)
        parent = group.children[0].parent
        return records.Aggregation(at=at, agent=parent, step=group.step, combine=group.how, reports=tuple(heard))

    def _finds(self, agent: str, citations: Iterable[Citation]) -> None:
        """Remember for an agent and those above it who below each was first to report a place."""
        for one in citations:
            above = agent
            while above:
                self._found.setdefault((above, one.path, one.start, one.end), agent)
                above = above.rpartition(".")[0]

    def _evidence(self, agent: str, citation: Citation) -> records.Evidence:
        """Return a citation with the agent below that reported its place first."""
        finder = self._found.get((agent, citation.path, citation.start, citation.end))
        return _taken(records.Evidence, citation, found_by=finder)

    def _finished(self, event: RunFinished) -> Step:
        result = event.result
        return _taken(
            records.Result,
            result,
            at=event.at,
            citations=tuple(self._evidence("1", one) for one in result.citations),
            coverage=_taken(records.Reach, result.coverage),
            usage=_taken(records.Cost, result.usage),
        )


_NO_FIELDS: dict[str, Any] = {"answer": "", "cite": (), "pattern": "", "scope": (), "labels": ()}


def _decomposition(at: float, parent: str, group: _Group) -> Step:
    entries = tuple(target.sections for target in group.action.to) if group.action else ()
    return records.Decomposition(
        at=at,
        agent=parent,
        step=group.step,
        by=group.event.by if group.event else "code",
        combine=group.how,
        returns=group.action.returns if group.action else group.children[0].handoff.returns,
        entries=entries,
        children=tuple(records.Child(agent=one.agent, sections=one.handoff.sections) for one in group.children),
        refused=max(0, len(entries) - len(group.children)),
    )


def _written(tokens: Iterable[Token]) -> tuple[records.Written, ...]:
    return tuple(
        records.Written(
            text=one.text,
            logprob=one.logprob if math.isfinite(one.logprob) else None,
            id=one.id if one.id >= 0 else None,
        )
        for one in tokens
    )


def _taken(record: type[L], source: object, /, **more: object) -> L:
    """Return a record of what it has in common with another object, and of ``more``."""
    names = [name for name in record.model_fields if name not in more and hasattr(source, name)]
    return record(**{name: getattr(source, name) for name in names if name != "type"}, **more)
