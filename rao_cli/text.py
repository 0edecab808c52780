"""Make text from documents, file names and models safe to show.

Everything rao prints that it did not write itself goes through ``clean`` or ``one_line``: no control
character, bidirectional override or invisible tag character passes, so nothing can move the cursor, forge a
line or hide from the reader. Limits: look-alike letters are left alone.
"""

import re

_UNSAFE = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f"  # C0 and C1 controls; tab and newline stay
    "\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"  # bidirectional marks, overrides and isolates
    "\u200b\u2060-\u2064\ufeff\ufff9-\ufffb\u2028\u2029"  # zero width, annotations, line separators
    "\ud800-\udfff"  # lone surrogates break JSON and UTF-8
    "\U000e0000-\U000e007f]"  # tag characters
)
_SPACE = re.compile(r"\s+")


def clean(text: str) -> str:
    """Return text without characters that a terminal would act on or a reader could not see."""
    return _UNSAFE.sub("", text)


def one_line(text: str, limit: int = 0) -> str:
    """Return cleaned text on one line, shortened with an ellipsis to ``limit`` characters (0: any length)."""
    line = _SPACE.sub(" ", clean(_SPACE.sub(" ", text))).strip()
    if limit and len(line) > limit:
        return line[: limit - 1].rstrip() + "…"
    return line
