"""The rows beside llama-cpp-python's own class, with a tiny model and the real library in real processes."""

from contextlib import closing

import pytest

from rao_cli.bench.engine.bare import prompt_tokens
from rao_cli.bench.engine.busy import busy
from rao_cli.bench.engine.child import Child
from rao_cli.bench.engine.others import GREEDY, tree
from rao_cli.bench.engine.setup import Sizes
from rao_cli.bench.engine.workload import make_tree
from rao_cli.engine.native import Model
from rao_cli.errors import RaoError
from tests.bench.engine.making import setup_in
from tests.engine.tiny import write_tiny

SIZES = Sizes(repeats=1, pairs=2, long_repeats=1, tree=3, answers=(2, 4), window=4096, decode=3)


@pytest.fixture(scope="module")
def tiny(tmp_path_factory):
    """Return a model file."""
    return write_tiny(tmp_path_factory.mktemp("peers") / "tiny.gguf")


@pytest.fixture(scope="module")
def trees(tiny, tmp_path_factory):
    """Return the figures of trees with short and long answers."""
    return list(tree(setup_in(tmp_path_factory.mktemp("tree"), model=tiny, sizes=SIZES)[0]))


def test_a_tree_is_measured_with_short_and_long_answers(trees):
    """Two figures name their agents and answers, and have the targets of a processor."""
    assert [figure.name for figure in trees] == ["3 agents, 2 tokens", "3 agents, 4 tokens"]
    assert [figure.target for figure in trees] == [1.5, 2.0]


def test_long_trees_are_run_less_often(trees):
    """Every pair has a time of both sides; what takes minutes has fewer pairs."""
    assert [(len(figure.ours), len(figure.other)) for figure in trees] == [(2, 2), (1, 1)]
    assert all(seconds > 0 for figure in trees for seconds in (*figure.ours, *figure.other))


def test_a_tree_counts_its_tokens_once(trees):
    """The shared protocol counts once, and two more tokens of three agents are six."""
    short, long = trees
    assert long.tokens == pytest.approx(short.tokens + 6, rel=0.05)
    assert short.tokens > 1000


def test_the_other_side_is_named_with_its_version(trees):
    """The figure says which library it was."""
    assert all(figure.against[0].isdigit() for figure in trees)


def test_a_busy_machine_is_measured_beside_stock(tiny, tmp_path):
    """One and several writers are compared with stock as it comes, and with stock on all threads."""
    figures = list(busy(setup_in(tmp_path, model=tiny, sizes=SIZES)[0]))
    assert [figure.against for figure in figures] == ["stock defaults", "stock defaults", "stock, 1 threads"]
    assert [figure.target for figure in figures] == [None, 5.0, 5.0]
    assert all(figure.value > 0 for figure in figures)


def test_stock_keeps_what_prompts_share(tiny):
    """The peer reads a second prompt that begins like the first faster than the first: its prefix match counts."""
    with closing(Model(tiny)) as model:
        prompts = [prompt_tokens(model, None, one) for one in make_tree(2, 1, words=3).prompts]
    options = {"n_ctx": 4096, "n_threads": 1, "verbose": False}
    with Child({"peer": "llama", "model": str(tiny), "options": options}) as child:
        times = [child.ask({"prompts": [one], "tokens": 1, "sampling": GREEDY})["seconds"] for one in prompts]
    assert times[1] < times[0]


def test_a_model_that_stock_refuses_fails_its_row(tmp_path):
    """A file that is no model is the peer's failure, with its reason, and no process stays behind."""
    bad = tmp_path / "bad.gguf"
    bad.write_bytes(b"GGUF" + bytes(200))
    with pytest.raises(RaoError, match="llama ended with 1"):
        list(tree(setup_in(tmp_path, model=bad, sizes=SIZES)[0]))
