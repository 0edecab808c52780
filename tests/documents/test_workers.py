"""Worker processes: kept, limited, replaced, and their deaths told in one line."""

import os
import resource
import threading
import time

import pytest

from rao_cli.documents.workers import RefusedInputError, WorkerLimits, Workers
from rao_cli.errors import InputError
from tests.documents.making import encrypted_pdf, plain_pdf

PDF = plain_pdf(["hello"])


def pids(workers):
    """Return the processes that a pool's workers run in."""
    return {process_of(worker) for worker in workers._idle}


def process_of(worker):
    """Return a worker's process id."""
    return worker._process.pid


def pages(workers, data=PDF, **options):
    """Read a PDF in a worker and return its pages."""
    return [page["text"] for page in workers.run("pdf", data, options, shown="a.pdf")["pages"]]


def alive(pid):
    """Tell whether a process exists."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def test_a_worker_reads_one_file_after_another():
    """The second file is read by the process that read the first."""
    with Workers(1) as workers:
        assert "hello" in pages(workers)[0]
        first = pids(workers)
        pages(workers)
        assert pids(workers) == first


def test_closing_ends_the_processes():
    """No process is left when the pool is closed."""
    with Workers(1) as workers:
        pages(workers)
        (pid,) = pids(workers)
        assert alive(pid)
    assert not alive(pid)


def test_closing_stops_what_is_at_work():
    """A job that hangs when the pool is closed fails at once, and nothing is started after that."""
    failed = []

    def hang(workers):
        try:
            pages(workers)
        except InputError as error:
            failed.append(error)

    with Workers(1) as workers:
        pages(workers)
        (pid,) = pids(workers)
        os.kill(pid, 19)
        threads = [threading.Thread(target=hang, args=[workers]) for _ in range(2)]
        for thread in threads:
            thread.start()
        while not workers._busy:
            time.sleep(0.01)
    for thread in threads:
        thread.join(timeout=5)
    assert len(failed) == 2
    assert not alive(pid)


def test_a_job_that_takes_too_much_processor_time_is_told_so():
    """A parser that never ends is stopped by its limit, and the reason is said."""
    page = b"<!doctype html><body><div " + b" ".join(b"a%d=1" % number for number in range(100_000)) + b">x"
    with Workers(1) as workers, pytest.raises(InputError, match="html reader took too long"):
        workers.run("html", page, {}, shown="a.html", limits=WorkerLimits(cpu_seconds=1))


def test_a_process_that_cannot_be_started_is_one_line():
    """Where no file can be opened any more the reason is told, and the pool stays usable."""
    limits = resource.getrlimit(resource.RLIMIT_NOFILE)
    with Workers(1) as workers:
        resource.setrlimit(resource.RLIMIT_NOFILE, (3, limits[1]))
        try:
            with pytest.raises(InputError, match="could not be started: Too many open files"):
                pages(workers)
        finally:
            resource.setrlimit(resource.RLIMIT_NOFILE, limits)
        assert "hello" in pages(workers)[0]


def test_a_refusal_keeps_the_worker():
    """A file that a parser refuses is an error with its code, and the worker reads on."""
    with Workers(1) as workers:
        pages(workers)
        first = pids(workers)
        with pytest.raises(RefusedInputError) as caught:
            pages(workers, encrypted_pdf(["x"], "pw"))
        assert caught.value.code == "password"
        assert "hello" in pages(workers)[0]
        assert pids(workers) == first


def test_a_dead_worker_is_one_line_and_replaced():
    """A worker that is killed costs an error for its file; the next file has a new worker."""
    with Workers(1) as workers:
        pages(workers)
        (pid,) = pids(workers)
        os.kill(pid, 9)
        with pytest.raises(InputError, match=r"a\.pdf: the pdf reader died") as caught:
            pages(workers)
        assert caught.value.hint
        assert "hello" in pages(workers)[0]


def test_a_job_that_takes_too_long_is_stopped():
    """A job ends when its time is over, and says so."""
    with Workers(1) as workers:
        pages(workers)
        (pid,) = pids(workers)
        os.kill(pid, 19)  # it hangs from now on
        start = time.monotonic()
        with pytest.raises(InputError, match="took too long"):
            workers.run("pdf", PDF, {}, shown="a.pdf", limits=WorkerLimits(wall_seconds=0.3))
        assert time.monotonic() - start < 5
        assert "hello" in pages(workers)[0]


def test_an_answer_larger_than_allowed_is_refused():
    """More output than a job may have is an error, not memory."""
    with Workers(1) as workers, pytest.raises(InputError, match="pdf reader"):
        workers.run("pdf", PDF, {}, shown="a.pdf", limits=WorkerLimits(answer_bytes=10))


def test_memory_is_limited():
    """A worker that needs more memory than it may use does not take the program with it."""
    with Workers(1, WorkerLimits(memory_bytes=64 << 20)) as workers, pytest.raises(InputError):
        pages(workers, PDF + b"x" * (80 << 20))


@pytest.mark.parametrize("task", ["no_such", "../base", "os.path", ""])
def test_only_parsers_can_be_run(task):
    """A task that is no parser's name is refused."""
    with Workers(1) as workers, pytest.raises(InputError):
        workers.run(task, b"", {}, shown="x")


def test_several_threads_share_the_pool():
    """Jobs of more threads than workers are all answered."""
    found = []
    with Workers(2) as workers:
        threads = [
            threading.Thread(target=lambda n=n: found.append(pages(workers, plain_pdf([f"page{n}"]))[0].strip()))
            for n in range(8)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert sorted(found) == [f"page{n}" for n in range(8)]


def test_hostile_names_reach_messages_as_one_line():
    """A file's name with control characters is shown without them."""
    with Workers(1) as workers, pytest.raises(InputError) as caught:
        workers.run("pdf", b"%PDF-broken", {}, shown="a\x1b[31m\nb")
    assert caught.value.message.isprintable()


def test_the_environment_cannot_replace_what_workers_import(tmp_path, monkeypatch):
    """A module in the working folder or on PYTHONPATH does not run in a worker."""
    marker = tmp_path / "marker"
    for name in ("pypdfium2", "json", "sitecustomize", "rao_cli"):
        (tmp_path / f"{name}.py").write_text(f"open({str(marker)!r}, 'w')\n")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    with Workers(1) as workers:
        assert "hello" in pages(workers)[0]
    assert not marker.exists()
