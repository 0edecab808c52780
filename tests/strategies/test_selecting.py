"""Selectors: which of the sections that an agent can name they choose."""

from dataclasses import replace

import pytest

from rao_cli.agent.policy import State
from rao_cli.agent.records import Handoff, Task
from rao_cli.agent.view import View
from rao_cli.strategies.plan import Group, Search, Select
from rao_cli.strategies.selecting import Chooser
from tests.agent.helpers import document, reading_of

TEXT = "".join(
    f"# {title}\n\n{body} {'It is told in some more words here. ' * 12}\n\n"
    for title, body in (
        ("Intro", "Nothing of note."),
        ("Options", "The option --prefix sets a prefix."),
        ("History", "It began in 1987 with three people."),
        ("Limits", "At most 40 prefix words are kept."),
    )
)
READING = reading_of(document(TEXT, "a.md"), view_tokens=200)
LEAVES = tuple(READING.leaves())
SLOTS = {"question": "What sets the prefix?", "subject": "prefix sets", "name": "--prefix"}


def chooser(hits=LEAVES) -> Chooser:
    """Return what chooses among two parts of an outline and some hits."""
    view = View("outline", (READING.root,), LEAVES[:2], "")
    state = State(Task(question="q"), Handoff(goal=SLOTS["question"], sections=()), view, tuple(hits))
    return Chooser(state, READING, SLOTS)


def texts(chosen: list[int], by: Chooser) -> str:
    """Return the text behind numbers."""
    return " ".join(READING.document.read(by.state.numbered[number - 1].span) for number in chosen)


def test_the_first_found_come_first():
    """Without more, a selector takes what search ranks first."""
    by = chooser(LEAVES[::-1])
    assert by.choose(Select(first=2), None, ()) == [3, 4]


def test_parts_are_those_of_the_outline():
    """Parts are numbered before what was found."""
    assert chooser().choose(Select(of="parts", first=9), None, ()) == [1, 2]


def test_what_was_read_is_not_chosen_again():
    """Sections that were handed down before are passed over."""
    by = chooser()
    first = by.choose(Select(), None, ())
    read = {by.state.numbered[first[0] - 1].id}
    assert by.choose(Select(), None, read) == [first[0] + 1]


def test_text_order_is_that_of_the_document():
    """In the order of the text the earliest come first, however search ranks."""
    by = chooser(LEAVES[::-1])
    spans = [by.state.numbered[number - 1].span for number in by.choose(Select(order="text", first=9), None, ())]
    assert spans == sorted(spans)


@pytest.mark.parametrize(
    ("select", "search", "word", "other"),
    [
        (Select(first=9, titled="subject"), None, None, None),
        (Select(first=9, holds="time"), None, "1987", "prefix"),
        (Select(first=9, holds="number"), None, "40", "Nothing"),
        (Select(first=9), Search(slot="name", how="exact"), "--prefix", "1987"),
        (Select(first=9), Search(slot="subject"), "prefix", "1987"),
        (Select(first=9, kinds=("chapter",)), None, None, None),
    ],
)
def test_selectors_leave_others_out(select, search, word, other):
    """Headings, what stands in the text, and words of the question each leave out what has none of them."""
    by = chooser()
    found = texts(by.choose(select, search, ()), by)
    if word is None:
        assert len(found) < len(TEXT)
        return
    assert word in found
    assert other not in found


def test_what_holds_more_of_a_slot_is_ranked_first():
    """A section with both words comes before one with one of them."""
    by = chooser(LEAVES[::-1])
    ranked = by.found(Search(slot="subject"))
    assert "--prefix sets" in texts(ranked[:1], by)


@pytest.mark.parametrize(("by", "sizes"), [("section", [1, 1, 1]), ("all", [3]), ("part", [1, 1, 1])])
def test_groups_hold_every_number_once(by, sizes):
    """However sections are grouped, each is handed down once."""
    made = chooser()
    numbers = made.choose(Select(first=3), None, ())
    targets = made.group(numbers, Group(by=by))
    assert sorted(number for target in targets for number in target.sections) == sorted(numbers)
    assert sorted(len(target.sections) for target in targets) == sizes


def test_sections_of_one_part_go_to_one_child():
    """What lies in one part of the outline is read together."""
    made = chooser()
    whole = replace(made.state, view=replace(made.state.view, entries=(READING.root,)))
    targets = replace(made, state=whole).group([2, 3, 4], Group(by="part"))
    assert [target.sections for target in targets] == [(2, 3, 4)]
