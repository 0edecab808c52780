"""Make task files and sources for the tests of the reading benchmark."""

import json

from rao_cli.bench.tasks import BenchTask, Evidence, read_tasks


def written(folder, *tasks):
    """Write tasks to a file and return it."""
    path = folder / "tasks.jsonl"
    path.write_text("".join(json.dumps(task) + "\n" for task in tasks), encoding="utf-8")
    return path


def fields(**changes):
    """Return the fields of a task."""
    base = {"id": "a-1", "family": "squad-long", "source": "text.txt", "question": "Who?", "answers": ["me"]}
    return {**base, **changes}


def task_of(folder, **changes):
    """Return a task as it is read from a file."""
    (task,) = read_tasks(written(folder, fields(**changes)))
    return task


def asked(
    question, *answers, source=None, evidence: Evidence | None = None, tolerance=0.0, **changes
) -> BenchTask:
    """Return a task with a question; its answer is a number if it has digits only."""
    number = all(answer.isdigit() for answer in answers)
    return BenchTask("a-1", "logs", source, question, answers, number, tolerance, "8k", evidence, **changes)
