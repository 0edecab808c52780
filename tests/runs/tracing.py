"""Runs of a scripted model, of every kind that a trace tells of, for the tests of what is written of them."""

import functools

from rao_cli.agent.events import RunStarted
from rao_cli.agent.records import Task
from rao_cli.runs.records import Kept
from tests.agent.helpers import (
    ABSENT,
    answer,
    delegate,
    entries_of,
    everywhere,
    filler,
    find,
    from_reports,
    grouped,
    is_outline,
    made_ready,
    made_to_compute,
    paged,
    run,
    search,
    steps_of,
)
from tests.agent.test_labelling import QUESTION, notes, weighs

ROOM = {"window": 3000, "view": 200, "delegation": "model"}
KINDS = ("found", "absent", "paged", "summary", "labelled", "limited", "searched", "merged", "one agent")


def kept_of(ran, **changes):
    """Return what the run of some events was asked."""
    started = next(event for event in ran.events if isinstance(event, RunStarted))
    told = {
        "run": started.run,
        "started": "2026-01-02T03:04:05+00:00",
        "version": "1.2.3",
        "task": Task(kind=started.task, question=started.question),
        "sources": ("notes.txt",),
        "folder": "/home/someone",
        "options": {},
        "identity": "tiny.gguf:123:abc",
        "key": "k",
    }
    return Kept(**{**told, **changes})


def searches(request):
    """Search an outline first, then hand its parts down."""
    if not is_outline(request):
        return find("matter 88")(request)
    if not steps_of(request):
        return search("matter 88")
    return delegate(*grouped(entries_of(request))) if steps_of(request) == 1 else from_reports(request)


def merges(request):
    """Let every part give a text, to be rewritten as one."""
    return everywhere(lambda _: answer("Of matters in plain words.", 1), combine="merge")(request)


@functools.cache
def ran(kind):
    """Return a run of a kind, made once."""
    if kind == "paged":
        pages = [f"Page {n}. The code of room {n} is {n * 37}.\n" * 6 for n in range(1, 15)]
        source = paged(pages)
        return run("What is the code of room 9?", made_ready(source, everywhere(find("room 9 is 333")), **ROOM))
    if kind == "labelled":
        return run(QUESTION, made_to_compute(notes(60), weighs))
    if kind == "summary":
        return run("", made_ready(filler(200), lambda _: answer("It tells of matters.", 1)), kind="summarize")
    if kind == "limited":
        return run("Line 77?", made_ready(filler(120), everywhere(find("Line 77")), **ROOM), agents=3)
    if kind == "one agent":
        return run("Line 7?", made_ready(filler(10), find("Line 7")))
    leaves = {"found": everywhere(find("Line 77")), "absent": everywhere(lambda _: ABSENT)}
    respond = {**leaves, "searched": searches, "merged": merges}[kind]
    return run("Which line tells of 77?", made_ready(filler(120), respond, **ROOM))
