"""Events on their way to the disk: told once they are safe, never late, and told even where the disk refuses."""

import asyncio
import threading
import time

import pytest

from rao_cli.errors import RaoError
from rao_cli.runs.journal import MOST, Journal
from rao_cli.runs.store import RunFile
from tests.runs.making import acted, called, closed, finished, hit, opened, started

EVENTS = [started(), opened("1"), called("1"), acted("1"), hit("1"), closed("1"), finished()]


class FakeFile:
    """A run's file that notes its batches; ``add`` does what it is given first."""

    def __init__(self, before=lambda batch: None, attempts=0):
        self.batches = []
        self.told_before = []
        self._before, self._attempts = before, attempts

    def attempts(self):
        """Return how many attempts there were."""
        return self._attempts

    def add(self, attempt, events):
        """Take a batch."""
        self._before(events)
        self.batches.append((attempt, list(events)))


class Heard:
    """What a journal told, and why it gave up."""

    def __init__(self):
        self.events, self.reasons, self.threads = [], [], set()

    def tell(self, event):
        """Take an event."""
        self.events.append(event)
        self.threads.add(threading.get_ident())

    def failed(self, error):
        """Take the reason."""
        self.reasons.append(error.message)
        self.threads.add(threading.get_ident())


def journal(file, events, heard=None):
    """Put events through a journal; return what was told."""
    heard = heard or Heard()

    async def work():
        made = Journal(file, heard.tell, heard.failed)
        for event in events:
            made.emit(event)
        await made.close()

    asyncio.run(work())
    return heard


def test_everything_is_written_and_told_in_order(tmp_path):
    """After closing, all events are on the disk and were told, in their order."""
    path = tmp_path / "run.sqlite3"
    with RunFile(path) as file:
        heard = journal(file, EVENTS * 50)
    assert heard.events == EVENTS * 50
    assert heard.reasons == []
    with RunFile(path) as file:
        contents = file.contents()
    assert ([stored.event for stored in contents.events], contents.damaged) == (EVENTS * 50, 0)


def test_nothing_is_told_before_it_is_written(tmp_path):
    """When an event is told, another connection finds it on the disk."""
    path = tmp_path / "run.sqlite3"
    early = []

    async def work(file):
        def tell(event):
            with RunFile(path) as other:
                if len(other.contents().events) <= len(early):
                    early.append(event)

        made = Journal(file, tell, early.append)
        for event in EVENTS:
            made.emit(event)
            await asyncio.sleep(0.005)
        await made.close()

    with RunFile(path) as file:
        asyncio.run(work(file))
    assert early == []


def test_each_journal_is_an_attempt_of_its_own(tmp_path):
    """A second journal on the same file counts on, and so does one after a journal that took nothing."""
    with RunFile(tmp_path / "run.sqlite3") as file:
        for _ in range(2):
            journal(file, EVENTS)
            journal(file, [])
        assert [stored.attempt for stored in file.contents().events] == [1] * len(EVENTS) + [2] * len(EVENTS)
    fake = FakeFile(attempts=6)
    journal(fake, EVENTS)
    assert {attempt for attempt, _ in fake.batches} == {7}


def test_a_slow_disk_does_not_hold_up_the_run():
    """While a batch is being written events are taken at once; what came meanwhile is the next batch."""
    gate = threading.Event()
    file, heard, took = FakeFile(lambda batch: gate.wait(10)), Heard(), []

    async def work():
        made = Journal(file, heard.tell, heard.failed)
        made.emit(EVENTS[0])
        await asyncio.sleep(0.05)
        for event in EVENTS * 100:
            begun = time.perf_counter()
            made.emit(event)
            took.append(time.perf_counter() - begun)
        assert heard.events == []
        gate.set()
        await made.close()

    asyncio.run(work())
    assert sorted(took)[len(took) // 2] < 0.001
    assert [len(batch) for _, batch in file.batches] == [1, 700]
    assert heard.events == [EVENTS[0], *EVENTS * 100]


def test_batches_are_bounded():
    """However many events wait, a batch holds no more than so many."""
    gate = threading.Event()
    file, heard = FakeFile(lambda batch: gate.wait(10)), Heard()

    async def work():
        made = Journal(file, heard.tell, heard.failed)
        for _ in range(MOST * 2 + 10):
            made.emit(EVENTS[3])
        gate.set()
        await made.close()

    asyncio.run(work())
    assert max(len(batch) for _, batch in file.batches) <= MOST
    assert sum(len(batch) for _, batch in file.batches) == len(heard.events) == MOST * 2 + 10


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (RaoError("the disk is full"), "the disk is full"),
        (MemoryError(), "there is not enough memory to keep it"),
        (UnicodeEncodeError("utf-8", "\udcff", 0, 1, "no"), "an event cannot be written as JSON"),
    ],
)
def test_a_disk_that_refuses_costs_only_the_record(error, reason):
    """Every event is told all the same, the reason once, and nothing more is written."""
    tried = []

    def refuse(batch):
        tried.append(len(batch))
        raise error

    heard = Heard()

    async def work():
        made = Journal(FakeFile(refuse), heard.tell, heard.failed)
        for event in EVENTS:
            made.emit(event)
            await asyncio.sleep(0.002)
        await made.close()

    asyncio.run(work())
    assert heard.events == EVENTS
    assert heard.reasons == [reason]
    assert len(tried) == 1


def test_what_was_written_before_the_disk_refused_stays():
    """The batches before the first that is refused are kept."""
    count = iter(range(100))

    def refuse(batch):
        if next(count) == 2:
            raise RaoError("full")

    file, heard = FakeFile(refuse), Heard()

    async def work():
        made = Journal(file, heard.tell, heard.failed)
        for event in EVENTS:
            made.emit(event)
            await asyncio.sleep(0.01)
        await made.close()

    asyncio.run(work())
    written = [event for _, batch in file.batches for event in batch]
    assert written == EVENTS[: len(written)]
    assert len(file.batches) == 2
    assert heard.events == EVENTS


def test_events_are_told_on_the_loop():
    """Who is told, and who hears of a failure, runs on the thread of the run."""

    def refuse(batch):
        raise RaoError("full")

    heard = journal(FakeFile(refuse), EVENTS)
    assert heard.threads == {threading.get_ident()}


def test_no_thread_is_left():
    """After closing, the journal's thread has ended."""
    journal(FakeFile(), EVENTS)
    assert "rao-journal" not in {thread.name for thread in threading.enumerate()}


def test_events_that_cannot_be_told_do_not_stop_the_others():
    """Where telling fails for one event, the journal still ends, and everything was written."""
    file, seen = FakeFile(), []

    async def work():
        asyncio.get_running_loop().set_exception_handler(lambda loop, context: seen.append(context))

        def tell(event):
            raise OSError("the pipe is closed")

        made = Journal(file, tell, seen.append)
        for event in EVENTS:
            made.emit(event)
        await made.close()

    asyncio.run(work())
    assert [event for _, batch in file.batches for event in batch] == EVENTS
    assert seen


def test_ten_thousand_events_a_second_are_kept(tmp_path):
    """Twenty thousand events are written and told in well under the time that a run would take to make them."""
    with RunFile(tmp_path / "run.sqlite3") as file:
        begun = time.process_time()
        heard = journal(file, [acted("1.2.3", at=n / 1e4) for n in range(20_000)])
        spent = time.process_time() - begun
    assert len(heard.events) == 20_000
    assert spent < 2.0
