"""Records that only their meaning tells apart: what is to be labelled, and what code makes of the labels."""

import pytest

from rao_cli.agent.compute.base import Computed, Labelling
from tests.agent.compute.asking import NOTES, answer, found
from tests.agent.helpers import document

LABELS = {"soup": 0, "Lovely bed": 1, "Friendly": 2, "Breakfast": 0, "bread": 0, "shower": 1}
"""What each remark is about, as the number of its label."""


def concluded(question: str) -> tuple[Labelling, Computed]:
    """Return what is to be labelled for a question, and what a perfect reader's labels come to."""
    labelling = found(question, NOTES, "guests.txt")
    assert isinstance(labelling, Labelling)
    read = document(NOTES, "guests.txt")
    said = [next(label for word, label in LABELS.items() if word in read.read(span)) for span in labelling.records]
    return labelling, labelling.conclude(said)


@pytest.mark.parametrize(
    ("question", "records", "expected"),
    [
        ("How many of the notes have the subject 'food'?", 6, "3"),
        ("How many notes are about staff?", 6, "1"),
        ("Which subject is the most common among the notes?", 6, "food"),
        ("Which subject is the least common? Answer with one of: food, rooms, staff.", 6, "staff"),
        ("Are there more notes of subject 'rooms' or of subject 'staff'?", 6, "rooms"),
        ("How many more notes have the subject 'food' than 'staff'?", 6, "2"),
        ("Among the notes by guest 11 only, which subject is the most common?", 3, "food"),
        ("How many notes by guest 12 have the subject 'rooms'?", 2, "2"),
        ("Which guest has the most notes with the subject 'food'?", 6, "11"),
        ("Are there more notes of subject 'food' dated before May 1, 2024 or on or after it?", 6, "before"),
        ("Are there more notes of subject 'rooms' dated before May 1, 2024 or on or after it?", 6, "after"),
        ("What percentage of the notes have the subject 'food'?", 6, "50%"),
        ("How many remarks are about food?", 6, "3"),
        ("Which subject has more notes, 'staff' or 'rooms'?", 6, "rooms"),
    ],
)
def test_labels_are_counted_by_code(question, records, expected):
    """The records that code lets through are to be labelled, and the answer follows from the labels."""
    labelling, computed = concluded(question)
    assert len(labelling.records) == records
    assert labelling.labels == ("food", "rooms", "staff")
    assert computed.answer == expected


def test_the_remark_is_what_is_judged():
    """Of a record only its text is shown, and the instruction is the source's own."""
    labelling, computed = concluded("How many of the notes have the subject 'food'?")
    assert document(NOTES, "guests.txt").read(labelling.records[0]) == "The soup was cold"
    assert labelling.instruction == "Every remark is about one of these subjects: food, rooms, staff."
    assert computed.how == "3 of 6 records have subject food, counted by code"


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("How many notes are by guest 11?", "3"),
        ("Which guest has the most notes?", "11"),
        ("How many different guests are there?", "3"),
        ("How many subjects are there?", "3"),
        ("How many notes are dated before May 1, 2024?", "3"),
        ("How many notes are dated on or after May 1, 2024?", "3"),
        ("How many notes by guest 12 are dated in July 2024?", "1"),
        ("What is the date of the earliest note?", "Jan 03, 2024"),
        ("Which guest wrote the latest note?", "12"),
        ("Who has more notes, guest 12 or guest 13?", "12"),
        ("How many notes contain the word 'was'?", "3"),
    ],
)
def test_what_is_written_needs_no_labels(question, expected):
    """Users, dates and texts are counted by code alone."""
    assert answer(question, NOTES, "guests.txt") == expected


def test_an_unknown_label_is_not_judged():
    """A label that the source does not name leaves the question to the readers."""
    assert found("How many notes have the subject 'parking'?", NOTES, "guests.txt") is None
