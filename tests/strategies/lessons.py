"""Make documents that hold answers, and runs on them, for the tests of learning."""

import asyncio
from pathlib import Path

from rao_cli.agent.preparing import Prepared
from rao_cli.agent.records import Limits, Task
from rao_cli.agent.run import run_task
from rao_cli.runs.store import Contents, Stored
from rao_cli.runs.tree import Run, tree_of
from rao_cli.strategies.lessons import Lesson
from tests.agent.helpers import ABSENT, answer, entries_of, made_ready, view_of
from tests.runs.making import kept

PLACES = ("harbour", "chapel", "quarry", "orchard", "windmill", "lighthouse", "brewery", "tannery")
COLOURS = ("green", "amber", "violet", "scarlet", "ochre", "cobalt", "ivory", "maroon")


def manual(at: int = 3, parts: int = 10, place: str = "harbour", colour: str = "green", words: int = 60) -> str:
    """Return a text of parts of which one says which colour a place's gate has; others speak of the gate too."""
    lines = []
    for number in range(parts):
        said = f"the gate of the {place} is painted {colour}" if number == at else "a gate is kept in good order"
        filler = " ".join(f"item {number * 97 + n} is counted" for n in range(words // 4))
        lines.append(f"# Part {number}\n\nIn this part {said}. Then {filler}.\n\n")
    return "".join(lines)


def asking(place: str = "harbour") -> str:
    """Return the question that a manual answers."""
    return f"Which colour is the gate of the {place} painted?"


def reading(place: str = "harbour", wrong: str = "", sure: float = -0.05):
    """Return a reader that says the colour where it stands; elsewhere absent, or something wrong, unsurely."""

    def respond(request):
        for line in view_of(request).splitlines():
            if f"gate of the {place} is painted" in line:
                return answer(line.split("painted ")[1].split(".")[0], int(line[1 : line.index("]")])), sure
        if wrong and "good order" in view_of(request):
            return answer(wrong, entries_of(request)[0]), -3.0
        return ABSENT

    return respond


def prepared_manual(respond=None, view: int = 150, delegation: str = "rules", **changes: object) -> Prepared:
    """Prepare a manual for a scripted engine."""
    text = manual(**changes)
    return made_ready(text, respond or reading(changes.get("place", "harbour")), view=view, delegation=delegation)


def lesson_of(prepared: Prepared, question: str, gold=(), policy=None, run: str = "", **task: object) -> Lesson:
    """Ask a question and return the run as a lesson; ``policy`` is asked for a policy of the task."""
    events: list = []
    asked = Task(question=question, **task)
    chosen = policy(asked, prepared) if policy else None
    result = asyncio.run(run_task(asked, prepared, limits=Limits(), emit=events.append, policy=chosen))
    name = run or result.run
    record = kept(name).model_copy(update={"task": asked, "identity": prepared.engine.identity})
    tree = tree_of(Contents(tuple(Stored(1, event) for event in events), 0))
    return Lesson(Run(Path(name), record, "finished", tree), prepared, tuple(gold))


def lessons_on(*places: str, **changes: object) -> list[Lesson]:
    """Return lessons on manuals of their own, one for each place."""
    made = []
    for number, place in enumerate(places):
        given = {"at": 2 + 3 * number, "place": place, "colour": COLOURS[number], **changes}
        made.append(lesson_of(prepared_manual(**given), asking(place)))
    return made
