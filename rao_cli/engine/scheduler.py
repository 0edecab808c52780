"""Continuous batching: which tokens of which requests go into the next computation.

Every step decodes one token of each writing request and reads a chunk of at most one other, so that few cells
are live at a time (attention on a CPU costs by the cell). A request starts with the longest token prefix it
shares with any sequence still in the cache, running or parked; finished sequences stay parked, least recently
used out first. Requests start in the order they came. Limits: runs on one thread; a request that holds a prefix
of its predecessor must wait until that is read, so requests are read one after another.
"""

import codecs
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field

from rao_cli.engine.base import Completion, Progress, Request, Token
from rao_cli.engine.native import LOG, Context, Model, Row
from rao_cli.engine.sampling import Sampler
from rao_cli.errors import ModelError

_ABORTED = 2


@dataclass(eq=False, slots=True)
class Job:
    """One request on its way; ``finish`` and ``fail`` are called once, on the scheduler's thread."""

    request: Request
    prompt: list[int]
    on_progress: Callable[[Progress], None]
    finish: Callable[[Completion], None]
    fail: Callable[[ModelError], None]
    cancelled: bool = False

    @property
    def cells(self) -> int:
        """Return the most cells the request can come to need."""
        return len(self.prompt) + self.request.max_tokens


@dataclass(eq=False, slots=True)
class Sequence:
    """Tokens in the cache under one sequence number, and the job that is adding to them, if any."""

    number: int
    tokens: list[int] = field(default_factory=list)
    job: Job | None = None
    run: "Run | None" = None
    used: int = 0

    @property
    def reserved(self) -> int:
        """Return the cells the sequence holds or may come to need."""
        return self.job.cells if self.job else len(self.tokens)


class Run:
    """The writing of one job: its sampler, and its text as far as it goes."""

    def __init__(self, model: Model, job: Job) -> None:
        self.sampler = Sampler(model, job.request)
        self.shared = 0
        self.next_token = -1
        self._model = model
        self._stop = job.request.stop
        self._max = job.request.max_tokens
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")
        self._tokens: list[Token] = []
        self.finish: str = ""

    @property
    def written(self) -> int:
        """Return the number of tokens generated."""
        return len(self._tokens)

    def add(self, token: int, logprob: float) -> bool:
        """Take a chosen token; True when it was the last."""
        if self._model.ends(token):
            self.finish = "stop"
            return True
        complete = self.sampler.accept(token)
        self.next_token = token
        self._tokens.append(Token(self._decoder.decode(self._model.piece(token)), logprob))
        if complete or self._cut():
            self.finish = "stop"
        elif self.written >= self._max:
            self.finish = "length"
        return bool(self.finish)

    def _cut(self) -> bool:
        """Cut the text before the first stop string; True when there is one."""
        if not self._stop:
            return False
        text = "".join(token.text for token in self._tokens)
        places = [text.find(mark) for mark in self._stop if mark and mark in text]
        if not places:
            return False
        self._tokens = _first_characters(self._tokens, min(places))
        return True

    def completion(self, prompt: int) -> Completion:
        """Return what was written; a character cut by the limit shows as a replacement mark."""
        rest = self._decoder.decode(b"", final=True)
        if rest and self._tokens and self.finish == "length":
            last = self._tokens[-1]
            self._tokens[-1] = Token(last.text + rest, last.logprob)
        text = "".join(token.text for token in self._tokens)
        return Completion(
            text, tuple(self._tokens), prompt, self.shared, "length" if self.finish == "length" else "stop"
        )


def _first_characters(tokens: list[Token], count: int) -> list[Token]:
    kept: list[Token] = []
    for token in tokens:
        if count <= 0:
            break
        kept.append(Token(token.text[:count], token.logprob))
        count -= len(token.text)
    return kept


class Scheduler:
    """Requests waiting, sequences live and parked; ``step`` does one computation."""

    def __init__(self, model: Model, context: Context, *, cells: int, parallel: int, parked: int) -> None:
        """``parked`` bounds the cells that finished sequences may keep."""
        self._model = model
        self._context = context
        self._cells = cells
        self._parallel = parallel
        self._parked_cells = parked
        self._clock = 0
        self._waiting: deque[Job] = deque()
        self._free = list(range(2 * parallel))
        self._live: list[Sequence] = []
        self._parked: list[Sequence] = []
        self.reading: Job | None = None
        """The job whose prompt is being read, when stopping in the middle of it is possible."""

    @property
    def idle(self) -> bool:
        """Tell whether there is nothing to do."""
        return not self._live and not self._waiting

    @property
    def cells_reserved(self) -> int:
        """Return the cells promised to live and parked sequences, shared ones counted for each."""
        return sum(sequence.reserved for sequence in (*self._live, *self._parked))

    def submit(self, job: Job) -> None:
        """Queue a job."""
        self._waiting.append(job)
        job.on_progress(Progress("waiting", 0, len(job.prompt)))

    def step(self) -> None:
        """Drop what was cancelled, admit what fits, and compute one batch."""
        self._drop_cancelled()
        self._admit()
        plan = self._plan()
        if not plan:
            return
        readers = [s.job for s, _ in plan if _reading(s)] if self._model.can_share else []
        self.reading = readers[0] if readers else None
        status = self._context.decode([row for _, rows in plan for row in rows])
        if status == 1 and self._parked:
            self._evict_all()
            status = self._context.decode([row for _, rows in plan for row in rows])
        if status == 0:
            self._advance(plan)
        else:
            self._recover(plan, status)

    def fail_all(self, error: ModelError) -> None:
        """Fail every request and forget every sequence."""
        for job in self._waiting:
            job.fail(error)
        self._waiting.clear()
        for sequence in list(self._live):
            self._fail(sequence, error)
        self._evict_all()

    def _drop_cancelled(self) -> None:
        self._waiting = deque(job for job in self._waiting if not job.cancelled)
        for sequence in [s for s in self._live if s.job and s.job.cancelled]:
            self._release(sequence)
            self._park(sequence)

    def _admit(self) -> None:
        """Start the next job when its cells are free and no other is still reading."""
        while self._waiting and len(self._live) < self._parallel:
            if any(_reading(sequence) for sequence in self._live):
                return
            job = self._waiting[0]
            if not self._make_room(job.cells):
                return
            self._waiting.popleft()
            self._start(job)

    def _make_room(self, cells: int) -> bool:
        """Evict parked sequences until a number of cells and one sequence are free."""
        live = sum(sequence.reserved for sequence in self._live)
        if live + cells > self._cells:
            return False
        while self._parked and (not self._free or self.cells_reserved + cells > self._cells):
            self._evict(min(self._parked, key=lambda s: s.used))
        return True

    def _start(self, job: Job) -> None:
        try:
            run = Run(self._model, job)
        except ModelError as e:
            job.fail(e)
            return
        sequence = Sequence(self._free.pop(), job=job, run=run)
        source, length = self._longest_prefix(job.prompt)
        if source:
            self._context.share(source.number, sequence.number, length)
            self._clock += 1
            source.used = self._clock
            sequence.tokens = job.prompt[:length]
            run.shared = length
        self._live.append(sequence)
        job.on_progress(Progress("reading", length, len(job.prompt)))

    def _longest_prefix(self, prompt: list[int]) -> tuple[Sequence | None, int]:
        """Find the cached sequence that shares most with a prompt, leaving a token to compute."""
        best: tuple[Sequence | None, int] = (None, 0)
        if not self._model.can_share:
            return best
        for sequence in (*self._live, *self._parked):
            length = min(_common(sequence.tokens, prompt), len(prompt) - 1)
            if length > best[1]:
                best = (sequence, length)
        return best

    def _plan(self) -> list[tuple[Sequence, list[Row]]]:
        """Choose the rows of the next batch: writers first, then as much of a prompt as fits."""
        plan: list[tuple[Sequence, list[Row]]] = []
        readers = [s for s in self._live if _reading(s)]
        for sequence in self._live:
            if sequence.run and not _reading(sequence):
                row = Row(sequence.run.next_token, len(sequence.tokens), sequence.number, logits=True)
                plan.append((sequence, [row]))
        room = self._context.batch_size - len(plan)
        for sequence in readers[:1]:
            plan.append((sequence, _chunk(sequence, room)))
        return plan

    def _advance(self, plan: list[tuple[Sequence, list[Row]]]) -> None:
        """Record a computed batch and choose the tokens that follow."""
        index = -1
        for sequence, rows in plan:
            index += len(rows)
            sequence.tokens.extend(row.token for row in rows)
            if rows[-1].logits:
                self._choose(sequence, index)
            elif sequence.job:
                sequence.job.on_progress(Progress("reading", len(sequence.tokens), len(sequence.job.prompt)))

    def _choose(self, sequence: Sequence, index: int) -> None:
        job, run = sequence.job, sequence.run
        if job is None or run is None:
            return
        if run.written == 0:
            job.on_progress(Progress("reading", len(job.prompt), len(job.prompt)))
        try:
            last = run.add(*run.sampler.choose(self._context.logits(index)))
        except ModelError as e:
            self._fail(sequence, e)
            return
        job.on_progress(Progress("writing", run.written, job.request.max_tokens))
        if last:
            self._release(sequence)
            self._park(sequence)
            job.finish(run.completion(len(job.prompt)))

    def _recover(self, plan: list[tuple[Sequence, list[Row]]], status: int) -> None:
        """Undo a batch that was not computed; only an abort leaves its requests running."""
        error = ModelError(
            f"llama.cpp could not compute a batch (status {status}): {LOG.first_error() or 'no reason given'}",
            hint="use a smaller --window or --parallel",
        )
        for sequence, _ in plan:
            if status != _ABORTED or not self._context.drop(sequence.number, len(sequence.tokens)):
                self._fail(sequence, error)

    def _fail(self, sequence: Sequence, error: ModelError) -> None:
        job = sequence.job
        self._release(sequence)
        self._forget(sequence)
        if job:
            job.fail(error)

    def _release(self, sequence: Sequence) -> None:
        """End a sequence's job; its cells stay."""
        self._live.remove(sequence)
        if sequence.run:
            sequence.run.sampler.close()
        sequence.job = sequence.run = None

    def _park(self, sequence: Sequence) -> None:
        """Keep a finished sequence for requests that start alike, within the bound."""
        if not sequence.tokens or not self._model.can_share:
            self._forget(sequence)
            return
        self._clock += 1
        sequence.used = self._clock
        self._parked.append(sequence)
        while self._parked and self._over_parked():
            self._evict(min(self._parked, key=lambda s: s.used))

    def _over_parked(self) -> bool:
        return len(self._parked) > self._parallel or sum(s.reserved for s in self._parked) > self._parked_cells

    def _evict(self, sequence: Sequence) -> None:
        self._parked.remove(sequence)
        self._forget(sequence)

    def _evict_all(self) -> None:
        for sequence in list(self._parked):
            self._evict(sequence)

    def _forget(self, sequence: Sequence) -> None:
        self._context.drop(sequence.number)
        self._free.append(sequence.number)


def _reading(sequence: Sequence) -> bool:
    return sequence.job is not None and len(sequence.tokens) < len(sequence.job.prompt)


def _chunk(sequence: Sequence, room: int) -> list[Row]:
    """Return the next rows of a prompt; only its last token's logits are wanted."""
    prompt = sequence.job.prompt if sequence.job else []
    start = len(sequence.tokens)
    end = min(len(prompt), start + room)
    return [Row(prompt[i], i, sequence.number, logits=i == len(prompt) - 1) for i in range(start, end)]


def _common(first: list[int], second: list[int]) -> int:
    """Return the length of the longest common prefix."""
    length = min(len(first), len(second))
    if first[:length] == second[:length]:
        return length
    return next(i for i in range(length) if first[i] != second[i])
