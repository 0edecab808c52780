"""What every parser shares: the refusal that the parent explains, and the check of how much text came out.

A parser is a module of this package with ``parse(data, options)``: bytes and plain options in, a dictionary that
JSON can carry out. It runs in a worker process and must not trust its input.
"""

from collections.abc import Mapping
from typing import Any

Options = Mapping[str, Any]
Content = dict[str, Any]
MOST_CHARACTERS = 200_000_000
"""Characters of text that one file may yield, unless its options say otherwise."""


class RefusedError(Exception):
    """The data cannot be read; ``code`` is one of the words that documents/workers.py explains."""

    def __init__(self, code: str, detail: str = "") -> None:
        super().__init__(code)
        self.code = code
        self.detail = detail


def checked(length: int, options: Options) -> int:
    """Return the length of the text so far. Raises RefusedError ("limit") when it is more than is allowed."""
    if length > int(options.get("text_characters", MOST_CHARACTERS)):
        raise RefusedError("limit")
    return length
