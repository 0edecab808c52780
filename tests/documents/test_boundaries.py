"""Cuts: at the largest boundary in reach, always further on, and nothing lost between them."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rao_cli.documents.boundaries import cut_before, first_words, pieces
from rao_cli.documents.model import Span
from tests.documents.making import texts


@pytest.mark.parametrize(
    ("text", "limit", "before"),
    [
        ("one two three four", 18, "one two three four"),
        ("one two three four", 99, "one two three four"),
        ("aaaa\n\nbbbb\ncccc dddd", 16, "aaaa\n\nbbbb\n"),
        ("aaaaaa\nbb\n\ncc\ndd eeee", 14, "aaaaaa\nbb\n\n"),
        ("aaaaaaaa\nbb cc dd ee ff", 16, "aaaaaaaa\n"),
        ("Long one ends. Next goes on", 20, "Long one ends. "),
        ("Does it end? Yes it goes", 18, "Does it end? "),
        ("It said so!) Then it went", 18, "It said so!) "),
        ("He said “no.” Then it went", 18, "He said “no.” "),
        ("And so on… then it went on", 16, "And so on… "),
        ("漢字の文です。つぎの文がある", 10, "漢字の文です。"),
        ("本当ですか？はいそうです", 8, "本当ですか？"),
        ("version 1.2.3.4 of it", 16, "version 1.2.3.4 "),
        ("aaa bbb ccc ddd eee", 10, "aaa bbb "),
        ("aaaaaaaaaaaaaaaaaaa", 10, "aaaaaaaaaa"),
        ("a bbbbbbbbbbbbbbbbb", 10, "a bbbbbbbb"),
        ("aaaa.bbbb.cccc.dddd", 10, "aaaa.bbbb."),
        ("\n\n\n\n\n\n", 4, "\n\n\n\n"),
        ("é漢😀é漢😀é漢😀", 4, "é漢😀é"),
    ],
)
def test_the_best_boundary_is_taken(text, limit, before):
    """Blank lines win over lines, sentences, words and characters, in the second half of what fits."""
    assert text[: cut_before(text, 0, limit, len(text))] == before


@pytest.mark.parametrize("limit", [-5, 0, 1])
def test_a_cut_makes_progress(limit):
    """Even a limit that leaves no room cuts one character further on."""
    assert cut_before("abc", 0, limit, 3) == 1
    assert cut_before("abc", 1, limit, 3) == 2


def test_a_cut_starts_where_it_is_told():
    """Boundaries before the start do not count."""
    text = "aaa\n\nbbb ccc ddd eee"
    assert text[5 : cut_before(text, 5, 15, len(text))] == "bbb ccc "


@given(texts, st.integers(1, 50), st.data())
def test_pieces_partition_a_span(text, size, data):
    """Pieces follow each other without a gap, none is empty, none is larger than the size."""
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, len(text)))
    found = list(pieces(text, Span(start, end), size))
    assert "".join(text[one.start : one.end] for one in found) == text[start:end]
    assert all(0 < len(one) <= size for one in found)
    assert [one.start for one in found[1:]] == [one.end for one in found[:-1]]


@given(texts, st.integers(1, 30))
def test_pieces_of_words_end_at_boundaries(text, size):
    """A piece that ends inside a word had no boundary in the second half of its reach."""
    for one in pieces(text, Span(0, len(text)), size):
        last = text[one.end - 1]
        if one.end < len(text) and last not in " \n":
            reach = text[one.start + size // 2 : one.start + size]
            assert not any(mark in reach for mark in ("\n", " "))


@pytest.mark.parametrize("seed", ["a", ".", '."', "\n", " ", "…)", "。", "a. "])
def test_a_long_line_is_cut_at_once(seed):
    """A million characters of any one kind are cut without delay."""
    text = seed * (200_000 // len(seed))
    start = time.process_time()
    found = list(pieces(text, Span(0, len(text)), 2000))
    assert time.process_time() - start < 2
    assert found[-1].end == len(text)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", ""),
        ("\n\n", ""),
        ("----\n****\n", ""),
        ("one\ntwo", "one"),
        ("\n\n  one  \ntwo", "one"),
        ("=====\nTitle\n=====", "Title"),
        ("- 7 -", "- 7 -"),
        ("…\né", "é"),
        ("\x0c\nafter a page", "after a page"),
        ("漢字", "漢字"),
        ("a\r\nb", "a"),
    ],
)
def test_the_first_words_of_a_text(text, words):
    """The first line with a letter or a digit names a piece of text."""
    assert first_words(text, Span(0, len(text))) == words


def test_first_words_are_looked_for_near_the_start():
    """Words of another span, and words far behind signs, do not count."""
    text = "before\n" + "-" * 500 + "\nafter"
    assert first_words(text, Span(7, len(text))) == ""
    assert first_words(text, Span(0, 3)) == "bef"
    assert first_words(text, Span(508, len(text))) == "after"
