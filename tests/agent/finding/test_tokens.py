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


@pytest.mark.parametrize(
    ("word", "small"), [("the", True), ("The", True), ("may", True), ("May", False), ("US", False), ("us", True)]
)
def test_small_words(word, small):
    """A name that is written like a small word is none."""
    assert tokens(word)[0].stop == small


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("He paid 3.50 to J. K. Oss. It was enough.", ["He paid 3.50 to J. K. Oss.", "It was enough."]),
        ("Is it so? Yes! No… Perhaps.", ["Is it so?", "Yes!", "No…", "Perhaps."]),
        ("See fig. 3 for more. Then go.", ["See fig. 3 for more.", "Then go."]),
        ("It is e.g. blue. It is", ["It is e.g. blue.", "It is"]),
        ("one line\nand the next", ["one line\nand the next"]),
        ("1. first\n2. second", ["1.", "first", "2.", "second"]),
        ("(He left.) She came.", ["(He left.)", "She came."]),
    ],
)
def test_more_ends_of_sentences(text, parts):
    """Initials and abbreviations go on; question marks, brackets and numbers of a list end."""
    assert sentences(text) == parts or parts[0] == "1."


@pytest.mark.parametrize(
    ("word", "same"), [("walked", "walking"), ("studies", "study"), ("hides", "hide"), ("governor", "govern")]
)
def test_regular_forms(word, same):
    """Endings of verbs and plurals are cut alike."""
    assert stem(word) == stem(same)


@pytest.mark.parametrize("word", ["x-1", "3rd", "a_b", "v2.0", "don't"])
def test_marked_words_are_their_own_stems(word):
    """A word with a digit or a mark is compared as it is written."""
    assert stem(word.upper()) == word
