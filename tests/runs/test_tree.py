"""A kept run grouped by agent."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rao_cli.agent.events import AgentProgress
from rao_cli.errors import InputError
from rao_cli.runs.library import FILE_NAME, Library
from rao_cli.runs.store import Contents, RunFile, Stored
from rao_cli.runs.tree import read_run, tree_of
from tests.runs.making import acted, called, closed, finished, hit, kept, make, opened, started

NAMES = st.text("12.", max_size=6)


def tree(*events, attempt=1, damaged=0):
    """Group events of one attempt."""
    return tree_of(Contents(tuple(Stored(attempt, event) for event in events), damaged))


def test_each_agent_has_all_its_events():
    """Calls, actions, limits and the report of an agent stand together."""
    events = [opened("1"), called("1"), acted("1"), hit("1"), closed("1")]
    agent = tree(started(), *events).agents["1"]
    assert [agent.opened, *agent.calls, *agent.actions, *agent.limits, agent.closed] == events


def test_agents_stand_in_the_order_of_the_tree():
    """A parent comes before its children, and the tenth child after the ninth."""
    names = ["1.10", "1.2.1", "1", "1.9", "1.2"]
    assert list(tree(*map(opened, names)).agents) == ["1", "1.2", "1.2.1", "1.9", "1.10"]


def test_children_are_listed_by_number():
    """A parent knows its children in order."""
    assert tree(*map(opened, ["1.10", "1", "1.2"])).agents["1"].children == ["1.2", "1.10"]


def test_a_child_without_its_parent_hangs_on_the_next_above():
    """Where damage took an agent its children are those of the one above."""
    found = tree(opened("1"), opened("1.2.1"), opened("3.1"))
    assert found.agents["1.2.1"].parent == "1"
    assert [agent.id for agent in found.roots] == ["1", "3.1"]


@given(st.lists(NAMES, max_size=12), st.lists(NAMES, max_size=12))
def test_no_events_make_a_circle(names, parents):
    """Whatever ids and parents a file names, each agent is reached once from the roots."""
    events = [opened(name, parent=parent) for name, parent in zip(names, parents, strict=False)]
    found = tree(*events)
    seen, waiting = [], [agent.id for agent in found.roots]
    while waiting:
        seen.append(waiting.pop())
        waiting += found.agents[seen[-1]].children
    assert sorted(seen) == sorted(found.agents)


def test_an_agent_whose_opening_is_lost_is_still_there():
    """Damage to one event does not hide what else is known of the agent."""
    agent = tree(closed("1.2", at=3.0)).agents["1.2"]
    assert (agent.opened, agent.depth, agent.goal, agent.report.status) == (None, 1, "", "found")


@pytest.mark.parametrize(
    ("last", "standing"),
    [
        ((), "unfinished"),
        ((closed("1", status="absent"),), "absent"),
        ((closed("1", status="failed", reason="interrupted"),), "interrupted"),
        ((closed("1", status="failed", reason="no"),), "failed"),
    ],
)
def test_standing_tells_stopped_agents_from_failed_ones(last, standing):
    """An agent that was stopped with its run did not fail, and one without a report is unfinished."""
    assert tree(opened("1"), *last).agents["1"].standing == standing


def test_time_of_an_agent_is_from_its_first_to_its_last_event():
    """Begin and end are those of its events."""
    agent = tree(opened("1", at=1.5), called("1", at=4.0)).agents["1"]
    assert (agent.begins, agent.ends) == (1.5, 4.0)


def test_usage_of_an_unfinished_agent_is_that_of_its_calls():
    """What an agent cost is known before it reports."""
    usage = tree(opened("1"), called("1"), called("1")).agents["1"].usage
    assert (usage.prompt_tokens, usage.output_tokens, usage.cached_tokens) == (20, 4, 8)


def test_usage_of_an_unfinished_run_counts_everything():
    """Agents and calls of the run itself are added up where there is no result yet."""
    usage = tree(opened("1"), called("1"), opened("1.1"), closed("1.1"), called("")).usage
    assert (usage.prompt_tokens, usage.agents, usage.depth, usage.seconds) == (27, 2, 1, 1.0)


def test_usage_of_a_finished_run_is_what_it_says():
    """The result's own figures are taken."""
    assert tree(opened("1"), finished()).usage.prompt_tokens == 10


def test_calls_of_the_run_itself_are_apart():
    """A call for no agent makes no agent."""
    found = tree(called(""))
    assert (len(found.calls), len(found.agents)) == (1, 0)


def test_progress_makes_no_agent_record():
    """How far an agent was is no part of what happened to it."""
    progress = AgentProgress(at=9.0, agent="1", phase="reading", done=1, total=2)
    assert tree(opened("1"), progress).agents["1"].ends == 0.0


def attempts(*numbered):
    """Group events of several attempts."""
    return tree_of(Contents(tuple(Stored(number, event) for number, event in numbered), 0))


def test_last_attempt_is_shown():
    """A run that was taken up is what it did then."""
    found = attempts((1, opened("1")), (1, opened("1.1")), (2, opened("1")))
    assert (list(found.agents), found.attempt, found.attempts) == (["1"], 2, 2)


def test_finished_attempt_goes_before_a_later_one():
    """The attempt that gave the answer is the run."""
    assert attempts((1, finished()), (2, opened("1"))).result.answer == "me"


def test_damage_is_counted():
    """How many events are missing is passed on."""
    assert tree(opened("1"), damaged=3).damaged == 3


def test_a_run_is_read_from_its_folder(tmp_path):
    """What was asked, how it stands and what happened come back."""
    runs = make(tmp_path, events=[started(), opened("1"), closed("1"), finished()])
    run = read_run(runs, runs.find("last"))
    assert (run.kept, run.state, run.tree.result.answer) == (kept(), "finished", "me")


def test_a_run_that_is_worked_on_can_be_read(tmp_path):
    """Another process sees what is written so far."""
    runs = Library(tmp_path)
    with runs.begin(kept()) as file:
        file.add(1, [started(), opened("1")])
        run = read_run(runs, runs.find("last"))
    assert (run.state, run.tree.agents["1"].standing) == ("running", "unfinished")


def test_a_run_in_the_folder_of_another_is_refused(tmp_path):
    """A file that was put in another run's place does not pass for it."""
    runs = make(tmp_path, "20260101-000000-aaaaaa")
    other = make(tmp_path, "20260101-000000-bbbbbb").find("20260101-000000-b")
    runs.find("20260101-000000-a").joinpath(FILE_NAME).replace(other / FILE_NAME)
    with pytest.raises(InputError, match="is that of 20260101-000000-aaaaaa"):
        read_run(runs, other)


def test_a_file_that_holds_no_run_is_refused(tmp_path):
    """An empty database says what is missing."""
    path = tmp_path / "20260101-000000-cccccc"
    path.mkdir()
    RunFile(path / FILE_NAME).close()
    with pytest.raises(InputError, match="what it was asked is missing"):
        read_run(Library(tmp_path), path)
