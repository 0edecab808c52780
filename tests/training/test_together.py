"""Requests that wait together are one tree as far as it goes; who gives up is left out, and errors reach all."""

import asyncio

import pytest

from rao_cli.engine.base import Completion, Message, Request
from rao_cli.errors import ModelError
from rao_cli.training.together import Together
from tests.training.helpers import SmallNetwork

torch = pytest.importorskip("torch")

PROMPT = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10] * 4
CHOICES = [[(1, "a"), (2, "b")], [(3, "c")]]
REQUEST = Request((Message("user", ("x",)),), 8)


class Watched(SmallNetwork):
    """A network that remembers the trees it computed; told so, it fails."""

    fails = False

    def __init__(self):
        """Draw the weights."""
        super().__init__()
        self.trees = []

    def hidden(self, tokens, positions, mask):
        """Compute a tree."""
        if self.fails:
            raise RuntimeError("no memory\nis left")
        self.trees.append(int(mask.any(0).sum()) - int((mask.sum(1) == 1).sum()))
        return super().hidden(tokens, positions, mask)


@pytest.fixture
def network():
    """Return a network."""
    return Watched()


@pytest.fixture
def batches():
    """Return a list for the prompts that are written after together."""
    return []


@pytest.fixture
def make(network, batches):
    """Return what opens the requests of an engine, which writes nothing."""

    def write(jobs):
        batches.append([job.prompt for job in jobs])
        return [Completion("", (), len(job.prompt), 0, "stop") for job in jobs]

    return lambda capacity=1000: Together(network, write, window=100, capacity=capacity, name="small network")


def run(together, *asked):
    """Run requests, each a prompt and its choices, at the same time; errors are returned."""

    async def all_of_them():
        tasks = (together.run(REQUEST, prompt, choices, None) for prompt, choices in asked)
        return await asyncio.gather(*tasks, return_exceptions=True)

    return asyncio.run(all_of_them())


def test_what_requests_share_is_computed_once(make, network):
    """Eight attempts at one prompt are one tree of its tokens and those of its choices."""
    done = run(make(), *[(PROMPT, CHOICES)] * 8)
    assert len(network.trees) == 1
    assert len({tuple(token.logprob for token in one.tokens) for one in done}) == 1


@pytest.mark.parametrize(("capacity", "trees"), [(1, 6), (50, 6), (100, 3), (1000, 1)])
def test_trees_are_as_large_as_they_may_be(make, network, capacity, trees):
    """Prompts that share nothing fill one tree after another; one that is too large has its own."""
    run(make(capacity), *(([n, *PROMPT], CHOICES) for n in range(6)))
    assert len(network.trees) == trees


def test_prompts_that_begin_alike_stand_together(make, batches):
    """Whatever the order in which they came."""
    texts = [[n % 2, *PROMPT, n] for n in range(6)]
    run(make(90), *((text, []) for text in texts))
    assert [sorted({prompt[0] for prompt in batch}) for batch in batches] == [[0], [1]]


def test_weighing_and_writing_go_apart(make, network, batches):
    """Those that weigh are one tree, those that write another."""
    run(make(), (PROMPT, CHOICES), (PROMPT, []), (PROMPT[:9], CHOICES), (PROMPT[:9], []))
    assert len(network.trees) == len(batches) == 1
    assert sorted(map(len, batches[0])) == [9, 40]


def test_late_requests_wait_for_each_other(make, batches):
    """Requests that come a few turns of the loop apart are still computed together."""
    together = make()

    async def late(turns):
        for _ in range(turns):
            await asyncio.sleep(0)
        return await together.run(REQUEST, PROMPT, [], None)

    async def both():
        await asyncio.gather(late(0), late(5))

    asyncio.run(both())
    assert len(batches) == 1


def test_who_gives_up_is_left_out(make, network):
    """A request that is cancelled while others are computed is not computed any more."""
    together = make(1)

    async def cancelling():
        def give_up(_):
            second.cancel()

        asked = (
            together.run(REQUEST, [n, *PROMPT], CHOICES, told) for n, told in enumerate((give_up, None, None))
        )
        first, second, third = (asyncio.create_task(one) for one in asked)
        await asyncio.gather(first, third)
        return second.cancelled()

    assert asyncio.run(cancelling())
    assert len(network.trees) == 2


def test_failure_reaches_everybody(make, network):
    """What goes wrong in a tree is told in one line to all that were in it, with its cause; others go on."""
    network.fails = True
    found = run(make(), (PROMPT, CHOICES), (PROMPT, CHOICES), (PROMPT, []))
    assert [str(one) for one in found[:2]] == ["the small network failed: no memory is left"] * 2
    assert all(isinstance(one, ModelError) and isinstance(one.__cause__, RuntimeError) for one in found[:2])
    assert isinstance(found[2], Completion)


def test_an_engine_serves_one_loop_after_another(make, batches):
    """What was asked in a loop that is gone does not hinder the next."""
    together = make()

    async def given_up():
        asyncio.create_task(together.run(REQUEST, PROMPT, CHOICES, None))  # noqa: RUF006 - it is to be lost
        await asyncio.sleep(0)

    asyncio.run(given_up())
    assert isinstance(run(together, (PROMPT, []))[0], Completion)
    assert len(batches) == 1
