"""Find the name in a repository that a question describes in words, if one stands out.

A word counts by how rare it is among the names. What the words of a question say about a name is looked for in the
name itself, and less surely in the comment above it, in its line, in what it is defined in and in its path.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import log

from rao_cli.agent.compute.code_words import Words, forms, joined, likeness, name_parts

_AROUND = 0.6
"""What a word is worth that stands near a name, not in it."""
_SURE = 0.9
_LEAST_WEIGHT = 0.3
_LOOKED_AT = 200
"""Names whose surroundings are read."""
_NAME_SHARE = 0.5
"""How much of a score depends on how much of the name the question says."""
_TIME = frozenset(
    """nanosecond microsecond millisecond second minute hour day week ms us ns sec secs seconds minutes
    hours days weeks millis milliseconds hrs msec""".split()  # noqa: SIM905
)


@dataclass(frozen=True, slots=True)
class Candidate:
    """Something that a question may describe: its name, and where it is defined."""

    name: str
    at: int
    key: int


@dataclass(frozen=True, slots=True)
class Scored:
    """A candidate and how well a question describes it, from 0 to 1."""

    candidate: Candidate
    score: float


class Phrase:
    """The words of one question, weighed for the names of one repository."""

    def __init__(self, words: Words, candidates: Sequence[Candidate]) -> None:
        self._words = words
        self._candidates = candidates
        self._parts = [name_parts(candidate.name) for candidate in candidates]
        self._frequency = Counter(part for parts in self._parts for part in set(parts))
        self._alike = self._likenesses()
        self._weights = {word: self._weight(word) for word in words.needed}

    def best(self, around: Callable[[Candidate], str]) -> list[Scored]:
        """Return the candidates that are described, best first; ``around`` reads what stands near one."""
        first = sorted(
            ((self._score(parts, {}), number) for number, parts in enumerate(self._parts)),
            key=lambda row: (-row[0], row[1]),
        )
        found = []
        for score, number in first[:_LOOKED_AT]:
            if score <= 0:
                break
            candidate = self._candidates[number]
            near = self._near(around(candidate))
            found.append(Scored(candidate, self._score(self._parts[number], near)))
        return sorted(found, key=lambda one: -one.score)

    def _likenesses(self) -> Mapping[str, Mapping[str, float]]:
        """Return for each part of any name the words of the question that it stands for."""
        words = (*self._words.needed, *self._words.light)
        known = forms(words)
        asks_time = any(word in _TIME for word in words)
        found: dict[str, dict[str, float]] = {}
        for part in self._frequency:
            alike = {word: sure for word in words if (sure := likeness(word, part))}
            if not alike and len(part) > 5 and (two := joined(part, known)):
                alike = dict.fromkeys(two, 0.9)
            if not alike and asks_time and part in _TIME:
                alike = {"": 1.0}
            if alike:
                found[part] = alike
        return found

    def _weight(self, word: str) -> float:
        total = len(self._candidates) + 1
        times = sum(self._frequency[part] for part, alike in self._alike.items() if word in alike)
        # A word that no name holds is one of the asker's own: it says less than it seems to.
        return max(_LEAST_WEIGHT, log(total / (times + 0.5)) / log(total + 1)) if times else 0.5

    def _score(self, parts: Sequence[str], near: Mapping[str, float]) -> float:
        held: dict[str, float] = {}
        for part in parts:
            for word, sure in self._alike.get(part, {}).items():
                held[word] = max(held.get(word, 0.0), sure)
        if not held:
            return 0.0
        if len(self._weights) == 1:
            # Where all hangs on one word, its beginning is not enough.
            held = {word: sure if sure >= _SURE else _AROUND for word, sure in held.items()}
        total = sum(self._weights.values())
        cover = (
            sum(weight * max(held.get(word, 0), near.get(word, 0)) for word, weight in self._weights.items())
            / total
            if total
            else 0.5
        )
        said = sum(part in self._alike for part in parts) / len(parts)
        return (cover + 0.02 * len(held)) * (1 - _NAME_SHARE + _NAME_SHARE * said)

    def _near(self, text: str) -> dict[str, float]:
        """Return which needed words stand in a text, and what that is worth."""
        there = set(name_parts(text))
        return {
            word: _AROUND
            for word in self._words.needed
            if word in there or any(likeness(word, part) >= 0.95 for part in there)
        }


def clear(scored: Sequence[Scored], answers: Mapping[int, str], least: float, margin: float) -> str | None:
    """Return the answer of the best candidate where no other with a different one comes near, else None.

    ``answers`` maps a candidate's key to its answer; a candidate without one stands in the way of those below it.
    """
    if not scored or scored[0].score < least:
        return None
    best = answers.get(scored[0].candidate.key)
    rival = next((one for one in scored if answers.get(one.candidate.key) != best), None)
    if best is None or (rival and rival.score > scored[0].score - margin):
        return None
    return best


def comment_above(text: str) -> str:
    """Return the comment lines with which a text ends, and those of an annotation."""
    lines: list[str] = []
    for line in reversed(text.split("\n")[:-1]):
        if not re.match(r"\s*(?:#|//|/\*|\*|--|;|@|\"\"\")", line) or len(lines) >= 4:
            break
        lines.append(line)
    return "\n".join(reversed(lines))


def unique(values: Iterable[str]) -> list[str]:
    """Return values without repetitions, in their order."""
    return list(dict.fromkeys(values))
