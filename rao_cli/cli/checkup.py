"""What a check of ``rao doctor`` found, and how its findings are laid out.

A finding is one line; what to do about it stands below it, commands whole or broken the way a shell allows, so
that they can be copied.
"""

import shlex
import textwrap
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from rich.text import Text

from rao_cli.cli.words import counted
from rao_cli.text import one_line

State = Literal["ok", "warning", "problem"]
_STYLES = {"ok": "green", "warning": "yellow", "problem": "bold red"}
_STATE, _NAME = 9, 14


@dataclass(frozen=True, slots=True)
class Finding:
    """What one check found."""

    name: str
    """What was looked at, in one or two words."""
    state: State
    """``problem`` keeps rao from working, ``warning`` makes it slower or less safe."""
    text: str
    """What is there, or what is wrong with it."""
    remedy: str = ""
    """What to do, in words."""
    command: str = ""
    """What to type."""


def finding_lines(findings: Sequence[Finding], width: int) -> Iterator[Text]:
    """Yield the findings as lines of at most ``width`` cells, unless one word is longer."""
    for finding in findings:
        start = Text(f"{finding.state:{_STATE}}", style=_STYLES[finding.state])
        room = width - _STATE - _NAME
        for number, line in enumerate(_wrapped(one_line(finding.text), room)):
            name = finding.name if number == 0 else ""
            yield Text.assemble(start if number == 0 else " " * _STATE, f"{name:{_NAME}}", line)
        for line in _wrapped(one_line(finding.remedy), room - 2):
            yield Text(" " * (_STATE + _NAME + 2) + line)
        for line in command_lines(finding.command, width - _STATE - 2):
            yield Text(" " * (_STATE + 2) + line)


def command_lines(command: str, width: int) -> list[str]:
    """Break a command between its words with backslashes, as a shell reads it."""
    lines: list[str] = []
    for word in (shlex.quote(part) for part in shlex.split(command)):
        if lines and len(lines[-1]) + 1 + len(word) + 2 <= width:
            lines[-1] += f" {word}"
        else:
            lines.append(word if not lines else f"  {word}")
    return [f"{line} \\" for line in lines[:-1]] + lines[-1:]


def summary(findings: Sequence[Finding]) -> str:
    """Return one sentence about all findings."""
    problems, warnings = ([each for each in findings if each.state == state] for state in ("problem", "warning"))
    if not problems and not warnings:
        return "Everything is in order."
    parts = [counted(len(group), noun) for group, noun in ((problems, "problem"), (warnings, "warning")) if group]
    return " and ".join(parts) + "."


def _wrapped(text: str, width: int) -> list[str]:
    return textwrap.wrap(text, max(20, width), break_long_words=False, break_on_hyphens=False)
