"""What ``rao bench reading`` prints: every family and size, targets, what was missed, and where it goes."""

from dataclasses import replace

import pytest

from rao_cli.bench.reading import Outcome
from rao_cli.cli.bench_reading import reading_text
from tests.bench.making import asked, fields, written
from tests.checkout import run_python
from tests.cli.console import rao


def outcome(family, size, rank=None, **others):
    """Return what became of a question of some family and size."""
    ranks = {} if "by_facts" in others else {128: rank}
    task = replace(
        asked("How many?\nWho?", others.pop("answer", "7")), family=family, size=size, name=f"{family}-{size}"
    )
    return Outcome(task, ranks, **others)


MIXED = [
    outcome("pdf", "8k", 1),
    outcome("pdf", "8k", 6),
    outcome("pdf", "32k", None, unread=True),
    outcome("odd", "8k", 20),
    outcome("logs", "8k", by_facts=True, by_count=False),
    outcome("logs", "8k", by_facts=False, by_count=False),
    outcome("logs", "8k", by_facts=False, by_count=False, answer="text"),
]


def row(text, name):
    """Return the cells of the first line that begins with a name."""
    line = next(line for line in text.splitlines() if line.startswith(f"{name}  "))
    return line.removeprefix(name).split()


def test_each_family_and_size_has_a_row():
    """A family's row is over all of its sizes; a family of one size has no other row."""
    text = reading_text(MIXED, misses=False)
    assert row(text, "pdf")[:4] == ["3", "0.33", "0.33", "0.67"]
    assert row(text, "pdf 8k")[:4] == ["2", "0.50", "0.50", "1.00"]
    assert row(text, "pdf 32k")[:4] == ["1", "0.00", "0.00", "0.00"]
    assert row(text, "odd")[:4] == ["1", "0.00", "0.00", "1.00"]
    assert "odd 8k" not in text


def test_targets_stand_beside_the_families_that_have_one():
    """Known families have their target, others none; what was not read is counted."""
    text = reading_text(MIXED, misses=False)
    assert row(text, "pdf")[-3:] == [">=", "0.85", "1"]
    assert ">=" not in row(text, "odd")


def test_numbers_and_other_answers_are_apart():
    """Numbers that code knows have a share and an interval, other answers a share."""
    assert row(reading_text(MIXED, misses=False), "logs") == ["2", "0.50", "0.09-0.91", ">=", "0.90", "1", "0.00"]


def test_misses_are_listed_on_one_line_each():
    """Each question that was missed says how, on one line, also when it has several."""
    missed = reading_text(MIXED, misses=True).split("\n\n")[-1].splitlines()
    assert "pdf-8k: 6 of 128: How many? Who?" in missed
    assert "pdf-32k: not read: How many? Who?" in missed
    assert "logs-8k: not known: How many? Who?" in missed
    assert not [line for line in reading_text(MIXED, misses=False).splitlines() if "Who?" in line]


def test_a_table_without_rows_is_left_out():
    """Questions with evidence only, or without any, make one table."""
    assert "answers that code knows" not in reading_text(MIXED[:1], misses=False)
    assert "evidence" not in reading_text(MIXED[-1:], misses=False)


def test_names_cannot_move_the_cursor():
    """Control characters of a task's name and question do not reach the terminal."""
    task = replace(MIXED[1].task, name="a\x1b[2J", question="b\x07\u202e?", family="f\x1b[31m")
    assert reading_text([replace(MIXED[1], task=task)], misses=True).replace("\n", "").isprintable()


@pytest.fixture
def tasks(tmp_path):
    """Return a file of one task."""
    (tmp_path / "text.txt").write_text("The code is 7431.\n" + "Nothing else is said here.\n" * 50)
    return written(tmp_path, fields(question="Which code?", evidence={"char_span": [12, 16]}))


def test_the_result_can_go_to_a_file(tasks, tmp_path):
    """With -o the tables are in the file and standard output stays empty."""
    done = rao("bench", "reading", "--tasks", tasks, "--no-cache", "-o", tmp_path / "out.txt")
    assert (done.code, done.out) == (0, "")
    assert row((tmp_path / "out.txt").read_text(), "squad-long")[:2] == ["1", "1.00"]


def test_no_task_is_overwritten(tasks):
    """A result is never written over a source that is read."""
    source = tasks.parent / "text.txt"
    before = source.read_text()
    done = rao("bench", "reading", "--tasks", tasks, "--no-cache", "-o", source)
    assert done.code == 2
    assert source.read_text() == before


@pytest.mark.parametrize(
    "arguments", [(), ("--tasks",), ("--tasks", "x", "--limit", "0"), ("--tasks", "x", "--what")]
)
def test_a_wrong_command_line_is_explained(arguments):
    """Missing and wrong options end in one line and exit code 2."""
    done = rao("bench", "reading", *arguments)
    assert (done.code, done.out) == (2, "")
    assert done.err.startswith("rao: error: ")


def test_bench_alone_lists_its_commands():
    """``rao bench --help`` names what can be measured."""
    done = run_python("-m", "rao_cli", "bench", "--help")
    assert done.returncode == 0
    assert "reading" in done.stdout
    assert "ingest" in done.stdout
