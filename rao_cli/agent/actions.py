"""The actions an agent may take, as JSON that is validated before anything acts on it.

Numbers in ``cite``, ``sections`` and ``scope`` are numbers of the view's entries (or of reports), never ids or
offsets, so a model cannot point at something that does not exist. Decoding is constrained by ``grammar``; this
module is the second wall, for remote engines and truncated output.
"""

import json
from collections.abc import Iterator
from typing import Annotated, Literal

from pydantic import Field, TypeAdapter

from rao_cli.agent.records import Combine, Record, Returns

MAX_TEXT = 4_000
"""Longest goal or fact, in characters, that is accepted from a model."""
MAX_ANSWER = 1_000_000
"""Longest answer; code may join thousands of reports into one."""

Number = Annotated[int, Field(ge=1, le=100_000)]
Text = Annotated[str, Field(max_length=MAX_TEXT)]
Numbers = Annotated[tuple[Number, ...], Field(max_length=64)]


class Answer(Record):
    """The view, or the reports, contain the answer; ``cite`` are the numbers that show it."""

    action: Literal["answer"] = "answer"
    answer: Annotated[str, Field(max_length=MAX_ANSWER)]
    cite: Numbers = ()


class Absent(Record):
    """The answer is not in the sections that the agent was given."""

    action: Literal["absent"] = "absent"


class Target(Record):
    """One child to open: entry numbers to read, the goal, and facts that it needs."""

    sections: Annotated[tuple[Number, ...], Field(min_length=1, max_length=64)]
    goal: Text = ""
    """Empty passes the parent's own goal on."""
    facts: Annotated[tuple[Text, ...], Field(max_length=8)] = ()


class Delegate(Record):
    """Read parts through children; code combines their reports as ``combine`` says."""

    action: Literal["delegate"] = "delegate"
    to: Annotated[tuple[Target, ...], Field(min_length=1, max_length=64)]
    returns: Returns = "text"
    combine: Combine = "best"


class Search(Record):
    """Count a pattern in the sections, or in the entries of ``scope``.

    A pattern between slashes (``/error [45]../``) is a regular expression, any other is literal text.
    """

    action: Literal["search"] = "search"
    pattern: Annotated[str, Field(min_length=1, max_length=200)]
    scope: Numbers = ()

    @property
    def expression(self) -> str:
        """Return the regular expression between the slashes, or an empty string for literal text."""
        between = len(self.pattern) > 2 and self.pattern[0] == self.pattern[-1] == "/"
        return self.pattern[1:-1] if between else ""


class Label(Record):
    """Say which label each record of a group has, by its number from 1 on; 0 where none was found."""

    action: Literal["label"] = "label"
    labels: Annotated[tuple[Annotated[int, Field(ge=0, le=100_000)], ...], Field(max_length=100_000)]


class Compute(Record):
    """Let code answer what can be computed from the whole source; only rules choose this."""

    action: Literal["compute"] = "compute"


Action = Answer | Absent | Delegate | Search
"""What a policy may choose; ``Compute`` and ``Label`` are the runner's own."""
_ACTIONS: TypeAdapter[Action] = TypeAdapter(Annotated[Action, Field(discriminator="action")])

# What may be missing at the end of an answer that max_tokens cut: inside the text, or after it.
_ENDINGS = ("", "}", "]}", '"}', '\\"}')
_LAST_FIELD = ',"cite":['


def parse_action(text: str) -> Action:
    """Return the action that text holds; an answer or list of targets that was cut is closed and kept.

    Raises ValueError when text is no action, whatever it is instead.
    """
    for candidate in _closed(text.rstrip()):
        try:
            return _ACTIONS.validate_python(_load(candidate))
        except (ValueError, RecursionError):
            continue
    raise ValueError("the model's output is not an action")


def _closed(text: str) -> Iterator[str]:
    yield from (text + ending for ending in _ENDINGS)
    yield text.rstrip(",") + "]}"  # between two numbers
    head, comma, tail = text.rpartition(",")
    if _LAST_FIELD.startswith(comma + tail):
        yield head + "}"  # inside the name of the last field
    yield text[: text.rfind("}") + 1] + "]}"  # inside a target: those before it are kept


def _load(text: str) -> object:
    return json.loads(text, parse_constant=_refuse)


def _refuse(name: str) -> object:
    raise ValueError(f"{name} is not JSON")
