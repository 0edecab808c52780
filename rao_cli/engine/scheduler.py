"""Continuous batching: which tokens of which requests go into the next computation.

Every step decodes one token of each writing request and reads a chunk of at most one other, so that few cells
are live at a time (attention on a CPU costs by the cell). A request starts with the longest token prefix it
shares with a running sequence or with the saved state of a finished one. Requests start in the order they came.
Limits: runs on one thread; prompts are read one after another, so that each can share what the one before read.
"""

import codecs
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field

from rao_cli.engine.base import Completion, Progress, Request, Token
from rao_cli.engine.context import Context, Row
from rao_cli.engine.native import LOG, Model
from rao_cli.engine.sampling import Sampler
from rao_cli.engine.states import SavedStates, common_prefix
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
    """A running job, and its tokens that are in the cache under one sequence number."""

    number: int
    job: Job
    run: "Run"
    tokens: list[int] = field(default_factory=list)

    @property
    def reading(self) -> bool:
        """Tell whether some of the prompt is still to be computed."""
        return len(self.tokens) < len(self.job.prompt)


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
    """Requests waiting and running; ``step`` does one computation."""

    def __init__(self, model: Model, context: Context, *, cells: int, parallel: int, saved_bytes: int) -> None:
        """``cells`` bounds what all running requests may come to need, ``saved_bytes`` the saved states."""
        self._model = model
        self._context = context
        self._cells = cells
        self._parallel = parallel
        self._waiting: deque[Job] = deque()
        self._free = list(range(parallel))
        self._live: list[Sequence] = []
        self._saved = SavedStates(saved_bytes)
        self.reading: Job | None = None
        """The job whose prompt is being read, when stopping in the middle of it is possible."""

    @property
    def idle(self) -> bool:
        """Tell whether there is nothing to do."""
        return not self._live and not self._waiting

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
        readers = [sequence.job for sequence, _ in plan if sequence.reading]
        self.reading = readers[0] if readers and self._model.can_share else None
        status = self._context.decode([row for _, rows in plan for row in rows])
        if status == 0:
            self._advance(plan)
        else:
            self._recover(plan, status)

    def fail_all(self, error: ModelError) -> None:
        """Fail every request and forget every state."""
        for job in (*self._waiting, *(sequence.job for sequence in self._live)):
            job.fail(error)
        self._waiting.clear()
        for sequence in list(self._live):
            self._release(sequence)
        self._saved.clear()

    def _drop_cancelled(self) -> None:
        self._waiting = deque(job for job in self._waiting if not job.cancelled)
        for sequence in [s for s in self._live if s.job.cancelled]:
            self._save(sequence)
            self._release(sequence)

    def _admit(self) -> None:
        """Start the next job when its cells are free and no other is still reading."""
        while self._waiting and self._free and not any(s.reading for s in self._live):
            if sum(s.job.cells for s in self._live) + self._waiting[0].cells > self._cells:
                return
            self._start(self._waiting[0])  # stays in the queue meanwhile, so that no error can lose it
            self._waiting.popleft()

    def _start(self, job: Job) -> None:
        try:
            run = Run(self._model, job)
        except ModelError as e:
            job.fail(e)
            return
        sequence = Sequence(self._free.pop(), job, run)
        if self._model.can_share:
            sequence.tokens = job.prompt[: self._reuse(sequence.number, job.prompt)]
        run.shared = len(sequence.tokens)
        self._live.append(sequence)
        job.on_progress(Progress("reading", run.shared, len(job.prompt)))

    def _reuse(self, number: int, prompt: list[int]) -> int:
        """Give a new sequence the longest prefix already computed, but the last token; return its length."""
        most = len(prompt) - 1
        best, length = None, 0
        for sequence in self._live:
            common = common_prefix(sequence.tokens, prompt)
            if common > length:
                best, length = sequence, common
        state, saved = self._saved.find(prompt)
        if state and min(saved, most) > length and self._context.load(number, state.data):
            self._saved.touch(state)
            self._context.drop(number, min(saved, most))
            return min(saved, most)
        if best:
            self._context.share(best.number, number, min(length, most))
        return min(length, most)

    def _plan(self) -> list[tuple[Sequence, list[Row]]]:
        """Choose the rows of the next batch: writers first, then as much of a prompt as fits."""
        plan: list[tuple[Sequence, list[Row]]] = []
        for sequence in self._live:
            if not sequence.reading:
                row = Row(sequence.run.next_token, len(sequence.tokens), sequence.number, logits=True)
                plan.append((sequence, [row]))
        room = self._context.batch_size - len(plan)
        plan.extend((sequence, _chunk(sequence, room)) for sequence in self._live if sequence.reading)
        return plan

    def _advance(self, plan: list[tuple[Sequence, list[Row]]]) -> None:
        """Record a computed batch and choose the tokens that follow."""
        index = -1
        for sequence, rows in plan:
            index += len(rows)
            was_reading = sequence.reading
            sequence.tokens.extend(row.token for row in rows)
            if was_reading:
                sequence.job.on_progress(Progress("reading", len(sequence.tokens), len(sequence.job.prompt)))
            if rows[-1].logits:
                self._choose(sequence, index)

    def _choose(self, sequence: Sequence, index: int) -> None:
        job, run = sequence.job, sequence.run
        try:
            last = run.add(*run.sampler.choose(self._context.logits(index)))
        except ModelError as e:
            self._release(sequence)
            job.fail(e)
            return
        job.on_progress(Progress("writing", run.written, job.request.max_tokens))
        if last:
            self._save(sequence)
            self._release(sequence)
            job.finish(run.completion(len(job.prompt)))

    def _recover(self, plan: list[tuple[Sequence, list[Row]]], status: int) -> None:
        """Undo a batch that was not computed; only an abort leaves its requests running."""
        error = ModelError(
            f"llama.cpp could not compute a batch (status {status}): {LOG.first_error() or 'no reason given'}",
            hint="use a smaller --window or --parallel",
        )
        for sequence, _ in plan:
            if status != _ABORTED or not self._context.drop(sequence.number, len(sequence.tokens)):
                self._release(sequence)
                sequence.job.fail(error)

    def _save(self, sequence: Sequence) -> None:
        """Copy a sequence's state to main memory for requests that start alike."""
        tokens = sequence.tokens
        if self._model.can_share and len(tokens) > sequence.run.shared and not self._saved.holds(tokens):
            data = self._context.save(sequence.number)
            if data:
                self._saved.add(tokens, data)

    def _release(self, sequence: Sequence) -> None:
        """End a sequence's job and free its cells."""
        self._live.remove(sequence)
        sequence.run.sampler.close()
        self._context.drop(sequence.number)
        self._free.append(sequence.number)


def _chunk(sequence: Sequence, room: int) -> list[Row]:
    """Return the next rows of a prompt; only its last token's logits are wanted."""
    prompt, start = sequence.job.prompt, len(sequence.tokens)
    end = min(len(prompt), start + room)
    return [Row(prompt[i], i, sequence.number, logits=i == len(prompt) - 1) for i in range(start, end)]
