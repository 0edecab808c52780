"""Episodes on documents of many passages: answers stand where they are said to, and absence is real."""

import json
from itertools import islice, pairwise

import pytest

from rao_cli.errors import InputError
from rao_cli.training.environments.reading import Reading, read_quizzes, split
from tests.training.quizzes import ARTICLES, PARAGRAPHS, write_quizzes

SIZE = (200, 600)


@pytest.fixture
def path(tmp_path):
    """Return a file of questions."""
    return write_quizzes(tmp_path / "quizzes.jsonl", articles=12)


@pytest.fixture
def some(path):
    """Return many episodes of it."""
    return list(islice(Reading(read_quizzes(path), SIZE).episodes(3), 200))


def test_an_answer_stands_where_it_is_said_to(some):
    """The evidence of an episode is its first answer, in the paragraph that it was asked of."""
    for one in some:
        for span in one.evidence:
            assert one.text[span.start : span.end] == one.answers[0]
            assert one.question[-20:-1].split()[-2] in one.text[max(0, span.start - 60) : span.start]


def test_without_an_answer_the_text_does_not_hold_it(some):
    """About a fifth of the episodes has no answer, and no evidence either; the text does not even say it."""
    absent = [one for one in some if one.absent]
    assert 0.1 < len(absent) / len(some) < 0.3
    for one in absent:
        lamp = one.question.split("lamp ")[1].split()[0]
        assert (one.evidence, f"lamp {lamp} " in one.text) == ((), False)


def test_texts_are_about_as_long_as_wanted(some):
    """No text is much longer than the most that was asked for."""
    assert all(len(one.text) < 3 * SIZE[1] for one in some)
    assert len({one.text for one in some}) > 10


def test_the_questions_on_a_text_come_one_after_another(some):
    """Episodes on one text are neighbours, so that it is read once; each has a name of its own."""
    texts = [one.text for one in some]
    changes = sum(a != b for a, b in pairwise(texts))
    assert changes == len(set(texts)) - 1
    assert len({one.name for one in some}) == len(some)


def test_the_seed_makes_the_episodes(path):
    """The same seed makes the same episodes, another makes others."""
    quizzes = read_quizzes(path)

    def some(seed):
        return list(islice(Reading(quizzes, SIZE).episodes(seed), 20))

    assert some(1) == some(1) != some(2)


def test_whole_articles_are_left_out(path):
    """Validation has the articles that it names, training all others."""
    quizzes = read_quizzes(path)
    train, valid = split(quizzes, ["Lamp 1", "Lamp 4"])
    assert {quiz.title for quiz in valid} == {"Lamp 1", "Lamp 4"}
    assert len(train) + len(valid) == len(quizzes) == 12 * PARAGRAPHS
    assert not {quiz.title for quiz in train} & {quiz.title for quiz in valid}


def test_without_questions_there_are_no_episodes():
    """An environment of nothing is refused, instead of looking for ever for an episode."""
    with pytest.raises(InputError, match="no questions"):
        Reading([])


GOOD = {"title": "T", "context": "A lamp.", "question": "What?", "answers": ["lamp"], "answer_start": 2}


@pytest.mark.parametrize(
    "line",
    [
        "{",
        "[]",
        "3",
        json.dumps(GOOD | {"answers": []}),
        json.dumps(GOOD | {"answers": [3]}),
        json.dumps(GOOD | {"answers": [""]}),
        json.dumps(GOOD | {"answers": "lamp"}),
        json.dumps(GOOD | {"answer_start": 3}),
        json.dumps(GOOD | {"answer_start": -5}),
        json.dumps(GOOD | {"answer_start": "x"}),
        json.dumps({"title": "T"}),
    ],
)
def test_what_is_no_question_is_refused(tmp_path, line):
    """A line that is no question, or whose answer does not stand where it says, is refused in one line."""
    path = tmp_path / "quizzes.jsonl"
    path.write_text(json.dumps(GOOD) + f"\n\n{line}\n")
    with pytest.raises(InputError, match="cannot read the questions") as refused:
        read_quizzes(path)
    assert "\n" not in refused.value.message


@pytest.mark.parametrize("data", [None, b"\xff\xfe{}"])
def test_a_file_that_cannot_be_read_is_refused(tmp_path, data):
    """A file that is missing or no text is refused."""
    path = tmp_path / "quizzes.jsonl"
    if data:
        path.write_bytes(data)
    with pytest.raises(InputError):
        read_quizzes(path)


def test_empty_lines_are_passed_over(tmp_path):
    """Empty lines between questions do no harm."""
    path = write_quizzes(tmp_path / "quizzes.jsonl")
    path.write_text(path.read_text().replace("\n", "\n\n"))
    assert len(read_quizzes(path)) == ARTICLES * PARAGRAPHS
