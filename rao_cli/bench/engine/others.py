"""Our engine beside the two others that run the same file on one machine.

The server (xllamacpp) is asked as many prompts at a time as it has slots, as many as ours has sequences, with
the same threads, batch, context, one cache for all slots and its own search for common prefixes. ``Llama`` of
llama-cpp-python runs one prompt after another and keeps what it shares with the one before. Both get tokens,
ignore the end and choose greedily; ours gets text, and a grammar that only forbids the end, so that everyone
writes exactly as many tokens. All sides wait without spinning (OMP_WAIT_POLICY=passive).
"""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

from rao_cli.bench.engine.bare import prompt_tokens
from rao_cli.bench.engine.child import Child
from rao_cli.bench.engine.figures import Figure, alternate
from rao_cli.bench.engine.loop import work
from rao_cli.bench.engine.ours import answer_all
from rao_cli.bench.engine.setup import Setup
from rao_cli.bench.engine.workload import Tree, make_tree
from rao_cli.engine.fit import KV_TYPES
from rao_cli.engine.native import Model

GREEDY = {"temp": 0.0, "top_k": 1, "repeat_penalty": 1.0}
"""What makes ``Llama`` choose the most probable token."""
_PASSIVE: dict[str, str | None] = {"OMP_WAIT_POLICY": "passive"}


def server(setup: Setup) -> Iterator[Figure]:
    """Yield the figure beside the server on the same file, and on the user's own where rao made another of it.

    A server that was built for any processor can be faster on the latter.
    """
    if setup.peer_python is None:
        yield Figure("server", "not measured", problem="name a Python with xllamacpp: --against-python PYTHON")
        return
    files = {"same file": setup.model, "file as it came": setup.original}
    for name, file in files.items() if setup.model != setup.original else [("same file", setup.model)]:
        yield _server(setup, setup.peer_python, name, file)


def _server(setup: Setup, python: str, name: str, file: Path) -> Figure:
    agents, answer = setup.sizes.agents, setup.sizes.answers[0]
    setup.say("starting xllamacpp")
    with Child(_server_settings(setup, file), python=python, environment=_PASSIVE) as child:
        setup.say(f"{agents} agents beside xllamacpp {child.version}, {name}")
        figures = _against(setup, child, agents, answer, setup.sizes.pairs, seed=20_000)
    name = f"{agents} agents, {setup.width} wide, {name}"
    return Figure("server", name, **figures, target=setup.target(1.5, 1.0))


def tree(setup: Setup) -> Iterator[Figure]:
    """Yield the figures of a tree with short and with long answers."""
    agents = setup.sizes.tree
    short, long = setup.sizes.answers
    wanted = ((short, setup.target(1.5, 10.0)), (long, setup.target(2.0, 10.0)))
    with Child(_llama_settings(setup), environment=_PASSIVE) as child:
        for number, (answer, target) in enumerate(wanted):
            setup.say(f"a tree of {agents} agents with {answer} tokens each, beside Llama {child.version}")
            repeats = setup.sizes.pairs if number == 0 else setup.sizes.long_repeats
            figure = _against(setup, child, agents, answer, repeats, seed=30_000 + 1_000 * number)
            yield Figure("tree", f"{agents} agents, {answer} tokens", **figure, target=target)


def _against(setup: Setup, child: Child, agents: int, answer: int, repeats: int, seed: int) -> dict[str, Any]:
    """Return the times of both sides for the same trees, a new one for each pair of runs."""

    def made(number: int) -> Tree:
        return make_tree(agents, seed + number)

    with (
        closing(setup.engine(parallel=setup.width, window=setup.sizes.window)) as engine,
        closing(Model(setup.model)) as vocabulary,
    ):

        def other(number: int) -> float:
            prompts = [prompt_tokens(vocabulary, setup.chat, prompt) for prompt in made(number).prompts]
            return float(child.ask({"prompts": prompts, "tokens": answer, "sampling": GREEDY})["seconds"])

        ours, theirs = alternate(repeats, lambda number: answer_all(engine, made(number).requests(answer)), other)
        tokens = work(engine, made(0), answer)
    return {"ours": ours, "other": theirs, "tokens": tokens, "against": child.version}


def _server_settings(setup: Setup, file: Path) -> dict[str, Any]:
    return {
        "peer": "server",
        "model": str(file),
        "n_parallel": setup.width,
        "n_ctx": setup.sizes.window * setup.width,
        "n_batch": setup.fit.batch,
        "n_ubatch": min(setup.fit.micro_batch, setup.fit.batch),
        "n_gpu_layers": setup.fit.gpu_layers,
        "threads": setup.fit.threads,
        "poll": 0,
    }


def _llama_settings(setup: Setup) -> dict[str, Any]:
    fit = setup.fit
    options = {
        "n_ctx": setup.sizes.window,
        "n_batch": fit.batch,
        "n_ubatch": min(fit.micro_batch, fit.batch),
        "n_threads": fit.threads,
        "n_threads_batch": fit.threads,
        "n_gpu_layers": fit.gpu_layers,
        "flash_attn": fit.flash_attention,
        "type_k": KV_TYPES[fit.kv_type],
        "type_v": KV_TYPES[fit.kv_type],
        "verbose": False,
    }
    return {"peer": "llama", "model": str(setup.model), "options": options}
