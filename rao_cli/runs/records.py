"""What is kept of a run beside its events: what it was asked to do, and how it stands."""

import hashlib
import json
from typing import Literal

from pydantic import JsonValue

from rao_cli.agent.records import Record, Task

State = Literal["running", "finished", "interrupted"]


class Kept(Record):
    """What a run was asked to do: enough to do it again."""

    run: str
    started: str
    """When it began: ISO 8601, in UTC."""
    version: str
    """The version of rao that began it."""
    task: Task
    sources: tuple[str, ...]
    """The sources as they were named."""
    folder: str
    """The working folder, which they are relative to."""
    options: dict[str, JsonValue]
    """The options that differ from their defaults."""
    identity: str
    """The engine's identity: calls of another one are not taken over."""
    key: str
    """Digest of all that makes two commands the same."""


def sameness(*parts: object) -> str:
    """Return a digest that is the same for commands that ask the same, of the same sources, in the same way."""
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode("utf-8", "surrogatepass")).hexdigest()
