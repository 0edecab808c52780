"""A worker process: reads jobs from standard input, answers each on standard output, for as long as it lives.

Started by workers.py as a plain script in isolated mode, so that neither the working folder nor the environment
can put other modules in its way; what it may import is named in its first line of input. A job is a line of JSON
(task, options, size) and then that many bytes; its answer is a line of JSON (ok or error, size) and then that many
bytes of JSON. Limits on memory hold for the whole process, those on processor time for each job; a system that
lacks them is left without.
"""

import contextlib
import importlib
import json
import os
import sys
from typing import Any, BinaryIO

_DEEP_JSON_ERRORS = (RecursionError, MemoryError)


def main() -> None:
    """Answer jobs until standard input ends."""
    jobs, answers = sys.stdin.buffer, os.fdopen(os.dup(1), "wb")
    # Libraries may print; what they print must not mix with the answers.
    os.dup2(2, 1)
    start = json.loads(jobs.readline())
    sys.path.extend(start["paths"])
    _limit_memory(int(start["memory_bytes"]))
    while line := jobs.readline():
        job = json.loads(line)
        data = jobs.read(int(job["size"]))
        _limit_time(int(job["cpu_seconds"]))
        _answer(answers, *_result(str(job["task"]), data, job["options"]))


def _result(task: str, data: bytes, options: dict[str, Any]) -> tuple[dict[str, Any], bytes]:
    from rao_cli.documents.parsers.base import RefusedError

    # The tasks are the modules of one package; a job's name never reaches the import system unchecked.
    if not task.isidentifier():
        raise ValueError(task)
    parser = importlib.import_module(f"rao_cli.documents.parsers.{task}")
    try:
        return {"ok": True}, json.dumps(parser.parse(data, options)).encode()
    except RefusedError as refusal:
        return {"error": refusal.code, "detail": refusal.detail}, b""
    except _DEEP_JSON_ERRORS:
        return {"error": "limit", "detail": ""}, b""


def _answer(answers: BinaryIO, head: dict[str, Any], body: bytes) -> None:
    answers.write(json.dumps({**head, "size": len(body)}).encode() + b"\n")
    answers.write(body)
    answers.flush()


def _limit_memory(memory_bytes: int) -> None:
    with contextlib.suppress(ImportError, ValueError, OSError):
        import resource

        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        resource.setrlimit(resource.RLIMIT_AS, (memory_bytes, memory_bytes))


def _limit_time(seconds: int) -> None:
    """Let the process use this much more processor time; the hard limit stays open for the next job."""
    with contextlib.suppress(ImportError, ValueError, OSError):
        import resource

        used = resource.getrusage(resource.RUSAGE_SELF)
        hard = resource.getrlimit(resource.RLIMIT_CPU)[1]
        resource.setrlimit(resource.RLIMIT_CPU, (int(used.ru_utime + used.ru_stime) + seconds + 1, hard))


if __name__ == "__main__":
    main()
