"""Drawing a token: limits of top-p, min-p and temperature."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from rao_cli.engine.base import Sampling
from rao_cli.engine.sampling import draw

LOGITS = st.lists(st.floats(-20, 20, width=32), min_size=1, max_size=30)
UNIFORM = st.floats(0, 1, exclude_max=True)


@given(LOGITS, UNIFORM, st.floats(0.1, 5), st.floats(0, 1), st.floats(0, 1))
def test_draw_is_always_a_token(
    values: list[float], uniform: float, temperature: float, top_p: float, min_p: float
) -> None:
    """Whatever the numbers, the result is the index of a token that is likely enough."""
    logits = np.array(values, np.float32)
    token = draw(logits, Sampling(temperature, top_p, min_p), uniform)
    chances = np.exp(logits.astype(np.float64) - logits.max())
    assert 0 <= token < len(values)
    assert chances[token] >= min_p * (1 - 1e-6)


@given(LOGITS, UNIFORM)
def test_refused_tokens_are_never_drawn(values: list[float], uniform: float) -> None:
    """A token at minus infinity is never chosen."""
    logits = np.array([-np.inf, *values, -np.inf], np.float32)
    assert 1 <= draw(logits, Sampling(1.0), uniform) <= len(values)


@given(LOGITS, UNIFORM)
def test_tiny_top_p_is_greedy(values: list[float], uniform: float) -> None:
    """With top-p near zero the best token is taken."""
    logits = np.array(values, np.float32)
    assert logits[draw(logits, Sampling(1.0, top_p=1e-9), uniform)] == logits.max()


def test_frequencies_follow_the_softmax() -> None:
    """Evenly spread uniform numbers give each token its probability."""
    logits = np.log(np.array([0.5, 0.3, 0.2], np.float32))
    counts = np.bincount([draw(logits, Sampling(1.0), (i + 0.5) / 1000) for i in range(1000)])
    assert np.allclose(counts / 1000, [0.5, 0.3, 0.2], atol=0.01)


def test_heat_flattens() -> None:
    """A higher temperature makes the less likely token more frequent."""
    logits = np.array([2.0, 0.0], np.float32)
    cold, hot = (sum(draw(logits, Sampling(t), (i + 0.5) / 200) for i in range(200)) for t in (0.5, 3.0))
    assert cold < hot
