"""How templates are shown: what is constant around a value belongs to the template, the rest to the value."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rao_cli.documents.logs.shapes import shape
from rao_cli.documents.parsers.log_counts import MANY, Room
from rao_cli.documents.parsers.log_templates import Miner


def shapes_of(messages):
    """Return the texts of the templates of messages, and the values in each place as they are shown."""
    miner = Miner(Room())
    miner.add(messages, range(len(messages)))
    shown = [shape(template) for template in miner.templates]
    return [
        (text, [(place.name, [place.bare(value) for value in place.values.counts]) for place in places])
        for text, places in shown
    ]


@pytest.mark.parametrize(
    ("messages", "text", "places"),
    [
        (["took 5 ms", "took 17 ms"], "took <*> ms", [("took", ["5", "17"])]),
        (["user=bob1 in", "user=eve2 in"], "user=<*> in", [("user", ["bob1", "eve2"])]),
        (["pid (12) gone", "pid (345) gone"], "pid (<*>) gone", [("pid", ["12", "345"])]),
        (["session 1.", "session 22."], "session <*>.", [("session", ["1", "22"])]),
        (["load 0.5 now", "load 1.5 now"], "load <*> now", [("load", ["0.5", "1.5"])]),
        (["from 10.0.0.1:22 x", "from 10.0.0.1:80 x"], "from 10.0.0.1:<*> x", [("from", ["22", "80"])]),
        (["read 7 blocks", "read 7 blocks"], "read 7 blocks", []),
        (["12 jobs left", "3 jobs left"], "<*> jobs left", [("", ["12", "3"])]),
    ],
)
def test_what_is_constant_belongs_to_the_template(messages, text, places):
    """Signs that all values share are shown in the template, and the place is named by what stands before it."""
    assert shapes_of(messages) == [(text, places)]


@given(st.lists(st.integers(0, 10**6), min_size=2, max_size=20), st.sampled_from(["", "(", "[", "=", "x="]))
def test_a_value_in_its_template_is_the_message(numbers, before):
    """Putting a shown value into the place gives back the word of the message."""
    miner = Miner(Room())
    miner.add([f"got {before}{number} items" for number in numbers], range(len(numbers)))
    (template,) = miner.templates
    text, places = shape(template)
    if len(set(numbers)) == 1:
        assert text == f"got {before}{numbers[0]} items"
        return
    (place,) = places
    rebuilt = {text.replace("<*>", place.bare(value)) for value in place.values.counts}
    assert rebuilt == {f"got {before}{number} items" for number in numbers}


def test_values_that_are_not_kept_are_still_shown_by_their_shape():
    """Of identifiers that are too many, what is constant around them is known."""
    messages = [f"trace={number:08x}{number}q end" for number in range(MANY + 100)]
    ((text, places),) = shapes_of(messages)
    assert text == "trace=<*> end"
    assert places == [("trace", [])]
