"""Evidence is found where it stands, and only there."""

import pytest

from rao_cli.bench.evidence import evidence_spans
from rao_cli.bench.tasks import Evidence
from rao_cli.documents.load import open_sources
from rao_cli.errors import InputError
from tests.documents.making import make_pdf

TEXT = "one two three\ntwo ünd four\n\nand two again\n"


def texts(document, source, evidence):
    """Return the text of each place."""
    return [document.read(span) for span in evidence_spans(document, source, evidence)]


def test_characters_are_those_of_the_file(tmp_path):
    """A span of characters leads to its text."""
    source = tmp_path / "a.txt"
    source.write_text(TEXT, encoding="utf-8")
    at = TEXT.index("ünd")
    assert texts(open_sources([str(source)]), source, Evidence(characters=(at, at + 3))) == ["ünd"]


def test_characters_that_the_reader_moved_are_found(tmp_path):
    """With a byte-order mark and CRLF the same words are found, the right ones of several."""
    source = tmp_path / "a.txt"
    raw = "\ufeff" + TEXT.replace("\n", "\r\n")
    source.write_bytes(raw.encode())
    document = open_sources([str(source)])
    for number in range(3):
        at = [at for at in range(len(raw)) if raw.startswith("two", at)][number]
        (span,) = evidence_spans(document, source, Evidence(characters=(at, at + 3)))
        assert document.read(span) == "two"
        assert document.text[: span.start].count("two") == number


def test_a_quotation_is_found_on_its_page_only(tmp_path):
    """White space does not matter, the page does."""
    source = tmp_path / "a.pdf"
    source.write_bytes(make_pdf(["the red fox\njumps here", "the red fox sits", "no animal at all"]))
    document = open_sources([str(source)])
    spans = evidence_spans(document, source, Evidence(page=1, quote="red fox  jumps"))
    assert [document.locate(span).first_page for span in spans] == [1]
    assert [
        document.locate(s).first_page for s in evidence_spans(document, source, Evidence(page=2, quote="red fox"))
    ] == [2]
    assert evidence_spans(document, source, Evidence(page=3, quote="red fox")) == []
    assert evidence_spans(document, source, Evidence(page=9, quote="red fox")) == []


def test_a_line_is_found_in_its_file(tmp_path):
    """A line is that of the file with this path, the one nearest to the top of several."""
    for name in ("src/a.py", "lib/src/a.py"):
        (tmp_path / name).parent.mkdir(parents=True)
        (tmp_path / name).write_text(f"# {name}\nx = 1\n\ny = 2\n")
    document = open_sources([str(tmp_path)])
    (span,) = evidence_spans(document, tmp_path, Evidence(file="src/a.py", line=4))
    assert document.read(span) == "y = 2"
    assert str(document.locate(span)).endswith("src/a.py:4")
    assert "lib" not in str(document.locate(span)).removeprefix(str(tmp_path))
    assert evidence_spans(document, tmp_path, Evidence(file="a.txt", line=1)) == []
    assert evidence_spans(document, tmp_path, Evidence(file="src/a.py", line=99)) == []


def test_characters_need_a_text_file(tmp_path):
    """Characters cannot be counted in a source that is no text any more."""
    source = tmp_path / "a.txt"
    source.write_text(TEXT)
    document = open_sources([str(source)])
    source.write_bytes(b"\xff\xfe\xff")
    with pytest.raises(InputError, match="cannot count characters"):
        evidence_spans(document, source, Evidence(characters=(0, 3)))
