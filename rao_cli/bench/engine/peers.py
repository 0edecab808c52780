"""The other side of a comparison, run as a process of its own by any Python.

The first line of standard input says what to be: ``llama`` (llama-cpp-python's own class), ``server``
(xllamacpp) or ``busy`` (a process that computes nothing, all the time). Every further line is a job; for each
line one is written: ``seconds``, or ``missing`` where the library is not installed. Nothing of rao is imported,
so that other libraries can live elsewhere. The process ends with its standard input, or with the process that
started it.
"""

import importlib
import json
import os
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

Fields = dict[str, Any]


class StockLlama:
    """llama-cpp-python's ``Llama``: one prompt after another, keeping what it shares with the one before."""

    def __init__(self, settings: Fields) -> None:
        # By name: any Python runs this, and it may have no such library.
        library = importlib.import_module("llama_cpp")
        self.version = str(library.__version__)
        self._llama = library.Llama(settings["model"], **settings["options"])

    def run(self, job: Fields) -> Fields:
        """Answer prompts one after another with so many tokens each, by greedy choice where the job says so.

        The generator that the class itself writes answers with is used, because it does not end by itself.
        """
        started = time.perf_counter()
        first = 0.0
        for prompt in job["prompts"]:
            tokens = self._llama.generate(prompt, **job["sampling"])
            before = time.perf_counter()
            next(tokens)
            first += time.perf_counter() - before
            for _ in range(job["tokens"] - 1):
                next(tokens)
        seconds = time.perf_counter() - started
        return {"seconds": seconds, "writing": seconds - first}


class Server:
    """xllamacpp: llama.cpp's server inside the process, with as many slots as ours has sequences."""

    def __init__(self, settings: Fields) -> None:
        library = importlib.import_module("xllamacpp")
        self.version = str(library.__version__)
        params = library.CommonParams()
        params.model.path = settings["model"]
        for name in ("n_parallel", "n_ctx", "n_batch", "n_ubatch", "n_gpu_layers"):
            setattr(params, name, settings[name])
        params.cpuparams.n_threads = params.cpuparams_batch.n_threads = settings["threads"]
        # Waiting threads that spin take the processor from those that compute.
        params.cpuparams.poll = params.cpuparams_batch.poll = settings["poll"]
        params.kv_unified, params.cache_prompt, params.verbosity = True, True, 0
        self._server = library.Server(params)
        self._width = settings["n_parallel"]

    def run(self, job: Fields) -> Fields:
        """Ask all prompts at once, as many at a time as there are slots; ends are ignored, choice is greedy."""
        asked = {"n_predict": job["tokens"], "ignore_eos": True, "cache_prompt": True}
        asked = {**asked, "temperature": 0.0, "top_k": 1, "samplers": ["top_k"]}
        started = time.perf_counter()
        with ThreadPoolExecutor(self._width) as pool:
            answers = list(
                pool.map(
                    lambda prompt: self._server.handle_completions({"prompt": prompt, **asked}), job["prompts"]
                )
            )
        seconds = time.perf_counter() - started
        if any(answer["usage"]["completion_tokens"] != job["tokens"] for answer in answers):
            return {"failed": "an answer has not as many tokens as were asked for"}
        return {"seconds": seconds}


class Busy:
    """A process that always wants a core."""

    version = ""

    def __init__(self, _settings: Fields) -> None:
        self._parent = os.getppid()

    def run(self, job: Fields) -> Fields:
        """Compute until nobody is left whom it could disturb."""
        until = time.monotonic() + float(job["seconds"])
        while os.getppid() == self._parent and time.monotonic() < until:
            sum(range(100_000))
        return {"seconds": 0.0}


_PEERS: dict[str, Any] = {"llama": StockLlama, "server": Server, "busy": Busy}


def main() -> None:
    """Do the jobs on standard input."""
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # libraries print where they like
    settings = json.loads(sys.stdin.readline())
    try:
        peer = _PEERS[settings["peer"]](settings)
    except ImportError as error:
        _say(answers, {"missing": str(error)})
        return
    _say(answers, {"version": peer.version})
    for line in sys.stdin:
        _say(answers, peer.run(json.loads(line)))


def _say(answers: Any, fields: Fields) -> None:
    answers.write(json.dumps(fields) + "\n")
    answers.flush()


if __name__ == "__main__":
    main()
