"""Make a learned plan smaller: try edits, keep the best that every lesson bears out, until none helps.

What would only describe the lessons at hand is guarded against: checks are neither dropped nor eased; of a count
or a list nothing is left out, for zeros inform; an edit that makes the plan longer must save a good part of the
tokens; and a part of what is saved is spent on care (care.py).
"""

from collections.abc import Callable, Sequence

from rao_cli.agent.question.model import Kind
from rao_cli.strategies.care import guarded
from rao_cli.strategies.edits import EditName, edits
from rao_cli.strategies.lessons import Lesson
from rao_cli.strategies.plan import Check, Combine, Stop, walk
from rao_cli.strategies.records import Strategy
from rao_cli.strategies.trials import Borne, Trials

FEWER: frozenset[EditName] = frozenset({"drop", "drop-stage", "fewer", "split"})
FILTERS: frozenset[EditName] = frozenset({"holds", "titled", "search"})
READING_ALL: frozenset[EditName] = frozenset({"group", "recurse"})
_TRIED: tuple[tuple[frozenset[EditName], bool], ...] = (
    (FEWER | READING_ALL, False),
    (FILTERS, False),
    (FEWER | READING_ALL | FILTERS, True),
)
"""Which edits are tried one after another until some help, and whether the model may be asked for them."""
EVERYTHING_COUNTS: frozenset[Kind] = frozenset({"count", "list"})
"""Questions whose answer is made of everything that was read."""
MOST_ROUNDS = 16


async def shrink(
    start: Borne, lessons: Sequence[Lesson], trials: Trials, say: Callable[[str], None]
) -> tuple[Borne, list[str]]:
    """Return the smallest strategy found, and what was changed, in words."""
    best, told = start, list[str]()
    for _ in range(MOST_ROUNDS):
        better = await _better(best, lessons, trials)
        if better is None:
            break
        best, says = better
        told.append(says)
        say(f"{says}: {best.tokens:,} tokens in place of {start.tokens:,}")
    careful, more = await guarded(best, start, lessons, trials)
    return careful, told + more


async def _better(best: Borne, lessons: Sequence[Lesson], trials: Trials) -> tuple[Borne, str] | None:
    """Return the strategy after the edit that saves most, and that edit in words; None where none helps.

    The model is asked only where none does of those that need no call.
    """
    counts = EVERYTHING_COUNTS & set(best.strategy.applies.classes)
    for names, asks in _TRIED:
        trials.memory.asks = asks
        found = await _helping(best, names & READING_ALL if counts else names, lessons, trials)
        trials.memory.asks = True
        if found:
            return min(found, key=lambda one: one[0].cost)
    return None


async def _helping(
    best: Borne, names: frozenset[EditName], lessons: Sequence[Lesson], trials: Trials
) -> list[tuple[Borne, str]]:
    found = []
    for edit in edits(best.strategy, names):
        if edit.name != "drop" or _ends(edit.strategy) == _ends(best.strategy):
            borne = await trials.bear_within(edit.strategy, lessons, best.tokens)
            if borne and borne.beats(best):
                found.append((borne, edit.says))
    return found


def _ends(strategy: Strategy) -> int:
    """Return how many operators of a plan say what its answer is and whether it holds."""
    return sum(isinstance(one, Combine | Check | Stop) for one in walk(strategy.plan.operators))
