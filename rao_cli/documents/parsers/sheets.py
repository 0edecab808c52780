"""Extract the cells of a workbook (xlsx, xlsm, xlsb, xls, ods) as text, sheet by sheet, row by row.

Formulas give the values that were saved with them. Limits: formats are not applied: a date is written as ISO
date, a number with all its digits; charts and pictures give nothing.
"""

import io
from typing import Any

from rao_cli.documents.parsers.base import Content, Options, RefusedError, checked
from rao_cli.documents.parsers.zips import check_zip

_OLE = b"\xd0\xcf\x11\xe0"
_MOST_CELLS = 20_000_000
_DAMAGE_ERRORS = (ArithmeticError, AttributeError, LookupError, OSError, TypeError, ValueError)


def parse(data: bytes, options: Options) -> Content:
    """Return ``sheets``, each with ``name``, ``hidden`` and ``rows`` (lists of cells), empty rows left out.

    Raises RefusedError for a workbook that is damaged, encrypted or too large, or without python-calamine.
    """
    if not data.startswith(_OLE):
        check_zip(data)
    try:
        import python_calamine as calamine
    except ImportError as e:
        raise RefusedError("missing") from e
    try:
        book = calamine.CalamineWorkbook.from_filelike(io.BytesIO(data))
        visible = {sheet.name: str(sheet.visible).endswith("Visible") for sheet in book.sheets_metadata}
        sheets, length = [], 0
        for name in book.sheet_names:
            rows, size = _rows(book.get_sheet_by_name(name))
            length = checked(length + size, options)
            sheets.append({"name": name, "hidden": not visible.get(name, True), "rows": rows})
    except calamine.PasswordError as e:
        raise RefusedError("corrupt", "it is encrypted; save it without a password") from e
    # A parser meets damage of every kind, and does not promise which error it answers with.
    except (calamine.CalamineError, *_DAMAGE_ERRORS) as e:
        raise RefusedError("corrupt") from e
    return {"sheets": sheets}


def _rows(sheet: Any) -> tuple[list[list[str]], int]:
    if sheet.height * sheet.width > _MOST_CELLS:
        raise RefusedError("limit", f"a sheet of {sheet.height:,} x {sheet.width:,} cells")
    rows, size = [], 0
    for values in sheet.iter_rows():
        row = [_cell(value) for value in values]
        while row and not row[-1]:
            row.pop()
        if row:
            rows.append(row)
            size += sum(map(len, row))
    return rows, size


def _cell(value: Any) -> str:
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    return " ".join(str(value).split())
