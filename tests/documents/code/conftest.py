"""What the tests of source code share: worker processes, started once."""

from collections.abc import Iterator

import pytest

from rao_cli.documents.context import Context
from rao_cli.documents.workers import Workers


@pytest.fixture(scope="package")
def context() -> Iterator[Context]:
    """Yield a context with one worker process."""
    with Workers(1) as workers:
        yield Context(workers=workers)
