"""The first plan of several runs: what they all did, with the runs that it does not hold for left out."""

from collections.abc import Sequence
from dataclasses import dataclass

from pydantic import ValidationError

from rao_cli.errors import UsageError
from rao_cli.strategies.extract import alike, mirror, recursion
from rao_cli.strategies.lessons import Lesson, refusal
from rao_cli.strategies.levels import Level, UnusableError, levels
from rao_cli.strategies.plan import Ask, Plan
from rao_cli.strategies.records import Applies, Requirement, SlotType, Strategy, slots_of
from rao_cli.strategies.shape import question_class
from rao_cli.strategies.trials import Borne, Trials

_LATE: frozenset[SlotType] = frozenset({"question", "outer"})
"""Slots that need not be asked for: every question has the one, and the other is filled by an answer."""


@dataclass(frozen=True)
class Refused:
    """A run that nothing was learned from, and why."""

    run: str
    reason: str


@dataclass(frozen=True)
class First:
    """The first plan as a strategy, the lessons that bear it out, and the runs left out."""

    borne: Borne
    lessons: tuple[Lesson, ...]
    refused: tuple[Refused, ...]


async def first_strategy(lessons: Sequence[Lesson], trials: Trials) -> First:
    """Return the strategy that does what the runs did. Raises UsageError where nothing can be learned from any."""
    refused: dict[str, str] = {}
    roots, below = _levels(lessons, refused)
    same = alike(roots)
    for level in roots:
        if level not in same:
            refused[level.lesson.name] = "it was taken apart in another way than most"
    inner = [one for level in same for one in below[level.lesson.name]]
    borne = await _borne(_strategies(same, inner, refused), [level.lesson for level in same], trials)
    if borne:
        for level, done, kept in zip(same, borne.replays, borne.kept, strict=True):
            if not kept:
                refused[level.lesson.name] = _why(done.fell_back, whole=done.whole)
    left = tuple(level.lesson for level in same if level.lesson.name not in refused)
    told = tuple(Refused(name, reason) for name, reason in refused.items())
    if borne is None or not left:
        raise UsageError(f"nothing can be learned: {_reasons(told)}", hint="rao runs lists the runs there are")
    return First(await trials.bear(borne.strategy, left), left, told)


def _why(fell_back: str, *, whole: bool) -> str:
    if not whole:
        return "doing the same as the others takes calls of the model that it has no record of"
    return f"the plan of them all does not keep its answer{': ' if fell_back else ''}{fell_back}"


def _reasons(refused: Sequence[Refused]) -> str:
    shown = [f"{one.run}: {one.reason}" for one in refused[:3]]
    more = [f"and {len(refused) - 3} more"] if len(refused) > 3 else []
    return "; ".join(shown + more)


def _levels(
    lessons: Sequence[Lesson], refused: dict[str, str]
) -> tuple[list[Level], dict[str, tuple[Level, ...]]]:
    """Return the level of each run's root, and those below it by run; note why others are of no use."""
    roots, below = list[Level](), dict[str, tuple[Level, ...]]()
    for lesson in lessons:
        reason = refusal(lesson)
        try:
            if not reason:
                root, inner = levels(lesson)
                mirror([root])
                roots.append(root)
                below[lesson.name] = inner
        except UnusableError as error:
            reason = str(error)
        if reason:
            refused[lesson.name] = reason
    return roots, below


def _strategies(roots: Sequence[Level], inner: Sequence[Level], refused: dict[str, str]) -> list[Strategy]:
    """Return the strategies that mirror the runs: with work below the root left to the default, and by a plan."""
    if not roots:
        return []
    try:
        operators = mirror(roots)
        recurse = recursion(inner, operators)
        plans = [Plan(operators=operators), *([Plan(operators=(recurse, *operators))] if recurse else [])]
    except (UnusableError, ValidationError) as error:
        told = str(error) if isinstance(error, UnusableError) else "what it did makes no plan"
        refused.update({level.lesson.name: told for level in roots})
        return []
    return [_strategy(plan, roots[0].lesson) for plan in plans]


def _strategy(plan: Plan, lesson: Lesson) -> Strategy:
    slots = slots_of(plan)
    returns = [one.returns for one in plan.operators if isinstance(one, Ask)][-1]
    applies = Applies(classes=(question_class(lesson.task.question),), returns=returns)
    requires = tuple(Requirement(slot=one.name) for one in slots if one.type not in _LATE)
    return Strategy.model_validate(
        {"name": "learned", "applies": applies, "slots": slots, "requires": requires, "plan": plan}
    )


async def _borne(strategies: Sequence[Strategy], lessons: Sequence[Lesson], trials: Trials) -> Borne | None:
    """Return the strategy that most lessons bear out, of several the cheapest; the model is asked if need be."""
    best: Borne | None = None
    for strategy in strategies:
        for asks in (False, True):
            trials.memory.asks = asks
            borne = await trials.bear(strategy, lessons)
            if all(one.whole for one in borne.replays):
                break
        if best is None or (-sum(borne.kept), borne.cost) < (-sum(best.kept), best.cost):
            best = borne
    trials.memory.asks = True
    return best
