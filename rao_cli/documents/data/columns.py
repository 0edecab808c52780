"""Tell what the values of a column are: numbers, times, single words or text.

Limits: a column is what most of a sample of its values are; identifiers made of digits count as numbers.
"""

import re
from collections.abc import Sequence
from typing import Literal

from rao_cli.documents.data.times import moment

MISSING = frozenset({"", "-", "n/a", "na", "null", "none", "nan"})
"""What stands, in lower case, where a value is missing."""
_NUMBER = re.compile(
    r"[+-]?[$€£¥]? ?(?:(?:\d{1,3}(?:,\d{3})+|\d{1,18})(?:\.\d{0,18})?|\.\d{1,18})(?:[eE][+-]?\d{1,2})? ?%?"
)
_MOST = 0.95
_WORD_CHARACTERS = 60


def number(text: str) -> float | None:
    """Return the number that a text is, thousands separated or not, a sum of money or a percentage; else None."""
    text = text.strip()
    if len(text) > 40 or not any(map(str.isdigit, text)) or not _NUMBER.fullmatch(text):
        return None
    return float(re.sub(r"[$€£¥,% ]", "", text))


def kind_of(values: Sequence[str]) -> Literal["number", "time", "word", "text"]:
    """Return what most of the values are that are not missing."""
    filled = [value for value in values if value.strip().lower() not in MISSING]
    least = _MOST * len(filled)
    if not filled:
        return "word"
    if sum(number(value) is not None for value in filled) >= least:
        return "number"
    if sum(moment(value) is not None for value in filled) >= least:
        return "time"
    short = sum(len(value) <= _WORD_CHARACTERS and len(value.split()) <= 4 for value in filled)
    single = sum(not any(map(str.isspace, value)) for value in filled)
    if single >= least or (short >= least and 2 * len(set(filled)) <= len(filled)):
        return "word"
    return "text"
