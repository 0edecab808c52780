"""Continuous batching: which tokens of which requests go into the next computation.

Every step computes the next tokens of all who write, then as much of the prompts being read as the batch holds,
oldest first. Requests start in the order they came, as soon as their prompt fits into the free cells; one that
would share more with a prompt still being read waits for it. When writers run out of cells, the youngest request
is set aside and goes on later where it was, so the oldest always gets through. Limits: runs on one thread.
"""

import time
from collections import deque
from dataclasses import dataclass

from rao_cli.engine.base import Progress
from rao_cli.engine.context import Context, Row
from rao_cli.engine.memory import Memory
from rao_cli.engine.native import LOG, Model
from rao_cli.engine.reuse import Files, Offer, Reuse
from rao_cli.engine.sampling import Sampler
from rao_cli.engine.writing import Job, Run, Sequence
from rao_cli.errors import ModelError

_NO_ROOM = 1
_ABORTED = 2
_HEADROOM = 32
"""Cells left to each writer when another request starts, so that it is not set aside again at once."""


@dataclass(frozen=True, slots=True)
class _Group:
    """Rows of one sequence in a batch: tokens of its goal from the first that is not computed."""

    sequence: Sequence
    count: int

    def rows(self) -> list[Row]:
        """Return the rows; logits are wanted for each that a token not yet written follows."""
        run, start = self.sequence.run, self.sequence.done
        goal, number, first = run.goal, self.sequence.number, run.known - 1
        return [Row(goal[at], at, number, at >= first) for at in range(start, start + self.count)]


class Scheduler:
    """Requests waiting and running; ``step`` does one computation."""

    def __init__(
        self,
        model: Model,
        context: Context,
        *,
        cells: int,
        parallel: int,
        saved_bytes: int,
        files: Files | None = None,
        share: bool = True,
        apart: bool = False,
    ) -> None:
        """``cells`` is the room of the context, which has one sequence more than run in parallel.

        ``apart`` computes writers and prompts in calls of their own: on a processor attention costs a row of a
        writer as much as the longest prompt beside it.
        """
        self._model = model
        self._apart = apart
        self._context = context
        self._memory = Memory(context, cells=cells, sequences=parallel + 1)
        self._reuse = Reuse(model, self._memory, saved_bytes=saved_bytes, files=files, on=share)
        self._waiting: deque[Job] = deque()
        self._live: list[Sequence] = []  # oldest request first
        self._count = 0
        self.reading: Job | None = None
        """The job whose prompt takes most of the batch, when stopping in the middle of it is possible."""

    @property
    def idle(self) -> bool:
        """Tell whether there is nothing to do."""
        return not self._live and not self._waiting

    def submit(self, job: Job) -> None:
        """Queue a job."""
        job.order = self._count
        self._count += 1
        self._waiting.append(job)
        job.on_progress(Progress("waiting", 0, len(job.prompt)))

    def step(self) -> None:
        """Drop what was cancelled, admit what fits, and compute one batch, or two."""
        self._drop_cancelled()
        self._admit()
        self._make_room()
        if self._apart and any(s.reading for s in self._live):
            self._compute(self._plan([s for s in self._live if not s.reading]))
            self._compute(self._plan([s for s in self._live if s.reading]))
        else:
            self._compute(self._plan(self._live))

    def _compute(self, plan: list[_Group]) -> None:
        if not plan:
            return
        largest = max(plan, key=lambda group: group.count).sequence
        self.reading = largest.job if largest.reading and self._model.can_share else None
        start = time.perf_counter()
        status = self._context.decode([row for group in plan for row in group.rows()])
        if status == 0:
            self._advance(plan, time.perf_counter() - start)
        else:
            self._recover(plan, status)

    def fail_all(self, error: ModelError) -> None:
        """Fail every request and forget every state."""
        for sequence in list(self._live):
            self._end(sequence, keep=False)
            sequence.job.fail(error)
        for job in self._waiting:
            _close(job)
            job.fail(error)
        self._waiting.clear()
        self._reuse.close()

    def _drop_cancelled(self) -> None:
        for job in [job for job in self._waiting if job.cancelled]:
            self._waiting.remove(job)
            _close(job)
        for sequence in [s for s in self._live if s.job.cancelled]:
            self._end(sequence)

    # ------------------------------------------------------------------ who runs

    def _admit(self) -> None:
        """Start the next jobs while there is a place, a row and enough cells for them."""
        while self._waiting and self._memory.numbers and self._wanted() < self._context.batch_size:
            job = self._waiting[0]
            offer = self._reuse.find(_known(job))
            if offer.soon or not self._fits(job, offer):
                return
            self._start(job, offer)  # stays in the queue meanwhile, so that no error can lose it
            self._waiting.popleft()

    def _wanted(self) -> int:
        """Return how many rows the running requests could fill."""
        return sum(sequence.pending for sequence in self._live)

    def _fits(self, job: Job, offer: Offer) -> bool:
        """Tell whether a job's cells are free, besides those that the running ones need soon."""
        if not self._live:
            return True
        need = len(_known(job)) - offer.stored + 1
        soon = sum(min(_HEADROOM, s.job.request.max_tokens - s.run.written) + s.pending for s in self._live)
        return need + soon <= self._memory.free

    def _start(self, job: Job, offer: Offer) -> None:
        try:
            job.run = job.run or Run(self._model, job, Sampler(self._model, job.request))
        except ModelError as e:
            job.fail(e)
            return
        sequence = Sequence(self._memory.take(), job, job.run)
        self._reuse.start(sequence, offer)
        if job.run.shared is None:
            job.run.shared = sequence.done
        self._live.append(sequence)
        self._live.sort(key=lambda s: s.job.order)
        job.on_progress(Progress("reading", min(sequence.done, len(job.prompt)), len(job.prompt)))

    def _make_room(self) -> None:
        """Set the youngest aside until the tokens of the next batch find free cells."""
        most = self._context.batch_size * (2 if self._apart else 1)
        while len(self._live) > 1 and min(self._wanted(), most) > self._memory.free:
            self._set_aside()

    def _set_aside(self) -> None:
        sequence = self._live[-1]
        self._leave(sequence)
        self._waiting.appendleft(sequence.job)
        sequence.job.on_progress(Progress("waiting", 0, len(sequence.job.prompt)))

    def _end(self, sequence: Sequence, *, keep: bool = True) -> None:
        self._leave(sequence, keep=keep)
        sequence.run.close()

    def _leave(self, sequence: Sequence, *, keep: bool = True) -> None:
        """Free a sequence's cells; with ``keep`` their state goes to main memory where it is new."""
        self._live.remove(sequence)
        self._reuse.end(sequence, keep=keep)
        self._memory.give(sequence.number)

    # ------------------------------------------------------------------ what is computed

    def _plan(self, sequences: list[Sequence]) -> list[_Group]:
        """Choose the rows of the next batch: writers first, then as much of the prompts as fits."""
        plan: list[_Group] = []
        room = self._context.batch_size
        for sequence in sorted(sequences, key=lambda s: s.reading):
            count = min(self._reuse.most(sequence), room)
            if count:
                plan.append(_Group(sequence, count))
            room -= count
        return plan

    def _advance(self, plan: list[_Group], seconds: float) -> None:
        """Record a computed batch and choose the tokens that follow."""
        rows = sum(group.count for group in plan)
        first = 0
        for group in plan:
            sequence, before = group.sequence, group.sequence.done
            self._memory.grow(sequence.number, group.count)
            sequence.done += group.count
            if before < len(sequence.job.prompt):
                sequence.seconds += seconds * group.count / rows
                self._reuse.read(sequence, before)
                self._report_reading(sequence)
            self._write(sequence, before, first - before)
            first += group.count

    def _report_reading(self, sequence: Sequence) -> None:
        total = len(sequence.job.prompt)
        sequence.job.on_progress(Progress("reading", min(sequence.done, total), total))

    def _write(self, sequence: Sequence, before: int, offset: int) -> None:
        """Take the tokens that a batch decided: forced ones it confirms, then the one that is chosen."""
        job, run = sequence.job, sequence.run
        decided = range(max(before, run.known - 1), sequence.done)
        if not decided:
            return
        last = False
        try:
            for at in decided:
                logits = self._context.logits(offset + at)
                if at + 1 < len(run.goal):
                    last = run.confirm(run.sampler.log_probability(logits, run.goal[at + 1]))
                else:
                    last = run.add(*run.sampler.choose(logits))
                if last:
                    break
        except ModelError as e:
            self._end(sequence, keep=False)
            job.fail(e)
            return
        job.on_progress(Progress("writing", run.written, job.request.max_tokens, run.news()))
        if last:
            self._end(sequence)
            job.finish(run.completion())

    def _recover(self, plan: list[_Group], status: int) -> None:
        """Undo a batch that was not computed; only a lack of cells and an abort leave its requests running."""
        if status == _NO_ROOM and len(self._live) > 1:
            self._set_aside()
            return
        error = ModelError(
            f"llama.cpp could not compute a batch (status {status}): {LOG.first_error() or 'no reason given'}",
            hint="use a smaller --window or --parallel",
        )
        for group in plan:
            sequence = group.sequence
            if status != _ABORTED or not self._context.drop(sequence.number, sequence.done):
                self._end(sequence, keep=False)
                sequence.job.fail(error)


def _known(job: Job) -> list[int]:
    """Return what a job starts with: its prompt and, when it was set aside, what it has written."""
    return job.run.goal[: job.run.known] if job.run else job.prompt


def _close(job: Job) -> None:
    if job.run:
        job.run.close()
