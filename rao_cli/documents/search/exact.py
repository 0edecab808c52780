"""Find every match of a text or an expression, and count them exactly.

Expressions are those of google-re2, which takes time in proportion to the text whatever the pattern is; texts are
found by it, too. Matches may cross lines. Limits: a match that spans more than 65,536 characters may be found cut
or not at all; case is folded letter by letter, so "ß" is not "SS".
"""

from bisect import bisect_right
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from rao_cli.documents.model import Document, Location, Section, Span, Text, union
from rao_cli.errors import UsageError
from rao_cli.text import one_line

if TYPE_CHECKING:
    import re2

_LONGEST_PATTERN = 1_000  # longer ones outgrow re2's cache of states, and take a thousand times as long
_WINDOW = 1 << 22
_LONGEST_MATCH = 1 << 16
_SAMPLE = 160
# What Python and editors take for white space; re2's \s is ASCII only.
_SPACE = r"[\s\x{0b}\x{1c}-\x{1f}\x{85}\p{Z}]+"
_UNSUPPORTED = {
    "invalid perl operator": "look-ahead, look-behind and conditions are not supported",
    "invalid escape sequence": "this escape is not supported, nor are references to groups",
    "invalid repetition size": "repetitions, one inside another multiplied, have at most 1,000 rounds",
    "bad repetition operator": "repetitions cannot be repeated",
    "pattern too large": "it is too complex",
}


@dataclass(frozen=True, slots=True)
class Match:
    """One match: where it is, the leaf that holds its start, the line around it made safe to show."""

    span: Span
    section_id: str
    line: str
    location: Location


@dataclass(frozen=True, slots=True)
class Place:
    """A file or a top section with the number of matches that start in it."""

    name: str
    span: Span
    total: int


@dataclass(frozen=True, slots=True)
class Found:
    """The exact number of matches, the first of them, and where all of them are, the fullest place first."""

    total: int
    hits: tuple[Match, ...]
    places: tuple[Place, ...] = ()


@dataclass(frozen=True, slots=True)
class Pattern:
    """What is looked for: a text with any white space between its words, or an expression."""

    text: str
    expression: bool = False
    case: bool = False
    """Upper and lower case are different."""
    words: bool = False
    """A match must not continue a word, nor be continued."""


def find(
    document: Document, pattern: Pattern, limit: int, within: Sequence[Span] | None, leaf_id: Callable[[int], str]
) -> Found:
    """Count the matches that lie inside the given spans, or anywhere, and return the first of them.

    Raises UsageError for a pattern that is no expression, or too long.
    """
    compiled = _compiled(pattern)
    if compiled is None:
        return Found(0, ())
    places = _places(document)
    starts = [place.span.start for place in places]
    counts: Counter[int] = Counter()
    hits: list[Match] = []
    for span in [Span(0, len(document))] if within is None else union(within):
        for start, end in _matches(document.text, span, compiled, words=pattern.words):
            counts[bisect_right(starts, start) - 1] += 1
            if len(hits) < limit:
                hits.append(_match(document, Span(start, end), leaf_id(start)))
    full = (Place(places[number].name, places[number].span, total) for number, total in counts.most_common())
    return Found(counts.total(), tuple(hits), tuple(full))


def _match(document: Document, span: Span, section_id: str) -> Match:
    return Match(span, section_id, _line(document, span), document.locate(span))


def _compiled(pattern: Pattern) -> "re2._Regexp | None":
    """Return the pattern for re2, or None for one that matches nothing."""
    import re2

    if len(pattern.text) > _LONGEST_PATTERN:
        raise UsageError(
            f"the search pattern has {len(pattern.text):,} characters", hint=f"give at most {_LONGEST_PATTERN:,}"
        )
    source = _expression(pattern)
    options = re2.Options()
    options.case_sensitive = pattern.case
    options.never_capture = True
    options.log_errors = False
    try:
        return re2.compile(source, options) if source else None
    except re2.error as error:
        raise UsageError(
            f"cannot search for {one_line(pattern.text, 80)}: {_reason(error)}",
            hint="expressions are those of https://github.com/google/re2/wiki/Syntax",
        ) from error


def _expression(pattern: Pattern) -> str:
    import re2

    text = pattern.text.replace("\0", " ").encode("utf-8", "replace").decode("utf-8")
    if pattern.expression:
        return f"(?m){text}" if text else ""
    return _SPACE.join(re2.escape(word) for word in text.split())


def _reason(error: Exception) -> str:
    said = error.args[0] if error.args else ""
    said = said.decode("utf-8", "replace") if isinstance(said, bytes) else str(said)
    known = next((words for start, words in _UNSUPPORTED.items() if said.startswith(start)), "")
    return f"{known} ({one_line(said, 80)})" if known else one_line(said, 120)


def _matches(text: Text, span: Span, pattern: "re2._Regexp", *, words: bool) -> Iterator[tuple[int, int]]:
    """Yield start and end of the matches that lie in a span, none overlapping another, window by window."""
    at = span.start
    while at < span.end:
        start = max(span.start, at - 1)  # one character before, for words and beginnings of lines
        end = min(span.end, at + _WINDOW)
        settled = end if end == span.end else end - _LONGEST_MATCH
        at_last = settled
        for first, last in _in_window(text[start:end], at - start, pattern, words=words):
            if start + first >= settled:
                break
            yield start + first, start + last
            at_last = max(at_last, start + last)
        at = at_last


def _in_window(text: str, at: int, pattern: "re2._Regexp", *, words: bool) -> Iterator[tuple[int, int]]:
    """Yield the first character and the end of each match that is not empty, from a character on."""
    data = text.encode("utf-8", "replace")  # matching bytes is faster, and lone surrogates have none
    ascii_only = len(data) == len(text)
    place = at if ascii_only else len(text[:at].encode("utf-8", "replace"))
    resume = True
    while resume:
        resume = False
        for match in pattern.finditer(data, place):
            start, end = match.span()
            if start == end:
                continue
            first = start if ascii_only else at + len(data[place:start].decode("utf-8"))
            last = end if ascii_only else first + len(data[start:end].decode("utf-8"))
            if words and _inside_word(text, first, last):
                # Another match may begin inside this one.
                at, place = first + 1, start + len(text[first].encode("utf-8", "replace"))
                resume = True
                break
            yield first, last
            at, place = last, end


def _inside_word(text: str, first: int, last: int) -> bool:
    """Tell whether a word goes on beyond either end of a match."""
    begins = first > 0 and _is_word(text[first]) and _is_word(text[first - 1])
    return begins or (last < len(text) and _is_word(text[last - 1]) and _is_word(text[last]))


def _is_word(character: str) -> bool:
    return character.isalnum() or character == "_"


def _line(document: Document, span: Span) -> str:
    """Return the line in which a match starts, cut to what is next to the match."""
    before = document.text[max(0, span.start - _SAMPLE // 2) : span.start].rpartition("\n")[2]
    after = document.text[span.start : span.start + _SAMPLE].partition("\n")[0]
    return one_line(before + after, _SAMPLE)


def _places(document: Document) -> list[Place]:
    """Return the files of a document, or the top sections of its only file, in text order."""
    if len(document.origins) > 1:
        return [Place(file.path, file.span, 0) for file in document.origins]
    return [Place(section.title, section.span, 0) for section in _top(document.root)]


def _top(section: Section) -> Sequence[Section]:
    while len(section.children) == 1:
        section = section.children[0]
    return section.children or (section,)
