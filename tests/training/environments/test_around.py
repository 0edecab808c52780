"""The same question in more text: evidence moves with what is asked about, and nothing else says the answer."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rao_cli.documents.model import Span
from rao_cli.errors import InputError
from rao_cli.training.environments.around import Article, read_articles, surrounded, unrelated
from rao_cli.training.episodes import Episode, Step

TEXT = "# Lamps\n\nThe keeper is Mara. She lives in Olm."
ANSWERS = tuple(Span(TEXT.index(word), TEXT.index(word) + len(word)) for word in ("Mara", "Olm"))
STEPS = tuple(Step(f"Step {n}?", TEXT[span.start : span.end], span) for n, span in enumerate(ANSWERS))
EPISODE = Episode("one", "reading", TEXT, "Where does the keeper live?", ("Olm",), ANSWERS[1:], STEPS)
ARTICLES = [Article(f"# Part {n}\n\n" + f"Matter {n}. " * 20) for n in range(5)]


@given(characters=st.integers(0, 5_000), count=st.integers(0, 5))
def test_what_is_asked_about_stands_there_whole(characters, count):
    """The text is in it once, and evidence and steps still point to their words."""
    made = surrounded(EPISODE, ARTICLES[:count], characters)
    assert made.text.count(TEXT) == 1
    assert [made.text[span.start : span.end] for span in made.evidence] == ["Olm"]
    assert [made.text[step.evidence.start : step.evidence.end] for step in made.steps] == ["Mara", "Olm"]


def test_a_text_is_as_long_as_was_asked():
    """It has the length, and at most an article more; where articles run out they come again."""
    longest = max(len(one.text) for one in ARTICLES)
    for characters in (500, 1_000, 20_000):
        length = len(surrounded(EPISODE, ARTICLES, characters).text)
        assert characters <= length <= characters + 2 * longest + characters // 50


def test_a_text_that_is_long_enough_stays():
    """Nothing is put around it."""
    assert surrounded(EPISODE, ARTICLES, len(TEXT)) == EPISODE


def test_questions_on_one_text_share_their_surroundings():
    """They are asked of the same text, so it is prepared once."""
    other = replace(EPISODE, name="two", question="Who is the keeper?")
    assert surrounded(other, ARTICLES, 900).text == surrounded(EPISODE, ARTICLES, 900).text


def test_articles_begin_at_headings(tmp_path):
    """Each is there once, whichever file it is in; text before the first heading is one too."""
    for name in ("a.txt", "b.txt"):
        (tmp_path / name).write_text(f"{name}\n\n# One\n\nText.\n\n## Below\n\nMore.\n# Two\nEnd.\n")
    found = read_articles([tmp_path / "a.txt", tmp_path / "b.txt"])
    assert [one.title for one in found] == ["a.txt", "One", "Two", "b.txt"]
    assert found[1].paragraphs == {"# One", "Text.", "## Below", "More."}


@pytest.mark.parametrize("content", [None, b"\xff\xfe\x00bytes"])
def test_a_file_that_is_no_text_is_refused(tmp_path, content):
    """One that is missing, or no UTF-8."""
    path = tmp_path / "around.txt"
    if content:
        path.write_bytes(content)
    with pytest.raises(InputError, match=r"around\.txt"):
        read_articles([path])


def test_articles_that_are_asked_about_are_left_out():
    """By their title, or by a paragraph."""
    asked = [Article("# Lamps\n\nOther words."), Article("# Light\n\nThe keeper is Mara.\n\nMore.")]
    assert unrelated([*asked, *ARTICLES], {"Lamps"}, {"The keeper is Mara."}) == ARTICLES


def test_nothing_but_articles_that_are_asked_about_is_refused():
    """No size could be reached with them."""
    with pytest.raises(InputError, match="asked about"):
        unrelated([Article("# Lamps\n\nText.")], {"Lamps"}, ())
