"""Find the values inside messages: addresses, users, and what is named by the words or the unit next to it.

``user=alice``, ``port 22``, ``Object Copy (ms): 7.7`` and ``0.014 secs`` become the columns user, port,
object copy (ms) and secs. A column is found in a sample of messages and then read from each. Limits: the first
value of each column in a message; names of more than four words are cut to their last four; MOST columns.
"""

import re
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from rao_cli.documents.data.aliases import FIELDS, of_unit, unit_of
from rao_cli.documents.data.columns import kind_of
from rao_cli.documents.data.model import Column
from rao_cli.documents.model import Span

MOST = 40
"""Columns that are kept, the most frequent of those found."""
LOOKED_AT = 2000
"""Characters of a message that are looked at."""
_SAMPLED = 2000
_LEAST = 3
_RARE = 500
_GROUPS = r"[\dA-Fa-f]{1,4}(?::[\dA-Fa-f]{1,4}){0,6}"
_IP = re.compile(
    r"(?<![\w.])(?:\d{1,3}\.){3}\d{1,3}(?![\w.]*\d)"
    rf"|(?<![\w:])(?:(?:[\dA-Fa-f]{{1,4}}:){{7}}[\dA-Fa-f]{{1,4}}|(?:{_GROUPS})?::(?:{_GROUPS})?)(?![\w:])"
)
_USER = re.compile(
    r"(?:\b(?:[Uu]ser(?:name|id)?|USER|[Aa]ccount|[Ll]ogin)(?:=| |: ?)"
    r"|\bfor (?:(?:invalid|illegal|unknown) )?(?:user )?(?=\S{1,64} from )"
    r"|^ *(?=\S{1,64} : (?:TTY=|\w[^=;]{1,60} ; )))[\"'<]?(?P<user>[\w.@\\$+-]{1,64})"
)
_ARTICLES = ("a", "an", "the", "is", "was", "are", "were", "be", "it", "that", "this", "not", "no")
_PREPOSITIONS = ("of", "to", "from", "for", "at", "by", "in", "on", "and", "or", "with", "than", "as")
_NO_NAMES = frozenset((*_ARTICLES, *_PREPOSITIONS))
_NO_USERS = _NO_NAMES | {"unknown", "name", "has", "id", "agent"}
_NUMBER = r"[-+]?\d[\w.]*%?"
_NO_SIGN = r"[^\s,;()\[\]{}<>\"'=]"
_TOKEN = rf"\d\d:\d\d(?::\d\d)?(?![\d:])|\d+(?=:)|(?={_NO_SIGN}{{0,60}}\d){_NO_SIGN}{{1,100}}"
_VALUE = re.compile(
    rf"(?<![\w.])(?:(?P<key>[A-Za-z_][\w.-]{{0,40}})=(?P<given>\"[^\"]{{0,300}}\"|[^\s,;()\[\]{{}}\"]*)"
    rf"|(?P<label>[A-Za-z_][\w./-]{{0,40}}(?: [\w./()-]{{1,40}}){{0,3}}): {{1,3}}(?P<said>{_NUMBER})"
    rf"|(?P<tight>[A-Za-z_]\w{{0,40}}):(?P<stuck>{_NUMBER})"
    rf"|(?P<word>[A-Za-z][\w-]{{1,30}}) #?(?P<after>{_TOKEN})"
    rf"|(?P<plain>{_NUMBER}))(?= ?(?P<unit>[A-Za-zµ%]{{1,20}})(?!\w)"
    rf"(?: \([^()]{{0,30}}\))?(?: (?P<more>[a-z]{{3,20}})(?!\w))?)?"
)
_LOGGER = re.compile(r"\(([A-Za-z]\w*(?:\.[A-Za-z]\w*){1,12})\)$")
_DIGITS = re.compile(r"[-+]?\d+(?:\.\d+)?")


EVENT = Column("event", "text", FIELDS["event"])
"""The column of messages with a sign in place of what varies: messages of the same sort have the same event."""
_VARIES = re.compile(
    r"\"[^\"]{0,200}\"|'[^']{0,200}'"
    r"|(?<![^\s=:,;()\[\]<>@/])(?!(?:[A-Z]{1,3}\d{1,2}|ssh2|ipv[46])(?![^\s,;()\[\]<>]))[^\s=,;()\[\]<>]{0,80}\d[^\s,;()\[\]<>]*"
)
_ANY = "<*>"

Value = tuple[str, str, int]
"""The name of a value, how it is written, and where it starts in the message."""


@dataclass(frozen=True)
class Values:
    """The columns that the values inside messages make."""

    columns: tuple[Column, ...]

    def read(self, message: str, at: int) -> tuple[list[str], list[Span | None]]:
        """Return the first value of each column in a message that starts at a place, and where they stand."""
        texts = [""] * len(self.columns)
        spans: list[Span | None] = [None] * len(self.columns)
        for name, text, start in values_in(message):
            place = self._places.get(name)
            if place is not None and spans[place] is None:
                texts[place], spans[place] = text, Span(at + start, at + start + len(text))
        return texts, spans

    @cached_property
    def _places(self) -> dict[str, int]:
        return {column.name: number for number, column in enumerate(self.columns)}


def find_values(messages: Sequence[str], taken: Collection[str] = ()) -> Values:
    """Return the columns of values that are often in messages; ``taken`` are names that other columns have."""
    sampled = messages[:: max(1, len(messages) // _SAMPLED)]
    found: dict[str, list[str]] = {}
    for message in sampled:
        for name, text in {name: text for name, text, _ in values_in(message)}.items():
            found.setdefault(name, []).append(text)
    least = max(_LEAST, len(sampled) // _RARE)
    counts = Counter({name: len(texts) for name, texts in found.items() if name not in taken})
    kept = [name for name, count in counts.most_common(MOST) if count >= least]
    return Values(tuple(Column(name, kind_of(found[name]), FIELDS.get(name) or of_unit(name)) for name in kept))


def values_in(message: str) -> Iterator[Value]:
    """Yield the values in a message; a name may come more than once, its first value first."""
    message = message[:LOOKED_AT]
    user = _USER.search(message)
    if user and user["user"].lower() not in _NO_USERS:
        yield "user", user["user"], user.start("user")
    if ip := _IP.search(message):
        yield "ip", ip[0], ip.start()
    first = message.partition("\n")[0]
    if first.endswith(")") and (logger := _LOGGER.search(first, max(0, len(first) - 100))):
        yield "component", logger[1], logger.start(1)
    for match in _VALUE.finditer(message):
        if match["key"]:
            quoted = match["given"][:1] == '"'
            yield match["key"].lower(), match["given"].strip('"'), match.start("given") + quoted
            yield from _numbered(match, "", "given")
        elif match["label"]:
            yield from _numbered(match, match["label"].lower(), "said")
        elif match["tight"]:
            yield from _numbered(match, match["tight"].lower(), "stuck")
        elif match["word"]:
            yield from _numbered(match, match["word"].lower(), "after")
        else:
            yield from _numbered(match, "", "plain")


def _numbered(match: re.Match[str], name: str, group: str) -> Iterator[Value]:
    """Yield a number under the name before it, and under the unit after it."""
    text, start = match[group].rstrip(".:"), match.start(group)
    if name and name not in _NO_NAMES and not unit_of(name):
        yield name, text, start
    digits = _DIGITS.match(text)
    if digits is None:
        return
    inside = text[digits.end() :].lower()
    unit, more = (inside, match["unit"]) if inside else ((match["unit"] or "").lower(), match["more"])
    known = unit_of(unit)
    if known:
        yield known, digits[0], start
        if more and more.islower() and more not in _NO_NAMES:
            yield f"{known} {more}", digits[0], start
    # "copied 3 files" counts files, "broker 3 stopped" counts nothing.
    elif unit.isalpha() and unit not in _NO_NAMES and (not name or unit.endswith("s")):
        yield unit, digits[0], start


def event_of(message: str) -> str:
    """Return what a message has in common with others of its sort: its first line, a sign for what varies."""
    line = message[:LOOKED_AT].partition("\n")[0]
    user = _USER.search(line)
    if user and user["user"].lower() not in _NO_USERS:
        line = f"{line[: user.start('user')]}{_ANY}{line[user.end('user') :]}"
    return _VARIES.sub(_ANY, line).strip()
