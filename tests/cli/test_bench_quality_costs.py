"""What ``rao bench quality`` prints of costs: means over what was run, marks on what was computed."""

import json

import pytest

from rao_cli.bench.quality.arms import ARMS
from rao_cli.cli.bench_quality import check_arms
from rao_cli.cli.bench_quality_tables import quality_json, quality_text
from rao_cli.errors import UsageError
from tests.bench.quality.making import outcome
from tests.cli.test_bench_quality import block

COSTS = [
    outcome(name="a-1", prompt_tokens=1000, output_tokens=10, agents=3, depth=1, seconds=0.5),
    outcome(name="a-2", prompt_tokens=3000, output_tokens=21, agents=6, depth=2, seconds=1.25),
]
COMPUTED = outcome(False, name="a-2", arm="thorough", prompt_tokens=90_000, agents=90, depth=3, computed=True)
RUN = outcome(name="a-1", arm="thorough", prompt_tokens=9_000, output_tokens=40, agents=9, depth=1, seconds=7.0)


@pytest.mark.parametrize(
    ("title", "cell"),
    [
        ("prompt tokens a question", "2,000"),
        ("tokens written a question", "16"),
        ("seconds a question", "0.88"),
        ("agents a question", "4.5"),
        ("depth reached", "1.50"),
    ],
)
def test_costs_are_means(title, cell):
    """Each cost is the mean of a question's."""
    assert block(quality_text(COSTS, misses=False), title)["logs"] == ["2", cell]


@pytest.mark.parametrize(
    ("title", "cell"),
    [
        ("prompt tokens a question", "49,500*"),
        ("tokens written a question", "40"),
        ("seconds a question", "7.00"),
        ("agents a question", "49.5*"),
        ("depth reached", "1.00"),
    ],
)
def test_computed_costs_are_marked(title, cell):
    """Tokens and agents include what was computed and say so; what only a run can tell is of the runs."""
    text = quality_text([*COSTS, RUN, COMPUTED], misses=False)
    assert block(text, title)["logs"][2] == cell


def test_computed_answers_are_no_misses():
    """What was not run is not listed as wrong, and counts in no share of right answers."""
    text = quality_text([*COSTS, RUN, COMPUTED], misses=True)
    assert "| said:" not in text
    figures = json.loads(quality_json([*COSTS, RUN, COMPUTED]))["arms"]["thorough"][0]
    assert (figures["questions"], figures["run"]) == (2, 1)
    assert figures["right"] == {"count": 1, "value": 1.0, "low": 1.0, "high": 1.0}


def test_an_arm_that_was_only_computed_has_costs_only():
    """Without a single run there are tokens, and no table of right answers pretends to know more."""
    text = quality_text([COMPUTED], misses=True)
    assert block(text, "prompt tokens")["logs"] == ["1", "90,000*"]
    assert "right answers" not in text
    assert "seconds" not in text


def test_arms_are_taken_once_in_the_order_given():
    """White space and repetition make no difference."""
    assert check_arms(" rag, rao ,rag") == ("rag", "rao")
    assert check_arms(",".join(ARMS)) == tuple(ARMS)


@pytest.mark.parametrize("named", ["", " , ", "magic", "rao,Rag", "rao;rag", "rao\x1b[2J"])
def test_other_arms_are_refused(named):
    """An arm that does not exist, or none, is an error that lists those that do, on one clean line."""
    with pytest.raises(UsageError) as refused:
        check_arms(named)
    assert refused.value.hint == "known are rao,unplanned,search,direct,rag,mapreduce,thorough"
    assert refused.value.message.isprintable()
