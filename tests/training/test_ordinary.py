"""Ordinary text beside demonstrations: paragraphs that run on, questions about a subject, records of a label."""

from itertools import islice

import pytest

from rao_cli.agent.labelling_prompts import writing_prompts
from rao_cli.agent.prompts import WRITE_ABOUT
from rao_cli.engine.base import Message
from rao_cli.training.environments.reading import Quiz
from rao_cli.training.environments.records import Records
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


def sorts(pieces):
    """Return samples by what they are: text that runs on, questions about a subject, records of a label."""
    found = {"text": [], "question": [], "record": []}
    for one in samples(pieces):
        told = pieces.decode(one.options[0])
        asked = "<user>" in pieces.decode(one.prompt)
        found["text" if not asked else "question" if "Who keeps lamp" in told else "record"].append(one)
    return found


def test_a_third_of_each(pieces):
    """Texts, questions and records are about as many."""
    assert all(6 < len(found) < 22 for found in sorts(pieces).values())


def test_text_runs_on(pieces):
    """A paragraph goes on after its first tokens, for so many tokens at most."""
    for one in sorts(pieces)["text"]:
        told = pieces.decode((*one.prompt, *one.options[0]))
        assert LONG.startswith(told)
        assert (len(one.prompt), len(one.options[0])) == (GIVEN, LONGEST)


def test_questions_are_asked_for_as_labels_are(pieces):
    """A question about a subject is written in the words that records are labelled with, and ends."""
    for one in sorts(pieces)["question"]:
        number = pieces.decode(one.options[0]).split("lamp ")[1].split("?")[0]
        prompt = Message("user", (WRITE_ABOUT.format(noun="a quiz question", label=f"Lamp {number}"),))
        assert list(one.prompt) == pieces.prompt((prompt,))
        assert one.options[0][-1] == pieces.end()


def test_records_are_asked_for_as_labels_are(pieces):
    """A record of a label is written after the very request that labelling weighs it with."""
    sheets = list(islice(Records(explicit=0.0, largest=1_000).sheets(1), 40))
    requests = {text for sheet in sheets for text in writing_prompts(sheet.labels, head(sheet))}
    texts = {text_of(sheet, one) for sheet in sheets for one in sheet.records}
    for one in sorts(pieces)["record"]:
        assert tuple(one.prompt) in {tuple(pieces.prompt((Message("user", (text,)),))) for text in requests}
        assert one.options[0] in {(*pieces.text(text), pieces.end()) for text in texts}


def head(sheet):
    """Return what a sheet says on its labels."""
    return sheet.text[: sheet.records[0].whole.start]


def text_of(sheet, record):
    """Return what a record says."""
    return sheet.text[record.places["text"].start : record.places["text"].end]


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
