"""Ordinary text among the demonstrations, so that what the base model writes and weighs besides survives.

Half is text as it runs on; half are questions written about a subject, in the very words that records are labelled
with (rao_cli/agent/labelling_prompts.py).
"""

import random
from collections.abc import Iterator, Sequence

from rao_cli.agent.prompts import WRITE_ABOUT
from rao_cli.engine.base import Message
from rao_cli.training.demonstrations import Line
from rao_cli.training.environments.reading import Quiz
from rao_cli.training.samples import Sample
from rao_cli.training.tokens import Tokens

GIVEN = 12
"""Tokens of a text that are given; the rest is to be written."""
LONGEST = 128


def ordinary(quizzes: Sequence[Quiz], tokens: Tokens, count: int, seed: int) -> Iterator[Line]:
    """Yield samples of ordinary text, made from ``count`` questions and their paragraphs, or all there are."""
    chance = random.Random(seed)  # noqa: S311 - nothing secret
    for quiz in chance.sample(list(quizzes), min(count, len(quizzes))):
        sample = _text(quiz, tokens) if chance.random() < 0.5 else _question(quiz, tokens)
        yield Line("ordinary", "text", sample)


def _text(quiz: Quiz, tokens: Tokens) -> Sample:
    told = tuple(tokens.text(quiz.paragraph)[: GIVEN + LONGEST])
    return Sample(told[:GIVEN], (told[GIVEN:] or (tokens.end(),),), 0, ())


def _question(quiz: Quiz, tokens: Tokens) -> Sample:
    asked = WRITE_ABOUT.format(noun="a quiz question", label=quiz.title)
    option = (*tokens.text(quiz.question), tokens.end())
    return Sample(tuple(tokens.prompt((Message("user", (asked,)),))), (option,), 0, ())
