"""Make needle-in-a-haystack tests: made-up sentences hidden in a long text, and the questions that they answer.

The text is the user's own, taken from a place that the seed chooses and begun again where it ends. Each source has
some questions of different kinds (needles.py); what is hidden for one is among what misleads another.
"""

import random
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from rao_cli.bench.quality.generate_files import CHARACTERS_A_TOKEN, LENGTHS, Source, Wanted, shares
from rao_cli.bench.quality.needles import KINDS, Needle, Words, make_needle
from rao_cli.errors import InputError
from rao_cli.text import clean, one_line

QUESTIONS = 8
"""Most questions of one source: one of each kind."""
_SENTENCE_END = re.compile(r"[.!?][\"'”’)]*\s")
_SEARCHED = 2000
"""Characters in which the end of a sentence is looked for."""
_LEAST = 1000


def read_haystack(paths: Sequence[Path]) -> str:
    """Return the texts of files, one after the other. Raises InputError for one that is no text, or too little."""
    texts = []
    for path in paths:
        try:
            texts.append(clean(path.read_text("utf-8")))
        except (OSError, ValueError) as error:
            reason = error.strerror if isinstance(error, OSError) else "it is not text"
            raise InputError(
                f"cannot read {one_line(str(path))}: {reason}", hint="name a long text with --text"
            ) from error
    haystack = "\n".join(texts)
    if len(haystack.strip()) < _LEAST:
        raise InputError(f"the text has less than {_LEAST:,} characters", hint="name a longer one with --text")
    return haystack


def make_sources(haystack: str, wanted: Wanted) -> Iterator[Source]:
    """Yield sources with their questions; equal arguments give equal ones."""
    for size, count in zip(wanted.sizes, shares(wanted.count, len(wanted.sizes)), strict=True):
        kinds = [KINDS[number % len(KINDS)] for number in range(count)]
        for number, start in enumerate(range(0, count, QUESTIONS), start=1):
            chance = random.Random(f"{wanted.seed} {size} {number}")  # noqa: S311  a test, no secret
            yield _source(f"{size}-{number}", haystack, LENGTHS[size], kinds[start : start + QUESTIONS], chance)


def _source(name: str, haystack: str, tokens: int, kinds: Sequence[str], chance: random.Random) -> Source:
    words = Words(chance)
    needles = [make_needle(kind, words) for kind in kinds]
    sentences = [sentence for needle in needles for sentence in (*needle.hidden, *needle.distractors)]
    around = tokens * CHARACTERS_A_TOKEN - sum(len(sentence) + 1 for sentence in sentences)
    text, places = hide(_piece(haystack, around, chance), sentences, chance)
    return Source(name, text, [_question(needle, places, text) for needle in needles])


def _piece(haystack: str, length: int, chance: random.Random) -> str:
    """Return so many characters of a text from any place on, begun again where it ends."""
    start = chance.randrange(len(haystack))
    turned = haystack[start:] + haystack[:start]
    return (turned * (length // len(turned) + 1))[:length]


def hide(text: str, sentences: Sequence[str], chance: random.Random) -> tuple[str, dict[str, int]]:
    """Put sentences into a text, each behind a sentence in its own part of it; return it and where each begins."""
    shuffled = list(sentences)
    chance.shuffle(shuffled)
    step = len(text) / len(shuffled)
    parts: list[str] = []
    places: dict[str, int] = {}
    length = taken = 0
    for number, sentence in enumerate(shuffled):
        at = max(taken, _behind_a_sentence(text, int((number + chance.random()) * step)))
        before = text[taken:at]
        places[sentence] = length + len(before)
        parts += [before, sentence, " "]
        length, taken = places[sentence] + len(sentence) + 1, at
    return "".join([*parts, text[taken:]]), places


def _behind_a_sentence(text: str, at: int) -> int:
    """Return the place behind the next sentence or else the last one or, where none is near, the next word."""
    found = _SENTENCE_END.search(text, at, at + _SEARCHED)
    if found:
        return found.end()
    before = [match.end() for match in _SENTENCE_END.finditer(text, max(0, at - _SEARCHED), at)]
    if before:
        return before[-1]
    space = text.find(" ", at, at + _SEARCHED)
    return space + 1 if space >= 0 else at


def _question(needle: Needle, places: dict[str, int], text: str) -> dict[str, Any]:
    start = places[needle.hidden[0]]
    end = start + len(needle.hidden[0])
    fields = {
        "question": needle.question,
        "answers": list(needle.answers),
        "metric": "contains",
        "subtype": needle.subtype,
        "evidence": {"char_span": [start, end], "depth": round(start / len(text), 3)},
    }
    return {**fields, "match": "all"} if needle.match_all else fields
