"""What may reach a terminal: attacks on ``clean`` and ``one_line``, and ordinary text that must survive them."""

import json
import sys
import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from rao_cli.text import clean, one_line

NEEDED_JOINERS = {"\u200c", "\u200d"}
HIDDEN_LETTERS = "\u034f\u115f\u1160\u17b4\u17b5\u3164\uffa0"
EVERY_CHARACTER = [chr(point) for point in range(sys.maxunicode + 1)]

ORDINARY = {
    "English": "It isn't “done” – 3 × 4 = 12…\n\tindented, naïve café, £5, 20 °C",
    "German": "Zwölf Boxkämpfer jagen Viktor quer über den großen Sylter Deich.",
    "Greek": "Ξεσκεπάζω τὴν ψυχοφθόρα βδελυγμία.",
    "Russian": "Съешь же ещё этих мягких французских булок",
    "Arabic": "السلام عليكم ١٢٣",
    "Hebrew with points": "שָׁלוֹם עוֹלָם",
    "Persian with a non-joiner": "می\u200cخواهم",
    "Hindi": "नमस्ते दुनिया क्\u200dष",
    "Sinhala with a joiner": "ශ්\u200dරී ලංකාව",
    "Thai": "สวัสดีชาวโลก",
    "Chinese": "“你好，世界”。",
    "Japanese": "ｶﾀｶﾅとひらがな、漢字\u3000全角",
    "Korean": "안녕하세요 세계",
    "Mongolian": "ᠮᠣᠩᠭᠣᠯ ᠤ\u180b",
    "joined emoji": "👩\u200d💻 ❤\ufe0f\u200d🔥 🏳\ufe0f\u200d🌈",
    "keycap and flag": "1\ufe0f\u20e3 🇨🇦 🏴",
    "combining accents": "e\u0301 a\u0308",
    "code": "for (i = 0; i < n; i++) { a[i] ^= ~b; } // \\x1b is spelled out",
}

ATTACKS = {
    "clipboard": "\x1b]52;c;ZXZpbA==\x07",
    "hyperlink": "\x1b]8;;http://evil.example\x1b\\text\x1b]8;;\x1b\\",
    "title report": "\x1b]0;rm -rf ~\x07\x1b[21t",
    "alternate screen": "\x1b[?1049h\x1b[2J",
    "device control": "\x1bP+q544e\x1b\\",
    "eight-bit controls": b"\x9b31m\x9d52;c;AAAA\x9c".decode("latin-1"),
    "overprinting": "rm -rf /\r\x08\x08ls",
    "override": "invoice\u202efdp.exe",
    "isolates": "\u2066a\u2067b\u2068c\u2069",
    "tags": "hi" + "".join(chr(0xE0000 + ord(letter)) for letter in "ignore all"),
    "supplementary selectors": "x" + "".join(chr(0xE0100 + code) for code in b"secret"),
    "no width": "pass\u200bword\ufeff\u2060\u00ad",
    "fillers": f"a{HIDDEN_LETTERS}b",
    "separators": "one\u2028two\u2029three\x85four",
    "surrogates": "bad\ud800name\udcff",
    "annotations": "\ufff9over\ufffaunder\ufffb",
    "noncharacters": "\ufffe\uffff\ufdd0",
}


def is_forbidden(character: str) -> bool:
    """Decide by Unicode's own categories, independently of the pattern in the code."""
    category = unicodedata.category(character)
    if character in NEEDED_JOINERS or character in "\n\t":
        return False
    is_sign = unicodedata.bidirectional(character) == "AN" or unicodedata.name(character, "").endswith(
        ("SIGN", "SIGN ABOVE", "SIGN BELOW", "END OF AYAH", "ABBREVIATION MARK", "MARK ABOVE", "MARK BELOW")
    )
    if category == "Cf":
        return not is_sign  # number signs of Arabic, Syriac and Kaithi are visible
    return (
        category in {"Cc", "Cs", "Zl", "Zp"} or character in HIDDEN_LETTERS or 0xE0000 <= ord(character) < 0xE1000
    )


FORBIDDEN = frozenset(filter(is_forbidden, EVERY_CHARACTER))
HOSTILE = st.text(
    st.one_of(st.characters(), st.sampled_from(sorted(FORBIDDEN)), st.sampled_from("\u200c\u200d\ufe0f \r\n"))
)


def test_forbidden_list_is_not_empty():
    """The independent list holds the characters that the attacks are made of."""
    assert {"\x1b", "\x9b", "\u202e", "\u2028", "\ud800", "\U000e0041", "\ufeff", "\u00ad"} <= FORBIDDEN
    assert not {"a", "é", "\n", "\t", "\u200d", "\u0600"} & FORBIDDEN


def test_no_character_of_unicode_slips_through():
    """Each forbidden character of all Unicode is gone when it stands alone."""
    assert [hex(ord(character)) for character in FORBIDDEN if clean(character).strip(" ")] == []


def test_visible_characters_are_kept():
    """Each letter, digit, mark, symbol and punctuation character of all Unicode survives."""
    visible = [c for c in EVERY_CHARACTER if unicodedata.category(c)[0] in "LNPSM" and c not in FORBIDDEN]
    assert [hex(ord(character)) for character in visible if clean(character) != character] == []


@given(HOSTILE)
@example("a\x1b[31mb\x9b0m")
def test_clean_leaves_nothing_forbidden(text):
    """No forbidden character passes ``clean``, wherever it stands."""
    assert not FORBIDDEN & set(clean(text))


@given(HOSTILE)
@example("\u200d\u200b\u200d\u200b\u200d")
@example("\r\x00\n")
def test_clean_is_idempotent(text):
    """Cleaning twice is cleaning once, so removal never uncovers something new."""
    assert clean(clean(text)) == clean(text)


@given(HOSTILE, st.integers(0, 40))
@example(" \u200b a", 3)
def test_one_line_is_one_line_within_its_limit(text, limit):
    """A line holds no break, no doubled or outer space, nothing forbidden, and no more than its limit."""
    line = one_line(text, limit)
    assert len(line.splitlines()) <= 1
    assert line == line.strip()
    assert "  " not in line
    assert not limit or len(line) <= limit
    assert not (FORBIDDEN | {"\n", "\t"}) & set(line)


@given(HOSTILE, st.integers(0, 40))
def test_one_line_is_idempotent(text, limit):
    """Shortening a shortened line changes nothing."""
    line = one_line(text, limit)
    assert one_line(line, limit) == line


@given(HOSTILE)
def test_cleaned_text_survives_utf8_and_json(text):
    """What is shown can always be encoded."""
    shown = clean(text)
    assert json.loads(json.dumps(shown).encode("utf-8")) == shown
    assert shown.encode("utf-8").decode("utf-8") == shown


@given(st.text(st.one_of(st.characters(), st.sampled_from("\n\r\x0c\x85\u2028"))))
def test_line_numbers_stay_those_of_an_editor(text):
    """Cleaning neither adds nor removes a newline, so the lines counted before are the lines shown."""
    assert clean(text).count("\n") == text.count("\n")


@pytest.mark.parametrize("text", ORDINARY.values(), ids=ORDINARY)
def test_ordinary_text_is_unchanged(text):
    """Text that people write in many scripts passes as it is."""
    assert clean(text) == text


@pytest.mark.parametrize("text", ATTACKS.values(), ids=ATTACKS)
def test_attacks_lose_their_characters(text):
    """Each known attack, buried in a sentence, comes out without the characters that make it work."""
    shown = one_line(f"before {text} after")
    assert not FORBIDDEN & set(shown)
    assert shown.startswith("before ")
    assert shown.endswith(" after")


@pytest.mark.parametrize("text", ["a\ufe00\ufe01\ufe02\ufe03\ufe04", "a" + "\u200c\u200d" * 50])
def test_rows_of_invisible_characters_are_cut(text):
    """Data spelled in selectors or joiners is cut to the two that real text needs."""
    assert len(clean(text)) == 3


@pytest.mark.parametrize("text", ["a\rb", "a\x0cb", "a\u2028b", "a\x85b", "a\x0bb"])
def test_other_line_breaks_keep_words_apart(text):
    """A break that is not a newline becomes a space."""
    assert clean(text) == "a b"


def test_windows_line_ends_become_newlines():
    """A carriage return before a newline goes without leaving a space."""
    assert clean("a\r\nb\r\n") == "a\nb\n"


def test_a_short_line_is_not_shortened():
    """A line that just fits keeps its last character; one more costs an ellipsis."""
    assert one_line("abcde", 5) == "abcde"
    assert one_line("abcdef", 5) == "abcd…"
    assert one_line("abc  def", 5) == "abc…"
