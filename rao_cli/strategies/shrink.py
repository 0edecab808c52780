"""Make a learned plan smaller: try edits, keep the best that every lesson bears out, until none helps.

What would only describe the lessons at hand is guarded against. Checks are neither dropped nor eased. Of a count
or a list nothing is left out, for zeros inform. An edit that makes the plan longer must save a good part of the
tokens. At last the check that ends the reading early is made to refuse what runs said wrongly, and where it
refuses, the plan reads on as far as the runs did.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence

from rao_cli.agent.combine import weight
from rao_cli.agent.question.model import Kind
from rao_cli.strategies.edits import Edit, EditName, edits, replaced
from rao_cli.strategies.lessons import Lesson
from rao_cli.strategies.plan import Check, Combine, Operator, Select, Stop, walk
from rao_cli.strategies.records import Strategy
from rao_cli.strategies.trials import Borne, Trials

READING_LESS: tuple[EditName, ...] = (
    "drop",
    "drop-stage",
    "fewer",
    "split",
    "holds",
    "titled",
    "search",
    "group",
    "recurse",
)
READING_ALL: tuple[EditName, ...] = ("group", "recurse")
EVERYTHING_COUNTS: frozenset[Kind] = frozenset({"count", "list"})
"""Questions whose answer is made of everything that was read."""
MOST_ROUNDS = 16
STEP = 0.05
"""By how much a check that is too strict for the lessons is eased."""
STRICTEST = 0.9


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
    careful, more = await _guarded(best, start, lessons, trials)
    return careful, told + more


async def _better(best: Borne, lessons: Sequence[Lesson], trials: Trials) -> tuple[Borne, str] | None:
    """Return the strategy after the edit that saves most, and that edit in words; None where none helps.

    The model is asked only where none does of those that need no call.
    """
    tried = _worth_trying(best.strategy)
    found: list[tuple[Borne, str]] = []
    for asks in (False, True):
        trials.memory.asks = asks
        borne = [(await trials.bear_within(edit.strategy, lessons, best.tokens), edit.says) for edit in tried]
        found = [(one, says) for one, says in borne if one and one.beats(best)]
        if found:
            break
    trials.memory.asks = True
    return min(found, key=lambda one: one[0].cost, default=None)


def _worth_trying(strategy: Strategy) -> list[Edit]:
    counts = EVERYTHING_COUNTS & set(strategy.applies.classes)
    found = edits(strategy, READING_ALL if counts else READING_LESS)
    ends = _ends(strategy)
    return [edit for edit in found if edit.name != "drop" or _ends(edit.strategy) == ends]


def _ends(strategy: Strategy) -> int:
    """Return how many operators of a plan say what its answer is and whether it holds."""
    return sum(isinstance(one, Combine | Check | Stop) for one in walk(strategy.plan.operators))


# ---------------------------------------------------------------------- beyond the lessons


async def _guarded(
    best: Borne, first: Borne, lessons: Sequence[Lesson], trials: Trials
) -> tuple[Borne, list[str]]:
    """Return a strategy that comes to the same on the lessons and is more careful elsewhere."""
    stricter, says = await _first_borne(best, _stricter(best.strategy, lessons), lessons, trials)
    longer, more = await _first_borne(stricter, _reading_on(stricter.strategy, first.strategy), lessons, trials)
    return longer, says + more


async def _first_borne(
    best: Borne, changed: Iterable[tuple[str, Strategy | None]], lessons: Sequence[Lesson], trials: Trials
) -> tuple[Borne, list[str]]:
    """Return the first of some strategies that costs no more on the lessons, with what it is in words."""
    for says, strategy in changed:
        borne = await trials.bear_within(strategy, lessons, best.tokens) if strategy else None
        if borne:
            return borne, [says]
    return best, []


def _stricter(strategy: Strategy, lessons: Sequence[Lesson]) -> Iterator[tuple[str, Strategy | None]]:
    """Yield checks for the first answer, the strictest first, down to the one that is there."""
    operators = strategy.plan.operators
    at = next((place for place, one in enumerate(operators) if isinstance(one, Check)), -1)
    check = operators[at]
    if not isinstance(check, Check):
        return
    least = min(STRICTEST, int(100 * wrongly_believed(lessons) + 1) / 100)
    while least > check.least:
        stricter = check.model_copy(update={"least": round(least, 2)})
        yield f"a first check for {least:.2f} in place of {check.least}", replaced(strategy, (at,), (stricter,))
        least -= STEP


def wrongly_believed(lessons: Sequence[Lesson]) -> float:
    """Return how far the most believed of the wrong answers was believed that readers of text gave."""
    reports = [
        agent.report
        for lesson in lessons
        for agent in lesson.run.tree.agents.values()
        if agent.opened and agent.opened.view == "text" and agent.goal == lesson.task.question and agent.report
        if agent.report.verified and not lesson.keeps(agent.report.answer)
    ]
    return max(map(weight, reports), default=0.0)


def _reading_on(strategy: Strategy, first: Strategy) -> Iterator[tuple[str, Strategy | None]]:
    """Yield a last stage that reads as far as the first plan did, where there is only one stage now."""
    stage, wanted = _only_stage(strategy.plan.operators), _reads(first)
    select = next((one for one in stage if isinstance(one, Select)), None)
    checks = [one for one in walk(first.plan.operators) if isinstance(one, Check)]
    if select is None or wanted <= select.first or not checks:
        return
    rest = select.model_copy(update={"first": wanted - select.first})
    more = tuple(rest if one is select else checks[0] if isinstance(one, Check) else one for one in stage)
    end = (len(strategy.plan.operators),)
    yield f"then the next {rest.first}", replaced(strategy, end, more, 0)


def _only_stage(operators: tuple[Operator, ...]) -> tuple[Operator, ...]:
    """Return the operators of a plan with one stage, without those that hold until the end; else none."""
    selects = [place for place, one in enumerate(operators) if isinstance(one, Select)]
    return operators[selects[0] :] if len(selects) == 1 else ()


def _reads(strategy: Strategy) -> int:
    """Return how many sections the root reads by a plan in its first stage."""
    return next((one.first for one in strategy.plan.operators if isinstance(one, Select)), 0)
