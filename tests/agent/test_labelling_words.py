"""Labels from a document's own words."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rao_cli.agent.labelling_words import spread_labels

TEA = ("the kettle sang", "a warm kettle and cups", "cups of green leaves", "leaves in the kettle")
CHESS = ("the bishop took a pawn", "a pawn ending", "white lost the bishop", "a pawn for the bishop")
SURE, UNSURE = 4.0, 0.1

SCORES = st.lists(st.tuples(st.floats(-90, 0), st.floats(-90, 0), st.floats(-90, 0)), min_size=1, max_size=12)


def notes(count: int) -> tuple[list[str], list[int]]:
    """Return notes on tea (0) and chess (1) in turn, with their labels."""
    texts = [f"{(TEA, CHESS)[at % 2][at // 2 % 4]} {at}" for at in range(count)]
    return texts, [at % 2 for at in range(count)]


def scored(labels: list[int], how_sure: float = SURE) -> list[list[float]]:
    """Return scores that favour the given labels."""
    return [[how_sure * (at == label) for at in range(2)] for label in labels]


def best(chances: list[list[float]]) -> list[int]:
    """Return the most probable label of each record."""
    return [row.index(max(row)) for row in chances]


def test_words_correct_a_wrong_score():
    """A record that the model got wrong by little gets the label of the records with its words."""
    texts, labels = notes(40)
    scores = scored(labels)
    scores[6] = [0.0, UNSURE]
    assert best(spread_labels(scores, texts)) == labels


def test_words_label_records_that_nobody_read():
    """A tenth of the records read tells the labels of all, where their words differ."""
    texts, labels = notes(200)
    scores = [score if at % 10 < 2 and at % 20 < 12 else None for at, score in enumerate(scored(labels))]
    assert best(spread_labels(scores, texts)) == labels


def test_sure_scores_stand():
    """What the model is sure of stays, whatever the words of the record."""
    texts, labels = notes(40)
    scores = scored(labels)
    scores[6] = [0.0, 60.0]
    assert best(spread_labels(scores, texts))[6] == 1


def test_a_label_that_most_records_have_keeps_them():
    """Records of nearly one label only are not dealt out evenly."""
    texts = [f"{TEA[at % 4]} {at}" for at in range(95)] + [f"{CHESS[at % 4]} {at}" for at in range(5)]
    labels = [0] * 95 + [1] * 5
    assert best(spread_labels(scored(labels, 2.0), texts)) == labels


def test_a_prompt_that_all_records_suit_better_is_calibrated():
    """A constant advantage of one label does not give it the records that lean to the other."""
    texts = [str(at) for at in range(40)]
    scores = [[1.0 + 2.5 * (at % 2 == 0), 2.5 * (at % 2 == 1) + (at == 1) * -1.6] for at in range(40)]
    assert sum(best(spread_labels(scores, texts))) == 20


def test_text_without_words_is_left_to_the_model():
    """Records of signs only keep the labels that the model gave."""
    assert best(spread_labels([[0.0, 1.0], [1.0, 0.0]], ["***", "!!!"])) == [1, 0]


def test_one_record_is_enough():
    """A single record keeps its label."""
    assert best(spread_labels([[-7.0, -3.0]], ["one note"])) == [1]


@given(SCORES, st.data())
def test_chances_are_chances(scores, data):
    """For each record the chances of all labels add up to one, whatever was scored and read."""
    read = [scores[0], *(data.draw(st.none() | st.just(score)) for score in scores[1:])]
    texts = data.draw(st.lists(st.text(max_size=20), min_size=len(read), max_size=len(read)))
    for row in spread_labels(read, texts):
        assert sum(row) == pytest.approx(1.0)
        assert all(0 <= chance <= 1 for chance in row)


@given(SCORES, st.floats(-50, 50))
def test_how_probable_a_record_is_anyway_does_not_matter(scores, shift):
    """Scores count up to a constant of each record."""
    texts = [f"word{at % 3} more{at % 2}" for at in range(len(scores))]
    moved = [[each + shift * at for each in score] for at, score in enumerate(scores)]
    plain = spread_labels([list(score) for score in scores], texts)
    for one, other in zip(plain, spread_labels(moved, texts), strict=True):
        assert one == pytest.approx(other, abs=1e-6)


@given(SCORES)
def test_the_order_of_labels_does_not_matter(scores):
    """With the labels in another order the chances are in that order."""
    texts = [f"word{at % 3} more{at % 2}" for at in range(len(scores))]
    plain = spread_labels([list(score) for score in scores], texts)
    turned = spread_labels([list(score)[::-1] for score in scores], texts)
    for one, other in zip(plain, turned, strict=True):
        assert one == pytest.approx(other[::-1], abs=1e-6)


def test_many_records_take_a_moment():
    """Twenty thousand records are labelled within seconds."""
    texts = [f"{word} {at % 997} {at}" for at, word in enumerate(notes(20_000)[0])]
    began = time.perf_counter()
    spread_labels([[0.0, 1.0]] * 20_000, texts)
    assert time.perf_counter() - began < 10


def test_one_word_repeated_for_ever_is_one_word():
    """A record of one endlessly repeated word weighs no more than the word once."""
    texts, labels = notes(40)
    scores = scored(labels)
    texts[0] = "pawn " * 5_000
    assert best(spread_labels(scores, texts))[0] == 0
