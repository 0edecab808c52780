"""Do what an untrusted model file can make go wrong in a process of its own.

    for line in probe("model", options, limits): ...

The process (probe_worker.py) loads, decodes, measures or renders a template; whatever happens to it, this process
goes on and says what happened in one line. Leaving the loop early, an error or Ctrl-C in it ends the process at
once. Call it on the main thread, which is the one that hears Ctrl-C.
"""

import contextlib
import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import IO, Any, cast

from rao_cli.errors import ModelError
from rao_cli.text import one_line

_LONGEST_LINE = 4 << 20
_AGAIN = "the file is damaged or hostile: download it again, or choose another with --model"


@dataclass(frozen=True, slots=True)
class ProbeLimits:
    """What the process may take."""

    wall_seconds: float
    """Time until it is stopped."""
    cpu_seconds: int
    """Processor time of all its threads."""
    memory_bytes: int = 0
    """Address space; 0 where a GPU's driver needs any amount of it."""


class ProbeLostError(ModelError):
    """The process died, was stopped because it took too long, or answered nonsense."""


def probe(
    task: str, options: Mapping[str, Any], limits: ProbeLimits, *, shown: str = "the model"
) -> Iterator[dict[str, Any]]:
    """Do a job (``model`` or ``template``) and yield what the process tells, the last of kind ``done``.

    ``shown`` names the model in messages. Raises ModelError with what the process refused, and ProbeLostError
    when it does not end well.
    """
    process = _start()
    late = threading.Event()

    def stop() -> None:
        late.set()
        process.kill()

    timer = threading.Timer(limits.wall_seconds, stop)
    timer.daemon = True
    timer.start()
    try:
        _send(process, task, options, limits)
        for line in _lines(process):
            if line.get("kind") == "refused":
                raise ModelError(
                    one_line(str(line.get("message")), 300), hint=one_line(str(line.get("hint")), 300)
                )
            yield line
            if line.get("kind") == "done":
                return
        raise ProbeLostError(f"{shown} {_end(process.wait(), late=late.is_set())}", hint=_AGAIN)
    finally:
        timer.cancel()
        _close(process)


def _start() -> "subprocess.Popen[bytes]":
    command = [sys.executable, "-I", str(Path(__file__).with_name("probe_worker.py"))]
    try:
        return subprocess.Popen(  # noqa: S603 - the command holds nothing of the user's
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=_environment(),
            start_new_session=True,
        )
    except OSError as e:
        raise ModelError(
            f"a process to try the model in could not be started: {e.strerror}",
            hint="check the limits of this shell: ulimit -a",
        ) from e


def _environment() -> dict[str, str]:
    """Return the environment of the process.

    libgomp reads its variable when it is loaded; a spinning barrier would spoil every measurement. A dying ggml
    must not start a debugger to print where it was.
    """
    policy = os.environ.get("OMP_WAIT_POLICY", "passive")
    return {**os.environ, "OMP_WAIT_POLICY": policy, "GGML_NO_BACKTRACE": "1"}


def _send(process: "subprocess.Popen[bytes]", task: str, options: Mapping[str, Any], limits: ProbeLimits) -> None:
    start = {
        "paths": _module_paths(),
        "memory_bytes": limits.memory_bytes,
        "cpu_seconds": limits.cpu_seconds,
    }
    lines = [json.dumps(start), json.dumps({"task": task, "options": dict(options)})]
    stdin = cast("IO[bytes]", process.stdin)
    with contextlib.suppress(BrokenPipeError):  # its end is told by what it does not answer
        stdin.write("\n".join([*lines, ""]).encode())
        stdin.flush()


def _lines(process: "subprocess.Popen[bytes]") -> Iterator[dict[str, Any]]:
    """Yield what the process says until it ends; nonsense counts as its end."""
    stdout = cast("IO[bytes]", process.stdout)
    while data := stdout.readline(_LONGEST_LINE):
        try:
            line = json.loads(data)
        except (ValueError, RecursionError):
            line = None
        if not isinstance(line, dict):
            process.kill()
            return
        yield line


def _end(status: int, *, late: bool) -> str:
    """Say how a process ended."""
    if late or status == -signal.SIGXCPU:
        return "takes too long to be tried"
    if status < 0:
        return f"makes llama.cpp crash (signal {-status})"
    return f"cannot be tried: the process for it ended (status {status})"


def _close(process: "subprocess.Popen[bytes]") -> None:
    """End the process and wait for its end."""
    process.kill()
    with contextlib.suppress(BrokenPipeError):
        cast("IO[bytes]", process.stdin).close()
    cast("IO[bytes]", process.stdout).close()
    process.wait()


def _module_paths() -> list[str]:
    """Return the folders that hold rao and its libraries, for a process that looks nowhere else."""
    found = [find_spec(name) for name in ("rao_cli", "llama_cpp", "numpy", "jinja2", "markupsafe")]
    return list(dict.fromkeys(str(Path(spec.origin).parent.parent) for spec in found if spec and spec.origin))
