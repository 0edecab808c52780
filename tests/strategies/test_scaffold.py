"""Scaffolds: what a teacher's run gives, what code refuses of it, and what a student does with it."""

import asyncio

import pytest
from pydantic import ValidationError

from rao_cli.agent.actions import Delegate
from rao_cli.agent.cite import cite
from rao_cli.agent.events import ActionTaken, AgentClosed, AgentOpened
from rao_cli.agent.policies import make_policy
from rao_cli.agent.records import Handoff, Limits, Report, Task, Usage
from rao_cli.agent.run import run_task
from rao_cli.documents.model import Span
from rao_cli.strategies.scaffold import (
    MOST_ANCHORS,
    MOST_SECTIONS,
    Anchor,
    Scaffold,
    ScaffoldPolicy,
    checked,
    scaffold_of,
)
from tests.agent.helpers import ABSENT, Ran, document, filler, find, made_ready, run
from tests.strategies.lessons import asking, prepared_manual, reading

QUESTION = asking()
TEXT = "The harbour lies in Elm.\nThe mayor of Elm is Ida Voss.\nThe gate is green.\n"


def anchor(words: str = "The harbour lies in Elm.", told: str = "Elm", asked: str = "Where does the harbour lie?"):
    """Return an anchor on words of the text."""
    start = TEXT.index(words)
    quote = cite(document(TEXT), Span(start, start + len(words)), told).quote
    return Anchor(question=asked, answer=told, place=(start, start + len(words)), quote=quote)


def begun(scaffold: Scaffold, prepared=None, question: str = QUESTION) -> Ran:
    """Run a question that a scaffold begins."""
    prepared, task, events = prepared or prepared_manual(), Task(question=question), []
    policy = ScaffoldPolicy(scaffold, make_policy(task, prepared), prepared.reading)
    prepared.engine.requests.clear()
    result = asyncio.run(
        run_task(task, prepared, limits=Limits(), emit=events.append, policy=policy, strategy="scaffold")
    )
    return Ran(result, events, list(prepared.engine.requests))


def place_of(prepared, words: str = "is painted green") -> tuple[int, int]:
    """Return where words stand in a prepared text."""
    start = prepared.reading.document.text[:].index(words)
    return start, start + len(words)


def test_the_student_reads_what_the_scaffold_names():
    """The first action hands down the sections at the places; where that answers, nothing else is read."""
    prepared = prepared_manual()
    done = begun(Scaffold(sections=(place_of(prepared),)), prepared)
    assert done.result.answer == "green"
    assert done.result.usage.agents == 2
    first = done.all(ActionTaken)[0]
    assert (first.by, first.action["action"]) == ("strategy", "delegate")
    assert done.result.usage.tokens < run(QUESTION, prepared_manual()).result.usage.tokens


def test_anchors_are_told_as_facts():
    """Each reader is told what the teacher found to inner questions."""
    prepared = prepared_manual()
    done = begun(Scaffold(sections=(place_of(prepared),), anchors=(anchor(),)), prepared)
    delegated = Delegate.model_validate(done.all(ActionTaken)[0].action)
    assert delegated.to[0].facts == ("Where does the harbour lie? Elm",)


def test_a_scaffold_that_misleads_costs_little():
    """Where nothing is found by it the student goes on by itself, and says so."""
    done = begun(Scaffold(sections=((0, 40),)))
    assert done.result.answer == "green"
    assert done.result.fell_back == "nothing was found by it"


def test_a_scaffold_that_names_nothing_is_told():
    """Without any place the student works by itself from the beginning."""
    done = begun(Scaffold())
    assert done.result.answer == "green"
    assert done.result.fell_back == "it names nothing here"


def test_places_behind_the_text_name_nothing():
    """A place that no section has in common is left out, whatever number it has."""
    assert begun(Scaffold(sections=((10**9, 10**9 + 5),))).result.fell_back == "it names nothing here"


def test_what_was_read_is_not_read_again():
    """The default goes on with what the scaffold has not read."""
    done = begun(Scaffold(sections=((0, 40),)), prepared_manual(lambda _: ABSENT))
    read = [event.handoff.sections for event in done.all(AgentOpened) if event.depth]
    single = [one for group in read for one in group]
    assert len(single) == len(set(single))
    assert done.result.status == "absent"


def test_a_run_gives_where_it_found_something_first():
    """Sections of readers that found something come before those that found nothing, at most a few."""
    done = run(QUESTION, prepared_manual())
    made = scaffold_of(done.events, QUESTION)
    start, end = place_of(prepared_manual())
    assert made.sections[0][0] <= start < end <= made.sections[0][1]
    assert 1 <= len(made.sections) <= MOST_SECTIONS
    assert made.anchors == ()


def test_another_student_goes_on_from_a_run():
    """A student that divides the document otherwise finds the answer by the teacher's places."""
    made = scaffold_of(run(QUESTION, prepared_manual()).events, QUESTION)
    done = begun(made, prepared_manual(view=90))
    assert done.result.answer == "green"
    assert not done.result.fell_back


def opened(agent: str, goal: str) -> AgentOpened:
    """Return that an agent was opened for a goal."""
    return AgentOpened(
        at=0,
        agent=agent,
        parent="1",
        depth=1,
        handoff=Handoff(goal=goal, sections=("s",)),
        titles=(),
        location="",
        view="outline",
    )


def closed(agent: str, told: str, words: str) -> AgentClosed:
    """Return that an agent told something, citing words of the text."""
    start = TEXT.index(words)
    citation = cite(document(TEXT), Span(start, start + len(words)), told)
    report = Report(status="found", answer=told, citations=(citation,), confidence=0.9)
    return AgentClosed(at=1, agent=agent, report=report, usage=Usage())


def test_inner_answers_of_a_run_are_anchors():
    """What a teacher found to another question than the one asked is told with its place; at most a few are."""
    events = [opened("1.1", "Where does the harbour lie?"), closed("1.1", "Elm", "The harbour lies in Elm.")]
    made = scaffold_of(events, "Who is the mayor there?")
    assert made.anchors == (anchor(),)
    many = [
        event for n in range(9) for event in (opened(f"1.{n}", f"q{n}"), closed(f"1.{n}", "Elm", "lies in Elm"))
    ]
    assert len(scaffold_of(many, "x").anchors) == MOST_ANCHORS


def test_what_answers_the_question_is_never_told():
    """A report on the question itself is no anchor, and neither is one that code is given by others."""
    events = [opened("1.1", "Who?"), closed("1.1", "Elm", "The harbour lies in Elm.")]
    assert scaffold_of(events, "Who?").anchors == ()
    found = checked(Scaffold(anchors=(anchor(),)), document(TEXT), "Where does the harbour lie?")
    assert found.scaffold.anchors == ()
    assert "answers the question itself" in found.refused[0]


def test_anchors_whose_citation_holds_are_kept():
    """The words stand where they are said to, and say it."""
    found = checked(Scaffold(sections=((0, 5),), anchors=(anchor(),)), document(TEXT), "Who?")
    assert (found.scaffold.anchors, found.refused) == ((anchor(),), ())
    assert found.scaffold.holds(Span(3, 9))
    assert not found.scaffold.holds(Span(40, 44))


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"quote": "The harbour lies in Oak."}, "does not stand there"),
        ({"place": (5, 20)}, "does not stand there"),
        ({"place": (10, 5)}, "does not stand there"),
        ({"place": (0, 10**9)}, "does not stand there"),
        ({"answer": "Oak"}, "does not support"),
        ({"answer": "Ida Voss"}, "does not support"),
    ],
)
def test_anchors_that_lie_are_refused(changes, why):
    """Words that stand elsewhere, nowhere, or say something else are left out, each with its reason."""
    lying = anchor().model_copy(update=changes)
    found = checked(Scaffold(anchors=(lying, anchor())), document(TEXT), "Who?")
    assert found.scaffold.anchors == (anchor(),)
    assert why in found.refused[0]


def test_sections_behind_the_text_are_left_out():
    """Only places that the document has are named to the student."""
    wrong = Scaffold(sections=((0, 5), (5, 5), (9, 3), (0, len(TEXT) + 1)))
    assert checked(wrong, document(TEXT), "Who?").scaffold.sections == ((0, 5),)


@pytest.mark.parametrize(
    "told",
    [
        {"sections": [[0, 1]] * (MOST_SECTIONS + 1)},
        {"sections": [[-1, 1]]},
        {"anchors": [{"question": "q", "answer": "a", "place": [0, 1]}]},
        {"anchors": [{"question": "q" * 500, "answer": "a", "place": [0, 1], "quote": "x"}]},
        {"goal": "Say that all is well."},
    ],
)
def test_scaffolds_are_strict_records(told):
    """Too much, too long, or anything else than places and cited answers is refused."""
    with pytest.raises(ValidationError):
        Scaffold.model_validate(told)


def test_readers_that_are_wrong_do_not_end_it():
    """An answer that is not verified in the source does not end the student's work."""
    prepared = prepared_manual(reading(wrong="plaid"))
    done = begun(Scaffold(sections=((0, 40),)), prepared)
    assert done.result.answer == "green"


def test_a_place_that_search_does_not_find_is_read_too():
    """A teacher may name what no word of the question leads to: the part of the outline that holds it is read."""
    text = filler(200) + "The pearl is kept in a jar of vinegar.\n" + filler(200, start=200)
    prepared = made_ready(text, find("vinegar"))
    place = place_of(prepared, "jar of vinegar")
    question = "Wherein does Xanthippe put it?"
    assert begun(Scaffold(), made_ready(text, find("vinegar")), question).result.usage.agents > 2
    done = begun(Scaffold(sections=(place,)), prepared, question)
    first = Delegate.model_validate(done.all(ActionTaken)[0].action)
    assert len(first.to) == 1
    given = done.all(AgentOpened)[1]
    assert any(start <= place[0] < end for start, end in given.spans)
