"""Take every arm in every cell, the cheapest to compare first, until all is known or the time is over."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from rao_cli.bench.transfer.arms import ALONE, Lab, Taken
from rao_cli.bench.transfer.cells import Tasks
from rao_cli.bench.transfer.ledger import LateError


@dataclass(frozen=True)
class Measured:
    """What is known: of every arm that all test questions were worked on in, what it came to."""

    taken: tuple[Taken, ...]
    whole: bool
    """All arms in all cells were taken; else the time was over before."""


def measure(lab: Lab, arms: Sequence[str], told: Callable[[str], None]) -> Measured:
    """Take the arms. ``told`` hears of each as it begins. Raises RaoError."""
    found: list[Taken] = []
    jobs, whole = list(_jobs(lab, arms)), True
    for number, (arm, teacher, tasks) in enumerate(jobs, start=1):
        by = f" of {teacher}" if teacher else ""
        told(f"{number} of {len(jobs)}, {arm}{by}: {tasks.cell.name} of {tasks.size:,} tokens")
        try:
            taken = lab.taken(arm, teacher, tasks)
        except LateError:
            whole = False  # others may be known as a whole
            continue
        if taken:
            found.append(taken)
    return Measured(tuple(found), whole)


def _jobs(lab: Lab, arms: Sequence[str]) -> Iterator[tuple[str, str, Tasks]]:
    """Yield arms cell by cell; an arm of teachers once for each of them."""
    for tasks in lab.cells:
        for arm in arms:
            for teacher in ("",) if arm in ALONE else tuple(lab.people.teachers):
                yield arm, teacher, tasks
