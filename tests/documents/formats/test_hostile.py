"""Attacks on every format: changed, cut, renamed and repeated bytes give a whole document or one clear line."""

import io
import random
import zipfile

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rao_cli.documents.context import Context
from rao_cli.documents.kinds import read_blob
from rao_cli.documents.model import Span
from rao_cli.documents.sections import join
from rao_cli.documents.workers import Workers
from tests.documents.formats.reading import read, read_or_refused
from tests.documents.making import check_partition
from tests.documents.office_files import docx, ods, paragraph, pptx, xlsx, zipped

PAGE = (
    b"<!doctype html><title>T</title><h1>One</h1><p>text <b>bold</b><table><tr><td>a<td>b</table><pre>x\n y</pre>"
)
SEEDS = {
    "a.docx": docx(paragraph("one") + paragraph("two")),
    "a.pptx": pptx(("One", "text", "notes"), table=[["a", "b"]]),
    "a.xlsx": xlsx({"s": [["id", "n"], [1, 2.5], [2, 3]], "t": [["x"]]}),
    "a.ods": ods([["a", "b"], ["1", "2"]]),
    "a.html": PAGE,
    "a.ipynb": b'{"cells": [{"cell_type": "code", "source": ["1\\n"], "outputs": [{"text": "2"}]}]}',
    "a.eml": b"From: a@x\nSubject: =?utf-8?q?s?=\nContent-Type: multipart/mixed; boundary=b\n\n--b\n\nx\n--b--\n",
    "a.mbox": b"From a 2024\nFrom: a\nSubject: s\n\nx\n\n" * 3,
    "a.csv": b'id,name\n1,"a\nb"\n2,c\n' * 5,
    "a.json": b'{"a": [1, {"b": "c\\"]"}], "d": null}',
    "a.jsonl": b'{"a": 1}\n{"a": 2}\n',
    "a.md": b"---\nt: 1\n---\n# A\n\n- b\n\n> c\n\nD\n---\n\n```\n# e\n```\n",
    "a.rst": b"====\nT\n====\n\nx\n\nS\n-\n\n.. d::\n\n   y\n",
    "a.txt": b"Chapter 1\n\ntext\n\nChapter 2\n\nmore\n",
}
PIECES = [
    b"\0",
    b"\xff\xfe",
    b"<",
    b">",
    b'"',
    b"\n",
    b"\r",
    b"-1",
    b"99999999999",
    b"\x1b[2J",
    b"PK\x03\x04",
    b"{[",
    b"",
]


@pytest.fixture(scope="module")
def context():
    """Yield a context whose worker is used by all tests."""
    with Workers(1) as workers:
        yield Context(workers=workers)


def changed(data: bytes, chance: random.Random) -> bytes:
    """Return bytes with some of them replaced, moved, repeated or cut off."""
    found = bytearray(data)
    for _ in range(chance.randint(1, 8)):
        at, other = chance.randrange(len(found) + 1), chance.randrange(len(found) + 1)
        piece = chance.choice([*PIECES, bytes(found[other : other + chance.randrange(30)])])
        found[at : at + chance.randrange(10)] = piece
    return bytes(found[: chance.choice([len(found), len(found), chance.randrange(len(found) + 1)])])


def changed_inside(data: bytes, chance: random.Random) -> bytes:
    """Return a zip file whose members are changed, or missing, while it stays a zip file."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    return zipped(
        {
            name: changed(content, chance) if content and chance.random() < 0.4 else content
            for name, content in members.items()
            if chance.random() < 0.95
        }
    )


@settings(max_examples=120)
@given(
    name=st.sampled_from(sorted(SEEDS)), shown=st.sampled_from(["", *sorted(SEEDS)]), seed=st.integers(0, 10**6)
)
def test_changed_files_are_read_or_refused(context, name, shown, seed):
    """Changed bytes, under their own name or another one, give a whole document or one line with a hint."""
    chance = random.Random(seed)
    data = SEEDS[name]
    inside = data.startswith(b"PK") and chance.random() < 0.7
    data = changed_inside(data, chance) if inside else changed(data, chance)
    read_or_refused(read_blob, data, shown or name, context)


@pytest.mark.parametrize("name", sorted(SEEDS))
def test_every_seed_is_a_document(context, name):
    """The files that are changed are documents themselves, so that the attack starts from what works."""
    assert len(read(read_blob, SEEDS[name], name, context)) > 0


@pytest.mark.parametrize("name", sorted(SEEDS))
def test_every_cut_is_read_or_refused(context, name):
    """A file that ends early, at any of forty places, gives a whole document or one line."""
    data = SEEDS[name]
    for end in range(0, len(data), max(1, len(data) // 40)):
        read_or_refused(read_blob, data[:end], name, context)


@pytest.mark.parametrize("name", sorted(SEEDS))
@pytest.mark.parametrize(
    "data", [b"\0" * 50, bytes(range(256)), "\u202e\u2066\ufeff".encode(), b"\x1b]52;c;aGk=\x07" * 9]
)
def test_names_promise_nothing(context, name, data):
    """Bytes that are nothing of what the name says give a whole document or one line."""
    read_or_refused(read_blob, data, name, context)


@pytest.mark.parametrize("name", ["a.html", "a.csv", "a.md", "a.rst", "a.txt", "a.jsonl", "a.json", "a.eml"])
def test_titles_hold_no_escapes(context, name):
    """Whatever stands in headings, column names, keys and subjects, titles and labels are printable."""
    bad = "x\x1b[31m\u202e\x07y"
    text = {
        "a.html": f"<title>{bad}</title><h1>{bad}</h1><p>t",
        "a.csv": f"{bad},b\n1,2\n",
        "a.md": f"# {bad}\n\nt\n\n# b\n",
        "a.rst": f"{bad}\n{'=' * 20}\n\nt\n",
        "a.txt": f"Chapter 1 {bad}\n\n{'text ' * 99}\n\nChapter 2\n\n{'text ' * 99}",
        "a.jsonl": '{"a": 1}\n',
        "a.json": '{"' + bad + '": [' + "1," * 5000 + "1]}",
        "a.eml": f"From: a\nTo: b\nSubject: {bad}\n\nt",
    }[name]
    document = read(read_blob, text, name, context)
    labels = [page.label for origin in document.origins for page in origin.pages]
    cells = [str(cell) for facts in document.facts for table in facts.tables for row in table.rows for cell in row]
    titles = [section.title for section in document.root.walk()]
    assert all(text.isprintable() for text in [*labels, *titles, *cells])


def test_places_keep_their_unit_in_a_folder(context):
    """Documents put together keep what their places are called."""
    parts = [read(read_blob, SEEDS[name], name, context) for name in ("a.html", "a.pptx", "a.xlsx")]
    document = join("all", "corpus", parts)
    check_partition(document, document.root)
    places = [str(document.locate(Span(origin.span.start, origin.span.start + 1))) for origin in document.origins]
    assert places == ["dir/a.html § One", "dir/a.pptx slide 1", "dir/a.xlsx sheet 1"]
