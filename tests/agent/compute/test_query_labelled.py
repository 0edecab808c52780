"""Questions on records that only their meaning tells apart: what is labelled, and what follows from the labels."""

from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rao_cli.agent.compute.base import Labelling
from rao_cli.agent.labelling_prompts import writing_prompts
from tests.agent.compute.asking import found
from tests.agent.helpers import document

SUBJECTS = ("boats", "nets", "wages")
LETTERS = (
    ("2020-01-04", "ann", "The mast has cracked again", "boats"),
    ("2020-01-09", "bob", "Nobody was paid in March", "wages"),
    ("2020-02-02", "ann", "The mesh is too wide for herring", "nets"),
    ("2020-02-20", "cy", "A new keel was laid", "boats"),
    ("2020-03-01", "bob", "The purse should be shared anew", "wages"),
    ("2020-03-15", "ann", "Her hull leaks at the bow", "boats"),
    ("2020-03-30", "cy", "Mend the holes before spring", "nets"),
    ("2020-04-11", "ann", "We ask for two crowns more", "wages"),
    ("2020-04-12", "bob", "The rudder is loose", "boats"),
)
TEXT = (
    "Each line below is one letter. Every letter is about one of these subjects: boats, nets, wages. "
    "The subject is not written in the letter.\n\n"
    + "".join(f"Date: {date} || Writer: {writer} || Letter: {said}\n" for date, writer, said, _ in LETTERS)
)


def concluded(question, known=True):
    """Return the answer that follows where each record has its right label, or none has any."""
    task = found(question, TEXT)
    assert isinstance(task, Labelling), question
    texts = [document(TEXT).read(span) for span in task.records]
    right = {said: subject for _, _, said, subject in LETTERS}
    told = [task.labels.index(right[text]) if known else -1 for text in texts]
    return task.conclude(told).answer


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("How many letters have the subject 'boats'?", "4"),
        ("How many letters are about nets?", "2"),
        ("Which subject is the most common?", "boats"),
        ("Which subject is the least common?", "nets"),
        ("How many letters of writer ann have the subject 'boats'?", "2"),
        ("How many letters with the subject 'wages' were written before March 1, 2020?", "1"),
        ("Are there more letters with subject 'boats' or with subject 'wages'?", "boats"),
        ("How many more letters have the subject 'boats' than the subject 'nets'?", "2"),
        ("Which writer has the most letters with the subject 'wages'?", "bob"),
    ],
)
def test_answers_follow_from_the_labels(question, expected):
    """With the right labels the answer is exact."""
    assert concluded(question) == expected


@pytest.mark.parametrize("subject", SUBJECTS)
def test_each_label_is_counted(subject):
    """The count of a label is how many records have it."""
    expected = Counter(row[3] for row in LETTERS)[subject]
    assert concluded(f"How many letters have the subject '{subject}'?") == str(expected)


def test_records_without_a_label_count_for_nothing():
    """Where no label is known, none is counted."""
    assert concluded("How many letters have the subject 'boats'?", known=False) == "0"


def test_only_what_is_judged_is_labelled():
    """The spans to judge are the letters' own words, each once, in the order of the text."""
    task = found("How many letters have the subject 'boats'?", TEXT)
    assert [document(TEXT).read(span) for span in task.records] == [row[2] for row in LETTERS]
    assert task.labels == SUBJECTS


def test_conditions_of_code_come_first():
    """Only records that pass what code can tell are given to the model."""
    task = found("How many letters of writer cy have the subject 'nets'?", TEXT)
    assert [document(TEXT).read(span) for span in task.records] == [row[2] for row in LETTERS if row[1] == "cy"]


@settings(max_examples=20, deadline=None)
@given(st.lists(st.integers(-1, 2), min_size=len(LETTERS), max_size=len(LETTERS)))
def test_any_labels_are_counted(told):
    """Whatever a model says, the counts of the labels and of what is unknown are all records."""
    counts = []
    for subject in SUBJECTS:
        task = found(f"How many letters have the subject '{subject}'?", TEXT)
        counts.append(int(task.conclude(told).answer))
    assert counts == [told.count(at) for at in range(3)]
    assert sum(counts) + told.count(-1) == len(LETTERS)


@pytest.mark.parametrize(
    ("labels", "instruction", "prompts"),
    [
        (
            ("boats", "nets"),
            "Every letter is about one of these subjects: boats, nets.",
            ("Write a letter about boats.", "Write a letter about nets."),
        ),
        (
            ("good", "bad"),
            "Each entry is a remark (verdict: good) or (verdict: bad).",
            ("Write a remark that says what is good.", "Write a remark that says what is bad."),
        ),
        (("red", "blue"), "", ("red", "blue")),
        (
            ("bug", "wish"),
            "A ticket is a bug (something fails) or a wish (something is asked for).",
            ("Write a bug: something fails.", "Write a wish: something is asked for."),
        ),
    ],
)
def test_what_is_written_for_a_label(labels, instruction, prompts):
    """What a model is asked to write comes from the source's words on the labels."""
    assert writing_prompts(labels, instruction) == prompts


@given(st.lists(st.text(min_size=1, max_size=12), min_size=1, max_size=5), st.text(max_size=200))
def test_any_labels_have_prompts(labels, instruction):
    """Each label has one prompt, whatever it and the source say."""
    assert len(writing_prompts(labels, instruction)) == len(labels)
