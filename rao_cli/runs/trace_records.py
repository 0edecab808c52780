"""The lines of a trace, rao.trace/1: what docs/trace-format.md describes and docs/trace.schema.json was made from.

They are apart from the events of a run, which change with the program: a file that somebody keeps, or a tool that
somebody wrote, must not. Whatever is changed here gives the schema a new number. A ``Text`` may hold anything that
a document, a user or a model wrote; all other strings are of a closed form, so that no text can stand in them.
"""

from dataclasses import dataclass
from typing import Annotated, Any, Literal

from pydantic import AwareDatetime, BaseModel, BeforeValidator, ConfigDict, Field, JsonValue, TypeAdapter

from rao_cli.agent.records import Combine, Returns, Status, Style, TaskKind
from rao_cli.engine.base import Phase, Role
from rao_cli.errors import Limit

SCHEMA: Literal["rao.trace/1"] = "rao.trace/1"
SCHEMA_ID = "https://json-schema.org/draft/2020-12/schema"


def _sound(text: object) -> object:
    """Return text with ? in place of half a character, as names of files may have and JSON may not."""
    return text.encode("utf-8", "replace").decode() if isinstance(text, str) and not text.isascii() else text


Text = Annotated[str | None, BeforeValidator(_sound)]
"""What somebody wrote; null only in a redacted trace."""
Texts = tuple[Text, ...]
Count = Annotated[int, Field(ge=0, le=2**53)]
Seconds = Annotated[float, Field(ge=0)]
RunId = Annotated[str, Field(pattern=r"^[A-Za-z0-9._-]{1,100}$")]
Version = Annotated[str, Field(pattern=r"^[A-Za-z0-9.+!_-]{1,50}$")]
Digest = Annotated[str, Field(pattern=r"^[0-9a-f]{0,128}$")]
AgentId = Annotated[str, Field(pattern=r"^[1-9][0-9]{0,6}([.][1-9][0-9]{0,6}){0,63}$")]
SectionId = Annotated[str, Field(pattern=r"^[0-9]{1,9}([.][0-9]{1,9}){0,99}(#[0-9]{1,9})?$")]
Unit = Literal["page", "slide", "sheet", "cell", "message", "part", "section"]
Range = tuple[Count, Count]
Ranges = tuple[Range, ...]
"""Parts of the source: the offsets of each one's first character and of the one behind its last."""


class Line(BaseModel):
    """Base of all records of a trace."""

    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        strict=True,
        allow_inf_nan=False,
        populate_by_name=True,
        serialize_by_alias=True,
        use_attribute_docstrings=True,
    )


class Asked(Line):
    """What the user asked for."""

    kind: TaskKind
    question: Text
    words: Count
    style: Style
    passages: bool
    answer_schema: Text
    thorough: bool
    facts: Texts
    """What was known from questions before this one."""


class Source(Line):
    """What was read, as one text; offsets of spans count its characters."""

    name: Text
    digest: Digest
    """SHA-256 of the text and of where its files lie in it."""
    sections: Count
    tokens: Count


class Model(Line):
    """The model that was asked; ``identity`` is everything that determines what it writes."""

    name: Text
    identity: Text
    digest: Digest
    """SHA-256 of the identity."""


class Header(Line):
    """The first line."""

    type: Literal["header"] = "header"
    schema_: Literal["rao.trace/1"] = Field(default=SCHEMA, alias="schema")
    redacted: bool
    run: RunId
    version: Version
    """The version of rao that began the run."""
    started: AwareDatetime
    """When the run was begun; ``at`` counts the seconds since then."""
    task: Asked
    sources: Texts
    """The sources as the user named them."""
    source: Source | None
    """Null where the run was stopped before anything was read."""
    model: Model
    window: Count | None
    strategy: Text
    """Name and id of the strategy that was followed; empty for none."""


class Cost(Line):
    """What an agent, or a run, has cost."""

    prompt_tokens: Count
    cached_tokens: Count
    """Those of the prompt that needed no computation."""
    output_tokens: Count
    agents: Count
    depth: Count
    seconds: Seconds


class Given(Line):
    """What an agent was told; it knows nothing else."""

    goal: Text
    sections: tuple[SectionId, ...]
    returns: Returns
    facts: Texts
    choices: Texts


class Agent(Line):
    """An agent was opened."""

    type: Literal["agent"] = "agent"
    at: Seconds
    agent: AgentId
    """The path of child numbers: the root is ``1``, its second child ``1.2``."""
    parent: AgentId | None
    depth: Count
    view: Literal["text", "outline"]
    titles: Texts
    """Titles of what it was given."""
    location: Text
    spans: Ranges
    """What it was given of the source."""
    handoff: Given


class Progress(Line):
    """An agent waits, reads its prompt or writes: ``done`` of ``total`` tokens."""

    type: Literal["progress"] = "progress"
    at: Seconds
    agent: AgentId
    phase: Phase
    done: Count
    total: Count


class Turn(Line):
    """One message of a prompt, in the parts that were tokenised by themselves."""

    role: Role
    parts: Texts


class Chance(Line):
    """How the next token was chosen."""

    temperature: float
    top_p: float
    min_p: float
    seed: int


class Written(Line):
    """One token that was written, or weighed."""

    text: Text
    logprob: float | None
    """Under the model before any constraint; null where it is not finite."""
    id: int | None
    """Its number in the model's vocabulary; null where that is not known."""


class Call(Line):
    """A call of the model came back."""

    type: Literal["call"] = "call"
    at: Seconds
    agent: AgentId | None
    """Null where the run as a whole asked."""
    number: Count
    """The first call of an agent is 1."""
    started: Seconds | None
    """When it was first heard of; null where that is not known, as of several that an agent made at once."""
    writing: Seconds | None
    """When the first token was written, where that is known."""
    messages: tuple[Turn, ...]
    max_tokens: Count
    grammar: Text
    stop: Texts
    sampling: Chance
    choices: Texts
    """What was weighed in place of writing."""
    output: Text
    tokens: tuple[Written, ...]
    """What was written; empty where choices were weighed."""
    weighed: tuple[tuple[Written, ...], ...]
    """The tokens of each choice."""
    prompt_tokens: Count
    cached_tokens: Count
    output_tokens: Count
    """Tokens that were written or weighed."""
    finish: Literal["stop", "length"]


class Acted(Line):
    """An agent chose an action; fields that this kind of action does not have are empty."""

    type: Literal["action"] = "action"
    at: Seconds
    agent: AgentId
    step: Count
    by: Literal["model", "rules", "strategy"]
    kind: Literal["answer", "absent", "delegate", "search", "compute", "label"]
    answer: Text
    cite: tuple[Count, ...]
    """Numbers of the view's blocks, or of reports, that the answer points at."""
    pattern: Text
    scope: tuple[Count, ...]
    """Numbers of the outline's entries that were searched."""
    labels: tuple[Count | None, ...]
    """The label of each record by its number; 0 is none."""
    read: Ranges
    """What was read of the source for it."""
    fell_back: Text
    """Why a strategy does not decide for the agent any more; empty otherwise."""
    usage: Cost
    """What the agent had cost by then."""


class Child(Line):
    """A child and the sections that it was handed."""

    agent: AgentId
    sections: tuple[SectionId, ...]


class Decomposition(Line):
    """A parent handed parts of what it was given to children."""

    type: Literal["decomposition"] = "decomposition"
    at: Seconds
    agent: AgentId
    step: Count
    by: Literal["model", "rules", "strategy", "code"]
    """``code`` asks children for the labels of records that it counts."""
    combine: Combine | Literal["code"]
    returns: Returns
    entries: tuple[tuple[Count, ...], ...]
    """The numbers of the parent's outline that it named, for each child that it asked for."""
    children: tuple[Child, ...]
    """Those that were opened, in that order."""
    refused: Count
    """How many were not, because of a limit or a handoff that cannot be."""


class Heard(Line):
    """What a parent combined, of one child."""

    agent: AgentId
    status: Status
    confidence: float
    verified: bool


class Aggregation(Line):
    """The last of the children of a decomposition reported; their reports were combined."""

    type: Literal["aggregation"] = "aggregation"
    at: Seconds
    agent: AgentId
    step: Count
    combine: Combine | Literal["code"]
    reports: tuple[Heard, ...]


class Evidence(Line):
    """A place in the source that supports an answer; code checked it where it is verified."""

    path: Text
    start: Count
    end: Count
    first_page: Count
    last_page: Count
    page_label: Text
    first_line: Count
    last_line: Count
    unit: Unit
    heading: Text
    quote: Text
    passage: Text
    label: Text
    verified: bool
    found_by: AgentId | None
    """The agent below, or this one, that reported this place first; null where none did."""


class Reported(Line):
    """An agent told its parent what it found, and was closed."""

    type: Literal["report"] = "report"
    at: Seconds
    agent: AgentId
    children: tuple[AgentId, ...]
    """Those whose reports it had heard."""
    status: Status
    interrupted: bool
    """It was stopped with the run."""
    answer: Text
    confidence: float
    verified: bool
    citations: tuple[Evidence, ...]
    reason: Text
    how: Text
    """How code found the answer, where it did."""
    conflicts: Texts
    usage: Cost
    """What it cost itself, without its children."""


class Refused(Line):
    """A limit on the whole tree stopped a step before it was taken."""

    type: Literal["limit"] = "limit"
    at: Seconds
    agent: AgentId
    limit: Limit
    message: Text


class Reach(Line):
    """Which part of the source was read as text by some agent."""

    sections_read: Count
    sections_total: Count
    tokens_read: Count
    tokens_total: Count
    sections_examined: Count
    """Leaves that code went through."""
    skipped: Count
    """Inputs that were not read."""


class Result(Line):
    """The last line, where the run was not interrupted."""

    type: Literal["result"] = "result"
    at: Seconds
    status: Status
    answer: Text
    data: JsonValue
    """The answer as the asked schema has it, or null."""
    reason: Text
    how: Text
    conflicts: Texts
    citations: tuple[Evidence, ...]
    verified: bool
    confidence: float
    limits_hit: tuple[Limit, ...]
    coverage: Reach
    usage: Cost
    warnings: Texts


Step = Annotated[
    Agent | Progress | Call | Acted | Decomposition | Aggregation | Reported | Refused | Result,
    Field(discriminator="type"),
]
"""Every line but the first."""
TypedStep: TypeAdapter[Step] = TypeAdapter(Step)


@dataclass(frozen=True)
class Trace:
    """A whole trace."""

    header: Header
    steps: tuple[Step, ...]


def trace_schema() -> dict[str, Any]:
    """Return the JSON Schema of a line, as docs/trace.schema.json holds it."""
    line: TypeAdapter[Header | Step] = TypeAdapter(Annotated[Header | Step, Field(discriminator="type")])
    about = {"$schema": SCHEMA_ID, "title": SCHEMA, "description": "One line of a trace; the header is the first."}
    return {**about, **line.json_schema(mode="serialization")}
