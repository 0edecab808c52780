"""Questions on documents made of many passages, some of which the document does not answer.

The questions come from a file of one JSON object a line: title, context (a paragraph), question, answers and
answer_start, as SQuAD has them (arXiv 1606.05250). Paragraphs of a few articles are one document; questions on
paragraphs of the same articles that were left out are those without an answer.
"""

import json
import random
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from rao_cli.documents.model import Span
from rao_cli.errors import InputError
from rao_cli.text import one_line
from rao_cli.training.episodes import Episode

MOST_ARTICLES = 6
LEFT_OUT = 0.25
"""Share of the paragraphs of a document's articles that it does not hold."""
UNANSWERED = 0.25
"""Questions that the document does not answer, for each that it does."""


@dataclass(frozen=True, slots=True)
class Quiz:
    """A question on a paragraph of an article; ``start`` is where the answer begins in it."""

    title: str
    paragraph: str
    question: str
    answers: tuple[str, ...]
    start: int


def read_quizzes(path: Path) -> list[Quiz]:
    """Return the questions of a file. Raises InputError for a file that is none of questions."""
    try:
        with path.open(encoding="utf-8") as lines:
            return [_quiz(json.loads(line)) for line in lines if line.strip()]
    except (OSError, ValueError, KeyError, TypeError, IndexError) as error:
        raise InputError(
            f"cannot read the questions in {one_line(str(path))}: {one_line(str(error), 120)}",
            hint="one JSON object a line: title, context, question, answers, answer_start",
        ) from error


def _quiz(line: dict[str, object]) -> Quiz:
    answers = line["answers"]
    if not isinstance(answers, list) or not answers:
        raise ValueError("a question without answers")
    start, paragraph = int(str(line["answer_start"])), str(line["context"])
    if not answers[0] or start < 0 or paragraph[start : start + len(answers[0])] != answers[0]:
        raise ValueError("an answer that does not stand where it is said to")
    return Quiz(str(line["title"]), paragraph, str(line["question"]), tuple(map(str, answers)), start)


def split(quizzes: Sequence[Quiz], titles: Sequence[str]) -> tuple[list[Quiz], list[Quiz]]:
    """Return the questions to train on and those on articles that are left out for validation."""
    left_out = set(titles)
    train = [quiz for quiz in quizzes if quiz.title not in left_out]
    return train, [quiz for quiz in quizzes if quiz.title in left_out]


class Reading:
    """Episodes over documents of about ``characters`` characters. Raises InputError without questions."""

    def __init__(self, quizzes: Sequence[Quiz], characters: tuple[int, int] = (8_000, 60_000)) -> None:
        if not quizzes:
            raise InputError("there are no questions to make texts for", hint="leave fewer articles out")
        self.characters = characters
        self._of_paragraph: dict[str, list[Quiz]] = defaultdict(list)
        self._paragraphs: dict[str, list[str]] = defaultdict(list)
        for quiz in quizzes:
            if not self._of_paragraph[quiz.paragraph]:
                self._paragraphs[quiz.title].append(quiz.paragraph)
            self._of_paragraph[quiz.paragraph].append(quiz)

    def episodes(self, seed: int) -> Iterator[Episode]:
        """Yield the questions of one document after those of the other."""
        chance = random.Random(seed)  # noqa: S311 - nothing secret
        for number in range(1 << 30):
            yield from self._document(chance, f"reading-{seed}-{number}")

    def _document(self, chance: random.Random, name: str) -> Iterator[Episode]:
        length = chance.randint(*self.characters)
        titles = chance.sample(
            sorted(self._paragraphs), min(len(self._paragraphs), chance.randint(1, MOST_ARTICLES))
        )
        kept, left = self._divided(titles, length, chance)
        text, places = _joined(kept)
        inside = [quiz for paragraph in places for quiz in self._of_paragraph[paragraph]]
        outside = [quiz for paragraph in left for quiz in self._of_paragraph[paragraph]]
        outside = [quiz for quiz in outside if not any(answer in text for answer in quiz.answers)]
        chance.shuffle(outside)
        asked = [(quiz, True) for quiz in inside]
        asked += [(quiz, False) for quiz in outside[: int(len(inside) * UNANSWERED)]]
        chance.shuffle(asked)
        for number, (quiz, answered) in enumerate(asked):
            yield _episode(f"{name}-{number}", text, quiz, places[quiz.paragraph] if answered else None)

    def _divided(
        self, titles: Sequence[str], length: int, chance: random.Random
    ) -> tuple[list[tuple[str, list[str]]], list[str]]:
        """Return what paragraphs of each article the document holds, and those that were left out."""
        kept: list[tuple[str, list[str]]] = []
        left: list[str] = []
        size = 0
        for title in titles:
            inside = [text for text in self._paragraphs[title] if chance.random() >= LEFT_OUT]
            room = [text for at, text in enumerate(inside) if size + sum(map(len, inside[: at + 1])) <= length]
            room = room or inside[:1]
            size += sum(map(len, room))
            kept.append((title, room))
            left += [text for text in self._paragraphs[title] if text not in room]
        return kept, left


def _joined(articles: Sequence[tuple[str, list[str]]]) -> tuple[str, dict[str, int]]:
    """Return articles as one text, and where each paragraph begins in it."""
    parts: list[str] = []
    places: dict[str, int] = {}
    size = 0
    for title, paragraphs in articles:
        for paragraph in (f"# {title}", *paragraphs):
            places[paragraph] = size
            parts.append(f"{paragraph}\n\n")
            size += len(parts[-1])
    return "".join(parts), {paragraph: place for paragraph, place in places.items() if paragraph[:2] != "# "}


def _episode(name: str, text: str, quiz: Quiz, place: int | None) -> Episode:
    if place is None:
        return Episode(name, "reading", text, quiz.question, (), ())
    start = place + quiz.start
    evidence = (Span(start, start + len(quiz.answers[0])),)
    return Episode(name, "reading", text, quiz.question, tuple(dict.fromkeys(quiz.answers)), evidence)
