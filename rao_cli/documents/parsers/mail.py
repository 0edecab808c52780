"""Extract mail messages: the headers that matter, the text, the names of attachments.

A message's plain text is preferred; where it has none, its HTML is turned into text. Messages attached to a
message are read as part of it. Limits: attachments are listed, not opened; signatures and encryption are not
checked.
"""

import contextlib
import email
from email.errors import MessageError
from email.header import decode_header, make_header
from email.message import Message
from typing import Any

from rao_cli.documents.parsers.base import Content, Options, checked
from rao_cli.documents.parsers.html import convert

_SHOWN = ("From", "To", "Cc", "Date", "Subject")
_DEEPEST = 10
_MOST_PARTS = 1000
_LONGEST_HEADER = 100_000
_DAMAGE_ERRORS = (ArithmeticError, AttributeError, LookupError, TypeError, ValueError, MessageError)


def parse(data: bytes, options: Options) -> Content:
    """Return ``messages`` for the bytes of those that ``options["sizes"]`` tells apart, or of one.

    Each has ``subject``, ``headers`` (lines), ``text``, ``attachments`` (lines) and how much is ``hidden``.
    """
    sizes = options.get("sizes") or [len(data)]
    messages, at, length = [], 0, 0
    for size in sizes:
        message = email.message_from_bytes(data[at : at + size])
        at += size
        messages.append(_message(message, options))
        length = checked(length + len(messages[-1]["text"]), options)
    return {"messages": messages}


def _message(message: Message, options: Options) -> dict[str, Any]:
    found: dict[str, Any] = {"attachments": [], "hidden": 0}
    texts: list[str] = []
    _collect(message, texts, found, options, [0])
    found["subject"] = _header(message, "Subject")
    found["headers"] = _headers(message)
    found["text"] = "\n\n".join(text.strip("\n") for text in texts if text.strip())
    return found


def _headers(message: Message) -> list[str]:
    return [f"{name}: {value}" for name in _SHOWN if (value := _header(message, name))]


def _header(message: Message, name: str) -> str:
    """Return a header as one line: words in other encodings decoded, bytes that are none taken for UTF-8."""
    found = (str(value) for key, value in message.raw_items() if key.lower() == name.lower())
    text = next(found, "").encode("utf-8", "surrogateescape").decode("utf-8", "replace")
    # Decoding takes the square of the number of words; no header that is meant to be read is so long.
    if len(text) <= _LONGEST_HEADER:
        with contextlib.suppress(*_DAMAGE_ERRORS):
            text = str(make_header(decode_header(text)))
    return " ".join(text.split())


def _collect(
    part: Any, texts: list[str], found: dict[str, Any], options: Options, seen: list[int], depth: int = 0
) -> None:
    """Add the texts of a part and of those inside it."""
    seen[0] += 1
    if depth > _DEEPEST or seen[0] > _MOST_PARTS:
        return
    kind = part.get_content_type()
    if kind == "message/rfc822":
        for inner in part.get_payload() if part.is_multipart() else []:
            texts.append("\n".join(["--- attached message ---", *_headers(inner)]))
            _collect(inner, texts, found, options, seen, depth + 1)
    elif part.is_multipart():
        parts = part.get_payload()
        for inner in [_best(parts)] if kind == "multipart/alternative" and parts else parts:
            _collect(inner, texts, found, options, seen, depth + 1)
    elif _is_attachment(part) or not kind.startswith(("text/", "multipart/")):
        found["attachments"].append(_described(part, kind))
    else:
        text = _content(part)
        if kind == "text/html":
            page = convert(text, options)
            text, found["hidden"] = page["text"], found["hidden"] + page["hidden"]
        texts.append(text)


def _best(parts: list[Any]) -> Any:
    """Return the alternative that is plain text, or else the one that the sender likes best: the last."""
    return next(
        (part for part in parts if part.get_content_type() == "text/plain" and _content(part).strip()), parts[-1]
    )


def _is_attachment(part: Any) -> bool:
    try:
        return bool(part.get_content_disposition() == "attachment")
    except _DAMAGE_ERRORS:
        return False


def _described(part: Any, kind: str) -> str:
    try:
        name = part.get_filename() or "unnamed"
    except _DAMAGE_ERRORS:
        name = "unnamed"
    payload = part.get_payload(decode=True) or b""
    return f"{' '.join(str(name).split())} ({kind}, {len(payload):,} bytes)"


def _content(part: Any) -> str:
    payload = part.get_payload(decode=True) or b""
    charset = part.get_content_charset() or "utf-8"
    for encoding in (charset, "utf-8"):
        try:
            return str(payload.decode(encoding)).replace("\r\n", "\n").replace("\r", "\n")
        except (UnicodeError, LookupError):
            continue
    return str(payload.decode("cp1252", "replace")).replace("\r\n", "\n").replace("\r", "\n")
