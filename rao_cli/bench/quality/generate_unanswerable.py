"""Make tests of saying that there is no answer: long texts of articles, and questions on other articles.

From paragraphs with questions as SQuAD has them (Rajpurkar et al., 2016). Each source holds articles, the last cut
to its length; half of its questions are on them, the other half on articles that are left out, and ask with the
same words (who, when, how many …). Limits: that an article outside is not answered by one inside is checked by
words only; a question that makes no sense by itself ("What did he do?") stays in either half.
"""

import json
import random
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import chain, zip_longest
from pathlib import Path
from typing import Any

from rao_cli.agent.cite import content_words
from rao_cli.bench.quality.generate_files import CHARACTERS_A_TOKEN, LENGTHS, Source, Wanted, shares
from rao_cli.bench.quality.scoring import normal
from rao_cli.errors import InputError
from rao_cli.text import clean, one_line

QUESTIONS = 20
"""Most questions of one source, half of them without an answer in it."""
_FAMILY_WORDS = ("who", "when", "where", "why", "which", "what", "how many", "how much", "how long", "how")
_SHARED = 0.5


@dataclass(frozen=True)
class Quiz:
    """A question on a paragraph of an article."""

    title: str
    paragraph: str
    question: str
    answers: tuple[str, ...]
    start: int
    """Where the first answer stands in the paragraph, or -1."""

    @cached_property
    def kind(self) -> str:
        """Return the word that the question asks with."""
        told = f" {normal(self.question)} "
        return next((word for word in _FAMILY_WORDS if f" {word} " in told), "other")


def read_quizzes(path: Path) -> list[Quiz]:
    """Return the questions of a file, one JSON object a line. Raises InputError."""
    try:
        lines = path.read_text("utf-8").split("\n")
        return [_quiz(json.loads(line)) for line in lines if line.strip()]
    except (OSError, ValueError, TypeError, LookupError, AttributeError, RecursionError) as error:
        reason = error.strerror if isinstance(error, OSError) else one_line(repr(error), 120)
        raise InputError(
            f"cannot read the questions {one_line(str(path))}: {reason}",
            hint="one JSON object a line: title, context, question, answers, answer_start",
        ) from error


def _quiz(fields: dict[str, Any]) -> Quiz:
    paragraph, answers = clean(str(fields["context"])), tuple(str(answer) for answer in fields["answers"])
    return Quiz(str(fields["title"]), paragraph, str(fields["question"]), answers, paragraph.find(answers[0]))


def make_sources(quizzes: Sequence[Quiz], wanted: Wanted) -> Iterator[Source]:
    """Yield sources with their questions. Raises InputError where there are too few articles or questions."""
    for size, count in zip(wanted.sizes, shares(wanted.count, len(wanted.sizes)), strict=True):
        for number, start in enumerate(range(0, count, QUESTIONS), start=1):
            chance = random.Random(f"{wanted.seed} {size} {number}")  # noqa: S311  a test, no secret
            asked = min(QUESTIONS, count - start)
            yield _source(f"{size}-{number}", quizzes, LENGTHS[size] * CHARACTERS_A_TOKEN, asked, chance)


def _source(name: str, quizzes: Sequence[Quiz], length: int, count: int, chance: random.Random) -> Source:
    articles = _articles(quizzes)
    inside = _chosen(articles, length, chance)
    text, places = _joined(articles, inside, length)
    here = [quiz for quiz in quizzes if quiz.paragraph in places and quiz.start >= 0]
    elsewhere = [quiz for quiz in quizzes if quiz.title not in inside]
    answered = chance.sample(here, min(len(here), (count + 1) // 2))
    unanswered = _like(answered[: count // 2], elsewhere, list(places), chance)
    if len(answered) < (count + 1) // 2 or len(unanswered) < count // 2:
        raise InputError("the articles have too few questions", hint="give more articles, or smaller --sizes")
    # In turns, so that the first so many questions are of both halves.
    asked = zip_longest((_answerable(quiz, places) for quiz in answered), map(_absent, unanswered))
    return Source(name, text, [question for pair in asked for question in pair if question])


def _articles(quizzes: Sequence[Quiz]) -> dict[str, list[str]]:
    """Return the paragraphs of each article, in their order."""
    found: dict[str, dict[str, None]] = defaultdict(dict)
    for quiz in quizzes:
        found[quiz.title][quiz.paragraph] = None
    return {title: list(paragraphs) for title, paragraphs in found.items()}


def _chosen(articles: dict[str, list[str]], length: int, chance: random.Random) -> list[str]:
    """Return titles until their articles are long enough, at least one left out. Raises InputError."""
    titles = sorted(articles)
    chance.shuffle(titles)
    size = 0
    for number, title in enumerate(titles[:-1], start=1):
        size += sum(len(paragraph) + 2 for paragraph in articles[title])
        if size >= length:
            return titles[:number]
    raise InputError(
        f"the articles are too short for a source of {length:,} characters and others beside it",
        hint="give more articles, or smaller --sizes",
    )


def _joined(articles: dict[str, list[str]], titles: Sequence[str], length: int) -> tuple[str, dict[str, int]]:
    """Return articles as one text, the last up to about a length, and where each paragraph begins."""
    parts: list[str] = []
    places: dict[str, int] = {}
    size = 0
    for title in titles:
        for paragraph in (one_line(title), *articles[title]):
            if size < length:
                places[paragraph] = size
                parts.append(f"{paragraph}\n\n")
                size += len(parts[-1])
    return "".join(parts), places


def _like(
    answered: Sequence[Quiz], elsewhere: Sequence[Quiz], paragraphs: Sequence[str], chance: random.Random
) -> list[Quiz]:
    """Return for each question another that no paragraph answers, of its kind where one is left."""
    left = list(elsewhere)
    chance.shuffle(left)
    known = [(paragraph, content_words(paragraph)) for paragraph in paragraphs]
    found: list[Quiz] = []
    for quiz in answered:
        same = (other for other in left if other.kind == quiz.kind)
        others = (other for other in left if other.kind != quiz.kind)
        chosen = next((other for other in chain(same, others) if not _answered(other, known)), None)
        if chosen is not None:
            left.remove(chosen)
            found.append(chosen)
    return found


def _answered(quiz: Quiz, paragraphs: Sequence[tuple[str, set[str]]]) -> bool:
    """Tell whether a paragraph, given with its words, holds an answer and half of the question's words."""
    wanted = content_words(quiz.question)
    holding = (words for text, words in paragraphs if any(answer in text for answer in quiz.answers))
    return any(len(wanted & words) >= _SHARED * len(wanted) for words in holding)


def _answerable(quiz: Quiz, places: dict[str, int]) -> dict[str, Any]:
    start = places[quiz.paragraph] + quiz.start
    return {
        "question": quiz.question,
        "answers": list(dict.fromkeys(quiz.answers)),
        "metric": "contains",
        "subtype": "answerable",
        "evidence": {"char_span": [start, start + len(quiz.answers[0])]},
    }


def _absent(quiz: Quiz) -> dict[str, Any]:
    return {
        "question": quiz.question,
        "answers": [],
        "absent": True,
        "metric": "contains",
        "subtype": "unanswerable",
    }
