"""How the cost of a question grows with the length of its text, and throughput with the number of agents.

A selective question reads what search ranks first, so its cost is that of reading and indexing the file and of a
bounded number of agents. A thorough one reads everything: what takes too long here is computed from the longest
that was read, in proportion, and marked so. Each length has a text of its own and an engine that has seen nothing.
"""

from collections.abc import Iterator
from contextlib import closing

from rao_cli.bench.engine.again import QUESTIONS, ask
from rao_cli.bench.engine.figures import Figure
from rao_cli.bench.engine.loop import work
from rao_cli.bench.engine.ours import answer_all
from rao_cli.bench.engine.setup import Setup
from rao_cli.bench.engine.workload import make_tree, write_report

_SEED = 70_000
_LEAST_AGENTS = 16


def growth(setup: Setup) -> Iterator[Figure]:
    """Yield seconds for each length, selective and thorough, and throughput for each number of agents."""
    for length in setup.sizes.lengths:
        yield _asked(setup, length, thorough=False)
    yield from _thorough(setup)
    for agents in setup.sizes.crowds:
        yield _crowd(setup, agents)


def _asked(setup: Setup, length: int, *, thorough: bool) -> Figure:
    kind = "thorough" if thorough else "selective"
    setup.say(f"a {kind} question about {length:,} tokens")
    path = write_report(setup.folder / f"growth{length}{kind}.txt", length, _SEED + length)
    seconds, result = ask(setup, path, QUESTIONS[0], thorough=thorough)
    usage = result.usage
    note = f"{usage.agents:,} agents, {usage.prompt_tokens - usage.cached_tokens:,} tokens read"
    return Figure("growth", f"{length:,} tokens, {kind}", (seconds,), measure="seconds", note=note)


def _thorough(setup: Setup) -> Iterator[Figure]:
    measured: tuple[int, float] | None = None
    for length in setup.sizes.lengths:
        if length <= setup.sizes.affordable:
            figure = _asked(setup, length, thorough=True)
            measured = length, figure.ours[0]
            yield figure
        elif measured:
            seconds = measured[1] * length / measured[0]
            name = f"{length:,} tokens, thorough"
            yield Figure("growth", name, (seconds,), measure="seconds", note="computed, not measured")


def _crowd(setup: Setup, together: int) -> Figure:
    agents, answer = max(_LEAST_AGENTS, together), setup.sizes.answers[0]
    setup.say(f"{agents} agents, {together} together")
    tree = make_tree(agents, _SEED + together)
    with closing(setup.engine(parallel=together, window=setup.sizes.window)) as engine:
        seconds = answer_all(engine, tree.requests(answer))
        tokens = work(engine, tree, answer)
    return Figure("growth", f"{together} agents together", (seconds,), measure="seconds", tokens=tokens)
