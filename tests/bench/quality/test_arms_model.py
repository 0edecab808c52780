"""The plain ways to answer, with the real model."""

import asyncio
from dataclasses import replace

import pytest

from rao_cli.agent.preparing import Settings
from rao_cli.bench.quality.arms import ARMS, Opened
from rao_cli.bench.quality.baselines import Model, direct
from tests.agent.helpers import document

pytestmark = pytest.mark.model

TEXT = "The mill at Ulm belongs to Jonas Weber. It was built in 1846 of red brick.\n"
SETTINGS = Settings(window=2048, view_tokens=512, delegation="rules", output_tokens=64)


def test_plain_ways_read_a_short_text(smollm2):
    """Each shows the text once, and the model's short answer is one line with its tokens and a confidence."""
    opened = Opened(document(TEXT), smollm2, SETTINGS)
    for arm in ("direct", "rag", "mapreduce"):
        told = asyncio.run(ARMS[arm].tell("Who owns the mill at Ulm?", opened))
        assert "Jonas Weber" in told.answer
        assert told.agents == 1
        assert 50 < told.prompt_tokens < 500
        assert 0 < told.output_tokens <= SETTINGS.output_tokens
        assert 0 < told.confidence <= 1


def test_the_beginning_fills_the_window(smollm2):
    """A long text is cut to what the real tokenizer says fits, with nearly nothing left over."""
    small = replace(SETTINGS, window=320, output_tokens=8)
    opened = Opened(document(TEXT * 400), smollm2, small)
    model = Model(smollm2, small)
    asyncio.run(direct("Who owns the mill?", opened.document, model))
    (call,) = model.calls
    room = small.window - small.output_tokens
    assert room - 10 <= call.prompt_tokens <= room
