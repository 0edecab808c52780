"""Combining: every rule is plain code, so every rule can be checked exactly."""

import math
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rao_cli.agent.combine import CITATIONS_KEPT, combine, number_in, weight
from rao_cli.agent.records import Citation, Report
from tests.agent.helpers import cited, document, report

RULES = ["best", "list", "sum", "min", "max", "count", "vote", "merge"]
CHECKED = Citation(path="a", start=0, end=3, quote="x", verified=True, label="a:1")
GUESSED = CHECKED.model_copy(update={"verified": False})
reports = st.lists(
    st.builds(
        report,
        st.text(alphabet="ab1 ,.;-", max_size=6),
        st.sampled_from(["found", "absent", "partial", "failed"]),
        st.floats(0, 1),
        st.sampled_from([CHECKED, GUESSED]),
    ),
    max_size=6,
)


@pytest.mark.parametrize("how", RULES)
def test_absent_when_all_are_absent(how):
    """Children that all found nothing make an absent parent, as sure as the surest of them."""
    combined = combine([report(confidence=0.2), report(confidence=0.7)], how)
    assert (combined.status, combined.answer, combined.confidence) == ("absent", "", 0.7)


@pytest.mark.parametrize("how", RULES)
def test_a_failure_among_absent_ones_is_not_absence(how):
    """Nothing found with a part that could not be read is a failure that says why, not absence."""
    broken = report(status="failed").model_copy(update={"reason": "no means left"})
    combined = combine([report(), broken, report()], how)
    assert (combined.status, combined.reason) == ("failed", "no means left")


@pytest.mark.parametrize("how", RULES)
def test_no_reports_at_all_is_a_failure(how):
    """Nothing read is never reported as nothing there."""
    assert combine([], how).status == "failed"


@pytest.mark.parametrize("how", RULES)
def test_absence_never_outweighs_a_find(how):
    """One report that found something wins over any number of sure reports that did not."""
    sure = [report(confidence=1.0)] * 20
    combined = combine([*sure, report("7 boxes", "found", 0.01, CHECKED), *sure], how)
    assert combined.status == "found"
    assert combined.answer in {"7 boxes", "7", "1"}


@given(reports, st.sampled_from(RULES))
def test_a_rule_never_invents_evidence(found, how):
    """Whatever comes in, confidence stays between the reports' own and citations are theirs."""
    combined = combine(found, how)
    assert math.isfinite(combined.confidence)
    assert 0 <= combined.confidence <= max([r.confidence for r in found], default=0) + 1e-9
    assert set(combined.citations) <= {citation for r in found for citation in r.citations}
    if not any(r.answer and r.status in ("found", "partial") for r in found):
        assert combined.answer == ""


@given(reports, st.sampled_from(["count", "sum", "min", "max"]))
def test_order_does_not_change_what_is_counted(found, how):
    """Children may finish in any order: counts, sums and extremes stay the same."""
    forth, back = combine(found, how), combine(found[::-1], how)
    assert forth.answer == back.answer


def test_best_prefers_what_was_verified():
    """A verified report beats an unverified one that is somewhat surer of itself."""
    assert (
        combine([report("wrong", "found", 0.9, GUESSED), report("right", "found", 0.6, CHECKED)], "best").answer
        == "right"
    )


def test_best_prefers_whole_answers():
    """A report that was cut short by a limit loses against one that was not."""
    assert combine([report("cut", "partial", 0.9), report("whole", "found", 0.1)], "best").answer == "whole"


def test_unverified_reports_weigh_less():
    """A report without a citation that holds weighs less than the same with one."""
    assert weight(report("x", "found", 0.8, GUESSED)) < weight(report("x", "found", 0.8, CHECKED)) == 0.8


def test_vote_adds_the_weights_of_equal_answers():
    """Two agreeing reports outvote a surer one, whatever their case and punctuation."""
    votes = [report("Paris.", "found", 0.4), report("London", "found", 0.6), report("paris", "found", 0.4)]
    assert combine(votes, "vote").answer.lower().strip(".") == "paris"


def test_list_keeps_each_item_once():
    """Items that several children found are listed once, in the order in which they came."""
    assert combine([report("Ann; Bob"), report("bob;  Cy\nAnn")], "list").answer == "Ann; Bob; Cy"


def test_list_keeps_items_without_words():
    """Items that are only signs are told apart."""
    assert combine([report("+; -; +")], "list").answer == "+; -"


def test_count_counts_what_was_found():
    """Counting counts the children that found something."""
    assert combine([report("a"), report(), report("b"), report(status="failed")], "count").answer == "2"


def test_sum_is_exact():
    """Sums are decimal: no rounding of tenths and no exponent for large numbers."""
    assert combine([report("0.1"), report("0.2")], "sum").answer == "0.3"
    assert combine([report("9007199254740993"), report("1,000")], "sum").answer == "9007199254741993"


def test_least_and_greatest_cite_their_holders_only():
    """The evidence of a minimum is the report that holds it."""
    low, high = CHECKED, CHECKED.model_copy(update={"start": 50, "end": 60})
    both = [report("3 days", "found", 0.5, low), report("1,200 days", "found", 0.5, high)]
    assert combine(both, "min").citations == (low,)
    assert (combine(both, "max").answer, combine(both, "max").citations) == ("1200", (high,))


@pytest.mark.parametrize("how", ["sum", "min", "max"])
def test_numbers_are_demanded_where_they_are_needed(how):
    """A sum over reports without any number fails and says so."""
    assert combine([report("many"), report("1.2.3")], how).reason == "no report holds a number"


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("1,234", "1234"),
        ("1,234,567.5 kg", "1234567.5"),
        ("12,34,567", "1234567"),
        ("3,14", "3.14"),
        ("0,125", "0.125"),
        ("about -12 °C", "-12"),
        ("−5", "-5"),
        ("covid-19", "19"),
        ("pages 3-5", "3"),
        ("$1,000.00", "1000.00"),
        ("007", "7"),
    ],
)
def test_numbers_are_read_as_people_write_them(text, number):
    """Thousands separators, decimal commas, signs and hyphens are told apart."""
    assert number_in(text) == Decimal(number)


@pytest.mark.parametrize("text", ["", "none", "1.2.3", "10.0.0.1", "9" * 400, "nan", "inf", "1,2,3"])
def test_what_is_no_number_is_none(text):
    """Versions, addresses, lists, words and endless digits are no numbers."""
    assert number_in(text) is None


@given(st.text())
def test_any_text_has_a_finite_number_or_none(text):
    """No text makes reading a number fail or gives one that is not finite."""
    number = number_in(text)
    assert number is None or number.is_finite()


def test_citations_are_kept_once_and_few():
    """Joined reports keep each place once and no more places than a person reads."""
    many = [report(str(n), "found", 0.5, CHECKED, CHECKED.model_copy(update={"start": n})) for n in range(30)]
    citations = combine(many, "merge").citations
    assert len(citations) == len({(c.start, c.end) for c in citations}) == CITATIONS_KEPT


def test_a_joined_answer_is_partial_if_a_part_is():
    """What was joined from a part that a limit cut short is partial itself."""
    assert combine([report("a"), report("b", "partial")], "list").status == "partial"


def verified(text: str, confidence: float, at: int = 0) -> Report:
    """Return a report whose citation was verified."""
    source = document(f"{text} stands here.\n" * (at + 1))
    return report(text, "found", confidence, cited(source, text))


def test_another_answer_nearly_as_sure_is_told() -> None:
    """Of two verified answers of nearly equal weight the better is the answer, the other told with its place."""
    best = combine([verified("1846", 0.8), verified("1901", 0.7)], "best")
    assert best.answer == "1846"
    assert best.conflicts == ("1901 (notes.txt:1)",)


@pytest.mark.parametrize(
    "other",
    [
        verified("1901", 0.5),
        report("1901", "found", 0.79),
        verified("in 1846", 0.8),
        report(),
        report("", "failed"),
    ],
    ids=["weaker", "unverified", "the same in more words", "absent", "failed"],
)
def test_what_is_weaker_or_the_same_is_no_conflict(other: Report) -> None:
    """An answer that is much less sure, not verified, or says the same is not told beside the best."""
    assert combine([verified("1846", 0.8), other], "best").conflicts == ()


def test_who_says_the_same_lends_its_places() -> None:
    """Duplicates are one answer with the citations of all, and of the best first."""
    first, second = (
        verified("1846", 0.6),
        verified("1846", 0.9).model_copy(
            update={"citations": (cited(document("It was 1846.\n", "other.txt"), "1846"),)}
        ),
    )
    best = combine([first, second], "best")
    assert [one.path for one in best.citations] == ["other.txt", "notes.txt"]


def test_conflicts_of_parts_reach_the_whole() -> None:
    """What a child tells of conflicts is told by its parent, too."""
    child = combine([verified("1846", 0.8), verified("1901", 0.75)], "best")
    assert combine([child, report()], "best").conflicts == child.conflicts
