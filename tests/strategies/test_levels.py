"""Runs told as levels and stages: what agents saw, what they handed down, and which of it led to the answer."""

from dataclasses import replace

import pytest

from rao_cli.runs.tree import Tree
from rao_cli.strategies.levels import UnusableError, levels
from tests.agent.helpers import ABSENT, answer, delegate, handoff_of, is_outline, made_ready, steps_of, view_of
from tests.strategies.lessons import (
    CHAIN,
    asking,
    chain_lesson,
    chained,
    choosing,
    lesson_of,
    manual,
    prepared_manual,
    reading,
)


def by_model(*to, **changes):
    """Return the lesson of a model that chose what is read."""
    prepared = made_ready(manual(at=4), choosing(*to, **changes), view=150, delegation="model", window=2048)
    return lesson_of(prepared, asking())


def altered(lesson, **changes):
    """Return a lesson whose record says something else."""
    tree = lesson.run.tree
    return replace(lesson, run=replace(lesson.run, tree=replace(tree, **changes)))


def with_agent(lesson, name, **changes):
    """Return a lesson with one of its agents changed."""
    tree: Tree = lesson.run.tree
    return altered(lesson, agents={**tree.agents, name: replace(tree.agents[name], **changes)})


def test_the_root_is_shown_what_it_was_shown():
    """The outline and what search found are rebuilt, so that numbers name the sections that were read."""
    lesson = lesson_of(prepared_manual(), asking())
    root, inner = levels(lesson)
    opened = {agent.opened.handoff.sections[0] for agent in lesson.run.tree.agents.values() if agent.parent}
    assert root.stages[0].sections == opened
    assert {section.id for section in root.state.hits[:8]} == opened
    assert inner == ()


def test_a_stage_has_its_childrens_reports():
    """What each child was given stands beside what it said; the evidence is what the finder was given."""
    root, _ = levels(lesson_of(prepared_manual(), asking()))
    stage = root.stages[0]
    found = [group for group, report in zip(stage.groups, stage.reports, strict=True) if report.answer]
    assert len(stage.groups) == len(stage.reports) == 8
    assert [stage.evidence(root.told(0))] == found
    assert root.told(0).answer == "green"


def test_agents_below_the_root_are_levels_too():
    """Where what was found is handed down by part, children are shown outlines and hand down again."""
    root, inner = levels(lesson_of(prepared_manual(parts=60, at=40, words=200), asking()))
    assert max(len(group) for group in root.stages[0].groups) > 1
    assert len(inner) == 1  # the others found nothing
    assert all(len(group) == 1 for group in inner[0].stages[0].groups)


def test_stages_behind_the_answer_are_left_out():
    """A second round that only confirmed what the first one found is no part of the way to it."""
    read = reading()

    def twice(request):
        if not is_outline(request):
            return read(request)
        return (delegate([5]), delegate([3]), answer("green", 1))[steps_of(request)]

    prepared = made_ready(manual(at=4), twice, view=150, delegation="model", window=2048)
    root, _ = levels(lesson_of(prepared, asking()))
    assert [sorted(stage.sections) for stage in root.stages] == [["5"]]


def test_a_chain_has_a_stage_for_each_question():
    """The inner question and the one that its answer was put into are stages with goals of their own."""
    root, inner = levels(chain_lesson())
    assert [stage.goal for stage in root.stages] == [
        "Who is the author of the Blue Ledger?",
        "Where was Paula Amsel born?",
    ]
    assert [level.state.handoff.goal for level in inner] == [stage.goal for stage in root.stages]


def test_parts_that_were_asked_in_vain_are_left_out():
    """Where the whole question was answered in the end, the way goes by the stages that asked it."""

    def whole(request):
        if "Question: Where was the author" in handoff_of(request):
            for line in view_of(request).splitlines():
                if line.startswith("[") and "born in Ulm" in line:
                    return answer("Ulm", int(line[1 : line.index("]")])), -0.05
        return ABSENT

    lesson = lesson_of(made_ready(chained(), whole, view=150), CHAIN)
    asked = [agent.goal for agent in lesson.run.tree.agents.values() if agent.depth == 1]
    root, _ = levels(lesson)
    assert lesson.result.answer == "Ulm"
    assert asked[0] == "Who is the author of the Blue Ledger?"
    assert {stage.goal for stage in root.stages} == {""}


def test_a_text_read_at_once_teaches_nothing():
    """Where the root read the source itself, there is nothing to plan."""
    lesson = lesson_of(made_ready(manual(parts=2, at=1), reading(), view=400), asking())
    with pytest.raises(UnusableError, match="at once"):
        levels(lesson)


def test_a_text_of_the_model_is_no_rule():
    """What a model wrote of its children's reports cannot be done by a plan."""
    with pytest.raises(UnusableError, match="model itself"):
        levels(by_model((3,), (5,), combine="merge"))


def test_damage_is_told():
    """A record without its root, or without a child's, is refused and not guessed at."""
    lesson = lesson_of(prepared_manual(), asking())
    with pytest.raises(UnusableError, match="missing"):
        levels(altered(lesson, agents={}))
    with pytest.raises(UnusableError, match="missing"):
        levels(with_agent(lesson, "1", closed=None))


def test_an_action_that_is_none_is_told():
    """A delegation that does not read as one is refused."""
    lesson = lesson_of(prepared_manual(), asking())
    actions = [
        one.model_copy(update={"action": {"action": "delegate"}}) for one in lesson.run.tree.agents["1"].actions
    ]
    with pytest.raises(UnusableError, match="damaged"):
        levels(with_agent(lesson, "1", actions=actions))


def test_another_way_of_reading_is_told():
    """Where the numbers of an action name other sections now, nothing is learned from it."""
    lesson = lesson_of(prepared_manual(), asking())
    other = replace(lesson, prepared=prepared_manual(view=90))
    with pytest.raises(UnusableError, match="now"):
        levels(other)
    few = replace(lesson, prepared=prepared_manual(parts=3, at=1))
    with pytest.raises(UnusableError):
        levels(few)


def test_another_answer_than_the_reports_is_told():
    """An answer that no stage's reports come to has another origin than the plan's stages."""
    lesson = lesson_of(prepared_manual(), asking())
    closed = lesson.run.tree.agents["1"].closed
    said = closed.model_copy(update={"report": closed.report.model_copy(update={"answer": "mauve"})})
    with pytest.raises(UnusableError, match="reports come to"):
        levels(with_agent(lesson, "1", closed=said))


def test_children_that_were_refused_are_failures():
    """A target that was never opened counts as one that failed, and the others stay beside their reports."""
    lesson = lesson_of(prepared_manual(), asking())
    tree = lesson.run.tree
    gone = next(name for name, agent in tree.agents.items() if agent.parent and not agent.report.answer)
    root = replace(tree.agents["1"], children=[name for name in tree.agents["1"].children if name != gone])
    left = {name: agent for name, agent in tree.agents.items() if name != gone}
    stage = levels(altered(lesson, agents={**left, "1": root}))[0].stages[0]
    assert sorted(report.status for report in stage.reports) == ["absent"] * 6 + ["failed", "found"]
    found = next(group for group, report in zip(stage.groups, stage.reports, strict=True) if report.answer)
    assert found == stage.evidence(stage.reports[[bool(one.answer) for one in stage.reports].index(True)])
