"""A process to compare with (peers.py), which stays loaded from one run to the next and ends with its context."""

import json
import os
import re
import subprocess
import sys
import tempfile
import threading
from pathlib import Path
from types import TracebackType
from typing import IO, Any

from rao_cli.errors import RaoError, UsageError
from rao_cli.text import one_line

Fields = dict[str, Any]
_LONGEST_SECONDS = 900.0
_ERROR = re.compile(r"[\w.]+(Error|Exception|Interrupt)\b")
_ENDING_SECONDS = 2.0
"""Time that a process which has closed its output gets to end by itself, so that its status is its own."""


class Missing(RaoError):  # noqa: N818 - not being installed is no error
    """The library to compare with is not installed in that Python."""


class Child:
    """Start a peer; a context manager, at whose end the process is gone, however it is left.

    ``environment`` changes the process's variables, None takes one out. Raises UsageError when the Python cannot
    be run, Missing when it lacks the library, RaoError when the peer fails.
    """

    def __init__(
        self,
        settings: Fields,
        *,
        python: str = sys.executable,
        environment: dict[str, str | None] | None = None,
        longest: float = _LONGEST_SECONDS,
    ) -> None:
        self._name = str(settings["peer"])
        self._longest = longest
        self._errors: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115 - closed with the process
        try:
            self._process = self._start(python, environment or {})
        except OSError as error:
            self._errors.close()
            raise UsageError(
                f"cannot run {one_line(python)}: {error.strerror}", hint="name a Python program"
            ) from error
        try:
            self.version = str(self.ask(settings)["version"])
        except BaseException:
            self.close()
            raise

    def _start(self, python: str, changes: dict[str, str | None]) -> subprocess.Popen[bytes]:
        script = str(Path(__file__).with_name("peers.py"))
        kept = {name: value for name, value in os.environ.items() if name not in changes}
        added = {name: value for name, value in changes.items() if value is not None}
        return subprocess.Popen(  # noqa: S603 - the command is ours, or a Python that the user named
            [python, "-I", script],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._errors,
            env={**kept, **added},
        )

    def __enter__(self) -> "Child":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @property
    def pid(self) -> int:
        """Return the process's number."""
        return self._process.pid

    def tell(self, job: Fields) -> None:
        """Give the process a job and do not wait for it."""
        stdin = self._process.stdin
        try:
            if stdin:
                stdin.write(json.dumps(job).encode() + b"\n")
                stdin.flush()
        except OSError as error:
            raise self._failure() from error

    def ask(self, job: Fields) -> Fields:
        """Return what the process answers to a job. Raises RaoError when it fails, ends, or takes too long."""
        self.tell(job)
        timer = threading.Timer(self._longest, self._process.kill)
        timer.start()
        try:
            line = self._process.stdout.readline() if self._process.stdout else b""
        finally:
            timer.cancel()
        return self._checked(line)

    def _checked(self, line: bytes) -> Fields:
        try:
            answer = json.loads(line)
        except ValueError as error:
            raise self._failure() from error
        if not isinstance(answer, dict) or "failed" in answer:
            raise RaoError(f"{self._name}: {one_line(str(answer), 200)}")
        if "missing" in answer:
            raise Missing(
                one_line(str(answer["missing"]), 120), hint="install it, or name another --against-python"
            )
        return answer

    def _failure(self) -> RaoError:
        try:
            status = self._process.wait(timeout=_ENDING_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            status = self._process.wait()
        self._errors.seek(0)
        lines = self._errors.read().decode("utf-8", "replace").strip().splitlines()
        named = [line for line in lines if _ERROR.match(line)]  # libraries still log while Python ends
        reason = (named or lines or ["no reason given"])[-1]
        return RaoError(f"{self._name} ended with {status}: {one_line(reason, 200)}")

    def close(self) -> None:
        """End the process; safe to call twice."""
        self._process.kill()
        self._process.wait()
        for stream in (self._process.stdin, self._process.stdout, self._errors):
            if stream:
                _close(stream)


def _close(stream: IO[bytes]) -> None:
    try:
        stream.close()
    except BrokenPipeError:
        return  # what was still to be written to a process that has ended
