"""``rao runs``: what is kept, in a table, on a screen and as JSON."""

import os
from datetime import UTC, datetime, timedelta

import pytest

from rao_cli.cli.runs import run_names
from rao_cli.cli.runs_shown import ago, duration
from rao_cli.runs.library import FILE_NAME
from rao_cli.runs.store import RunFile
from tests.cli.console import Screen, long_text, rao
from tests.cli.kept import FIRST, HOSTILE, SECOND, answered, keep, runs, spoil, without_event
from tests.runs.making import finished, hit, opened, started

NOW = datetime(2026, 1, 2, tzinfo=UTC)


def lines(done):
    """Return the lines of a command's output."""
    return done.out.splitlines()


def test_a_run_is_listed_with_all_that_is_known(tmp_path):
    """The table has the run, its standing, cost, question and answer."""
    path = tmp_path / "notes.txt"
    path.write_text(long_text())
    rao("ask", path, "What is the code?")
    head, row = lines(rao("runs"))
    assert head.split() == ["run", "begun", "state", "agents", "tokens", "time", "asked", "answer"]
    assert row.split()[1:5] == ["just", "now", "found", "2"]
    assert "ask notes.txt: What is the code?" in row
    assert row.endswith("7431")


def test_newest_run_comes_first():
    """Runs are listed from the newest to the oldest."""
    answered(FIRST)
    answered(SECOND)
    assert [row["run"] for row in rao("runs", "--json").json["runs"]] == [SECOND, FIRST]


def test_runs_of_one_second_are_in_order():
    """Of runs that began within a second the one that was written last is the newest."""
    ids = [f"20260101-000000-{number}" for number in ("bbbbbb", "aaaaaa", "cccccc")]
    for age, run in enumerate(reversed(ids)):
        path = answered(run)
        os.utime(path / FILE_NAME, (1e9 + age, 1e9 + age))
    assert [row["run"] for row in rao("runs", "--json").json["runs"]] == ids


def test_list_is_a_command_too():
    """``rao runs list`` is what ``rao runs`` does."""
    answered()
    assert rao("runs", "list").out == rao("runs").out


def test_limit_tells_of_what_is_left_out():
    """Older runs beyond the limit are counted on stderr, and --limit 0 shows all."""
    answered(FIRST)
    answered(SECOND)
    done = rao("runs", "--limit", "1")
    assert len(lines(done)) == 2
    assert "1 older run not shown" in done.err
    assert len(lines(rao("runs", "--limit", "0"))) == 3


def test_a_screen_shows_what_fits_it(monkeypatch):
    """On a terminal of 24 lines seven runs are shown, and --limit shows more."""
    for number in range(9):
        answered(f"20260101-00000{number}-aaaaaa")
    monkeypatch.setenv("LINES", "24")
    done = rao("runs", out=Screen())
    assert len(lines(done)) == 22
    assert "2 older runs not shown" in done.err
    assert len(lines(rao("runs", "--limit", "8", out=Screen()))) == 25
    assert len(lines(rao("runs"))) == 10


def test_json_counts_all_runs():
    """The total is that of all runs, whatever is shown."""
    answered(FIRST)
    answered(SECOND)
    found = rao("runs", "--limit", "1", "--json").json
    assert (found["schema"], found["total"], len(found["runs"])) == ("rao.runs.list/1", 2, 1)
    assert found["runs"][0]["answer"] == "me"


def test_nothing_kept_is_no_error():
    """Where there are no runs a line on stderr says so, and JSON has an empty list."""
    done = rao("runs")
    assert (done.code, done.out) == (0, "")
    assert "no runs yet" in done.err
    assert rao("runs", "--json").json == {"schema": "rao.runs.list/1", "runs": [], "total": 0}


def test_a_run_at_work_is_listed():
    """What another process does now is shown as running, with what it did so far."""
    library = runs()
    path = keep(FIRST, started(FIRST), opened("1"))
    with library.hold(path):
        (row,) = rao("runs", "--json").json["runs"]
    assert (row["state"], row["agents"]) == ("running", 1)


def test_a_stopped_run_is_listed():
    """A run that nobody works on and that did not finish was interrupted."""
    keep(FIRST, started(FIRST), opened("1"))
    assert rao("runs", "--json").json["runs"][0]["state"] == "interrupted"


def test_an_absent_answer_is_told():
    """A run that found nothing says so in place of an answer."""
    answered(status="absent", answer="")
    assert lines(rao("runs"))[1].endswith("not found in the sources")


@pytest.mark.parametrize("harm", [lambda file: file.unlink(), lambda file: file.write_bytes(b"nothing" * 999)])
def test_a_damaged_run_is_listed_as_such(harm):
    """A file that is missing or no database leaves its run in the list, with the reason."""
    harm(answered(FIRST) / FILE_NAME)
    answered(SECOND)
    rows = rao("runs", "--json").json["runs"]
    assert [row["state"] for row in rows] == ["finished", "damaged"]
    assert "damaged" in rows[1]["problem"]


def rename(path, kind):
    """Give the events of a type a name that there is not, as one flipped bit does."""
    with RunFile(path / FILE_NAME) as file:
        file._connection.execute("UPDATE event SET type = 'x' || substr(type, 2) WHERE type = ?", (kind,))


@pytest.mark.parametrize("harm", [spoil, without_event, rename])
def test_a_lost_answer_is_not_passed_over(harm):
    """A run whose result cannot be read any more is damaged, not merely unfinished."""
    path = keep(FIRST, started(FIRST), opened("1"))
    with runs().open(path) as file:
        file.add(1, [finished(FIRST), hit("1")])
    harm(path, "run_finished")
    (row,) = rao("runs", "--json").json["runs"]
    assert (row["state"], row["answer"], row["damaged"]) == ("damaged", "", 1)
    assert "1 event cannot be read" in rao("runs").out


def test_a_run_in_the_place_of_another_is_damaged():
    """A file that was moved into another run's folder is not listed under its name."""
    first, second = answered(FIRST), answered(SECOND)
    (second / FILE_NAME).replace(first / FILE_NAME)
    rows = {row["run"]: row for row in rao("runs", "--json").json["runs"]}
    assert rows[FIRST]["state"] == "damaged"
    assert rows[FIRST]["answer"] == ""


def test_other_folders_are_no_runs():
    """What is not called like a run is not listed."""
    answered()
    (runs().folder / "photos").mkdir()
    (runs().folder / "20260101-000000-aaaaaa.old").mkdir()
    assert rao("runs", "--json").json["total"] == 1


def test_a_screen_has_lines_that_fit(monkeypatch):
    """On a terminal a run takes three lines, none wider than it."""
    monkeypatch.setenv("COLUMNS", "60")
    answered(answer="an answer that is rather long " * 9)
    shown = rao("runs", "--color", "never", out=Screen()).out.splitlines()
    assert len(shown) == 4
    assert max(map(len, shown)) <= 60
    assert shown[3].endswith("…")


def test_nothing_kept_acts_on_the_terminal():
    """Questions, answers and names from a file cannot colour, forge a line or pass for markup."""
    keep(FIRST, started(FIRST), question=HOSTILE, sources=(HOSTILE,), started=HOSTILE)
    answered(SECOND, answer=HOSTILE)
    for out in (rao("runs").out, rao("runs", "--color", "never", out=Screen()).out):
        assert not set(out) & set("\x1b\x07\r\u202e\u2066\x00")
        assert "[bold]y[/bold]" in out


def test_options_before_a_command_are_refused():
    """An option between ``runs`` and the command would be lost, so it is refused."""
    done = rao("runs", "--limit", "3", "show")
    assert done.code == 2
    assert "options stand after the command's name" in done.err


def test_a_setting_is_no_option_before_a_command(monkeypatch):
    """A variable that sets an option does not count as one that was typed."""
    monkeypatch.setenv("RAO_COLOR", "never")
    answered()
    assert rao("runs", "show").code == 0


@pytest.mark.parametrize(
    ("before", "told"),
    [
        (timedelta(seconds=5), "just now"),
        (timedelta(seconds=-50), "just now"),
        (timedelta(minutes=59), "59 min ago"),
        (timedelta(hours=5.5), "5 h ago"),
        (timedelta(days=1), "1 day ago"),
        (timedelta(days=40), "40 days ago"),
    ],
)
def test_time_since_is_told_in_words(before, told):
    """A run's age is given in the largest unit."""
    assert ago((NOW - before).isoformat(), NOW) == told


@pytest.mark.parametrize("text", ["yesterday", "", "9999-99-99", "0001-01-01T00:00:00+23:59"])
def test_what_is_no_time_is_shown_as_it_is(text):
    """A file may say anything about when it began."""
    assert len(ago(text, NOW)) <= 20


@pytest.mark.parametrize(("seconds", "told"), [(0.04, "0.0 s"), (9.9, "9.9 s"), (31, "31 s"), (150, "2 min")])
def test_durations_are_short(seconds, told):
    """A time has one unit."""
    assert duration(seconds) == told


def test_ids_are_completed():
    """The shell is offered the ids that begin so, and ``last``."""
    answered(FIRST)
    answered(SECOND)
    assert run_names("20260102") == [SECOND]
    assert run_names("l") == ["last"]


def test_completion_says_nothing_where_runs_cannot_be_read():
    """An unreadable folder completes nothing."""
    runs().folder.parent.mkdir(parents=True, exist_ok=True)
    runs().folder.write_text("a file")
    assert run_names("") == []
