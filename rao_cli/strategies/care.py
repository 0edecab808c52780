"""Make a shrunk plan careful beyond the lessons that it was shrunk on, for a part of what shrinking saved.

A few lessons tell little of how often the first section that search ranks misleads. But the runs read more than
the shrunk plan does, and tell how far readers believed what was wrong: a check that ends the reading early is made
to refuse that, as far as the lessons still take few tokens. Where it refuses, the plan reads on as the runs did.
"""

from collections.abc import Iterator, Sequence

from rao_cli.agent.combine import weight
from rao_cli.strategies.edits import replaced
from rao_cli.strategies.lessons import Lesson
from rao_cli.strategies.plan import Check, Operator, Select
from rao_cli.strategies.records import Strategy
from rao_cli.strategies.trials import Borne, Trials

SPENT = 0.4
"""Share of the first plan's tokens that a careful one may take."""
STEP = 0.05
"""By how much a check that is too strict for the lessons is eased."""
STRICTEST = 0.9
"""What a check asks for at most: hardly any answer is believed more."""


async def guarded(best: Borne, first: Borne, lessons: Sequence[Lesson], trials: Trials) -> tuple[Borne, list[str]]:
    """Return a strategy that every lesson still bears out and that is more careful, and what was changed."""
    told: list[str] = []
    for says, strategy in _reading_on(best.strategy, first.strategy):
        longer = await trials.bear_within(strategy, lessons, best.tokens) if strategy else None
        if longer:
            best = longer
            told.append(says)
    most = max(best.tokens, int(SPENT * first.tokens))
    for says, strategy in _stricter(best.strategy, wrongly_believed(lessons)):
        stricter = await trials.bear_within(strategy, lessons, most) if strategy else None
        if stricter:
            return stricter, [*told, says]
    return best, told


def _stricter(strategy: Strategy, wrong: float) -> Iterator[tuple[str, Strategy | None]]:
    """Yield plans whose early checks refuse what was wrong, the strictest first, down to what is asked now."""
    operators = strategy.plan.operators
    early = _early(operators)
    now = max(
        (one.least for at, one in enumerate(operators) if isinstance(one, Check) and at in early), default=1.0
    )
    least = min(STRICTEST, int(100 * wrong + 1) / 100)
    while least > now:
        changed = tuple(
            one.model_copy(update={"least": round(least, 2)}) if isinstance(one, Check) and at in early else one
            for at, one in enumerate(operators)
        )
        yield f"early checks for {least:.2f}", replaced(strategy, (0,), changed, len(operators))
        least -= STEP


def _early(operators: Sequence[Operator]) -> set[int]:
    """Return the places of the checks behind which the plan may still read on."""
    last = max((at for at, one in enumerate(operators) if isinstance(one, Select)), default=0)
    return {at for at, one in enumerate(operators[:last]) if isinstance(one, Check)}


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
    operators = strategy.plan.operators
    stage = operators[next(at for at, one in enumerate(operators) if isinstance(one, Select)) :]
    select, *more = (one for one in operators if isinstance(one, Select))
    wanted = next(one.first for one in first.plan.operators if isinstance(one, Select))
    check = next((one for one in first.plan.operators if isinstance(one, Check)), None)
    if more or check is None or wanted <= select.first:
        return
    rest = select.model_copy(update={"first": wanted - select.first})
    last = tuple(rest if one is select else check if isinstance(one, Check) else one for one in stage)
    yield f"then the next {rest.first}", replaced(strategy, (len(operators),), last, 0)
