"""How a strategy stands with one user: whether it may be used, and the outcomes that say so.

Outcomes are counted for each model and kind of document; a count halves with every ``HALF_LIFE`` uses that follow,
so that what once worked is forgotten where it no longer does.
"""

import hashlib
import math
import re
from collections.abc import Iterable
from typing import Annotated, Literal

from pydantic import Field

from rao_cli.agent.preparing import Prepared
from rao_cli.agent.records import Record
from rao_cli.strategies.records import (
    MOST_BYTES,
    MOST_EVIDENCE,
    Applies,
    Cost,
    Digest,
    DocumentKind,
    Evidence,
    Strategy,
    canonical,
)
from rao_cli.text import one_line

Standing = Literal["quarantined", "candidate", "active", "retired"]
"""Not tried yet though someone else's; not proven yet; may be used; is not used any more."""
Outcome = Literal["success", "failure", "fallback"]
"""It answered, and rightly as far as is known; its answer was wrong; it was left for work without it."""
HALF_LIFE = 30
"""Uses after which an outcome counts half."""
MOST_UNSEEN = 32
_DECAY = 0.5 ** (1 / HALF_LIFE)
_DEVIATION = 0.8416
"""The normal deviate of a one-sided bound that holds in four of five cases."""
_FORMAT = re.compile(r"(?:-[a-z0-9_]+)?-[0-9a-f]{16}$")
_FOREIGN = re.compile(r"[^A-Za-z0-9 ._:/+-]+")


class Held(Record):
    """A strategy as a library holds it."""

    strategy: Strategy
    standing: Standing
    reason: Annotated[str, Field(max_length=200)] = ""
    """Why it stands so, for people."""
    added: Annotated[str, Field(max_length=40)] = ""
    """The day it came."""
    unseen: Annotated[tuple[Digest, ...], Field(max_length=MOST_UNSEEN)] = ()
    """Digests of the documents that it was not learned from and did as well on as work without it."""
    seen: Annotated[tuple[Digest, ...], Field(max_length=MOST_UNSEEN)] = ()
    """Digests of those that it was learned from."""


def model_of(prepared: Prepared) -> str:
    """Return what evidence calls a model: its file's name and how it reads; formats of one model are one.

    Adapters are not told apart: with its own adapter a model reads by ``chosen``, with another one too.
    """
    return model_word(prepared.engine.identity, prepared.settings.answers)


def model_word(identity: str, answers: str) -> str:
    """Return what evidence calls the model of an engine that answers in such a way."""
    name = _FORMAT.sub("", one_line(identity.partition(":")[0]).removesuffix(".gguf"))
    clean = _FOREIGN.sub("-", name).strip(" ._:/+-")[:64]
    return f"{clean or 'model'}/{answers}"


def unseen_digest(document: str) -> str:
    """Return a document's digest in the length that is kept of it."""
    return hashlib.sha256(document.encode()).hexdigest()[:16]


def evidence_of(strategy: Strategy, model: str, kind: DocumentKind) -> Evidence:
    """Return what is known of a strategy with a model on a kind of document; nothing counts zero."""
    found = (one for one in strategy.evidence if (one.model, one.kind) == (model, kind))
    return next(found, Evidence(model=model, kind=kind))


def with_outcome(
    strategy: Strategy, before: Evidence, outcome: Outcome, log_cost: float | None, day: str
) -> Strategy:
    """Return a strategy with one more outcome; ``log_cost`` is known where it was paired with work without it."""
    return with_evidence(strategy, _after(before, outcome, log_cost, day))


def _after(before: Evidence, outcome: Outcome, log_cost: float | None, day: str) -> Evidence:
    paired, mean = before.paired * _DECAY, before.log_cost
    if log_cost is not None:
        cost = max(-20.0, min(20.0, log_cost))
        mean, paired = (mean * paired + cost) / (paired + 1), paired + 1
    return before.model_copy(
        update={
            "successes": _rounded(before.successes * _DECAY + (outcome == "success")),
            "failures": _rounded(before.failures * _DECAY + (outcome == "failure")),
            "fallbacks": _rounded(before.fallbacks * _DECAY + (outcome == "fallback")),
            "log_cost": _rounded(mean),
            "paired": _rounded(paired),
            "uses": before.uses + 1,
            "used": day,
        }
    )


def with_evidence(strategy: Strategy, *more: Evidence) -> Strategy:
    """Return a strategy with evidence in place of what it had for the same models and kinds; the oldest goes."""
    held = {(one.model, one.kind): one for one in (*strategy.evidence, *more)}
    newest = sorted(held.values(), key=lambda one: one.used)[-MOST_EVIDENCE:]
    changed = strategy.model_copy(update={"evidence": tuple(newest)})
    while changed.evidence and len(canonical(changed)) > MOST_BYTES:
        changed = changed.model_copy(update={"evidence": changed.evidence[1:]})
    return changed


def joined(strategy: Strategy, other: Strategy) -> Strategy:
    """Return a strategy with the evidence of another of its form; two of the user's own become one."""
    both = [_summed(evidence_of(strategy, one.model, one.kind), one) for one in other.evidence]
    if strategy.trust == "local" == other.trust and strategy.id != other.id:
        budget = {name: max(value, getattr(other.budget, name)) for name, value in strategy.budget}
        applies = _for_both(strategy.applies, other.applies)
        strategy = strategy.model_copy(update={"applies": applies, "budget": Cost(**budget)})
    return with_evidence(strategy, *both)


def _for_both(one: Applies, other: Applies) -> Applies:
    kinds = tuple(dict.fromkeys((*one.kinds, *other.kinds))) if one.kinds and other.kinds else ()
    ranges = ("leaves", "depth", "fanout", "titled")
    wider = {name: getattr(one, name).joined(getattr(other, name)) for name in ranges}
    return one.model_copy(update={"kinds": kinds, **wider})


def _summed(one: Evidence, other: Evidence) -> Evidence:
    paired = one.paired + other.paired
    mean = (one.log_cost * one.paired + other.log_cost * other.paired) / paired if paired else 0.0
    return one.model_copy(
        update={
            "successes": _rounded(one.successes + other.successes),
            "failures": _rounded(one.failures + other.failures),
            "fallbacks": _rounded(one.fallbacks + other.fallbacks),
            "log_cost": _rounded(mean),
            "paired": _rounded(paired),
            "uses": one.uses + other.uses,
            "used": max(one.used, other.used),
        }
    )


def agreement(evidence: Evidence) -> float:
    """Return a bound that the share of right answers lies above in four of five cases; 0 where nothing is known.

    It is the lower end of Wilson's interval (E. B. Wilson, JASA 22, 1927).
    """
    count = evidence.successes + evidence.failures
    if count <= 0:
        return 0.0
    share, square = evidence.successes / count, _DEVIATION**2
    spread = _DEVIATION * math.sqrt(share * (1 - share) / count + square / (4 * count**2))
    return (share + square / (2 * count) - spread) / (1 + square / count)


def expected_cost(evidence: Evidence) -> float:
    """Return the tokens that are to be expected, over those of work without the strategy; infinite if unknown.

    Where it is left, what it has read is lost and the work is done without it.
    """
    if evidence.paired <= 0:
        return math.inf
    ratio = math.exp(evidence.log_cost)
    count = evidence.successes + evidence.failures + evidence.fallbacks
    left = (evidence.fallbacks + 0.5) / (count + 1)
    return (1 - left) * ratio + left * (1 + ratio)


def classes_of(held: Iterable[Held]) -> list[str]:
    """Return the classes of questions that strategies are for, each once."""
    return sorted({name for one in held for name in one.strategy.applies.classes})


def _rounded(number: float) -> float:
    return round(number, 4)
