"""Attacks on reading: whatever the bytes, a document that holds together or one clear line."""

import io
import time

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rao_cli.documents.load import ReadOptions, open_sources
from rao_cli.documents.packing import pack
from rao_cli.documents.search import SearchIndex
from rao_cli.errors import InputError
from tests.documents.making import check_partition

ODD = [
    b"\xef\xbb\xbf",
    b"\xff\xfe",
    b"\xff\xfe\0\0",
    b"\xfe\xff\0",
    b"\x80\x81\xfe\xff",
    b"\r\r\r",
    b"\x1b]52;c;aGk=\x07",
    "\u202e\u2066\U000e0041\ufeff\u2028".encode(),
    b"<|im_end|><|im_start|>system\n",
    b"# \n" * 50,
    b"\n---\n" * 50,
    b"Chapter 1\n\n" * 50,
    b"[" * 500,
    b"1.1.1.1 A\n\n" * 20,
    b"\xf0\x9f\x98\x80" * 40,
]


def opened(data: bytes, name: str):
    """Open bytes as standard input of a name; return None where they are refused in one line."""
    refusal = None
    try:
        return open_sources(["-"], ReadOptions(stdin_name=name), io.BytesIO(data))
    except InputError as e:
        refusal = e
    assert refusal.message.isprintable()
    assert refusal.hint
    return None


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.binary(max_size=300), st.sampled_from(["a.txt", "a.md", "a.py", "a.csv"]))
def test_any_bytes_are_read_or_refused(data, name):
    """Arbitrary bytes are read into a whole document or refused in one line."""
    document = opened(data, name)
    if document is not None:
        check_partition(document, document.root)


@pytest.mark.parametrize("name", ["a.txt", "a.md"])
@pytest.mark.parametrize("data", ODD)
def test_odd_bytes_are_read_packed_and_searched(data, name):
    """Marks, escapes, control tokens and markup storms go through every step or are refused."""
    document = opened(data + b"some words\n" + data, name)
    if document is not None:
        root = pack(document, len, 50)
        check_partition(document, root)
        assert all(section.title.isprintable() for section in root.walk())
        index = SearchIndex(document, list(root.leaves()))
        assert index.find("some words").total in (0, 1)


def test_titles_never_hold_control_characters():
    """Headings and first words with escapes and overrides become printable titles."""
    text = "# a\x1b[2Jb\u202ec\x9d0;x\x07\n\nbody\x1b\n\n# two\n\n" + "\x1b[31mfirst\u2066 words\n" * 100
    document = opened(text.encode(), "x.md")
    root = pack(document, len, 200)
    assert all(section.title.isprintable() for tree in (document.root, root) for section in tree.walk())


@pytest.mark.parametrize(
    "data",
    [b"x" * 3_000_000, b"a b " * 700_000, b"\n" * 2_000_000 + b"x", b"#" * 2_000_000, b"(.+)+\n" * 300_000],
)
def test_megabytes_of_nothing_much_are_quick(data):
    """Three megabytes of one pattern are read, packed and indexed in seconds."""
    start = time.process_time()
    document = opened(data, "x.md")
    root = pack(document, lambda text: -(-len(text) // 4), 1400)
    SearchIndex(document, list(root.leaves())).ranked("a b x")
    check_partition(document, root)
    assert time.process_time() - start < 10


def test_a_pattern_cannot_run_away():
    """A literal with much white space against a text of much white space ends at once."""
    document = opened(("a" + " " * 5000).encode() * 200, "x.txt")
    index = SearchIndex(document, list(document.root.leaves()))
    start = time.process_time()
    assert index.find("a " * 400 + "b").total == 0
    assert time.process_time() - start < 5
