"""Decode bytes of unknown encoding into text with plain newlines.

Order: byte order mark, strict UTF-8, a guess from the first 64 KB, then Windows-1252 with a warning. Limits: the
guess can be wrong for short texts in single-byte encodings; a NUL byte without a byte order mark means binary.
"""

import codecs

from rao_cli.errors import InputError

_SAMPLE_BYTES = 64 * 1024
# UTF-32 first: its little-endian mark starts with that of UTF-16.
_MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


def decode(data: bytes, name: str) -> tuple[str, str]:
    """Return the text with newlines normalised, and a warning or an empty string.

    Raises InputError for a binary file.
    """
    text, warning = _decoded(data, name)
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    return text, warning


def is_binary(data: bytes) -> bool:
    """Tell whether the data hold a NUL byte without being marked as UTF-16 or UTF-32."""
    return b"\0" in data and not data.startswith(tuple(mark for mark, _ in _MARKS))


def _decoded(data: bytes, name: str) -> tuple[str, str]:
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return _marked(data, encoding, name)
    if is_binary(data):
        raise InputError(f"{name} is a binary file, not text", hint="convert it to text or PDF, then ask again")
    try:
        return data.decode("utf-8"), ""
    except UnicodeDecodeError:
        return _guessed(data, name)


def _marked(data: bytes, encoding: str, name: str) -> tuple[str, str]:
    try:
        return data.decode(encoding), ""
    except UnicodeDecodeError:
        return data.decode(encoding, "replace"), f"{name}: damaged {encoding} text, unreadable characters marked �"


def _guessed(data: bytes, name: str) -> tuple[str, str]:
    from charset_normalizer import from_bytes

    best = from_bytes(data[:_SAMPLE_BYTES]).best()
    encoding = best.encoding if best else "cp1252"
    try:
        return data.decode(encoding), f"{name}: not UTF-8, read as {encoding}"
    except (UnicodeDecodeError, LookupError):
        text = data.decode("cp1252", "replace")
        return text, f"{name}: encoding unknown, read as Windows-1252; some characters may be wrong"
