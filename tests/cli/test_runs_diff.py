"""``rao runs diff``: what two runs do not share, as a person and as a program reads it."""

from rao_cli.agent.records import Citation
from tests.cli.console import Screen, long_text, rao
from tests.cli.kept import FIRST, HOSTILE, SECOND, answered, keep, without_event
from tests.runs.making import closed, opened, started


def diff(*argv, **kwargs):
    """Compare two runs, which must work."""
    done = rao("runs", "diff", *argv, **kwargs)
    assert done.code == 0, done.err
    return done


def test_real_runs_are_compared(tmp_path):
    """The same question with and without --thorough differs in the agents and the cost, not in the answer."""
    path = tmp_path / "notes.txt"
    path.write_text(long_text())
    rao("ask", path, "What is the code?")
    rao("ask", path, "What is the code?", "--thorough")
    first = rao("runs", "--json").json["runs"][1]["run"]
    lines = diff(first, "last").out.splitlines()
    assert "  thorough: no → yes" in lines
    assert "came of it: the same" in lines
    assert "  agents: 2 → 10 (+400%)" in lines
    assert "agents: 1 the same, 0 changed, 1 gone, 9 new" in lines


def test_a_changed_answer_shows_both():
    """A long answer stands on lines of its own, before and after."""
    answered(FIRST, answer="a long answer " * 6)
    answered(SECOND, answer="another long answer " * 6)
    lines = diff(FIRST, SECOND).out.splitlines()
    at = lines.index("  answer:")
    assert lines[at + 1].startswith("    - a long answer")
    assert any(line.startswith("    + another long answer") for line in lines[at:])


def test_the_same_run_does_not_differ():
    """All three parts say so."""
    answered()
    out = diff(FIRST, "last").out
    assert out.count(": the same") == 3
    assert "agents: 2 the same, 0 changed, 0 gone, 0 new" in out


def test_json_has_all_agents():
    """JSON lists every change, and every agent that came, went or changed."""
    keep(FIRST, started(FIRST), opened("1"), closed("1", answer="a"), opened("1.1"))
    keep(SECOND, started(SECOND), opened("1"), closed("1", answer="b"), opened("1.2"))
    found = diff(FIRST, SECOND, "--json").json
    assert (found["schema"], found["before"], found["after"]) == ("rao.runs.diff/1", FIRST, SECOND)
    assert found["agents"]["changed"][0]["after"]["answer"] == "b"
    assert [one["id"] for one in found["agents"]["removed"]] == ["1.1"]
    assert [one["id"] for one in found["agents"]["added"]] == ["1.2"]


def test_many_agents_are_cut_short():
    """Beyond a dozen agents the others are counted, and --all lists them."""
    keep(FIRST, started(FIRST))
    keep(SECOND, started(SECOND), *(opened(f"1.{number}") for number in range(40)))
    assert "… 28 more new: --all shows them" in diff(FIRST, SECOND).out
    assert diff(FIRST, SECOND, "--all").out.count("\n  + ") == 40


def test_two_runs_are_needed():
    """One run is no comparison."""
    answered()
    done = rao("runs", "diff", "last")
    assert done.code == 2
    assert "needs two runs" in done.err


def test_a_damaged_run_is_compared_with_a_warning():
    """What can be read of a damaged run is compared, and the damage is told."""
    without_event(answered(FIRST), "agent_closed")
    answered(SECOND)
    done = diff(FIRST, SECOND)
    assert "warning: 2 events of run" in done.err
    assert "2 changed" in done.out


def test_a_screen_has_lines_that_fit(monkeypatch):
    """On a terminal nothing is wider than it."""
    monkeypatch.setenv("COLUMNS", "40")
    citation = Citation(path="a", start=0, end=1, quote="q", verified=True, label="a rather long place " * 5)
    answered(FIRST, answer="an answer of many words " * 20)
    answered(SECOND, answer="other words " * 20, citations=(citation,))
    out = diff(FIRST, SECOND, "--color", "never", out=Screen()).out
    assert max(map(len, out.splitlines())) <= 40


def test_nothing_kept_acts_on_the_terminal():
    """Nothing in either file moves the cursor or passes for markup."""
    keep(FIRST, started(FIRST), opened("1", titles=(HOSTILE,)), closed("1", answer=HOSTILE), question=HOSTILE)
    events = (started(SECOND), opened("1", titles=(HOSTILE,)), opened(f"1.{HOSTILE}"))
    keep(SECOND, *events, options={HOSTILE: HOSTILE}, identity=HOSTILE)
    out = diff(FIRST, SECOND).out
    assert not set(out) & set("\x1b\x07\r\u202e\u2066\x00")
    assert "[bold]y[/bold]" in out
