"""Pages as they come out of the workers."""

import pytest

from rao_cli.documents.blob import Blob
from rao_cli.documents.context import Context
from rao_cli.documents.formats.pdf_pages import Entry, PdfPage, extract
from rao_cli.documents.workers import RefusedInputError, Workers
from tests.documents.making import make_pdf, plain_pdf

PAGE = PdfPage(["head", "text", "", "foot"], [750, 700, 0, 40], [90, 100], "iv", "")


def test_lines_are_removed_with_their_measures():
    """What is known of a line goes with it; lines that were not measured may go as well."""
    rest = PAGE.without(frozenset({0, 3}))
    assert (rest.lines, rest.tops, rest.styles) == (["text", ""], [700, 0], [100])
    assert (rest.label, rest.state) == ("iv", "")
    assert PAGE.lines == ["head", "text", "", "foot"]


@pytest.mark.parametrize(("lines", "empty"), [([], True), (["", "  "], True), (["", "x"], False)])
def test_a_page_of_blank_lines_is_empty(lines, empty):
    """Blank lines are no text."""
    assert PdfPage(lines, [], [], "", "").empty is empty


def test_every_page_comes_once_and_in_order():
    """A file longer than one job gives all its pages, with sizes of lines in all of them and its outline once."""
    with Workers(2) as workers:
        context = Context(workers=workers)
        content = extract(Blob.of(plain_pdf([f"page {n} here" for n in range(150)]), "d", "d"), context)
        outlined = extract(Blob.of(make_pdf(["a", "b"], [("Bee", 0, 1)]), "d", "d"), context)
    assert [page.lines for page in content.pages] == [[f"page {n} here"] for n in range(150)]
    assert all(page.styles == [110] for page in content.pages)
    assert [(entry.title, entry.page) for entry in outlined.outline] == [("Bee", 1)]
    assert all(isinstance(entry, Entry) for entry in outlined.outline)


def test_a_refusal_ends_the_reading():
    """A file that the workers refuse raises their error, unchanged."""
    with Workers(1) as workers, pytest.raises(RefusedInputError) as caught:
        extract(Blob.of(b"%PDF-1.4", "d", "d"), Context(workers=workers))
    assert caught.value.code == "corrupt"
