"""Labels that a source or a question names."""

import pytest

from rao_cli.agent.compute.query_labels import find_labels


@pytest.mark.parametrize(
    ("text", "word", "labels"),
    [
        ("Each is about one of these themes: sea, land, sky. More.", "theme", ("sea", "land", "sky")),
        ("A note is kind (tone: warm) or not (tone: cold).", "tone", ("warm", "cold")),
        ("The possible moods are: glad, sad, calm.", "mood", ("glad", "sad", "calm")),
        ("Each review has a rating: good or bad.", "rating", ("good", "bad")),
        ("Every letter is labelled spam, ham or unsure.", "label", ("spam", "ham", "unsure")),
    ],
)
def test_labels_in_the_source(text, word, labels):
    """The ways in which a text names the labels of its records."""
    found = find_labels(text, "", "", ())
    assert found is not None
    assert (found.word, found.labels) == (word, labels)
    assert found.instruction in text


def test_labels_in_the_question():
    """Where the source says nothing, the answers that the question offers are the labels of what it asks for."""
    found = find_labels("", "", "sentiment", ("good", "bad"))
    assert found is not None
    assert found.labels == ("good", "bad")
    assert "sentiment" in found.instruction


@pytest.mark.parametrize("text", ["", "A list of things.", "One of these days: maybe.", "(see: chapter two)"])
def test_no_labels(text):
    """Prose that names nothing has no labels."""
    assert find_labels(text, "", "", ()) is None


@pytest.mark.parametrize("text", ["(a: " * 4000, "one of these x: " * 2000, "a b, " * 9000])
def test_hostile_prefaces(text):
    """Endless half lists are read in little time, and at most fifty labels are taken from them."""
    found = find_labels(text, "", "", ())
    assert found is None or len(found.labels) <= 50
