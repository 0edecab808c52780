"""The reading benchmark: ranks, shares, intervals, and the command."""

import pytest

from rao_cli.bench.reading import Opener, Outcome, found_within, known_to_code, measure
from rao_cli.bench.tasks import read_tasks
from rao_cli.documents.load import open_sources
from rao_cli.intervals import Share
from tests.agent.helpers import reading_of
from tests.bench.making import asked, fields, written
from tests.cli.console import rao, scripted

FILLER = "Plain words about nothing in particular stand on this line of the text.\n"
NEEDLE = "The treaty of Utrecht was signed in 1713.\n"
TEXT = FILLER * 100 + NEEDLE + FILLER * 100
AT = TEXT.index("1713")


@pytest.fixture
def tasks(tmp_path):
    """Return a file of three tasks: one found, one whose evidence search cannot find, one number."""
    (tmp_path / "text.txt").write_text(TEXT)
    return written(
        tmp_path,
        fields(
            id="found", question="When was the treaty of Utrecht signed?", evidence={"char_span": [AT, AT + 4]}
        ),
        fields(id="lost", question="Which giraffe?", evidence={"char_span": [5, 9]}),
        fields(
            id="count",
            family="logs",
            question="How many lines contain 'Plain words'?",
            answers=["200"],
            metric="number",
        ),
    )


def outcomes(path):
    """Return what becomes of the tasks of a file."""
    opener = Opener(lambda source: open_sources([source]), lambda document: [reading_of(document, 100)])
    return {outcome.task.name: outcome for outcome in measure(read_tasks(path), opener, lambda line: None)}


def test_the_rank_of_the_evidence_is_told(tasks):
    """Evidence that search leads to has its rank; evidence that it does not has none."""
    done = outcomes(tasks)
    assert done["found"].ranks == {100: 1}
    assert done["lost"].ranks == {100: None}
    assert not done["found"].unread


def test_numbers_are_counted(tasks):
    """A task without evidence is judged by what code knows."""
    count = outcomes(tasks)["count"]
    assert (count.ranks, count.by_facts, count.by_count, count.known) == ({}, False, True, True)


def test_evidence_that_was_not_read_is_told_apart(tmp_path):
    """Where the text of the evidence is not in the document, no search is to blame."""
    (tmp_path / "text.txt").write_text(TEXT)
    path = written(tmp_path, fields(evidence={"file": "other.py", "line": 3}))
    assert outcomes(path)["a-1"].unread


def test_shares_count_ranks_up_to_a_place():
    """A task counts up to its rank; one without a view of that size does not count at all."""
    ranks = ({128: 1}, {128: 5}, {128: 6}, {128: None}, {})
    done = [Outcome(asked("q", "a"), each) for each in ranks]
    assert [found_within(done, 128, first) for first in (1, 5, 20)] == [Share(1, 4), Share(2, 4), Share(3, 4)]
    assert found_within(done, 9, 5) == Share(0, 0)


def test_numbers_and_texts_are_shared_out():
    """Known numbers and other known answers are counted apart; tasks with evidence in neither."""
    done = [
        Outcome(asked("q", "1"), by_facts=True, by_count=False),
        Outcome(asked("q", "2"), by_facts=False, by_count=False),
        Outcome(asked("q", "text"), by_facts=False, by_count=True),
        Outcome(asked("q", "3"), {128: 1}),
    ]
    assert known_to_code(done, numbers=True) == Share(1, 2)
    assert known_to_code(done, numbers=False) == Share(1, 1)


def test_the_command_prints_tables(tasks):
    """Families, shares, targets and, with -v, what was missed are printed."""
    done = rao("bench", "reading", "--tasks", tasks, "-v", "--no-cache")
    assert (done.code, done.err) == (0, "")
    lines = done.out.splitlines()
    assert lines[0] == "evidence in the first leaf views of 512 tokens that search returns"
    assert lines[2].split() == ["squad-long", "2", "0.50", "0.50", "0.50", "0.09-0.91", ">=", "0.90"]
    assert any(line.split()[:3] == ["logs", "1", "1.00"] for line in lines)
    assert lines[-1].startswith("lost: not of 512, not of 1400")


def test_the_command_prints_json(tasks):
    """One JSON object holds every group and every task."""
    done = rao(
        "bench", "reading", "--tasks", tasks, "--json", "--family", "squad-long", "--limit", 1, "--no-cache"
    )
    assert done.json["schema"] == "rao.bench.reading/1"
    (group,) = done.json["groups"]
    assert group["name"] == "squad-long"
    first_five = group["evidence"][1]
    assert [first_five[key] for key in ("view_tokens", "first", "count", "total")] == [512, 5, 1, 1]
    assert done.json["tasks"] == [
        {"id": "found", "ranks": {"512": 1, "1400": 1}, "unread": False, "by_facts": None, "by_count": None}
    ]


def test_the_command_explains_what_is_wrong(tmp_path):
    """A missing file of tasks, and a source that is not there, are one line and exit code 3."""
    done = rao("bench", "reading", "--tasks", tmp_path / "none.jsonl")
    assert (done.code, done.out) == (3, "")
    assert done.err.startswith("rao: error: cannot read the tasks")
    done = rao("bench", "reading", "--tasks", written(tmp_path, fields()), "--no-cache")
    assert done.code == 3
    assert "text.txt" in done.err


def test_no_model_is_asked_for_an_answer(tasks):
    """Only the tokenizer is used: a model that fails to answer is no matter."""

    def fails(request):
        raise AssertionError("the model was asked")

    assert rao("bench", "reading", "--tasks", tasks, "--no-cache", find_model=scripted(fails)).code == 0
