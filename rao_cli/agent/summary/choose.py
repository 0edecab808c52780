"""Choose what a summary tells: as much as its length allows, of as many parts as possible.

Every topic's best statement is worth the topic's weight, each further one less; the best that still fits is taken
next. Topics of which nothing is told are named, and the words that this takes are counted. Limits: a greedy
choice, not the best one; a name list that would take more than NAMES_SHARE of the words is shortened to runs.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import groupby

from rao_cli.agent.cite import content_words
from rao_cli.agent.records import Style
from rao_cli.agent.summary.model import Choice, Statement, Told, Topic
from rao_cli.agent.summary.sentences import count_words

AGAIN: dict[Style, float] = {"brief": 0.6, "bullets": 0.6, "outline": 0.1}
"""What each further statement of a topic is worth beside the one before: an outline rather goes deeper."""
INNER = 0.5
"""What a part of a part is worth in an outline."""
SLACK = 1.05
"""How far above the asked length a summary may be."""
NAMES_SHARE = 0.5
"""Share of the words that naming what is left out may take."""
EASY_WORDS = 20
"""A longer sentence has to be worth its length."""
ALIKE = 0.6
"""Share of common words at which two sentences say the same."""
FURTHER = 100
"""Statements that are tried once more when the names are known."""
NAMES_LEAD = 2
"""Words before the names: "Left out:"."""


@dataclass
class _Line:
    """A topic that may be told, and what has been chosen of it."""

    topic: Topic
    level: int
    weight: float
    parent: "_Line | None" = None
    chosen: list[Statement] = field(default_factory=list)


def choose(topics: Sequence[Topic], words: int, style: Style) -> Choice:
    """Choose statements for about ``words`` words, and name the other topics."""
    lines = list(_lines(topics, style))
    chooser = _Chooser(lines, words, style)
    chooser.fill()
    chooser.top_up()
    told = tuple(Told(line.topic, _in_order(line), line.level) for line in lines if line.chosen)
    return Choice(told, chooser.names())


def _lines(topics: Sequence[Topic], style: Style, parent: _Line | None = None) -> Iterator[_Line]:
    """Yield a line for each topic; in an outline those of its parts below it."""
    level = parent.level + 1 if parent else 0
    for topic in topics:
        line = _Line(topic, level, topic.weight * INNER**level, parent)
        yield line
        if style == "outline":
            yield from _lines(topic.topics, style, line)


def _in_order(line: _Line) -> tuple[Statement, ...]:
    """Put what was chosen into the order of the text, or, where code found it, of the topic."""
    if any(statement.computed for statement in line.chosen):
        return tuple(statement for statement in line.topic.statements if statement in line.chosen)
    return tuple(sorted(line.chosen, key=lambda statement: statement.spans))


class _Chooser:
    """Takes statements while they fit."""

    def __init__(self, lines: Sequence[_Line], words: int, style: Style) -> None:
        self._lines, self._limit, self._style = lines, int(words * SLACK), style
        self._most_names = int(words * NAMES_SHARE)
        self._left = sum(_name_words(line) for line in lines)
        self._used = 0

    def fill(self) -> None:
        """Choose until nothing fits any more; at least one statement, shortened if it must be."""
        for _, line, statement in sorted(self._offers(), key=lambda offer: -offer[0]):
            cost, left = self._cost(line, statement)
            fits = self._used + cost + self._names_cost(left) <= self._limit
            if fits and _may_follow(line) and _is_new(line, statement):
                self._used, self._left = self._used + cost, left
                line.chosen.append(statement)
        if not any(line.chosen for line in self._lines):
            self._take_shortened()

    def top_up(self) -> None:
        """Choose a little more where naming what is left out takes fewer words than were kept for it."""
        offers = sorted(self._offers(), key=lambda offer: -offer[0])
        for _, line, statement in [offer for offer in offers if offer[2] not in offer[1].chosen][:FURTHER]:
            cost, _ = self._cost(line, statement)
            if self._used + cost > self._limit or not (_may_follow(line) and _is_new(line, statement)):
                continue
            line.chosen.append(statement)
            if self._used + cost + _listed(self.names()) <= self._limit:
                self._used += cost
            else:
                line.chosen.pop()

    def _offers(self) -> Iterator[tuple[float, _Line, Statement]]:
        for line in self._lines:
            worth = lowest = line.weight
            for place, statement in enumerate(line.topic.statements):
                first = line.topic.lead and not place
                # A later statement is never offered before an earlier one.
                lowest = min(lowest, worth / float(max(1.0, statement.words / EASY_WORDS) ** 0.5))
                yield (float("inf") if first else lowest), line, statement
                worth *= AGAIN[self._style]

    def _cost(self, line: _Line, statement: Statement) -> tuple[int, int]:
        """Return the words that a statement adds, and those of the names still left out then."""
        if line.chosen:
            return statement.words, self._left
        heading = count_words(line.topic.heading)
        named = (heading if line.topic.titled else 0) + 2  # a dash before it, the citation after
        if self._style == "brief":
            named = heading if tells_heading(line.topic, statement) else 0
        return statement.words + named, self._left - _name_words(line)

    def _names_cost(self, left: int) -> int:
        return min(left + NAMES_LEAD, self._most_names) if left else 0

    def _take_shortened(self) -> None:
        best = max(self._offers(), key=lambda offer: offer[0], default=None)
        if best is not None:
            _, line, statement = best
            room = self._limit - self._cost(line, statement)[0] + statement.words - self._most_names
            line.topic = replace(line.topic, statements=(shortened(statement, max(1, room)),))
            line.chosen = list(line.topic.statements)

    def names(self) -> tuple[str, ...]:
        """Return the headings of parts that nothing is told of, shortened to runs where they take too much."""
        parts = [line for line in self._lines if not line.level and line.topic.named]
        parts.sort(key=lambda line: line.topic.span)
        shown = [span for line in self._lines for one in line.chosen for span in one.spans]
        told = [bool(line.chosen) or any(map(line.topic.span.contains, shown)) for line in parts]
        left = tuple(line.topic.heading for line, is_told in zip(parts, told, strict=True) if not is_told)
        if _listed(left) <= max(self._most_names, self._limit - self._used):
            return left
        runs = [
            [line.topic.heading for line, _ in run]
            for is_told, run in groupby(zip(parts, told, strict=True), key=lambda pair: pair[1])
            if not is_told
        ]
        return tuple(name for run in _joined(runs, self._most_names) for name in _named(run))


def _listed(names: Sequence[str]) -> int:
    """Return the words of a list of what is left out."""
    return sum(map(count_words, names)) + NAMES_LEAD if names else 0


def _joined(runs: list[list[str]], most: int) -> list[list[str]]:
    """Join neighbouring runs until naming them takes few enough words; their number is at least one."""
    while len(runs) > 1 and sum(count_words(name) for run in runs for name in _named(run)) > most:
        shortest = min(range(len(runs) - 1), key=lambda n: len(runs[n]) + len(runs[n + 1]))
        runs[shortest : shortest + 2] = [runs[shortest] + runs[shortest + 1]]
    return runs


def _named(run: Sequence[str]) -> tuple[str, ...]:
    """Name a run by its first and last heading."""
    if len(run) < 3:
        return tuple(run)
    return (f"{run[0]} to {run[-1]} ({len(run)} parts)",)


def tells_heading(topic: Topic, statement: Statement) -> bool:
    """Tell whether a statement has to be told with its part's heading in running text: what code found of it."""
    return topic.named and statement.computed and topic.heading not in statement.text


def _name_words(line: _Line) -> int:
    """Return what naming a line as left out takes: nothing for what is no part of the source by itself."""
    return count_words(line.topic.heading) if line.topic.named and not line.level else 0


def _may_follow(line: _Line) -> bool:
    """Tell whether what a line belongs to is told."""
    return line.parent is None or bool(line.parent.chosen)


def _is_new(line: _Line, statement: Statement) -> bool:
    """Tell whether a statement says something else than those chosen for its line and the lines above it."""
    told = content_words(statement.text)
    while line.parent:
        if statement in line.parent.chosen:
            return False
        line = line.parent
    others = (content_words(one.text) for one in line.chosen)
    return all(len(told & other) < ALIKE * min(len(told), len(other)) for other in others)


def shortened(statement: Statement, words: int) -> Statement:
    """Cut a statement to so many words."""
    told = statement.text.split()
    return statement if len(told) <= words else replace(statement, text=f"{' '.join(told[:words])} …")
