"""Our loop beside the bare llama_decode loop with argmax: what streaming, fairness and cancellation cost.

Both sides have a context of the same size with the same threads, batch and KV type, and prompts with the same
tokens. While writing, only the time counts in which all sequences write, as they do in the bare loop from its
first step on. In the mix ours gets text and splits it into tokens, the bare loop gets tokens and knows all
prompts beforehand.
"""

from collections.abc import Iterator
from contextlib import closing

from rao_cli.bench.engine.bare import BareLoop
from rao_cli.bench.engine.figures import Figure, alternate
from rao_cli.bench.engine.ours import answer_all, seconds_a_token
from rao_cli.bench.engine.setup import Setup
from rao_cli.bench.engine.workload import Tree, make_tree
from rao_cli.engine.base import Engine

_SHORT_WORDS = 30
_SEED = 1_000
_BARE = "bare loop"


def loop(setup: Setup) -> Iterator[Figure]:
    """Yield a figure for each number of sequences that write, and one for reading and writing together."""
    for width in setup.sizes.widths:
        yield _writing(setup, width)
    yield _mixed(setup)


def _writing(setup: Setup, width: int) -> Figure:
    setup.say(f"{width} writing beside the bare loop")
    steps = setup.sizes.steps

    def tree(number: int) -> Tree:
        return make_tree(width, _SEED + 100 * width + number, words=_SHORT_WORDS)

    with (
        closing(setup.engine(parallel=width, window=setup.sizes.window)) as engine,
        closing(_bare(setup, width)) as bare,
    ):
        ours, other = alternate(
            setup.sizes.repeats,
            lambda number: seconds_a_token(engine, tree(number).requests(steps, endless=False)),
            lambda number: bare.seconds_a_token([bare.tokens(one) for one in tree(number).prompts], steps),
        )
    name = f"{width} writing"
    return Figure("loop", name, ours, other, _BARE, tokens=1, target=setup.target(0.95, 0.85))


def _mixed(setup: Setup) -> Figure:
    agents, width, answer = setup.sizes.agents, setup.width, setup.sizes.answers[0]
    setup.say(f"{agents} agents reading and writing beside the bare loop")

    def tree(number: int) -> Tree:
        return make_tree(agents, _SEED + number)

    with (
        closing(setup.engine(parallel=width, window=setup.sizes.window)) as engine,
        closing(_bare(setup, width)) as bare,
    ):
        ours, other = alternate(
            setup.sizes.repeats,
            lambda number: answer_all(engine, tree(number).requests(answer)),
            lambda number: bare.answer_all([bare.tokens(one) for one in tree(number).prompts], answer),
        )
        tokens = work(engine, tree(0), answer)
    name = f"{agents} agents, {answer} tokens, {width} wide"
    return Figure("loop", name, ours, other, _BARE, tokens=tokens, target=setup.target(0.95, 0.85))


def _bare(setup: Setup, width: int) -> BareLoop:
    return BareLoop(setup.model, setup.fit, sequences=width, cells=setup.sizes.window * width, chat=setup.chat)


def work(engine: Engine, tree: Tree, answer: int) -> int:
    """Return the tokens that a tree's agents read, their protocol counted once, and write."""
    shared = engine.count_tokens(tree.protocol)
    own = sum(engine.count_prompt(prompt) - shared for prompt in tree.prompts)
    return shared + own + answer * len(tree.prompts)
