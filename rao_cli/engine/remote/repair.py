"""Check a reply against the grammar of its request, and make the best of one that does not follow it.

Models that no grammar holds add what they are used to: a fence, a greeting, spaces, a line break. What can be put
right without guessing is; what cannot is asked for again. A text that was cut by its limit must be the beginning
of what the grammar allows.
"""

import json
import re
from collections.abc import Iterator

from rao_cli.engine.base import Message
from rao_cli.engine.remote.gbnf import Rules, match, read_grammar
from rao_cli.errors import ModelError
from rao_cli.text import one_line

CORRECTIONS = 2
"""Times a reply is asked for again."""
_LONGEST = 20_000
_CONTROLS = re.compile(r"[\x00-\x1f\x7f]")
_SHOWN = 500

_OBJECT = (
    "That is not in the form asked for. Reply with the one JSON object and nothing else, without line breaks."
)
_PROSE = "That is not in the form asked for. Reply on one line, with nothing around it."


def rules_of(grammar: str) -> Rules | None:
    """Return the rules of a request's grammar, None where it has none; raises ModelError when it is invalid."""
    if not grammar:
        return None
    try:
        return read_grammar(grammar)
    except ValueError as e:
        raise ModelError(f"the grammar of the request is invalid: {e}") from e


def repaired(text: str, rules: Rules | None, *, was_cut: bool) -> str | None:
    """Return the part of a reply that follows the rules, None when no part does."""
    if rules is None:
        return text
    return next((candidate for candidate in _candidates(text) if _follows(candidate, rules, was_cut)), None)


def correction(text: str, rules: Rules) -> tuple[Message, Message]:
    """Return the turns that ask for a reply again: the wrong one, and what is wrong with it."""
    wants_object = match(rules, "{") != "no" and match(rules, "x") == "no"
    said = one_line(text, _SHOWN) or "..."
    return Message("assistant", (said,)), Message("user", (_OBJECT if wants_object else _PROSE,))


def _follows(text: str, rules: Rules, was_cut: bool) -> bool:
    if len(text) > _LONGEST:
        return False
    try:
        verdict = match(rules, text)
    except ValueError:  # too ambiguous to follow: the caller reads the reply with care anyway
        return True
    return verdict == "whole" or (was_cut and verdict == "beginning")


def _candidates(text: str) -> Iterator[str]:
    yield text
    yield text.strip()
    start = text.find("{")
    if start >= 0:
        yield from _objects(text[start:])
    yield _CONTROLS.sub(" ", text.strip())
    yield _CONTROLS.sub(" ", text.strip().partition("\n\n")[0])


def _objects(text: str) -> Iterator[str]:
    """Yield the JSON object that a text begins with, as it is and as the grammars of rao write it."""
    try:
        value, end = json.JSONDecoder().raw_decode(text[:_LONGEST])
        yield text[:end]
        yield json.dumps(_plain(value), ensure_ascii=False, separators=(",", ":"))
    except (ValueError, RecursionError):
        yield text  # cut, perhaps


def _plain(value: object) -> object:
    """Return a JSON value whose texts hold no control characters but line breaks and tabs."""
    if isinstance(value, str):
        return re.sub(r"[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff]", " ", value)
    if isinstance(value, list):
        return [_plain(item) for item in value]
    if isinstance(value, dict):
        return {str(key): _plain(item) for key, item in value.items()}
    return value
