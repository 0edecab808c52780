"""Find the character that separates the cells of a table in text, by a rule of few lines.

Limits: comma, semicolon, tab and bar are known; the first 200 lines decide.
"""

import csv
import re

from rao_cli.documents.formats.columns import is_value

_CANDIDATES = (",", "\t", ";", "|")
_SAMPLE_LINES = 200
_PROSE = re.compile(r"[.!?]\s|\S{40}|(?:\S+\s+){6}")


def delimiter_of(sample: str) -> str:
    """Return the delimiter that divides the most rows of a sample into the same number of cells, most cells first.

    It is empty where none divides half of them.
    """
    best, best_score = "", (0.5, 0)
    for candidate in _CANDIDATES:
        counts = [len(row) for row in rows_of(sample, candidate)]
        usual = max(set(counts), key=counts.count) if counts else 0
        score = (round(counts.count(usual) / len(counts), 1), usual) if usual > 1 else (0.0, 0)
        if score > best_score:
            best, best_score = candidate, score
    return best


def rows_of(sample: str, delimiter: str) -> list[list[str]]:
    """Return the rows of a sample, without empty ones and without the last one, which may be cut short."""
    lines = sample.split("\n")[:_SAMPLE_LINES]
    try:
        rows = [row for row in csv.reader([line + "\n" for line in lines], delimiter=delimiter) if row]
    except csv.Error:
        return []
    return rows[:-1] if len(rows) > 1 and lines[-1] else rows


def looks_like_table(sample: str) -> bool:
    """Tell whether a text is plainly a table: a row of short names over rows as wide, a column of them values."""
    delimiter = delimiter_of(sample)
    if not delimiter:
        return False
    header, *rows = rows_of(sample, delimiter) or [[]]
    if len(header) < 3 or len(rows) < 4 or any(len(row) != len(header) for row in rows):
        return False
    if any(not name.strip() or is_value(name) or _PROSE.search(name) for name in header):
        return False
    columns = zip(*rows, strict=True)
    return any(all(is_value(cell) for cell in column) for column in columns)
