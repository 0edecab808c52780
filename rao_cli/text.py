"""Make text from documents, file names and models safe to show.

Everything rao prints that it did not write itself goes through ``clean`` or ``one_line``: nothing passes that
moves the cursor, forges a line, reorders what is read, breaks JSON or hides from the reader. Lines stay the lines
that an editor counts: only a newline ends one.

Limits: look-alike letters, piled-up accents and private-use characters are left alone; the flags of England,
Scotland and Wales, spelled in tag characters, become a plain black flag; rare glyph variants chosen by an
ideographic selector become the usual glyph. Lengths are counted in characters, not in terminal columns.
"""

import re

_BREAKS = re.compile("[\x0b-\x0d\x1c-\x1e\x85\u2028\u2029]")
_UNSAFE = re.compile(
    "[\x00-\x08\x0e-\x1b\x1f\x7f-\x84\x86-\x9f"  # C0 and C1 controls; tab and newline stay
    "\u061c\u200e\u200f\u202a-\u202e"  # bidirectional marks and overrides
    "\u2060-\u206f"  # invisible operators, isolates, shaping controls
    "\u00ad\u034f\u180e\u200b\ufeff"  # soft hyphen, joiners and spaces of no width
    "\u115f\u1160\u17b4\u17b5\u3164\uffa0"  # letters that show nothing
    "\ufdd0-\ufdef\ufff0-\ufffb\ufffe\uffff"  # annotations and noncharacters
    "\ud800-\udfff"  # lone surrogates break JSON and UTF-8
    "\U00013430-\U0001343f\U0001bca0-\U0001bca3\U0001d173-\U0001d17a"  # layout of hieroglyphs, shorthand, music
    "\U000e0000-\U000e0fff]"  # tag characters and supplementary variation selectors
)
# Scripts and emoji need joiners and variation selectors after a character; a row of them only carries hidden data.
_HIDDEN_ROW = re.compile(
    "([\u180b-\u180d\u180f\u200c\u200d\ufe00-\ufe0f]{2})[\u180b-\u180d\u180f\u200c\u200d\ufe00-\ufe0f]+"
)
_SPACE = re.compile(r"\s+")


def clean(text: str) -> str:
    """Return text without characters that a terminal would act on or a reader could not see.

    Line breaks other than newline become a space, so words stay apart and line numbers stay right.
    """
    text = _BREAKS.sub(" ", text.replace("\r\n", "\n"))
    return _HIDDEN_ROW.sub(r"\1", _UNSAFE.sub("", text))


def one_line(text: str, limit: int = 0) -> str:
    """Return cleaned text on one line, shortened with an ellipsis to ``limit`` characters (0: any length)."""
    line = _SPACE.sub(" ", clean(text)).strip()
    if limit and len(line) > limit:
        return line[: limit - 1].rstrip() + "…"
    return line
