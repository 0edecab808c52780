"""How two runs differ."""

from hypothesis import given
from hypothesis import strategies as st

from rao_cli.agent.records import Citation, Handoff
from rao_cli.runs.compare import Change, compare, said
from rao_cli.runs.store import Contents, Stored
from rao_cli.runs.tree import Run, tree_of
from tests.runs.making import closed, finished, kept, opened, started

NAMES = st.lists(st.sampled_from(["1", "1.1", "1.2", "1.2.1", "1.3"]), unique=True)


def run_of(*events, **changes):
    """Return a run of some events."""
    tree = tree_of(Contents(tuple(Stored(1, event) for event in events), 0))
    return Run(None, kept().model_copy(update=changes), "finished" if tree.finished else "interrupted", tree)


def agent(name, goal="find it", sections=("s1",), answer="", titles=("Part",)):
    """Return the events of an agent."""
    handoff = Handoff(goal=goal, sections=sections)
    return opened(name, handoff=handoff, titles=titles), closed(name, answer=answer)


def test_a_run_does_not_differ_from_itself():
    """Nothing is told of a run and the same run."""
    run = run_of(started(), *agent("1"), *agent("1.1", sections=("s2",)), finished())
    found = compare(run, run)
    assert (found.asked, found.came, found.cost, found.changed, found.removed, found.added) == ((),) * 6
    assert found.same == 2


def test_what_was_asked_is_compared():
    """Question, sources, their version, model and options are told where they differ."""
    before = run_of(started(digest="a"), options={"window": 512})
    task = before.kept.task.model_copy(update={"question": "when?"})
    after = run_of(started(digest="b"), task=task, sources=("b.txt",), identity="n")
    assert {change.what for change in compare(before, after).asked} == {
        "question",
        "sources",
        "version of the sources",
        "model",
        "option window",
    }


def test_what_came_of_it_is_compared():
    """Answer, status and places are told where they differ."""
    citation = Citation(path="a", start=0, end=1, quote="q", verified=True, label="a p. 1")
    found = compare(run_of(finished(answer="me")), run_of(finished(answer="you", citations=(citation,))))
    assert found.came == (Change("answer", "me", "you"), Change("citations", [], ["a p. 1"]))


def test_a_run_without_an_answer_is_compared():
    """An interrupted run differs in how it stands."""
    found = compare(run_of(finished()), run_of(*agent("1")))
    assert found.came[0] == Change("status", "found", "interrupted")


def test_agents_are_the_same_wherever_they_stand():
    """An agent that was handed the same sections and goal is the same under another number."""
    found = compare(run_of(*agent("1"), *agent("1.1", "x")), run_of(*agent("1"), *agent("1.7", "x")))
    assert (found.same, found.added, found.removed) == (2, (), ())


def test_agents_that_came_and_went_are_told():
    """Other sections make another agent."""
    found = compare(run_of(*agent("1"), *agent("1.1", "x")), run_of(*agent("1"), *agent("1.1", "y")))
    assert [one.goal for one in found.removed] == ["x"]
    assert [one.goal for one in found.added] == ["y"]


def test_agents_that_answered_otherwise_are_told():
    """The same handoff with another report is a change."""
    found = compare(run_of(*agent("1", answer="a")), run_of(*agent("1", answer="b")))
    ((before, after),) = found.changed
    assert (said(before)[1], said(after)[1]) == ("a", "b")


def test_titles_stand_for_sections_of_another_version():
    """Where the sources changed, ids of sections mean nothing and titles are compared."""
    before = run_of(started(digest="a"), *agent("1", sections=("s1",), titles=("Intro",)))
    after = run_of(started(digest="b"), *agent("1", sections=("s9",), titles=("Intro",)))
    assert compare(before, after).same == 1
    assert compare(before, run_of(started(digest="a"), *agent("1", sections=("s9",)))).same == 0


def test_another_division_of_the_same_source_makes_other_agents():
    """Where the text was packed in another way the same id stands for another section."""
    before = run_of(opened("1", spans=((0, 50),)), closed("1"))
    assert compare(before, run_of(opened("1", spans=((0, 90),)), closed("1"))).same == 0
    assert compare(before, before).same == 1


def test_agents_alike_are_paired_in_order():
    """Of several agents with the same handoff each is paired once."""
    before = run_of(*agent("1", answer="a"), *agent("1.1", answer="b"))
    after = run_of(*agent("1", answer="a"))
    found = compare(before, after)
    assert (found.same, [one.id for one in found.removed]) == (1, ["1.1"])


def test_an_agent_whose_beginning_is_lost_is_paired_by_its_id():
    """Damage to an opening does not stop the comparison."""
    assert compare(run_of(closed("1.1")), run_of(closed("1.1"))).same == 1


@given(NAMES, NAMES)
def test_every_agent_is_told_of_once(before, after):
    """Each agent of both runs is the same, changed, gone or new."""
    one = run_of(*(event for name in before for event in agent(name, goal=name)))
    other = run_of(*(event for name in after for event in agent(name, goal=name)))
    found = compare(one, other)
    paired = found.same + len(found.changed)
    assert (paired + len(found.removed), paired + len(found.added)) == (len(before), len(after))
    assert paired == len(set(before) & set(after))
