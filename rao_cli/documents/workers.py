"""Worker processes for parsers of untrusted bytes: started when needed, kept for the next file, limited, replaced.

    with Workers() as workers:
        content = workers.run("html", data, {"name": "page.html"}, shown="page.html")

Native and third-party parsers run in there (parsers/), so that a file that makes one crash, hang or swell costs
one clear line. Several threads may run jobs at once; each has a worker to itself meanwhile.
"""

import contextlib
import json
import os
import signal
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from types import TracebackType
from typing import IO, Any, Self, cast

from rao_cli.documents.memo import Memo, memo_key
from rao_cli.errors import InputError
from rao_cli.text import one_line

_MOST_WORKERS = 8
# Of larger inputs the digest alone takes long, and each is kept as a document of its own.
_MOST_REMEMBERED = 32 << 20
# A worker that has read this many files is replaced, so that what its libraries keep does not add up.
_JOBS_EACH = 500
REFUSALS = {
    "password": ("is encrypted and needs a password", "give it with --password-file FILE"),
    "wrong password": ("is encrypted and the password is wrong", "check the file given with --password-file"),
    "corrupt": ("is damaged or cut short", "open it with its own program, and save it again"),
    "limit": ("needs more memory or holds more text than is allowed", "split it into smaller files"),
    "repository": ("is no git repository that can be read", "name the folder that holds .git"),
    "revision": ("has no such range", "give a commit, a branch, a tag, HEAD~N or A..B"),
    "outside": ("keeps parts of its history elsewhere", "clone it whole, and name the clone"),
    "missing": ("needs a reader that is not installed", "install it: pip install 'rao-cli[office]'"),
}
"""What a parser's refusal means, and what to do about it."""


@dataclass(frozen=True, slots=True)
class WorkerLimits:
    """What one job may take before its worker is stopped."""

    memory_bytes: int = 1 << 30
    """Address space of the worker."""
    cpu_seconds: int = 300
    """Processor time of one job."""
    wall_seconds: float = 600
    """Time until a job is given up."""
    answer_bytes: int = 2 << 30
    """Size of one answer."""


class WorkerLostError(InputError):
    """A worker died of its input, or was stopped because it took too long."""


class RefusedInputError(InputError):
    """A parser refused its input; ``code`` says why in one of the words of REFUSALS."""

    def __init__(self, message: str, hint: str, code: str) -> None:
        super().__init__(message, hint=hint)
        self.code = code


class Workers:
    """A pool of worker processes; close it when all is read. ``size`` is how many may run at once.

    With a ``memo`` the same input is parsed once and remembered, unless it needs a password.
    """

    def __init__(self, size: int = 0, limits: WorkerLimits | None = None, memo: Memo | None = None) -> None:
        self.size = size or max(1, min(_MOST_WORKERS, os.cpu_count() or 1))
        self.memo = memo
        self._limits = limits or WorkerLimits()
        self._free = threading.Semaphore(self.size)
        self._lock = threading.Lock()
        self._idle: list[_Worker] = []
        self._busy: set[_Worker] = set()
        self._closed = False
        self.lost: Counter[str] = Counter()
        """How many workers each parser has lost so far."""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None
    ) -> None:
        self.close()

    def run(
        self,
        task: str,
        data: bytes,
        options: Mapping[str, Any],
        *,
        shown: str,
        limits: WorkerLimits | None = None,
        remember: bool = True,
    ) -> dict[str, Any]:
        """Return what the parser ``task`` makes of the data; ``shown`` names them in messages.

        ``limits`` are those of this job; its memory is the pool's. Without ``remember`` the memo is left to the
        caller. Raises RefusedInputError for what
        the parser refuses, InputError when the worker dies, takes too long or is stopped.
        """
        secret = options.get("password") is not None
        if self.memo is None or not remember or secret or len(data) > _MOST_REMEMBERED:
            return self._run(task, data, options, shown, limits)
        key = memo_key("parser", task, json.dumps(dict(options), sort_keys=True), data)
        found = self.memo.found(key)
        if found is None:
            found = self._run(task, data, options, shown, limits)
            self.memo.keep(key, found)
        return found

    def _run(
        self, task: str, data: bytes, options: Mapping[str, Any], shown: str, limits: WorkerLimits | None
    ) -> dict[str, Any]:
        with self._free:
            worker = self._take()
            try:
                return worker.run(task, data, options, one_line(shown), limits or self._limits)
            except WorkerLostError:
                with self._lock:
                    self.lost[task] += 1
                raise
            finally:
                self._give_back(worker)

    def close(self) -> None:
        """Stop the workers, those at work as well: what they are reading cannot be read any more."""
        with self._lock:
            self._closed = True
            for worker in self._busy:
                worker.stop()
            while self._idle:
                self._idle.pop().close()

    def _take(self) -> "_Worker":
        with self._lock:
            if self._closed:
                raise InputError("reading was stopped")
            worker = self._idle.pop() if self._idle else _Worker(self._limits)
            self._busy.add(worker)
            return worker

    def _give_back(self, worker: "_Worker") -> None:
        with self._lock:
            self._busy.remove(worker)
            if worker.worn or self._closed:
                worker.close()
            else:
                self._idle.append(worker)


@contextlib.contextmanager
def waiting_threads(count: int) -> Iterator[ThreadPoolExecutor]:
    """Yield threads that wait for workers.

    Leaving gives up what has not begun and waits for nothing: who is interrupted closes the workers next.
    """
    threads = ThreadPoolExecutor(count, "read")
    try:
        yield threads
    finally:
        threads.shutdown(wait=False, cancel_futures=True)


class _Worker:
    """One process and its pipes."""

    def __init__(self, limits: WorkerLimits) -> None:
        command = [sys.executable, "-I", str(Path(__file__).with_name("worker.py"))]
        try:
            self._process = subprocess.Popen(  # noqa: S603 - the command holds nothing of the user's
                command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                start_new_session=True,
            )
        except OSError as e:
            raise InputError(
                f"a reader process could not be started: {e.strerror}",
                hint="check the limits of this shell: ulimit -a",
            ) from e
        self._stdin, self._stdout = cast("IO[bytes]", self._process.stdin), cast("IO[bytes]", self._process.stdout)
        self._jobs = 0
        self.worn = False
        """Not to be used again: it died, was stopped, or has read enough files."""
        self._write({"paths": _module_paths(), "memory_bytes": limits.memory_bytes})

    def run(
        self, task: str, data: bytes, options: Mapping[str, Any], shown: str, limits: WorkerLimits
    ) -> dict[str, Any]:
        """Run one job; see Workers.run."""
        late = threading.Event()

        def stop() -> None:
            late.set()
            self._process.kill()

        timer = threading.Timer(limits.wall_seconds, stop)
        timer.daemon = True
        timer.start()
        self._jobs += 1
        self.worn = True  # until the answer is whole
        try:
            head = {"task": task, "options": dict(options), "cpu_seconds": limits.cpu_seconds, "size": len(data)}
            answer = self._exchange(head, data, limits.answer_bytes)
        except (OSError, ValueError, LookupError, TypeError) as e:
            self.stop()
            status = self._process.wait()
            why = "took too long" if late.is_set() or status == -signal.SIGXCPU else f"died (status {status})"
            raise WorkerLostError(
                f"{shown}: the {task.replace('_', ' ')} reader {why}; the file is damaged, hostile or too large",
                hint="open it with its own program to check, or leave it out",
            ) from e
        finally:
            timer.cancel()
        self.worn = self._jobs >= _JOBS_EACH
        return answer if isinstance(answer, dict) else self._refuse(answer, shown)

    def _exchange(self, head: dict[str, Any], data: bytes, most: int) -> dict[str, Any] | tuple[str, str]:
        """Send a job and return its answer, or the code and detail of its refusal.

        Raises OSError, ValueError, LookupError or TypeError when the worker is gone or says what it should not.
        """
        self._write(head, data)
        about = json.loads(self._stdout.readline(10_000))
        size = int(about["size"])
        if size > most:
            raise ValueError(size)
        body = self._stdout.read(size)
        if "error" in about:
            return str(about["error"]), str(about["detail"])
        content: dict[str, Any] = json.loads(body)
        return content

    def _write(self, head: dict[str, Any], data: bytes = b"") -> None:
        try:
            self._stdin.write(json.dumps(head).encode() + b"\n")
            self._stdin.write(data)
            self._stdin.flush()
        except BrokenPipeError:
            # It may have answered, or refused, before it read everything.
            return

    def _refuse(self, refusal: tuple[str, str], shown: str) -> dict[str, Any]:
        code, detail = refusal
        what, hint = REFUSALS.get(code, REFUSALS["corrupt"])
        raise RefusedInputError(f"{shown} {what}{f': {one_line(detail, 200)}' if detail else ''}", hint, code)

    def stop(self) -> None:
        """Kill the process, from any thread."""
        self._process.kill()

    def close(self) -> None:
        """End the process and wait for its end."""
        self.stop()
        with contextlib.suppress(BrokenPipeError):
            self._stdin.close()
        self._stdout.close()
        self._process.wait()


def _module_paths() -> list[str]:
    """Return the folders that hold rao and the parsers' libraries, for a process that looks nowhere else."""
    found = [find_spec(name) for name in ("rao_cli", "pypdfium2", "pypdf", "tree_sitter", "dulwich")]
    return list(dict.fromkeys(str(Path(spec.origin).parent.parent) for spec in found if spec and spec.origin))
