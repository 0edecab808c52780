"""A scheduler over a fake context, driven step by step."""

from itertools import groupby

from rao_cli.engine.scheduler import Scheduler
from tests.engine.fake import FakeContext, FakeModel, expected

SAVED = 2_000


def make(*, cells=256, parallel=4, batch=16, saved=SAVED, can_share=True, window=0, **options):
    """Return a scheduler and its fake context."""
    context = FakeContext(cells, parallel + 1, batch, window)
    model = FakeModel(can_share, window)
    return Scheduler(model, context, cells=cells, parallel=parallel, saved_bytes=saved, **options), context


def run(scheduler, *tickets, steps=2_000):
    """Submit jobs and step until nothing is left; return the number of steps."""
    for ticket in tickets:
        scheduler.submit(ticket.job)
    for count in range(steps):
        if scheduler.idle:
            return count
        scheduler.step()
    raise AssertionError("the scheduler does not come to rest")


def check(scheduler, context):
    """Compare what the scheduler believes with what the context holds."""
    live = {sequence.number: sequence for sequence in scheduler._live}
    for number in range(context.sequences):
        wanted = live[number].tokens if number in live else []
        held = context.held(number)
        assert len(held) == len(wanted)
        assert all(have in (None, token) for have, token in zip(held, wanted, strict=True))
        assert context.window or None not in held
    spare = scheduler._reuse._spare
    assert sorted([*live, spare, *scheduler._memory.numbers]) == list(range(context.sequences))
    assert scheduler._memory.free == context.room - len(context.cells)
    saved = scheduler._reuse.saved
    assert saved.size == sum(len(state.data) for state in saved._states) <= SAVED
    assert len(scheduler._reuse.tree) == len(live) + len(saved)


def long_text(length, seed=0):
    """Return a prompt after which the fake model writes at least nine tokens."""
    while True:
        prompt = [seed % 30 + 1] * length + [seed]
        if len(expected(prompt, 9)) == 9:
            return prompt
        seed += 1


def phases(ticket):
    """Return the phases of a ticket in their order, without repetitions."""
    return [phase for phase, _ in groupby(progress.phase for progress in ticket.seen)]


def writes_at_least(length, seed):
    """Return a short prompt after which the fake model writes at least so many tokens."""
    return next(p for n in range(1_000) if len(expected(p := [seed, n, 3], length)) == length)
