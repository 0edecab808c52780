"""``rao runs show``: the answer, the tree, the map of what was read, and the cost of a kept run."""

import pytest
from rich.cells import cell_len

from rao_cli.agent.records import Citation
from rao_cli.runs.library import FILE_NAME
from rao_cli.runs.store import RunFile
from tests.cli.console import Screen, long_text, rao
from tests.cli.kept import FIRST, HOSTILE, SECOND, answered, keep, runs, spoil, without_event
from tests.runs.making import acted, called, closed, finished, hit, opened, started


def show(*argv, **kwargs):
    """Show a run, which must work."""
    done = rao("runs", "show", *argv, **kwargs)
    assert done.code == 0, done.err
    return done


@pytest.fixture
def real(tmp_path):
    """Keep a run of several agents over a real document."""
    path = tmp_path / "notes.txt"
    path.write_text(long_text())
    assert rao("ask", path, "What is the code?", "--thorough").code == 0


def test_a_real_run_is_shown_whole(real):
    """Answer, citation, tree, coverage and cost of what was really done are there."""
    out = show().out
    assert "\n7431\n" in out
    assert 'notes.txt:200: "line 200: the code is 7431"' in out
    assert "✓ 1 What is the code?" in out
    assert "lines 180-225 · line 180: nothing of no…: 7431" in out
    assert "coverage  read 9 of 9 sections" in out
    assert "10 agents, depth 1" in out


def test_the_map_shows_where_the_answer_stands(real):
    """The cited line is in the middle of the source, and all of it was read."""
    (line,) = [line.strip() for line in show().out.splitlines() if "▓▓▓" in line]
    assert line.count("█") == 1
    assert line.index("█") == pytest.approx(len(line) / 2, abs=2)
    assert set(line) == {"▓", "█"}


def test_last_run_is_shown_by_default():
    """Without an id the newest run is meant."""
    answered(FIRST)
    answered(SECOND)
    assert show().out.startswith(f"run {SECOND}")
    assert show(FIRST[:14]).out.startswith(f"run {FIRST}")


def test_json_has_everything(real):
    """JSON has the question, the agents with their handoffs and reports, and the result."""
    found = show("--json").json
    assert found["schema"] == "rao.runs.show/1"
    assert found["task"]["question"] == "What is the code?"
    assert [agent["id"] for agent in found["agents"]][:3] == ["1", "1.1", "1.2"]
    assert found["agents"][5]["report"]["answer"] == "7431"
    assert found["result"]["schema"] == "rao.answer/1"
    assert found["covered"]["read"] == [[0, found["covered"]["end"]]]


def test_an_unfinished_run_says_how_to_go_on():
    """An interrupted run names the command that takes it up."""
    keep(FIRST, started(FIRST), opened("1"), closed("1", status="failed", reason="interrupted"))
    out = show().out
    assert "interrupted" in out.splitlines()[0]
    assert f"No answer yet; rao resume {FIRST} goes on with it." in out


def test_a_run_at_work_is_shown():
    """What another process does now is shown as far as it is."""
    path = keep(FIRST, started(FIRST), opened("1"))
    with runs().hold(path):
        out = show().out
    assert "running" in out.splitlines()[0]
    assert "resume" not in out


def test_a_run_of_which_nothing_happened_is_shown():
    """A run that was killed before its first event is no failure."""
    keep(FIRST)
    assert "No answer yet" in show().out


def test_attempts_are_told():
    """A run that was taken up says which attempt is shown."""
    path = keep(FIRST, started(FIRST), opened("1"))
    with RunFile(path / FILE_NAME) as file:
        file.add(2, [started(FIRST), opened("1"), closed("1"), finished(FIRST)])
    assert "attempt 2 of 2" in show().out


def test_limits_and_warnings_are_told():
    """A limit that was reached is named once, and so is each warning."""
    end = finished(
        FIRST, warnings=("the sources changed",), limits_hit=("tokens",), status="partial", reason="cut"
    )
    keep(FIRST, started(FIRST), opened("1"), hit("1"), hit("1"), closed("1"), end)
    out = show().out
    assert out.count("tokens: no tokens left") == 1
    assert "the sources changed" in out
    assert "(cut)" in out


def test_lost_events_are_warned_of():
    """A run of which events are gone says how many, and shows the others."""
    path = answered()
    without_event(path, "agent_opened")
    done = show()
    assert "warning: 2 events of run" in done.err
    assert "(its beginning is lost): me" in done.out


def test_a_spoilt_answer_is_not_shown():
    """A result that does not match its digest is none."""
    spoil(answered(), "run_finished")
    done = show()
    assert "warning: 1 event of run" in done.err
    assert "No answer yet" in done.out


def test_a_lost_file_is_one_line():
    """A run whose file is gone ends in an error that names the remedy."""
    (answered() / FILE_NAME).unlink()
    done = rao("runs", "show")
    assert (done.code, done.out) == (3, "")
    assert "its file is missing" in done.err
    assert "rao runs prune" in done.err


@pytest.mark.parametrize(("name", "said"), [("nope", "there is no run nope"), ("2026", "2 runs begin with 2026")])
def test_a_wrong_name_is_one_line(name, said):
    """An id of none, or of several, is refused."""
    answered(FIRST)
    answered(SECOND)
    done = rao("runs", "show", name)
    assert done.code == 2
    assert said in done.err


def large(count, standing=lambda number: "absent"):
    """Keep a run whose root has many children."""
    children = range(1, count + 1)
    events = [started(FIRST), opened("1", view="outline")]
    events += [opened(f"1.{number}") for number in children]
    events += [closed(f"1.{number}", status=standing(number), answer="x") for number in children]
    keep(FIRST, *events, closed("1"), finished(FIRST))


def agents(done):
    """Return the lines of the tree."""
    return [line for line in done.out.splitlines() if line[:2] in ("✓ ", "├─", "└─")]


def test_a_large_tree_shows_what_tells_most():
    """Of many agents those that found something are shown, and the others are counted."""
    large(500, lambda number: "found" if number in (77, 400) else "absent")
    shown = agents(show())
    assert len(shown) == 17
    assert any(line.startswith("├─✓ 1.77 ") for line in shown)
    assert any(line.startswith("├─✓ 1.400 ") for line in shown)
    assert shown[-1] == "└─… 485 more absent"


def test_agents_behind_the_answer_are_shown_first():
    """Of many that found something, those whose places the answer cites are shown."""
    citation = Citation(path="a", start=3, end=9, quote="q", verified=True, label="a p. 1")
    events = [
        closed(f"1.{number}", answer="x", citations=(citation,) * (number == 300)) for number in range(1, 400)
    ]
    keep(FIRST, started(FIRST), opened("1"), *events, closed("1"), finished(FIRST, citations=(citation,)))
    assert any(line.startswith("├─✓ 1.300 ") for line in agents(show()))


def test_a_tree_of_moderate_size_is_shown_whole():
    """Up to forty agents none is left out."""
    large(39)
    assert len(agents(show())) == 40


def test_hidden_agents_are_counted_by_standing():
    """What is not shown says how it stood."""
    large(100, lambda number: "found" if number <= 60 else "absent")
    assert agents(show())[-1] == "└─… 85 more: 45 found, 40 absent"


def test_all_shows_every_agent():
    """With --all nothing is left out."""
    large(500)
    assert len(agents(show("--all"))) == 501


def test_a_deep_tree_is_no_failure():
    """A file may claim a tree that is deeper than Python's stack."""
    names = [".".join(["1"] * depth) for depth in range(1, 1_100)]
    keep(FIRST, *(opened(name, depth=0) for name in names))
    assert len(show("--all").out.splitlines()) > 1_099


def test_a_screen_has_lines_that_fit(monkeypatch):
    """On a terminal nothing is wider than it, whatever the answer holds."""
    monkeypatch.setenv("COLUMNS", "50")
    citation = Citation(path="a", start=0, end=9, quote="word " * 50, verified=True, label="a.txt p. 3")
    answered(answer="an answer of many words " * 20, citations=(citation,))
    out = show("--color", "never", out=Screen()).out
    assert max(map(cell_len, out.splitlines())) <= 50


def test_colour_is_for_terminals():
    """A terminal gets colours, a pipe none."""
    answered()
    assert "\x1b[" in show(out=Screen()).out
    assert "\x1b[" not in show().out


def test_nothing_kept_acts_on_the_terminal():
    """Nothing in a run's file moves the cursor, forges a line or passes for markup."""
    citation = Citation(path=HOSTILE, start=0, end=1, quote=HOSTILE, verified=True, label=HOSTILE)
    report = {
        "answer": HOSTILE,
        "reason": HOSTILE,
        "how": HOSTILE,
        "conflicts": (HOSTILE,),
        "citations": (citation,),
    }
    keep(
        FIRST,
        started(FIRST, question=HOSTILE, document=HOSTILE, digest=HOSTILE, model=HOSTILE),
        opened("1", titles=(HOSTILE,), location=HOSTILE),
        called("1", text=HOSTILE),
        acted("1", action={HOSTILE: HOSTILE}),
        hit("1").model_copy(update={"message": HOSTILE}),
        closed("1", **report),
        opened(f"1.{HOSTILE}"),
        closed(f"1.{HOSTILE}2", answer="x"),
        finished(FIRST, answer=HOSTILE, reason=HOSTILE, warnings=(HOSTILE,), citations=(citation,)),
        question=HOSTILE,
        sources=(HOSTILE,),
    )
    pages = ((), ("--agent", "1"), ("--agent", f"1.{HOSTILE}"))
    for out in (*(show(*page).out for page in pages), show("--color", "never", out=Screen()).out):
        assert not set(out) & set("\x1b\x07\r\u202e\u2066\x00")
        assert "[bold]y[/bold]" in out


def test_quiet_leaves_only_the_run():
    """With --quiet nothing stands on stderr."""
    answered()
    assert show("--quiet").err == ""


def test_a_run_goes_to_a_file(tmp_path):
    """With -o the page is written there."""
    answered()
    assert show("-o", tmp_path / "run.txt").out == ""
    assert (tmp_path / "run.txt").read_text().startswith(f"run {FIRST}")
