"""Office files: headings, slides, sheets and rows; links are not followed, bombs and damage are refused."""

import datetime
import random
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rao_cli.documents.context import Context
from rao_cli.documents.failures import NoTextError
from rao_cli.documents.formats.office import read_docx, read_pptx, read_sheets
from rao_cli.documents.model import Span
from rao_cli.documents.workers import Workers
from rao_cli.errors import InputError
from tests.documents.formats import reading
from tests.documents.formats.reading import chapters, read, read_or_refused, values
from tests.documents.office_files import docx, linked_picture, ods, paragraph, pptx, xlsx, zipped

STYLES = (
    '<w:styles xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main">'
    '<w:style w:type="paragraph" w:styleId="H1"><w:name w:val="heading 1"/></w:style>'
    '<w:style w:type="paragraph" w:styleId="H2"><w:name w:val="heading 2"/></w:style></w:styles>'
)
STYLED = (
    '<Relationship Id="r2" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/styles" '
    'Target="styles.xml"/>'
)
CELL = "<w:tc>{}</w:tc>"
TABLE = f"<w:tbl><w:tr>{CELL.format(paragraph('a'))}{CELL.format(paragraph('b'))}</w:tr></w:tbl>"
WORD = docx(
    paragraph("Install", "H1") + paragraph("Get it.") + paragraph("Linux", "H2") + paragraph("Use apt.") + TABLE,
    STYLED,
    {"word/styles.xml": STYLES.encode()},
)
SLIDES = pptx(("One", "first\nsecond", "say hello"), ("Two", "third", ""), table=[["a", "b"], ["1", "2"]])
DAY = datetime.date(2024, 1, 31)
BOOK = xlsx(
    {
        "Sales": [["id", "day", "amount"], *[[number, DAY, number / 4] for number in range(300)]],
        "Empty": [],
        "Notes": [["hello\nworld"], [None], [True, 1.5, "x"]],
    },
    hidden=("Notes",),
)


@pytest.fixture(scope="module")
def context():
    """Yield a context whose worker is used by all tests."""
    with Workers(1) as workers:
        yield Context(workers=workers)


def refused(loader, data: bytes, context: Context) -> InputError:
    """Return the error of a file that cannot be read."""
    with pytest.raises(InputError) as caught:
        read(loader, data, "a.docx", context)
    return caught.value


def test_word_headings_are_chapters(context):
    """Paragraphs with heading styles are chapters, places are heading paths, tables lines of cells."""
    document = read(read_docx, WORD, "a.docx", context)
    assert chapters(document) == [(1, "Install"), (2, "Linux")]
    assert document.text == "Install\n\nGet it.\n\nLinux\n\nUse apt.\n\na | b\n"
    at = document.text.index("apt")
    assert str(document.locate(Span(at, at + 3))) == "dir/a.docx § Install › Linux"


def test_linked_files_are_not_read(context, tmp_path):
    """A picture that is linked to a file, a device or an address is not opened; its description stays."""
    secret = tmp_path / "secret.txt"
    secret.write_text("the secret words")
    for target in (secret.as_uri(), "file:///dev/zero", "http://127.0.0.1:9/x.png"):
        picture, relation = linked_picture(target)
        start = time.monotonic()
        document = read(read_docx, docx(paragraph("seen") + picture, relation), "a.docx", context)
        assert document.text == "seen\n\na picture\n"
        assert time.monotonic() - start < 5


def test_slides_are_sections(context):
    """Each slide is a section with its title, texts, table and notes, and is named in places."""
    document = read(read_pptx, SLIDES, "a.pptx", context)
    assert chapters(document) == [(1, "One"), (1, "Two")]
    assert document.text == "One\nfirst\nsecond\n\nNotes: say hello\n\nTwo\nthird\na | b\n1 | 2\n"
    at = document.text.index("third")
    assert str(document.locate(Span(at, at + 5))) == "dir/a.pptx slide 2"
    assert values(document) == {"slides": 2, "slides without text": 0}


def test_sheets_are_sections_with_facts(context):
    """Each sheet with cells is a section of rows, named in places, with facts about its columns."""
    document = read(read_sheets, BOOK, "a.xlsx", context)
    assert [title for depth, title in chapters(document) if depth == 1] == ["Sales", "Notes (hidden)"]
    assert document.text.startswith("id | day | amount\n0 | 2024-01-31 | 0\n1 | 2024-01-31 | 0.25\n")
    assert document.text.endswith("\nhello world\nTrue | 1.5 | x\n")
    at = document.text.index("hello")
    assert str(document.locate(Span(at, at + 5))) == "dir/a.xlsx sheet 2"
    sales = document.facts[0]
    assert sales.path == "dir/a.xlsx › Sales"
    number, day, amount = reading.rows(sales.tables[0])
    assert (number["sum"], day["type"], amount["sum"]) == ("44850", "date", "11212.5")


def test_open_document_sheets_are_read(context):
    """A workbook of LibreOffice is read like one of Excel."""
    document = read(read_sheets, ods([["a", "b"], ["1", "x"]]), "a.ods", context)
    assert document.text == "a | b\n1 | x\n"


@pytest.mark.parametrize(
    ("loader", "data"),
    [
        (read_docx, docx("")),
        (read_pptx, pptx(("", "", ""))),
        (read_sheets, xlsx({"a": [[]]})),
    ],
)
def test_files_without_text_say_so(context, loader, data):
    """An empty document, presentation or workbook holds no text."""
    with pytest.raises(NoTextError):
        read(loader, data, "a", context)


@pytest.mark.parametrize("loader", [read_docx, read_pptx, read_sheets])
def test_bombs_are_refused(context, loader):
    """An archive that would unpack to far more than its size is refused before it is unpacked."""
    bomb = zipped({"[Content_Types].xml": b" " * 40_000_000, "word/document.xml": b" ", "xl/workbook.xml": b""})
    error = refused(loader, bomb, context)
    assert "needs more memory or holds more text than is allowed" in error.message
    assert "split" in error.hint


def test_nested_tables_without_end_are_refused(context):
    """Tables in tables beyond any use end in one line, not in a traceback."""
    deep = "<w:tbl><w:tr><w:tc>" * 3000 + paragraph("x") + "</w:tc></w:tr></w:tbl>" * 3000
    assert refused(read_docx, docx(deep), context).hint


def test_entities_do_not_multiply(context):
    """Entities that expand without end in the XML of a document are refused."""
    names = [f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, 10)]
    xml = f'<!DOCTYPE d [<!ENTITY e0 "xxxxxxxxxx">{"".join(names)}]><d>&e9;</d>'
    start = time.monotonic()
    assert refused(read_docx, docx("", members={"word/document.xml": xml.encode()}), context).hint
    assert time.monotonic() - start < 20


@pytest.mark.parametrize(
    ("loader", "data"), [(read_docx, WORD), (read_pptx, SLIDES), (read_sheets, BOOK)], ids=["docx", "pptx", "xlsx"]
)
@settings(max_examples=15)
@given(seed=st.integers(0, 10_000))
def test_damaged_files_are_read_or_refused(context, loader, data, seed):
    """Files with bytes changed, cut short or renamed to another kind are read or refused in one line."""
    chance = random.Random(seed)
    damaged = bytearray(data)
    for _ in range(chance.randint(1, 20)):
        damaged[chance.randrange(len(damaged))] = chance.randrange(256)
    for found in (bytes(damaged), data[: chance.randrange(len(data))]):
        for reader in (loader, chance.choice([read_docx, read_pptx, read_sheets])):
            read_or_refused(reader, found, "a", context)
