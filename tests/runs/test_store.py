"""One run in one file: what is written comes back, its content is kept once, and two may use it at once."""

import random
import sqlite3
import stat
import threading

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rao_cli.agent.records import Task
from rao_cli.engine.base import Completion, Token
from rao_cli.errors import RaoError
from rao_cli.runs.store import RunFile
from tests.runs.making import acted, called, closed, hit, kept
from tests.runs.storing import EVENTS, asking, filled, read


@pytest.fixture
def path(tmp_path):
    """Return where a run's file goes."""
    return tmp_path / "run.sqlite3"


def test_events_come_back_as_they_were(path):
    """Events of every type are read back equal and in order, with their attempt."""
    filled(path)
    filled(path, EVENTS[:2], attempt=2)
    with RunFile(path) as file:
        contents = file.contents()
    assert [stored.event for stored in contents.events] == [*EVENTS, *EVENTS[:2]]
    assert [stored.attempt for stored in contents.events] == [1] * len(EVENTS) + [2] * 2
    assert contents.damaged == 0
    assert contents.last() == EVENTS[:2]


def test_nothing_is_the_last_attempt_of_nothing(path):
    """A run without events has an empty last attempt, no attempts, and was not finished."""
    with RunFile(path) as file:
        assert file.contents().last() == ()
        assert (file.attempts(), file.finished(), file.delivered()) == (0, False, False)


def test_what_was_asked_comes_back(path):
    """The record of the command is read back equal; kept again it is replaced."""
    with RunFile(path) as file:
        file.keep(kept())
        assert file.kept() == kept()
        file.keep(kept().model_copy(update={"version": "2"}))
        assert file.kept().version == "2"


def test_some_types_are_read_alone(path):
    """Asked for types, only their events are read, and nothing counts as missing because of that."""
    filled(path)
    with RunFile(path) as file:
        contents = file.contents(types=("agent_closed", "run_started"))
        assert [stored.event.type for stored in contents.events] == ["run_started", "agent_closed"]
        assert contents.damaged == 0
        calls = file.contents(types=("model_called",)).events
        assert [stored.event for stored in calls] == [EVENTS[2]]


def test_state_of_a_run(path):
    """Attempts, the end and the delivery of the result are each told apart."""
    with RunFile(path) as file:
        file.add(1, EVENTS[:-1])
        assert (file.attempts(), file.finished(), file.delivered()) == (1, False, False)
        file.add(2, EVENTS)
        assert (file.attempts(), file.finished(), file.delivered()) == (2, True, False)
        file.deliver()
        file.deliver()
        assert file.delivered()


def test_added_events_are_on_the_disk(path):
    """What was added is read by another connection before the first is closed."""
    with RunFile(path) as file:
        file.add(1, EVENTS)
        assert read(path) == (list(EVENTS), 0)


def test_every_write_waits_for_the_disk(path):
    """The file is written with full synchronisation and an own journal, not ahead of the database."""
    filled(path)
    with RunFile(path) as file:
        connection = file._open()
        assert connection.execute("PRAGMA synchronous").fetchone()[0] == 2
        assert connection.execute("PRAGMA journal_mode").fetchone()[0] == "truncate"
    assert not path.with_name(f"{path.name}-wal").exists()


def test_a_file_is_its_owners_alone(path):
    """Nobody else can read a run."""
    filled(path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_closed_file_says_so(path):
    """After closing, which may be done twice, each use is refused in one line."""
    file = RunFile(path)
    file.close()
    file.close()
    for use in (file.kept, file.contents, file.attempts, file.finished, file.check, lambda: file.add(1, EVENTS)):
        with pytest.raises(RaoError, match="closed"):
            use()


@pytest.mark.parametrize("half", ["\udcff.txt", "a\udc00b"])
def test_half_a_character_is_no_fault(path, half):
    """A name that is not UTF-8 comes back in what was asked, as it was; prompts too; other texts have ? there."""
    asked = kept().model_copy(update={"sources": (half,), "task": Task(question=half)})
    call = asking("view", half)
    with RunFile(path) as file:
        file.keep(asked)
        file.add(1, [call, hit("1").model_copy(update={"message": half}), acted("1")])
        assert file.kept() == asked
        first, second, third = [stored.event for stored in file.contents().events]
    assert first == call
    assert second.message == half.encode("utf-8", "replace").decode()
    assert third == acted("1")


@pytest.mark.parametrize("logprob", [float("-inf"), float("inf"), -0.0, -1e308, 5e-324])
def test_any_probability_comes_back(path, logprob):
    """A log-probability comes back to the bit, also one that JSON has no number for."""
    call = called("1")
    tokens = (Token("a", logprob),)
    odd = call.model_copy(update={"completion": Completion("a", tokens, 1, 0, "stop", (tokens,))})
    filled(path, [odd])
    ((event,), damaged) = read(path)
    assert damaged == 0
    assert repr(event.completion) == repr(odd.completion)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(texts=st.lists(st.text(max_size=40), min_size=3, max_size=3), times=st.integers(1, 200))
def test_any_text_comes_back(tmp_path, texts, times):
    """Whatever characters a prompt, an output and a report hold, they are read back equal."""
    path = tmp_path / "any.sqlite3"
    path.unlink(missing_ok=True)
    prompt, output, answer = (text * times for text in texts)
    events = [asking("rules", prompt, prompt, text=output), closed("1", answer=answer)]
    filled(path, events)
    assert read(path) == (events, 0)


def test_a_text_is_kept_once(path):
    """Equal parts of prompts take room once, in one batch, in two, and over two attempts."""
    view = "".join(chr(random.Random(1).randrange(33, 0x2000)) for _ in range(50_000))
    filled(path, [asking("rules", view, "first?"), asking("rules", view, "second?")])
    size = path.stat().st_size
    for attempt in (1, 2):
        filled(path, [asking("rules", view, f"third {attempt}?")] * 20, attempt)
    assert path.stat().st_size < size + 40_000
    connection = sqlite3.connect(path)
    assert connection.execute("SELECT count(*) FROM content").fetchone()[0] == 6
    connection.close()
    events, damaged = read(path)
    assert damaged == 0
    assert {event.request.messages[1].parts[0] for event in events} == {view}


def test_long_texts_are_packed(path):
    """A text that repeats itself takes a small part of its length."""
    filled(path, [asking("rules", "word " * 100_000)])
    assert path.stat().st_size < 60_000


def test_a_text_that_was_rolled_back_is_written_again(path):
    """A batch that was refused leaves no belief behind that its texts are there."""
    with RunFile(path) as file:
        with pytest.raises(RaoError):
            file.add(2**70, [asking("rules", "view", "question")])
    filled(path, [asking("rules", "view", "question")])
    assert read(path)[1] == 0


def test_a_reader_sees_whole_batches(path):
    """While one connection adds, another sees each batch whole or not at all."""
    with RunFile(path) as writer, RunFile(path) as reader:
        for count in range(1, 20):
            writer.add(1, EVENTS)
            contents = reader.contents()
            assert (len(contents.events), contents.damaged) == (count * len(EVENTS), 0)


def test_two_writers_lose_nothing(path):
    """Although a lock keeps a second writer away, what two wrote is all there."""
    filled(path, ())

    def work(attempt):
        with RunFile(path) as file:
            for _ in range(15):
                file.add(attempt, EVENTS)

    threads = [threading.Thread(target=work, args=(attempt,)) for attempt in (1, 2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    events, damaged = read(path)
    assert (len(events), damaged) == (30 * len(EVENTS), 0)
