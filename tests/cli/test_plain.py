"""Plain progress: one line for each branch that finished."""

import io

from hypothesis import given

from rao_cli.cli.plain import PlainView
from rao_cli.cli.terminal import Notices
from tests.cli.stream import FORBIDDEN, a_run, closed, limit, nasty, opened, progress, started


def printed(*events, quiet=False):
    """Return the lines printed for some events."""
    target = io.StringIO()
    with PlainView(Notices(target, quiet=quiet, color=False, live=False)) as view:
        for event in events:
            view.handle(event)
    return target.getvalue().splitlines()


def test_the_start_says_how_much_there_is():
    """The first line names the document and its size."""
    assert printed(started()) == ["rao: 9 sections, 4,000 tokens in manual.pdf"]


def test_each_finished_agent_is_a_line():
    """Place, outcome, cost and answer of a branch stand in one line; progress prints nothing."""
    lines = printed(opened("1"), opened("1.1", "1"), progress("1.1"), closed("1.1"))
    assert lines == ["rao: [1/2] manual.pdf p. 3 · Section 1.1: found (700 tokens, 2.0 s): press it"]


def test_a_failure_says_why():
    """The reason of a failed branch is printed."""
    assert printed(opened("1"), closed("1", "failed", reason="it broke"))[0].endswith(": it broke")


def test_a_limit_is_a_warning():
    """A limit that was reached is printed as it happens."""
    assert printed(limit("agents")) == ["rao: warning: limit reached (agents): no tokens left"]


def test_a_limit_is_told_once():
    """However many agents a limit stops, it is one line."""
    assert len(printed(limit("agents"), limit("agents"), limit("tokens"), limit("agents"))) == 2


def test_one_is_no_plural():
    """A single token is counted as one."""
    assert printed(started(tokens=1))[0].endswith(" 1 token in manual.pdf")


def test_quiet_prints_nothing():
    """With --quiet no line appears."""
    assert printed(*a_run(20), quiet=True) == []


def test_a_run_prints_a_line_for_each_agent():
    """Every agent of a whole run is reported once, and counted."""
    lines = printed(*a_run(24))
    assert len(lines) == 1 + 24 + 2 + 1
    assert lines[-1].startswith("rao: [27/27] ")


@given(nasty, nasty, nasty)
def test_hostile_text_stays_in_its_line(title, answer, reason):
    """No control character passes, and no text can forge a second line."""
    events = [started(document=title), opened("1", goal=title, titles=(answer,), location=reason)]
    lines = printed(*events, closed("1", answer=answer), opened("2"), closed("2", "failed", reason=reason))
    assert len(lines) == 3
    assert all(line.startswith("rao: ") for line in lines)
    assert FORBIDDEN & set("".join(lines)) == set()
