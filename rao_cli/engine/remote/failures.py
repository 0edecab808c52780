"""What can go wrong with a server, as errors that say what, why and what to do.

Whatever a server says is cleaned, put on one line and cut before it is part of a message. Keys are never part of
one, also where the server repeats them.
"""

import json
import re
from typing import Any

from rao_cli.errors import ModelError
from rao_cli.text import one_line

_SHOWN = 240
_PASSING = frozenset({0, 408, 409, 425, 429, 500, 502, 503, 504, 520, 522, 524, 529})
"""Answers that may be others a moment later; 0 is none at all."""
_TOO_LONG = re.compile(
    r"context[ _-]?(length|size|window)|maximum context|exceed_context|too many tokens|prompt is too long"
    r"|input is too long|keep from the initial prompt",
    re.IGNORECASE,
)
_TAG = re.compile(r"<(script|style)\b.*?</\1\s*>|<[^<>]{0,400}>", re.IGNORECASE | re.DOTALL)


class RefusedError(ModelError):
    """The server gave no answer to a request; ``status`` is its HTTP status, 0 when the connection failed.

    ``said`` is the server's own explanation, cleaned, and ``after`` the seconds it asks to wait.
    """

    def __init__(self, message: str, *, status: int, said: str = "", after: float = 0.0, hint: str = "") -> None:
        super().__init__(message, hint=hint)
        self.status = status
        self.said = said
        self.after = after

    @property
    def passing(self) -> bool:
        """Tell whether the same request may succeed later."""
        return self.status in _PASSING

    @property
    def too_long(self) -> bool:
        """Tell whether the prompt did not fit the model."""
        return self.status in (0, 200, 400, 413, 422, 500) and bool(_TOO_LONG.search(self.said))


def unreachable(host: str, reason: str) -> RefusedError:
    """Return the error for a connection that failed or broke."""
    return RefusedError(
        f"cannot reach the server {host}: {one_line(reason, _SHOWN) or 'the connection failed'}",
        status=0,
        hint="check that it is running and that --base-url is right",
    )


def refused(host: str, status: int, body: str, *, after: float = 0.0, key: str | None = None) -> RefusedError:
    """Return the error for an HTTP status with what the server said about it."""
    said = explanation(body, key)
    what, hint = _meaning(status)
    return RefusedError(
        f"the server {host} {what} (HTTP {status}){': ' + said if said else ''}",
        status=status,
        said=said,
        after=after,
        hint=hint,
    )


def broken(host: str, what: str, said: str = "", *, status: int = 0) -> RefusedError:
    """Return the error for an answer that is not what the protocol says."""
    return RefusedError(
        f"the server {host} {what}{': ' + said if said else ''}",
        status=status,
        said=said,
        hint="check that --base-url names an OpenAI-compatible endpoint",
    )


def too_long(host: str, said: str) -> ModelError:
    """Return the error for a prompt that has more tokens than was thought."""
    return ModelError(
        f"the prompt does not fit the context of the model on {host}: {said}",
        hint="use a smaller --window",
    )


def explanation(body: str, key: str | None = None) -> str:
    """Return what an error page says, in one short line without markup, escapes or the key."""
    text = _message(body) or _TAG.sub(" ", body[:65536])
    return one_line(text.replace(key, "[key]") if key else text, _SHOWN)


def _message(body: str) -> str:
    """Return the message inside the JSON that most servers explain themselves with."""
    try:
        value: Any = json.loads(body)
    except (ValueError, RecursionError):
        return ""
    for name in ("error", "message", "detail"):
        if isinstance(value, dict) and name in value:
            value = value[name]
    return value if isinstance(value, str) else json.dumps(value)[:2000]


def _meaning(status: int) -> tuple[str, str]:
    """Return what a status means, and what to do about it."""
    if status in (401, 403):
        return "refuses the key", "give the right one with --api-key-file"
    if status == 404:
        return "does not know the model or the address", "check --base-url and --model"
    if 300 <= status < 400:
        return "redirects to another address, which is not followed", "give the final address as --base-url"
    if status == 429:
        return "has had too many requests", "use a smaller --parallel, or try again later"
    if status >= 500:
        return "failed", "look at the server's log, or use a smaller --parallel"
    return "refuses the request", "check that --base-url names an OpenAI-compatible endpoint"
