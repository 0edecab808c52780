"""Notebooks: cells in order, named in places, with the headings of Markdown cells as chapters."""

import json

import pytest

from rao_cli.documents.context import Context
from rao_cli.documents.failures import NoTextError
from rao_cli.documents.formats.notebook import read_notebook
from rao_cli.documents.model import Span
from rao_cli.documents.workers import Workers
from tests.documents.formats.reading import chapters, read, values

CELLS = [
    {"cell_type": "markdown", "source": "# Data\n\nintro"},
    {"cell_type": "code", "source": "load()", "outputs": [{"text": "42 rows\n"}]},
    {"cell_type": "code", "source": "  ", "outputs": []},
    {"cell_type": "markdown", "source": "## Clean"},
    {"cell_type": "code", "source": "", "outputs": [{"text": "alone"}]},
    {"cell_type": "raw", "source": "as it is"},
]
BOOK = json.dumps({"cells": CELLS, "metadata": {"language_info": {"name": "python"}}})


@pytest.fixture(scope="module")
def context():
    """Yield a context whose worker is used by all tests."""
    with Workers(1) as workers:
        yield Context(workers=workers)


def test_cells_are_read_in_order(context):
    """Markdown stands as it is, code in fences with its output below."""
    document = read(read_notebook, BOOK, "a.ipynb", context)
    assert document.text == (
        "# Data\n\nintro\n\n```python\nload()\n```\nOutput:\n42 rows\n\n```python\n  \n```\n\n## Clean\n\n"
        "Output:\nalone\n\nas it is\n\n"
    )
    assert values(document) == {"cells": 6, "code cells": 3, "Markdown cells": 2, "language": "python"}


def test_headings_are_chapters(context):
    """Headings of Markdown cells are chapters that hold the cells after them."""
    document = read(read_notebook, BOOK, "a.ipynb", context)
    assert chapters(document) == [(1, "Data"), (2, "Clean")]


@pytest.mark.parametrize(
    ("words", "cell"), [("intro", 1), ("42 rows", 2), ("Clean", 4), ("alone", 5), ("as it", 6)]
)
def test_places_are_cells(context, words, cell):
    """A place is the number of its cell, counted as the notebook shows it."""
    document = read(read_notebook, BOOK, "a.ipynb", context)
    at = document.text.index(words)
    assert str(document.locate(Span(at, at + len(words)))) == f"dir/a.ipynb cell {cell}"


def test_a_fence_in_the_code_divides_nothing(context):
    """Marks inside code are no headings."""
    cells = [{"cell_type": "code", "source": "# comment\nx = '''\n# no heading\n'''"}]
    document = read(read_notebook, json.dumps({"cells": cells}), "a.ipynb", context)
    assert chapters(document) == []


def test_a_notebook_without_text_says_so(context):
    """A notebook without cells, or with empty ones, holds no text."""
    for cells in ([], [{"cell_type": "code", "source": ""}]):
        with pytest.raises(NoTextError):
            read(read_notebook, json.dumps({"cells": cells}), "a.ipynb", context)
