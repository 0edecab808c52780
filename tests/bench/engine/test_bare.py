"""The bare loop computes what the engine computes, with nothing around it."""

import asyncio
from contextlib import closing

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rao_cli.bench.engine.bare import BareLoop, prompt_tokens, shared_length, weights_of
from rao_cli.bench.engine.workload import make_tree
from rao_cli.engine.fit import Fit
from rao_cli.engine.llama import LlamaEngine
from rao_cli.engine.native import Model
from rao_cli.errors import ModelError
from tests.engine.tiny import write_tiny

FIT = Fit(threads=1, batch=64, micro_batch=64, flash_attention=False, parallel=2)
CELLS = 16_384


@pytest.fixture(scope="module")
def tiny(tmp_path_factory):
    """Return a model file."""
    return write_tiny(tmp_path_factory.mktemp("bare") / "tiny.gguf")


@pytest.fixture
def bare(tiny):
    """Yield a loop of two sequences."""
    with closing(BareLoop(tiny, FIT, sequences=2, cells=CELLS)) as loop:
        yield loop


def test_prompts_have_the_engines_tokens(tiny):
    """Both sides of a comparison read the same number of tokens, template and all."""
    messages = make_tree(1, 1, words=20).prompts[0]
    with closing(LlamaEngine(tiny, window=4096, fit=FIT)) as engine, closing(Model(tiny)) as model:
        assert len(prompt_tokens(model, None, messages)) == engine.count_prompt(messages)


def test_waves_answer_every_prompt(bare):
    """Five prompts on two sequences take three waves, and any number of tokens each, again and again."""
    prompts = [bare.tokens(one) for one in make_tree(5, 1, words=20).prompts]
    assert bare.answer_all(prompts, 3) > 0
    assert bare.answer_all(prompts, 1) > 0


def test_writing_is_timed(bare):
    """The time is for one token of one sequence."""
    prompts = [bare.tokens(one) for one in make_tree(2, 1, words=20).prompts]
    assert 0 < bare.seconds_a_token(prompts, 8) < 0.1


def test_too_long_prompts_are_refused(tiny):
    """A cache without room is an error, not a wrong time."""
    with closing(BareLoop(tiny, FIT, sequences=2, cells=256)) as loop, pytest.raises(ModelError, match="status"):
        loop.answer_all([[5] * 300, [6] * 300], 1)


def test_closing_twice_does_nothing(tiny):
    """A closed loop stays closed."""
    loop = BareLoop(tiny, FIT, sequences=1, cells=256)
    loop.close()
    loop.close()


def test_weights_are_counted(tiny):
    """The bytes of the weights are less than the file's, and there are some of them."""
    size, count = weights_of(tiny)
    assert 0 < size < tiny.stat().st_size
    assert size >= count > 10_000


@given(st.lists(st.lists(st.integers(0, 2), min_size=1, max_size=8), min_size=1, max_size=5))
def test_the_shared_length_is_the_longest_common_start(prompts):
    """All prompts agree that far, and each keeps a token of its own to be computed."""
    length = shared_length(prompts)
    assert all(prompt[:length] == prompts[0][:length] for prompt in prompts)
    shortest = min(map(len, prompts))
    assert length < shortest
    assert length == shortest - 1 or len({prompt[length] for prompt in prompts}) > 1


@pytest.mark.model
def test_greedy_writing_equals_the_engine(smollm2):
    """The first tokens that the loop chooses are those of the engine, so both did the same work."""
    from rao_cli.models.resolve import resolve

    path = resolve("smollm2").path
    tree = make_tree(2, 1, words=30)
    with closing(BareLoop(path, Fit(threads=2), sequences=2, cells=2048)) as loop:
        prompts = [loop.tokens(one) for one in tree.prompts]
        chosen = loop._read(prompts, loop._read_shared(prompts))
        pieces = [loop._model.piece(token).decode() for token in chosen]

    async def first_words():
        return [await smollm2.generate(request) for request in tree.requests(1, endless=False)]

    assert [answer.text for answer in asyncio.run(first_words())] == pieces
