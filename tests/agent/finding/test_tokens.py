from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rao_cli.agent.finding.tokens import alike, sentence_spans, stem, tokens

ANY_TEXT = st.text(alphabet=st.sampled_from("ab. \n\t-'’\"()[]—$1é…AB!?*_/"), max_size=300)


def texts(text):
    """Return the words of a text."""
    return [word.text for word in tokens(text)]


def sentences(text):
    """Return the sentences of a text."""
    return [text[start:end] for start, end in sentence_spans(text)]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Run it with --dry, see notes/todo.md.", ["Run", "it", "with", "--dry", "see", "notes/todo.md"]),
        ("the amber-lantern costs $12.50!", ["the", "amber-lantern", "costs", "$12.50"]),
        ("Mara's hat, the boys’ coats", ["Mara", "hat", "the", "boys", "coats"]),
        ("lost--by chance—again", ["lost", "by", "chance", "again"]),
        ("mount(8) calls open() twice[12].", ["mount", "calls", "open", "twice"]),
        ("( … ) -- !", []),
    ],
)
def test_words_keep_their_own_marks(text, words):
    """Options, paths, prices and hyphenated names are words; the punctuation around them is not."""
    assert texts(text) == words


def test_punctuation_stands_between_words():
    """A word knows the punctuation before and after it."""
    first, second = tokens('Yes ("no")')
    assert (first.after, second.before, second.after) == ('("', '("', '")')


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("wrote", "written"),
        ("founded", "founder"),
        ("cities", "city"),
        ("stopping", "stops"),
        ("−−norc", "--norc"),
    ],
)
def test_forms_of_a_word_share_a_stem(one, other):
    """Irregular and regular forms, and typeset marks, come to the same stem."""
    assert stem(one) == stem(other)


def test_names_with_marks_are_no_forms_of_each_other():
    """Keys that differ in one part only are different words."""
    assert stem("amber-lantern") != stem("amber-lanterns")
    assert not alike("amber-lantern", "amber-lanterns")


def test_long_common_beginnings_are_alike():
    """Words that begin alike for long are likely forms of one word; short ones are not."""
    assert alike("discover", "discoverab")
    assert not alike("nor", "norw")


def test_abbreviations_and_initials_end_no_sentence():
    """A full stop after an initial, a title or before a small letter belongs to its word."""
    text = 'Dr. A.B. Hale met Mr. Oss approx. at noon. He said "Go!" Then he left.'
    assert sentences(text) == ["Dr. A.B. Hale met Mr. Oss approx. at noon.", 'He said "Go!"', "Then he left."]


def test_blank_lines_and_list_marks_end_sentences():
    """Headings and the points of a list are sentences of their own."""
    assert sentences("Title\n\nOne line\n- first\n- second") == ["Title", "One line", "- first", "- second"]


def test_endless_sentences_are_cut():
    """A text without punctuation becomes pieces of bounded length that leave nothing out."""
    text = "word " * 2_000
    found = sentences(text)
    assert max(map(len, found)) <= 600
    assert " ".join(found).split() == text.split()


@given(ANY_TEXT)
def test_words_are_what_the_text_has_at_their_place(text):
    """Every word is the text's own, none overlaps another, and none is only punctuation."""
    found = tokens(text)
    assert all(text[word.start : word.end] == word.text for word in found)
    assert all(one.end <= other.start for one, other in pairwise(found))
    assert all(any(map(str.isalnum, word.text)) for word in found)


@given(ANY_TEXT)
def test_sentences_hold_every_word(text):
    """Only white space is left out between the sentences of a text."""
    spans = list(sentence_spans(text))
    held = "".join(text[start:end] for start, end in spans)
    assert "".join(held.split()) == "".join(text.split())


@pytest.mark.parametrize("text", ["." * 200_000, "[" * 200_000, " \n" * 100_000, "a-" * 100_000, "'s" * 100_000])
@pytest.mark.timeout(10)
def test_hostile_texts_take_linear_time(text):
    """Runs of marks of any length are read at once."""
    list(sentence_spans(text))
    tokens(text)
