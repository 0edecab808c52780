"""The tree without a screen: what is shown of a run, and that it always fits."""

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rao_cli.cli.treestate import TreeState
from tests.cli.stream import FORBIDDEN, a_run, acted, closed, limit, nasty, opened, progress, result, started


def state_of(*events):
    """Return the tree after some events."""
    state = TreeState()
    for event in events:
        state.apply(event)
    return state


def lines(state, room=24, now=10.0):
    """Return the rows as text."""
    return [f"{row.prefix}{row.state} {row.title} {row.detail}".strip() for row in state.rows(room, now)]


def test_nothing_is_shown_before_the_first_agent():
    """A run that only started has no rows."""
    assert lines(state_of(started())) == []


def test_an_agent_waits_until_it_reads():
    """An opened agent is waiting, with the time since it was opened."""
    assert lines(state_of(opened("1"))) == [
        "waiting How is it reset? · manual.pdf p. 3 · Section 1 waiting · 10 s"
    ]


def test_reading_shows_percent():
    """A reading agent shows how much of its prompt is done."""
    assert lines(state_of(opened("1"), progress("1", done=43)))[0].endswith("reading 43 % · 43 tokens · 10 s")


@pytest.mark.parametrize(("done", "total", "percent"), [(0, 0, 0), (5, 4, 100), (1, 3, 33)])
def test_percent_stays_between_0_and_100(done, total, percent):
    """Strange counts give a sane percentage."""
    assert f"reading {percent} %" in lines(state_of(opened("1"), progress("1", "reading", done, total)))[0]


@pytest.mark.parametrize(
    ("status", "word"), [("found", "done"), ("absent", "absent"), ("partial", "partial"), ("failed", "failed")]
)
def test_a_finished_agent_shows_how_it_ended(status, word):
    """The report's status, the tokens and the time taken are shown."""
    assert lines(state_of(opened("1"), closed("1", status)))[0].endswith(f"{word} · 700 tokens · 2.0 s")


def test_an_agent_with_working_children_is_delegated():
    """A parent waits for its children, which hang below it."""
    shown = lines(state_of(opened("1"), opened("1.1", "1"), opened("1.2", "1"), progress("1.2", "writing")))
    assert [line.split(" ")[0] for line in shown] == ["delegated", "├─waiting", "└─writing"]


def test_a_parent_works_again_after_its_children():
    """With all children closed, the parent's own phase is shown."""
    state = state_of(opened("1"), opened("1.1", "1"), closed("1.1"), progress("1", "writing"))
    assert lines(state)[0].startswith("writing")


def test_a_finished_branch_is_one_line():
    """A closed parent hides its children and counts them and their tokens."""
    state = state_of(opened("1"), opened("1.1", "1"), opened("1.1.1", "1.1"), closed("1.1.1"), closed("1.1"))
    assert lines(state)[1:] == ["└─found p. 3 · Section 1.1 done · 2 agents · 1,400 tokens · 2.0 s"]


def test_a_goal_is_shown_only_where_it_differs():
    """A child with its parent's goal shows just its place; another goal comes last."""
    shown = lines(state_of(opened("1"), opened("1.1", "1"), opened("1.2", "1", goal="Count them")))
    assert "waiting p. 3" in shown[1]
    assert "waiting p. 3" in shown[2]
    assert "· Count them" in shown[2]


@pytest.mark.parametrize(
    ("place", "shown"),
    [
        ("manual.pdf pp. 4-5", "pp. 4-5"),
        ("manual.pdf:4-5", "lines 4-5"),
        ("manual.pdf:4", "line 4"),
        ("other.pdf p. 4", "other.pdf p. 4"),
        ("my plan p. 4", "my plan p. 4"),
        ("", "Section 1.1"),
    ],
)
def test_a_path_is_shown_only_where_it_differs(place, shown):
    """Below a part of the same file only pages or lines are named."""
    above = opened("1", location="manual.pdf pp. 1-9" if ":" not in place else "manual.pdf:1-90")
    assert lines(state_of(above, opened("1.1", "1", location=place)))[1].startswith(f"└─waiting {shown}")


def test_a_folder_is_not_repeated():
    """A file below its parent's folder is named from that folder on."""
    above = opened("1", location="/home/me/repo/a.py:1-90")
    child = opened("1.1", "1", location="/home/me/repo/sub/b.py:4-5")
    assert lines(state_of(above, child))[1].startswith("└─waiting sub/b.py:4-5 ·")


def test_tokens_count_while_they_are_read():
    """A reading agent shows what it has read so far, a writing one its prompt and what it wrote."""
    reading = [opened("1"), progress("1", "reading", 40, 100)]
    assert "40 tokens" in state_of(*reading).totals()
    writing = [*reading, progress("1", "reading", 100, 100), progress("1", "writing", 7, 64)]
    assert "107 tokens" in lines(state_of(*writing))[0]
    assert "110 tokens" in state_of(*writing, acted("1", 110), closed("1", tokens=110)).totals()


def test_what_does_not_fit_is_counted():
    """Children without a row are summed up in one."""
    state = state_of(opened("1"), *(opened(f"1.{n}", "1") for n in range(1, 101)), closed("1.7"))
    shown = lines(state, room=10)
    assert len(shown) == 10
    assert shown[-1] == "└─more 92 more (0 done)"
    assert "└─more 99 more (1 done)" in lines(state, room=3)


def test_agents_at_work_come_before_all_others():
    """Working agents are shown even when they are the last of many."""
    events = [opened("1"), *(opened(f"1.{n}", "1") for n in range(1, 1001))]
    state = state_of(*events, progress("1.998"), progress("1.999", "writing"))
    shown = "\n".join(lines(state, room=5))
    assert "Section 1.998 " in shown
    assert "Section 1.999 " in shown


def test_finished_agents_show_among_many_waiting():
    """A long queue does not hide what was just finished."""
    state = state_of(opened("1"), *(opened(f"1.{n}", "1") for n in range(1, 1001)), closed("1.500"))
    assert any(line.lstrip("├─└").startswith("found") for line in lines(state, room=20))


def test_children_are_in_order():
    """Rows follow the numbers of the agents, ten after nine."""
    state = state_of(opened("1"), *(opened(f"1.{n}", "1") for n in range(1, 13)))
    assert [line.split("Section ")[1].split(" ")[0] for line in lines(state)[1:]] == [
        f"1.{n}" for n in range(1, 13)
    ]


def test_tokens_are_counted_once():
    """A close repeats what the actions cost, and does not add to it."""
    state = state_of(opened("1"), acted("1", 300), acted("1", 650), closed("1", tokens=700))
    assert "700 tokens" in state.totals()


def test_totals_name_a_limit():
    """A limit that was reached is part of the totals."""
    assert "limit reached: seconds" in state_of(opened("1"), limit("seconds")).totals()


def test_unknown_agents_are_ignored():
    """Events of agents that were never opened, or that come too late, change nothing."""
    state = state_of(progress("9"), acted("9"), closed("9"), opened("1"), closed("1"), closed("1"), progress("1"))
    assert len(state) == 1
    assert state.totals().startswith("1 agent, 1 done, 0 at work")


def test_a_summary_run_has_a_title_too():
    """Without a question the document names the run."""
    assert state_of(started(question="")).title == "summary of manual.pdf"


@settings(max_examples=60, deadline=None)
@given(st.integers(1, 80), st.integers(1, 20), st.integers(1, 12), st.integers(1, 60), st.data())
def test_rows_never_exceed_the_room(leaves, branch, parallel, room, data):
    """At any moment of any run the rows fit, begin with the root, and account for every child."""
    events = list(a_run(leaves, branch, parallel))
    state = state_of(*events[: data.draw(st.integers(1, len(events)))])
    rows = state.rows(room, 5.0)
    assert len(rows) <= max(room, 2)
    if len(state):
        assert rows[0].prefix == ""


@given(nasty, nasty, nasty, nasty)
def test_no_control_character_passes(goal, title, location, document):
    """Whatever a document or a model calls things, rows hold nothing a terminal would act on."""
    state = state_of(
        started(question=goal, document=document),
        opened("1", goal=goal, titles=(title,), location=location),
        opened(title or "x", "1", goal=title, titles=(goal, location)),
    )
    text = "".join(lines(state)) + state.title + state.totals()
    assert FORBIDDEN & set(text) == set()
    assert "\n" not in text


def test_thousands_of_agents_cost_little():
    """With 5,000 agents open the rows are chosen in far less than a frame."""
    state = state_of(opened("1"), *(opened(f"1.{n}", "1") for n in range(1, 5001)))
    for n in range(1, 2001):
        state.apply(closed(f"1.{n}"))
    start = time.perf_counter()
    for _ in range(10):
        assert len(state.rows(48, 1.0)) == 48
    assert (time.perf_counter() - start) / 10 < 0.05


def test_the_last_event_changes_nothing():
    """The result is not part of the tree."""
    events = list(a_run(10))
    assert lines(state_of(*events)) == lines(state_of(*events[:-1]))
    assert events[-1].result == result()
