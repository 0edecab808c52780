"""Make a shrunk plan careful beyond the lessons that it was shrunk on, for a part of what shrinking saved.

A few lessons tell little of how often the first section that search ranks misleads. So a few are read before any
answer counts, as far as the lessons then take at most half of the tokens (docs/experiments.md, 38); else reading
ends after the first only where the answer is believed more than what runs said wrongly. Where nothing is found the
plan reads on as far as the runs did.
"""

from collections.abc import Iterator, Sequence

from rao_cli.agent.combine import weight
from rao_cli.strategies.edits import replaced
from rao_cli.strategies.lessons import Lesson
from rao_cli.strategies.plan import Ask, Check, Select, Stop
from rao_cli.strategies.records import Strategy
from rao_cli.strategies.trials import Borne, Trials

SPENT = 0.4
"""Share of the first plan's tokens that one with a stricter check may take."""
SPENT_ON_FEW = 0.5
"""The same of one that always reads a few sections."""
STEP = 0.05
"""By how much a check that is too strict for the lessons is eased."""
SURE = 0.7
"""What ends the reading early even where the lessons know of nothing wrong (docs/experiments.md)."""
FEW = 3
"""Sections that are read before a plan reads on as far as the runs did."""
STRICTEST = 0.9
"""What a check asks for at most: hardly any answer is believed more."""


async def guarded(best: Borne, first: Borne, lessons: Sequence[Lesson], trials: Trials) -> tuple[Borne, list[str]]:
    """Return a strategy that every lesson still bears out and that is more careful, and what was changed."""
    told: list[str] = []
    few = _few(best.strategy, first.strategy)
    always = await trials.bear_within(few, lessons, int(SPENT_ON_FEW * first.tokens)) if few else None
    if always:
        best = always
        told.append(f"always the first {FEW}")
    for total in (FEW, _first_reads(first.strategy)):
        says, strategy = _reading_on(best.strategy, first.strategy, total)
        longer = await trials.bear_within(strategy, lessons, best.tokens) if strategy else None
        if longer:
            best = longer
            told.append(says)
    if always:
        return best, told
    most = max(best.tokens, int(SPENT * first.tokens))
    for says, strategy in _stricter(best.strategy, max(SURE, wrongly_believed(lessons) + 0.01)):
        stricter = await trials.bear_within(strategy, lessons, most) if strategy else None
        if stricter:
            return stricter, [*told, says]
    return best, told


def _few(strategy: Strategy, first: Strategy) -> Strategy | None:
    """Return a plan of the first stage alone that reads a few sections, checked as the first plan checks."""
    operators = strategy.plan.operators
    check = next((one for one in first.plan.operators if isinstance(one, Check)), None)
    selects = [one for one in operators if isinstance(one, Select)]
    several = any(one.goal != "question" for one in operators if isinstance(one, Ask))
    if several or check is None or selects[0].first >= FEW or _first_reads(first) < FEW:
        return None
    end = next(at for at, one in enumerate(operators) if isinstance(one, Stop)) + 1
    wider = selects[0].model_copy(update={"first": FEW})
    stage = (wider if one is selects[0] else check if isinstance(one, Check) else one for one in operators[:end])
    return replaced(strategy, (0,), tuple(stage), len(operators))


def _stricter(strategy: Strategy, wanted: float) -> Iterator[tuple[str, Strategy | None]]:
    """Yield plans whose first check is stricter, the strictest first, if more may be read after it."""
    operators = strategy.plan.operators
    last = max((at for at, one in enumerate(operators) if isinstance(one, Select)), default=0)
    checks = ((at, one) for at, one in enumerate(operators[:last]) if isinstance(one, Check))
    at, check = next(checks, (0, Check(least=1.0)))
    least = min(STRICTEST, int(100 * wanted) / 100)
    while least > check.least:
        stricter = check.model_copy(update={"least": round(least, 2)})
        yield f"a first check for {least:.2f}", replaced(strategy, (at,), (stricter,))
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


def _reading_on(strategy: Strategy, first: Strategy, total: int) -> tuple[str, Strategy | None]:
    """Return a plan that reads ``total`` sections in all before it is left, checked as the first plan checks."""
    operators = strategy.plan.operators
    read = sum(one.first for one in operators if isinstance(one, Select))
    check = next((one for one in first.plan.operators if isinstance(one, Check)), None)
    several = any(one.goal != "question" for one in operators if isinstance(one, Ask))
    if several or check is None or min(total, _first_reads(first)) <= read:
        return "", None
    at = max(at for at, one in enumerate(operators) if isinstance(one, Select))
    rest = operators[at].model_copy(update={"first": total - read})
    stage = (check if isinstance(one, Check) else one for one in operators[at + 1 :])
    return f"then the next {total - read}", replaced(strategy, (len(operators),), (rest, *stage), 0)


def _first_reads(first: Strategy) -> int:
    """Return how many sections the first stage of a plan reads."""
    return next(one.first for one in first.plan.operators if isinstance(one, Select))
