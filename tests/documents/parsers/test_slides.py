"""The presentation parser: order on the slide, groups, hidden slides, damage."""

import io

import pptx
import pytest
from pptx.util import Inches

from rao_cli.documents.parsers.base import RefusedError
from rao_cli.documents.parsers.slides import parse
from tests.documents.office_files import docx, zipped
from tests.documents.office_files import pptx as made


def saved(fill) -> bytes:
    """Return a presentation of one empty slide that ``fill`` has written on."""
    presentation = pptx.Presentation()
    fill(presentation.slides.add_slide(presentation.slide_layouts[6]))
    out = io.BytesIO()
    presentation.save(out)
    return out.getvalue()


def box(shapes, text: str, top: int, left: int = 0) -> None:
    """Put a text at a place."""
    size = Inches(1)
    shapes.add_textbox(size * left, size * top, size, size).text_frame.text = text


def test_texts_come_from_top_to_bottom():
    """Texts are in the order of their places, not in that of their making; groups are opened."""

    def fill(slide):
        box(slide.shapes, "last", 3)
        box(slide.shapes, "right", 1, 2)
        box(slide.shapes, "left", 1, 1)
        group = slide.shapes.add_group_shape()
        box(group.shapes, "inside", 2)

    (slide,) = parse(saved(fill), {})["slides"]
    assert slide["text"].split("\n") == ["left", "right", "inside", "last"]


def test_hidden_slides_are_marked():
    """A slide that is not shown is read, and said to be hidden."""
    (slide,) = parse(saved(lambda slide: slide._element.set("show", "0")), {})["slides"]
    assert slide["hidden"]


def test_a_line_break_in_a_paragraph_is_a_line():
    """Soft line breaks end a line like hard ones."""
    (slide,) = parse(saved(lambda slide: box(slide.shapes, "a\vb", 1)), {})["slides"]
    assert slide["text"] == "a\nb"


@pytest.mark.parametrize("data", [docx(""), zipped({"ppt/presentation.xml": b"<a/>"}), zipped({"a": "b"})])
def test_other_files_are_refused(data):
    """Word files and archives of other things are no presentations."""
    with pytest.raises(RefusedError) as caught:
        parse(data, {})
    assert caught.value.code == "corrupt"


def test_too_much_text_is_refused():
    """Text beyond the limit is refused, not cut."""
    with pytest.raises(RefusedError):
        parse(made(("One", "text", "")), {"text_characters": 3})
