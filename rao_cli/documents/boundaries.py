"""Choose where a text may be cut: the largest boundary in reach.

Blank lines before lines before sentences before words before characters. Every cut makes progress, so a single
line without a space is cut by characters. Limits: sentences are found by their punctuation alone.
"""

import re
from collections.abc import Iterator

from rao_cli.documents.model import Span, Text

_SENTENCE_END = re.compile(r"[.!?…][\"'”’)\]]*\s|[。！？]")
_FIRST_WORDS = 400


def cut_before(text: Text, start: int, limit: int, end: int) -> int:
    """Return the best cut in the second half of ``start``..``limit``, or ``end`` if that is within the limit.

    A newline or a space stays with the text before it. The result is always larger than ``start``.
    """
    if end <= limit:
        return end
    limit = max(limit, start + 1)
    middle = start + (limit - start) // 2
    window = text[middle:limit]
    for mark in ("\n\n", "\n"):
        at = window.rfind(mark)
        if at >= 0 and middle + at + len(mark) > start:
            return middle + at + len(mark)
    ends = [match.end() for match in _SENTENCE_END.finditer(window)]
    if ends:
        return middle + ends[-1]
    at = window.rfind(" ")
    return middle + at + 1 if at >= 0 else limit


def pieces(text: Text, span: Span, size: int) -> Iterator[Span]:
    """Yield spans of at most ``size`` characters that partition ``span``, cut at the best boundaries."""
    at = span.start
    while at < span.end:
        cut = cut_before(text, at, at + size, span.end)
        yield Span(at, cut)
        at = cut


def first_words(text: Text, span: Span) -> str:
    """Return the first line of a span that holds a letter or a digit, or an empty string."""
    for line in text[span.start : min(span.end, span.start + _FIRST_WORDS)].splitlines():
        if any(character.isalnum() for character in line):
            return line.strip()
    return ""
