"""Measuring lines: heights, sizes, boldness, and counting as pdfium counts."""

import pypdfium2
import pytest

from rao_cli.documents.parsers.pdf_lines import Lines, whole
from tests.documents.making import drawn_pdf, laid_out_pdf


def measured(data: bytes, styles: bool = True) -> dict:
    """Measure the first page."""
    document = pypdfium2.PdfDocument(data)
    text_page = document[0].get_textpage()
    return Lines(styles).measure(text_page, text_page.get_text_range())


def test_lines_tell_height_and_size():
    """Each line has its baseline's height and its size in tenths, negative for bold."""
    found = measured(
        laid_out_pdf([[("Title", 24, 700, True), ("body text", 10, 600, False), ("last", 9, 40, False)]])
    )
    assert found == {"text": "Title\nbody text\nlast", "tops": [700, 600, 40], "styles": [-240, 100, 90]}


def test_styles_are_left_out_unless_wanted():
    """Without the wish for styles only heights are measured."""
    assert measured(laid_out_pdf([[("a line", 10, 600, False)]]), styles=False)["styles"] == []


def test_a_scaled_font_has_the_size_it_is_shown_in():
    """A font of size 1 that its matrix scales by 14 is 14 points large."""
    assert measured(drawn_pdf(["BT /F1 1 Tf 14 0 0 14 72 700 Tm (scaled) Tj ET"]))["styles"] == [140]


def test_a_line_that_is_bold_at_its_start_only_is_not_bold():
    """A bold term before plain text does not make a heading of it."""
    data = drawn_pdf(["BT 72 700 Td /F2 10 Tf (Term) Tj /F1 10 Tf ( and what it means) Tj ET"])
    assert measured(data)["styles"] == [100]


@pytest.mark.parametrize(
    ("font", "bold"),
    [
        ("CMBX12", True),
        ("CMR12", False),
        ("NimbusSanL-Bold", True),
        ("ABCDEF+SFBX1000", True),
        ("Ambixious", False),
    ],
)
def test_bold_fonts_are_known_by_name(font, bold):
    """TeX's bold fonts and those with a word for bold in their name are bold, others are not."""
    data = drawn_pdf(["BT /F1 10 Tf 72 700 Td (text) Tj ET"], fonts=(font, "Helvetica"))
    assert measured(data)["styles"] == [-100 if bold else 100]


def test_only_the_first_thousand_lines_are_measured():
    """A page with more lines than any keeps its text, and no more than a thousand heights."""
    content = "BT /F1 1 Tf 1 TL 72 4000 Td " + "(x) Tj T* " * 1500 + "ET"
    found = measured(drawn_pdf([content]))
    assert found["text"].count("x") == 1500
    assert len(found["tops"]) == len(found["styles"]) <= 1000


@pytest.mark.parametrize(
    ("number", "expected"),
    [(1.6, 2), (-3.2, -3), (1e30, 20_000), (-1e30, -20_000), (float("nan"), 0), (float("inf"), 0)],
)
def test_numbers_stay_within_paper(number, expected):
    """A place or size from a hostile file becomes a whole number within bounds."""
    assert whole(number) == expected
