"""What a conversation carries from one question to the next."""

import pytest

from rao_cli.cli.conversation import place_of
from tests.cli.stream import citation, result
from tests.cli.test_chat_save import talk_of

PLACES = {
    "page": "page xii",
    "line": "line 7",
    "section": "Care › Oil",
    "chapter": "Care › Oil",
    "file": "manual.pdf",
    "source": "manual.pdf",
    "": "manual.pdf p. 12",
    "slide": "manual.pdf p. 12",
}


@pytest.mark.parametrize(("kind", "place"), PLACES.items())
def test_places_by_their_kind(kind, place):
    """A page, line, section or file of a citation is told as it is called; another kind as the whole place."""
    assert place_of(citation(page_label="xii", first_line=7, heading="Care › Oil"), kind) == place


def test_a_place_without_pages_is_told_whole():
    """Where there are no pages, the page is the place."""
    assert place_of(citation(first_page=0, label="a.txt:3"), "page") == "a.txt:3"


def test_facts_are_short_lines():
    """A fact is one line of a question and its answer, of which the answer is never crowded out."""
    (fact,) = talk_of(result(question="why\x1b[0m pump " * 80, answer="because\nof " * 80)).facts("", "What pump?")
    assert len(fact) <= 200
    assert "because of" in fact
    assert "\x1b" not in fact
    assert "\n" not in fact


def test_only_the_newest_facts_are_carried():
    """Of many answers the last few are carried along, in their order; what was not found is none."""
    results = [result(question=f"pump {n}?", answer=f"a{n}") for n in range(9)]
    facts = talk_of(*results, result(question="pump?", answer="", status="absent")).facts("Which?", "Which pump?")
    assert facts == ("pump 5? a5", "pump 6? a6", "pump 7? a7", "pump 8? a8")


def test_facts_have_to_do_with_the_question():
    """An answer that shares no word with a follow-up is not told, except to one that still leans on it."""
    mill = result(question="Who built the mill?", answer="Ada")
    talk = talk_of(mill, result(question="Is it red?", answer="yes"))
    assert talk.facts("And what did she write?", "What did Ada write?") == ("Who built the mill? Ada",)
    assert talk.facts("And the lake?", "How deep is the lake?") == ()
    assert talk.facts("What else does it do?", "What else does it do?") == ("Is it red? yes",)
    assert talk_of().facts("What else does it do?", "What else does it do?") == ()


def test_facts_for_a_question_that_stands_alone():
    """It is told nothing, unless the model decides for itself what to make of it."""
    talk = talk_of(result(question="Who built the mill?", answer="Ada"))
    question = "What did Ada write?"
    assert talk.facts(question, question) == ()
    talk.trusted = True
    assert talk.facts(question, question) == ("Who built the mill? Ada",)


def test_places_are_told_once():
    """Several citations of one page are one place; the answer cites as the last one did."""
    talk = talk_of(result(citations=(citation(), citation(start=9))))
    place = talk.place("on which page?")
    assert (place.answer, len(place.citations), place.usage.tokens) == ("page 12", 2, 0)


def test_no_place_of_nothing():
    """Without an exchange, or without citations, a question on the place is left to be asked."""
    assert talk_of().place("on which page?") is None
    assert talk_of(result(citations=())).place("on which page?") is None
    assert talk_of(result()).place("What is on the page?") is None
