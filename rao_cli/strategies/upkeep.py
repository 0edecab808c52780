"""Keep a library in order: what has proven itself becomes active, what does not pay is retired.

Nothing is deleted: a retired strategy keeps its outcomes, and can be taken back.
"""

from collections.abc import Sequence

from rao_cli.strategies.matching import AGREES
from rao_cli.strategies.records import Evidence
from rao_cli.strategies.standing import Held, Standing, agreement, classes_of, expected_cost

ENOUGH_UNSEEN = 2
"""Documents that a strategy was not learned from and must do well on before it is used."""
ENOUGH_USES = 8
"""Uses with one model on one kind of document from which a strategy is judged."""
MOST_ACTIVE = 5
"""Strategies of a class of questions that are active at a time."""
BY_HAND = "by hand"


def earned(held: Held) -> Standing:
    """Return the standing that a strategy has by what it was tried on."""
    if held.strategy.trust == "bundled" or len(held.unseen) >= ENOUGH_UNSEEN:
        return "active"
    return "quarantined" if held.strategy.trust == "imported" else "candidate"


def why_not_active(held: Held) -> str:
    """Return what a strategy lacks to be active; empty where it lacks nothing."""
    missing = ENOUGH_UNSEEN - len(held.unseen)
    if earned(held) == "active":
        return ""
    return f"it needs to do well on {missing} more {'document' if missing == 1 else 'documents'}"


def renewed(held: Held) -> Held:
    """Return a strategy with the standing that its outcomes give it; what is retired stays so."""
    if held.standing == "retired":
        return held
    if _is_worse(held):
        return retired(held, f"it did worse than work without it in {ENOUGH_USES} uses or more")
    return held.model_copy(update={"standing": earned(held), "reason": why_not_active(held)})


def retired(held: Held, reason: str) -> Held:
    """Return a strategy that is not used any more."""
    return held.model_copy(update={"standing": "retired", "reason": reason})


def taken_back(held: Held) -> Held:
    """Return a strategy with the standing that it had earned before it was retired."""
    return held.model_copy(update={"standing": earned(held), "reason": why_not_active(held)})


def _is_worse(held: Held) -> bool:
    """Tell whether all that it was used for often enough would have been done better without it."""
    judged = [one for one in held.strategy.evidence if one.uses >= ENOUGH_USES]
    return bool(judged) and all(_below(one) for one in judged)


def _below(evidence: Evidence) -> bool:
    """Tell whether right answers are too few, or are not cheaper than those of work without the strategy."""
    count = evidence.successes + evidence.failures
    wrong = count > 0 and evidence.successes / count < AGREES
    mostly_left = evidence.fallbacks > count
    return wrong or mostly_left or (evidence.paired > 0 and expected_cost(evidence) >= 1)


def crowded_out(strategies: Sequence[Held]) -> list[Held]:
    """Return those to retire so that no class of questions has more than ``MOST_ACTIVE``.

    Of each class those stay that no other one beats in both accuracy and cost, then the cheapest; what stays for
    one of its classes stays. What nothing is known of can beat nothing and goes first.
    """
    active = [one for one in strategies if one.standing == "active"]
    kept: set[str] = set()
    for name in classes_of(active):
        rivals = [one for one in active if name in one.strategy.applies.classes]
        order = {one.strategy.id: (_beaten(one, rivals), _figures(one)[1], one.strategy.id) for one in rivals}
        kept.update(sorted(order, key=order.__getitem__)[:MOST_ACTIVE])
    return [one for one in active if one.strategy.id not in kept]


def _beaten(held: Held, rivals: Sequence[Held]) -> bool:
    right, cost = _figures(held)
    others = [_figures(one) for one in rivals if one.strategy.id != held.strategy.id]
    return any(a >= right and b <= cost and (a, b) != (right, cost) for a, b in others)


def _figures(held: Held) -> tuple[float, float]:
    """Return accuracy and cost of a strategy where it is known best; none and infinite where it is not."""
    best = max(held.strategy.evidence, key=lambda one: one.uses, default=None)
    return (agreement(best), expected_cost(best)) if best else (0.0, float("inf"))
