"""Proposals: spans of the text, ranked over the whole document, given to the leaf they stand in."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rao_cli.agent.offering import Offers
from rao_cli.agent.preparing import Settings
from rao_cli.agent.proposing import FEW, MANY, WORDS, Breadth, Proposer
from rao_cli.agent.records import Task
from rao_cli.agent.summary.telling import Telling
from rao_cli.agent.view import View
from rao_cli.documents.model import Span
from tests.agent.helpers import document, filler, reading_of

QUESTION = "Who keeps the key of the lighthouse?"
FACT = "The key of the lighthouse is kept by Martha Quill."
STORY = filler(40) + FACT + "\n\n" + filler(40, start=40)


def reading(text: str = STORY):
    """Pack a text into small leaves."""
    return reading_of(document(text))


def whole(packed) -> Span:
    """Return the span of a whole document."""
    return Span(0, len(packed.document))


def leaf_of(packed, words: str):
    """Return the leaf in which words stand."""
    return packed.leaf_at(packed.document.text.index(words))


def test_the_leaf_of_the_best_proposal_comes_first() -> None:
    """The leaf that holds the answering sentence is offered first."""
    packed = reading()
    found = Proposer(packed).leaves(QUESTION, [whole(packed)])
    assert found[0].id == leaf_of(packed, FACT).id


def test_a_proposal_is_a_span_of_the_text() -> None:
    """What is proposed stands at its span, inside its sentence, letter by letter but for white space."""
    packed = reading()
    for one in Proposer(packed).inside(QUESTION, [leaf_of(packed, FACT).span]):
        assert " ".join(packed.document.read(one.span).split()) == one.text
        assert one.sentence.contains(one.span)


def test_the_answer_is_among_the_proposals() -> None:
    """The name that a sentence gives for the question's words is proposed."""
    packed = reading()
    proposals = Proposer(packed).inside(QUESTION, [leaf_of(packed, FACT).span])
    assert "Martha Quill" in [one.text for one in proposals]


def test_leaves_lie_inside_what_was_handed_down() -> None:
    """An agent that was given a part is offered no leaf beyond it."""
    packed = reading()
    span = Span(0, packed.document.text.index(FACT) - 200)
    assert all(span.contains(leaf.span) for leaf in Proposer(packed).leaves(QUESTION, [span]))


def test_a_leaf_that_search_passes_over_has_proposals_of_its_own() -> None:
    """Where none of the document's proposals stand, the leaf's own sentences give some."""
    packed = reading()
    first = next(packed.leaves())
    found = Proposer(packed).inside("Which matter does line 2 tell of?", [first.span])
    assert found
    assert all(first.span.contains(one.span) for one in found)


def test_a_reader_gets_a_few() -> None:
    """No reader is given more than a handful of proposals, however many there are."""
    text = " ".join(f"The key of the lighthouse was given to Person Number{n} in {1800 + n}." for n in range(200))
    packed = reading(text)
    assert all(len(Proposer(packed).inside(QUESTION, [leaf.span])) <= FEW.reader for leaf in packed.leaves())


def test_a_question_is_ranked_once() -> None:
    """Asking again for the same question gives the same leaves."""
    packed = reading()
    proposer = Proposer(packed)
    first = proposer.leaves(QUESTION, [whole(packed)])
    assert proposer.leaves(QUESTION, [whole(packed)]) == first
    assert len(first) <= FEW.document


@pytest.mark.parametrize("question", ["Why is the lighthouse key kept?", "How does one open the lighthouse?"])
def test_a_reason_is_a_whole_sentence(question: str) -> None:
    """A question for reasons or ways is proposed sentences, not names."""
    packed = reading()
    found = Proposer(packed).inside(question, [leaf_of(packed, FACT).span])
    assert FACT in [one.text for one in found]
    assert all(len(one.text.split()) <= WORDS for one in found)


def test_a_short_how_is_answered_in_short() -> None:
    """What was done, and how, is proposed as phrases."""
    text = "Luther smuggled the nuns out in herring barrels on a cold night."
    packed = reading(text)
    found = [one.text for one in Proposer(packed).inside("How did Luther smuggle the nuns?", [whole(packed)])]
    assert any("herring barrels" in one and len(one.split()) < 8 for one in found)


@pytest.mark.parametrize("text", ["?!?", "a", "x" * 5000, "\u202e\u200b" * 50, "٣ ٤ ٥"])
def test_any_text_may_be_empty_of_proposals(text: str) -> None:
    """Text without words, or with strange ones, is proposed from without failing."""
    packed = reading(text)
    assert isinstance(Proposer(packed).inside(QUESTION, [whole(packed)]), tuple)


@settings(max_examples=40, deadline=None)
@given(st.text(st.characters(categories=["L", "N", "P", "Zs"]), max_size=300), st.text(max_size=80))
def test_proposals_never_leave_their_span(text: str, question: str) -> None:
    """Whatever text and question are, a proposal lies where it was asked for."""
    packed = reading(f"Anna {text}")
    for leaf in packed.leaves():
        for one in Proposer(packed).inside(question, [leaf.span]):
            assert leaf.span.contains(one.span)


def offers(packed, *, thorough: bool = False, weighs: bool = True) -> Offers:
    """Return the offers of a task."""
    task = Task(question=QUESTION, thorough=thorough)
    return Offers(task, packed, proposer=Proposer(packed) if weighs else None)


def outline(packed) -> View:
    """Return the outline of a whole document."""
    return View("outline", (packed.root,), packed.root.children, "")


def test_sections_with_proposals_come_before_hits() -> None:
    """The sections offered begin with those of proposals, each once."""
    packed = reading()
    found = offers(packed).sections(QUESTION, outline(packed))
    assert found[0].id == leaf_of(packed, FACT).id
    assert len({section.id for section in found}) == len(found)


def test_without_a_proposer_search_ranks() -> None:
    """Readers that write are offered what search finds, and no proposals."""
    packed = reading()
    plain = offers(packed, weighs=False)
    assert plain.sections(QUESTION, outline(packed))[0].id == leaf_of(packed, FACT).id
    assert plain.proposals(QUESTION, outline(packed)) == ()


def test_an_outline_has_no_proposals() -> None:
    """Only who is shown text is given answers to weigh."""
    packed = reading()
    assert offers(packed).proposals(QUESTION, outline(packed)) == ()


def test_a_question_of_foreign_words_is_offered_the_beginning() -> None:
    """Where no word of the question occurs, the first leaves are offered."""
    packed = reading()
    found = offers(packed).sections("Quo vadis, zyx?", outline(packed))
    assert found[0].id == next(packed.leaves()).id


def test_one_leaf_offers_no_choice() -> None:
    """Of a single leaf there is nothing to choose."""
    packed = reading("One line.\n")
    assert offers(packed).sections(QUESTION, outline(packed)) == ()


def test_thorough_chooses_nothing_at_an_outline() -> None:
    """Where everything is read, no section is preferred."""
    packed = reading()
    assert offers(packed, thorough=True).sections(QUESTION, outline(packed)) == ()


@pytest.mark.parametrize(
    ("question", "date"),
    [
        ("When did the keeper of the lighthouse retire?", "4 May 1911"),
        ("In which year did the keeper of the lighthouse retire?", "1911"),
    ],
)
def test_a_date_is_proposed_whole_unless_a_part_is_asked_for(question: str, date: str) -> None:
    """A question for the time gets the whole date, one for the year the year."""
    packed = reading(filler(20) + "The keeper of the lighthouse retired on 4 May 1911 with honours.\n")
    found = [one.text for one in Proposer(packed).inside(question, [whole(packed)])]
    assert date in found
    assert ("1911" in found) == (date == "1911")


@pytest.mark.parametrize(
    "again", [QUESTION, f"Question: {QUESTION}", f'"{QUESTION}"', f"To the question {QUESTION}"]
)
def test_what_asks_the_question_again_proposes_nothing(again: str) -> None:
    """A sentence that is the question itself has all of its words, and no answer; what follows it may have one."""
    packed = reading(f"{again} Ask nobody.\n\n" * 90 + STORY)
    found = Proposer(packed).inside(QUESTION, [whole(packed)])
    assert "Martha Quill" in {one.text for one in found}
    assert all("?" not in packed.document.read(one.sentence) for one in found)


def test_another_question_may_hold_an_answer() -> None:
    """A question that lacks words of the one that was asked is a sentence like any other."""
    packed = reading("Did Martha Quill keep the key of the lighthouse?\n\n" + filler(20))
    found = Proposer(packed).inside("Who was Martha?", [whole(packed)])
    assert found


def test_a_count_is_proposed_numbers() -> None:
    """Asked how many, a text's numbers are proposed, in digits or words, and not its names."""
    packed = reading("The ferry of Captain Brown carries twelve carts and 300 sheep to Norrow.\n")
    found = [one.text for one in Proposer(packed).inside("How many sheep does the ferry carry?", [whole(packed)])]
    assert any("300" in one for one in found)
    assert not any(one in ("Captain Brown", "Norrow") for one in found)


def test_no_bracket_is_left_open() -> None:
    """Where other spans are there, one that cuts a bracket off is not proposed."""
    packed = reading("The lamp is lit by start(lamp, wick) of Keeper Jones in the tower.\n")
    found = [one.text for one in Proposer(packed).inside("Who lights the lamp?", [whole(packed)])]
    assert found
    assert all(one.count("(") == one.count(")") for one in found)


@pytest.mark.parametrize("breadth", [Breadth(1, 1), Breadth(9, 2), FEW, MANY])
def test_no_reader_is_proposed_more_than_its_breadth(breadth):
    """A proposer keeps to the breadth that it was given, over the document and for one reader."""
    packed = reading()
    proposer = Proposer(packed, breadth)
    told = [proposer.inside(QUESTION, [leaf.span]) for leaf in proposer.leaves(QUESTION, [whole(packed)])]
    assert max(map(len, told)) <= breadth.reader
    assert len(told) <= breadth.document


@pytest.mark.parametrize(("answers", "breadth"), [("written", None), ("weighed", FEW), ("chosen", MANY)])
def test_a_model_that_chooses_well_is_offered_more(answers, breadth):
    """How much is proposed follows from how a model answers; one that writes is proposed nothing."""
    made = Settings(window=2048, view_tokens=128, delegation="rules", output_tokens=64, answers=answers)
    assert made.breadth == breadth


def test_a_summary_is_offered_no_proposals() -> None:
    """Proposals answer questions: for a summary none are looked for, which would take an index of everything."""
    packed = reading()
    leaf = leaf_of(packed, FACT)
    task = Task(kind="summarize")
    view = View("text", (leaf,), packed.blocks(leaf), "")
    assert Offers(task, packed, Telling(task, packed), Proposer(packed)).proposals(QUESTION, view) == ()
    assert Offers(Task(question=QUESTION), packed, None, Proposer(packed)).proposals(QUESTION, view)
