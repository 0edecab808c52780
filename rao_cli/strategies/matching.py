"""Choose the strategy for a question about a document, or say in words why none is used.

A strategy must fit the question and the document's shape, and outcomes with this model on this kind of document
must say that it answers as well as work without it, for clearly fewer tokens. Matching asks the model nothing.
"""

import random
from collections.abc import Sequence
from dataclasses import dataclass

from rao_cli.agent.question.model import choices_of
from rao_cli.agent.question.recognise import recognise
from rao_cli.agent.records import Returns
from rao_cli.strategies.plan import Ask, Search, walk
from rao_cli.strategies.records import Evidence, Strategy
from rao_cli.strategies.shape import Shape, closeness, question_class
from rao_cli.strategies.slots import fill
from rao_cli.strategies.standing import Held, agreement, evidence_of, expected_cost

CLOSE = 0.5
"""Closeness of a document's shape from which a strategy is for it."""
AGREES = 0.7
"""Share of right answers that a strategy must be known to reach."""
MARGIN = 0.1
"""Share of the tokens that it must be expected to save at least."""
TIE = 0.05
"""Expected costs that differ by less are taken as equal."""


@dataclass(frozen=True)
class Choice:
    """What was chosen, if anything, and why."""

    held: Held | None
    reason: str

    @property
    def strategy(self) -> Strategy | None:
        """Return the strategy that is to be followed."""
        return self.held.strategy if self.held else None


def choose(question: str, shape: Shape, strategies: Sequence[Held], *, model: str, digest: str) -> Choice:
    """Return the strategy that pays for a question, and why it or none does; the same each time."""
    kind = question_class(question)
    meant = [one for one in strategies if kind in one.strategy.applies.classes]
    if not meant:
        return Choice(None, f"none is for questions of the class {kind}")
    reasons = {one.strategy.id: unusable(one, question, shape, model) for one in meant}
    usable = [one for one in meant if not reasons[one.strategy.id]]
    if not usable:
        nearest = max(meant, key=lambda one: (one.standing == "active", closeness(one.strategy.applies, shape)))
        return Choice(None, f"{nearest.strategy.name}: {reasons[nearest.strategy.id]}")
    best = _drawn(usable, shape, model, f"{question} {digest}")
    return Choice(best, told(evidence_of(best.strategy, model, shape.kind)))


def unusable(held: Held, question: str, shape: Shape, model: str) -> str:
    """Return why a strategy is not used for a question of its class; empty where it is."""
    if held.standing != "active":
        return f"it is {held.standing}{f', {held.reason}' if held.reason else ''}"
    return unfit(held.strategy, question, shape) or _unproven(evidence_of(held.strategy, model, shape.kind))


def unfit(strategy: Strategy, question: str, shape: Shape) -> str:
    """Return why a strategy is not for a question or document; empty where it is."""
    applies = strategy.applies
    kind = question_class(question)
    if kind not in applies.classes:
        return f"it is for {', '.join(applies.classes)}, and this is {kind}"
    if applies.returns not in ("text", returns_of(question)):
        return f"it answers with a {applies.returns}"
    if applies.kinds and shape.kind not in applies.kinds:
        return f"it is for {', '.join(applies.kinds)}, and this is {shape.kind}"
    if closeness(applies, shape) < CLOSE:
        return "it is for documents of another shape"
    empty = next((name for name in _bound(strategy) if not _filled(strategy, name, question)), "")
    return f"the question has nothing for its slot {empty}" if empty else ""


def returns_of(question: str) -> Returns:
    """Return what kind of value a question asks for."""
    asked = recognise(question)
    if choices_of(asked.form):
        return "choice"
    if asked.kind == "list" or asked.form.shape == "list":
        return "list"
    return "number" if asked.kind == "count" or asked.form.shape == "number" else "text"


def _bound(strategy: Strategy) -> list[str]:
    """Return the slots that a question must fill before the plan is begun."""
    named = [one.slot for one in strategy.requires]
    named += [one.slot for one in walk(strategy.plan.operators) if isinstance(one, Search)]
    named += [one.goal for one in walk(strategy.plan.operators) if isinstance(one, Ask)]
    late = {
        slot.name for slot in strategy.slots if slot.type == "outer"
    }  # filled by an answer that is yet to come
    return [name for name in dict.fromkeys(named) if name not in late]


def _filled(strategy: Strategy, name: str, question: str) -> bool:
    slot = next(slot for slot in strategy.slots if slot.name == name)
    return bool(fill(slot.type, question))


def _unproven(evidence: Evidence) -> str:
    """Return why outcomes do not say that a strategy pays; empty where they do."""
    if evidence.successes + evidence.failures <= 0 or evidence.paired <= 0:
        return f"nothing is known of it with {evidence.model} on {evidence.kind}"
    if agreement(evidence) < AGREES:
        return f"it is not known to be right often enough: {told(evidence)}"
    if expected_cost(evidence) >= 1 - MARGIN:
        return f"it saves too little: {told(evidence)}"
    return ""


def told(evidence: Evidence) -> str:
    """Return evidence in a few words."""
    right, count = evidence.successes, evidence.successes + evidence.failures
    left = f", left in {evidence.fallbacks:.0f} more" if evidence.fallbacks >= 0.5 else ""
    cost = f", {expected_cost(evidence):.2f} times the tokens expected" if evidence.paired else ""
    return f"right in {right:.0f} of {count:.0f}{left}{cost}"


def _drawn(usable: Sequence[Held], shape: Shape, model: str, seed: str) -> Held:
    """Return the cheapest; among equals the one whose share of right answers, drawn by chance, is greatest.

    Drawing from what outcomes leave likely (W. R. Thompson, Biometrika 25, 1933) lets those with few outcomes be
    tried; it is seeded, so that the same question is answered in the same way.
    """
    found = [(one, evidence_of(one.strategy, model, shape.kind)) for one in usable]
    least = min(expected_cost(evidence) for _, evidence in found)
    draws = random.Random(seed)  # noqa: S311 - no secret
    equals = [
        (draws.betavariate(evidence.successes + 1, evidence.failures + 1), one.strategy.id, one)
        for one, evidence in sorted(found, key=lambda pair: pair[0].strategy.id)
        if expected_cost(evidence) <= least + TIE
    ]
    return max(equals, key=lambda drawn: drawn[:2])[2]
