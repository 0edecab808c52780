"""The first plan: it mirrors what runs did, with slots for goals and selectors for sections."""

import asyncio

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from rao_cli.strategies.extract import Unit, alike, forms, mirror, recursion
from rao_cli.strategies.levels import UnusableError, levels
from rao_cli.strategies.plan import Ask, Check, Combine, Group, Plan, Recurse, Search, Select, Stop
from rao_cli.strategies.records import canonical
from rao_cli.strategies.replay import replay
from tests.agent.helpers import made_ready
from tests.strategies.lessons import (
    asking,
    chain_lesson,
    choosing,
    first_of,
    lesson_of,
    lessons_on,
    manual,
    prepared_manual,
    reading,
)


def roots(*lessons):
    """Return the root levels of lessons."""
    return [levels(lesson)[0] for lesson in lessons]


def chosen(*to, at=4, question="", text="", view=150, **changes):
    """Return the lesson of a model that chose these numbers."""
    prepared = made_ready(
        text or manual(at=at), choosing(*to, **changes), view=view, delegation="model", window=2048
    )
    return lesson_of(prepared, question or asking())


def test_what_rules_read_first_is_one_select():
    """Eight sections in the order of search, each read by itself, make the shortest plan that reads them."""
    assert mirror(roots(*lessons_on("harbour", "chapel"))) == (
        Select(first=8),
        Ask(),
        Combine(),
        Check(),
        Stop(),
    )


def test_grouping_by_part_is_seen():
    """Where one child was given what lies in one part of the outline, the plan groups by part."""
    root = roots(lesson_of(prepared_manual(parts=60, at=40, words=200), asking()))
    assert mirror(root)[:2] == (Select(first=8), Group(by="part"))


def test_a_chain_becomes_slots():
    """Questions that the question is made of become the slots that yield them; no word of them stays."""
    operators = mirror(roots(chain_lesson()))
    assert [one.goal for one in operators if isinstance(one, Ask)] == ["inner", "outer"]
    assert [type(one) for one in operators].count(Stop) == 1
    assert "Ledger" not in str(operators)


def test_a_chain_is_asked_of_all_parts():
    """What is asked of the whole outline is selected as its parts, however many there are."""
    selects = [one for one in mirror(roots(chain_lesson())) if isinstance(one, Select)]
    assert {(one.of, one.first) for one in selects} == {("parts", 32)}


def test_agents_below_become_a_recursion():
    """What agents below the root did alike is a plan for them."""
    root, inner = levels(chain_lesson())
    recurse = recursion(inner, mirror([root]))
    assert recurse == Recurse(plan=(Select(of="parts", first=32), Ask(), Combine(), Check(), Stop()))


def test_levels_that_did_as_the_root_are_folded():
    """A level that did the same as the root needs no plan of its own."""
    same = roots(*lessons_on("harbour", "chapel"))
    assert recursion(same, mirror(same)) == Recurse()
    assert recursion([], mirror(same)) is None


def test_what_a_model_chose_is_covered_by_its_evidence():
    """Where no selector picks what a model chose, it picks the section that the answer stood in, out of those."""
    lesson = chosen((3,), (5,), (9,))
    operators = mirror(roots(lesson))
    unit = Unit(levels(lesson)[0], 0)
    select = next(one for one in operators if isinstance(one, Select))
    assert unit.evidence <= unit.ids(unit.chosen(None, select)) <= {"3", "5", "9"}


def test_a_selector_names_what_the_evidence_has():
    """Evidence that search ranks behind others is picked by what stands in it, where that is shorter to say."""
    told = "The gate of the harbour is painted. The gate of the harbour is painted again. " * 6
    lines = [f"# Part\n\n{told}\n\n" for _ in range(9)]
    lines[6] = "# Part\n\nThe gate of the harbour is painted green: 1846.\n\n" + "It is well kept. " * 30 + "\n\n"
    text = "".join(lines)
    leaves = made_ready(text, view=150).reading.leaves()
    at = next(n for n, leaf in enumerate(leaves, start=1) if "1846" in text[leaf.span.start : leaf.span.end])
    lesson = chosen((at,), text=text)
    select = next(one for one in mirror(roots(lesson)) if isinstance(one, Select))
    assert lesson.result.status == "found"
    assert (select.holds, select.first) == ("number", 1)


def test_rules_of_combination_are_kept():
    """How a model had reports combined is what the plan does."""
    operators = mirror(roots(chosen((3,), (5,), combine="vote")))
    assert Combine(how="vote") in operators


def test_a_goal_that_is_no_part_of_the_question_is_refused():
    """A goal in words of its own cannot be told by a slot."""
    with pytest.raises(UnusableError, match="no part of the question"):
        forms(roots(chosen((3,), (5,), goal="Look for paint."))[0])


def test_a_name_in_the_question_is_a_slot():
    """A goal that is the name which the question quotes is told by the slot of that type."""
    question = 'Which colour is the "gate of the harbour" painted?'
    lesson = chosen((3,), (5,), goal="gate of the harbour", question=question)
    assert [one.goal for one in mirror(roots(lesson)) if isinstance(one, Ask)] == ["name"]


def test_different_goals_at_once_are_refused():
    """Siblings that were asked different questions are not folded into one operator."""

    def several(*to):
        return choosing(*to, goal="Look for paint.")

    lesson = lesson_of(prepared_manual(), asking())
    stage = roots(lesson)[0].stages[0]
    assert stage.goal == ""
    with pytest.raises(UnusableError):
        mirror(roots(lesson, chosen((3,), goal="Look for paint.")))


def test_runs_that_were_taken_apart_alike_are_told_from_others():
    """Most runs decide; one that was taken apart otherwise is not among them."""
    plain = roots(*lessons_on("harbour", "chapel"))
    chain = roots(chain_lesson())
    assert alike([*plain, *chain]) == plain
    assert alike([]) == []
    assert forms(chain[0]) == (("inner", "text", "best"), ("outer", "text", "best"))


def test_the_check_lies_between_what_was_taken_and_what_was_not():
    """A stage whose answer was not enough for the run is told from one whose answer was."""
    unsure = lesson_of(prepared_manual(reading(sure=-0.6), at=2, parts=30), asking())
    operators = mirror(roots(unsure))
    check = next(one for one in operators if isinstance(one, Check))
    assert 0 < check.least <= unsure.result.confidence


def test_a_search_holds_until_the_next():
    """A second stage does not repeat the search that the first one made."""
    operators = mirror(roots(chain_lesson()))
    assert not any(isinstance(one, Search) for one in operators)


PLACES = some.sampled_from(["harbour", "chapel", "quarry", "orchard"])


@settings(max_examples=25, deadline=None)
@given(place=PLACES, parts=some.integers(4, 70), data=some.data(), words=some.integers(10, 120))
def test_the_first_plan_reproduces_its_run_without_a_model(place, parts, data, words):
    """On its own document a run's first plan comes to its answer from the record alone, without a fallback."""
    at = data.draw(some.integers(0, parts - 1))
    prepared = prepared_manual(
        parts=parts, at=at, place=place, words=words, view=data.draw(some.integers(80, 300))
    )
    lesson = lesson_of(prepared, asking(place))
    root = lesson.run.tree.agents["1"]
    if lesson.result.status != "found" or root.opened.view == "text":
        return
    plan = Plan(operators=mirror(roots(lesson)))
    done = asyncio.run(replay(plan, lesson))
    assert (done.answer, done.status, done.missed, done.fell_back) == (lesson.result.answer, "found", 0, "")


@settings(max_examples=15, deadline=None)
@given(at=some.integers(0, 9), others=some.sets(some.integers(1, 12), max_size=4))
def test_what_a_model_chose_is_reproduced_or_refused(at, others):
    """A model may choose anything: its run is done again from its record, or refused with a reason."""
    lesson = chosen(*((number,) for number in sorted(others or {1})), at=at)
    if lesson.result.status != "found":
        return
    try:
        plan = Plan(operators=mirror(roots(lesson)))
    except UnusableError:
        return
    done = asyncio.run(replay(plan, lesson))
    assert done.answer == lesson.result.answer if done.whole else done.missed


def test_a_chain_is_reproduced_without_a_model():
    """A question that was taken apart is answered again by slots, from the record alone."""
    first = first_of(chain_lesson(), chain_lesson(person="Bruno Ochs", town="Graz", at=1, other=9))
    assert first.borne.kept == (True, True)
    assert [one.missed for one in first.borne.replays] == [0, 0]


def test_nothing_of_a_document_stands_in_a_plan():
    """No word of the question, the text or the answer is left in what was learned."""
    text = canonical(first_of(*lessons_on("harbour", "chapel")).borne.strategy)
    assert not any(word in text for word in ("gate", "harbour", "green", "amber", "item", "notes"))
