"""Joining words that were hyphenated at line ends."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rao_cli.documents.formats.hyphens import rejoin


@pytest.mark.parametrize("mark", ["\ufffe", "\x02", "\ufffe\n", "\xad\n"])
def test_halves_are_joined(mark):
    """Each mark of a broken word is removed and the halves joined."""
    assert rejoin([f"a condi{mark}tion holds"]) == ["a condition holds"]


def test_a_known_compound_keeps_its_hyphen():
    """A compound that the text writes with a hyphen elsewhere keeps it."""
    assert rejoin(["a web-related page", "web\uffferelated work"])[1] == "web-related work"


def test_a_known_word_is_joined():
    """A word that the text writes whole elsewhere is joined, though its halves are words too."""
    assert rejoin(["copy right copyright", "the copy\uffferight notice"])[1] == "the copyright notice"


def test_two_words_of_the_text_are_a_compound():
    """Halves that are words of the text, never seen joined, were a compound."""
    assert rejoin(["the zsh workers", "zsh\uffferead, zsh\ufffeworkers"])[1] == "zshread, zsh-workers"


def test_a_mark_beside_no_letter_was_a_hyphen():
    """A mark between a letter and a digit stands for a hyphen."""
    assert rejoin(["UTF\ufffe8"]) == ["UTF-8"]


def test_a_lone_mark_disappears():
    """A mark with no letter on either side is removed."""
    assert rejoin(["a \ufffe b"]) == ["a  b"]


def test_soft_hyphens_inside_words_disappear():
    """A soft hyphen that broke no line is removed."""
    assert rejoin(["hy\xadphen"]) == ["hyphen"]


@given(st.lists(st.text(alphabet="ab -\n\ufffe\x02\xad", max_size=40), max_size=4))
def test_no_mark_survives(pages):
    """As many pages come back, none with a mark."""
    joined = rejoin(pages)
    assert len(joined) == len(pages)
    assert not any(mark in page for page in joined for mark in "\ufffe\x02\xad")
