"""Make documents that hold answers, and runs on them, for the tests of learning."""

import asyncio
from pathlib import Path

from rao_cli.agent.preparing import Prepared
from rao_cli.agent.records import Limits, Task
from rao_cli.agent.run import run_task
from rao_cli.runs.store import Contents, Stored
from rao_cli.runs.tree import Run, tree_of
from rao_cli.strategies.first import First, first_strategy
from rao_cli.strategies.lessons import Lesson
from rao_cli.strategies.replay import Memory
from rao_cli.strategies.trials import Trials
from tests.agent.helpers import (
    ABSENT,
    answer,
    delegate,
    entries_of,
    from_reports,
    handoff_of,
    is_outline,
    made_ready,
    steps_of,
    view_of,
)
from tests.runs.making import kept

PLACES = ("harbour", "chapel", "quarry", "orchard", "windmill", "lighthouse", "brewery", "tannery")
COLOURS = ("green", "amber", "violet", "scarlet", "ochre", "cobalt", "ivory", "maroon")


def manual(
    at: int = 3, parts: int = 10, place: str = "harbour", colour: str = "green", words: int = 60, decoys: int = 0
) -> str:
    """Return a text of parts of which one says which colour a place's gate has; others speak of gates too.

    The first parts may be decoys, which hold more of the question than the one that answers it.
    """
    lines = []
    for number in range(parts):
        said = f"the gate of the {place} is painted {colour}" if number == at else "a gate is kept in good order"
        if number < decoys:
            said = f"they ask which colour a {place} gate is: painted is the colour of a gate of a {place}"
        filler = " ".join(f"item {number * 97 + n} is counted" for n in range(words // 4))
        lines.append(f"# Part {number}\n\nIn this part {said}. Then {filler}.\n\n")
    return "".join(lines)


def asking(place: str = "harbour") -> str:
    """Return the question that a manual answers."""
    return f"Which colour is the gate of the {place} painted?"


def reading(place: str = "harbour", wrong: str = "", sure: float = -0.05, unsure: float = -3.0):
    """Return a reader that says the colour where it stands; elsewhere absent, or something wrong, unsurely."""

    def respond(request):
        for line in view_of(request).splitlines():
            if line.startswith("[") and f"gate of the {place} is painted" in line:
                return answer(line.split("painted ")[1].split(".")[0], int(line[1 : line.index("]")])), sure
        if wrong and "good order" in view_of(request):
            return answer(wrong, entries_of(request)[0]), unsure
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


CHAIN = "Where was the author of the Blue Ledger born?"


def chained(person: str = "Paula Amsel", town: str = "Ulm", at: int = 3, other: int = 7, parts: int = 12) -> str:
    """Return a text of parts of which one names an author and another one says where that person was born."""
    said = {at: f"the author of the Blue Ledger is {person}", other: f"{person} was born in {town}"}
    lines = []
    for number in range(parts):
        told = said.get(number, "the Blue Ledger is a book that somebody who was born somewhere wrote")
        filler = " ".join(f"item {number * 97 + n} is counted" for n in range(20))
        lines.append(f"# Part {number}\n\nIn this part {told}. {filler}.\n\n")
    return "".join(lines)


def chain_reader(person: str = "Paula Amsel", town: str = "Ulm"):
    """Return a reader that knows the author where it is asked for, and the town where that is."""
    wanted = {
        "Who is the author": (f"Ledger is {person}", person),
        f"Where was {person}": (f"born in {town}", town),
    }

    def respond(request):
        goal = handoff_of(request).rsplit("Question: ", 1)[1]
        words, told = next((value for key, value in wanted.items() if goal.startswith(key)), ("", ""))
        for line in view_of(request).splitlines():
            if line.startswith("[") and words and words in line:
                return answer(told, int(line[1 : line.index("]")])), -0.05
        return ABSENT

    return respond


def chain_lesson(**changes: object) -> Lesson:
    """Return a run that asked for an author and then for that person's town."""
    names = {key: value for key, value in changes.items() if key in ("person", "town")}
    return lesson_of(made_ready(chained(**changes), chain_reader(**names), view=150), CHAIN)


def choosing(*to: tuple[int, ...], combine: str = "best", goal: str = "", respond=None):
    """Return a model that hands numbers of its outline down and tells the first report."""
    read = respond or reading()

    def decide(request):
        if not is_outline(request):
            return read(request)
        return from_reports(request) if steps_of(request) else delegate(*to, combine=combine, goal=goal)

    return decide


def memory_of(lessons) -> Memory:
    """Return what lessons have recorded, with no engine."""
    memory = Memory()
    for lesson in lessons:
        memory.learn(lesson)
    return memory


def first_of(*lessons: Lesson) -> First:
    """Return the first strategy of lessons, replayed without a model."""
    return asyncio.run(first_strategy(lessons, Trials(memory_of(lessons))))
