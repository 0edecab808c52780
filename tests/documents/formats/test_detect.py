"""Kinds of files: told by how they start first, by their names second."""

import gzip
import io
import json
import tarfile
import time
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rao_cli.documents.formats.detect import kind_of
from tests.documents.making import plain_pdf

KINDS = {
    *(
        "pdf",
        "html",
        "docx",
        "pptx",
        "xlsx",
        "mail",
        "mbox",
        "notebook",
        "csv",
        "json",
        "jsonl",
        "markdown",
        "rst",
    ),
    *("gzip", "zstd", "zip", "tar", "binary", "text"),
}
MAIL = b"Received: from a by b\nFrom: a@x\nTo: b@y\nSubject: hi\n\ntext\n"
CELLS = json.dumps({"cells": [{"cell_type": "code", "source": []}], "nbformat": 4}).encode()


def zipped(*names: str, stored: str = "") -> bytes:
    """Return a zip file with these members, the first of them uncompressed if it has content."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in names:
            method = zipfile.ZIP_STORED if name == "mimetype" else zipfile.ZIP_DEFLATED
            archive.writestr(name, stored or "x" * 50, method)
    return out.getvalue()


def tarred() -> bytes:
    """Return a tar file with one member."""
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as archive:
        archive.addfile(tarfile.TarInfo("a"), io.BytesIO())
    return out.getvalue()


@pytest.mark.parametrize(
    ("head", "name", "kind"),
    [
        (plain_pdf(["x"]), "a.txt", "pdf"),
        (b"junk before\n" + plain_pdf(["x"]), "a", "pdf"),
        (b"A text about the %PDF- header.", "a.txt", "text"),
        (b"<!DOCTYPE html><html><body>x", "a.pdf", "html"),
        (b"<!-- c -->\n<?xml version='1.0'?>\n<HTML lang=en>", "a", "html"),
        (b"<p>no more than that", "a.htm", "html"),
        (b"<!DOCTYPE html><?php echo 1 ?>", "a.php", "text"),
        (b"<root><item/></root>", "a.xml", "text"),
        (zipped("[Content_Types].xml", "_rels/.rels", "word/document.xml"), "a.zip", "docx"),
        (zipped("[Content_Types].xml", "ppt/presentation.xml"), "a", "pptx"),
        (zipped("_rels/.rels", "xl/workbook.xml"), "a", "xlsx"),
        (zipped("[Content_Types].xml", "docProps/thumbnail.jpeg"), "a.docx", "docx"),
        (zipped("word/readme.txt"), "a.zip", "zip"),
        (zipped("mimetype", stored="application/vnd.oasis.opendocument.spreadsheet"), "a", "xlsx"),
        (zipped("a.txt"), "a", "zip"),
        (zipped(), "a", "zip"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "a.xls", "xlsx"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "a.doc", "binary"),
        (gzip.compress(b"x"), "a.txt", "gzip"),
        (b"\x28\xb5\x2f\xfd" + b"\0" * 9, "a", "zstd"),
        (tarred(), "a.txt", "tar"),
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "a.md", "binary"),
        (MAIL, "stdin", "mail"),
        (b"From: me\nlater text without other fields", "a.txt", "text"),
        (b"From a@x Mon Jan  1 00:00:00 2024\n" + MAIL, "Inbox", "mbox"),
        (b"From 1234abcd Mon Sep 17 00:00:00 2001\nFrom: a\nSubject: s\nDate: d\n", "a.patch", "text"),
        (b"To be, or not", "a.eml", "mail"),
        (CELLS, "a.ipynb", "notebook"),
        (CELLS, "stdin", "notebook"),
        (b'{"a": [1, 2]}', "a.txt", "json"),
        (b'[{"a": 1}, {"a":', "a.json", "text"),
        (b'[{"a": 1},' + b'{"a": 1},' * 600, "stdin", "json"),
        (b"[" * 5000, "stdin", "json"),
        (b'{"a": ' + b"9" * 5000 + b"}", "a", "json"),
        (b'{"a": 1}\n{"a": 2}\n', "stdin", "jsonl"),
        (b'{"a": 1}\n', "a.jsonl", "json"),
        (b"[2024-01-01 10:00:00] started\n", "a", "text"),
        (b"[section]\nkey = 1\n", "a.ini", "text"),
        (b"// with comments\n{}", "tsconfig.json", "text"),
        (b"a,b\n1,2\n", "a.csv", "csv"),
        (b"id\tname\tday\n" + b"1\tx\t2024-01-01\n" * 5, "stdin", "csv"),
        (b"one, two, three\nfour, five, six\n" * 5, "stdin", "text"),
        (b"plain words", "a.MD", "markdown"),
        (b"# Title\n\nIntro text.\n\n## Part\n\nMore text.\n", "stdin", "markdown"),
        (b"# a comment\nkey=1\n\n# another\nkey=2\n", "config", "text"),
        (b"plain words", "a.rst", "rst"),
        ("<!doctype html><p>é".encode("utf-16"), "a", "html"),
        (b"", "a", "text"),
    ],
)
def test_kinds(head, name, kind):
    """Each kind is told by its bytes where they tell, else by its name."""
    assert kind_of(head, name) == kind


@given(st.binary(max_size=200), st.sampled_from(["a", "a.csv", "a.json", "a.eml", "a.html", "a.docx", "a.ipynb"]))
def test_any_bytes_have_a_kind(head, name):
    """Whatever the bytes and the name, the kind is one of those that are known."""
    assert kind_of(head, name) in KINDS


@pytest.mark.parametrize(
    "head",
    [b"<" * 65536, b"<!--" * 16000, b"From: " * 10000, b"PK\x03\x04" * 16000, b'{"a":' * 13000, b"a: \n" * 16000],
)
def test_telling_is_quick(head):
    """Half-finished beginnings, repeated, cost no more than reading them."""
    import time

    start = time.process_time()
    kind_of(head, "a")
    assert time.process_time() - start < 2


@pytest.mark.parametrize(
    "start",
    [
        b"<!-- -->" * 3000 + b"x",
        b"<?xml ?>" * 3000 + b"<x",
        b"<!--" * 8000,
        b"From a " + b"1" * 60_000,
        b"%PDF-1.1" * 256 + b"1" * 2048,
        b"A:" * 30_000,
        b"\n\n# a" * 9000,
        b"[" * 60_000,
        b'"' + b"a," * 30_000,
    ],
)
def test_telling_a_kind_takes_little_time(start):
    """No start of a file, however it repeats what kinds are told by, keeps the reader busy."""
    began = time.process_time()
    for name in ("a", "a.html", "a.csv"):
        kind_of(start, name)
    assert time.process_time() - began < 3


def test_comments_before_a_page_do_not_hide_it():
    """Comments and declarations in front of a page are passed over, as many as there are."""
    assert kind_of(b"<?xml version='1.0'?>\n" + b"<!-- a > b -->\n" * 50 + b"<html><p>x", "a") == "html"
    assert kind_of(b"<!-- <html> -->" * 50 + b"text", "a") == "text"
