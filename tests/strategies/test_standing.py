"""Outcomes are counted and forgotten, bounds are cautious, and the names of models tell no path."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rao_cli.strategies.records import MOST_BYTES, MOST_EVIDENCE, Evidence, Range, canonical
from rao_cli.strategies.standing import (
    HALF_LIFE,
    agreement,
    evidence_of,
    expected_cost,
    joined,
    model_word,
    unseen_digest,
    with_evidence,
    with_outcome,
)
from tests.strategies.holding import MODEL, for_what, outcomes
from tests.strategies.making import stage, strategy

ANY = st.sampled_from(["success", "failure", "fallback"])
COSTS = st.none() | st.floats(-1e3, 1e3)


def after(*seen, cost=None):
    """Return a strategy's evidence after some outcomes."""
    made = strategy()
    for outcome in seen:
        before = evidence_of(made, MODEL, "pdf")
        made = with_outcome(made, before, outcome, cost, "2026-01-01")
    return evidence_of(made, MODEL, "pdf")


def test_an_outcome_is_counted_once():
    """Each kind of outcome has a count of its own, and every use is counted."""
    found = after("fallback", "failure", "success")
    assert (found.uses, found.successes) == (3, 1)
    assert 0.9 < found.fallbacks < found.failures < 1


def test_outcomes_are_forgotten_by_half():
    """After as many uses as the half-life has, an outcome counts half."""
    found = after("failure", *["success"] * HALF_LIFE)
    assert found.failures == pytest.approx(0.5, abs=1e-2)


def test_costs_are_averaged_over_pairs_alone():
    """An outcome without a pair leaves the mean cost as it is."""
    paired = after("success", cost=math.log(0.5))
    assert paired.log_cost == pytest.approx(math.log(0.5), abs=1e-4)
    alone = with_outcome(strategy(evidence=(paired,)), paired, "success", None, "2026-01-02")
    assert evidence_of(alone, MODEL, "pdf").log_cost == paired.log_cost
    assert after("success").paired == 0


@given(st.lists(st.tuples(ANY, COSTS), max_size=60))
def test_no_outcome_breaks_a_record(seen):
    """Whatever comes of a strategy, its evidence is within its bounds and the record small enough."""
    made = strategy()
    for outcome, cost in seen:
        made = with_outcome(made, evidence_of(made, MODEL, "pdf"), outcome, cost, "2026-01-01")
    again = type(made).model_validate_json(canonical(made))
    assert again == made
    assert sum(one.uses for one in made.evidence) == len(seen)


def test_the_oldest_evidence_goes():
    """Of more models and kinds than a record holds, those used last are kept."""
    many = [outcomes(model=f"m{n}/chosen", used=f"2026-01-{n + 1:02}") for n in range(MOST_EVIDENCE + 4)]
    kept = with_evidence(strategy(), *many).evidence
    assert len(kept) == MOST_EVIDENCE
    assert min(one.used for one in kept) == "2026-01-05"


def test_evidence_never_makes_a_record_too_large():
    """Where a plan leaves little room, evidence gives way."""
    long = [outcomes(model=f"{n}{'m' * 78}", used="2026-01-01") for n in range(MOST_EVIDENCE)]
    large = strategy(*[operator for n in range(4) for operator in stage(2, kinds=("k" * 24,) * 8)])
    assert len(canonical(with_evidence(large, *long))) <= MOST_BYTES


def test_the_same_pair_is_replaced():
    """New evidence of a model and kind stands in place of the old."""
    assert with_evidence(strategy(evidence=(outcomes(1),)), outcomes(2)).evidence == (outcomes(2),)


def test_joined_evidence_is_added_up():
    """What two strategies of one form found out is one strategy's then, costs weighed by pairs."""
    one = strategy(evidence=(outcomes(3, ratio=0.5),))
    other = strategy(evidence=(outcomes(1, ratio=0.25), outcomes(2, kind="text")))
    both = joined(one, other)
    found = evidence_of(both, MODEL, "pdf")
    assert (found.successes, found.uses) == (4, 4)
    assert math.exp(found.log_cost) == pytest.approx(0.5**0.75 * 0.25**0.25, abs=1e-3)
    assert evidence_of(both, MODEL, "text").successes == 2


def test_of_the_users_own_one_is_for_both_uses():
    """Two strategies that were learned here become one for the documents of both."""
    one = strategy(applies=for_what(kinds=("pdf",), leaves=Range(least=10, most=20)))
    other = strategy(applies=for_what(kinds=("text",), leaves=Range(least=15, most=90)))
    both = joined(one, other).applies
    assert (both.kinds, both.leaves) == (("pdf", "text"), Range(least=10, most=90))


def test_an_import_widens_nothing():
    """What came from elsewhere does not change what a strategy is for."""
    one = strategy(applies=for_what(kinds=("pdf",)))
    other = strategy(applies=for_what(kinds=("log",)), trust="imported")
    assert joined(one, other).applies == one.applies


def test_any_kind_of_document_stays_any():
    """A strategy for all kinds of documents is not narrowed by another."""
    assert joined(strategy(), strategy(applies=for_what(kinds=("log",)))).applies.kinds == ()


@pytest.mark.parametrize(("right", "wrong", "least"), [(2, 0, 0.7), (3, 0, 0.75), (7, 1, 0.7), (40, 0, 0.95)])
def test_few_right_answers_may_be_enough(right, wrong, least):
    """Two of two, three of three and seven of eight are enough to be used."""
    assert agreement(outcomes(right, wrong)) >= least


@pytest.mark.parametrize(("right", "wrong"), [(0, 0), (1, 0), (2, 1), (5, 2), (0, 9)])
def test_too_few_are_not(right, wrong):
    """One alone says little, and a wrong one among few too much."""
    assert agreement(outcomes(right, wrong)) < 0.7


@given(st.integers(0, 500), st.integers(0, 500))
def test_the_bound_lies_below_the_share(right, wrong):
    """The bound is between nothing and the share that was seen."""
    share = right / (right + wrong) if right + wrong else 0.0
    assert 0 <= agreement(outcomes(right, wrong)) <= share + 1e-9


def test_unknown_costs_are_infinite():
    """Without a pair nothing is expected to be saved."""
    assert expected_cost(Evidence(model=MODEL, kind="pdf", successes=9)) == math.inf


def test_being_left_costs_the_whole_work():
    """A strategy that is often left costs more than one that is not, up to what both cost together."""
    kept, mixed, lost = (outcomes(right, left=left) for right, left in ((9, 0), (5, 5), (0, 9)))
    lost = lost.model_copy(update={"paired": 1.0})
    assert expected_cost(kept) < expected_cost(mixed) < expected_cost(lost) < 1.4


@pytest.mark.parametrize(
    ("identity", "word"),
    [
        ("SmolLM2.Q4_1-bf16-697fd4e65b6c3bfc.gguf:270885952:50", "SmolLM2.Q4_1/chosen"),
        ("SmolLM2.Q4_1.gguf:98:50:lora7", "SmolLM2.Q4_1/chosen"),
        ("gpt-oss-20b:remote1:http://host", "gpt-oss-20b/chosen"),
        ("", "model/chosen"),
        ("ünï/../;rm -rf:1", "n-/../-rm -rf/chosen"),
    ],
)
def test_models_are_named_without_their_format(identity, word):
    """The formats of one model have one name, and no name has characters of other kinds."""
    assert model_word(identity, "chosen") == word


@given(st.text(max_size=300))
def test_any_engine_has_a_name(identity):
    """Whatever an engine calls itself, evidence of it can be kept."""
    assert Evidence(model=model_word(identity, "chosen"), kind="pdf")


def test_a_document_is_kept_as_a_digest():
    """What is kept of a document's digest is short and always the same."""
    assert unseen_digest("d") == unseen_digest("d") != unseen_digest("e")
    assert len(unseen_digest("d")) == 16
