"""Mine the templates of log messages with a Drain tree, and count the values in their variable places.

After He, Zhu, Zheng and Lyu, "Drain: An Online Log Parsing Approach with Fixed Depth Tree" (ICWS 2017): messages
are grouped by their number of words, then by their first words, then by the template that shares the most words.
Departures: words are compared with their digits masked; a message is looked up by its masked form first, so that
only new shapes walk the tree; whole chunks are masked at once. Limits: MOST_TEMPLATES templates (what comes later
and fits none is counted as a message of its length), MOST_WORDS words of a message.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from rao_cli.documents.parsers.log_counts import Room, Values

ANY = "<*>"
MOST_TEMPLATES = 2000
MOST_WORDS = 64
_SIMILAR = 0.5
_MOST_BRANCHES = 100
# Templates that start alike; each new shape is compared with all of them.
_MOST_ALIKE = 64
_MOST_CACHED = 100_000
_DIGITS = bytes.maketrans(b"123456789", b"000000000")
_HEX = re.compile(
    r"\b(?:0x)?(?=[a-f]*0)[0a-f]{6,}(?:-[0a-f]{2,})*\b|\b(?=[a-f-]*0)[0a-f]+(?:-[0a-f]+){2,}\b", re.IGNORECASE
)
_WIDE = re.compile(r" {3,}")
_ERROR = re.compile(
    r"\b(?:errors?|fatal|critical|panic|exception|fail(?:ed|ure|s)?|refused|denied)\b", re.IGNORECASE
)


@dataclass(eq=False)
class Template:
    """Messages of one shape: their words, ANY where they differ; the values of each place that varies."""

    words: list[str]
    count: int = 0
    first: int = 0
    last: int = 0
    alarming: bool = False
    """It speaks of an error or a failure."""
    places: dict[int, Values] = field(default_factory=dict)

    def generalise(self, words: Sequence[str], room: Room) -> None:
        """Make the template fit further words."""
        for place, (mine, theirs) in enumerate(zip(self.words, words, strict=True)):
            if mine not in (theirs, ANY):
                if place not in self.places:
                    self.places[place] = Values(room)
                    if self.count:
                        self.places[place].add_one(mine, self.count, self.first, self.last)
                self.words[place] = ANY

    def pack(self) -> list[Any]:
        """Return all of it as JSON can carry it."""
        places = {place: values.pack() for place, values in self.places.items()}
        return [self.words, self.count, self.first, self.last, self.alarming, places]

    @classmethod
    def unpack(cls, packed: Sequence[Any], room: Room) -> "Template":
        """Return what ``pack`` packed."""
        words, count, first, last, alarming, places = packed
        values = {int(place): Values.unpack(found, room) for place, found in places.items()}
        return cls(words, count, first, last, alarming, values)


class Miner:
    """The templates of a log's messages so far."""

    def __init__(self, room: Room) -> None:
        self.templates: list[Template] = []
        self._room = room
        self._tree: dict[Any, Any] = {}
        self._known: dict[str, Template] = {}

    def add(self, messages: Sequence[str], lines: Sequence[int]) -> list[Template]:
        """Count messages that stand in these lines, in their order; return the template of each."""
        if not messages:
            return []
        text = "\n".join(messages)
        if "\t" in text or "   " in text:
            text = _WIDE.sub(" ", text.replace("\t", " "))
            messages = text.split("\n")
        masked = _masked(text).split("\n")
        found = list(map(self._known.get, masked))
        if None in found:
            self._learn(dict.fromkeys(shape for shape, known in zip(masked, found, strict=True) if known is None))
            found = list(map(self._known.get, masked))
        templates = [template for template in found if template]
        self._count(templates, messages, lines)
        if len(self._known) > _MOST_CACHED:
            self._known.clear()
        return templates

    def merge(self, others: Iterable[Template], shift: int) -> None:
        """Add the templates of a later part, whose lines start at ``shift``."""
        for other in others:
            template = self._place(other.words, alarming=other.alarming)
            _absorb(template, other, shift, self._room)

    def _learn(self, shapes: Iterable[str]) -> None:
        shapes = list(shapes)
        without_hex = _HEX.sub("0", "\n".join(shapes)).split("\n")
        for shape, plain in zip(shapes, without_hex, strict=True):
            template = self._known.get(plain)
            if template is None:
                template = self._place(_words(plain), alarming=_ERROR.search(plain) is not None)
                self._known[plain] = template
            self._known[shape] = template

    def _place(self, words: list[str], *, alarming: bool) -> Template:
        """Return the template that fits the words best, made to fit them, or a new one."""
        leaf = self._leaf(words)
        best = max(leaf, key=lambda template: _likeness(template.words, words), default=None)
        if best is not None and _likeness(best.words, words) >= _SIMILAR:
            best.generalise(words, self._room)
            return best
        if len(self.templates) >= MOST_TEMPLATES or len(leaf) >= _MOST_ALIKE:
            return self._overflow(words)
        template = Template(list(words), alarming=alarming)
        # A place with digits varies, even if the first messages do not show it.
        template.places = {place: Values(self._room) for place, word in enumerate(words) if _varies(word)}
        leaf.append(template)
        self.templates.append(template)
        return template

    def _leaf(self, words: Sequence[str]) -> list[Template]:
        node = self._tree.setdefault(len(words), {})
        for word in words[: 1 if len(words) < 4 else 2]:
            key = ANY if _varies(word) else word
            if key not in node and len(node) >= _MOST_BRANCHES:
                key = ANY
            node = node.setdefault(key, {})
        leaf: list[Template] = node.setdefault("", [])
        return leaf

    def _overflow(self, words: Sequence[str]) -> Template:
        leaf: list[Template] = self._tree.setdefault(("", len(words)), [])
        if not leaf:
            leaf.append(Template([ANY] * len(words)))
            self.templates.append(leaf[0])
        return leaf[0]

    def _count(self, templates: Sequence[Template], messages: Sequence[str], lines: Sequence[int]) -> None:
        groups: defaultdict[Template, list[int]] = defaultdict(list)
        for number, template in enumerate(templates):
            groups[template].append(number)
        for template, numbers in groups.items():
            at = list(map(lines.__getitem__, numbers))
            if not template.count:
                template.first = at[0]
            template.count += len(numbers)
            template.last = at[-1]
            if template.places:
                rows = map(_words, map(messages.__getitem__, numbers))
                columns = list(zip(*rows, strict=True))
                for place, values in template.places.items():
                    values.add(columns[place], at)


def _words(message: str) -> list[str]:
    # An empty value between two blanks is a word as well: "user  from" is "user <*> from" without a name.
    return message.split(" ", MOST_WORDS - 1)


def _masked(text: str) -> str:
    """Return the text with each run of digits as one 0."""
    data = text.encode("utf-8", "surrogatepass").translate(_DIGITS)
    # Halving takes runs of up to 32 digits; longer ones stay a little longer.
    for run in (b"0000", b"00", b"00", b"00"):
        data = data.replace(run, b"0")
    return data.decode("utf-8", "surrogatepass")


def _varies(word: str) -> bool:
    return "0" in word or word == ANY or not word


def _likeness(template: Sequence[str], words: Sequence[str]) -> float:
    return sum(map(str.__eq__, template, words)) / len(words)


def _absorb(template: Template, other: Template, shift: int, room: Room) -> None:
    """Count another part's template in one that fits its words."""
    for place, values in other.places.items():
        if place not in template.places:
            template.places[place] = Values(room)
            if template.count and template.words[place] != ANY:
                template.places[place].add_one(
                    template.words[place], template.count, template.first, template.last
                )
        template.places[place].merge(values, shift)
    for place, values in template.places.items():
        if place not in other.places:
            values.add_one(other.words[place], other.count, other.first + shift, other.last + shift)
    if not template.count:
        template.first = other.first + shift
    template.count += other.count
    template.last = other.last + shift
    template.alarming = template.alarming or other.alarming
