"""What a scheduler does not compute again: from running requests, main memory and disk, also with a window."""

import json

from tests.engine.drive import long_text, make, run
from tests.engine.fake import FakeFiles, Ticket


def test_equal_prompts_are_read_once():
    """The second of two equal prompts computes its last token only."""
    scheduler, _ = make()
    tickets = [Ticket(long_text(30), 9) for _ in range(2)]
    run(scheduler, *tickets)
    assert [ticket.done[0].cached_tokens for ticket in tickets] == [0, 30]


def test_finished_text_is_found_again():
    """A later request starts with what a finished one left in main memory."""
    scheduler, context = make()
    first = Ticket(long_text(30))
    run(scheduler, first)
    assert context.cells == []
    second = Ticket([*first.job.prompt, 5, 6])
    run(scheduler, second)
    assert second.done[0].cached_tokens == 31
    assert second.right


def test_refused_state_means_reading_again():
    """A state that does not load costs time, not correctness."""
    scheduler, context = make()
    context.loads = False
    tickets = [Ticket(long_text(30)) for _ in range(2)]
    for ticket in tickets:
        run(scheduler, ticket)
    assert tickets[1].done[0].cached_tokens == 0
    assert tickets[1].right


def test_model_that_cannot_share_reads_everything():
    """For a model with running state nothing is shared, saved or aborted."""
    scheduler, _ = make(can_share=False)
    tickets = [Ticket(long_text(30)) for _ in range(3)]
    run(scheduler, *tickets)
    assert [ticket.done[0].cached_tokens for ticket in tickets] == [0, 0, 0]
    assert (len(scheduler._reuse.saved), scheduler.reading) == (0, None)


def test_cancelled_reading_is_kept_for_the_next():
    """What was read before a cancellation need not be read again."""
    scheduler, _ = make()
    ticket = Ticket(long_text(60))
    scheduler.submit(ticket.job)
    scheduler.step()
    ticket.job.cancelled = True
    again = Ticket(ticket.job.prompt)
    run(scheduler, again)
    assert again.done[0].cached_tokens == 16
    assert again.right


def test_nobody_computes_a_common_beginning_twice():
    """Many requests with one protocol in two views compute each part once, however long it takes to read."""
    scheduler, context = make(cells=600, parallel=6, batch=16, saved=100_000)
    protocol = [7] * 40
    views = [protocol + [n] * 30 for n in (8, 9)]
    tickets = [Ticket([*view, n], 1) for n in range(1, 7) for view in views]
    run(scheduler, *tickets)
    assert all(ticket.right for ticket in tickets)
    assert sum(map(len, context.batches)) == 40 + 2 * 30 + len(tickets)


def test_a_view_is_kept_once_it_is_read():
    """What stands before the last part of a prompt goes to disk with its seconds, and comes from there."""
    files = FakeFiles()
    first, _ = make(files=files)
    view = long_text(40)
    run(first, Ticket([*view, 5, 6], boundary=len(view)))
    assert list(files.data) == [tuple(view)]
    assert files.seconds[tuple(view)] > 0
    second, _ = make(files=files)
    ticket = Ticket([*view, 9], boundary=len(view))
    run(second, ticket)
    assert (ticket.done[0].cached_tokens, ticket.right) == (len(view), True)
    assert len(files.data) == 1


def test_disk_is_not_asked_for_what_is_at_hand():
    """A view that a running request or main memory has is not looked for on disk."""
    files = FakeFiles()
    scheduler, _ = make(files=files)
    view = long_text(40)
    run(scheduler, *(Ticket([*view, n], boundary=len(view)) for n in range(1, 5)))
    run(scheduler, Ticket([*view, 6], boundary=len(view)))
    assert files.asked == [view]


def test_state_on_disk_that_does_not_load_is_read_again():
    """A state that the context refuses costs time, not correctness."""
    files = FakeFiles()
    scheduler, context = make(files=files)
    view = long_text(40)
    files.data[tuple(view)] = json.dumps(view).encode()
    context.loads = False
    ticket = Ticket([*view, 9], boundary=len(view))
    run(scheduler, ticket)
    assert (ticket.done[0].cached_tokens, ticket.right) == (0, True)


def test_long_sequence_with_a_window_is_not_cut():
    """Where a model has slid past the middle of a text, a prompt that shares it does not start there."""
    scheduler, _ = make(window=10)
    first = Ticket(long_text(40), window=10)
    run(scheduler, first)
    second = Ticket([*first.job.prompt[:30], 5], window=10)
    run(scheduler, second)
    assert (second.done[0].cached_tokens, second.right) == (0, True)


def test_state_as_long_as_the_window_is_not_cut():
    """A state exactly as long as the window has lost its first token, so nothing shorter starts with it."""
    scheduler, _ = make(window=10)
    run(scheduler, Ticket([1] * 11, 1, boundary=10, window=10))
    short = Ticket([1, 1], 1, window=10)
    run(scheduler, short)
    assert short.right


def test_view_of_a_model_with_a_window_is_kept_whole():
    """A view longer than the window serves the next question, since its state was kept at its very end."""
    scheduler, _ = make(window=10)
    view = long_text(40)
    tickets = [Ticket([*view, n], boundary=len(view), window=10) for n in (5, 6)]
    for ticket in tickets:
        run(scheduler, ticket)
    assert [ticket.done[0].cached_tokens for ticket in tickets] == [0, len(view)]
    assert all(ticket.right for ticket in tickets)


def test_without_sharing_everything_is_computed_alone():
    """A scheduler that shares nothing computes each request with the same batches, whatever came before."""
    files = FakeFiles()
    scheduler, context = make(parallel=1, share=False, files=files)
    view = long_text(40)
    for _ in range(2):
        run(scheduler, *(Ticket([*view, n], boundary=40) for n in (5, 6)))
    shapes = [[(row.position, row.logits) for row in rows] for rows in context.batches]
    assert shapes[: len(shapes) // 2] == shapes[len(shapes) // 2 :]
    assert (files.asked, files.data, len(scheduler._reuse.saved)) == ([], {}, 0)
