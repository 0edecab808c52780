import pytest

from rao_cli.agent.finding.sentences import sentences_for
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
