"""The closed list of edits: what each one makes of a strategy, and that all of them make strategies."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from rao_cli.strategies.edits import NAMES, READING, edits, replaced, with_plan
from rao_cli.strategies.plan import Ask, Check, Combine, Group, Plan, Recurse, Search, Select, Stop, walk
from rao_cli.strategies.records import MOST_BYTES, Cost, Evidence, Requirement, Strategy, canonical
from tests.strategies.making import INNER, NAME, QUESTION, stage, strategy


def made(name, *operators, **changes):
    """Return the plans that the edits of a name make of some operators."""
    found = edits(strategy(*operators, **changes), {name})
    assert {edit.name for edit in found} <= {name}
    return [edit.strategy.plan.operators for edit in found]


def firsts(operators):
    """Return how many sections each select of a plan takes."""
    return [one.first for one in walk(operators) if isinstance(one, Select)]


def test_dropping_leaves_out_what_may_go():
    """A group, a combine or a check may be left out; an ask or the last stop may not."""
    operators = (Select(first=3), Group(by="part"), Ask(), Combine(), Check(), Stop())
    gone = [{one.op for one in operators} - {one.op for one in plan} for plan in made("drop", *operators)]
    assert sorted(map(sorted, gone)) == [["check"], ["combine"], ["group"]]


def test_dropping_a_stage_leaves_the_other():
    """Of two stages either may go, with all that belongs to it."""
    first, second = stage(2, least=0.4), stage(5)
    assert sorted(map(firsts, made("drop-stage", *first, *second))) == [[2], [5]]
    assert set(made("drop-stage", *first, *second)) == {first, second}


def test_the_only_stage_stays():
    """A plan without any stage is none."""
    assert made("drop-stage", *stage(3)) == []


def test_dropping_a_stage_keeps_the_recursion_in_it():
    """What children do is no part of the stage that it is written in."""
    plans = made("drop-stage", *stage(2), *stage(3)[:-1], Recurse(), Stop())
    assert (Recurse(), *stage(3)[1:]) not in plans
    assert any(any(isinstance(one, Recurse) for one in plan) for plan in plans)


def test_fewer_and_more_change_how_many_are_read():
    """Fewer are one, half and one less; more are one more and twice as many."""
    assert [firsts(plan) for plan in made("fewer", *stage(8))] == [[1], [4], [7]]
    assert [firsts(plan) for plan in made("more", *stage(8))] == [[9], [16]]


def test_more_than_a_plan_may_read_is_no_edit():
    """A plan that reads as much as it may cannot read more."""
    assert made("more", *stage(64)) == []


def test_splitting_asks_in_two_stages():
    """One or half are asked first, checked alike or for more, and the others only after that."""
    plans = made("split", *stage(8, least=0.2))
    checks = [[one.least for one in plan if isinstance(one, Check)] for plan in plans]
    assert [firsts(plan) for plan in plans] == [[1, 7], [1, 7], [4, 4], [4, 4]]
    assert checks == [[0.2, 0.2], [0.4, 0.2], [0.2, 0.2], [0.4, 0.2]]


@pytest.mark.parametrize("operators", [stage(1), (Select(first=4), Ask(), *stage(2))])
def test_what_cannot_be_split_is_not(operators):
    """One section makes no two stages, and neither does a stage that ends nothing."""
    assert all(firsts(plan) != [1, 3, 2] for plan in made("split", *operators))
    assert len(made("split", *stage(1))) == 0


def test_a_check_is_moved_within_its_bounds():
    """A check is eased or made stricter by a tenth, and stays between nothing and all."""
    least = [
        [one.least for one in plan if isinstance(one, Check)] for plan in made("laxer", *stage(2, least=0.05))
    ]
    most = [
        [one.least for one in plan if isinstance(one, Check)] for plan in made("stricter", *stage(2, least=0.95))
    ]
    assert (least, most) == ([[0.0]], [[1.0]])
    assert made("stricter", *stage(2, least=1.0)) == []


def test_grouping_is_set_changed_and_dropped():
    """Without a group one is added before the ask; one that is there is changed, or goes."""
    plain = stage(3)
    assert {plan[1] for plan in made("group", *plain)} == {Group(by="part"), Group(by="all")}
    grouped = (plain[0], Group(by="part"), *plain[1:])
    assert set(made("group", *grouped)) == {plain, (plain[0], Group(by="all"), *plain[1:])}


def test_selectors_are_narrowed_and_widened():
    """What a section holds, its headings and its kind are set, and no longer asked for."""
    assert [plan[0].holds for plan in made("holds", *stage(3))] == ["number", "time"]
    assert "" in [plan[0].holds for plan in made("holds", *stage(3, holds="time"))]
    assert [plan[0].titled for plan in made("titled", *stage(3))] == ["subject", "name"]
    assert [plan[0].of for plan in made("of", *stage(3))] == ["parts"]
    assert [plan[0].order for plan in made("order", *stage(3))] == ["text"]


def test_kinds_are_those_that_documents_have():
    """A kind of section is asked for only where it is said to occur."""
    found = edits(strategy(*stage(3)), {"kinds"}, kinds=["table", "page", "page"])
    assert [edit.strategy.plan.operators[0].kinds for edit in found] == [("page",), ("table",)]
    assert edits(strategy(*stage(3)), {"kinds"}) == []


def test_a_search_comes_before_its_select():
    """What is found is ordered by a slot; the outline's parts are not searched."""
    plans = made("search", *stage(3))
    assert {(plan[0].slot, plan[0].how) for plan in plans} == {
        (slot, how) for slot in ("name", "subject") for how in ("exact", "ranked")
    }
    assert made("search", *stage(3, of="parts")) == []


def test_a_part_of_the_question_is_looked_up():
    """What was asked of all parts of the outline at once is looked up in the sections that hold most of it."""
    parts = (Select(of="parts", first=32), Group(by="all"), Ask(goal="inner"), Combine())
    plan = made("search", *parts, *stage(3))[0]
    assert plan[:4] == (Search(slot="inner"), Select(first=8), Ask(goal="inner"), Combine())
    assert plan[4:] == stage(3)


def test_what_is_returned_and_how_it_is_combined_is_set():
    """Every other return type and every other rule is an edit."""
    assert [plan[1].returns for plan in made("returns", *stage(3))] == ["number", "list", "choice"]
    assert [plan[2].how for plan in made("combine", *stage(3))] == ["list", "sum", "min", "max", "count", "vote"]


def test_recursion_is_given_once():
    """Children get the plan itself or one that reads all of their parts, unless they have one."""
    plans = made("recurse", *stage(3))
    assert [plan[0] for plan in plans] == [Recurse(), Recurse(plan=READING)]
    assert made("recurse", Recurse(), *stage(3)) == []


def test_inner_plans_are_edited_too():
    """An edit may stand in a plan within a plan, and says where."""
    outer = strategy(Recurse(plan=stage(4)), *stage(3))
    found = [edit for edit in edits(outer, {"fewer"}) if len(edit.place) == 2]
    assert [edit.place for edit in found] == [(0, 0)] * 3
    assert [firsts(edit.strategy.plan.operators) for edit in found] == [[1, 3], [2, 3], [3, 3]]


def test_an_edit_forgets_what_was_measured():
    """Evidence, budget and slots of no more use go; names and origin stay."""
    measured = strategy(
        Search(slot="name"),
        *stage(3),
        budget=Cost(tokens_p90=5),
        evidence=(Evidence(model="m", kind="pdf", successes=3),),
        requires=(Requirement(slot="name"),),
    )
    dropped = next(edit.strategy for edit in edits(measured, {"drop"}) if edit.place == (0,))
    assert dropped.budget == Cost()
    assert dropped.evidence == dropped.requires == ()
    assert [slot.name for slot in dropped.slots] == ["question"]
    assert dropped.name == measured.name


def test_slots_of_one_name_keep_their_types():
    """A slot that is called otherwise than its type is not mistaken for another one."""
    odd = strategy(
        *(Select(), Ask(goal="inner"), Stop()), slots=(QUESTION, INNER.model_copy(update={"type": "outer"}))
    )
    changed = with_plan(odd, Plan(operators=(Select(first=2), Ask(goal="inner"), Stop())))
    assert [(slot.name, slot.type) for slot in changed.slots] == [("inner", "outer")]


def test_what_is_no_plan_is_no_edit():
    """Operators that no plan may have in that place give nothing."""
    assert replaced(strategy(*stage(3)), (1,), ()) is None
    assert replaced(strategy(*stage(3)), (0,), (Select(first=2),)) is not None


OPERATORS = some.one_of(
    some.builds(
        Select,
        first=some.integers(1, 9),
        of=some.sampled_from(["found", "parts"]),
        holds=some.sampled_from(["", "number"]),
    ),
    some.builds(Group, by=some.sampled_from(["section", "part", "all"])),
    some.builds(Ask, returns=some.sampled_from(["text", "number"])),
    some.builds(Combine, how=some.sampled_from(["best", "list"])),
    some.builds(Check, least=some.floats(0, 1)),
    some.just(Stop()),
)


@some.composite
def strategies(draw):
    """Draw strategies of one to three stages, some with a plan for children."""
    stages = draw(some.lists(some.lists(OPERATORS, max_size=2), min_size=1, max_size=2))
    kept = [[one for one in each if one.op in ("select", "group")] for each in stages]
    operators = [one for each in kept for one in (Select(), *each, Ask(), *stage(1)[2:])]
    inner = (Recurse(plan=stage(draw(some.integers(1, 5)))),) if draw(some.booleans()) else ()
    return strategy(*inner, *operators, slots=(QUESTION, NAME))


@settings(max_examples=20, deadline=None)
@given(strategies())
def test_edits_make_sound_strategies_that_differ(one):
    """Every edit gives a strategy that is read back as it is, is small enough and has another form."""
    found = edits(one, NAMES, kinds=["page"])
    forms = [edit.strategy.form for edit in found]
    assert len(set(forms)) == len(forms)
    assert all(edit.strategy.plan != one.plan for edit in found)
    for edit in found:
        text = canonical(edit.strategy)
        assert len(text) <= MOST_BYTES
        assert Strategy.model_validate_json(text) == edit.strategy


@settings(max_examples=20, deadline=None)
@given(strategies())
def test_edits_are_the_same_each_time(one):
    """The same strategy has the same edits in the same order."""
    told = [(edit.name, edit.place, edit.says, edit.strategy) for edit in edits(one)]
    assert told == [(edit.name, edit.place, edit.says, edit.strategy) for edit in edits(one)]
