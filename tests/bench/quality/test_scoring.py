"""Right, exact and F1: every metric on hand-made answers, and on hostile ones."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rao_cli.bench.quality.scoring import Verdict, f1, judge, normal, numbers, says_absent
from tests.bench.making import asked

LETTERS = {"metric": "choice", "letters": True, "choices": ("a red fox", "a blue hare", "no animal")}
OPTIONS = {"metric": "choice", "choices": ("red", "dark red", "blue")}


def right(answer, *true, question="Which one?", max_words=12, **changes):
    """Tell whether an answer is right."""
    return judge(asked(question, *true, **changes), answer, max_words=max_words).right


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("The  Quick, brown Fox!", "quick brown fox"),
        ("an apple a day", "apple day"),
        ("J.I. Pontanus", "ji pontanus"),
        ("$1,200 + tax", "1200 tax"),
        ("«Été» – 3\u22124", "été 34"),
        ("another theme", "another theme"),
        ("", ""),
    ],
)
def test_text_is_normalised(text, expected):
    """Case, punctuation, symbols and whole articles go, other letters stay."""
    assert normal(text) == expected


@pytest.mark.parametrize(
    ("answer", "true", "expected"),
    [
        ("It was signed in Utrecht, in 1713.", "1713", True),
        ("It was signed in 17133.", "1713", False),
        ("the Moscone Center", "Moscone Center", True),
        ("Center Moscone", "Moscone Center", False),
        ("src/main.go", "main.go", True),
        ("on twenty-one boats", "twenty one", True),
        ("the read-write head", "readwrite", True),
        ("", "x", False),
        ("   ", "x", False),
    ],
)
def test_an_answer_contains_the_true_one(answer, true, expected):
    """Whole words in order count, whatever slashes and hyphens join them."""
    assert right(answer, true) is expected


def test_long_answers_are_wrong():
    """Beyond the words that are allowed nothing is right; 0 allows any number."""
    answer = "it is one of these " + "words " * 7 + "x"
    assert len(answer.split()) == 13
    assert not right(answer, "x")
    assert right(answer, "x", max_words=13)
    assert right(answer, "x", max_words=0)


def test_any_true_answer_will_do():
    """One of several true answers is enough, unless all are wanted."""
    assert right("Ulm", "Rome", "Ulm")
    assert not right("Ulm", "Rome", "Ulm", match_all=True)
    assert right("Ulm and Rome", "Rome", "Ulm", match_all=True)


def test_forms_of_a_wanted_answer():
    """Where all are wanted, a bar separates forms of one answer."""
    assert right("Saint Denis, Ulm", "St. Denis|Saint Denis", "Ulm", match_all=True)
    assert not right("Saint Denis", "St. Denis|Saint Denis", "Ulm", match_all=True)


@pytest.mark.parametrize(
    ("answer", "true", "expected"),
    [
        ("213", "213", True),
        ("There are 1,213 of them.", "1213", True),
        ("Status 404 came 213 times", "213", True),
        ("Status 404", "404", True),
        ("404 came 404 times", "213", False),
        ("three", "3", True),
        ("three of 7", "3", False),
        ("seventeen", "7", False),
        ("v1.213", "213", False),
        ("\u22125 degrees", "-5", True),
        ("2.5", "2.5", True),
        ("215", "213", False),
        ("none at all", "0", False),
        ("", "0", False),
        ("9" * 400, "213", False),
    ],
)
def test_numbers_are_compared(answer, true, expected):
    """The first number that the question does not give counts, in digits or as a word."""
    assert right(answer, true, question="How often was it 404?", metric="number") is expected


def test_a_tolerance_is_absolute():
    """Numbers within the tolerance are right, up to it and not beyond."""
    assert right("52", "47", metric="number", tolerance=5.0)
    assert not right("53", "47", metric="number", tolerance=5.0)


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        ("B", True),
        ("(B)", True),
        ("b) a blue hare", True),
        ("The correct answer is B.", True),
        ("Answer: B", True),
        ("I think the answer is (B)", True),
        ("A blue hare", False),
        ("It is a blue hare", True),
        ("C", False),
        ("It is not (A), but (B)", True),
        ("because", False),
        ("both", False),
    ],
)
def test_letters_are_read(answer, expected):
    """A letter counts however it is put, and the words of a choice where there is none."""
    assert right(answer, "B", "a blue hare", **LETTERS) is expected


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        ("dark red", True),
        ("It was dark red!", True),
        ("red", False),
        ("dark red or blue", False),
        ("green", False),
    ],
)
def test_one_choice_must_be_named(answer, expected):
    """Exactly one choice is named; one that is part of a longer named one is not."""
    assert right(answer, "dark red", **OPTIONS) is expected


def test_exact_and_f1_as_metrics():
    """An exact metric wants the same words; F1 wants half of them."""
    assert right("The Fox!", "fox", metric="exact")
    assert not right("red fox", "fox", metric="exact")
    assert right("a red fox", "fox red hare", metric="f1")
    assert not right("one red fox here", "hare red", metric="f1")


def test_f1_is_squads():
    """Shared words count as often as both have them."""
    assert f1("a red red fox", "red fox") == pytest.approx(2 * 2 / 5)
    assert f1("fox", "hare") == 0
    assert f1("the", "") == 1
    assert f1("fox", "") == 0


def test_a_verdict_has_all_three():
    """Right, exact and F1 are told together, the best of the true answers counting."""
    assert judge(asked("Who?", "Jonas", "Jonas Weber"), "jonas weber.") == Verdict(True, True, 1.0)
    verdict = judge(asked("Who?", "Jonas Weber"), "by Jonas Weber")
    assert (verdict.right, verdict.exact, verdict.f1) == (True, False, pytest.approx(0.8))


def test_absent_is_judged():
    """Saying absent is right where there is no answer, and wrong where there is one, whatever else was said."""
    nothing = asked("Who?", absent=True)
    assert judge(nothing, "", absent=True) == Verdict(True, True, 1.0)
    assert not judge(nothing, "Jonas").right
    assert not judge(asked("Who?", "Jonas"), "Jonas", absent=True).right


@pytest.mark.parametrize(
    "answer", ["absent", "Absent.", '"absent"', "Not found", "It is not mentioned.", "No answer"]
)
def test_absence_in_words(answer):
    """Models without a protocol say it in words."""
    assert says_absent(answer)


@pytest.mark.parametrize("answer", ["", "Jonas", "absentee ballots", "It was absent", "nothing", "Knot found"])
def test_other_words_are_answers(answer):
    """An answer that only looks like absence, or is empty, is none."""
    assert not says_absent(answer)


def test_number_words_count_without_digits_only():
    """Words are numbers from zero to twenty, in their order, and only as whole words."""
    assert numbers("two of nineteen") == [2, 19]
    assert numbers("two of 19") == [19]
    assert numbers("someone often") == []
    assert numbers("1_000 and 2,000 and 3,00") == [1000, 2000, 3, 0]


@given(st.text(max_size=60))
def test_every_answer_is_right_by_itself(text):
    """What is its own true answer is exact, has F1 1, and is contained wherever it has a word."""
    verdict = judge(asked("Who?", text), text, max_words=0)
    assert verdict.exact or not text.strip()
    assert verdict.right == bool(normal(text) and text.strip())


@pytest.mark.parametrize("piece", ["the ", "(", "is ", "1,", "-", "answer is ", "\u0301"])
def test_hostile_answers_take_no_time(piece):
    """An endless answer is judged at once by every metric."""
    started = time.monotonic()
    for changes in ({}, {"metric": "number"}, LETTERS, OPTIONS, {"metric": "f1"}, {"match_all": True}):
        judge(asked("Which 1?", "1", **changes), piece * 100_000, max_words=0)
    assert says_absent(piece * 100_000) is False
    assert time.monotonic() - started < 5
