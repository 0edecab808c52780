"""The tree on a screen: every line fits, nothing is interpreted, and it goes when the run ends."""

import io
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.cells import cell_len
from rich.console import Console

from rao_cli.cli.tree import TreeView, draw_row
from rao_cli.cli.treestate import Row
from tests.cli.stream import FORBIDDEN, a_run, closed, nasty, opened, progress, started


def drawn(events, width=80, height=24):
    """Return the lines of the tree after some events."""
    view = TreeView(io.StringIO(), color=False, width=width, height=height)
    for event in events:
        view.handle(event)
    target = io.StringIO()
    Console(file=target, width=width, no_color=True).print(view.draw())
    return target.getvalue().splitlines()


@pytest.mark.parametrize(("width", "height"), [(80, 24), (200, 50), (40, 10), (20, 5), (10, 3)])
@pytest.mark.parametrize("leaves", [5, 3000])
def test_the_tree_fits_the_screen(width, height, leaves):
    """However many agents there are, the lines fit the terminal."""
    events = list(a_run(leaves))
    lines = drawn(events[: len(events) * 2 // 3], width, height)
    assert 1 <= len(lines) <= max(3, height - 1)
    assert max(map(cell_len, lines)) <= width


def test_a_line_shows_what_an_agent_does():
    """State, place, title and progress stand in one line."""
    lines = drawn([started(), opened("1"), opened("1.1", "1"), progress("1.1", done=43)])
    assert lines[1].startswith("└─▸ p. 3 · Section 1.1   ")
    assert " reading 43 % · 43 tokens · " in lines[1]


def test_the_last_line_sums_up():
    """Below the tree stands how many agents there are and what they cost."""
    assert drawn([opened("1"), closed("1")])[-1].startswith("1 agent, 1 done, 0 at work, 700 tokens, ")


def test_wide_characters_are_measured_in_cells():
    """A title of double-width characters is cut where the screen ends."""
    text = draw_row(Row("├─", "reading", "日本語" * 40, "reading 5 % · 1.0 s"), 60)
    assert cell_len(text.plain) <= 60
    assert "…" in text.plain
    assert text.plain.endswith("reading 5 % · 1.0 s")


def test_a_narrow_screen_keeps_the_state():
    """Where there is no room, tokens and seconds go before the state does."""
    assert draw_row(Row("├─", "reading", "Section", "reading 5 % · 1,000 tokens · 1.0 s"), 30).plain.endswith(
        "5 %"
    )


def test_deep_branches_leave_room_for_text():
    """Indentation takes at most a third of the line."""
    row = Row("│ " * 100 + "└─", "waiting", "Section", "waiting")
    assert draw_row(row, 60).plain.rstrip().endswith("  waiting")
    assert "· Section " in draw_row(row, 60).plain


def test_markup_is_not_interpreted():
    """A title that looks like rich markup or an emoji code is printed as it is."""
    assert "[red]x[/red] :smile:" in drawn([opened("1", titles=("[red]x[/red] :smile:",))])[0]


@settings(max_examples=50, deadline=None)
@given(nasty, nasty, st.integers(4, 120))
def test_no_control_character_reaches_the_screen(goal, title, width):
    """Hostile goals and titles leave only printable text on any width of screen."""
    lines = drawn([opened("1", goal=goal, titles=(title,), location=title)], width)
    assert FORBIDDEN & set("".join(lines)) == set()


def test_the_tree_is_taken_away_at_the_end():
    """After the run the cursor is shown again and the lines are erased; nothing went to standard output."""
    target = io.StringIO()
    with TreeView(target, color=False, width=80, height=24) as view:
        for event in a_run(20):
            view.handle(event)
        time.sleep(0.3)
    assert target.getvalue().startswith("\x1b[?25l")
    assert "\x1b[?25h" in target.getvalue()
    assert target.getvalue().rstrip().endswith("\x1b[2K")


def test_without_color_no_color_is_written():
    """The only codes are those that move the cursor."""
    target = io.StringIO()
    with TreeView(target, color=False, width=80, height=24) as view:
        view.handle(opened("1"))
        time.sleep(0.3)
    assert "\x1b[3" not in target.getvalue()


def test_a_frame_of_five_thousand_agents_is_quick():
    """Redrawing costs a few milliseconds; the bound leaves room for a slow machine."""
    view = TreeView(io.StringIO(), color=True, width=200, height=50)
    events = list(a_run(5000, branch=50))
    for event in events[: len(events) // 2]:
        view.handle(event)
    console = Console(file=io.StringIO(), width=200, height=50, force_terminal=True)
    console.print(view.draw())
    start = time.perf_counter()
    for _ in range(10):
        console.print(view.draw())
    assert (time.perf_counter() - start) / 10 < 0.1
