"""Tell what kind of file bytes are: by how they start first, by the file's name second.

Limits: a table or Markdown without a name of its own is recognised only when it is plain to see; what is left is
"text", of which the code and log readers know more.
"""

import json
import re
from pathlib import PurePath

from rao_cli.documents.encoding import TextDecoder, is_binary
from rao_cli.documents.formats.delimiters import looks_like_table


def _names(listed: str) -> frozenset[str]:
    """Return the names in a list."""
    return frozenset(listed.split())


_SIGNATURES = ((b"\x1f\x8b", "gzip"), (b"\x28\xb5\x2f\xfd", "zstd"), (b"PK\x05\x06", "zip"))
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_NAMES = {
    "html": (".html", ".htm", ".xhtml"),
    "markdown": (".md", ".markdown", ".mdown", ".mkd", ".mkdn", ".mdx", ".qmd"),
    "rst": (".rst", ".rest"),
    "csv": (".csv", ".tsv", ".tab", ".psv"),
    "jsonl": (".jsonl", ".ndjson", ".jsonlines"),
    "json": (".json", ".geojson", ".topojson", ".har", ".webmanifest"),
    "mbox": (".mbox",),
    "mail": (".eml",),
}
_KINDS = {suffix: kind for kind, suffixes in _NAMES.items() for suffix in suffixes}
_OFFICE = {".docx": "docx", ".docm": "docx", ".pptx": "pptx", ".pptm": "pptx"}
_OFFICE |= dict.fromkeys((".xlsx", ".xlsm", ".xlsb", ".ods"), "xlsx")
_OPEN_FORMATS = re.compile(rb"mimetypeapplication/vnd\.oasis\.opendocument\.(spreadsheet)")
_MEMBER = re.compile(rb"PK\x03\x04.{26}(\[Content_Types\]\.xml|_rels/|docProps/|word/|ppt/|xl/)", re.DOTALL)
_MEMBER_KINDS = {b"word/": "docx", b"ppt/": "pptx", b"xl/": "xlsx"}
# These hold HTML, but are programs.
_TEMPLATES = _names(".php .phtml .jsp .asp .aspx .erb .ejs .j2 .jinja .jinja2 .tmpl .tpl .hbs .mustache")
_HTML = re.compile(r"(?:\s|<!--.*?-->|<\?xml[^>]*>)*+(?:<!doctype\s+html|<html[\s>])", re.IGNORECASE | re.DOTALL)
_FIELD = re.compile(r"([A-Za-z][A-Za-z0-9-]*):(?:[ \t]|$)", re.MULTILINE)
_MAIL_FIELDS = _names(
    "from to cc subject date received return-path mime-version message-id delivered-to content-type reply-to"
)
_MBOX = re.compile(r"From \S+ (?=[^\n]*\d{4})[^\n]*\n[A-Za-z][A-Za-z0-9-]*:")
_LATE_PDF = re.compile(rb"%PDF-\d\.\d[\s\S]*?\d+ \d+ obj")
_MARKDOWN = re.compile(r"(?:\A|\n\n)#{1,4} [^\n]+\n(?=\n)")
_FORMAT_PATCH = (".patch", ".diff")


def kind_of(head: bytes, name: str) -> str:
    """Return the kind of a file that starts with ``head`` (at least 4 KB of it) and is called ``name``.

    It is one of pdf, html, docx, pptx, xlsx, mail, mbox, notebook, csv, json, jsonl, markdown, rst, gzip, zstd,
    zip, tar, binary and text.
    """
    suffix = PurePath(name).suffix.lower()
    if head.startswith(b"%PDF-") or _LATE_PDF.search(head[:4096]):
        return "pdf"
    for signature, kind in _SIGNATURES:
        if head.startswith(signature):
            return kind
    if head.startswith(b"PK\x03\x04"):
        return _zip_kind(head, suffix)
    if head.startswith(_OLE):
        return "xlsx" if suffix in {".xls", ".xlt", ""} else "binary"
    if head[257:262] == b"ustar":
        return "tar"
    if is_binary(head):
        return "binary"
    return _text_kind(TextDecoder(head).decode(head, final=True), suffix)


def _zip_kind(head: bytes, suffix: str) -> str:
    if _OPEN_FORMATS.search(head[:200]):
        return "xlsx"
    members = set(_MEMBER.findall(head))
    # A plain archive may hold a folder named word, but not the table of types.
    if b"[Content_Types].xml" in members or b"_rels/" in members or suffix in _OFFICE:
        kinds = [kind for folder, kind in _MEMBER_KINDS.items() if folder in members]
        return kinds[0] if len(kinds) == 1 else _OFFICE.get(suffix, "zip")
    return "zip"


def _text_kind(text: str, suffix: str) -> str:
    start = text.lstrip()[:1]
    if start == "<" and suffix not in _TEMPLATES and _HTML.match(text):
        return "html"
    if suffix == ".ipynb" and start == "{":
        return "notebook"
    if start in {"{", "["} and (kind := _json_kind(text)):
        return kind
    if _KINDS.get(suffix) in {None, "mail", "mbox"} and (kind := _mail_kind(text, suffix)):
        return kind
    # What is called JSON and is not may be JSON with comments, which the code reader knows.
    if _KINDS.get(suffix) == "json":
        return "text"
    return _KINDS.get(suffix) or _unnamed_kind(text, suffix)


def _json_kind(text: str) -> str:
    """Return json or jsonl if the text starts so, or an empty string; the text may be cut short."""
    try:
        json.loads(text)
    except json.JSONDecodeError as e:
        rest = text[e.pos :].lstrip()
        if e.msg == "Extra data":
            lines = "\n" in text[: e.pos + 1]
            return "jsonl" if lines and rest[:1] == text.lstrip()[:1] == "{" else ""
        cut = len(text) >= 4000 and (len(text) - e.pos < 100 or e.msg.startswith("Unterminated"))
        if not cut:
            return ""
    except (RecursionError, ValueError):
        # Nested too deeply, or a number too long: JSON all the same.
        return "json"
    return "notebook" if '"cell_type"' in text and '"cells"' in text else "json"


def _mail_kind(text: str, suffix: str) -> str:
    if suffix in _FORMAT_PATCH:
        return ""
    if text.startswith("From ") and _MBOX.match(text):
        return "mbox"
    if not _FIELD.match(text):
        return ""
    fields = {field.lower() for field in _FIELD.findall(text.split("\n\n", 1)[0])}
    return "mail" if len(fields & _MAIL_FIELDS) >= 3 and fields & {"from", "subject", "received"} else ""


def _unnamed_kind(text: str, suffix: str) -> str:
    if suffix in {"", ".txt", ".dat"} and looks_like_table(text):
        return "csv"
    if not suffix and len(_MARKDOWN.findall(text)) >= 2:
        return "markdown"
    return "text"
