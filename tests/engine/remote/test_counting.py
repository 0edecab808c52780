"""Guesses of token counts: never zero for text, alike for alike texts, and fitted to what a server counts."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rao_cli.engine.base import Message
from rao_cli.engine.remote.counting import (
    MARGIN,
    PROMPT_TOKENS,
    SAMPLES,
    Weights,
    calibrate,
    guess,
    guess_prompt,
    units,
)


@given(st.text())
def test_text_has_tokens(text: str) -> None:
    """Every text but spaces between words counts, and none is below zero."""
    assert guess(text, Weights()) >= (1 if text.strip() else 0)


@given(st.text(max_size=50), st.text(max_size=50))
def test_more_text_has_more_units(one: str, other: str) -> None:
    """Two texts joined have no more units than apart, and no fewer than the longer."""
    together = sum(units(one + other).values())
    apart = [sum(units(text).values()) for text in (one, other)]
    assert max(apart) - 1 <= together <= sum(apart) + 1


def test_english_is_cheaper_than_random_letters() -> None:
    """Letters that make no common words weigh more."""
    english = "the report of the committee was published and sent to all of the members in May "
    assert guess(english, Weights()) < guess(english[::-1].replace("e", "q"), Weights())


def test_prompts_count_their_parts_together() -> None:
    """A prompt is its messages' texts and what a template adds, however the texts are cut into parts."""
    whole = (Message("system", ("Be short.",)), Message("user", ("one two", " three")))
    parts = (Message("system", ("Be ", "short.")), Message("user", ("one two three",)))
    assert guess_prompt(whole, Weights()) == guess_prompt(parts, Weights()) > PROMPT_TOKENS


def test_a_server_that_does_not_count_changes_nothing() -> None:
    """Without counts the usual weights are used."""
    assert calibrate(lambda _: None) == Weights()


@pytest.mark.parametrize("factor", [0.6, 1.0, 1.4])
def test_weights_fit_what_is_counted(factor: float) -> None:
    """With a tokenizer of known rates, each sample is guessed at its count and the margin, within rounding."""

    def count(text: str) -> int:
        return round(factor * sum(getattr(Weights(), kind) * n for kind, n in units(text).items()))

    weights = calibrate(count)
    for sample in SAMPLES.values():
        assert count(sample) <= guess(sample, weights) <= count(sample) * MARGIN * 1.2 + 2


@pytest.mark.parametrize("lie", [0, -5, 10**12])
def test_a_lying_server_moves_weights_within_bounds(lie: int) -> None:
    """Whatever counts a server claims, weights stay between half and twice the usual."""
    weights, usual = calibrate(lambda _: lie), Weights()
    for kind in SAMPLES:
        assert 0.5 <= getattr(weights, kind) / getattr(usual, kind) <= 2.0
