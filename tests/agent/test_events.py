"""Events say which parts of the source an agent was given and which were read, so that a viewer can show them."""

from itertools import pairwise

from rao_cli.agent.events import ActionTaken, AgentOpened, TypedEvent
from rao_cli.documents.model import Span
from tests.agent.helpers import document, everywhere, filler, find, made_ready, made_to_compute, run
from tests.agent.test_labelling import QUESTION, notes, weighs

NEEDLE = "the code is 7431"
TEXT = filler(60) + f"{NEEDLE}\n" + filler(60, 60)


def ran_deep():
    """Run a tree in which every agent that sees text reads it."""
    return run("What is the code?", made_ready(TEXT, everywhere(find(NEEDLE)), delegation="model", window=2048))


def test_the_root_is_given_all():
    """The root's span is the whole source, each child's lies within its parent's."""
    ran = ran_deep()
    opened = {event.agent: event for event in ran.all(AgentOpened)}
    assert opened["1"].spans == ((0, len(document(TEXT).text)),)
    assert len(opened) > 2
    for event in opened.values():
        above = opened.get(event.parent, event).spans
        assert all(any(start <= a and b <= end for start, end in above) for a, b in event.spans)


def test_what_is_read_is_told_with_the_action():
    """An agent that chose from its text has read what it was given, one that chose from an outline nothing."""
    ran = ran_deep()
    opened = {event.agent: event for event in ran.all(AgentOpened)}
    for taken in ran.all(ActionTaken):
        given = opened[taken.agent]
        assert taken.read == (given.spans if given.view == "text" else ())
    assert any(taken.read for taken in ran.all(ActionTaken))


def test_code_tells_what_it_went_through():
    """The root's first action, chosen by rules, names the records that code examined."""
    ran = run("How many lines are there?", made_to_compute("a\nb\nc\n"))
    computed = next(event for event in ran.all(ActionTaken) if event.action["action"] == "compute")
    assert computed.by == "rules"
    assert computed.read == ((0, 6),)


def test_labelled_records_are_read():
    """Agents that label records tell their spans, in order and joined where they touch."""
    ran = run(QUESTION, made_to_compute(notes(60), weighs))
    labelled = [event for event in ran.all(ActionTaken) if event.action["action"] == "label"]
    assert all(event.read for event in labelled)
    for event in labelled:
        spans = [Span(*pair) for pair in event.read]
        assert spans == sorted(spans)
        assert not any(a.end >= b.start for a, b in pairwise(spans))


def test_events_of_before_can_be_read():
    """An event that was kept without spans is an event without spans."""
    event = ran_deep().all(AgentOpened)[0]
    kept = event.model_dump(mode="json", exclude={"spans"})
    assert TypedEvent.validate_python(kept) == event.model_copy(update={"spans": ()})


def test_spans_survive_the_way_through_json():
    """Spans come back from JSON as they were."""
    event = ran_deep().all(AgentOpened)[0]
    assert TypedEvent.validate_json(event.model_dump_json()) == event
