"""Ours as installed beside stock ``Llama`` while another process wants a core all the time.

Ours is what rao runs: the file that was made for this machine, threads and batch as measured, waiting threads
asleep. Stock is ``Llama(path)`` with all its defaults but the window, in a process whose environment does not
say how OpenMP waits, on the file as the user has it. Both write the same number of tokens behind the same short
prompts while the same process is busy; only writing is timed. What agents need is many answers: ours writes for
several at once, stock one after another.
"""

from collections.abc import Iterator
from contextlib import closing

from rao_cli.bench.engine.bare import prompt_tokens
from rao_cli.bench.engine.child import Child
from rao_cli.bench.engine.figures import Figure, alternate
from rao_cli.bench.engine.ours import seconds_a_token
from rao_cli.bench.engine.setup import Setup
from rao_cli.bench.engine.workload import Tree, make_tree
from rao_cli.engine.native import Model

_SEED = 60_000
_WORDS = 30
_SECONDS = 900
_UNSAID: dict[str, str | None] = {"OMP_WAIT_POLICY": None, "GOMP_SPINCOUNT": None}
_STEPS = 24


def busy(setup: Setup) -> Iterator[Figure]:
    """Yield figures for one agent that writes, for several, and for several beside stock told to use all cores."""
    target = setup.target(5.0, None)
    with Child({"peer": "busy"}) as disturbance:
        disturbance.tell({"seconds": _SECONDS})
        with _stock(setup, {}) as stock:
            yield _writing(setup, stock, 1, "stock defaults", None)
            yield _writing(setup, stock, setup.width, "stock defaults", target)
        with _stock(setup, {"n_threads": setup.fit.threads}) as stock:
            yield _writing(setup, stock, setup.width, f"stock, {setup.fit.threads} threads", target)


def _stock(setup: Setup, options: dict[str, int]) -> Child:
    options = {"n_ctx": setup.sizes.window, **options}
    return Child({"peer": "llama", "model": str(setup.original), "options": options}, environment=_UNSAID)


def _writing(setup: Setup, stock: Child, width: int, against: str, target: float | None) -> Figure:
    setup.say(f"{width} writing on a busy machine, beside {against} ({stock.version})")
    count = setup.sizes.decode

    def tree(number: int) -> Tree:
        return make_tree(width, _SEED + 100 * width + number, words=_WORDS)

    with (
        closing(setup.engine(parallel=width, window=setup.sizes.window)) as engine,
        closing(Model(setup.original)) as vocabulary,
    ):

        def other(number: int) -> float:
            prompts = [prompt_tokens(vocabulary, setup.chat, tree(number).prompts[0])]
            answer = stock.ask({"prompts": prompts, "tokens": count, "sampling": {}})
            return float(answer["writing"]) / (count - 1)

        def ours(number: int) -> float:
            return seconds_a_token(engine, tree(number).requests(max(_STEPS, count), endless=False))

        mine, theirs = alternate(setup.sizes.repeats, ours, other)
    name = f"{width} writing, {against}"
    return Figure("busy", name, mine, theirs, against, tokens=1, target=target)
