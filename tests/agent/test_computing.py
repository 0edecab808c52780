"""What rules leave open is decided: options by code for a poor reader, the kind by a trusted model."""

import pytest

from rao_cli.agent.question.deciding import KINDS, decided, in_doubt, kind_request
from rao_cli.agent.question.recognise import recognise
from tests.agent.helpers import ABSENT, answer, filler, made_to_compute, run, shown

TEXT = filler(60) + "The pump of the north mill burns peat.\nThe lid must never be opened.\n" + filler(60, 60)
DOUBTFUL = "How many wheels does the cart have?"


def test_an_option_is_chosen_by_code():
    """A model that only reads is not asked which option is right; the sentence that says it is cited."""
    ran = run("What does the pump of the north mill burn?\n(A) coal\n(B) peat\n", made_to_compute(TEXT))
    assert (ran.result.status, ran.result.answer, ran.result.verified) == ("found", "B", True)
    assert ran.result.citations[0].quote.startswith("The pump")
    assert ran.requests == []


def test_yes_or_no_is_answered_from_a_sentence():
    """A sentence that denies the statement answers no, and is cited."""
    ran = run("May the lid be opened?", made_to_compute(TEXT))
    assert (ran.result.answer, ran.result.verified) == ("no", True)
    assert "never" in ran.result.citations[0].quote


def test_yes_or_no_that_no_sentence_settles_is_read():
    """Where code is not sure the model reads, may only say yes or no, and stays unverified."""
    ran = run("Is the cellar of the mill dry?", made_to_compute(TEXT, lambda _: answer("yes", 1)))
    assert (ran.result.answer, ran.result.verified) == ("yes", False)
    assert all('"\\"yes\\"" | "\\"no\\""' in request.grammar for request in ran.requests)


def test_a_trusted_model_chooses_itself():
    """A trusted model reads and chooses; the grammar lets it answer with a letter only."""
    prepared = made_to_compute(TEXT, lambda _: answer("A", 1), delegation="model", window=2048)
    ran = run("Which bird is best?\n(A) wren\n(B) lark\n", prepared)
    assert ran.result.answer == "A"
    assert '"\\"A\\"" | "\\"B\\""' in ran.requests[-1].grammar


def test_a_trusted_model_decides_what_rules_doubt():
    """A question that may be of two kinds is shown to a trusted model first, with nothing of the text."""
    prepared = made_to_compute(
        TEXT,
        lambda request: "count" if "fact:" in request.messages[0].parts[0] else ABSENT,
        delegation="model",
        window=2048,
    )
    ran = run(DOUBTFUL, prepared)
    assert "pump" not in "".join(shown(ran.requests[0]))
    assert ran.result.usage.tokens > 0


@pytest.mark.parametrize(("question", "delegation"), [("Who wrote it?", "model"), (DOUBTFUL, "rules")])
def test_nobody_is_asked_in_vain(question, delegation):
    """A plain fact, and a model that is not trusted, need no decision."""
    ran = run(question, made_to_compute(TEXT, delegation=delegation, window=2048))
    assert all(request.grammar != kind_request(recognise(question)).grammar for request in ran.requests)


def test_a_budget_that_is_over_leaves_the_rule():
    """Where no tokens are left for the decision the rule's kind stands and the run ends in order."""
    ran = run(DOUBTFUL, made_to_compute(TEXT, delegation="model", window=2048), tokens=1)
    assert ran.result.limits_hit == ("tokens",)


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_can_be_decided(kind):
    """The grammar names every kind, the prompt explains it, and a reply makes it sure."""
    request = kind_request(recognise(DOUBTFUL))
    assert f'"{kind}"' in request.grammar
    assert f"\n{kind}: " in request.messages[0].parts[0]
    asked = decided(recognise(DOUBTFUL), kind)
    assert (asked.kind, asked.sure) == (kind, True)


def test_a_reply_that_is_no_kind():
    """A reply that names no kind changes nothing."""
    asked = recognise(DOUBTFUL)
    assert decided(asked, "sum of all") == asked
    assert in_doubt(asked)


@pytest.mark.parametrize(
    ("question", "told"),
    [
        ("How many lines contain 'red' and how many contain 'blue'?", "2; 1"),
        ("How many lines contain 'red' and who painted the gate?", None),
        ("How many lines contain 'red' or 'blue'?", "3"),
    ],
)
def test_of_several_questions_all_are_computed_or_none(question, told):
    """Two questions in one breath have two answers; where code knows only one of them it leaves both to agents."""
    text = "a red door\na blue door\na red roof\na green gate, painted by nobody we know\n"
    ran = run(question, made_to_compute(text))
    assert (ran.result.answer == told) if told else not ran.result.how
