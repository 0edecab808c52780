"""Ordinary text beside demonstrations: paragraphs that run on, and questions about a subject."""

import pytest

from rao_cli.agent.prompts import WRITE_ABOUT
from rao_cli.engine.base import Message
from rao_cli.training.environments.reading import Quiz
from rao_cli.training.ordinary import GIVEN, LONGEST, ordinary
from tests.training.helpers import Pieces

LONG = "The keeper of the lamp went out to see the sea. " * 40
QUIZZES = [Quiz(f"Lamp {number}", LONG, f"Who keeps lamp {number}?", ("x",), 0) for number in range(40)]


@pytest.fixture
def pieces():
    """Return a tokenizer."""
    return Pieces()


def samples(pieces, quizzes=QUIZZES, count=40, seed=1):
    """Return samples of ordinary text."""
    return [line.sample for line in ordinary(quizzes, pieces, count, seed)]


def test_text_runs_on(pieces):
    """Half or so continue a paragraph after its first tokens, for so many tokens at most."""
    texts = [one for one in samples(pieces) if len(one.prompt) == GIVEN]
    assert 10 < len(texts) < 30
    for one in texts:
        told = pieces.decode((*one.prompt, *one.options[0]))
        assert LONG.startswith(told)
        assert len(one.options[0]) == LONGEST


def test_questions_are_asked_for_as_labels_are(pieces):
    """The others write a question about a subject in the words that records are labelled with, and end."""
    asked = [one for one in samples(pieces) if len(one.prompt) != GIVEN]
    for one in asked:
        told = pieces.decode(one.options[0])
        number = told.split("lamp ")[1].split("?")[0]
        prompt = Message("user", (WRITE_ABOUT.format(noun="a quiz question", label=f"Lamp {number}"),))
        assert list(one.prompt) == pieces.prompt((prompt,))
        assert one.options[0][-1] == pieces.end()


def test_everything_is_written(pieces):
    """Each sample is one option of its own, after a prompt, and is of no family of questions."""
    lines = list(ordinary(QUIZZES, pieces, 10, 1))
    assert len(lines) == 10
    assert {(line.family, line.kind) for line in lines} == {("ordinary", "text")}
    assert all(line.sample.written and line.sample.prompt and line.sample.options[0] for line in lines)


def test_a_short_paragraph_ends(pieces):
    """A paragraph that is given whole is followed by the end of the turn."""
    short = [Quiz("T", "A lamp.", "What?", ("lamp",), 2)]
    found = [one for seed in range(8) for one in samples(pieces, short, 1, seed)]
    assert {one.options[0] for one in found if len(one.prompt) == 4} == {(pieces.end(),)}


def test_no_question_is_used_twice(pieces):
    """More than there are gives each once; the seed makes the choice."""
    assert len(samples(pieces, count=1_000)) == len(QUIZZES)
    assert samples(pieces, count=5, seed=2) == samples(pieces, count=5, seed=2) != samples(pieces, count=5, seed=3)
