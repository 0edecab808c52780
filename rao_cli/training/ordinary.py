"""Ordinary text among the demonstrations, so that what the base model writes and weighs besides survives.

A third is text as it runs on, a third questions written about a subject, a third records written for a label: both
in the very words that records are labelled with (rao_cli/agent/labelling_prompts.py), so that labelling does not
lose by what the model learns besides, as it did when there were fewer of them (docs/experiments.md, 34).
"""

import random
from collections.abc import Iterator, Sequence

from rao_cli.agent.labelling_prompts import writing_prompts
from rao_cli.agent.prompts import WRITE_ABOUT
from rao_cli.engine.base import Message
from rao_cli.training.demonstrations import Line
from rao_cli.training.environments.reading import Quiz
from rao_cli.training.environments.records import Records
from rao_cli.training.samples import Sample
from rao_cli.training.tokens import Tokens

GIVEN = 12
"""Tokens of a text that are given; the rest is to be written."""
LONGEST = 128


def ordinary(quizzes: Sequence[Quiz], tokens: Tokens, count: int, seed: int) -> Iterator[Line]:
    """Yield samples of ordinary text, made from ``count`` questions and their paragraphs, or all there are."""
    chance = random.Random(seed)  # noqa: S311 - nothing secret
    records = _records(tokens, seed)
    for quiz in chance.sample(list(quizzes), min(count, len(quizzes))):
        sample = chance.choice((_text, _question, lambda *_: next(records)))(quiz, tokens)
        yield Line("ordinary", "text", sample)


def _text(quiz: Quiz, tokens: Tokens) -> Sample:
    told = tuple(tokens.text(quiz.paragraph)[: GIVEN + LONGEST])
    return Sample(told[:GIVEN], (told[GIVEN:] or (tokens.end(),),), 0, ())


def _question(quiz: Quiz, tokens: Tokens) -> Sample:
    return _asked(WRITE_ABOUT.format(noun="a quiz question", label=quiz.title), quiz.question, tokens)


def _records(tokens: Tokens, seed: int) -> Iterator[Sample]:
    """Yield one record of each label of a sheet, with the request that its label is told by."""
    for sheet in Records(explicit=0.0, largest=1_000).sheets(seed):
        head = sheet.text[: sheet.records[0].whole.start]
        for label, request in zip(sheet.labels, writing_prompts(sheet.labels, head), strict=True):
            told = next((one.places["text"] for one in sheet.records if one.label == label), None)
            if told:
                yield _asked(request, sheet.text[told.start : told.end], tokens)


def _asked(request: str, answer: str, tokens: Tokens) -> Sample:
    option = (*tokens.text(answer), tokens.end())
    return Sample(tuple(tokens.prompt((Message("user", (request,)),))), (option,), 0, ())
