"""Join words again that were hyphenated at a line end, as PDFium marks them.

Whether "web|related" was web-related or webrelated is decided by the rest of the text. Limits: a compound that
occurs nowhere else is joined without its hyphen unless both halves are words of the text.
"""

import re
from collections import Counter
from collections.abc import Sequence

# PDFium marks a joined line end with U+FFFE or U+0002; a soft hyphen before a newline means the same.
# A half has at most 60 letters, so that a page without spaces is not searched from each letter on.
_BREAK = re.compile(r"(?<![^\W\d_])([^\W\d_]{0,60})(?:[\ufffe\x02]\n?|\xad\n)([^\W\d_]*)")
MARKS = "\ufffe\x02\xad"
"""Characters that stand for a hyphen at a line end, in pdfium's text and in Unicode."""
_REMOVED = str.maketrans("", "", MARKS)
_WORD = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*")
_SHORTEST_HALF = 3


def rejoin(pages: Sequence[str]) -> list[str]:
    """Return the pages with hyphenated words joined, and soft hyphens inside words removed."""
    marked = [any(mark in page for mark in MARKS) for page in pages]
    if not any(marked):
        return list(pages)
    # Without the broken words, whose halves would count as words.
    words: Counter[str] = Counter()
    for page, has in zip(pages, marked, strict=True):
        words.update(_WORD.findall((_BREAK.sub(" ", page) if has else page).casefold()))

    def joined(match: re.Match[str]) -> str:
        first, second = match[1], match[2]
        return first + ("-" if _compound(first.casefold(), second.casefold(), words) else "") + second

    return [
        _BREAK.sub(joined, page).translate(_REMOVED) if has else page
        for page, has in zip(pages, marked, strict=True)
    ]


def _compound(first: str, second: str, words: Counter[str]) -> bool:
    if not first or not second:
        return bool(first or second)
    whole, hyphened = words[first + second], words[f"{first}-{second}"]
    if whole or hyphened:
        return hyphened > whole
    return min(len(first), len(second)) >= _SHORTEST_HALF and bool(words[first] and words[second])
