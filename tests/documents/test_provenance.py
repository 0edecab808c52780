"""From a span back to the file: what a location names holds what the span reads."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rao_cli.documents.load import open_sources
from rao_cli.documents.model import Span
from rao_cli.documents.packing import pack
from rao_cli.documents.search import SearchIndex
from tests.documents.making import check_partition, make_pdf

WORDS = st.lists(st.sampled_from(["alpha", "beta", "gamma", "delta", "x"]), min_size=1, max_size=6).map(" ".join)
PAGES = st.lists(st.lists(WORDS, min_size=1, max_size=5).map("\n".join), min_size=1, max_size=5)
LINES = st.lists(st.text(alphabet="ab é漢#-", max_size=12), min_size=1, max_size=30).map("\n".join)


@settings(max_examples=25, deadline=None)
@given(PAGES, st.data())
def test_a_pdf_comes_back_page_by_page(pages, data):
    """Each page's text is exactly what was written on it, whatever the outline says."""
    count = len(pages) - 1
    entries = st.tuples(st.sampled_from(["alpha", "beta x", "Zeta"]), st.just(0), st.integers(0, count))
    document = open_bytes(make_pdf(pages, data.draw(st.lists(entries, max_size=4))))
    check_partition(document, document.root)
    starts = [page.start for page in document.origins[0].pages]
    for text, start, end in zip(pages, starts, [*starts[1:], len(document)], strict=True):
        assert document.read(Span(start, end)) == f"{text}\n"
    root = pack(document, len, 40)
    check_partition(document, root)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(files=st.lists(LINES.filter(str.strip), min_size=1, max_size=4), view=st.integers(5, 80))
def test_leaves_of_a_folder_name_their_lines(tmp_path, files, view):
    """A leaf that lies in one file is part of the lines that its location names in that file."""
    for old in tmp_path.iterdir():
        old.unlink()
    for position, text in enumerate(files):
        (tmp_path / f"f{position}.txt").write_text(text, encoding="utf-8")
    document = open_sources([str(tmp_path)])
    root = pack(document, len, view)
    check_partition(document, root)
    for leaf in root.leaves():
        location = document.locate(leaf.span)
        origin = next(origin for origin in document.origins if origin.path == location.path)
        if origin.span.contains(leaf.span):
            written = files[int(origin.path[-5])].split("\n")
            named = "\n".join(written[location.first_line - 1 : location.last_line])
            assert document.read(leaf.span).rstrip("\n") in named + "\n"


@pytest.mark.parametrize("view", [30, 300])
def test_a_hit_leads_to_its_page(view):
    """A passage that search finds is located on the page that holds the words."""
    pages = [f"page {number} speaks of topic{number}\nand nothing else" for number in range(1, 31)]
    document = open_bytes(make_pdf(pages, [("Begin", 0, 0), ("Middle", 0, 15)]))
    index = SearchIndex(document, list(pack(document, len, view).leaves()))
    for number in (1, 16, 30):
        (hit,) = index.find(f"topic{number}\n").hits[:1]
        assert document.locate(hit.span).first_page == number


def open_bytes(data: bytes):
    """Open a PDF as standard input."""
    from io import BytesIO

    return open_sources(["-"], None, BytesIO(data))
