"""Read strategies that someone else may have written: data of a strict form, of bounded size and depth.

Only a regular file is read, never through a link; what is unknown, doubled or out of bounds refuses the whole.
"""

import json
import os
import stat
from collections.abc import Sequence
from pathlib import Path
from typing import TypeVar

from pydantic import ValidationError

from rao_cli.agent.records import Record
from rao_cli.errors import InputError
from rao_cli.strategies.records import MOST_BYTES, Strategy, canonical
from rao_cli.text import one_line

DEEPEST_JSON = 16
"""Levels of lists and objects in a strategy's file."""
_R = TypeVar("_R", bound=Record)


def read_strategy(path: Path) -> Strategy:
    """Return the strategy of a file, imported: without its evidence. Raises InputError for what is none."""
    name = one_line(str(path), 100)
    strategy = parse_record(Strategy, read_bytes(path, MOST_BYTES), name)
    taken = strategy.model_copy(update={"evidence": (), "trust": "imported"})
    if len(canonical(taken)) > MOST_BYTES:
        raise InputError(f"{name} is too large: a strategy has at most {MOST_BYTES:,} bytes")
    return taken


def read_bytes(path: Path, most: int) -> bytes:
    """Return what a regular file holds, at most ``most`` bytes. Raises InputError."""
    name = one_line(str(path), 100)
    try:
        # Not to wait for a pipe, and not to follow a link.
        handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except (OSError, ValueError) as error:
        raise InputError(f"cannot read {name}: {_why_closed(path, error)}") from error
    try:
        if not stat.S_ISREG(os.fstat(handle).st_mode):
            raise InputError(f"cannot read {name}: it is no regular file")
        data = os.read(handle, most + 1)
    except OSError as error:
        raise InputError(f"cannot read {name}: {(error.strerror or str(error)).lower()}") from error
    finally:
        os.close(handle)
    if len(data) > most:
        raise InputError(f"{name} is too large: a strategy has at most {most:,} bytes")
    return data


def _why_closed(path: Path, error: Exception) -> str:
    try:
        if path.is_symlink():
            return "it is a link; name the file itself"
    except (OSError, ValueError):
        pass
    return (error.strerror or str(error)).lower() if isinstance(error, OSError) else "no file has such a name"


def parse_record(kind: type[_R], data: bytes, name: str) -> _R:
    """Return the record that strict JSON holds. Raises InputError that says what is wrong with it."""
    try:
        text = data.decode("utf-8")
        _check_depth(text)
        json.loads(text, object_pairs_hook=_without_doubles, parse_constant=_no_constant)
        return kind.model_validate_json(text, strict=True)
    except (ValueError, RecursionError) as error:
        raise InputError(f"{name} holds no strategy: {_why(error)}", hint="docs/strategy-format.md") from error


def _check_depth(text: str) -> None:
    """Refuse text that is nested too deep, before it is parsed; brackets inside of strings do not count."""
    depth, inside, escaped = 0, False, False
    for character in text:
        if inside:
            escaped, inside = character == "\\" and not escaped, character != '"' or escaped
        elif character == '"':
            inside = True
        elif character in "[{":
            depth += 1
            if depth > DEEPEST_JSON:
                raise ValueError(f"it is nested more than {DEEPEST_JSON} deep")
        elif character in "]}":
            depth -= 1


def _without_doubles(pairs: Sequence[tuple[str, object]]) -> dict[str, object]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError("a field stands in it twice")
    return found


def _no_constant(name: str) -> None:
    raise ValueError(f"{name} is no number")


def _why(error: Exception) -> str:
    if isinstance(error, ValidationError):
        first = error.errors(include_url=False, include_input=False)[0]
        place = ".".join(str(part) for part in first["loc"])
        return one_line(f"{place}: {first['msg']}" if place else first["msg"], 160)
    if isinstance(error, UnicodeDecodeError):
        return "it is no text in UTF-8"
    return one_line(str(error), 160) or "it is nested too deep"
