"""Summaries with the real model: what it says reaches a summary only where the source says so."""

import asyncio

import pytest

from rao_cli.agent.preparing import Settings, prepare
from rao_cli.agent.records import Limits, Task
from rao_cli.agent.run import run_task
from rao_cli.bench.quality.summaries import check
from rao_cli.documents.load import ReadOptions, open_sources
from tests.checkout import ROOT

pytestmark = pytest.mark.model


@pytest.mark.parametrize(("style", "words"), [("bullets", 120), ("brief", 60)])
def test_a_manual_is_summarised(smollm2, style, words):
    """Of a real PDF every part is told or named, every claim holds, and the length is kept."""
    document = open_sources([str(ROOT / "tests" / "data" / "cid.pdf")], ReadOptions())
    settings = Settings(window=2048, view_tokens=128, delegation="rules", output_tokens=64, summary_tokens=512)
    prepared = prepare(document, smollm2, settings, reads_all=True)
    task = Task(kind="summarize", words=words, style=style)
    result = asyncio.run(run_task(task, prepared, limits=Limits(), emit=lambda _: None))
    found = check(document, result.answer, result.citations, words)
    assert (found.forgotten, found.unfounded, found.keeps_length) == ((), (), True)
    assert result.verified
    assert 0 < result.coverage.sections_read <= result.coverage.sections_total
