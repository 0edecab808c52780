"""Runs are kept as commands work, and taken up again by the same command or by rao resume."""

import asyncio
import json
import os
from pathlib import Path

import pytest

from rao_cli.cli.engines import Opened
from rao_cli.engine.scripted import ScriptedEngine
from rao_cli.errors import ModelError
from rao_cli.runs.library import FILE_NAME, Library
from rao_cli.runs.store import RunFile
from tests.cli.console import long_text, rao, reader, scripted

QUESTION = "What is the code?"
THOROUGH = ("--thorough", "--json")


@pytest.fixture
def source(tmp_path):
    """Return a text file larger than the window that holds a code."""
    path = tmp_path / "log.txt"
    path.write_text(long_text())
    return path


@pytest.fixture
def library(tmp_path):
    """Return the runs of the test."""
    return Library(tmp_path / "state" / "runs")


class Failing:
    """A reader that fails after so many answers, and notes what it is asked."""

    def __init__(self, answers):
        self.left, self.asked = answers, []

    def __call__(self, request):
        """Answer or fail."""
        self.asked.append(request)
        self.left -= 1
        if self.left < 0:
            raise ModelError("the model broke")
        return reader(request)


class InTurn(ScriptedEngine):
    """A model that answers one request after the other, with time for each to be kept."""

    def __init__(self, respond, window):
        super().__init__(respond, window=window, delay=0.01)
        self._turn = asyncio.Lock()

    async def generate(self, request, on_progress=None):
        """Answer when it is the request's turn."""
        async with self._turn:
            return await super().generate(request, on_progress)


def in_turn(respond):
    """Return what finds a model that answers in turn."""

    def find(options):
        opened = scripted(respond)(options)(lambda load: load())
        return lambda wait: Opened(InTurn(respond, opened.engine.window), opened.settings)

    return find


def broken_run(source, answers=3, *more):
    """Begin a run whose model breaks after some answers, forget completions; return the calls that are kept."""
    model = Failing(answers)
    done = rao("ask", source, QUESTION, *THOROUGH, *more, find_model=in_turn(model))
    assert done.code == 4
    rao("cache", "clear")
    return recorded()


def recorded():
    """Return what was asked in the newest run and came back."""
    library = Library(Path(os.environ["RAO_STATE_DIR"]) / "runs")
    with RunFile(library.entries()[0].path / FILE_NAME) as file:
        return [event.request for event in file.contents(types=("model_called",)).last()]


def gone_on(*command):
    """Go on with a model that does not break; return the command's end and what was asked."""
    model = Failing(1_000)
    return rao(*command, find_model=scripted(model)), model.asked


def kept(library):
    """Return the open file of the only run."""
    (entry,) = library.entries()
    return RunFile(entry.path / FILE_NAME)


def test_a_run_is_kept(source, library):
    """A question leaves one run: what was asked of what, and the events that were told."""
    told = rao("ask", source, QUESTION, "--jsonl", "--max-agents", "50").out.splitlines()
    with kept(library) as file:
        asked, events = file.kept(), file.contents().last()
    assert (asked.task.question, asked.sources, asked.options["max_agents"]) == (QUESTION, (str(source),), 50)
    assert [json.loads(line)["type"] for line in told] == [e.type for e in events if e.type != "model_called"]
    assert events[0].run == asked.run == library.entries()[0].name


def test_every_call_is_kept_whole(source, library):
    """What each agent was shown and wrote stands in the run."""
    model = Failing(1_000)
    rao("ask", source, QUESTION, *THOROUGH, find_model=scripted(model))
    with kept(library) as file:
        calls = [event.request for event in file.contents(types=("model_called",)).last()]
    assert sorted(map(repr, calls)) == sorted(map(repr, model.asked))


def test_nothing_is_kept_without_a_cache(source, library):
    """--no-cache leaves no run."""
    assert rao("ask", source, QUESTION, "--no-cache").code == 0
    assert library.entries() == []


def test_a_plan_is_no_run(source, library):
    """--dry-run leaves no run."""
    assert rao("ask", source, QUESTION, "--dry-run").code == 0
    assert library.entries() == []


def test_runs_are_private(source, library):
    """Nobody but their owner can read runs."""
    rao("ask", source, QUESTION)
    (entry,) = library.entries()
    assert entry.path.stat().st_mode & 0o077 == 0
    assert (entry.path / FILE_NAME).stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("again", [("resume", "--json"), ("ask", QUESTION, *THOROUGH)])
def test_what_had_finished_is_not_asked_again(source, library, again):
    """The command resume, and the same command, go on with the same run and ask only what is missing."""
    whole, every = gone_on("ask", source, QUESTION, *THOROUGH)
    for entry in library.entries():
        library.remove([entry])
    rao("cache", "clear")
    before = broken_run(source)
    assert len(before) > 1
    command = again if again[0] == "resume" else ("ask", source, *again[1:])
    done, asked = gone_on(*command)
    assert "going on with run" in done.err
    assert len(asked) == len(every) - len(before)
    assert not set(map(repr, asked)) & set(map(repr, before))
    for key in ("answer", "citations", "status", "coverage"):
        assert done.json[key] == whole.json[key]
    assert len(library.entries()) == 1


def test_a_finished_run_is_not_gone_on_with(source, library):
    """The same question later is a run of its own, and rao resume has nothing to go on with."""
    rao("ask", source, QUESTION)
    assert "going on" not in rao("ask", source, QUESTION).err
    assert len(library.entries()) == 2
    done = rao("resume")
    assert (done.code, done.out) == (2, "")
    assert "no run was interrupted" in done.err


def test_a_finished_run_can_only_be_shown(source, library):
    """Named, a finished run is refused with what shows it."""
    rao("ask", source, QUESTION)
    (entry,) = library.entries()
    done = rao("resume", entry.name)
    assert done.code == 2
    assert f"rao runs show {entry.name}" in done.err


@pytest.mark.parametrize("other", [("--window", "1024"), ("--stdin-name", "x"), ("--hidden",)])
def test_another_command_is_another_run(source, library, other):
    """A run is not gone on with by a command that reads or answers in another way."""
    broken_run(source)
    done, _ = gone_on("ask", source, QUESTION, *THOROUGH, *other)
    assert "going on" not in done.err
    assert len(library.entries()) == 2


@pytest.mark.parametrize("same", [("-v",), ("--max-seconds", "500"), ("--progress", "plain")])
def test_means_and_looks_may_differ(source, library, same):
    """What is shown and what it may cost can be changed when a run is gone on with."""
    broken_run(source)
    done, _ = gone_on("ask", source, QUESTION, *THOROUGH, *same)
    assert "going on" in done.err
    assert len(library.entries()) == 1


def test_a_run_is_gone_on_with_from_anywhere(source, tmp_path, monkeypatch):
    """The command resume finds sources that were named relative to another working folder."""
    monkeypatch.chdir(tmp_path)
    broken_run("log.txt")
    monkeypatch.chdir("/")
    done, _ = gone_on("resume")
    assert done.out.startswith("7431\n")


def test_changed_sources_are_noticed(source):
    """Agents whose sections changed work again, the others do not, and the answer says what it is on."""
    broken_run(source)
    source.write_text(source.read_text().replace("line 399:", "line 3990:"))
    done, asked = gone_on("resume", "--json")
    assert done.json["answer"] == "7431"
    assert any("the sources changed after run" in warning for warning in done.json["warnings"])
    assert "the sources changed after run" in done.err
    _, every = gone_on("ask", source, QUESTION, *THOROUGH, "--no-cache")
    assert 0 < len(asked) < len(every)


def test_another_model_is_asked_again(source):
    """Calls of another model are not taken over by rao resume."""
    before = broken_run(source)

    def find(options):
        load = scripted(model)(options)
        return lambda wait: _renamed(load(wait))

    model = Failing(1_000)
    done = rao("resume", "--json", find_model=find)
    assert "another model" in done.err
    assert len(model.asked) > len(before)
    assert done.json["answer"] == "7431"


def _renamed(opened):
    opened.engine._identity = "another"
    return opened


def test_standard_input_cannot_be_read_again(source):
    """A run on standard input is gone on with by its command only."""
    text = source.read_bytes()
    rao("ask", "-", QUESTION, *THOROUGH, stdin=text, find_model=in_turn(Failing(3)))
    done = rao("resume")
    assert done.code == 2
    assert "standard input" in done.err
    assert "going on" in rao("ask", "-", QUESTION, *THOROUGH, stdin=text).err


def test_a_run_that_is_worked_on_is_left_alone(source, library):
    """While somebody holds a run, rao resume refuses it and the same command begins another."""
    broken_run(source)
    (entry,) = library.entries()
    with library.hold(entry.path):
        done = rao("resume", entry.name)
        assert done.code == 2
        assert "another rao" in done.err
        assert "no run was interrupted" in rao("resume").err
        assert "going on" not in rao("ask", source, QUESTION, *THOROUGH).err
    assert len(library.entries()) == 2


def test_a_folder_that_cannot_be_made_costs_only_the_keeping(source, tmp_path, monkeypatch):
    """Where the usual folder cannot be made the question is answered all the same, with a warning."""
    monkeypatch.delenv("RAO_STATE_DIR")
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "file"))
    done = rao("ask", source, QUESTION)
    assert (done.code, done.out.splitlines()[0]) == (0, "7431")
    assert "this run is not kept" in done.err


def test_a_folder_that_was_chosen_must_do(source, tmp_path, monkeypatch):
    """A wrong RAO_STATE_DIR is an error in one line."""
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("RAO_STATE_DIR", str(tmp_path / "file"))
    done = rao("ask", source, QUESTION)
    assert (done.code, done.out) == (1, "")
    assert "cannot create" in done.err


def test_a_damaged_run_is_passed_over(source, library):
    """The same command begins anew where the run that it would go on with cannot be read."""
    broken_run(source)
    (entry,) = library.entries()
    (entry.path / FILE_NAME).write_bytes(b"no database at all" * 100)
    done, _ = gone_on("ask", source, QUESTION, *THOROUGH)
    assert (done.code, done.json["answer"]) == (0, "7431")
    assert len(library.entries()) == 2


def test_damaged_calls_are_asked_again(source, library):
    """A call that cannot be read any more is told of and made again; the answer is the same."""
    before = broken_run(source)
    (entry,) = library.entries()
    _damage_a_call(entry.path / FILE_NAME)
    done, asked = gone_on("resume", "--json")
    assert "cannot be read" in done.err
    assert len(set(map(repr, asked)) & set(map(repr, before))) == 1
    assert done.json["answer"] == "7431"


def _damage_a_call(path):
    import sqlite3
    from contextlib import closing

    with closing(sqlite3.connect(path)) as database, database:
        database.execute(
            "UPDATE event SET body = x'2d' WHERE seq = (SELECT min(seq) FROM event WHERE type = 'model_called')"
        )


def test_a_missing_folder_is_told(source, tmp_path, monkeypatch):
    """A run whose working folder is gone is refused in one line."""
    place = tmp_path / "place"
    place.mkdir()
    monkeypatch.chdir(place)
    broken_run(source)
    monkeypatch.chdir(tmp_path)
    place.rmdir()
    done = rao("resume")
    assert done.code == 3
    assert str(place) in done.err
