"""Decoding: the order of guesses, newlines, and what is refused."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rao_cli.documents.encoding import decode, is_binary
from rao_cli.errors import InputError

FRENCH = "Le café où l'été s'achève à Orléans, près des forêts — déjà vu. " * 20
JAPANESE = "これは日本語の文章です。文字の符号化を調べるために書かれました。" * 20


@given(st.text(alphabet=st.characters(exclude_categories=["Cs"], exclude_characters="\r\0\ufeff")))
def test_utf8_comes_back(text):
    """UTF-8 text comes back unchanged and without a warning."""
    assert decode(text.encode(), "f") == (text, "")


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-32"])
def test_marked_encodings_are_read(encoding):
    """A byte order mark decides the encoding, NUL bytes or not."""
    assert decode("naïve\nZoë".encode(encoding), "f") == ("naïve\nZoë", "")


def test_damaged_utf16_is_read_with_a_warning():
    """A cut-off UTF-16 file is read, and the damage reported."""
    text, warning = decode("abc".encode("utf-16")[:-1], "f.txt")
    assert text.startswith("ab")
    assert warning == "f.txt: damaged utf-16 text, unreadable characters marked �"


@pytest.mark.parametrize(("text", "encoding"), [(JAPANESE, "shift_jis"), (JAPANESE, "euc_jp")])
def test_other_encodings_are_guessed(text, encoding):
    """A text in a multi-byte encoding is recognised, and the guess named."""
    decoded, warning = decode(text.encode(encoding), "f")
    assert decoded == text
    assert warning.startswith("f: not UTF-8, read as ")


def test_single_byte_text_is_read_with_a_warning():
    """Windows-1252 text is read without an error and reported as a guess."""
    decoded, warning = decode(FRENCH.encode("cp1252"), "f")
    assert decoded.startswith("Le caf")
    assert "f: " in warning


def test_unknown_bytes_are_read_as_windows_1252():
    """Bytes that fit the sample's guess nowhere else are still read, with a warning."""
    data = JAPANESE.encode("shift_jis") * 40 + b"\x81\xff\xfd\xa0"
    text, warning = decode(data, "f")
    assert text
    assert warning.startswith("f: ")


@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
def test_newlines_are_plain(newline):
    """Every kind of newline becomes one line feed."""
    assert decode(f"a{newline}{newline}b".encode(), "f")[0] == "a\n\nb"


def test_nul_means_binary():
    """A NUL byte in unmarked data is refused as a binary file, with a hint."""
    with pytest.raises(InputError, match="x is a binary file") as caught:
        decode(b"ELF\0\1", "x")
    assert caught.value.hint
    assert caught.value.exit_code == 3


def test_binary_is_told_by_nul_alone():
    """Marked UTF-16 is not binary; unmarked data with NUL is."""
    assert not is_binary("a".encode("utf-16"))
    assert is_binary(b"a\0")
