"""What all tests share: the embedded model, loaded once, and hypothesis settings.

``RAO_TEST_MODEL=FILE pytest -m model tests/engine`` runs them on another model instead, to see whether what holds
for one architecture holds for another; tests of SmolLM2's own words and numbers then fail by intention.

At a desk hypothesis tries new examples on each run; in CI always the same ones, so that a change is never refused
for a fault that it did not bring. What a desk finds becomes a test of its own.
"""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from rao_cli.engine.llama import LlamaEngine
from rao_cli.models.resolve import resolve

# No deadline for one example: a busy machine is no defect.
settings.register_profile("desk", deadline=None)
settings.register_profile("ci", derandomize=True, deadline=None)
settings.load_profile("ci" if os.environ.get("CI") else "desk")


@pytest.fixture(scope="session")
def smollm2() -> Iterator[LlamaEngine]:
    """Yield the embedded model with its usual window; only for tests marked ``model``."""
    other = os.environ.get("RAO_TEST_MODEL")
    engine = LlamaEngine(Path(other) if other else resolve("smollm2").path, window=2048)
    yield engine
    engine.close()
