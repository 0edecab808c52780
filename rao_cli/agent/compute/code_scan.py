"""Go through source text by its brackets and quotation marks: where one closes, what stands between commas.

Limits: regular expression literals of JavaScript are not known as such; an apostrophe opens a text only where one
closes within a line.
"""

import re

_OPENING = {"(": ")", "[": "]", "{": "}"}
_CLOSING = frozenset(_OPENING.values())
_COMMENTS = {"python": "#", "ruby": "#", "bash": "#", "php": "#|//|/\\*", "sql": "--"}
_RUST = re.compile(r"""\"(?:[^\"\\]|\\.)*\"|'(?:[^'\\\n]|\\[^'\n]{1,8}|\\')'|.""", re.DOTALL)
_PIECE = re.compile(
    r"""\"{3}(?:[^\\"]|\\.|"(?!""))*\"{3}|'{3}(?:[^\\']|\\.|'(?!''))*'{3}"""
    r"""|"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'|`[^`]*`|.""",
    re.DOTALL,
)


def closing(text: str, at: int, language: str = "") -> int:
    """Return where the bracket that opens at a place is closed, or the text's end."""
    depth = 0
    for piece in _pattern(language).finditer(text, at):
        mark = piece[0]
        depth += (mark in _OPENING) - (mark in _CLOSING)
        if not depth:
            return piece.start()
    return len(text)


def pieces_of(text: str, marks: str, language: str = "") -> list[str]:
    """Split text at marks that stand in no brackets and no quotation marks.

    A bracket that closes what was not opened ends it.
    """
    found: list[str] = []
    start = depth = 0
    for piece in _pattern(language).finditer(text):
        mark = piece[0]
        depth += (mark in _OPENING) - (mark in _CLOSING)
        if depth < 0:
            return [*found, text[start : piece.start()]]
        if not depth and len(mark) == 1 and mark in marks:
            found.append(text[start : piece.start()])
            start = piece.end()
    return [*found, text[start:]]


def without_comment(text: str, language: str) -> str:
    """Return an expression without the comment that ends its last line, if one does."""
    mark = re.compile(_COMMENTS.get(language, r"//|/\*"))
    depth = 0
    for piece in _pattern(language).finditer(text):
        depth += (piece[0] in _OPENING) - (piece[0] in _CLOSING)
        if len(piece[0]) == 1 and depth <= 0 and mark.match(text, piece.start()):
            return text[: piece.start()]
    return text


def _pattern(language: str) -> re.Pattern[str]:
    """Return what tells texts from brackets; in Rust an apostrophe alone is a lifetime."""
    return _RUST if language == "rust" else _PIECE
