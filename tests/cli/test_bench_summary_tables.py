"""The tables of ``rao bench summaries`` and of ``rao bench quality``: figures, marks and odd names."""

import json
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rao_cli.agent.summary.verify import Claim
from rao_cli.bench.quality.summaries import Checked
from rao_cli.bench.reading import Share
from rao_cli.cli.bench_quality_tables import quality_json, quality_text
from rao_cli.cli.bench_summaries import summaries_text, total_line
from tests.bench.making import asked
from tests.bench.quality.making import outcome
from tests.cli.stream import FORBIDDEN, nasty, result

NUMBER, NAME = Claim("number", "12"), Claim("name", "Ann")


def checked(**changes):
    """Return what was found about a summary."""
    values = {
        "source": "a.md",
        "words": 100,
        "asked": 100,
        "claims": (NUMBER, NAME),
        "unfounded": (),
        "counted": 0,
    }
    return Checked(**{**values, "parts": 3, "told": 2, "named": 1, "forgotten": (), **changes})


@pytest.mark.parametrize(
    ("found", "line"),
    [
        (
            [],
            "1.000 of 0 numbers, names, paths and symbols occur in the cited sections; 0 parts forgotten; 0 of 0",
        ),
        ([checked()], "1.000 of 2 numbers"),
        ([checked(unfounded=(NAME,))], "0.500 of 2 numbers"),
        ([checked(unfounded=(NAME,)), checked()], "0.750 of 4 numbers"),
        ([checked(claims=())], "1.000 of 0 numbers"),
        ([checked(claims=(), unfounded=())] * 3, "1.000 of 0 numbers"),
    ],
)
def test_all_claims_count_alike(found, line):
    """The share is over all claims of all summaries together, and whole where there is none."""
    assert total_line(found).startswith(line)


@pytest.mark.parametrize(
    ("words", "kept"), [(80, True), (79, False), (120, True), (121, False), (100, True), (0, False)]
)
def test_the_length_is_marked_where_it_is_not_kept(words, kept):
    """A summary that is more than a fifth too short or too long has a mark and does not count as kept."""
    found = checked(words=words)
    assert (f"{words} of 100 !" in summaries_text([(found, result())])) is not kept
    assert f"{int(kept)} of 1 as long as asked" in total_line([found])


def test_each_claim_that_fails_is_told_on_request():
    """Claims that were not found and parts that were forgotten stand on lines of their own, if asked for."""
    one = checked(unfounded=(NUMBER, NAME), forgotten=("The end",))
    plain, verbose = (summaries_text([(one, result())], verbose=each) for each in (False, True))
    assert verbose.startswith(plain)
    assert verbose[len(plain) :].splitlines() == [
        "a.md: number 12 is not in what is cited",
        "a.md: name Ann is not in what is cited",
        "a.md: part The end is neither told nor named",
    ]


@given(nasty, nasty, nasty)
def test_no_source_or_claim_reaches_the_terminal(source, claim, title):
    """Names, claims and titles of hostile sources print nothing that a terminal would act on."""
    one = checked(source=source, unfounded=(Claim("name", claim),), forgotten=(title,))
    text = summaries_text([(one, result())], verbose=True)
    assert FORBIDDEN & set(text) == set()
    assert len(text.splitlines()) == 6


@pytest.mark.parametrize(
    ("claims", "unfounded", "kinds"),
    [
        ((), (), {}),
        ((NUMBER,), (), {"number": (1, 1)}),
        ((NUMBER, NAME), (NAME,), {"name": (0, 1), "number": (1, 1)}),
        ((NUMBER, Claim("number", "13")), (NUMBER,), {"number": (1, 2)}),
    ],
)
def test_claims_by_kind(claims, unfounded, kinds):
    """For each kind it is told how many claims hold, of how many."""
    assert checked(claims=claims, unfounded=unfounded).by_kind() == kinds


@given(st.integers(0, 200), st.integers(0, 200))
def test_an_interval_holds_its_share(count, more):
    """A share lies in its interval, which lies between nothing and all."""
    found = Share(count, count + more)
    low, high = found.interval
    assert 0 <= low <= found.value <= high <= 1 or not found.total


@given(st.integers(0, 100), st.integers(1, 100))
def test_an_interval_of_the_opposite_is_mirrored(count, more):
    """What is known of a share is known of what it leaves."""
    low, high = Share(count, count + more).interval
    other_low, other_high = Share(more, count + more).interval
    assert (1 - high, 1 - low) == (pytest.approx(other_low), pytest.approx(other_high))


@given(st.integers(0, 20), st.integers(1, 20))
def test_more_of_the_same_is_surer(count, more):
    """Ten times as many tasks with the same share have a narrower interval."""
    few, many = Share(count, count + more).interval, Share(10 * count, 10 * (count + more)).interval
    assert many[1] - many[0] < few[1] - few[0]


ARMS = ("rao", "direct", "rag")


def made(arm, number, right, tokens):
    """Return an outcome of a task whose family and size are told by its number."""
    family, size = ("logs", "pdf")[number % 2], ("8k", "32k")[number // 2 % 2]
    return outcome(right, arm=arm, name=f"t-{number}", family=family, size=size, prompt_tokens=tokens)


outcomes = st.lists(
    st.builds(made, st.sampled_from(ARMS), st.integers(0, 5), st.booleans(), st.integers(0, 10**6)),
    min_size=1,
    max_size=8,
    unique_by=lambda each: (each.arm, each.task.name),
)


def complete(found):
    """Return outcomes with every task in every arm, as a finished run has them."""
    tasks = {each.task.name: each.task for each in found}
    arms = dict.fromkeys(each.arm for each in found)
    known = {(each.arm, each.task.name): each for each in found}
    return [
        known.get((arm, name)) or outcome(False, arm=arm, name=name, family=task.family, size=task.size)
        for name, task in tasks.items()
        for arm in arms
    ]


@settings(max_examples=20)
@given(outcomes)
def test_tables_of_any_run_are_whole(found):
    """Any finished run has tables with a column for each arm, in which every share lies in its interval."""
    text = quality_text(complete(found), misses=False)
    for value, low, high in re.findall(r"(?<!\S)(\d\.\d\d) \((\d\.\d\d)-(\d\.\d\d)\)", text):
        assert float(low) <= float(value) <= float(high)
    header = text.splitlines()[1].split()
    assert header[1:] == list(dict.fromkeys(each.arm for each in found))


@settings(max_examples=20)
@given(outcomes)
def test_json_of_any_run_can_be_read(found):
    """The record of any run is one line of JSON with each task in each arm."""
    done = complete(found)
    text = quality_json(done)
    record = json.loads(text)
    assert text.count("\n") == 1
    assert record["schema"] == "rao.bench.quality/1"
    assert len(record["tasks"]) == len(done)
    assert ("direct" in record["pairs"]) is ({"rao", "direct"} <= {each.arm for each in found})


@given(nasty, nasty)
def test_misses_of_hostile_tasks_are_clean(answer, name):
    """A wrong answer and a task's name print nothing that a terminal would act on, on one line each."""
    one = outcome(False, name=name, task=asked("Who?", "Ulm"), answer=answer)
    text = quality_text([one], misses=True)
    assert FORBIDDEN & set(text) == set()
