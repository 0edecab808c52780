"""``rao bench generate`` as a command: what it writes, what it says, what it refuses."""

import json

import pytest

from rao_cli.bench.tasks import read_tasks
from tests.bench.quality.test_generate_niah import HAYSTACK
from tests.bench.quality.test_generate_unanswerable import LINES
from tests.cli.console import rao


@pytest.fixture
def text(tmp_path):
    """Return a long text."""
    path = tmp_path / "long.txt"
    path.write_text(HAYSTACK)
    return path


def test_needles_are_written(text, tmp_path):
    """So many tasks of the sizes asked for are there, and a line says where; standard output stays empty."""
    out = tmp_path / "set"
    done = rao("bench", "generate", "niah", "--text", text, "--out", out, "--count", 9, "--sizes", "8k,32k")
    assert (done.code, done.out) == (0, "")
    assert done.err == f"rao: wrote 9 questions to {out / 'tasks.jsonl'}\n"
    tasks = read_tasks(out / "tasks.jsonl")
    assert [task.size for task in tasks] == ["8k"] * 5 + ["32k"] * 4
    assert all(task.source.is_file() for task in tasks)


def test_questions_without_an_answer_are_written(tmp_path):
    """Half of the tasks are absent; -q says nothing."""
    squad = tmp_path / "squad.jsonl"
    squad.write_text("".join(json.dumps(each) + "\n" for each in LINES))
    arguments = ("--squad", squad, "--out", tmp_path / "set", "--count", 10, "--sizes", "8k", "-q")
    done = rao("bench", "generate", "unanswerable", *arguments)
    assert (done.code, done.out, done.err) == (0, "", "")
    assert sum(task.absent for task in read_tasks(tmp_path / "set" / "tasks.jsonl")) == 5


def test_a_seed_makes_the_same_bytes(text, tmp_path):
    """Two folders of one seed are equal, one of another is not."""
    for name, seed in (("a", 4), ("b", 4), ("c", 5)):
        arguments = ("--count", 4, "--sizes", "8k", "--seed", seed)
        assert rao("bench", "generate", "niah", "--text", text, "--out", tmp_path / name, *arguments).code == 0
    made = {name: (tmp_path / name / "sources" / "8k-1.txt").read_bytes() for name in "abc"}
    assert made["a"] == made["b"] != made["c"]


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("niah",), 2),
        (("niah", "--text", "none.txt", "--out", "x"), 3),
        (("niah", "--text", "TEXT", "--out", "x", "--sizes", "9k"), 2),
        (("niah", "--text", "TEXT", "--out", "x", "--count", "0"), 2),
        (("niah", "--text", "TEXT", "--out", "TEXT"), 1),
        (("unanswerable", "--squad", "TEXT", "--out", "x"), 3),
        (("poems",), 2),
    ],
)
def test_what_cannot_be_made_is_explained(arguments, code, text, tmp_path, monkeypatch):
    """Wrong options and inputs end in one line and their exit code, and nothing is left behind."""
    monkeypatch.chdir(tmp_path)
    named = [str(text) if argument == "TEXT" else argument for argument in arguments]
    done = rao("bench", "generate", *named)
    assert (done.code, done.out) == (code, "")
    assert done.err.startswith("rao: error: ")
    assert not (tmp_path / "x" / "tasks.jsonl").exists()
