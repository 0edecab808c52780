"""The strategy record ``rao.strategy/1``: what it is for, its plan, what it cost, and what came of it.

It names structure alone: no text, path, id or answer of a document has a place in it. docs/strategy-format.md
tells the format; what is read from a file is checked against these classes and nothing else.
"""

import hashlib
import json
from typing import Annotated, Any, Literal, Self

from pydantic import ConfigDict, Field, model_validator

from rao_cli.agent.question.model import Kind
from rao_cli.agent.records import Record, Returns
from rao_cli.strategies.plan import Plan, SlotName

MOST_BYTES = 8 << 10
"""Bytes of a strategy's canonical JSON."""
MOST_EVIDENCE = 16
"""Pairs of model and kind of document that evidence is kept of; the oldest go."""

Name = Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]{0,39}$")]
Word = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9 ._:/+-]{0,79}$")]
Digest = Annotated[str, Field(pattern=r"^[0-9a-f]{16}$")]
DocumentKind = Literal["pdf", "code", "log", "table", "markup", "text", "mixed"]
Trust = Literal["bundled", "local", "imported"]
Mode = Literal["bundled", "learned", "critique"]
SlotType = Literal["question", "subject", "name", "inner", "outer"]
Amount = Annotated[float, Field(ge=0, le=1e9, allow_inf_nan=False)]
Counted = Annotated[int, Field(ge=0, le=1_000_000_000)]


class Range(Record):
    """A range of a number that documents have, both ends included."""

    least: Amount = 0
    most: Amount = 1e9

    @model_validator(mode="after")
    def _is_range(self) -> Self:
        if self.least > self.most:
            raise ValueError("a range begins behind its end")
        return self

    def joined(self, other: "Range") -> "Range":
        """Return the range that holds both."""
        return Range(least=min(self.least, other.least), most=max(self.most, other.most))


class Applies(Record):
    """The questions and documents that a strategy is for; no kinds are all of them."""

    classes: Annotated[tuple[Kind, ...], Field(min_length=1, max_length=12)]
    kinds: Annotated[tuple[DocumentKind, ...], Field(max_length=7)] = ()
    returns: Returns = "text"
    leaves: Range = Range()
    """Leaf views of the document."""
    depth: Range = Range()
    """Levels of its sections."""
    fanout: Range = Range()
    """Median number of parts of a section that has any."""
    titled: Range = Range()
    """Share of leaves with a heading above them."""


class Slot(Record):
    """A part of the question that the plan uses, by its type."""

    name: SlotName
    type: SlotType


class Requirement(Record):
    """What must hold before a plan is begun: a slot has a value, or some section that was found holds it."""

    slot: SlotName
    be: Literal["bound", "found"] = "bound"


class Cost(Record):
    """What runs by the plan cost, the median and the ninth decile: agents, and tokens read and written."""

    agents_p50: Amount = 0
    agents_p90: Amount = 0
    tokens_p50: Amount = 0
    tokens_p90: Amount = 0


class Evidence(Record):
    """What came of a strategy with one model on one kind of document; old outcomes count less than one each."""

    model: Word
    kind: DocumentKind
    successes: Amount = 0
    failures: Amount = 0
    fallbacks: Amount = 0
    log_cost: Annotated[float, Field(ge=-20, le=20, allow_inf_nan=False)] = 0.0
    """Mean natural logarithm of its tokens over those that work without it takes."""
    paired: Amount = 0
    """How many outcomes ``log_cost`` is of, those that were compared with work without it."""
    uses: Counted = 0
    used: Annotated[str, Field(pattern=r"^(\d{4}-\d\d-\d\d)?$")] = ""
    """The day of the last use."""


class Provenance(Record):
    """Where a strategy comes from."""

    mode: Mode = "learned"
    teacher: Word | Literal[""] = ""
    runs: Annotated[tuple[Digest, ...], Field(max_length=32)] = ()
    """Digests of the runs that it was learned from."""
    parents: Annotated[tuple[Digest, ...], Field(max_length=8)] = ()
    version: Word | Literal[""] = ""
    """The version of rao that made it."""


class Strategy(Record):
    """A strategy. ``name`` and ``note`` are for people; no prompt ever holds them."""

    schema_: Literal["rao.strategy/1"] = Field("rao.strategy/1", alias="schema", serialization_alias="schema")
    name: Name
    note: Annotated[str, Field(max_length=200, pattern=r"^[ -~]*$")] = ""
    applies: Applies
    slots: Annotated[tuple[Slot, ...], Field(min_length=1, max_length=8)]
    requires: Annotated[tuple[Requirement, ...], Field(max_length=8)] = ()
    plan: Plan
    budget: Cost = Cost()
    evidence: Annotated[tuple[Evidence, ...], Field(max_length=MOST_EVIDENCE)] = ()
    provenance: Provenance = Provenance()
    trust: Trust = "local"

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True, serialize_by_alias=True)

    @model_validator(mode="after")
    def _names_its_slots(self) -> Self:
        names = [slot.name for slot in self.slots]
        if len(set(names)) < len(names):
            raise ValueError("two slots have one name")
        used = self.plan.slots | {one.slot for one in self.requires}
        missing = sorted(used - set(names))
        if missing:
            raise ValueError(f"no slot is called {missing[0]}")
        return self

    @property
    def label(self) -> str:
        """Return its name and id, as runs tell which strategy they follow."""
        return f"{self.name} {self.id}"

    @property
    def id(self) -> str:
        """Return the digest of what the strategy does and for what; names, evidence and origin are no part."""
        return digest_of(self.model_dump(mode="json", include={"applies", "slots", "requires", "plan", "budget"}))

    @property
    def form(self) -> str:
        """Return the digest of its normal form: strategies with one form do the same for the same questions."""
        same = self.model_dump(mode="json", include={"slots", "requires", "plan"})
        return digest_of({**same, "classes": sorted(self.applies.classes), "returns": self.applies.returns})


def slots_of(plan: Plan) -> tuple[Slot, ...]:
    """Return the slots of a plan that names them by their types. Raises ValidationError for another name."""
    return tuple(Slot.model_validate({"name": name, "type": name}) for name in sorted(plan.slots))


def canonical(strategy: Strategy) -> str:
    """Return a strategy as canonical JSON: one line, keys sorted, no blanks, defaults written out."""
    return _canonical(strategy.model_dump(mode="json"))


def strategy_schema() -> dict[str, Any]:
    """Return the JSON Schema of a strategy; what hangs together in a plan it cannot say."""
    made = Strategy.model_json_schema(by_alias=True, mode="validation")
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **made}


def digest_of(value: object) -> str:
    """Return a short digest of what can be written as JSON."""
    return hashlib.sha256(_canonical(value).encode()).hexdigest()[:16]


def _canonical(value: object) -> str:
    return json.dumps(value, sort_keys=True, separators=(",", ":"), allow_nan=False)
