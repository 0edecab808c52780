"""``rao bench transfer`` as a command: its tables, its JSON, going on after a shard, and what it refuses."""

import json

import pytest

from rao_cli.bench.transfer.arms import Taken
from rao_cli.bench.transfer.learning import Course, Point
from rao_cli.bench.transfer.measure import Measured
from rao_cli.cli.bench_transfer import size_of
from rao_cli.cli.bench_transfer_tables import transfer_json, transfer_text
from rao_cli.cli.options import Options
from rao_cli.strategies.costs import Size
from tests.bench.transfer.making import outcomes, spent, tasks
from tests.cli.console import rao, scripted

FEW = ("--tasks", "extreme-records", "--sizes", "1k", "--train", "4", "--valid", "2", "--test", "2")
QUICK = (*FEW, "--attempts", "1", "--seeds", "1", "--window", "700", "--arm", "default,scaffold")
CELL = tasks()
SIZES = {"": Size(10, 1, 4)}


def command(path, *more, model=None):
    """Run a small experiment."""
    return rao("bench", "transfer", "--out", str(path), *QUICK, *more, find_model=model or scripted())


def course(student: int, teacher: int = 0) -> Course:
    """Return a course of one point."""
    return Course("x", 0, (Point(None, spent(student), spent(teacher)),))


def learned(arm: str, student: int, teacher: int = 0) -> Taken:
    """Return an arm that learned."""
    return Taken(arm, CELL, (outcomes([1]),), (course(student, teacher),), (spent(student),), spent(teacher))


MEASURED = Measured(
    (
        Taken("default", CELL, (outcomes([1, 0], tokens=100),)),
        Taken("scaffold:p", CELL, (outcomes([1, 1], tokens=40),), each=12.0),
        learned("independent", 600),
        learned("taught:p", 200, 1200),
    ),
    whole=True,
)


def test_each_arm_has_a_row():
    """Right answers, gain, tokens with the teacher's, and their ratio stand in a row of the arm."""
    lines = transfer_text(MEASURED, SIZES).splitlines()
    assert lines[0].startswith("lookup-text, 500 tokens")
    (row,) = [line for line in lines if line.startswith("scaffold:p")]
    assert "100 %" in row
    assert "+50.0" in row
    assert "40 +12" in row
    assert "0.40" in row


def test_learning_has_a_table_of_its_own():
    """What it took to become competent stands beside learning alone, with the students from which it pays."""
    text = transfer_text(MEASURED, SIZES)
    block = text.partition("learning, lookup-text")[2].splitlines()
    (row,) = [line.split() for line in block if line.startswith("taught:p")]
    assert row[:6] == ["taught:p", "1", "of", "1", "200", "1,200"]
    assert row[6] == "3.00"
    assert row[-2:] == ["0.43", "3.0"]


def test_nothing_measured_is_told():
    """A shard that was too short for any arm says so, and is no empty screen."""
    assert transfer_text(Measured((), whole=False), {}) == "nothing was measured to its end yet\n"


def test_json_has_no_infinity():
    """Where teaching never pays there is no number of students."""
    told = json.loads(transfer_json(Measured((learned("independent", 1), learned("taught:p", 5)), False), SIZES))
    assert told["schema"] == "rao.transfer/1"
    assert told["whole"] is False
    assert told["learning"][1]["students"] is None
    assert told["rows"][0]["right"]["value"] == 1.0


def test_a_shard_goes_on_where_the_last_one_ended(tmp_path):
    """Without time nothing is asked; then all is; then nothing again, and the figures are the same."""
    path = tmp_path / "o"
    late = command(path, "--minutes", "0")
    assert late.code == 0
    assert "nothing was measured" in late.out
    assert "run the same command again" in late.err
    first = command(path)
    assert "extreme-records, 1,000 tokens" in first.out
    assert "scaffold:program" in first.out
    assert command(path, "--minutes", "0").out == first.out


def test_models_are_opened_when_they_are_needed(tmp_path):
    """A model that teaches is opened for arms that need it, and the clone for its own."""
    done = command(
        tmp_path / "o",
        *("--teacher", "program", "--teacher", "other", "--arm", "default,scaffold,clone"),
        *("--behaviour-clone", str(tmp_path / "adapter.gguf"), "--json"),
    )
    told = json.loads(done.out)
    assert [row["arm"] for row in told["rows"]] == ["default", "scaffold:program", "scaffold:other", "clone"]
    assert told["whole"] is True


@pytest.mark.parametrize(
    ("more", "said"),
    [
        (("--arm", "best"), "--arm does not know best"),
        (("--tasks", "lookup"), "--tasks does not know lookup"),
        (("--tasks", "chain-text"), "made of paragraphs"),
        (("--sizes", "big"), "--sizes does not know big"),
        (("--quizzes", "none.jsonl"), "cannot read the questions"),
    ],
)
def test_what_cannot_be_measured_is_refused(tmp_path, more, said):
    """A wrong arm, task, size or file is told before a model is loaded."""
    done = command(tmp_path / "o", *more, model=lambda options: pytest.fail("a model was loaded"))
    assert done.code == 2 or done.code == 3
    assert said in done.err


@pytest.mark.model
def test_the_size_of_a_model_is_read_from_its_file():
    """The embedded model has 135 million parameters in 30 layers of 576 units."""
    assert size_of(Options(base_url="http://localhost:1/v1")) is None
    size = size_of(Options())
    assert (size.layers, size.width) == (30, 576)
    assert 130e6 < size.parameters < 140e6
