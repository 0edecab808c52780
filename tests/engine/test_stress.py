"""The llama.cpp engine under load: exact cells after each step, event loops, forks, closing from anywhere."""

import asyncio
import random
import resource
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from rao_cli.engine.base import Completion, Message, Progress, Request, Sampling
from rao_cli.engine.context import Context, Row
from rao_cli.engine.fit import Fit
from rao_cli.engine.llama import LlamaEngine
from rao_cli.engine.scheduler import Scheduler
from rao_cli.engine.writing import Job
from rao_cli.errors import ModelError, UsageError
from rao_cli.models.resolve import resolve

pytestmark = pytest.mark.model
CELLS = 256


def cells_match(scheduler: Scheduler, context: Context) -> bool:
    """Compare the positions that llama.cpp holds with those the scheduler believes in."""
    lib, memory = context.lib, context._memory
    believed = {sequence.number: len(sequence.tokens) for sequence in scheduler._live}
    for number in range(5):
        last = lib.llama_memory_seq_pos_max(memory, number)
        first = lib.llama_memory_seq_pos_min(memory, number)
        if (first, last) != ((0, believed[number] - 1) if believed.get(number) else (-1, -1)):
            return False
    return True


def random_jobs(engine: LlamaEngine, chance: random.Random) -> list[Job]:
    """Return 150 jobs of which many begin alike; some are sampled, one in ten nearly fills the cells."""
    words = engine._model.tokenize("The keeper of the lamp wrote that box nine stands in the seventh room. " * 40)
    jobs = []
    for number in range(150):
        shared = words[number % 3 :][: chance.randrange(50)]
        own = chance.sample(words, chance.randrange(1, 12))
        output = chance.randrange(1, 7) if number % 10 else 240 - len(shared) - len(own)
        request = Request((), output, sampling=Sampling(chance.choice([0.0, 1.0]), seed=number))
        jobs.append(Job(request, shared + own, lambda _: None, lambda _: None, lambda _: None))
    return jobs


def test_random_load_accounts_for_every_cell(smollm2: LlamaEngine) -> None:
    """150 requests in few cells, half cancelled at random steps: each cell is known throughout, none is lost."""
    chance = random.Random(11)
    context = Context(smollm2._model, Fit(threads=2, batch=128), cells=CELLS, sequences=5)
    scheduler = Scheduler(smollm2._model, context, cells=CELLS, parallel=4, saved_bytes=8 << 20)
    done: list[Completion] = []
    errors: list[ModelError] = []
    waiting = random_jobs(smollm2, chance)
    dying: list[tuple[int, Job]] = []
    step = 0
    while waiting or not scheduler.idle:
        step += 1
        for _ in range(min(len(waiting), chance.randrange(3))):
            job = waiting.pop()
            job.finish, job.fail = done.append, errors.append
            scheduler.submit(job)
            if job.request.max_tokens > 6 or chance.random() < 0.4:
                dying.append((step + chance.randrange(25), job))
        for when, job in dying:
            job.cancelled |= step >= when
        scheduler.step()
        assert cells_match(scheduler, context), step
    cancelled = sum(job.cancelled for _, job in dying)
    last = context.decode([Row(9, n, 0, logits=False) for n in range(128)])
    context.close()
    assert (errors, last, len(scheduler._memory.numbers)) == ([], 0, 4)
    assert 150 - cancelled <= len(done) <= 150
    assert cancelled > 40


def ask(text: str, max_tokens: int = 6) -> Request:
    """Return a request for one user message."""
    return Request((Message("user", (text,)),), max_tokens)


def test_two_event_loops_share_an_engine(smollm2: LlamaEngine) -> None:
    """Threads with event loops of their own get their own answers, and progress on their own loop."""
    answers: dict[int, list[int]] = {}
    strays: list[Progress] = []

    async def talk(number: int) -> None:
        mine = asyncio.get_running_loop()

        def watch(progress: Progress) -> None:
            if asyncio.get_running_loop() is not mine:
                strays.append(progress)

        requests = [ask(f"{number} " * (n + 1)) for n in range(4)]
        done = await asyncio.gather(*(smollm2.generate(request, watch) for request in requests))
        wanted = [smollm2.count_prompt(request.messages) for request in requests]
        answers[number] = [d.prompt_tokens - want for d, want in zip(done, wanted, strict=True)]

    threads = [threading.Thread(target=lambda n=n: asyncio.run(talk(n))) for n in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert (answers, strays) == ({0: [0] * 4, 1: [0] * 4}, [])


def test_event_loop_that_ends_early_hurts_nobody(smollm2: LlamaEngine) -> None:
    """A loop closed while its request runs leaves an engine that serves the next."""
    loop = asyncio.new_event_loop()
    task = loop.create_task(smollm2.generate(ask("A long story. " * 20, 20)))
    loop.run_until_complete(asyncio.sleep(0.1))
    loop.close()
    assert asyncio.run(smollm2.generate(ask("Hello."))).tokens
    assert not task.done()
    task._log_destroy_pending = False  # the task can never end: its loop is gone


def test_closing_from_many_threads_at_once() -> None:
    """Eight threads that close a busy engine all return, and the request fails."""
    engine = LlamaEngine(resolve(None).path, window=512, fit=Fit(threads=2, parallel=2))

    async def run() -> list[object]:
        task = asyncio.create_task(engine.generate(ask("A long story. " * 30, 300)))
        await asyncio.sleep(0.2)
        await asyncio.gather(*(asyncio.to_thread(engine.close) for _ in range(8)))
        return await asyncio.gather(task, return_exceptions=True)

    assert isinstance(asyncio.run(run())[0], ModelError)


def test_refused_window_frees_the_model() -> None:
    """Engines refused for their window give back the weights that were loaded to find that out."""

    def mapped() -> int:
        return sum(line.endswith(".gguf") for line in maps.read_text().splitlines())

    maps = Path("/proc/self/maps")
    if not maps.exists():
        pytest.skip("needs /proc")
    before = mapped()
    for _ in range(3):
        with pytest.raises(UsageError):
            LlamaEngine(resolve(None).path, window=9_000)
    assert mapped() <= before


FORK = """
import asyncio, os, sys, threading, warnings
warnings.simplefilter("ignore")
from rao_cli.engine.base import Message, Request
from rao_cli.engine.llama import LlamaEngine
from rao_cli.errors import ModelError
from rao_cli.models.resolve import resolve
engine = LlamaEngine(resolve(None).path, window=512)
request = Request((Message("user", ("Tell a story.",)),), 4)
async def ask():
    return await engine.generate(request)
asyncio.run(ask())
child = os.fork()
if child == 0:
    try:
        asyncio.run(ask())
    except ModelError:
        sys.exit(7)
    sys.exit(8)
assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 7
assert asyncio.run(ask()).tokens
"""


def test_forked_child_is_refused_and_harmless() -> None:
    """A forked child gets an error instead of waiting forever, ends by itself, and the parent works on."""
    done = subprocess.run([sys.executable, "-c", FORK], capture_output=True, timeout=60, check=False)
    assert (done.stdout, done.stderr, done.returncode) == (b"", b"", 0)


def resident() -> int:
    """Return the bytes of main memory that this process takes."""
    statm = Path("/proc/self/statm")
    if not statm.exists():
        pytest.skip("needs /proc")
    return int(statm.read_text().split()[1]) * resource.getpagesize()


def test_requests_leave_no_memory_behind(smollm2: LlamaEngine) -> None:
    """Sixty requests with grammars take no more memory than the sixty before them."""
    context = Context(smollm2._model, Fit(threads=2, batch=64), cells=CELLS, sequences=5)
    scheduler = Scheduler(smollm2._model, context, cells=CELLS, parallel=4, saved_bytes=1 << 20)
    words = smollm2._model.tokenize("The keeper of the lamp wrote that box nine stands in the seventh room.")
    sizes = []
    for _ in range(3):
        for number in range(60):
            request = Request((), 1, 'root ::= "a" [b-z]{1,40} | "b" [a-z]*')
            scheduler.submit(Job(request, words[number % 3 :], *[lambda _: None] * 3))
        while not scheduler.idle:
            scheduler.step()
        sizes.append(resident())
    context.close()
    assert sizes[2] - sizes[1] < 4 << 20
