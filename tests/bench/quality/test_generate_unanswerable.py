"""Questions without an answer: their article is left out, and they are like those that have one."""

import json
from collections import Counter

import pytest

from rao_cli.bench.quality.generate_files import Wanted
from rao_cli.bench.quality.generate_unanswerable import QUESTIONS, Quiz, make_sources, read_quizzes
from rao_cli.errors import InputError

WORDS = ("who", "when", "where", "how many")


def line(title, number, kind="who"):
    """Return a question on a paragraph of an article, as SQuAD writes it."""
    answer = f"answer{title}x{number}"
    context = (
        f"Of {title} part {number} it is told at length that {answer} came. " + f"It goes on about {title}. " * 30
    )
    return {
        "title": title,
        "context": context,
        "question": f"{kind} came in part {number} of {title}?",
        "answers": [answer, answer],
        "answer_start": 0,
    }


LINES = [
    line(f"Article{title}", number, WORDS[number % len(WORDS)]) for title in range(30) for number in range(12)
]


@pytest.fixture
def quizzes(tmp_path):
    """Return questions read from a file."""
    path = tmp_path / "squad.jsonl"
    path.write_text("".join(json.dumps(each) + "\n" for each in LINES))
    return read_quizzes(path)


def made(quizzes, count=40, sizes=("8k",), seed=1):
    """Return made sources."""
    return list(make_sources(quizzes, Wanted(count, sizes, seed)))


def test_half_of_the_questions_have_no_answer(quizzes):
    """Absent ones have no answers, the others have theirs, and there are as many of both."""
    questions = [question for source in made(quizzes) for question in source.questions]
    absent = [question for question in questions if question.get("absent")]
    assert len(questions) == 40
    assert len(absent) == 20
    assert all(question["answers"] == [] for question in absent)


def test_both_halves_take_turns(quizzes):
    """Whoever asks the first questions only asks of both halves; an odd one has an answer."""
    for source in made(quizzes, count=15):
        assert [bool(question.get("absent")) for question in source.questions] == [False, True] * 7 + [False]


def test_answers_stand_where_the_evidence_says(quizzes):
    """The evidence of an answerable question is its answer in the text."""
    for source in made(quizzes, sizes=("8k", "32k")):
        for question in source.questions:
            if not question.get("absent"):
                start, end = question["evidence"]["char_span"]
                assert source.text[start:end] == question["answers"][0]
                assert question["answers"] == list(dict.fromkeys(question["answers"]))


def test_what_is_absent_is_left_out(quizzes):
    """The article of an unanswerable question is not in the text."""
    known = {quiz.question: quiz for quiz in quizzes}
    for source in made(quizzes):
        absent = [known[question["question"]] for question in source.questions if question.get("absent")]
        assert absent
        assert not any(f"{quiz.title}\n" in source.text or quiz.answers[0] in source.text for quiz in absent)


def test_both_halves_ask_alike(quizzes):
    """For each question with an answer there is one without that asks with the same word."""
    known = {quiz.question: quiz for quiz in quizzes}
    for source in made(quizzes):
        kinds = {True: Counter(), False: Counter()}
        for question in source.questions:
            kinds[bool(question.get("absent"))][known[question["question"]].kind] += 1
        assert kinds[True] == kinds[False]


def test_sources_have_their_sizes(quizzes):
    """Each text is as long as asked, to a paragraph, and no source has too many questions."""
    for source in made(quizzes, count=60):
        assert 32_000 <= len(source.text) < 33_500
        assert len(source.questions) <= QUESTIONS


def test_the_seed_decides(quizzes):
    """Equal seeds give equal sources, others others."""
    assert made(quizzes, seed=2) == made(quizzes, seed=2)
    assert made(quizzes, seed=2) != made(quizzes, seed=3)


def test_what_another_article_answers_is_passed_over():
    """A question whose answer and words stand in an article inside is not asked as one without an answer."""
    told = "The mill at Ulm was built in 1846 by Jonas Weber. " * 700
    asked = [Quiz(title, f"{told}{title}", "Who built the mill?", ("Jonas Weber",), 35) for title in "AB"]
    with pytest.raises(InputError, match="too few questions"):
        made(asked, count=2)
    other = [Quiz(quiz.title, quiz.paragraph, "Who built the bridge at Rome?", ("Gaius",), -1) for quiz in asked]
    (source,) = made([*asked, *other], count=2)
    assert [question["question"] for question in source.questions] == [asked[0].question, other[0].question]


@pytest.mark.parametrize(
    ("question", "kind"),
    [
        ("Who built it?", "who"),
        ("In what year was it built?", "what"),
        ("How many mills are there?", "how many"),
        ("How was it built?", "how"),
        ("Name the builder.", "other"),
        ("Whose mill was it?", "other"),
    ],
)
def test_kinds_are_told_by_words(question, kind):
    """The asking word counts wherever it stands, the longer one first."""
    assert Quiz("t", "p", question, ("a",), 0).kind == kind


def test_too_few_articles_are_refused(quizzes):
    """Where nothing would be left out, or a size cannot be reached, that is said."""
    with pytest.raises(InputError, match="too short"):
        made(quizzes, sizes=("512k",))
    with pytest.raises(InputError, match="too short"):
        made([quiz for quiz in quizzes if quiz.title == "Article1"])


def test_too_few_questions_are_refused(quizzes):
    """No source has fewer questions than asked for without anyone knowing."""
    sparse = list({quiz.title: quiz for quiz in quizzes}.values())
    long = [Quiz(quiz.title, quiz.paragraph * 12, quiz.question, quiz.answers, quiz.start) for quiz in sparse]
    with pytest.raises(InputError, match="too few questions"):
        made(long, count=80)


@pytest.mark.parametrize(
    "text", ["{", "[]", '{"title": "a"}', '{"title": 1, "context": "x", "question": 2, "answers": []}']
)
def test_broken_questions_are_refused(tmp_path, text):
    """A line of another form is an error that says what a line looks like."""
    path = tmp_path / "squad.jsonl"
    path.write_text(text + "\n")
    with pytest.raises(InputError, match="cannot read the questions") as refused:
        read_quizzes(path)
    assert "answer_start" in refused.value.hint


def test_a_missing_file_is_refused(tmp_path):
    """No file is one line."""
    with pytest.raises(InputError, match="No such file"):
        read_quizzes(tmp_path / "none")
