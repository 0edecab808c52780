"""Sentences: what is one, where it stands, and what is none."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rao_cli.agent.summary.sentences import MOST_WORDS, count_words, sentences


def texts(text):
    """Return the sentences of a text without their places."""
    return [sentence.text for sentence in sentences(text)]


def test_lines_that_a_page_broke_are_joined():
    """A sentence over several lines is one, on one line."""
    flood = "The mill on the river was\nbuilt by a brewer from Ulm\nin the year of the flood."
    text = f"{flood} It burned down very soon.\n"
    assert texts(text) == [
        "The mill on the river was built by a brewer from Ulm in the year of the flood.",
        "It burned down very soon.",
    ]


def test_a_sentence_knows_its_place():
    """The span of a sentence is that of its words in the text, moved by where the text starts."""
    text = "Heading\n\nThe mill stands near the old river.\n"
    (sentence,) = sentences(text, 100)
    assert text[sentence.span.start - 100 : sentence.span.end - 100] == sentence.text


def test_what_stands_below_a_heading_is_marked():
    """The first sentence below a short line without a full stop opens something."""
    found = sentences(
        "The first of all the lines is here.\n\nPipes\n\nA pipe joins two commands. Pipes may be long too.\n"
    )
    assert [sentence.opens for sentence in found] == [False, True, False]


@pytest.mark.parametrize("short", ["e.g. the", "Dr. Petersen of", "J. Weber of", "No. 7 of the"])
def test_abbreviations_end_nothing(short):
    """A dot behind an abbreviation or an initial does not end a sentence."""
    assert len(texts(f"The mill was built by {short} old town long ago.")) == 1


def test_a_missing_space_still_ends_a_sentence():
    """A capital right behind a full stop starts a sentence: pages lose spaces."""
    assert texts("The mill stands by the river.The brewer never came back again.") == [
        "The mill stands by the river.",
        "The brewer never came back again.",
    ]


@pytest.mark.parametrize(
    "text",
    [
        "2.1 Mills and brewers of the town . . . . . . . . . 17.",
        "for (int i = 0; i < n; i++) { total += mills[i]; }",
        "| Mill | built | by whom it was built |",
        "MILL",
        "and then went on to build the next mill.",
        "Why was the mill built near the river?",
        "See https://mill.example/ for all of the plans.",
        "7 2.2 Installing the mill on the river bank.",
        "The (unbalanced mill was built near the river.",
    ],
)
def test_no_sentence(text):
    """Contents, code, tables, headings, halves, questions and links are not told."""
    assert texts(text) == []


def test_markers_of_items_are_left_out():
    """Items of a list are sentences of their own, without their bullets and numbers."""
    text = "- The first mill is by the river.\n2. The second mill is on the hill.\n"
    assert texts(text) == ["The first mill is by the river.", "The second mill is on the hill."]


def test_a_name_may_be_written_small():
    """A project that writes its name small may open a sentence at the start of a paragraph."""
    assert texts("millctl is a tool that opens all the gates.\n") == [
        "millctl is a tool that opens all the gates."
    ]


def test_sentences_of_other_scripts():
    """A text without spaces has sentences, and two of its characters count as a word."""
    text = "北京是中华人民共和国的首都和政治中心。上海是中国最大的城市之一和经济中心。"
    assert len(texts(text)) == 2
    assert count_words("北京是首都") == 1 + 5 // 2


@given(st.text(alphabet=st.sampled_from('ab cdE. !?\n-*#(1)"é中。'), max_size=400))
def test_sentences_lie_in_the_text_in_order(text):
    """Whatever the text, sentences are parts of it, in order, without overlap, and none is too long."""
    at = 0
    for sentence in sentences(text):
        assert at <= sentence.span.start < sentence.span.end <= len(text)
        assert sentence.text == " ".join(text[sentence.span.start : sentence.span.end].split())
        assert count_words(sentence.text) <= MOST_WORDS
        at = sentence.span.end


def test_a_hostile_text_takes_no_time():
    """A text of marks, brackets and spaces only is gone through at once."""
    for text in ("." * 50_000, "( " * 25_000, "A" * 50_000, "a. " * 20_000, "\n" * 50_000, "- " * 25_000):
        assert texts(text) == []
