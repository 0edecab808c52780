"""The PDF parser: pages, labels, outline and facts, ranges of pages, refusals, damage and fuzzed files."""

import io

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pypdf import PdfWriter
from pypdf.generic import ByteStringObject, NameObject

from rao_cli.documents.parsers.base import RefusedError
from rao_cli.documents.parsers.pdf import parse
from rao_cli.documents.workers import RefusedInputError, Workers
from rao_cli.errors import InputError
from tests.documents.making import PICTURE, drawn_pdf, encrypted_pdf, laid_out_pdf, make_pdf, plain_pdf

SMALL = make_pdf(["one\ntwo", "three"], [("First", 0, 0), ("Inner", 1, 1)])


def texts(content) -> list[str]:
    """Return the texts of the pages."""
    return [page["text"] for page in content["pages"]]


def test_the_answer_holds_pages_outline_and_facts():
    """A readable PDF gives its pages, the outline with level, title and page, and what made it."""
    content = parse(SMALL, {})
    assert texts(content) == ["one\ntwo", "three"]
    assert content["total"] == 2
    assert [entry[:3] for entry in content["outline"]] == [(0, "First", 0), (1, "Inner", 1)]
    assert "pypdf" in content["facts"]["producer"]


def test_a_range_of_pages_is_read_alone():
    """A range yields its pages only, the total of all, and neither outline nor facts again."""
    content = parse(plain_pdf([f"page {number}" for number in range(9)]), {"first": 3, "count": 2})
    assert texts(content) == ["page 3", "page 4"]
    assert content["total"] == 9
    assert "outline" not in content


@pytest.mark.parametrize(("first", "count"), [(2, 5), (9, 1), (2, 0)])
def test_a_range_beyond_the_end_is_empty(first, count):
    """A range that starts at or after the end, or has no length, holds no page."""
    assert parse(SMALL, {"first": first, "count": count})["pages"] == []


def test_labels_are_printed_numbers():
    """A page without labels of its own has an empty or plain one; it is a string all the same."""
    assert all(isinstance(page["label"], str) for page in parse(SMALL, {})["pages"])


@pytest.mark.parametrize(
    ("data", "options", "code"),
    [
        (encrypted_pdf(["x"], "pw"), {}, "password"),
        (encrypted_pdf(["x"], "pw"), {"password": "no"}, "wrong password"),
        (b"%PDF-1.4 nothing", {}, "corrupt"),
        (b"", {}, "corrupt"),
        (b"PK\x03\x04 a zip called paper.pdf", {}, "corrupt"),
        (plain_pdf(["words"] * 5), {"text_characters": 12}, "limit"),
    ],
)
def test_refusals_are_codes(data, options, code):
    """What cannot be read ends in a code."""
    with pytest.raises(RefusedError) as caught:
        parse(data, options)
    assert caught.value.code == code


def test_text_beyond_the_limit_is_refused_not_cut():
    """Text of exactly the limit is read; one character more is refused."""
    data = plain_pdf(["x" * 10, "y" * 10])
    assert texts(parse(data, {"text_characters": 20})) == ["x" * 10, "y" * 10]
    with pytest.raises(RefusedError):
        parse(data, {"text_characters": 19})


def test_a_page_tree_without_end_is_refused():
    """A file that claims more pages than any book has is refused, not counted through."""
    data = plain_pdf(["one"]).replace(
        b"/Kids [5 0 R] /Count 1", b"/Kids [" + b"5 0 R " * 100_001 + b"] /Count 100001"
    )
    with pytest.raises(RefusedError) as caught:
        parse(data, {})
    assert caught.value.code == "limit"


def test_an_encrypted_file_says_so():
    """With its password an encrypted PDF is read, and its facts say that it was encrypted."""
    content = parse(encrypted_pdf(["secret"], "pw"), {"password": "pw"})
    assert texts(content) == ["secret"]
    assert content["facts"]["encrypted"] == "yes"


def test_pages_with_pictures_and_no_text_are_told_from_empty_ones():
    """A page that shows a picture only is marked; an empty page and one with text are not."""
    content = parse(drawn_pdf([PICTURE, "", "BT /F1 9 Tf 9 9 Td (text) Tj ET"]), {})
    assert [page["state"] for page in content["pages"]] == ["picture", "", ""]


def test_a_picture_beside_much_text_is_no_scan():
    """A page with a picture and a few hundred characters counts as text."""
    content = parse(drawn_pdf([f"{PICTURE} BT /F1 9 Tf 9 9 Td ({'word ' * 60}) Tj ET"]), {})
    assert content["pages"][0]["state"] == ""


def test_outline_entries_tell_their_height():
    """An entry that points to a height on its page says how high, one that points to the page says -1."""
    high = b"/Dest [5 0 R /XYZ 72 700 0]"
    outline = b"<</Type/Catalog/Pages 2 0 R/Outlines<</First 9 0 R/Last 9 0 R/Count 1>>>>"
    data = plain_pdf(["one"]).replace(b"<< /Type /Catalog /Pages 2 0 R >>", outline)
    for target, height in ((high, 700), (b"/Dest [5 0 R /Fit]", -1)):
        entry = b"9 0 obj\n<</Title(One)/Parent 1 0 R" + target + b">>\nendobj\n"
        # The table of places no longer fits, which pdfium repairs.
        broken = data.replace(b"xref\n", entry + b"xref\n", 1)
        assert parse(broken, {})["outline"] == [(0, "One", 0, height)]


def test_names_that_are_no_unicode_cost_only_themselves():
    """A title in broken UTF-16, of the document or of a chapter, is empty; all else is read."""
    content = parse(with_broken_titles(), {})
    assert content["outline"] == [(0, "", 0, -1), (0, "Sound", 1, -1)]
    assert "title" not in content["facts"]
    assert content["facts"]["author"] == "Somebody"
    assert [page["text"].strip() for page in content["pages"]] == ["one", "two"]


def test_sizes_are_told_where_there_is_no_outline():
    """Without an outline lines tell their size and boldness, with one only when asked."""
    plain = laid_out_pdf([[("Head", 20, 700, True), ("text", 10, 650, False)]])
    assert parse(plain, {})["pages"][0]["styles"] == [-200, 100]
    assert parse(SMALL, {})["pages"][0]["styles"] == []
    assert parse(SMALL, {"styles": True})["pages"][0]["styles"] == [110, 110]


def test_glued_text_stays_where_the_other_reader_glues_it_too():
    """Text that looks damaged in both readers comes from pdfium."""
    content = parse(plain_pdf(["Therearetwomethodsofreadingthis"]), {})
    assert texts(content) == ["Therearetwomethodsofreadingthis"]


@pytest.fixture(scope="module")
def workers():
    """One worker process for all fuzzed files."""
    with Workers(1) as pool:
        yield pool


def with_broken_titles():
    """Return a PDF of which the title and the first chapter's are half of a pair of surrogates."""
    broken = ByteStringObject(b"\xfe\xff\xd8\x00\x00A")
    writer = PdfWriter(clone_from=io.BytesIO(plain_pdf(["one", "two"])))
    writer.add_outline_item(title="Broken", page_number=0)
    writer.add_outline_item(title="Sound", page_number=1)
    writer.add_metadata({"/Author": "Somebody", "/Title": "Broken"})
    first = writer._root_object["/Outlines"]["/First"].get_object()
    first[NameObject("/Title")] = writer._info.get_object()[NameObject("/Title")] = broken
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def survives(workers: Workers, data: bytes) -> None:
    """Assert that a worker answers or refuses a file in one line."""
    try:
        content = workers.run("pdf", data, {}, shown="d.pdf")
    except InputError as e:
        content, said = {"pages": []}, e.message
    else:
        said = "d.pdf"
    assert said.startswith("d.pdf")
    assert "\n" not in said
    assert all(isinstance(page["text"], str) for page in content["pages"])


@settings(max_examples=60)
@given(changes=st.lists(st.tuples(st.integers(0, len(SMALL) - 1), st.integers(0, 255)), min_size=1, max_size=12))
def test_changed_bytes_never_escape(workers, changes):
    """A PDF with bytes changed is read or refused; the process that asked lives on."""
    data = bytearray(SMALL)
    for at, value in changes:
        data[at] = value
    survives(workers, bytes(data))


@settings(max_examples=40)
@given(st.integers(0, len(SMALL)), st.integers(0, len(SMALL)), st.binary(max_size=30))
def test_cut_and_spliced_files_never_escape(workers, start, end, inserted):
    """A PDF with a part replaced by other bytes, or cut short, is read or refused."""
    survives(workers, SMALL[:start] + inserted + SMALL[max(start, end) :])


def test_a_refusal_through_a_worker_names_the_file(workers):
    """A refusal reaches the caller as one line with the file's name and a next step."""
    with pytest.raises(RefusedInputError) as caught:
        workers.run("pdf", b"%PDF-", {}, shown="d.pdf")
    assert caught.value.code == "corrupt"
    assert caught.value.hint
