"""Make small office documents for the tests of reading, by hand where a library would not make them."""

import io
import zipfile

_TYPES = (
    '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Default Extension="xml" ContentType="application/xml"/>'
    '<Override PartName="/word/document.xml" ContentType='
    '"application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/></Types>'
)
_RELATION = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_ROOT = (
    '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
    f'<Relationship Id="r1" Type="{_RELATION}/officeDocument" Target="word/document.xml"/></Relationships>'
)
_SPACES = (
    'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" '
    f'xmlns:r="{_RELATION}" '
    'xmlns:pic="http://schemas.openxmlformats.org/drawingml/2006/picture" '
    'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" '
    'xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing"'
)


def docx(body: str, relations: str = "", members: dict[str, bytes] | None = None) -> bytes:
    """Return a Word file with this body, these relations of the document and other members."""
    found = {
        "[Content_Types].xml": _TYPES,
        "_rels/.rels": _ROOT,
        "word/document.xml": f"<w:document {_SPACES}><w:body>{body}</w:body></w:document>",
        "word/_rels/document.xml.rels": _ROOT.partition("<Relationship ")[0] + relations + "</Relationships>",
        **(members or {}),
    }
    return zipped(found)


def zipped(members: dict[str, bytes | str]) -> bytes:
    """Return a zip file with these members."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            # OpenDocument files tell their kind in a first member that is not compressed.
            method = zipfile.ZIP_STORED if name == "mimetype" else zipfile.ZIP_DEFLATED
            archive.writestr(name, data, method)
    return out.getvalue()


def paragraph(text: str, style: str = "") -> str:
    """Return a paragraph of a Word document."""
    about = f'<w:pPr><w:pStyle w:val="{style}"/></w:pPr>' if style else ""
    return f"<w:p>{about}<w:r><w:t>{text}</w:t></w:r></w:p>"


def linked_picture(target: str) -> tuple[str, str]:
    """Return a paragraph with a picture that is linked rather than held, and the relation that names it."""
    blip = '<pic:pic><pic:blipFill><a:blip r:link="r9"/></pic:blipFill></pic:pic>'
    blip = f"<a:graphic><a:graphicData>{blip}</a:graphicData></a:graphic>"
    drawing = f'<w:drawing><wp:inline><wp:docPr id="1" descr="a picture"/>{blip}</wp:inline></w:drawing>'
    relation = f'<Relationship Id="r9" Type="{_RELATION}/image" Target="{target}" TargetMode="External"/>'
    return f"<w:p><w:r>{drawing}</w:r></w:p>", relation


def pptx(*slides: tuple[str, str, str], table: list[list[str]] | None = None) -> bytes:
    """Return a presentation with a title, a text and notes on each slide, and a table on the last one."""
    import pptx as library
    from pptx.util import Inches

    presentation = library.Presentation()
    for title, text, notes in slides:
        slide = presentation.slides.add_slide(presentation.slide_layouts[1])
        slide.shapes.title.text = title
        slide.placeholders[1].text = text
        if notes:
            slide.notes_slide.notes_text_frame.text = notes
    if table:
        size = Inches(1)
        shape = slide.shapes.add_table(len(table), len(table[0]), size, size * 5, size, size)
        for at, row in enumerate(table):
            for number, cell in enumerate(row):
                shape.table.cell(at, number).text = cell
    out = io.BytesIO()
    presentation.save(out)
    return out.getvalue()


def ods(rows: list[list[str]]) -> bytes:
    """Return an OpenDocument workbook with one sheet of texts."""
    cell = '<table:table-cell office:value-type="string"><text:p>{}</text:p></table:table-cell>'
    lines = ["".join(map(cell.format, row)) for row in rows]
    space = "urn:oasis:names:tc:opendocument:xmlns:"
    names = " ".join(f'xmlns:{name}="{space}{name}:1.0"' for name in ("office", "table", "text"))
    body = "".join(f"<table:table-row>{line}</table:table-row>" for line in lines)
    content = f"<office:document-content {names}><office:body><office:spreadsheet>"
    content += f'<table:table table:name="Sheet">{body}</table:table>'
    content += "</office:spreadsheet></office:body></office:document-content>"
    manifest = '<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"/>'
    return zipped(
        {
            "mimetype": "application/vnd.oasis.opendocument.spreadsheet",
            "META-INF/manifest.xml": manifest,
            "content.xml": content,
        }
    )


def xlsx(sheets: dict[str, list[list[object]]], hidden: tuple[str, ...] = ()) -> bytes:
    """Return a workbook with these sheets of values (None leaves a cell empty); dates are written as dates."""
    import xlsxwriter

    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"default_date_format": "yyyy-mm-dd"})
    for name, rows in sheets.items():
        sheet = book.add_worksheet(name)
        for number, row in enumerate(rows):
            for column, value in enumerate(row):
                if value is not None:
                    sheet.write(number, column, value)
        if name in hidden:
            sheet.hide()
    book.close()
    return out.getvalue()
