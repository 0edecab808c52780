"""Make small PDFs, section trees and text for the tests of reading."""

import io
from itertools import pairwise

from hypothesis import strategies as st
from pypdf import PdfReader, PdfWriter

from rao_cli.documents.model import Document, Section, Span

ALPHABET = "ab Z9.\n\n,é漢😀\t-#=_"
texts = st.text(alphabet=ALPHABET, min_size=1, max_size=400)


PICTURE = "q 612 0 0 792 0 0 cm BI /W 1 /H 1 /BPC 8 /CS /G ID \x80 EI Q"
"""The contents of a page that shows a picture, as a scanned one does."""


def make_pdf(pages: list[str], outline: list[tuple[str, int, int]] | None = None) -> bytes:
    """Return a PDF with one line of Helvetica for each line of each page, and an outline (title, level, page)."""
    writer = PdfWriter()
    for page in PdfReader(io.BytesIO(plain_pdf(pages))).pages:
        writer.add_page(page)
    parents: dict[int, object] = {}
    for title, level, page in outline or []:
        parents[level] = writer.add_outline_item(title=title, page_number=page, parent=parents.get(level - 1))
    return written(writer)


def written(writer: PdfWriter) -> bytes:
    """Return what the writer writes."""
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def encrypted_pdf(pages: list[str], password: str) -> bytes:
    """Return a PDF that opens with a password only."""
    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(plain_pdf(pages))))
    writer.encrypt(user_password=password, algorithm="RC4-128")
    return written(writer)


def plain_pdf(pages: list[str]) -> bytes:
    """Return a PDF with one line of Helvetica for each line of each page."""
    shown = [" T* ".join(f"({line}) Tj" for line in page.split("\n") if line) for page in pages]
    return drawn_pdf([f"BT /F1 11 Tf 14 TL 72 720 Td {lines} ET" if lines else "" for lines in shown])


def laid_out_pdf(pages: list[list[tuple[str, int, int, bool]]]) -> bytes:
    """Return a PDF whose lines say what they are, how large, how high on the page and whether bold."""
    return drawn_pdf(
        [
            " ".join(f"BT /F{1 + bold} {size} Tf 72 {top} Td ({text}) Tj ET" for text, size, top, bold in lines)
            for lines in pages
        ]
    )


def drawn_pdf(contents: list[str], fonts: tuple[str, str] = ("Helvetica", "Helvetica-Bold")) -> bytes:
    """Return a PDF written by hand, object by object, whose pages have these contents."""
    kids = " ".join(f"{5 + 2 * index} 0 R" for index in range(len(contents)))
    objects = [
        "<< /Type /Catalog /Pages 2 0 R >>",
        f"<< /Type /Pages /Kids [{kids}] /Count {len(contents)} >>",
        *(f"<< /Type /Font /Subtype /Type1 /BaseFont /{font} >>" for font in fonts),
    ]
    for index, stream in enumerate(contents):
        objects.append(
            "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] "
            f"/Resources << /Font << /F1 3 0 R /F2 4 0 R >> >> /Contents {6 + 2 * index} 0 R >>"
        )
        objects.append(f"<< /Length {len(stream)} >>\nstream\n{stream}\nendstream")
    return _numbered(objects)


def _numbered(objects: list[str]) -> bytes:
    out = "%PDF-1.4\n"
    offsets = []
    for position, body in enumerate(objects, 1):
        offsets.append(len(out))
        out += f"{position} 0 obj\n{body}\nendobj\n"
    table = "".join(f"{offset:010d} 00000 n \n" for offset in offsets)
    size = len(objects) + 1
    trailer = f"trailer\n<< /Size {size} /Root 1 0 R >>\nstartxref\n{len(out)}\n%%EOF\n"
    return (out + f"xref\n0 {size}\n0000000000 65535 f \n{table}" + trailer).encode("latin-1")


@st.composite
def trees(draw: st.DrawFn, span: Span, depth: int = 3) -> Section:
    """Return an arbitrary section tree whose leaves partition a span."""
    kind = draw(st.sampled_from(["folder", "file", "chapter", "page", "paragraph", "group"]))
    title = draw(st.sampled_from(["", "One", "Two words", "drei"]))
    children: tuple[Section, ...] = ()
    if depth and len(span) > 1 and draw(st.booleans()):
        inner = st.integers(span.start + 1, span.end - 1)
        cuts = [span.start, *sorted(draw(st.sets(inner, max_size=5))), span.end]
        children = tuple(draw(trees(Span(a, b), depth - 1)) for a, b in pairwise(cuts))
    return Section("", title, kind, span, children)


def check_partition(document: Document, root: Section) -> None:
    """Assert that the leaves partition the text, children fill their parents and ids are unique."""
    at = 0
    for leaf in root.leaves():
        assert leaf.span.start == at
        assert leaf.span.end > at
        at = leaf.span.end
    assert at == len(document.text)
    sections = list(root.walk())
    assert len({section.id for section in sections}) == len(sections)
    for section in sections:
        if section.children:
            assert section.span == Span(section.children[0].span.start, section.children[-1].span.end)
