"""Estimate how damaged a text is that was taken out of a PDF: words glued together, fonts without a character map.

Limits: glued words are seen in alphabets with spaces only.
"""

import re
from collections.abc import Iterable

DAMAGED = 0.05
"""Share of damaged characters above which another reader is worth its time."""
# No word of a language with spaces is as long; compounds of German and Finnish stay well below one in twenty.
_GLUED = re.compile(r"(?<![A-Za-zÀ-ɏͰ-ӿ])[A-Za-zÀ-ɏͰ-ӿ]{25,}")
# What stands for characters that a font does not name: control codes (but for those that TeX's ligatures and
# pdfium's marks of hyphens use), the replacement character, areas for private use.
_UNNAMED = re.compile(r"[\x01\x03-\x08\x10-\x1f\x7f-\x9f�\ue000-\uf8ff]+")


def damage(texts: Iterable[str]) -> float:
    """Return the share of characters that stand in glued words or have no meaning, 0 for no text."""
    characters = damaged = 0
    for text in texts:
        characters += len(text)
        damaged += sum(map(len, _GLUED.findall(text))) + sum(map(len, _UNNAMED.findall(text)))
    return damaged / characters if characters else 0.0
