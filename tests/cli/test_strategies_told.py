"""Whoever watches a run, or looks at it later, is told which strategy it follows and why that was left."""

import io
import json

import pytest
from hypothesis import given
from rich.cells import cell_len
from rich.console import Console

from rao_cli.cli import output
from rao_cli.cli.plain import PlainView
from rao_cli.cli.terminal import Notices
from rao_cli.cli.tree import TreeView
from rao_cli.cli.treestate import TreeState
from rao_cli.runs.compare import compare
from rao_cli.runs.tree import read_run
from rao_cli.runs.viewed import viewed
from tests.cli.console import rao
from tests.cli.kept import FIRST, HOSTILE, SECOND, keep, runs
from tests.cli.stream import FORBIDDEN, a_run, acted, nasty, opened, result, started
from tests.runs import making

STRATEGY = "page-lookup 872bff87f18f63e5"
LEFT = "its checks did not hold"


def left(agent="1", reason=LEFT):
    """Return the action of an agent that leaves its strategy."""
    return acted(agent).model_copy(update={"fell_back": reason})


def drawn(*events, width=80, height=24):
    """Return the lines of the tree after some events."""
    view = TreeView(io.StringIO(), color=False, width=width, height=height)
    for event in events:
        view.handle(event)
    target = io.StringIO()
    Console(file=target, width=width, no_color=True).print(view.draw())
    return target.getvalue().splitlines()


def printed(*events):
    """Return the plain lines of some events."""
    target = io.StringIO()
    with PlainView(Notices(target, quiet=False, color=False, live=False)) as view:
        for event in events:
            view.handle(event)
    return target.getvalue().splitlines()


def of_run(*, strategy=STRATEGY, reason=LEFT, name=FIRST):
    """Keep a run that followed a strategy and left it, and return its id."""
    first = making.acted("1").model_copy(update={"by": "strategy"})
    last = making.acted("1", step=2, at=0.8).model_copy(update={"by": "rules", "fell_back": reason})
    keep(
        name,
        making.started(name, strategy=strategy),
        making.opened("1", view="outline"),
        first,
        last,
        making.closed("1", answer="me"),
        making.finished(name, strategy=strategy, fell_back=reason),
    )
    return name


# ---------------------------------------------------------------------- while it runs


def test_the_tree_names_the_strategy():
    """While it is followed a line below the tree says so."""
    assert drawn(started(strategy=STRATEGY), opened("1"))[-2] == "strategy page-lookup"


def test_without_a_strategy_there_is_no_line():
    """A run without a strategy looks as it always did."""
    assert not [line for line in drawn(started(), opened("1")) if "strategy" in line]


def test_the_tree_says_why_it_was_left():
    """The first reason stays, although agents below leave it too."""
    state = TreeState()
    for event in (started(strategy=STRATEGY), opened("1"), left(), left("1", "another")):
        state.apply(event)
    assert (state.strategy, state.fell_back) == (STRATEGY, LEFT)
    assert drawn(started(strategy=STRATEGY), opened("1"), left())[-2] == f"strategy page-lookup left: {LEFT}"


@pytest.mark.parametrize(("width", "height"), [(80, 24), (120, 40), (40, 10), (20, 5), (10, 4)])
@pytest.mark.parametrize("leaves", [5, 300])
def test_the_tree_still_fits(width, height, leaves):
    """With the line more, no line is wider and the tree no higher than the screen."""
    first, *rest = list(a_run(leaves))
    events = [first.model_copy(update={"strategy": STRATEGY}), *rest[: len(rest) * 2 // 3], left()]
    lines = drawn(*events, width=width, height=height)
    assert len(lines) <= max(4, height - 1)
    assert max(map(cell_len, lines)) <= width


@given(nasty, nasty)
def test_no_name_or_reason_reaches_the_terminal_raw(strategy, reason):
    """Whatever stands for a strategy, nothing that a terminal acts on is shown of it."""
    events = (started(strategy=strategy), opened("1"), left(reason=reason))
    shown = "\n".join([*drawn(*events), *printed(*events)])
    assert not FORBIDDEN & set(shown)


def test_plain_lines_tell_it_too():
    """The first line names the strategy, and one line says when and why it was left."""
    lines = printed(started(strategy=STRATEGY), opened("1"), left(), left("1", "another"))
    assert lines == [
        "rao: 9 sections, 4,000 tokens in manual.pdf; strategy page-lookup",
        f"rao: strategy page-lookup left: {LEFT}",
    ]


# ---------------------------------------------------------------------- at its end


def test_the_last_line_tells_it():
    """The summary names the strategy before the model, and why it was left."""
    assert output.summary_line(result(strategy=STRATEGY)).endswith(", 12.3 s, strategy page-lookup, tiny")
    assert f", strategy page-lookup left: {LEFT}, tiny" in output.summary_line(
        result(strategy=STRATEGY, fell_back=LEFT)
    )


def test_a_computed_answer_owes_a_strategy_nothing():
    """Where code computed the answer, the strategy that would have been followed is not named."""
    assert "strategy" not in output.summary_line(result(strategy=STRATEGY, how="3 of 9 lines"))


@given(nasty, nasty)
def test_the_last_line_is_one_line(strategy, reason):
    """Whatever stands for a strategy, the summary is one clean line."""
    line = output.summary_line(result(strategy=strategy, fell_back=reason))
    assert not (FORBIDDEN | {"\n"}) & set(line)


# ---------------------------------------------------------------------- later


def test_a_kept_run_tells_it():
    """A line of its own says which strategy a run followed, and why it was left."""
    assert f"strategy  page-lookup left: {LEFT}\n" in rao("runs", "show", of_run()).out
    other = of_run(reason="", name=SECOND)
    assert "strategy  page-lookup\n" in rao("runs", "show", other).out


def test_an_agent_tells_it():
    """The steps that a strategy chose say so, and the first without it says why."""
    shown = rao("runs", "show", of_run(), "--agent", "1").out
    assert "step 1 at 0.6 s, chosen by a strategy" in shown
    assert "step 2 at 0.8 s, chosen by rules" in shown
    assert f"left        the strategy, because {LEFT}" in shown
    actions = rao("runs", "show", FIRST, "--agent", "1", "--json").json["actions"]
    assert [one["fell_back"] for one in actions] == ["", LEFT]


def test_damaged_runs_are_shown_in_peace():
    """A kept file with a hostile name for its strategy forges no line."""
    shown = rao("runs", "show", of_run(strategy=HOSTILE, reason=HOSTILE)).out
    assert not FORBIDDEN & set(shown)


def test_runs_are_compared_by_it():
    """Two runs that differ in nothing but their strategy differ in that."""
    before, after = (of_run(strategy=one, reason="", name=name) for one, name in (("", FIRST), (STRATEGY, SECOND)))
    library = runs()
    found = compare(read_run(library, library.find(before)), read_run(library, library.find(after)))
    changes = {one.what: (one.before, one.after) for one in found.asked}
    assert changes["strategy"] == ("", STRATEGY)


def test_the_page_of_a_run_has_it():
    """The viewer is given the strategy, and the reason at the action that left it."""
    events = [
        making.started(strategy=STRATEGY),
        making.opened("1"),
        making.acted("1").model_copy(update={"fell_back": LEFT}),
        making.closed("1"),
        making.finished(strategy=STRATEGY, fell_back=LEFT),
    ]
    data = viewed(making.kept(), events, texts=True)
    assert (data["run"]["strategy"], data["result"]["fell_back"]) == (STRATEGY, LEFT)
    assert data["strings"][data["agents"][0]["actions"][0]["left"]] == LEFT
    assert (
        "left"
        not in viewed(making.kept(), [making.opened("1"), making.acted("1")], texts=True)["agents"][0]["actions"][
            0
        ]
    )


def test_a_stream_of_events_has_it(tmp_path):
    """With --jsonl the first event names the strategy, and the last has it in its result."""
    path = tmp_path / "notes.txt"
    path.write_text("".join(f"line {n}: the code is 7431 on day {n}\n" for n in range(400)))
    done = rao("ask", path, "What is the code?", "--jsonl", "--strategy", "page-lookup")
    first, *_, last = map(json.loads, done.out.splitlines())
    assert first["strategy"] == last["result"]["strategy"] != ""
