"""Read many files in order, with the worker processes kept busy.

What is read in this process is read one file at a time: several threads would only wait for each other
(docs/experiments.md). What worker processes do runs ahead in threads that wait for them: source files many to a
job, other files one by one. Limits: at most MOST_WAITING files, or a number of bytes, are ahead of the one wanted.
"""

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field

from rao_cli.documents.blob import Blob
from rao_cli.documents.model import Document
from rao_cli.documents.workers import waiting_threads
from rao_cli.errors import InputError

Result = Document | InputError
MOST_WAITING = 400
"""Files that may be read ahead; with small files, a few jobs for every worker."""
_MOST_WAITING_BYTES = 32 << 20
# Enough work for the cost of a job not to matter, little enough for all workers to have some.
_BATCH_FILES = 64
_BATCH_BYTES = 256 << 10


@dataclass(frozen=True, slots=True)
class Readers:
    """How files are read: which way is for which file, and the ways. All return errors instead of raising them."""

    way: Callable[[Blob], str]
    """Tells "here" for a file that is read in this process, "together" for source code, "worker" for others."""
    one: Callable[[Blob], Result]
    many: Callable[[Sequence[Blob]], Sequence[Result]]


@dataclass(slots=True)
class _Batch:
    """Source files that make one job: its result comes when it has been sent and done."""

    blobs: list[Blob] = field(default_factory=list)
    size: int = 0
    sent: Future[Sequence[Result]] | None = None

    def takes(self, blob: Blob) -> bool:
        """Tell whether the job would not be too large with one more file."""
        return not self.blobs or (len(self.blobs) < _BATCH_FILES and self.size + blob.size <= _BATCH_BYTES)


@dataclass(frozen=True, slots=True)
class _Waiting:
    """A file that was taken: its size, and its result, the future of it, or its place in a batch."""

    size: int
    result: Result | Future[Result] | tuple[_Batch, int]


def read_ahead(blobs: Iterable[Blob], readers: Readers, threads: int) -> Iterator[Result]:
    """Yield for each file its document or error, in order."""
    waiting: deque[_Waiting] = deque()
    size = 0
    with waiting_threads(threads) as pool:
        line = _Line(readers, pool)
        for blob in blobs:
            waiting.append(_Waiting(blob.size, line.take(blob)))
            size += blob.size
            while waiting and (len(waiting) > MOST_WAITING or size > _MOST_WAITING_BYTES or _ready(waiting[0])):
                size -= waiting[0].size
                yield line.result(waiting.popleft())
        for one in waiting:
            yield line.result(one)


class _Line:
    """Takes files and gives their results."""

    def __init__(self, readers: Readers, pool: ThreadPoolExecutor) -> None:
        self._readers, self._pool = readers, pool
        self._batch = _Batch()

    def take(self, blob: Blob) -> Result | Future[Result] | tuple[_Batch, int]:
        """Read a file, or have it read."""
        way = self._readers.way(blob)
        if way == "here":
            return self._readers.one(blob)
        if way == "worker":
            return self._pool.submit(self._readers.one, blob)
        if not self._batch.takes(blob):
            self._send()
        batch = self._batch
        batch.blobs.append(blob)
        batch.size += blob.size
        return batch, len(batch.blobs) - 1

    def result(self, waiting: _Waiting) -> Result:
        """Return a file's result, when it is there."""
        if isinstance(waiting.result, Future):
            return waiting.result.result()
        if not isinstance(waiting.result, tuple):
            return waiting.result
        batch, at = waiting.result
        sent = batch.sent or self._send()
        return sent.result()[at]

    def _send(self) -> Future[Sequence[Result]]:
        sent = self._pool.submit(self._readers.many, self._batch.blobs)
        self._batch.sent, self._batch = sent, _Batch()
        return sent


def _ready(waiting: _Waiting) -> bool:
    result = waiting.result
    if isinstance(result, tuple):
        return result[0].sent is not None and result[0].sent.done()
    return result.done() if isinstance(result, Future) else True
