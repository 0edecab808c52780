"""The llama.cpp wrapper: prefixes that are shared or loaded are exact, threads and logs behave."""

import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from rao_cli.engine.base import Completion, Request
from rao_cli.engine.context import Context, Row
from rao_cli.engine.fit import Fit, available_threads
from rao_cli.engine.llama import LlamaEngine
from rao_cli.engine.native import LOG, Model
from rao_cli.engine.sampling import Sampler
from rao_cli.engine.scheduler import Scheduler
from rao_cli.engine.writing import Job
from rao_cli.errors import ModelError

pytestmark = pytest.mark.model
TEXT = "The quick fox stands in room 7 and the code of box 12 is 444. " * 6


@pytest.fixture
def context(smollm2: LlamaEngine) -> Iterator[Context]:
    """Yield a small context of its own over the shared weights."""
    context = Context(smollm2._model, Fit(threads=2, batch=256), cells=1024, sequences=4)
    yield context
    context.close()


def compute(context: Context, tokens: list[int], start: int, end: int, sequence: int) -> bytes:
    """Compute part of a text and return the logits after its last token."""
    rows = [Row(tokens[i], i, sequence, logits=i == end - 1) for i in range(start, end)]
    assert context.decode(rows) == 0
    return context.logits(len(rows) - 1).tobytes()


def test_shared_prefix_is_exact(smollm2: LlamaEngine, context: Context) -> None:
    """The logits after a shared prefix are those after the same prefix computed in place, bit for bit."""
    tokens = smollm2._model.tokenize(TEXT)
    last = len(tokens) - 1
    compute(context, tokens, 0, last, 0)
    plain = compute(context, tokens, last, last + 1, 0)
    context.share(0, 1, last)
    assert compute(context, tokens, last, last + 1, 1) == plain


def test_loaded_state_is_exact(smollm2: LlamaEngine, context: Context) -> None:
    """A saved state, loaded and cut, gives the logits of the original, bit for bit."""
    tokens = smollm2._model.tokenize(TEXT)
    last = len(tokens) - 1
    compute(context, tokens, 0, last, 0)
    plain = compute(context, tokens, last, last + 1, 0)
    data = context.save(0)
    assert context.drop(0)
    assert context.load(2, data)
    assert context.drop(2, last)
    assert compute(context, tokens, last, last + 1, 2) == plain


def test_another_prefix_gives_other_logits(smollm2: LlamaEngine, context: Context) -> None:
    """The comparison above can fail: a prefix with one other token changes the logits."""
    tokens = smollm2._model.tokenize(TEXT)
    last = len(tokens) - 1
    plain = compute(context, tokens, 0, last, 0)
    assert compute(context, [tokens[1], *tokens[1:]], 0, last, 1) != plain


def test_foreign_state_is_refused(context: Context) -> None:
    """Bytes that are no state are refused and nothing is loaded."""
    assert not context.load(0, b"\0" * 64)


def test_abort_stops_and_can_be_undone(smollm2: LlamaEngine, context: Context) -> None:
    """With the flag set a batch is aborted; cleared, the same batch is computed."""
    tokens = smollm2._model.tokenize(TEXT)[:20]
    rows = [Row(token, i, 0, logits=i == 19) for i, token in enumerate(tokens)]
    context.abort(on=True)
    assert context.decode(rows) == 2
    context.abort(on=False)
    context.drop(0)
    assert context.decode(rows) == 0


def test_more_tokens_than_cells_is_a_status(smollm2: LlamaEngine, context: Context) -> None:
    """A batch that finds no free cells is reported as status 1, not as a crash."""
    tokens = (smollm2._model.tokenize(TEXT) * 20)[:1280]
    states = [
        context.decode([Row(tokens[i], i, 0, logits=False) for i in range(a, a + 256)])
        for a in range(0, 1280, 256)
    ]
    assert states == [0, 0, 0, 0, 1]


def test_impossible_context_is_an_error(smollm2: LlamaEngine) -> None:
    """A context of too many sequences raises ModelError."""
    with pytest.raises(ModelError, match="could not set up"):
        Context(smollm2._model, Fit(threads=1, batch=32), cells=256, sequences=100_000)


def test_closed_model_refuses(tmp_path: Path) -> None:
    """A model file that is not there raises ModelError before llama.cpp sees it."""
    with pytest.raises(ModelError, match="no model file"):
        Model(tmp_path / "none.gguf")


def test_threads_are_those_the_process_may_use() -> None:
    """At least one thread is available, and no more than the machine has."""
    import os

    assert 1 <= available_threads() <= (os.cpu_count() or 1)


def test_log_lines_are_cleaned(caplog: pytest.LogCaptureFixture) -> None:
    """Control characters in llama.cpp's lines do not reach the log, and the first error is kept."""
    LOG.errors.clear()
    LOG.write(4, b"bad \x1b[31m architecture\n", None)
    LOG.write(4, b"second", None)
    assert "\x1b" not in caplog.text
    assert LOG.first_error() == "bad [31m architecture"
    assert LOG.first_error() == ""


def test_openmp_sleeps(smollm2: LlamaEngine) -> None:
    """The wait policy is set before the library loads."""
    import os

    assert "llama_cpp" in sys.modules
    assert os.environ["OMP_WAIT_POLICY"] == "passive"


def test_freed_cells_leave_no_trace(smollm2: LlamaEngine, context: Context) -> None:
    """A text computed after another was dropped has the logits of one computed first, bit for bit."""
    tokens = smollm2._model.tokenize(TEXT)
    plain = compute(context, tokens, 0, len(tokens), 0)
    context.drop(0)
    compute(context, tokens[::-1], 0, len(tokens), 1)
    context.drop(1)
    assert compute(context, tokens, 0, len(tokens), 0) == plain


def test_scheduler_adds_nothing_to_plain_decoding(smollm2: LlamaEngine, context: Context) -> None:
    """One request through the scheduler has the log-probabilities of a bare loop, digit for digit."""
    done: list[Completion] = []
    prompt = smollm2._model.tokenize(TEXT * 2)
    scheduler = Scheduler(smollm2._model, context, cells=1024, parallel=3, saved_bytes=0)
    scheduler.submit(Job(Request((), 12), prompt, lambda _: None, done.append, lambda _: None))
    while not scheduler.idle:
        scheduler.step()
    sampler = Sampler(smollm2._model, Request((), 1))
    tokens, read, bare = list(prompt), 0, []
    while len(bare) < 12:
        end = min(read + context.batch_size, len(tokens))
        logits = np.frombuffer(compute(context, tokens, read, end, 0), np.float32)
        read = end
        if read == len(tokens):
            tokens.append(int(logits.argmax()))
            bare.append(sampler.log_probability(logits, tokens[-1]))
    assert [token.logprob for token in done[0].tokens] == bare
