"""What a question is about, where that is sure."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rao_cli.agent.question.subjects import LONGEST, is_name, noun_size, owner, subject

FOUND = {
    "How much does the pump weigh?": "the pump",
    "Does the pump need oil?": "the pump",
    "How many pages does the manual have?": "the manual",
    "How many seats are there in the hall?": "the hall",
    "How do I reset the pump?": "the pump",
    "In which year was the bridge built?": "the bridge",
    "When was the Eiffel Tower built?": "the Eiffel Tower",
    "Where is the switch in the menu?": "the switch in the menu",
    "Who built the bridge over the river Arno?": "the bridge over the river Arno",
    "Is the Statue of Liberty made of copper?": "the Statue of Liberty",
    "Who wrote Moby Dick?": "Moby Dick",
    "Who first climbed Everest?": "Everest",
    "When did Ada Lovelace publish her notes?": "Ada Lovelace",
    "Where was Ludwig van Beethoven born?": "Ludwig van Beethoven",
    "What is zsh?": "zsh",
    "What does --recurse do?": "--recurse",
    "How do I turn off AUTO_PUSHD?": "AUTO_PUSHD",
    "What does 'set -e' do?": "'set -e'",
    "What is the default port of the server?": "the default port of the server",
}
MEASURED = {
    "What is the price of the pump?": "the pump",
    "What is the maximum weight of the lift?": "the lift",
    "What is the pump's price?": "the pump",
    "What is the population of Paris in 1994?": "Paris",
    "What is the name of the author of the report?": "the report",
}
UNSURE = (
    "What are the price and weight of the pump?",
    "What is the difference between bash and zsh?",
    "What is the price of filters and pumps?",
    "What happens when the disk is full?",
    "What is the capital of the country where Ada was born?",
    "What does 'a' mean and what does 'b' mean?",
    "When was it built?",
    "What is wrong?",
    "Who is it?",
    "How do I get there?",
    "Why?",
    "?",
    "",
)


@pytest.mark.parametrize(("question", "about"), FOUND.items())
def test_what_a_question_is_about(question, about):
    """The one thing that a plain question names is what it is about."""
    assert subject(question) == about


@pytest.mark.parametrize(("question", "about"), MEASURED.items())
def test_a_measure_is_of_something(question, about):
    """A question on a price, an author or a name is about what has it."""
    assert subject(question) == about


@pytest.mark.parametrize("question", UNSURE)
def test_nothing_where_it_is_not_sure(question):
    """Two things, a nested clause, or nothing that is named give nothing."""
    assert subject(question) is None


def test_a_very_long_phrase_is_no_subject():
    """What is named in more than a few words is not repeated."""
    assert subject("Where is the " + "very " * LONGEST + "old mill?") is None


def test_an_owner_is_found_through_all_measures():
    """The owner of a measure of a measure is the thing itself; any other phrase stays."""
    assert owner("the name of the author of the book") == "the book"
    assert owner("the lid of the pump") == "the lid of the pump"
    assert owner(None) is None


@pytest.mark.parametrize("phrase", ["Ada", "Ada Lovelace", "the_end", "--quiet", "Statue of Liberty", "HX-200"])
def test_names(phrase):
    """Capitals, signs and digits make a name."""
    assert is_name(phrase)


@pytest.mark.parametrize("phrase", ["", "the pump", "pump", "I", "Ada is here"])
def test_no_names(phrase):
    """Other words are no names, alone or beside one."""
    assert not is_name(phrase)


def test_a_noun_phrase_ends_before_what_is_said_of_it():
    """A participle, a clause or a verb ends a noun phrase; a capital goes on with it."""
    assert noun_size(["the", "bridge", "built", "in", "stone"]) == 2
    assert noun_size(["the", "river", "Arno", "that", "floods"]) == 3
    assert noun_size(["bridge"]) == 1


@given(st.text(max_size=120))
def test_any_text_is_looked_at(text):
    """Whatever is asked, what is found are words of it."""
    found = subject(text)
    assert found is None or found.split()[0] in text


SOME = ("who", "what", "is", "the", "of", "Ada", "pump's", "'x'", "price", "and", "in", "1990", "?", "it", "wrote")


@given(
    st.lists(
        st.sampled_from(
            [
                "who",
                "what",
                "is",
                "the",
                "of",
                "a",
                "Ada",
                "pump's",
                "'x'",
                "price",
                "and",
                "in",
                "1990",
                "?",
                "it",
                "wrote",
            ]
        ),
        max_size=9,
    )
)
def test_any_order_of_words_is_looked_at(words):
    """Whatever the order of words, the outcome stands in the question and is not long."""
    found = subject(" ".join(words))
    assert found is None or (found in " ".join(words) and len(found.split()) <= LONGEST)
