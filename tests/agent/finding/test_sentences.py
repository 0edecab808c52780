from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rao_cli.agent.finding.sentences import rarity, sentences_for, sentences_in, stretches
from rao_cli.agent.finding.sought import understand
from rao_cli.documents.model import Span
from tests.agent.finding.helpers import asked, reading
from tests.agent.helpers import filler

FACT = "The keeper at Orlock hides the brass key under a blue tile."


def best(question, text):
    """Return the best sentence's text."""
    return sentences_for(asked(question), reading(text))[0].text


def test_the_sentence_that_answers_is_first():
    """A sentence that holds the question's rare words is found in a long text."""
    text = filler(400) + FACT + " Then it rained.\n" + filler(400, 400)
    assert best("Where does the keeper at Orlock hide the brass key?", text) == FACT


def test_sentences_are_the_text_at_their_span():
    """Every sentence can be cited: its span holds its text."""
    read = reading(filler(40) + FACT + "\n" + filler(40, 40))
    found = sentences_for(asked("Where is the brass key?"), read)
    assert found
    assert all(read.document.read(sentence.span) == sentence.text for sentence in found)
    assert [one.score for one in found] == sorted((one.score for one in found), reverse=True)


def test_names_of_the_sentence_before_count():
    """A sentence that only says he is found by the name in the sentence before it."""
    text = filler(60) + "Edda Voss came late. She was born in Tarn.\n\nOlaf Brun was early.\n" + filler(60, 60)
    found = sentences_for(asked("Where was Edda Voss born?"), reading(text))
    assert "She was born in Tarn." in [sentence.text for sentence in found[:2]]


def test_names_of_headings_count():
    """A sentence below a heading is found by the heading's words."""
    text = "# Mills\n\nThe roof is of slate.\n\n# Barns\n\nThe roof is of straw.\n"
    found = sentences_for(asked("Of what is the roof of the barns?"), reading(text, "notes.md"))
    assert found[0].text == "The roof is of straw."


def test_weights_of_a_question_add_up_to_one():
    """Rare words weigh more than those that stand everywhere."""
    found = sentences_for(asked("Which matter of the keeper?"), reading(filler(50) + FACT))
    weights = found[0].weights
    assert sum(weights.values()) == pytest.approx(1)
    assert weights["keep"] > weights["matt"]


@pytest.mark.parametrize("question", ["", "?", "the of and", "zzzz qqqq"])
def test_nothing_is_found_for_nothing(question):
    """A question that shares no word with the text has no sentences, or harmless ones."""
    assert isinstance(sentences_for(asked(question), reading("Plain words here.")), list)


def test_the_limit_is_kept():
    """No more sentences come than were asked for."""
    assert len(sentences_for(asked("matter words"), reading(filler(90)), limit=4)) == 4


def shares(question, text, sentence, path="notes.md"):
    """Return the features of one sentence of a text for a question."""
    found = sentences_for(asked(question), reading(text, path), 50)
    return next(one.features for one in found if one.text == sentence)


def test_words_of_the_sentence_itself_count_most():
    """A sentence with all words of the question has its own share of one."""
    features = shares("Who wound the clock?", "Ann wound the clock.\n\nBob slept.\n", "Ann wound the clock.")
    assert features["own"] == pytest.approx(1)
    assert sum(features[where] for where in ("alike", "before", "heading", "after", "near")) == 0


@pytest.mark.parametrize(
    ("question", "text", "sentence", "where"),
    [
        ("Who wound the tall clock?", "The tall clock broke. Ann wound it.", "Ann wound it.", "before"),
        ("Who wound the tall clock?", "Ann wound it. The tall clock broke.", "Ann wound it.", "after"),
        (
            "Who wound the clock?",
            "# Clock\n\nThe rest.\n\nIt broke.\n\nAnn wound it.\n",
            "Ann wound it.",
            "heading",
        ),
        (
            "Who discovered the comet?",
            "The discoverer of the comet was Ann.",
            "The discoverer of the comet was Ann.",
            "",
        ),
        ("Who wound the clock?", "The clock broke. It rained. Ann wound it.", "Ann wound it.", "near"),
    ],
)
def test_where_a_word_stands(question, text, sentence, where):
    """Words of the sentence before and after, of the headings and near by count for less, each once."""
    features = shares(question, text, sentence)
    assert not where or features[where] > 0
    assert sum(features[each] for each in ("own", "alike", "before", "heading", "after", "near")) <= 1 + 1e-9


def test_words_that_follow_each_other():
    """Neighbours of the question that are neighbours in the sentence are a sign that it is meant."""
    together = shares("Who saw the blue door?", "Ann saw the blue door.", "Ann saw the blue door.")
    apart = shares("Who saw the blue door?", "The door that Ann saw was blue.", "The door that Ann saw was blue.")
    assert together["pairs"] > apart["pairs"]


def test_only_the_questions_words_say_nothing():
    """A sentence that has nothing but the question's words ranks below one that says more."""
    found = sentences_for(
        asked("What is the blue door made of?"), reading("The blue door.\n\nThe blue door is oak.\n")
    )
    assert found[0].text == "The blue door is oak."


def test_sentences_of_a_span():
    """The sentences of one place are ranked without searching the rest."""
    text = "The blue door is oak. It is old. " + "The blue door is tin. "
    read = reading(text)
    found = sentences_in(asked("What is the blue door?"), read, Span(0, text.index("It")))
    assert [one.text for one in found] == ["The blue door is oak."]


def test_stretches_do_not_overlap():
    """Text around passages that touch is read once."""
    read = reading(filler(100))
    spans = stretches(read, [Span(100, 400), Span(350, 700), Span(4_000, 4_100)])
    assert all(one.end < other.start for one, other in pairwise(spans))
    assert all(any(span.contains(hit) for span in spans) for hit in (Span(100, 400), Span(4_000, 4_100)))


def test_rare_words_are_worth_more():
    """A word that stands once is worth more than one that stands everywhere; one that stands nowhere most."""
    read = reading(filler(200) + FACT)
    worth = rarity(understand("Of what matter is the key?"), read)
    assert worth["key"] > worth[understand("matter").stems[0]] > 0


@pytest.mark.timeout(20)
def test_long_questions_and_texts_without_ends():
    """A question of thousands of words, and a text without punctuation, are ranked in bounded time."""
    question = asked(" ".join(f"word{n}" for n in range(3_000)))
    assert sentences_for(question, reading("word1 word2 " * 5_000), 5)


@given(st.text(max_size=120))
def test_any_question_is_ranked(question):
    """Whatever is asked, sentences come in the order of their scores."""
    found = sentences_for(asked(question), READING, 10)
    assert [one.score for one in found] == sorted((one.score for one in found), reverse=True)


READING = reading(filler(30) + FACT)
