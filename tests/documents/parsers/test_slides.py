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


@pytest.mark.parametrize("count", [1, 2, 5])
def test_every_slide_is_read_in_order(count):
    """A presentation gives each slide with its title, text and notes, in order."""
    data = made(*((f"Title {n}", f"text {n}", f"note {n}" if n % 2 else "") for n in range(count)))
    slides = parse(data, {})["slides"]
    assert [slide["title"] for slide in slides] == [f"Title {n}" for n in range(count)]
    for n, slide in enumerate(slides):
        assert f"text {n}" in slide["text"]
        assert (f"Notes: note {n}" in slide["text"]) is bool(n % 2)
        assert not slide["hidden"]


@pytest.mark.parametrize(
    ("table", "lines"),
    [
        ([["a", "b"], ["c", "d"]], ["a | b", "c | d"]),
        ([["a", ""], ["", "d"]], ["a | ", " | d"]),
        ([["two\nlines", " b "]], ["two lines | b"]),
    ],
)
def test_tables_are_lines_of_cells(table, lines):
    """Each row of a table is a line, its cells between bars, each on one line."""
    (slide,) = parse(made(("T", "x", ""), table=table), {})["slides"]
    assert slide["text"].split("\n")[-len(lines) :] == lines


def test_groups_without_end_stop():
    """Texts in groups in groups are read to a depth, and what lies deeper is left out."""

    def fill(slide):
        shapes = slide.shapes
        for depth in range(60):
            shapes = shapes.add_group_shape().shapes
            box(shapes, f"depth {depth}", 1)

    (slide,) = parse(saved(fill), {})["slides"]
    found = slide["text"].split("\n")
    assert "depth 0" in found
    assert "depth 59" not in found
    assert 40 <= len(found) <= 51


@pytest.mark.parametrize("texts", [["a", "", "b"], [" ", "b", "a"], ["é漢😀", "x | y", "-"]])
def test_empty_texts_leave_no_line(texts):
    """A box without words is passed over, all others are lines."""

    def fill(slide):
        for top, text in enumerate(texts):
            box(slide.shapes, text, top)

    (slide,) = parse(saved(fill), {})["slides"]
    assert slide["text"].split("\n") == [text for text in texts if text.strip()]


@pytest.mark.parametrize("share", [0.2, 0.5, 0.9])
def test_a_presentation_that_is_cut_is_refused(share):
    """Part of a presentation is damaged, and said to be."""
    data = made(("One", "text", ""))
    with pytest.raises(RefusedError) as caught:
        parse(data[: int(len(data) * share)], {})
    assert caught.value.code == "corrupt"
