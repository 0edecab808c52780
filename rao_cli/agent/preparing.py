"""Prepare a document for tasks with one engine: pack it, and know what room its views have."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Literal

from rao_cli.agent import prompts
from rao_cli.agent.policy import DELEGATE_TOKENS
from rao_cli.agent.proposing import FEW, MANY, Breadth, Proposer
from rao_cli.agent.reading import Reading, prepare_reading
from rao_cli.agent.records import Handoff, Task
from rao_cli.agent.view import View, ViewBudget, build_view
from rao_cli.documents.model import Document, Section
from rao_cli.engine.base import Engine, Message
from rao_cli.errors import UsageError

SMALLEST_VIEW = 128
"""Tokens below which a view holds too little to be read for sense."""
QUESTION_SHARE = 4
"""A question may take up to this fraction (one in four) of the window."""
HANDOFF_SLACK = 32
"""Tokens kept free for the return format and small differences between counting parts and counting the whole."""
LEAVES_AT_ONCE = 2
"""A reader is shown text of up to this many leaves at once (docs/experiments.md, 11)."""


@dataclass(frozen=True)
class Settings:
    """What a model is good for, from its catalogue card and the command line."""

    window: int
    """Tokens that one agent may see and write."""
    view_tokens: int
    """Size of the leaf views that a document is packed into."""
    delegation: Literal["model", "rules"]
    """Who chooses at outlines what is read."""
    output_tokens: int
    """Most tokens of one answer."""
    summary_tokens: int = 1024
    """Size of the leaf views when everything is read: longer ones cost fewer calls."""
    computes: bool = True
    """Whether code answers first what it can compute."""
    answers: Literal["written", "weighed", "chosen"] = "written"
    """How a reader answers: it writes, weighs what code proposes, or was trained to choose among actions."""

    @property
    def breadth(self) -> Breadth | None:
        """Return how many answers code proposes to readers; None where they write their own."""
        return {"written": None, "weighed": FEW, "chosen": MANY}[self.answers]


@dataclass(frozen=True)
class Prepared:
    """A document ready for any number of tasks with one engine, which has the window of these settings."""

    reading: Reading
    engine: Engine
    settings: Settings
    fanout: int

    @cached_property
    def proposer(self) -> Proposer | None:
        """Return what proposes answers to readers that weigh them; what it ranked for a goal serves every task."""
        return Proposer(self.reading, self.settings.breadth) if self.settings.breadth else None

    def budget(self, goal: str, facts: tuple[str, ...] = ()) -> int:
        """Return the tokens left for a view beside the protocol, this goal with its facts and the output.

        Raises UsageError when the question is too long or the window too small.
        """
        return _view_budget(self.engine, self.settings, goal, facts)

    def known(self, task: Task) -> tuple[str, ...]:
        """Return the newest of a task's facts, as many as a handoff has room for."""
        most = most_hits(self.settings.window)
        for start in range(len(task.facts)):
            handoff = Handoff(goal=task.question, sections=(), facts=task.facts[start:])
            fits = self.engine.count_tokens(prompts.handoff_text(task.kind, handoff)) <= most
            if fits and self._room(handoff) >= SMALLEST_VIEW:
                return handoff.facts
        return ()

    def _room(self, handoff: Handoff) -> int:
        opening, reserve = (
            _opening(self.engine, self.settings, handoff),
            _reserve(self.settings, self.settings.window),
        )
        return self.settings.window - opening - reserve

    def view(self, sections: Sequence[Section], room: int, *, by_size: bool = False) -> View:
        """Return what an agent is shown of sections in ``room`` tokens.

        With ``by_size`` what is shown as text depends on its size alone, not on how many neighbours it has.
        """
        # Rules hand down what search found here and there; joined, it would be longer than a reader reads well.
        joined = room if self.settings.delegation == "model" else self.reading.view_tokens
        part = by_size and sections[0].id != self.reading.root.id
        divided = min(room, LEAVES_AT_ONCE * self.reading.view_tokens) if part else None
        tokens = ViewBudget(room, joined=joined, divided=divided)
        return build_view(self.reading, sections, tokens, self.engine.count_tokens, self.fanout)


def prepare(document: Document, engine: Engine, settings: Settings, *, reads_all: bool = False) -> Prepared:
    """Pack a document, for tasks that read all of it or some. Raises UsageError when the window is too small."""
    settings = replace(settings, window=min(settings.window, engine.window))
    room = _view_budget(engine, settings, "")
    fanout = max(2, min(32, room // 24))
    wanted = settings.summary_tokens if reads_all else settings.view_tokens
    leaf = min(wanted, room * 9 // 16)  # beside numbers, a heading and the question
    return Prepared(prepare_reading(document, engine, leaf, fanout), engine, settings, fanout)


def _view_budget(engine: Engine, settings: Settings, goal: str, facts: tuple[str, ...] = ()) -> int:
    window = settings.window
    asked = engine.count_tokens(goal)
    opening = _opening(engine, settings, Handoff(goal=goal, sections=(), facts=facts))
    if asked > window // QUESTION_SHARE:
        raise UsageError(
            f"the question has {asked:,} tokens, more than a quarter of the window of {window:,}",
            hint=f"shorten the question or give --window {_smallest_window(settings, opening, asked)} or more",
        )
    room = window - opening - _reserve(settings, window)
    if room < SMALLEST_VIEW:
        raise UsageError(
            f"a window of {window:,} tokens is too small: protocol, question and answer need {window - room:,}",
            hint=f"give --window {_smallest_window(settings, opening, asked)} or more",
        )
    return room


def _opening(engine: Engine, settings: Settings, handoff: Handoff) -> int:
    """Return the most tokens of a prompt with this handoff and nothing to read."""
    asking = Message("user", ("\n", prompts.handoff_text("ask", handoff)))
    return max(engine.count_prompt((*opening, asking)) for opening in _openings(settings))


def _smallest_window(settings: Settings, opening: int, asked: int) -> int:
    window = max(asked * QUESTION_SHARE, opening + SMALLEST_VIEW)
    while window - opening - _reserve(settings, window) < SMALLEST_VIEW:
        window += 1
    return window


def _openings(settings: Settings) -> list[tuple[Message, ...]]:
    delegates = settings.delegation == "model"
    openings = [prompts.opening(kind, delegates=delegates) for kind in prompts.READER]
    if settings.answers == "chosen":
        return [*openings, prompts.trained("", Handoff(goal="", sections=()))]
    return [*openings, prompts.weighing("")] if settings.answers == "weighed" else openings


def _reserve(settings: Settings, window: int) -> int:
    """Return what is kept free for the output and, where the model delegates, for search hits and reports."""
    if settings.delegation == "model":
        return max(DELEGATE_TOKENS, settings.output_tokens) + HANDOFF_SLACK + 2 * most_hits(window)
    return settings.output_tokens + HANDOFF_SLACK


def most_hits(window: int) -> int:
    """Return the most tokens of search hits, and as many again of a child's goal and facts."""
    return window // 8
