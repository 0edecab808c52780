"""What a trained model's choice is worth: the model's odds and code's score count together."""

import json
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rao_cli.agent import belief
from rao_cli.agent.actions import Absent, Delegate
from rao_cli.agent.proposing import Proposal
from rao_cli.documents.model import Span
from rao_cli.engine.scripted import ScriptedEngine
from tests.agent.test_trained import decided, state
from tests.agent.test_weighing import told

ODDS = st.floats(-30, 30)


def proposed(text, score=0.0, about=1.0):
    """Return a proposal with code's score."""
    return Proposal(text, Span(0, 4), Span(0, 4), score, about)


def saying(**odds):
    """Return a model that finds actions so much likelier than absence as they are given by name."""
    count = ScriptedEngine(told).count_tokens

    def respond(request):
        choice = json.loads(request.grammar.removeprefix("root ::= "))
        action = json.loads(choice)
        name = action.get("answer", action["action"])
        return choice, (-20.0 + odds.get(name, 0.0)) / count(choice)

    return respond


@given(ODDS, ODDS)
def test_at_equal_scores_the_likelier_answer_is_worth_more(one, other):
    """Among answers that code thinks equally of, the model's odds decide."""
    place, _ = belief.best([proposed("a"), proposed("b")], [one, other])
    assert (one, other)[place] == max(one, other)


@given(ODDS, st.floats(-5, 5), st.floats(-5, 5))
def test_at_equal_odds_the_score_of_code_decides(odds, one, other):
    """Among answers that the model thinks equally of, code's score decides."""
    place, worth = belief.best([proposed("a", one), proposed("b", other)], [odds, odds])
    assert (one, other)[place] == pytest.approx(max(one, other))
    assert worth == pytest.approx(odds + belief.CODE * max(one, other))


@given(ODDS, ODDS)
def test_what_is_worth_more_is_believed_more(one, other):
    """Both curves rise with the worth of an answer, and stay between 0 and 1."""
    low, high = sorted((one, other))
    for curve in (belief.right, belief.stated):
        assert 0 <= curve(proposed("a"), low) <= curve(proposed("a"), high) <= 1


def test_a_likely_answer_is_given_with_what_code_and_model_believe():
    """The confidence of an answer is how probable it is to be right, not its share among those offered."""
    one = proposed("Ada", 1.0)
    decision = decided(state(proposals=[one]), saying(Ada=12.0))
    assert decision.action.answer == "Ada"
    assert decision.confidence == pytest.approx(belief.right(one, 12.0 + belief.CODE))


def test_an_answer_far_less_likely_than_absence_is_not_given():
    """Where the best answer makes it improbable that the text answers at all, the text is taken not to."""
    one = proposed("Ada", about=0.1)
    decision = decided(state(proposals=[one]), saying(Ada=-20.0))
    assert decision.action == Absent()
    assert decision.confidence == pytest.approx(1 - belief.stated(one, -20.0))


def test_a_long_text_is_read_in_parts_where_that_is_likeliest():
    """Reading in parts is taken where nothing on offer is likelier, and not where something is."""
    asked = state(hits="cd", tokens=101, proposals=[proposed("Ada")])
    taken = decided(asked, saying(delegate=5.0, Ada=3.0))
    assert isinstance(taken.action, Delegate)
    assert taken.confidence == pytest.approx(math.exp(5) / (math.exp(5) + math.exp(3) + 1))
    assert not isinstance(decided(asked, saying(delegate=3.0, Ada=5.0)).action, Delegate)


def test_without_proposals_nothing_is_found():
    """A text for which code proposes nothing is said not to answer."""
    assert decided(state(), saying()).action == Absent()
