"""Measure how the lines of a PDF page are set, as pdfium knows it: their height on the page, size and boldness.

Only the first and the last character of a line are asked, so that it costs a tenth of reading the text. Limits:
a line set in several sizes counts as its first character's; Type 3 fonts (bitmaps) have no size.
"""

import ctypes
import math
import re
from typing import Any

# Lines of a page that are measured; more than any page holds on purpose.
_MOST_LINES = 1_000
# A longer line is no heading, so its font does not matter.
_HEADING_CHARACTERS = 120
_BOLD = re.compile(rb"bold|black|heavy|demi|(?:CM|SF|EC|LM)(?:BX|SSBX)|(?:^|\+)(?:ec|cm|sf)(?:bx|ssbx)", re.I)
_FONT_NAME = 100


class Lines:
    """Measures pages one after another; ``styles`` is whether sizes are wanted beside the places."""

    def __init__(self, styles: bool) -> None:
        import pypdfium2.raw

        self._styles = styles
        self._pdfium = pypdfium2.raw
        self._x, self._y = ctypes.c_double(), ctypes.c_double()
        self._matrix = pypdfium2.raw.FS_MATRIX()
        self._name, self._flags = ctypes.create_string_buffer(_FONT_NAME), ctypes.c_int()

    def measure(self, text_page: Any, text: str) -> dict[str, Any]:
        """Return the text with plain newlines, and for each of its lines ``tops`` and, if wanted, ``styles``.

        A top is the baseline's distance from the page's lower edge in points; a style is the size in tenths of a
        point, negative for bold, 0 where it is not known. Lines after the first thousand are not measured.
        """
        # A lone newline comes out of a font without a map; it ends no line.
        lines = [line.replace("\n", " ") for line in text.split("\r\n")]
        tops: list[int] = []
        styles: list[int] = []
        at = 0
        for line in lines[:_MOST_LINES]:
            tops.append(self._top(text_page, at) if line else 0)
            if self._styles:
                styles.append(self._style(text_page, at, line) if line else 0)
            at += _units(line) + 2
        return {"text": "\n".join(lines), "tops": tops, "styles": styles}

    def _top(self, text_page: Any, at: int) -> int:
        index = self._pdfium.FPDFText_GetCharIndexFromTextIndex(text_page, at)
        found = self._pdfium.FPDFText_GetCharOrigin(text_page, index, self._x, self._y)
        return whole(self._y.value) if found else 0

    def _style(self, text_page: Any, at: int, line: str) -> int:
        index = self._pdfium.FPDFText_GetCharIndexFromTextIndex(text_page, at)
        size = self._pdfium.FPDFText_GetFontSize(text_page, index)
        font = self._font(text_page, index)
        if not font or not self._pdfium.FPDFText_GetMatrix(text_page, index, self._matrix):
            return 0
        tenths = whole(10 * size * math.hypot(self._matrix.c, self._matrix.d))
        if len(line) > _HEADING_CHARACTERS or not _BOLD.search(font):
            return tenths
        last = self._pdfium.FPDFText_GetCharIndexFromTextIndex(text_page, at + _units(line.rstrip()) - 1)
        return -tenths if _BOLD.search(self._font(text_page, last)) else tenths

    def _font(self, text_page: Any, index: int) -> bytes:
        """Return the name of a character's font, empty for one of Type 3, whose sizes mean nothing."""
        self._name.value = b""
        self._pdfium.FPDFText_GetFontInfo(text_page, index, self._name, _FONT_NAME, self._flags)
        return self._name.value


def _units(line: str) -> int:
    """Return the line's length as pdfium counts, in units of UTF-16."""
    return len(line) if line.isascii() else len(line.encode("utf-16-le", "surrogatepass")) // 2


def whole(number: float) -> int:
    """Return the nearest whole number within the range of paper; a hostile page may stand anywhere."""
    return round(max(-20_000.0, min(20_000.0, number))) if math.isfinite(number) else 0
