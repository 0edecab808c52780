"""Signals inside one process: work is stopped, and the code is the signal's."""

import asyncio
import contextlib
import io
import os
import signal
import subprocess
import sys
import time

import pytest

from rao_cli.cli.interrupts import Interrupted, Interrupts
from tests.checkout import ROOT


@pytest.fixture(autouse=True)
def own_handlers():
    """Put the handlers back that a test leaves behind on purpose."""
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    yield
    for number, handler in before.items():
        signal.signal(number, handler)


async def endless(stopped):
    """Wait for ever; note when that ends."""
    try:
        asyncio.get_running_loop().call_later(0.05, os.kill, os.getpid(), signal.SIGTERM)
        await asyncio.sleep(60)
    finally:
        stopped.append(True)


def test_a_run_is_cancelled_cleanly():
    """A signal cancels the coroutine, which can clean up, and becomes an error with its code."""
    stopped = []
    with pytest.raises(Interrupted) as caught, Interrupts(io.StringIO(), hint="go on") as interrupts:
        interrupts.run(endless(stopped))
    assert stopped == [True]
    assert (caught.value.exit_code, caught.value.message) == (143, "terminated")
    assert caught.value.hint == "go on"
    assert interrupts.stopping


def test_waiting_is_interrupted():
    """Blocking work in a thread does not keep a signal waiting."""
    start = time.monotonic()

    def work():
        os.kill(os.getpid(), signal.SIGINT)
        time.sleep(1.0)

    with pytest.raises(Interrupted) as caught, Interrupts(io.StringIO()) as interrupts:
        interrupts.wait(work)
    assert caught.value.exit_code == 130
    assert time.monotonic() - start < 0.9


def lose_a_signal():
    """Take a signal where what its handler raises is lost, as it is in Python that C code calls."""
    with contextlib.suppress(KeyboardInterrupt):
        os.kill(os.getpid(), signal.SIGINT)


@pytest.mark.parametrize("begin", ["run", "wait"])
def test_a_signal_that_was_lost_in_c_code_stops_what_comes_next(begin):
    """No more work is begun, and the error is the signal's."""
    begun = []

    async def coroutine():
        begun.append(True)

    work = {"run": coroutine, "wait": lambda: lambda: begun.append(True)}[begin]()
    with Interrupts(io.StringIO(), hint="go on") as interrupts:
        lose_a_signal()
        with pytest.raises(Interrupted) as caught:
            getattr(interrupts, begin)(work)
    assert (begun, caught.value.exit_code, caught.value.hint) == ([], 130, "go on")


def test_work_may_come_to_its_own_end():
    """Work that looks at the signal ends as it likes; then it is told of, and the result is not given."""
    done = []

    def work():
        os.kill(os.getpid(), signal.SIGINT)
        done.append(interrupts.stopping)

    with pytest.raises(Interrupted) as caught, Interrupts(io.StringIO(), hint="go on") as interrupts:
        interrupts.let_end(work)
    assert (done, caught.value.exit_code, caught.value.hint) == ([True], 130, "go on")


def test_work_without_a_signal_gives_its_result():
    """Without a signal the result is given."""
    with Interrupts(io.StringIO()) as interrupts:
        assert interrupts.let_end(lambda: 3) == 3


def test_plain_code_is_interrupted():
    """Between runs a signal stops whatever code is running, past handlers of ordinary errors."""

    def work():
        try:
            os.kill(os.getpid(), signal.SIGINT)
            time.sleep(1)
        except Exception:  # noqa: BLE001
            pytest.fail("an ordinary handler caught the interruption")

    with pytest.raises(Interrupted), Interrupts(io.StringIO()):
        work()


def test_results_and_errors_pass():
    """Without a signal, results come back, errors are raised, and the old handlers return."""

    async def fail():
        raise ValueError("oh")

    before = signal.getsignal(signal.SIGINT)
    with Interrupts(io.StringIO()) as interrupts:
        assert signal.getsignal(signal.SIGINT) != before
        assert interrupts.wait(lambda: 5) == 5
        assert interrupts.run(asyncio.sleep(0, "done")) == "done"
        with pytest.raises(ValueError, match="oh"):
            interrupts.run(fail())
    assert signal.getsignal(signal.SIGINT) == before


def test_a_run_that_ignores_cancelling_is_still_interrupted():
    """A result that arrives after a signal is not taken for a finished run."""

    async def stubborn():
        os.kill(os.getpid(), signal.SIGINT)
        try:
            await asyncio.sleep(5)
        except asyncio.CancelledError:
            return "an answer"

    with pytest.raises(Interrupted), Interrupts(io.StringIO()) as interrupts:
        interrupts.run(stubborn())


def test_the_handlers_come_back_where_the_process_goes_on():
    """After an interruption that does not end the process, a signal does again what it did before."""
    before = signal.getsignal(signal.SIGTERM)
    with pytest.raises(Interrupted), Interrupts(io.StringIO(), goes_on=True) as interrupts:
        interrupts.run(endless([]))
    assert signal.getsignal(signal.SIGTERM) is before


def test_a_second_signal_puts_things_back_before_it_ends_the_process():
    """Of two signals the second ends the process at once, after what was to be put back was put back."""
    script = (
        "import os, signal, sys, time\n"
        "from rao_cli.cli.interrupts import Interrupts\n"
        "def work():\n"
        "    for _ in range(2):\n"
        "        os.kill(os.getpid(), signal.SIGINT)\n"
        "        time.sleep(0.2)\n"
        "with Interrupts(sys.stderr, goes_on=True, quitting=lambda: os.write(1, b'back')) as interrupts:\n"
        "    interrupts.let_end(work)\n"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, timeout=60, cwd=ROOT, check=False)
    assert (done.returncode, done.stdout) == (130, b"back")
