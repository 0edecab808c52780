"""The real model with kept views, with a fixed batch shape, and when files or memory go away."""

import asyncio
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from rao_cli.engine.base import Completion, Message, Request, Sampling
from rao_cli.engine.fit import Fit
from rao_cli.engine.llama import LlamaEngine, states_identity
from rao_cli.engine.template import PLAIN, known_format
from rao_cli.models.resolve import resolve
from tests.engine.fake import FakeFiles

pytestmark = pytest.mark.model
VIEW = "".join(f"[{n}] Box {n} stands in room {n * 7 % 11} and its code is {n * 37}.\n" for n in range(1, 9))


class Files(FakeFiles):
    """States in a dictionary, whatever is in them."""

    def put(self, tokens, data, seconds):
        """Keep a state."""
        self.data[tuple(tokens)], self.seconds[tuple(tokens)] = data, seconds


def question(text: str, view: str = VIEW, **options: object) -> Request:
    """Return a question about a view, which is a part of its own."""
    rules = Message("system", ("Answer from the text. ",))
    return Request((rules, Message("user", (view, text))), 8, **options)  # type: ignore[arg-type]


def gather(engine: LlamaEngine, *requests: Request) -> list[Completion]:
    """Run requests concurrently."""

    async def run() -> list[Completion]:
        return await asyncio.gather(*(engine.generate(request) for request in requests))

    return asyncio.run(run())


def open_engine(path: Path | None = None, **options: object) -> LlamaEngine:
    """Return an engine with a small window."""
    return LlamaEngine(path or resolve(None).path, window=640, fit=Fit(threads=2, parallel=3), **options)  # type: ignore[arg-type]


def test_view_computed_in_another_run_is_loaded() -> None:
    """A second engine loads the view that the first has read, and computes the question only."""
    files = Files()
    done = []
    for text in ("\nWhere is box 3?", "\nWhat is the code of box 5?"):
        engine = open_engine(states=lambda identity: files)
        done += gather(engine, question(text))
        engine.close()
    (view,) = files.data
    assert [d.cached_tokens for d in done] == [0, len(view)]
    assert 0 < len(view) < done[1].prompt_tokens
    assert files.seconds[view] > 0
    assert files.closed


@pytest.mark.parametrize("damage", [b"", b"\0" * 100, b"half"], ids=["empty", "zeros", "half"])
def test_foreign_bytes_cost_time_only(damage: bytes) -> None:
    """A state that llama.cpp refuses is read again, and the answer is what it would have been."""
    files = Files()
    engine = open_engine(states=lambda identity: files)
    fresh = gather(engine, question("\nWhere is box 3?"))[0]
    engine.close()
    (view,) = files.data
    files.data[view] = files.data[view][: len(files.data[view]) // 2] if damage == b"half" else damage
    engine = open_engine(states=lambda identity: files)
    again = gather(engine, question("\nWhere is box 3?"))[0]
    engine.close()
    assert (again.text, again.tokens, again.cached_tokens) == (fresh.text, fresh.tokens, 0)


@pytest.mark.parametrize(
    "chat", [PLAIN, *filter(None, map(known_format, ("<|im_start|>", "[INST]", "<start_of_turn>")))]
)
def test_boundary_is_before_the_last_part(smollm2: LlamaEngine, chat: object) -> None:
    """In every chat format the tokens before the boundary are those that another question begins with."""
    engine = smollm2
    before, engine._chat = engine._chat, chat  # type: ignore[assignment]
    try:
        prompts = [engine._prompt(question(text).messages) for text in ("one", "two other words", "")]
        alone = engine._prompt((Message("user", ("only one part",)),))
    finally:
        engine._chat = before
    (first, boundary), (second, _), _ = prompts
    assert {b for _, b in prompts} == {boundary}
    assert first[:boundary] == second[:boundary]
    assert first[boundary] != second[boundary]
    assert alone[1] == 0


@pytest.fixture(scope="module")
def fixed() -> Iterator[LlamaEngine]:
    """Yield an engine that computes one request at a time."""
    engine = open_engine(deterministic=True)
    yield engine
    engine.close()


def test_deterministic_completions_depend_on_their_request_alone(fixed: LlamaEngine) -> None:
    """Whatever is asked before, meanwhile and in which order, text and chances are equal to the last bit."""
    hot = Sampling(temperature=1.2, seed=5)
    asked = [question("\nWhere is box 3?"), question("\nA poem?", sampling=hot), question("\nWhy?", VIEW[:90])]
    alone = [gather(fixed, request)[0] for request in asked]
    noise = [question(f"\nWhat about {n}?", VIEW * (n % 2) + str(n)) for n in range(2)]
    loaded = gather(fixed, noise[0], *reversed(asked), *noise[1:])
    assert loaded[3:0:-1] == alone
    assert all(done.cached_tokens == 0 for done in loaded)


def test_deterministic_engines_agree(fixed: LlamaEngine) -> None:
    """Another engine of the same kind gives the same bytes, and says that it is of this kind."""
    other = open_engine(deterministic=True)
    plain = open_engine()
    assert gather(other, question("\nWhere is box 3?")) == gather(fixed, question("\nWhere is box 3?"))
    assert other.identity == fixed.identity != plain.identity
    other.close()
    plain.close()


def test_deleted_model_file_serves_on(tmp_path: Path) -> None:
    """A model whose file is deleted while it runs answers as before; opening it again is one clear error."""
    path = tmp_path / "model.gguf"
    path.write_bytes(resolve(None).path.read_bytes())
    engine = open_engine(path, deterministic=True)
    before = gather(engine, question("\nWhere is box 3?"))
    path.unlink()
    assert gather(engine, question("\nWhere is box 3?")) == before
    engine.close()
    with pytest.raises(Exception, match="no model file"):
        open_engine(path)


SHORT_OF_MEMORY = """
import re, resource, sys
from pathlib import Path
from rao_cli.engine.context import Context
from rao_cli.engine.fit import Fit
from rao_cli.engine.native import Model
from rao_cli.errors import ModelError
from rao_cli.models.resolve import resolve
import numpy
model = Model(resolve(None).path)
size = int(re.search(r"VmSize:\\s+(\\d+)", Path("/proc/self/status").read_text()).group(1))
resource.setrlimit(resource.RLIMIT_AS, ((size << 10) + (int(sys.argv[1]) << 20),) * 2)
try:
    Context(model, Fit(threads=1), cells=int(sys.argv[2]), sequences=2)
except ModelError as e:
    print(e.message, "|", e.hint)
"""


@pytest.mark.parametrize(("megabytes", "cells"), [(50, 8192), (250, 8192), (100, 2_000_000)])
def test_lack_of_memory_is_one_clear_error(megabytes: int, cells: int) -> None:
    """A context that does not fit into memory, its cache or its buffers, is a ModelError with what to do."""
    if not Path("/proc/self/status").exists():
        pytest.skip("needs /proc")
    command = [sys.executable, "-c", SHORT_OF_MEMORY, str(megabytes), str(cells)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert f"could not set up a context of {cells} tokens" in done.stdout
    assert done.stdout.strip().endswith("use a smaller --window or --parallel")


def test_states_belong_to_one_model_and_layout() -> None:
    """States of another type of cache are others; more requests in parallel are the same."""
    path = resolve(None).path
    names = [states_identity(path, Fit(threads=n, parallel=n)) for n in (1, 2)]
    assert names[0] == names[1] != states_identity(path, Fit(threads=1, kv_type="q8_0"))
