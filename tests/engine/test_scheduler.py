"""The scheduler over a fake context: right answers, exact accounting, fairness, cancellation, failures."""

import threading

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rao_cli.engine.llama import _Worker
from rao_cli.errors import ModelError
from tests.engine.drive import check, long_text, make, phases, run, writes_at_least
from tests.engine.fake import END, FakeContext, FakeFiles, ForcingSampler, Ticket, expected, next_token

JOBS = st.lists(
    st.tuples(
        st.integers(0, 3),  # which common beginning
        st.integers(0, 40),  # how much of it
        st.lists(st.integers(1, 5), min_size=1, max_size=20),  # what follows
        st.integers(1, 20),  # output
        st.integers(0, 60) | st.none(),  # the step at which it is cancelled
        st.booleans(),  # whether some of its text is forced
    ),
    min_size=1,
    max_size=25,
)


@given(
    JOBS,
    st.integers(1, 5),
    st.integers(6, 40),
    st.sampled_from(["share", "alone", "window"]),
    st.integers(0, 9),
    st.booleans(),
)
@settings(max_examples=200, deadline=None)
def test_any_load_is_answered_rightly(jobs, parallel, batch, kind, failing, apart):
    """Whatever comes and is cancelled, answers are the model's, the cells add up, and all are free at last."""
    window = 10 if kind == "window" else 0
    files = FakeFiles()
    scheduler, context = make(
        cells=96,
        parallel=parallel,
        batch=batch,
        can_share=kind != "alone",
        window=window,
        files=files,
        apart=apart,
    )
    context.statuses = [0] * failing + [2, 0, 1] * bool(failing)
    tickets = [
        (Ticket([n + 1] * shared + tail, out, forcing=force, boundary=shared, window=window), stop)
        for n, shared, tail, out, stop, force in jobs
    ]
    for ticket, _ in tickets:
        scheduler.submit(ticket.job)
    for step in range(3_000):
        for ticket, stop in tickets:
            ticket.job.cancelled |= step == stop
        if scheduler.idle:
            break
        scheduler.step()
        check(scheduler, context)
    assert scheduler.idle
    assert context.cells == []
    for ticket, _ in tickets:
        without_room = [e for e in ticket.errors if "status 1" in e.message]
        assert ticket.right or without_room or (ticket.job.cancelled and not ticket.done)
    samplers = [ticket.job.run.sampler for ticket, _ in tickets if ticket.job.run]
    assert all(sampler.closed for sampler in samplers if isinstance(sampler, ForcingSampler))
    assert kind != "alone" or not (files.asked or files.data)


def test_the_fake_notices_a_wrong_cell():
    """The oracle can fail: a token that was not in the prompt changes what is written."""
    prompt = long_text(5)
    assert expected(prompt, 9) != expected([*prompt[:-1], prompt[-1] + 1], 9)
    context = FakeContext()
    context.load(0, b"[1, 2, 3]")
    context.share(0, 1, 2)
    assert (context.held(1), next_token([1, 2]) == next_token([1, 2, 3])) == ([1, 2], False)


def test_requests_start_in_their_order():
    """A short request behind a long one that does not fit yet waits for it, so that no long one starves."""
    scheduler, _ = make(cells=64)
    order = []
    tickets = [Ticket(long_text(size, n), 8) for n, size in enumerate([40, 50, 3, 3, 45, 3])]
    for n, ticket in enumerate(tickets):
        ticket.job.on_progress = lambda p, n=n: order.append(n) if p.phase == "reading" else None
    run(scheduler, *tickets)
    assert list(dict.fromkeys(order)) == list(range(6))
    assert all(ticket.right for ticket in tickets)


def test_reading_does_not_stop_the_writers():
    """While a long prompt is read in chunks, every step writes one token of each running request."""
    scheduler, context = make()
    writer, reader = Ticket(long_text(3), 9), Ticket(long_text(70, 7), 2)
    run(scheduler, writer, reader)
    chunks = [rows for rows in context.batches if len(rows) > 2]
    writing = [rows[0].sequence for rows in chunks[1:] if rows[0].logits]
    assert len(chunks) >= 5
    assert len(writing) == len(chunks) - 1


def test_apart_no_batch_holds_both_a_prompt_and_a_writer():
    """Computed apart, writers go on between the chunks of a prompt, which have the whole batch."""
    scheduler, context = make(batch=10, apart=True)
    tickets = Ticket(long_text(3), 9), Ticket(long_text(30, 7), 2)
    run(scheduler, *tickets)
    sizes = [len(rows) for rows in context.batches]
    assert sizes[:5] == [10, 1, 10, 1, 10]
    assert all(ticket.right for ticket in tickets)


def test_chunks_fill_what_the_writers_leave():
    """A chunk is the batch less one row for each writer; only a prompt's last row asks for logits."""
    scheduler, context = make(batch=10)
    run(scheduler, Ticket(long_text(3), 9), Ticket(long_text(30, 7), 2))
    first, second = context.batches[:2]
    assert (len(first), len(second)) == (10, 10)
    assert [row.logits for row in first] == [False] * 3 + [True] + [False] * 6
    assert [row.logits for row in second] == [True] + [False] * 9


def test_batches_are_never_larger_than_allowed():
    """With as many writers as places the batch holds them all and a reader's chunk still fits."""
    scheduler, context = make(parallel=4, batch=5)
    tickets = [Ticket(long_text(12, n), 9) for n in range(8)]
    run(scheduler, *tickets)
    assert max(map(len, context.batches)) == 5
    assert all(ticket.right for ticket in tickets)


def test_requests_beyond_the_cells_wait():
    """Two requests that do not fit together run one after the other."""
    scheduler, context = make(cells=40)
    tickets = [Ticket(long_text(20, n), 9) for n in (1, 50)]
    run(scheduler, *tickets)
    assert all(len({row.sequence for row in rows}) == 1 for rows in context.batches)
    assert all(ticket.right for ticket in tickets)


@pytest.mark.parametrize(("steps", "phase"), [(0, "waiting"), (1, "reading"), (8, "writing")])
def test_cancelled_in_any_phase(steps, phase):
    """A request cancelled while waiting, reading or writing frees its cells and never reports again."""
    scheduler, context = make()
    ticket = Ticket(long_text(60), 100)
    scheduler.submit(ticket.job)
    for _ in range(steps):
        scheduler.step()
    assert ticket.phase == phase
    ticket.job.cancelled = True
    scheduler.step()
    assert (scheduler.idle, context.cells, ticket.done, ticket.errors) == (True, [], [], [])


def test_aborted_batch_is_computed_again():
    """After an abort the requests go on where they were."""
    scheduler, context = make()
    context.statuses = [0, 2, 2, 0, 2]
    tickets = [Ticket(long_text(30, n), 9) for n in (1, 50)]
    run(scheduler, *tickets)
    assert all(ticket.right for ticket in tickets)


def test_abort_fails_what_cannot_be_cut():
    """A model whose state cannot be cut loses the requests of an aborted batch, with an error."""
    scheduler, context = make(can_share=False)
    context.cuts, context.statuses = False, [0, 2]
    ticket = Ticket(long_text(30))
    run(scheduler, ticket)
    assert [error.exit_code for error in ticket.errors] == [ModelError.exit_code]
    assert context.cells == []


@pytest.mark.parametrize("status", [1, -1, -3])
def test_failed_batch_fails_its_requests_only(status):
    """A batch that cannot be computed fails those in it with the status; those who wait are served."""
    scheduler, context = make(parallel=1)
    context.statuses = [status]
    failed, served = Ticket(long_text(5)), Ticket(long_text(5, 9))
    run(scheduler, failed, served)
    assert [f"status {status}" in error.message for error in failed.errors] == [True]
    assert served.right


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_senseless_logits_fail_the_request(value):
    """Logits that are no numbers fail the request, not the engine."""
    scheduler, context = make()
    context.logit = value
    bad = Ticket(long_text(5))
    run(scheduler, bad)
    context.logit = 1.0
    good = Ticket(long_text(5))
    run(scheduler, good)
    assert "no numbers" in bad.errors[0].message
    assert good.right


def test_failing_all_reaches_everyone_once():
    """Waiting and running requests fail once each, and all cells are free."""
    scheduler, context = make(parallel=2)
    tickets = [Ticket(long_text(20, n), 50) for n in range(6)]
    for ticket in tickets:
        scheduler.submit(ticket.job)
    for _ in range(4):
        scheduler.step()
    error = ModelError("over")
    scheduler.fail_all(error)
    assert [ticket.errors for ticket in tickets] == [[error]] * 6
    assert (scheduler.idle, context.cells, len(scheduler._reuse.saved)) == (True, [], 0)


def test_end_token_is_not_written():
    """A text ends before the end token, and says stop; at the limit it says length."""
    scheduler, _ = make()
    ends = next([7, n] for n in range(1, 2_000) if next_token([7, n]) == END)
    short, long = Ticket(ends), Ticket(long_text(5), 9)
    run(scheduler, short, long)
    assert (short.done[0].text, short.done[0].finish) == ("", "stop")
    assert (len(long.done[0].text), long.done[0].finish) == (9, "length")


def test_prompt_as_large_as_the_cells():
    """One request may take every cell."""
    scheduler, _ = make(cells=64)
    ticket = Ticket(long_text(54), 9)
    run(scheduler, ticket)
    assert ticket.right


def test_youngest_is_set_aside_and_loses_nothing():
    """When writers run out of cells the younger waits, goes on from its saved state, and writes the same text."""
    scheduler, context = make(cells=56, saved=100_000)
    old, young = (Ticket(writes_at_least(30, n), 30, forcing=True) for n in (1, 60))
    run(scheduler, old, young)
    assert phases(old) == ["waiting", "reading", "writing"]
    assert phases(young) == ["waiting", "reading", "writing", "waiting", "reading", "writing"]
    assert old.right
    assert young.right
    computed = [(row.sequence, row.position) for rows in context.batches for row in rows]
    assert len(computed) <= len(old.job.prompt) + len(young.job.prompt) + 60


def test_what_was_set_aside_is_read_again_without_its_state():
    """A request set aside whose state was not kept writes the same text all the same."""
    scheduler, _ = make(cells=56, saved=0)
    old, young = (Ticket(writes_at_least(30, n), 30) for n in (1, 60))
    run(scheduler, old, young)
    assert "waiting" in phases(young)[1:]
    assert old.right
    assert young.right


def test_lack_of_cells_in_the_context_sets_the_youngest_aside():
    """Status 1 of a batch with several requests costs one of them its place, not its answer."""
    scheduler, context = make()
    context.statuses = [0, 0, 1]
    tickets = [Ticket(long_text(6, n), 9) for n in (1, 50, 90)]
    run(scheduler, *tickets)
    assert [phases(ticket).count("waiting") for ticket in tickets] == [1, 1, 2]
    assert all(ticket.right for ticket in tickets)


def test_what_is_set_aside_comes_before_what_waits():
    """A request set aside goes on before a later one starts."""
    scheduler, context = make(parallel=2)
    context.statuses = [0, 1]
    tickets = [Ticket(long_text(6, n), 9) for n in (1, 50, 90)]
    ends = []
    for n, ticket in enumerate(tickets):
        ticket.job.finish = lambda done, n=n: ends.append(n)
    run(scheduler, *tickets)
    assert ends == [0, 1, 2]


def test_prompts_without_a_common_beginning_are_read_together():
    """Short prompts fill one batch together."""
    scheduler, context = make(batch=16)
    run(scheduler, *(Ticket(long_text(4, n), 2) for n in (1, 50, 90)))
    assert len({row.sequence for row in context.batches[0]}) == 3


def test_ten_thousand_requests_leave_nothing_behind():
    """After 10,000 requests, a third of them cancelled, only the bounded states remain, and every cell is free."""
    scheduler, context = make(cells=64, parallel=4, batch=32)
    most = 0
    for n in range(10_000):
        ticket = Ticket([n % 7 + 1, n % 11, n % 13], 2, forcing=n % 5 == 0, boundary=n % 3)
        scheduler.submit(ticket.job)
        scheduler.step()
        context.batches.clear()
        ticket.job.cancelled = n % 3 == 0
        most = max(most, len(scheduler._waiting))
    while not scheduler.idle:
        scheduler.step()
    check(scheduler, context)
    assert (context.cells, len(scheduler._memory.numbers), len(scheduler._memory._pieces)) == ([], 4, 1)
    assert len(scheduler._reuse.tree._places) == len(scheduler._reuse.saved) < 1_000
    assert most < 10


class Waited(Ticket):
    """A ticket that another thread can wait for."""

    def __init__(self, prompt):
        super().__init__(prompt)
        self.over = threading.Event()
        self.job.finish = self.job.fail = self._end

    def _end(self, what):
        (self.errors if isinstance(what, ModelError) else self.done).append(what)
        self.over.set()


def test_error_in_the_thread_fails_every_request():
    """Whatever is raised in the engine's thread, all requests fail with its text, and later ones at once."""
    scheduler, context = make(parallel=1)
    context.statuses = [0, 0, MemoryError("no memory")]
    tickets = [Waited(long_text(40, n)) for n in range(3)]
    for ticket in tickets:
        scheduler.submit(ticket.job)
    worker = _Worker(scheduler, context)
    assert all(ticket.over.wait(10) for ticket in tickets)
    assert all("no memory" in ticket.errors[0].message for ticket in tickets)
    with pytest.raises(ModelError, match="no memory"):
        worker.submit(Ticket([1]).job)
    worker.close()


def test_worker_serves_and_closes():
    """A worker answers from its thread; after close it refuses, and closing again is fine."""
    scheduler, context = make()
    worker = _Worker(scheduler, context)
    tickets = [Waited(long_text(20, n)) for n in range(6)]
    for ticket in tickets:
        worker.submit(ticket.job)
    assert all(ticket.over.wait(10) and ticket.right for ticket in tickets)
    worker.close()
    worker.close()
    with pytest.raises(ModelError, match="closed"):
        worker.submit(tickets[0].job)
