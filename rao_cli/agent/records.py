"""The words agents exchange: handoff, citation, report, usage, and what a whole run returns.

They are pydantic records because they are written to JSON, stored, and read back from files that someone else
may have written. Nothing here has behaviour beyond arithmetic.
"""

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, JsonValue

from rao_cli.errors import Limit

Status = Literal["found", "absent", "partial", "failed"]
Returns = Literal["text", "number", "list", "choice"]
Combine = Literal["best", "list", "sum", "min", "max", "count", "vote", "merge"]
Style = Literal["brief", "bullets", "outline"]
TaskKind = Literal["ask", "summarize"]


class Record(BaseModel):
    """Base of all records: immutable, and strict about unknown fields."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Task(Record):
    """What the user asked for."""

    kind: TaskKind = "ask"
    question: str = ""
    words: int = Field(default=120, gt=0)
    """About how long a summary is to be."""
    style: Style = "bullets"
    """The form of a summary."""
    passages: bool = False
    """Give each citation with the text around it."""
    answer_schema: str = ""
    """The JSON schema that the answer shall be put into, as text; empty is none."""
    thorough: bool = False
    """Let the model read everything, not only what code ranks first."""
    facts: tuple[str, ...] = ()
    """What is known from questions before this one, the oldest first; of too many the newest are told."""

    @property
    def reads_all(self) -> bool:
        """Tell whether long passages are read: all of the source, or what a summary tells of."""
        return self.thorough or self.kind == "summarize"


class Limits(Record):
    """Hard limits on the whole tree; None is no limit beyond what the input's size implies."""

    tokens: int | None = Field(default=None, gt=0)
    """Prompt and generated tokens of all agents together, cached ones included."""
    seconds: float | None = Field(default=None, gt=0)
    agents: int | None = Field(default=None, gt=0)
    depth: int = Field(default=12, ge=0)
    """Deepest level an agent may have; the root has depth 0, so 0 forbids delegation."""


class Usage(Record):
    """What an agent, or a tree of agents, cost."""

    prompt_tokens: int = 0
    cached_tokens: int = 0
    output_tokens: int = 0
    agents: int = 0
    depth: int = 0
    """Deepest level reached."""
    seconds: float = 0.0

    @property
    def tokens(self) -> int:
        """Return prompt and generated tokens together, as ``--max-tokens`` counts them."""
        return self.prompt_tokens + self.output_tokens


class Citation(Record):
    """A place in the source that supports an answer, mapped and checked by code.

    ``start`` and ``end`` are character offsets in the document's text; ``verified`` says that code found the
    answer's content there.
    """

    path: str
    start: int
    end: int
    first_page: int = 0
    last_page: int = 0
    page_label: str = ""
    first_line: int = 0
    last_line: int = 0
    unit: str = "page"
    """What the pages are: page, slide, sheet, cell, message, part or section."""
    heading: str = ""
    """The headings above the place, the outermost first; in a log, its time range."""
    quote: str
    verified: bool
    label: str
    """The place as a person would write it, such as ``manual.pdf p. 12`` or ``src/a.py:10-14``."""
    passage: str = ""
    """The cited lines with a few around them, where that was asked for."""


class Handoff(Record):
    """What a parent tells a child; the child knows nothing else."""

    goal: str
    sections: tuple[str, ...]
    """Ids of the sections that the child may read."""
    returns: Returns = "text"
    facts: tuple[str, ...] = ()
    """Facts found earlier that the child needs."""
    choices: tuple[str, ...] = ()
    """What an answer must be one of; empty where it is free."""


class Report(Record):
    """What a child tells its parent."""

    status: Status
    answer: str = ""
    citations: tuple[Citation, ...] = ()
    confidence: float = 0.0
    """Between 0 and 1; comparable between reports of one run."""
    reason: str = ""
    """Why the status is partial or failed, in words a person can act on."""
    how: str = ""
    """How code found the answer, in one line; empty where a model read it."""
    conflicts: tuple[str, ...] = ()
    """Other answers that the source backs nearly as well, each with its place."""

    @property
    def verified(self) -> bool:
        """Tell whether some citation supports the answer."""
        return any(citation.verified for citation in self.citations)


class AgentSummary(Record):
    """One node of the finished delegation tree."""

    id: str
    """Path of child numbers: the root is ``1``, its second child ``1.2``."""
    parent: str
    depth: int
    goal: str
    sections: tuple[str, ...]
    """Titles of what the agent was given."""
    location: str
    view: Literal["text", "outline"]
    status: Status
    answer: str
    tokens: int
    seconds: float


class Coverage(Record):
    """Which part of the source was read as text by some agent."""

    sections_read: int
    sections_total: int
    tokens_read: int
    tokens_total: int
    sections_examined: int = 0
    """Leaves that code went through to compute an answer, by their share of the text."""
    skipped: int = 0
    """Inputs that were not read: those that cannot be, such as binary files, and those left out by rule."""


class RunResult(Record):
    """What a run returns; ``rao --json`` prints it."""

    schema_: str = Field(default="rao.answer/1", alias="schema", serialization_alias="schema")
    run: str
    task: TaskKind
    question: str
    status: Status
    answer: str
    data: JsonValue = None
    """The answer as the asked JSON schema has it."""
    reason: str = ""
    """Why a result is partial or failed."""
    how: str = ""
    """How code found the answer; empty where a model read it."""
    conflicts: tuple[str, ...] = ()
    """Other answers that the source backs nearly as well, each with its place."""
    citations: tuple[Citation, ...]
    verified: bool
    confidence: float
    limits_hit: tuple[Limit, ...]
    coverage: Coverage
    usage: Usage
    agents: tuple[AgentSummary, ...]
    model: str
    warnings: tuple[str, ...] = ()
    strategy: str = ""
    """Name and id of the strategy that was followed; empty for none."""
    fell_back: str = ""
    """Why that strategy was left for work without it; empty where it was not."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True, serialize_by_alias=True)


class Plan(Record):
    """What a run would do, known before any generation; ``rao --dry-run`` prints it."""

    sections: int
    """Leaf views that the input was packed into."""
    tokens: int
    """Tokens of the whole input."""
    calls: int
    """Predicted calls of the model, at most."""
    prompt_tokens: int
    output_tokens: int
    depth: int
    """Levels that the outline needs below the root."""
    window: int
    view_tokens: int
