"""Many files are read in order, ahead of where they are needed, each in the way that suits it."""

import threading
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rao_cli.documents.ahead import MOST_WAITING, Readers, read_ahead
from rao_cli.documents.blob import Blob
from rao_cli.errors import InputError


class Recorder:
    """Readers that say nothing but the names of files, and keep what they were asked."""

    def __init__(self) -> None:
        self.batches: list[int] = []
        self.threads: dict[str, int] = {}
        self.started = 0

    def one(self, blob: Blob) -> InputError:
        self.started += 1
        self.threads[blob.name] = threading.get_ident()
        return InputError(blob.path)

    def many(self, blobs) -> list[InputError]:
        self.batches.append(len(blobs))
        return [self.one(blob) for blob in blobs]

    def readers(self) -> Readers:
        """Return the readers; a file's name starts with its way."""
        return Readers(lambda blob: blob.name.split()[0], self.one, self.many)


def blobs(*names: str, size: int = 1) -> list[Blob]:
    """Return blobs of those names."""
    return [Blob(name, name, size, lambda: pytest.fail("nobody opens it")) for name in names]


@given(st.lists(st.sampled_from(["here", "together", "worker"]), max_size=150), st.integers(1, 4))
def test_results_come_in_the_order_of_the_files(ways, threads):
    """Whatever the ways, every file's result comes once and in order."""
    names = [f"{way} {at}" for at, way in enumerate(ways)]
    recorder = Recorder()
    results = list(read_ahead(blobs(*names), recorder.readers(), threads))
    assert [result.message for result in results] == names
    assert sum(recorder.batches) == ways.count("together")


def test_each_way_has_its_thread():
    """Files read in this process are read by the thread that wants them, the others are not."""
    recorder = Recorder()
    list(read_ahead(blobs("here a", "worker b", "together c"), recorder.readers(), 1))
    own = threading.get_ident()
    assert [thread == own for thread in recorder.threads.values()] == [True, False, False]


@pytest.mark.parametrize(("size", "batches"), [(1, [64, 64, 22]), (100_000, [2] * 75), (10**9, [1] * 150)])
def test_source_files_make_jobs_of_a_bounded_size(size, batches):
    """Small source files share a job, by number or by bytes, even when other files stand between them."""
    recorder = Recorder()
    names = [f"{way} {at}" for at in range(150) for way in ("together", "here")]
    mixed = [blob for name in names for blob in blobs(name, size=size if name.startswith("t") else 1)]
    list(read_ahead(mixed, recorder.readers(), 1))
    assert sorted(recorder.batches, reverse=True) == batches


@pytest.mark.parametrize(("size", "most"), [(1, MOST_WAITING + 2), (16 << 20, 4)])
def test_files_ahead_are_bounded(size, most):
    """However many files there are, only so many, and so many bytes, are taken before the first result."""
    taken = 0
    release = threading.Event()

    def endless():
        nonlocal taken
        while True:
            taken += 1
            release.set() if taken > most else None
            yield from blobs(f"worker {taken}", size=size)

    def slow(blob: Blob) -> InputError:
        release.wait(0.2)
        return InputError(blob.name)

    results = read_ahead(endless(), Readers(lambda _blob: "worker", slow, list), 1)
    assert next(results).message == "worker 1"
    assert not release.is_set()
    results.close()


def test_stopping_early_waits_for_nothing_that_was_not_begun():
    """Who needs no more results gives up the files that were taken ahead."""
    recorder = Recorder()

    def slow(blob: Blob) -> InputError:
        time.sleep(0.01)
        return recorder.one(blob)

    results = read_ahead(blobs(*(f"worker {at}" for at in range(300))), Readers(lambda _: "worker", slow, list), 1)
    next(results)
    results.close()
    assert recorder.started < 300


@pytest.mark.parametrize("way", ["here", "together", "worker"])
def test_an_unexpected_error_ends_the_reading(way):
    """An error of our own is not taken for a file that cannot be read."""

    def broken(_blobs):
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        list(read_ahead(blobs(f"{way} a"), Readers(lambda _blob: way, broken, broken), 1))
