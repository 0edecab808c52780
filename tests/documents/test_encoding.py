"""Decoding: the order of guesses, newlines, NUL bytes, streams, and what is refused."""

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rao_cli.documents.blob import Blob
from rao_cli.documents.context import Context
from rao_cli.documents.encoding import SAMPLE_BYTES, TextDecoder, decode, is_binary, read_text
from rao_cli.documents.failures import NoTextError
from rao_cli.errors import InputError

FRENCH = "Le café où l'été s'achève à Orléans, près des forêts — déjà vu. "
GERMAN = "Die Größe der Straße überrascht Jörg; schöne Grüße aus München. "
SPANISH = "El niño comió en la montaña; ¿dónde está el señor González? "
POLISH = "Zażółć gęślą jaźń. Łódź jest piękna, a żółw idzie wolno przez łąkę. "
CZECH = "Příliš žluťoučký kůň úpěl ďábelské ódy. Dítě má rádo jablko. "
RUSSIAN = "Это русский текст, написанный для проверки кодировок. "
GREEK = "Αυτό είναι ένα ελληνικό κείμενο για τον έλεγχο της κωδικοποίησης. "
JAPANESE = "これは日本語の文章です。文字の符号化を調べるために書かれました。"
CHINESE = "这是一段用来测试字符编码的中文文本，应当被正确识别。"
KOREAN = "이것은 문자 인코딩을 시험하기 위한 한국어 문장입니다."
OTHERS = [
    (FRENCH, "cp1252"),
    (GERMAN, "cp1252"),
    (SPANISH, "cp1252"),
    (POLISH, "cp1250"),
    (CZECH, "cp1250"),
    (RUSSIAN, "cp1251"),
    (RUSSIAN, "koi8_r"),
    (GREEK, "cp1253"),
    (JAPANESE, "shift_jis"),
    (JAPANESE, "euc_jp"),
    (CHINESE, "gb18030"),
    (KOREAN, "euc_kr"),
]
plain = st.text(alphabet=st.characters(exclude_categories=["Cs"], exclude_characters="\r\0\ufeff"))


@given(plain)
def test_utf8_comes_back(text):
    """UTF-8 text comes back unchanged and without a warning."""
    if not is_binary(text.encode()):
        assert decode(text.encode(), "f") == (text, "")


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-32"])
def test_marked_encodings_are_read(encoding):
    """A byte order mark decides the encoding, NUL bytes or not."""
    assert decode("naïve\nZoë".encode(encoding), "f") == ("naïve\nZoë", "")


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be"])
def test_unmarked_unicode_is_told_by_its_nul_bytes(encoding):
    """UTF-16 and UTF-32 without a mark are told by where their NUL bytes stand."""
    text = "A plain English sentence, naïvely written.\r\n" * 3
    assert decode(text.encode(encoding), "f") == (text.replace("\r\n", "\n"), "")


def test_damaged_utf16_is_read_with_a_warning():
    """A cut-off UTF-16 file is read, and the damage reported."""
    text, warning = decode("abc".encode("utf-16")[:-1], "f.txt")
    assert text == "ab�"
    assert warning == "f.txt: 1 damaged character marked �"


@pytest.mark.parametrize(("text", "encoding"), OTHERS)
@pytest.mark.parametrize("times", [1, 40])
def test_other_encodings_are_guessed(text, encoding, times):
    """A text in another encoding is read right, from one sentence on, and the guess named."""
    text = text * times + "\n"
    decoded, warning = decode(text.encode(encoding), "f")
    assert decoded == text
    assert warning.startswith("f: not UTF-8, read as ")


def test_a_few_damaged_bytes_leave_utf8_what_it_is():
    """UTF-8 with damaged bytes stays UTF-8; each is marked and they are counted."""
    data = (FRENCH * 3).encode() + b"\xff" + FRENCH.encode() + b"\xe9x"
    text, warning = decode(data, "f")
    assert text == FRENCH * 3 + "�" + FRENCH + "�x"
    assert warning == "f: 2 damaged characters marked �"


def test_a_mark_that_the_text_holds_is_no_damage():
    """A replacement character in the text itself is not counted as damage."""
    assert decode("caf\ufffd é".encode(), "f") == ("caf\ufffd é", "")


def test_one_accent_in_ascii_is_western():
    """A single byte beyond ASCII in English text is an accented letter, not the start of another script."""
    text, _ = decode(b"We met at the caf\xe9 tonight.\n" + b"More text. " * 50, "f")
    assert text.startswith("We met at the café tonight.")


def test_the_guess_looks_where_the_text_is_not_ascii():
    """The sample is taken around the first bytes beyond ASCII, however far from the start they are."""
    data = b"plain ascii line\n" * 10_000 + RUSSIAN.encode("koi8_r") * 5
    assert decode(data, "f")[0].endswith(RUSSIAN * 5)


@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
def test_newlines_are_plain(newline):
    """Every kind of newline becomes one line feed."""
    assert decode(f"a{newline}{newline}b".encode(), "f")[0] == "a\n\nb"


def test_many_nul_bytes_mean_binary():
    """Data with many NUL bytes in no pattern are refused as a binary file, with a hint."""
    with pytest.raises(InputError, match="x is a binary file") as caught:
        decode(b"ELF\0\1", "x")
    assert caught.value.hint
    assert caught.value.exit_code == 3


def test_a_stray_nul_is_damage():
    """A NUL or a row of them in a longer text is marked and counted, as in logs after a crash."""
    text, warning = decode(b"x" * 400 + b"\0" * 3000 + b"y" * 400 + b"\0z", "f")
    assert text == "x" * 400 + "�" + "y" * 400 + "�z"
    assert warning == "f: NUL bytes in 2 places marked �"


@pytest.mark.parametrize(
    ("data", "binary"),
    [
        ("a".encode("utf-16"), False),
        (b"a\0", True),
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", True),
        (bytes(range(1, 256)) * 3, True),
        (b"8=FIX.4.2\x019=65\x0135=A\x01" * 20, False),
        (b"B\bBO\bOL\bLD\bD \x1b[31mred\x1b[0m", False),
        (JAPANESE.encode("iso-2022-jp"), False),
        (b"", False),
    ],
)
def test_binary_is_told_from_text(data, binary):
    """NUL bytes and control characters in what is no UTF-8 make a file binary; colours and separators do not."""
    assert is_binary(data) is binary


@given(st.lists(st.integers(1, 5), max_size=60), st.sampled_from(OTHERS))
def test_pieces_decode_as_the_whole(sizes, other):
    """A stream in pieces gives what the whole gives, once the encoding is settled."""
    data = (other[0] + "\r\n\r\rend").encode(other[1])
    decoder = TextDecoder(data)
    first = len(other[0].encode(other[1]))
    found, at = decoder.decode(data[:first]), first
    for size in sizes:
        found += decoder.decode(data[at : at + size])
        at += size
    assert found + decoder.decode(data[at:], final=True) == decode(data, "f")[0]


@given(st.text(alphabet="aé漢😀\r\n"), st.integers(1, 7))
def test_utf8_in_pieces_is_the_whole(text, size):
    """UTF-8 cut anywhere, inside characters too, comes out whole and is taken for nothing else."""
    data = text.encode()
    decoder = TextDecoder(data)
    pieces = [decoder.decode(data[at : at + size]) for at in range(0, len(data), size)]
    assert "".join([*pieces, decoder.decode(b"", final=True)]) == decode(data, "f")[0]
    assert decoder.warning("f") == ""


@given(st.binary(max_size=300))
def test_any_bytes_are_text_or_refused(data):
    """Whatever the bytes, there is text without carriage returns and NUL, or one clear error."""
    try:
        text, _ = decode(data, "f")
    except InputError:
        return
    assert not set(text) & set("\r\0")
    text.encode()


def test_a_file_is_read_in_pieces():
    """A file above a piece's size is read whole, its encoding settled late."""
    text = "ascii only\n" * 150_000 + FRENCH
    found, warnings = read_text(Blob.of(text.encode(), "f", "f"), Context())
    assert found[0 : len(found)] == text
    assert warnings == ()


def test_a_file_of_white_space_holds_no_text():
    """White space alone, in any encoding, is no text; a binary file is none either."""
    for data in (b" \n\t\r\n", " \n".encode("utf-16")):
        with pytest.raises(NoTextError):
            read_text(Blob.of(data, "f", "f"), Context())
    with pytest.raises(InputError, match="binary"):
        read_text(Blob.of(b"\0\1\2", "f", "f"), Context())


def test_progress_is_told_on_large_files():
    """A reader of a large file is told how far it is."""
    told: list[str] = []
    size = 65 << 20
    blob = Blob("big.txt", "big.txt", size, lambda: io.BytesIO(b"line of text\n" * (size // 13)))
    read_text(blob, Context(progress=told.append))
    assert told[-1].startswith("reading big.txt, 9")
    assert len(blob.head(SAMPLE_BYTES)) == SAMPLE_BYTES
