"""What the tests of logs share."""

import pytest

from rao_cli.documents.context import Context
from rao_cli.documents.workers import Workers


@pytest.fixture(scope="module")
def context():
    """Return a context with two worker processes."""
    with Workers(2) as workers:
        yield Context(workers=workers)
