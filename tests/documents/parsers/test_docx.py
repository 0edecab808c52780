"""The Word parser: pictures are never opened, damage and missing libraries are refusals."""

import pytest

from rao_cli.documents.parsers.base import RefusedError
from rao_cli.documents.parsers.docx import parse
from tests.documents.office_files import docx, linked_picture, paragraph

PIXEL = b"\x89PNG\r\n\x1a\nnot read"


def test_text_comes_out():
    """A document's paragraphs are its text."""
    assert parse(docx(paragraph("one") + paragraph("two &lt;b&gt;")), {})["text"] == "one\n\ntwo <b>\n"


def test_pictures_inside_are_not_decoded():
    """A picture inside the document leaves its description only, and its bytes nowhere."""
    picture, relation = linked_picture("media/a.png")
    picture, relation = picture.replace("r:link", "r:embed"), relation.replace(' TargetMode="External"', "")
    data = docx(picture + paragraph("x"), relation, {"word/media/a.png": PIXEL})
    assert parse(data, {})["text"] == "a picture\n\nx\n"


@pytest.mark.parametrize(
    "data",
    [
        docx("<w:p>").replace(b"word/document.xml", b"word/nothing.xml0"),
        docx("", members={"word/document.xml": b"<not xml"}),
        docx("", members={"word/document.xml": b"\0\1\2"}),
        docx("", relations="<broken"),
    ],
)
def test_damage_is_a_refusal(data):
    """Documents whose parts are missing or no XML are refused as damaged."""
    with pytest.raises(RefusedError) as caught:
        parse(data, {})
    assert caught.value.code == "corrupt"
