"""Questions that lean on the one before: understood where that is sure, else left as they were typed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rao_cli.agent.question.following import LONGEST, Turn, asks_place, following

PRICE = Turn(question="What is the price of the pump?", answer="300 euros")
BOOK = Turn(question="Who wrote Moby Dick?", answer="Herman Melville")
BRIDGE = Turn(question="When was the bridge built?", answer="1846")
BUILDER = Turn(question="Who built the bridge?", answer="Jonas Weber")
REVENUE = Turn(question="What was the revenue in 1994?", answer="3 million")
ADA = Turn(question="When did Ada Lovelace die?", answer="1852")
OPTION = Turn(question="What does --recurse do?", answer="it looks into folders")
FILTERS = Turn(question="Where are the filters kept?", answer="in the cellar")

UNDERSTOOD = [
    (PRICE, "How much does it weigh?", "How much does the pump weigh?"),
    (PRICE, "and how is it reset", "How is the pump reset?"),
    (PRICE, "Does it support Windows?", "Does the pump support Windows?"),
    (PRICE, "What does the manual say about it?", "What does the manual say about the pump?"),
    (PRICE, "What is its weight?", "What is the weight of the pump?"),
    (PRICE, "When was its maximum weight measured?", "When was the maximum weight of the pump measured?"),
    (PRICE, "When was it built and who designed it?", "When was the pump built and who designed the pump?"),
    (BOOK, "When was it published?", "When was Moby Dick published?"),
    (FILTERS, "How often are they cleaned?", "How often are the filters cleaned?"),
    (FILTERS, "What is their price?", "What is the price of the filters?"),
    (OPTION, "Is it on by default?", "Is --recurse on by default?"),
    (PRICE, "How do I reset it?", "How do I reset the pump?"),
    (PRICE, "What happened to it?", "What happened to the pump?"),
    (PRICE, "Which company sells it?", "Which company sells the pump?"),
    (PRICE, "Describe it in a word", "Describe the pump in a word?"),
    (PRICE, "When did its lid break?", "When did the pump's lid break?"),
]
PERSONS = [
    (BOOK, "And when was he born?", "When was Herman Melville born?"),
    (BUILDER, "What is his birthplace?", "What is the birthplace of Jonas Weber?"),
    (ADA, "Where was she born?", "Where was Ada Lovelace born?"),
    (ADA, "What was her mother called?", "What was the mother of Ada Lovelace called?"),
    (ADA, "Who knew her?", "Who knew Ada Lovelace?"),
]
ABOUT = [
    (PRICE, "What about its weight?", "What is the weight of the pump?"),
    (PRICE, "what about the weight?", "What is the weight of the pump?"),
    (PRICE, "How about the maker?", "Who is the maker of the pump?"),
    (PRICE, "What about the filter?", "What is the price of the filter?"),
    (PRICE, "And the filter?", "What is the price of the filter?"),
    (ADA, "What about Charles Babbage?", "When did Charles Babbage die?"),
    (OPTION, "What about --quiet?", "What does --quiet do?"),
    (REVENUE, "And in 1995?", "What was the revenue in 1995?"),
    (REVENUE, "and 1996?", "What was the revenue in 1996?"),
    (REVENUE, "what about after 1990", "What was the revenue after 1990?"),
]
ASKED_SO = [
    (BRIDGE, "And where?", "Where was the bridge built?"),
    (BRIDGE, "By whom?", "By whom was the bridge built?"),
    (BUILDER, "When exactly?", "When was the bridge built?"),
    (BOOK, "why?", "Why was Moby Dick written?"),
]
LEFT = [
    (PRICE, "Where is the filter?"),
    (PRICE, "And what is the filter for?"),
    (PRICE, "If the lid is open, does it run?"),
    (PRICE, "What did Ada say about it?"),
    (PRICE, "Is it possible to reset the filter?"),
    (PRICE, "How long does it take?"),
    (PRICE, "Who sells them?"),
    (PRICE, "Who wrote its manual?"),
    (PRICE, "Which company has its name on the lid?"),
    (PRICE, "At the mill, what does it drive?"),
    (PRICE, "When did oil reach its highest price?"),
    (PRICE, "It is generally assumed that what breaks?"),
    (PRICE, "What does it mean for a lid to be open?"),
    (ADA, "Who said he knew everything?"),
    (ADA, "Who gave her royal assent to the act?"),
    (ADA, "How old was Byron when she was born?"),
    (ADA, "When did Ada Lovelace say she was ill?"),
    (Turn(question="When did Tesla's design fail?", answer="1890"), "Who bought it?"),
    (Turn(question="When did the Iranian government enjoy this?", answer="1979"), "Who led it?"),
    (Turn(question="How long did the plague stick around?", answer="a year"), "Where did it begin?"),
    (PRICE, "Why?"),
    (PRICE, "What about cleaning?"),
    (PRICE, "What about it's?"),
    (PRICE, "And?"),
    (REVENUE, "What does that mean?"),
    (ADA, "What about the pump?"),
    (Turn(question="Which command prints the stack?", answer="dirs"), "What else does it do?"),
    (Turn(question="What did Ada build?", answer="an engine"), "How large was it?"),
    (Turn(question="Who did Jane marry?", answer="John Smith"), "When was she born?"),
    (Turn(question="Compare the pump and the filter", answer="both are red"), "Who made it?"),
    (Turn(question="When was it built?", answer="1846"), "And who built it?"),
    (Turn(question="What was sold in 1990 and in 1991?", answer="pumps"), "And in 1992?"),
]
PLACES = {
    "and on which page?": "page",
    "On which page is that?": "page",
    "Which page is it on?": "page",
    "what page": "page",
    "Which line?": "line",
    "in which section is this": "section",
    "Which file?": "file",
    "Where does it say that?": "",
    "where is that written?": "",
    "Where did you find that?": "",
    "Says who?": "",
    "What is the source?": "",
}
NO_PLACES = (
    "where?",
    "On which page is the price?",
    "Where is it built?",
    "Which file defines it?",
    "what line is red",
    "",
)


@pytest.mark.parametrize(("before", "question", "understood"), UNDERSTOOD)
def test_it_is_what_was_asked_about(before, question, understood):
    """It, they, its and their stand for what the question before was about."""
    assert following(question, before) == understood


@pytest.mark.parametrize(("before", "question", "understood"), PERSONS)
def test_a_person_is_who_was_found(before, question, understood):
    """He and she stand for the person that was the answer, or the one that was asked about."""
    assert following(question, before) == understood


@pytest.mark.parametrize(("before", "question", "understood"), ABOUT)
def test_what_about_another(before, question, understood):
    """What about X asks the same of X, and what about its X asks for the X of the same."""
    assert following(question, before) == understood


@pytest.mark.parametrize(("before", "question", "understood"), ASKED_SO)
def test_a_question_word_alone(before, question, understood):
    """When, where, why and by whom alone ask so about the same."""
    assert following(question, before) == understood


@pytest.mark.parametrize(("before", "question"), LEFT)
def test_what_is_not_sure_is_left(before, question):
    """A question that stands alone, or might mean several things, stays as it was typed."""
    assert following(question, before) == question


def test_a_first_question_stays():
    """With nothing before it a question is what it is."""
    assert following("How much does it weigh?", None) == "How much does it weigh?"


def test_a_question_goes_back_by_one_that_was_understood():
    """Leaning on a question that leaned on another works, since the one before is kept as it was understood."""
    weight = following("What about its weight?", PRICE)
    assert following("and what about the filter?", Turn(question=weight)) == "What is the weight of the filter?"


def test_an_answer_that_is_no_name_is_nobody():
    """An answer of several words that is no name is not put in a person's place."""
    said = Turn(question="Who built the bridge?", answer="a brewer from the next town who was rich")
    assert following("When was he born?", said) == "When was he born?"


def test_a_long_question_stays():
    """What is longer than a person would follow up with is not looked at."""
    question = f"Does it {'really ' * LONGEST}work?"
    assert following(question, PRICE) == question


@pytest.mark.parametrize(("question", "kind"), PLACES.items())
def test_questions_on_the_place(question, kind):
    """Where the last answer stands is asked in a few words; the kind of place is told."""
    assert asks_place(question) == kind


@pytest.mark.parametrize("question", NO_PLACES)
def test_other_questions_on_places(question):
    """A question on the place of something that it names is a question like any other."""
    assert asks_place(question) is None


@given(st.text(max_size=200), st.text(max_size=200), st.text(max_size=50))
def test_any_text_is_followed(question, before, answer):
    """Whatever was asked and answered, there is a question, and it is no empty one."""
    told = following(question, Turn(question=before, answer=answer))
    assert told == question or told.strip(" ?")


SOME = ("it", "its", "and", "what about", "the", "pump", "Ada", "her", "1990", "in", "why", "when", "of", ".", "(")
WORDS = st.lists(
    st.sampled_from(
        [
            "it",
            "its",
            "and",
            "what",
            "about",
            "the",
            "pump",
            "Ada",
            "her",
            "1990",
            "in",
            "why",
            "when",
            "of",
            "he",
            ".",
            "?",
            "(",
        ]
    ),
    max_size=8,
)


@given(WORDS, WORDS)
def test_any_order_of_words_is_followed(question, before):
    """Whatever the order of words, following ends, and twice is like once."""
    turn = Turn(question=" ".join(before), answer="Ada Lovelace")
    once = following(" ".join(question), turn)
    assert following(once, None) == once
    asks_place(" ".join(question))
