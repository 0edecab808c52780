"""Shares, intervals, pairs, tokens and calibration: what the tables are made of."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rao_cli.bench.quality.figures import (
    average,
    calibration,
    difference,
    groups,
    share,
    token_ratio,
    wrong_but_sure,
)
from rao_cli.bench.tasks import Evidence
from rao_cli.intervals import Mean
from tests.bench.making import asked
from tests.bench.quality.making import outcome


def test_groups_are_all_families_and_sizes():
    """All comes first, then each family; sizes stand where there are several, the smallest first."""
    done = [
        outcome(family="logs", size="32k"),
        outcome(family="logs", size="8k"),
        outcome(family="pdf", size="8k"),
    ]
    names = {group.name: len(group.outcomes) for group in groups(done)}
    assert names == {"all": 3, "all 8k": 2, "all 32k": 1, "logs": 2, "logs 8k": 1, "logs 32k": 1, "pdf": 1}
    assert list(names)[:3] == ["all", "all 8k", "all 32k"]
    assert [group.name for group in groups(done[2:])] == ["pdf"]


def test_what_was_computed_is_not_judged():
    """A group tells what was run, and of that what has words of the text for an answer."""
    number = outcome(task=asked("How many?", "3", metric="number"))
    absent = outcome(task=asked("Who?", absent=True))
    (group,) = groups([outcome(), outcome(computed=True), number, absent])
    assert len(group.outcomes) == 4
    assert len(group.run) == 3
    assert len(group.extractive) == 1


def test_differences_are_in_pairs():
    """Only tasks that both arms ran count, each with its own counterpart."""
    ours = [outcome(right, name=f"a-{n}") for n, right in enumerate((True, True, False, True))]
    theirs = [outcome(right, name=f"a-{n}", arm="rag") for n, right in enumerate((False, True, True))]
    theirs.append(outcome(False, name="a-3", arm="rag", computed=True))
    found = difference(ours, theirs[::-1])
    assert (found.count, found.value) == (3, 0)
    assert found.low < 0 < found.high
    assert difference(ours, []) == Mean(0)


def test_equal_arms_have_no_difference():
    """Pairs remove what the tasks have in common: equal arms differ by nothing, with no doubt."""
    ours = [outcome(n % 2 == 0, name=f"a-{n}") for n in range(20)]
    theirs = [outcome(n % 2 == 0, name=f"a-{n}", arm="rag") for n in range(20)]
    assert difference(ours, theirs) == Mean(20, 0.0, 0.0, 0.0)


def test_wrong_and_sure():
    """Wrong answers count that are verified or have a confidence of a half; right ones and unsure ones do not."""
    done = [
        outcome(False, confidence=0.5),
        outcome(False, confidence=0.1, verified=True),
        outcome(False, confidence=0.49),
        outcome(False, confidence=None),
        outcome(True, confidence=0.9),
    ]
    assert wrong_but_sure(done).value == pytest.approx(2 / 5)


def test_averages_and_shares():
    """An average is over all outcomes given, and of none it is 0."""
    done = [outcome(seconds=1.0), outcome(seconds=2.0, verified=True)]
    assert average(done, lambda told: told.seconds) == 1.5
    assert average([], lambda told: told.seconds) == 0
    assert share(done, lambda each: each.told.verified).value == 0.5


def test_tokens_are_compared_on_long_sources():
    """Our prompt tokens over theirs, computed ones too, all tasks of 32k and more together."""
    ours = [
        outcome(name="a", size="8k", prompt_tokens=9),
        outcome(name="b", size="32k", prompt_tokens=10),
        outcome(name="c", size="512k", prompt_tokens=20),
    ]
    theirs = [
        outcome(name="a", size="8k", prompt_tokens=1),
        outcome(name="b", size="32k", prompt_tokens=100),
        outcome(name="c", size="512k", prompt_tokens=500, computed=True),
    ]
    assert token_ratio(ours, theirs) == 30 / 600
    assert token_ratio(ours[:1], theirs) is None


def test_pages_are_cited_or_not():
    """A page counts where a citation covers it; without a page in the evidence there is nothing to tell."""
    task = asked("Who?", "Ulm", evidence=Evidence(page=4, quote="x"))
    assert outcome(task=task, pages=((1, 1), (3, 5))).cites_page is True
    assert outcome(task=task, pages=((1, 3),)).cites_page is False
    assert outcome(task=task).cites_page is False
    assert outcome(pages=((1, 1),)).cites_page is None
    assert outcome(task=asked("Who?", "Ulm", evidence=Evidence(characters=(1, 2)))).cites_page is None


def test_calibration_has_bins_of_enough_answers():
    """Bins are joined until they have ten answers; what is left joins the last."""
    sure = [0.05] * 12 + [0.35] * 4 + [0.45] * 7 + [0.95] * 3
    bins, _ = calibration([outcome(confidence=value) for value in sure])
    assert [(each.low, each.high, each.count) for each in bins] == [(0.0, 0.1, 12), (0.1, 1.0, 14)]


def test_the_calibration_error_is_the_mean_gap():
    """Answers that are right as often as they are sure have no error; the gap is weighed by the answers."""
    honest = [outcome(n < 8, confidence=0.8) for n in range(10)]
    boasting = [outcome(n < 2, confidence=0.95) for n in range(10)]
    assert calibration(honest)[1] == pytest.approx(0)
    bins, error = calibration(honest + boasting)
    assert [each.accuracy for each in bins] == [0.8, 0.2]
    assert error == pytest.approx(0.75 / 2)


def test_only_answers_are_calibrated():
    """Absent, empty and answers without a confidence are left out; few answers make one bin."""
    done = [outcome(absent=True), outcome(answer=""), outcome(confidence=None), outcome(confidence=1.0)]
    bins, error = calibration(done)
    assert [(each.low, each.high, each.count) for each in bins] == [(0.0, 1.0, 1)]
    assert error == 0
    assert calibration([]) == ([], 0.0)


@given(st.lists(st.tuples(st.floats(0, 1), st.booleans()), max_size=60))
def test_bins_hold_every_answer(given_answers):
    """Each answer is in one bin; the bins lie side by side from 0 on."""
    bins, error = calibration([outcome(right, confidence=sure) for sure, right in given_answers])
    assert sum(each.count for each in bins) == len(given_answers)
    assert 0 <= error <= 1
    if bins:
        assert bins[0].low == 0
        assert all(one.high == other.low for one, other in pairwise(bins))
        assert all(each.low <= each.confidence <= each.high for each in bins)
        assert len(bins) == 1 or all(each.count >= 10 for each in bins)
