"""Read a trace that somebody else may have written: strictly, and within limits on its size and depth.

What comes back has the form of docs/trace.schema.json and hangs together: the header is first and the result last,
each agent is opened once and reports once, an agent's id says whose child it is, spans do not run backwards, and a
trace that calls itself redacted holds no text. Lines may be missing in between, since a damaged run has gaps.
"""

from collections.abc import Iterable, Iterator
from typing import TextIO

from pydantic import ValidationError

from rao_cli.errors import InputError
from rao_cli.runs.redact import redacted
from rao_cli.runs.trace import first_fault
from rao_cli.runs.trace_records import (
    SCHEMA,
    Agent,
    Aggregation,
    Decomposition,
    Evidence,
    Header,
    Reported,
    Result,
    Step,
    Trace,
    TypedStep,
)

LONGEST_LINE = 16 << 20
"""Characters of a line."""
LONGEST_TRACE = 256 << 20
"""Characters of all lines together."""


def file_lines(file: TextIO) -> Iterator[str]:
    """Yield the lines of a file, one that is too long as far as it takes to be refused for it."""
    while line := file.readline(LONGEST_LINE + 1):
        yield line


def read_trace(lines: Iterable[str]) -> Trace:
    """Read a trace from its lines. Raises InputError, which names the line, for anything that is none."""
    header: Header | None = None
    steps: list[Step] = []
    checks, total = _Checks(), 0
    for number, line in enumerate(lines, start=1):
        total += len(line)
        if len(line) > LONGEST_LINE or total > LONGEST_TRACE:
            raise _refused(number, "it is too long")
        try:
            if header is None:
                header = Header.model_validate_json(line)
                continue
            step = TypedStep.validate_json(line)
        except ValidationError as error:
            raise _refused(number, first_fault(error)) from error
        fault = "text in a redacted trace" if header.redacted and redacted(step) != step else checks.fault(step)
        if fault:
            raise _refused(number, fault)
        steps.append(step)
    if header is None:
        raise InputError("the trace is empty", hint="rao runs export writes one")
    if header.redacted and redacted(header) != header:
        raise _refused(1, "text in a redacted trace")
    return Trace(header, tuple(steps))


def _refused(number: int, reason: str) -> InputError:
    return InputError(
        f"line {number:,} is not one of a trace ({SCHEMA}): {reason}", hint="see docs/trace-format.md"
    )


class _Checks:
    """What the form of a line alone does not say."""

    def __init__(self) -> None:
        self._opened: set[str] = set()
        self._closed: set[str] = set()
        self._ended = False

    def fault(self, step: Step) -> str:
        """Say what is wrong with the next step, or nothing."""
        if self._ended:
            return "the result is the last line"
        match step:
            case Agent():
                return self._agent(step)
            case Decomposition():
                return _children(step.agent, [child.agent for child in step.children])
            case Aggregation():
                return _children(step.agent, [report.agent for report in step.reports])
            case Reported():
                return self._report(step)
            case Result():
                self._ended = True
                return _spans(step.citations)
            case _:
                return ""

    def _agent(self, step: Agent) -> str:
        if step.agent in self._opened:
            return "the agent was opened before"
        self._opened.add(step.agent)
        if (step.parent or "") != step.agent.rpartition(".")[0] or step.depth != step.agent.count("."):
            return "parent and depth are not those of the agent's id"
        return "a span runs backwards" if any(start > end for start, end in step.spans) else ""

    def _report(self, step: Reported) -> str:
        if step.agent in self._closed:
            return "the agent reported before"
        self._closed.add(step.agent)
        return _children(step.agent, step.children) or _spans(step.citations)


def _children(parent: str, children: Iterable[str]) -> str:
    wrong = any(child.rpartition(".")[0] != parent for child in children)
    return "an agent is named that is no child" if wrong else ""


def _spans(citations: Iterable[Evidence]) -> str:
    return "a span runs backwards" if any(one.start > one.end for one in citations) else ""
