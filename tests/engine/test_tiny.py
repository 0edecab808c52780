"""The tiny model that other tests use: it is sound, it runs, and it is the same each time."""

import asyncio
from pathlib import Path

from rao_cli.engine.base import Message, Request
from rao_cli.engine.fit import Fit
from rao_cli.engine.llama import LlamaEngine
from rao_cli.models.gguf import read_header
from tests.engine.tiny import tiny_bytes, write_tiny


def test_header_is_sound(tmp_path: Path) -> None:
    """The header reader finds a llama with the template that was asked for."""
    header = read_header(write_tiny(tmp_path / "t.gguf", template="{{ x }}", layers=2))
    assert (header.architecture, header.block_count, header.chat_template) == ("llama", 2, "{{ x }}")


def test_model_writes(tmp_path: Path) -> None:
    """The engine loads the file, and writes with it."""
    engine = LlamaEngine(write_tiny(tmp_path / "t.gguf"), window=256, fit=Fit(threads=1))
    try:
        request = Request((Message("user", ("Hello, this is a text. ",) * 9),), max_tokens=4)
        assert asyncio.run(engine.generate(request)).prompt_tokens > 90
    finally:
        engine.close()


def test_same_seed_gives_the_same_file() -> None:
    """Equal arguments give equal bytes, another seed gives others."""
    assert tiny_bytes() == tiny_bytes()
    assert tiny_bytes() != tiny_bytes(seed=1)


def test_file_is_small() -> None:
    """The model stays below half a megabyte."""
    assert len(tiny_bytes()) < 500_000
