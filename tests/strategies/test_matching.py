"""A strategy is chosen only where it fits and pays, the same each time, and the reason can be read."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rao_cli.strategies.matching import choose, returns_of, told, unfit
from rao_cli.strategies.plan import Ask, Check, Combine, Search, Select, Stop
from rao_cli.strategies.records import Range, Requirement
from rao_cli.strategies.shape import Shape
from tests.strategies.holding import FACT, MODEL, SHAPE, for_what, held, outcomes
from tests.strategies.making import strategy


def chosen(*strategies, question=FACT, shape=SHAPE, model=MODEL, digest="d"):
    """Choose among strategies."""
    return choose(question, shape, strategies, model=model, digest=digest)


def test_a_strategy_that_pays_is_chosen():
    """One that was right and cheap on such documents is used, and its outcomes say why."""
    found = chosen(held(outcomes(5)))
    assert found.strategy.name == "look-up"
    assert found.reason == "right in 5 of 5, 0.48 times the tokens expected"


@pytest.mark.parametrize(
    ("one", "reason"),
    [
        (held(outcomes(), standing="candidate"), "it is candidate"),
        (held(outcomes(), standing="quarantined"), "it is quarantined"),
        (held(outcomes(), standing="retired"), "it is retired"),
        (held(), "nothing is known of it with tiny/chosen on pdf"),
        (held(outcomes(kind="log")), "nothing is known of it"),
        (held(outcomes(model="other/chosen")), "nothing is known of it"),
        (held(outcomes(paired=0)), "nothing is known of it"),
        (held(outcomes(3, 2)), "it is not known to be right often enough: right in 3 of 5"),
        (held(outcomes(ratio=0.95)), "it saves too little"),
        (held(outcomes(4, left=6)), "it saves too little: right in 4 of 4, left in 6 more"),
        (held(outcomes(), applies=for_what(kinds=("log",))), "it is for log, and this is pdf"),
        (
            held(outcomes(), applies=for_what(leaves=Range(most=2), depth=Range(most=0), fanout=Range(most=0))),
            "another shape",
        ),
        (held(outcomes(), applies=for_what(returns="list")), "it answers with a list"),
        (held(outcomes(), requires=(Requirement(slot="name"),)), "the question has nothing for its slot name"),
    ],
)
def test_one_that_does_not_fit_or_pay_is_not(one, reason):
    """Each gate keeps a strategy from being used and says so."""
    found = chosen(one)
    assert found.strategy is None
    assert found.reason.startswith("look-up: ")
    assert reason in found.reason


def test_a_class_that_none_is_for_is_told():
    """Where no strategy is for such questions, their class is named."""
    assert chosen(held(outcomes()), question="How many ports are open?").reason == (
        "none is for questions of the class count"
    )
    assert chosen().reason == "none is for questions of the class fact"


def test_the_reason_is_of_the_one_that_comes_nearest():
    """Of several that are not used, an active one for such documents says why."""
    far = held(applies=for_what(kinds=("log",)), name="far", first=4)
    assert chosen(far, held(outcomes(ratio=0.95))).reason.startswith("look-up: ")


def test_the_cheapest_is_chosen():
    """Of those that pay, the one that is expected to cost least is used."""
    cheap, dear = held(outcomes(9, ratio=0.3), name="cheap"), held(outcomes(9, ratio=0.6), name="dear", first=5)
    assert chosen(dear, cheap).strategy.name == "cheap"


def test_equals_take_turns():
    """Of two that cost the same either is used, by the question and the document."""
    two = held(outcomes(4), name="one"), held(outcomes(3), name="other", first=5)
    names = {chosen(*two, digest=str(n)).strategy.name for n in range(40)}
    assert names == {"one", "other"}


@given(st.permutations(range(4)), st.text(max_size=8))
def test_the_same_question_gets_the_same_strategy(order, digest):
    """Neither the order of the strategies nor the hour changes what is chosen."""
    four = [held(outcomes(3 + n), name=f"s{n}", first=n + 1) for n in range(4)]
    first = chosen(*four, digest=digest)
    assert chosen(*(four[n] for n in order), digest=digest) == first


@pytest.mark.parametrize(
    ("question", "returns"),
    [
        (FACT, "text"),
        ("How many ports are open?", "number"),
        ("List all ports.", "list"),
        ("Is the port open?", "choice"),
    ],
)
def test_questions_tell_what_they_ask_for(question, returns):
    """What an answer is follows from the question's form."""
    assert returns_of(question) == returns


def test_a_later_stage_may_wait_for_its_slot():
    """A slot that an answer fills does not keep a plan from being begun; one that the question fills does."""
    waits = strategy(
        Select(first=1), Ask(goal="inner"), Combine(), Check(), Stop(), Select(first=1), Ask(goal="outer"),
        Combine(), Check(), Stop(), applies=for_what("fact", "chain"),
    )  # fmt: skip
    assert unfit(waits, FACT, SHAPE) == "the question has nothing for its slot inner"
    assert unfit(waits, "Where was the author of Emma born?", SHAPE) in ("", unfit(waits, FACT, SHAPE))
    searching = strategy(Search(slot="name", how="exact"), Select(first=1), Ask(), Combine(), Check(), Stop())
    assert unfit(searching, FACT, SHAPE) == "the question has nothing for its slot name"
    assert unfit(searching, "Which port does `serve_http` use?", SHAPE) == ""


@given(
    st.text(max_size=80),
    st.builds(
        Shape,
        st.sampled_from(["pdf", "log", "code", "mixed"]),
        st.floats(0, 1e7),
        st.floats(0, 99),
        st.floats(0, 1e4),
        st.floats(0, 1),
    ),
)
def test_any_question_gets_an_answer_and_a_reason(question, shape):
    """Whatever is asked of whatever document, matching comes to an end and says why."""
    assert chosen(held(outcomes()), question=question, shape=shape).reason


def test_evidence_reads_in_words():
    """How often a strategy was left is told where it was."""
    assert told(outcomes(2, 1)) == "right in 2 of 3, 0.53 times the tokens expected"
    assert "left in 4 more" in told(outcomes(2, left=4))
    assert told(outcomes(1, paired=0)) == "right in 1 of 1"
