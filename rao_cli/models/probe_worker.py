"""A process that does one job with an untrusted model: loads and measures it, or renders its chat template.

Started by probe.py as a plain script in isolated mode, so that neither the working folder nor the environment can
put other modules in its way; what it may import is named in its first line of input. The second line is the job.
Answers are lines of JSON. It ends when its standard input ends, so it never outlives rao, and it is the first
that the system kills when memory runs out. Limits: those of the operating system, where it has them.
"""

import contextlib
import json
import os
import sys
import threading
from pathlib import Path
from typing import Any, BinaryIO


def main() -> None:
    """Do the job on standard input and end."""
    jobs, answers = sys.stdin.buffer, os.fdopen(os.dup(1), "wb")
    # Libraries may print; what they print must not mix with the answers.
    os.dup2(2, 1)
    start, job = json.loads(jobs.readline()), json.loads(jobs.readline())
    sys.path.extend(start["paths"])
    _limit(int(start["memory_bytes"]), int(start["cpu_seconds"]))
    threading.Thread(target=_end_with_parent, daemon=True).start()
    _do(str(job["task"]), job["options"], answers)
    os._exit(0)  # the thread that watches the parent holds standard input


def _do(task: str, options: dict[str, Any], answers: BinaryIO) -> None:
    from rao_cli.errors import ModelError

    def tell(kind: str, values: dict[str, Any]) -> None:
        answers.write(json.dumps({"kind": kind, **values}).encode() + b"\n")
        answers.flush()

    try:
        tell("done", {"result": _model(options, tell) if task == "model" else _template(options)})
    except ModelError as e:
        tell("refused", {"message": e.message, "hint": e.hint})


def _model(options: dict[str, Any], tell: Any) -> dict[str, Any]:
    from rao_cli.models.measure import run_job

    return run_job(options, tell)


def _template(options: dict[str, Any]) -> dict[str, Any]:
    from dataclasses import asdict

    from rao_cli.errors import ModelError
    from rao_cli.models.chat_template import UnusableError, derive_format

    try:
        chat, remarks = derive_format(options["template"], options["bos"], options["eos"])
    except UnusableError as e:
        raise ModelError(str(e)) from e
    return {"chat": asdict(chat), "remarks": remarks}


def _end_with_parent() -> None:
    """End this process when the parent closes the pipe, or is no more."""
    while os.read(0, 1):
        pass
    os._exit(1)


def _limit(memory_bytes: int, cpu_seconds: int) -> None:
    """Set what this process may take; 0 bytes is no limit on memory."""
    with contextlib.suppress(OSError):
        Path("/proc/self/oom_score_adj").write_text("1000", "ascii")
    with contextlib.suppress(ImportError, ValueError, OSError):
        import resource

        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        resource.setrlimit(resource.RLIMIT_CPU, (cpu_seconds, cpu_seconds + 1))
        if memory_bytes:
            resource.setrlimit(resource.RLIMIT_AS, (memory_bytes, memory_bytes))


if __name__ == "__main__":
    main()
