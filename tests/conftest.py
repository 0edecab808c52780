"""Fixtures shared by all tests: the embedded model, loaded once."""

from collections.abc import Iterator

import pytest

from rao_cli.engine.llama import LlamaEngine
from rao_cli.models.resolve import resolve


@pytest.fixture(scope="session")
def smollm2() -> Iterator[LlamaEngine]:
    """Yield the embedded model with its usual window; only for tests marked ``model``."""
    engine = LlamaEngine(resolve("smollm2").path, window=2048)
    yield engine
    engine.close()
