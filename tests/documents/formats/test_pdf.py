"""Reading PDFs: text, pages, outline, facts, warnings and refusals."""

import hashlib
import io
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pypdf import PdfReader, PdfWriter

from rao_cli.documents.blob import Blob
from rao_cli.documents.context import Context, ReadOptions
from rao_cli.documents.formats.pdf import page_ranges, read_pdf
from rao_cli.documents.model import Document, Span
from rao_cli.documents.workers import Workers
from rao_cli.errors import InputError
from tests.documents.making import (
    PICTURE,
    check_partition,
    drawn_pdf,
    encrypted_pdf,
    laid_out_pdf,
    make_pdf,
    plain_pdf,
    written,
)

ROOT = Path(__file__).parents[3]
CID = ROOT / "tests" / "data" / "cid.pdf"
ZSH = ROOT / "docs" / "zsh.pdf"
WORKERS = Workers()
PAGES = [
    "Welcome\nto the guide",
    "Chapter One\nalpha text\nSection A\nbeta text",
    "gamma text",
    "Chapter Two\ndelta",
]
OUTLINE = [("Chapter One", 0, 1), ("Section A", 1, 1), ("Chapter Two", 0, 3)]


def read(data: bytes, path: str = "d.pdf", **options) -> Document:
    """Read a PDF called d.pdf."""
    return read_pdf(Blob.of(data, "d.pdf", path), Context(ReadOptions(**options), WORKERS))


@pytest.fixture(scope="module", autouse=True)
def stop_workers():
    """Stop the shared workers after the last test."""
    yield
    WORKERS.close()


def refused(data: bytes, **options) -> InputError:
    """Return the error that reading ends with."""
    with pytest.raises(InputError) as caught:
        read(data, **options)
    assert "\n" not in caught.value.message
    assert caught.value.hint
    return caught.value


@pytest.fixture(scope="module")
def guide() -> Document:
    """A four-page PDF with an outline."""
    return read(make_pdf(PAGES, OUTLINE))


def test_text_has_plain_lines(guide):
    """Lines end with one line feed, and so does each page."""
    assert guide.text == "".join(f"{page}\n" for page in PAGES)


def test_outline_becomes_chapters(guide):
    """Outline entries become nested chapters that start at their titles; text before them is front matter."""
    chapters = [
        (section.id, section.title, guide.read(section.span).split("\n", 1)[0])
        for section in guide.root.walk()
        if section.kind == "chapter"
    ]
    assert chapters == [
        ("1", "Front matter", "Welcome"),
        ("2", "Chapter One", "Chapter One"),
        ("2.2", "Section A", "Section A"),
        ("3", "Chapter Two", "Chapter Two"),
    ]


def test_leaves_partition_and_keep_to_a_page(guide):
    """The leaves partition the text, and each lies on one page."""
    check_partition(guide, guide.root)
    for leaf in guide.root.leaves():
        location = guide.locate(leaf.span)
        assert location.first_page == location.last_page


@pytest.mark.parametrize(("words", "page"), [("Welcome", 1), ("beta", 2), ("gamma", 3), ("delta", 4)])
def test_words_are_located_on_their_page(guide, words, page):
    """A word is located on the page that it was written on."""
    at = guide.text.index(words)
    location = guide.locate(Span(at, at + len(words)))
    assert (location.first_page, location.last_page, str(location)) == (page, page, f"d.pdf p. {page}")


def test_pages_without_an_outline_are_the_leaves():
    """Without an outline each page is a leaf."""
    document = read(plain_pdf(["one", "two", "three"]))
    assert [document.read(leaf.span) for leaf in document.root.leaves()] == ["one\n", "two\n", "three\n"]


def test_a_real_pdf_is_read():
    """A real PDF gives its text, its outline and the page of a phrase."""
    document = read(CID.read_bytes())
    titles = [section.title for section in document.root.walk()]
    assert "Adding additional TrueType fonts" in titles
    at = document.text.index("TrueType collections")
    assert document.locate(Span(at, at + 10)).first_page == 1
    check_partition(document, document.root)


def test_a_large_pdf_is_read_quickly():
    """The manual that ships in docs/ opens fast, with its outline, its page labels and no broken words."""
    start = time.monotonic()
    document = read(ZSH.read_bytes())
    # Far above what it takes alone, since other work shares the machine.
    assert time.monotonic() - start < 10
    assert len(document.origins[0].pages) == 480
    assert document.origins[0].pages[9].label == "1"
    assert "\ufffe" not in document.text
    assert sum(section.kind == "chapter" for section in document.root.walk()) > 250
    check_partition(document, document.root)


def test_the_digest_depends_on_text_and_path():
    """The same PDF has the same digest, another path another one, in SHA-256 form."""
    data = plain_pdf(["one"])
    assert read(data).digest == read(data).digest
    assert read(data).digest != read(data, path="other.pdf").digest
    assert len(read(data).digest) == hashlib.sha256().digest_size * 2


def test_an_encrypted_pdf_needs_its_password():
    """Without a password, and with a wrong one, an encrypted PDF is refused with the option to use."""
    data = encrypted_pdf(["secret words"], "open sesame")
    assert "is encrypted and needs a password" in refused(data).message
    wrong = refused(data, password="shut")
    assert "password is wrong" in wrong.message
    assert "--password-file" in wrong.hint
    assert read(data, password="open sesame").text == "secret words\n"


def scans(*pages: str) -> bytes:
    """Return a PDF whose empty pages show a picture."""
    return drawn_pdf([f"BT /F1 11 Tf 72 720 Td ({page}) Tj ET" if page else PICTURE for page in pages])


def test_scanned_pages_are_a_warning():
    """Pages that show a picture and no text are counted and named in a warning, with the remedy."""
    document = read(scans("one", "", "", "four", ""))
    (warning,) = document.warnings
    assert warning.startswith("d.pdf: 3 of 5 pages have no text (scanned?): pages 2-3, 5")
    assert "ocrmypdf" in warning
    at = document.text.index("four")
    assert document.locate(Span(at, at + 4)).first_page == 4
    assert ("scanned pages", "2-3, 5") in document.facts[0].values


def test_empty_pages_are_a_fact_and_no_warning():
    """A page with neither text nor picture is empty on purpose; it is named in the facts, even when strict."""
    document = read(plain_pdf(["one", "", "three"]), strict=True)
    assert document.warnings == ()
    assert ("empty pages", "2") in document.facts[0].values


def test_a_scanned_pdf_is_refused():
    """A PDF without any text is refused as scanned, its pages named."""
    error = refused(scans("", "", ""))
    assert error.message == "d.pdf is scanned: no text on pages 1-3"
    assert "ocrmypdf" in error.hint


def test_a_pdf_without_text_or_pictures_is_refused():
    """A PDF of empty pages is refused, without a guess that it was scanned."""
    assert refused(plain_pdf(["", ""])).message == "d.pdf holds no text: no text on pages 1-2"


def test_strict_refuses_scanned_pages():
    """With strict, one scanned page is an error."""
    assert "1 of 2 pages has no text" in refused(scans("one", ""), strict=True).message


def test_unreadable_pages_are_a_warning():
    """A page that no reader can open is named in a warning; the others are read."""
    data = plain_pdf(["one", "two", "three"]).replace(b"7 0 obj\n<< /Type /Page ", b"7 0 obj\n<< /Type /Nope ")
    document = read(data)
    assert document.text == "one\nthree\n"
    assert document.warnings[0].startswith("d.pdf: 1 of 3 pages has no readable text (damaged): page 2; ")
    assert "damaged" in refused(data, strict=True).message


def test_a_pdf_of_unreadable_pages_is_refused():
    """A PDF of which no page can be opened is refused as damaged."""
    data = plain_pdf(["one", "two"]).replace(b"<< /Type /Page ", b"<< /Type /Nope ")
    assert refused(data).message == "d.pdf is damaged: no text on pages 1-2"


def test_facts_name_what_made_the_file():
    """Pages, title and producer are facts, cleaned of control characters."""
    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(plain_pdf(["one"]))))
    writer.add_metadata({"/Title": "A \u202egnol\ntale", "/Producer": "pdfTeX"})
    facts = read(written(writer)).facts[0]
    assert facts.kind == "pdf"
    assert facts.path == "d.pdf"
    values = dict(facts.values)
    assert values["pages"] == 1
    assert values["producer"] == "pdfTeX"
    assert values["title"] == "A gnol tale"


def test_running_lines_are_left_out_and_counted():
    """Headers and footers are not in the text; their wording and number are in the facts."""
    pages = [
        [("The Guide", 9, 760, False), *((f"line {n}.{k} of text", 9, 700 - 20 * k, False) for k in range(9))]
        for n in range(8)
    ]
    document = read(laid_out_pdf([[*page, (f"- {n} -", 9, 30, False)] for n, page in enumerate(pages, 1)]))
    assert "The Guide" not in document.text
    assert document.text.count("\n") == 72
    (table,) = document.facts[0].tables
    assert table.rows == (("The Guide", 8, 1), ("- # -", 8, 1))
    assert ("running headers and footers left out", 16) in document.facts[0].values
    check_partition(document, document.root)


def test_headings_are_guessed_without_an_outline():
    """A PDF without an outline has chapters where its lines are larger than the text."""
    text = [(f"plain words that go on and on {k}", 10, 600 - 20 * k, False) for k in range(9)]
    pages = [[(f"{n} Chapter", 17, 700, True), *text, (f"{n}.1 Part", 12, 300, True), *text] for n in (1, 2)]
    document = read(laid_out_pdf(pages))
    chapters = [(section.id, section.title) for section in document.root.walk() if section.kind == "chapter"]
    assert [title for _, title in chapters] == ["1 Chapter", "1.1 Part", "2 Chapter", "2.1 Part"]
    assert [key.count(".") for key, _ in chapters] == [0, 1, 0, 1]
    check_partition(document, document.root)


def test_guessed_titles_are_spelled_as_the_text_is():
    """A guessed heading with a TeX ligature in it has letters in its title, and stands at its line."""
    text = [(f"plain words that go on and on {k}", 10, 600 - 20 * k, False) for k in range(9)]
    document = read(laid_out_pdf([[(f"{n} Speci\\014cation", 17, 700, True), *text] for n in (1, 2)]))
    assert [child.title for child in document.root.children] == ["1 Specification", "2 Specification"]
    assert document.read(document.root.children[1].span).startswith("2 Specification\n")


def test_numbers_are_headings_where_sizes_say_nothing():
    """A PDF in one size has the chapters that its numbered lines name."""
    pages = [f"Chapter {n}. Name of {'abc'[n - 1]}\nplain words\n{n}.1 Inner part\nmore words" for n in (1, 2, 3)]
    titles = [section.title for section in read(plain_pdf(pages)).root.walk() if section.kind == "chapter"]
    assert titles == [
        title for n in "123" for title in (f"Chapter {n}. Name of {'abc'[int(n) - 1]}", f"{n}.1 Inner part")
    ]


def test_pages_out_of_order_are_named():
    """A page whose lines jump up and down is named in the facts; one of two columns is not."""
    columns = [(f"text {k}", 9, 700 - 50 * (k % 10), False) for k in range(20)]
    jumping = [(f"text {k}", 9, 700 if k % 2 else 100, False) for k in range(20)]
    values = dict(read(laid_out_pdf([columns, jumping])).facts[0].values)
    assert values["pages whose lines may be out of order"] == "2"


def test_a_long_pdf_is_read_by_several_workers():
    """Page ranges read side by side come together in order, each page at its place."""
    document = read(plain_pdf([f"This is page number {n}." for n in range(1, 701)]))
    assert document.text == "".join(f"This is page number {n}.\n" for n in range(1, 701))
    for n in (1, 64, 65, 320, 321, 700):
        at = document.text.index(f"number {n}.")
        assert document.locate(Span(at, at + 5)).first_page == n


def test_progress_is_told_of_a_long_pdf():
    """Whoever reads along hears how far a long PDF is."""
    told: list[str] = []
    data = plain_pdf([f"This is page number {n}." for n in range(200)])
    read_pdf(Blob.of(data, "d.pdf", "d.pdf"), Context(workers=WORKERS, progress=told.append))
    assert told[-1] == "reading d.pdf, page 200 of 200"


@pytest.mark.parametrize(
    "data", [b"%PDF-1.7\njunk", b"%PDF-", plain_pdf(["one"])[:60], b"%PDF-1.4\n" + b"\0" * 5000]
)
def test_a_corrupt_pdf_is_refused(data):
    """Damaged data are refused as not readable."""
    assert "d.pdf" in refused(data).message


def test_a_pdf_without_pages_is_refused():
    """A PDF with no page is refused in one line."""
    assert refused(plain_pdf([])).exit_code == 3


def test_hostile_titles_are_cleaned():
    """Control characters in outline titles do not reach section titles."""
    document = read(make_pdf(["one", "two"], [("evil\x07\u202e\ntitle", 0, 0), ("", 0, 1)]))
    assert [child.title for child in document.root.children] == ["evil title", "(untitled)"]


@pytest.mark.parametrize(
    ("pages", "shown"), [([], ""), ([4], "4"), ([4, 7, 8], "4, 7-8"), ([1, 2, 3, 5, 6], "1-3, 5-6")]
)
def test_page_ranges(pages, shown):
    """Page numbers are shown as short ranges."""
    assert page_ranges(pages) == shown


@given(st.sets(st.integers(1, 60)))
def test_page_ranges_name_each_page_once(pages):
    """Ranges expand to exactly the pages they were made from."""
    shown = page_ranges(sorted(pages))
    named: list[int] = []
    for part in filter(None, shown.split(", ")):
        first, _, last = part.partition("-")
        named.extend(range(int(first), int(last or first) + 1))
    assert named == sorted(pages)


def test_outline_entries_that_point_back_are_left_out():
    """An outline entry that points before its predecessor does not break the order."""
    document = read(make_pdf(PAGES, [("Chapter Two", 0, 3), ("Chapter One", 0, 1)]))
    assert [child.title for child in document.root.children] == ["Front matter", "Chapter Two"]
    check_partition(document, document.root)


def test_an_entry_for_an_empty_last_page_is_left_out():
    """An outline entry that points to an empty page at the end heads nothing; found by changing bytes."""
    document = read(make_pdf(["one", "two", ""], [("First", 0, 0), ("Last", 0, 2)]))
    assert [child.title for child in document.root.children] == ["First"]
    check_partition(document, document.root)


def test_glued_words_are_kept_where_no_reader_does_better():
    """Text that both readers find without spaces is kept as it is."""
    glued = "Therearetwomethodsofreadingthis" * 3
    assert read(plain_pdf([glued])).text == f"{glued}\n"


def test_tex_ligatures_are_spelled_out():
    """Ligatures that a font without a map leaves as control codes become letters."""
    assert read(plain_pdf(["the \\014rst di\\013erence"])).text == "the first difference\n"
