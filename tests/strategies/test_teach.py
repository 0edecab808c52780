"""Handing a strategy over: lessons of runs that were not stored, and records without the teacher's evidence."""

import asyncio

import pytest

from rao_cli.agent.records import Limits, Task
from rao_cli.agent.run import run_task
from rao_cli.strategies.learn import learn
from rao_cli.strategies.lessons import check_source, refusal
from rao_cli.strategies.records import Cost, Evidence
from rao_cli.strategies.shape import shape_of
from rao_cli.strategies.teach import as_word, for_student, lesson_of, mended
from tests.strategies.lessons import COLOURS, PLACES, asking, prepared_manual
from tests.strategies.making import strategy


def taught(number: int, gold: bool = True):
    """Return a lesson of a run that was not stored."""
    place, colour = PLACES[number], COLOURS[number]
    prepared = prepared_manual(at=2 + 3 * number, place=place, colour=colour)
    task, events = Task(question=asking(place)), []
    asyncio.run(run_task(task, prepared, limits=Limits(), emit=events.append))
    return lesson_of(task, prepared, events, (colour,) if gold else ())


def test_a_run_that_was_not_stored_is_a_lesson():
    """It has its source, its question and its answer, and nothing stands against learning from it."""
    lesson = taught(0)
    check_source(lesson)
    assert refusal(lesson) == ""
    assert lesson.keeps("green")
    assert not lesson.keeps("amber")
    assert lesson.own_tokens > 0


def test_the_same_run_is_the_same_lesson():
    """A lesson's name follows from document, question and model."""
    assert taught(0).name == taught(0).name != taught(1).name


def test_strategies_are_learned_from_such_lessons():
    """What learning makes of them is a strategy for the class of the questions."""
    found = asyncio.run(learn([taught(0), taught(1)]))
    assert found.strategy.applies.classes == ("fact",)
    assert found.strategy.provenance.mode == "learned"


def test_a_student_begins_without_the_teachers_evidence():
    """Evidence and budget are in the teacher's tokens, so they go; who taught is told."""
    evidence = Evidence(model="large", kind="pdf", successes=3)
    known = strategy(evidence=(evidence,), budget=Cost(tokens_p50=100, tokens_p90=200))
    given = for_student(known, "models/large.gguf")
    assert (given.evidence, given.budget) == ((), Cost())
    assert given.provenance.teacher == "models/large.gguf"
    assert given.plan == known.plan
    assert given.name == known.name


def test_a_strategy_is_for_documents_like_those_it_was_taught_on():
    """Where it names no kinds, its ranges are those of the documents, widened."""
    shape = shape_of(prepared_manual().reading)
    given = for_student(strategy(), "program", [shape], "gates")
    assert given.name == "gates"
    assert given.applies.kinds == (shape.kind,)
    assert given.applies.leaves.least < shape.leaves < given.applies.leaves.most


def test_ranges_that_are_known_stay():
    """A strategy that was learned knows its documents already."""
    known = for_student(strategy(), "program", [shape_of(prepared_manual().reading)])
    assert for_student(known, "program", [shape_of(prepared_manual(parts=40).reading)]).applies == known.applies


def test_a_mended_strategy_names_its_parent():
    """What critique made is local, whatever was criticised, and tells what it came from."""
    before = strategy(trust="imported")
    after = mended(before, before, "program", "better")
    assert (after.name, after.trust, after.provenance.mode) == ("better", "local", "critique")
    assert after.provenance.parents == (before.id,)


@pytest.mark.parametrize(
    ("told", "word"),
    [
        ("program", "program"),
        ("http://host:1/v1#m", "http://host:1/v1-m"),
        ("  /a b.gguf", "a b.gguf"),
        ("ein\nmodell", "ein-modell"),
        ("größe", "gr--e"),
    ],
)
def test_names_of_teachers_are_plain(told, word):
    """Whatever a teacher is called, a record holds letters, digits and a few marks of it."""
    assert as_word(told) == word
    assert for_student(strategy(), told).provenance.teacher == word
