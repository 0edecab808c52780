"""Reading PDFs: text, pages, outline, every kind of refusal, and the worker's death."""

import hashlib
import resource
import time
import zlib
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rao_cli.documents.model import Document, Span
from rao_cli.documents.formats.pdf import WorkerLimits, page_ranges, read_pdf
from rao_cli.errors import InputError
from tests.documents.making import check_partition, encrypted_pdf, make_pdf, plain_pdf

CID = Path(__file__).parent.parent / "data" / "cid.pdf"
ZSH = Path(__file__).parent.parent.parent / "docs" / "zsh.pdf"
PAGES = [
    "Welcome\nto the guide",
    "Chapter One\nalpha text\nSection A\nbeta text",
    "gamma text",
    "Chapter Two\ndelta",
]
OUTLINE = [("Chapter One", 0, 1), ("Section A", 1, 1), ("Chapter Two", 0, 3)]


def read(data: bytes, **options) -> Document:
    """Read a PDF called d.pdf."""
    return read_pdf(data, "d.pdf", "d.pdf", **options)


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
    assert read(data).digest != read_pdf(data, "d.pdf", "other.pdf").digest
    assert len(read(data).digest) == hashlib.sha256().digest_size * 2


def test_an_encrypted_pdf_needs_its_password():
    """Without a password, and with a wrong one, an encrypted PDF is refused with the option to use."""
    data = encrypted_pdf(["secret words"], "open sesame")
    assert "is encrypted and needs a password" in refused(data).message
    wrong = refused(data, password="shut")
    assert "password is wrong" in wrong.message
    assert "--password-file" in wrong.hint
    assert read(data, password="open sesame").text == "secret words\n"


def test_pages_without_text_are_a_warning():
    """Pages without text are counted and named in a warning, with the remedy."""
    document = read(plain_pdf(["one", "", "", "four", ""]))
    (warning,) = document.warnings
    assert warning.startswith("d.pdf: 3 of 5 pages have no text (scanned?): pages 2-3, 5")
    assert "ocrmypdf" in warning
    at = document.text.index("four")
    assert document.locate(Span(at, at + 4)).first_page == 4


def test_a_scanned_pdf_is_refused():
    """A PDF without any text is refused as scanned, its pages named."""
    error = refused(plain_pdf(["", "", ""]))
    assert error.message == "d.pdf is scanned: no text on pages 1-3"
    assert "ocrmypdf" in error.hint


def test_strict_refuses_pages_without_text():
    """With strict, one page without text is an error."""
    assert "1 of 2 pages has no text" in refused(plain_pdf(["one", ""]), strict=True).message


@pytest.mark.parametrize(
    "data", [b"%PDF-1.7\njunk", b"%PDF-", plain_pdf(["one"])[:60], b"%PDF-1.4\n" + b"\0" * 5000]
)
def test_a_corrupt_pdf_is_refused(data):
    """Damaged data are refused as not readable."""
    assert "d.pdf" in refused(data).message


def test_a_pdf_without_pages_is_refused():
    """A PDF with no page is refused in one line."""
    assert refused(plain_pdf([])).exit_code == 3


@settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.integers(0, len(plain_pdf(["one\ntwo", "three"])) - 1), st.integers(1, 255))
def test_a_damaged_byte_never_escapes(at, change):
    """A PDF with one byte changed is read or refused; nothing else happens."""
    data = bytearray(plain_pdf(["one\ntwo", "three"]))
    data[at] = (data[at] + change) % 256
    try:
        document = read(bytes(data))
    except InputError:
        return
    check_partition(document, document.root)


@pytest.mark.parametrize(
    ("limits", "message"),
    [
        (WorkerLimits(memory_bytes=24 << 20), "d.pdf"),
        (WorkerLimits(wall_seconds=0.001), "took too long"),
        (WorkerLimits(text_characters=10), "more text than is allowed"),
    ],
)
def test_the_workers_end_is_one_line(limits, message):
    """A worker without memory, time or room for its text ends in one clear line."""
    assert message in refused(plain_pdf(["some words that are long enough"] * 50), limits=limits).message


def test_a_killed_worker_is_one_line():
    """A worker that the system kills for its processor time is reported as dead."""
    data = plain_pdf(["words and more words " * 20] * 3000)
    assert "the PDF reader died" in refused(data, limits=WorkerLimits(cpu_seconds=0)).message


def test_hostile_titles_are_cleaned():
    """Control characters in outline titles do not reach section titles."""
    document = read(make_pdf(["one", "two"], [("evil\x07\u202e\ntitle", 0, 0), ("", 0, 1)]))
    assert [child.title for child in document.root.children] == ["evil title", "(untitled)"]


def test_a_hostile_path_is_cleaned_in_errors():
    """A file name with escapes and newlines cannot forge a second line of error."""
    with pytest.raises(InputError) as caught:
        read_pdf(b"%PDF-", "x", "a\x1b[2J\nrao: all is well")
    assert "\x1b" not in caught.value.message
    assert "\n" not in caught.value.message


def test_the_working_folder_cannot_shadow_libraries(tmp_path, monkeypatch):
    """A json.py or pypdfium2.py in the working folder is not imported by the worker."""
    for name in ("json.py", "pypdfium2.py", "sitecustomize.py"):
        (tmp_path / name).write_text("raise SystemExit(9)")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    assert read(plain_pdf(["one"])).text == "one\n"


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


def test_glued_words_are_kept_where_no_reader_does_better():
    """Text that both readers find without spaces is kept as it is."""
    glued = "Therearetwomethodsofreadingthis" * 3
    assert read(plain_pdf([glued])).text == f"{glued}\n"


def test_tex_ligatures_are_spelled_out():
    """Ligatures that a font without a map leaves as control codes become letters."""
    assert read(plain_pdf(["the \\014rst di\\013erence"])).text == "the first difference\n"


def bomb(contents: bytes, page: bytes = b"", extra: tuple[bytes, ...] = ()) -> bytes:
    """Write a PDF of one page by hand; its contents are object 4, extra objects come after."""
    font = b"/Font<</F<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>>>"
    objects = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 99 99]/Contents 4 0 R/Resources<<%s%s>>>>" % (font, page),
        contents,
        *extra,
    ]
    out, starts = b"%PDF-1.4\n", []
    for number, body in enumerate(objects, 1):
        starts.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    table = b"".join(b"%010d 00000 n \n" % start for start in starts)
    head = b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    return (
        out
        + head
        + table
        + b"trailer<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF" % (len(objects) + 1, len(out))
    )


def stream(body: bytes, entries: bytes = b"") -> bytes:
    """Write a stream object."""
    return b"<</Length %d%s>>stream\n%s\nendstream" % (len(body), entries, body)


def inflating() -> bytes:
    """Return a PDF of a few kilobytes that unpacks to a gigabyte."""
    packer = zlib.compressobj(9)
    inner = b"".join(packer.compress(bytes(1 << 20)) for _ in range(1024)) + packer.flush()
    return bomb(stream(zlib.compress(inner, 9), b"/Filter[/FlateDecode/FlateDecode]"))


def multiplying() -> bytes:
    """Return a PDF in which forms draw forms, 10 to the power of 8 times in all."""
    kind = b"/Type/XObject/Subtype/Form/BBox[0 0 99 99]/Resources<</XObject<</X %d 0 R>>>>"
    forms = tuple(stream(b"/X Do " * 10, kind % (number + 1)) for number in range(5, 13))
    last = stream(b"BT /F 9 Tf (word) Tj ET", b"/Type/XObject/Subtype/Form/BBox[0 0 99 99]")
    return bomb(stream(b"/X Do"), b"/XObject<</X 5 0 R>>", (*forms, last))


@pytest.mark.parametrize("make", [inflating, multiplying])
def test_a_bomb_ends_within_the_limits(make):
    """A small file that asks for endless memory is refused in one line, and our own process does not grow."""
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    data = make()
    assert len(data) < 10_000
    refused(data, limits=WorkerLimits(memory_bytes=512 << 20, cpu_seconds=20))
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 100_000
