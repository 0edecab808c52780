"""A question is cut into sentences where they end, and nowhere else."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rao_cli.agent.question.sentences import masked, quoted, sentences

CUT = {
    "Who won? Answer briefly.": ["Who won?", "Answer briefly."],
    "Who won?\n\nAnswer": ["Who won?", "Answer"],
    "Who won?\nAda or Bob": ["Who won?", "Ada or Bob"],
    "What did J. R. Weber build?": ["What did J. R. Weber build?"],
    "Use e.g. 'ACT II. SCENE I'. Then stop.": ["Use e.g. 'ACT II. SCENE I'.", "Then stop."],
    "Lines such as 'VAR X = 5.' or 'VAR Y = 6.' are set.": ["Lines such as 'VAR X = 5.' or 'VAR Y = 6.' are set."],
    "It says 'Stop.' Who said it?": ["It says 'Stop.'", "Who said it?"],
    "Is version 1.2.3 newer than v.2 of it?": ["Is version 1.2.3 newer than v.2 of it?"],
    "Which of Dr. Krol's books? All of them!": ["Which of Dr. Krol's books?", "All of them!"],
    "See www.example.org for more. Who wrote it?": ["See www.example.org for more.", "Who wrote it?"],
    "The log ends. how many lines are there?": ["The log ends. how many lines are there?"],
    "谁建了桥？什么时候？": ["谁建了桥？", "什么时候？"],
    "Really?! Yes.": ["Really?!", "Yes."],
    "": [],
    " \n ": [],
}


@pytest.mark.parametrize(("text", "parts"), CUT.items())
def test_sentences(text, parts):
    """Stops of abbreviations, initials, numbers and quotations end no sentence."""
    assert sentences(text) == parts


@pytest.mark.parametrize(
    ("text", "inside"),
    [
        ("lines with 'disk full' and \"x y\"", ["disk full", "x y"]),
        ("“curly” and ‘single’ and `code`", ["curly", "single", "code"]),
        ("the keeper's dog's bone", []),
        ("it isn't 'so'", ["so"]),
        ("'unclosed", []),
        ("'over\nlines'", []),
    ],
)
def test_what_is_quoted(text, inside):
    """What stands between quotation marks is told; an apostrophe opens none."""
    assert quoted(text) == inside


@given(st.text(max_size=200))
def test_masked_text_keeps_its_places(text):
    """A masked text is as long as it was, so that places found in it are those of the text."""
    assert len(masked(text)) == len(text)


@given(st.text("ab .?!'\"\n", max_size=120))
def test_no_word_is_lost(text):
    """All words of a text are in its sentences, in their order."""
    assert " ".join(sentences(text)).split() == text.split()
