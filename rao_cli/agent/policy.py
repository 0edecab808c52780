"""A policy chooses an agent's next action: by the model under a grammar, or by rules that leave it only to read.

Which of the two decides what is read is a property of the model, kept in the catalogue: a model that was never
trained to delegate chooses sections no better than chance (docs/experiments.md), so for it code ranks sections by
search and the model only reads. Both take the same steps in the same runner and are recorded the same way.
"""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from typing import Literal, Protocol

from rao_cli.agent import prompts
from rao_cli.agent.actions import MAX_TEXT, Absent, Action, Answer, Compute, parse_action
from rao_cli.agent.conclude import tidy
from rao_cli.agent.confidence import read_confidence
from rao_cli.agent.grammar import PROSE, action_grammar
from rao_cli.agent.proposing import Proposal
from rao_cli.agent.records import Handoff, Report, Task
from rao_cli.agent.view import View
from rao_cli.documents.model import Section, Span
from rao_cli.engine.base import Completion, Message, Request

Call = Callable[[Request], Awaitable[Completion]]
HITS_SHOWN = 6
DELEGATE_TOKENS = 320
"""Room for an action that hands down several sections with goals."""


@dataclass(frozen=True)
class Step:
    """One action and what came of it."""

    action: Action | Compute
    observation: str
    reports: tuple[Report, ...] = ()
    combined: Report | None = None
    examined: tuple[Span, ...] = ()
    """Text that code went through for it."""


class Situation:
    """What follows from an agent's view, search hits and steps."""

    view: View
    hits: tuple[Section, ...]
    steps: Sequence[Step]

    @property
    def reports(self) -> tuple[Report, ...]:
        """Return the children's reports of all steps, in the order of their numbers."""
        return tuple(report for step in self.steps for report in step.reports)

    @property
    def numbered(self) -> tuple[Section, ...]:
        """Return every section that the agent can name: number n is at n - 1."""
        return self.view.entries + self.hits


@dataclass(frozen=True)
class State(Situation):
    """All that an agent knows when it chooses: nothing about other agents, time or money."""

    task: Task
    handoff: Handoff
    view: View
    hits: tuple[Section, ...] = ()
    """What search found for the goal in the sections, best first; numbered after the view's entries."""
    steps: tuple[Step, ...] = ()
    may_delegate: bool = True
    proposals: tuple[Proposal, ...] = ()
    """Answers that code proposes, for a reader that weighs them."""
    agent: str = ""
    """The agent's own id; no prompt holds it."""


@dataclass(frozen=True)
class Decision:
    """The chosen action, who chose it, and how sure the model was of an answer."""

    action: Action
    by: Literal["model", "rules", "strategy"]
    confidence: float = 0.0
    fell_back: str = ""
    """Why a strategy does not decide here any more; empty otherwise."""


class Policy(Protocol):
    """Choose actions. ``cost`` is what the next ``act`` will take of the token budget, known beforehand."""

    def cost(self, state: State) -> int:
        """Return the most tokens, prompt and output, that the next action can cost."""
        ...

    async def act(self, state: State, call: Call) -> Decision:
        """Choose the next action. Raises ValueError when the model's output is no action."""
        ...


@dataclass(frozen=True)
class ModelPolicy:
    """Let the model choose among the actions that make sense for its view.

    ``trusted`` models get the whole protocol and all four actions; others are shown text only, and may answer or
    say absent. ``output_tokens`` bounds an answer; the oldest steps are forgotten when not all fit ``window``.
    """

    count_prompt: Callable[[tuple[Message, ...]], int]
    trusted: bool
    output_tokens: int
    window: int
    hit_lines: Callable[[Sequence[Section], int], Sequence[str]]
    """Writes the search hits of an outline as numbered lines, from a number on."""

    def cost(self, state: State) -> int:
        """Return prompt tokens plus the most that may be written."""
        request = self.request(state)
        return self.count_prompt(request.messages) + request.max_tokens

    async def act(self, state: State, call: Call) -> Decision:
        """Ask the model once."""
        completion = await call(self.request(state))
        action = self._action(state, completion)
        if self._is_echo(state, action):
            action = Absent()
        confidence = read_confidence(completion, action, state.view, state.handoff.goal)
        return Decision(action, "model", confidence)

    def _action(self, state: State, completion: Completion) -> Action:
        prose = self._writes_prose(state)
        action = Answer(answer=completion.text[:MAX_TEXT]) if prose else parse_action(completion.text)
        # One level too deep is for the budget to refuse, which names the limit.
        if action.action not in self._actions(replace(state, may_delegate=True)):
            raise ValueError(f"the model chose to {action.action}, which it may not")
        if self.trusted or not isinstance(action, Answer):
            return action
        return action.model_copy(update={"answer": tidy(action.answer, cut_off=completion.finish == "length")})

    def _writes_prose(self, state: State) -> bool:
        """Tell whether the model writes plain text: an untrained one cannot summarise inside JSON."""
        return state.task.kind == "summarize" and not self.trusted

    def _is_echo(self, state: State, action: Action) -> bool:
        if self.trusted or state.task.kind != "ask" or state.handoff.choices or not isinstance(action, Answer):
            return False
        return prompts.is_echo(action.answer, state.handoff.goal, state.view.text)

    def request(self, state: State) -> Request:
        """Build the prompt and grammar of the next step."""
        if self._writes_prose(state):
            return Request(self._fitting(state, self.output_tokens), max_tokens=self.output_tokens, grammar=PROSE)
        actions = self._actions(state)
        output = DELEGATE_TOKENS if "delegate" in actions else self.output_tokens
        entries = max(len(state.view.entries) + len(self._hits(state)), len(state.reports), 1)
        grammar = action_grammar(actions, entries, state.handoff.returns, state.handoff.choices)
        return Request(self._fitting(state, output), max_tokens=output, grammar=grammar)

    def _fitting(self, state: State, output: int) -> tuple[Message, ...]:
        """Return the prompt with as many of the latest steps as fit, at least what the last one found."""
        for forgotten in range(max(1, len(state.steps))):
            messages = self._messages(state, state.steps[forgotten:], self._hints(state))
            if not state.steps or self.count_prompt(messages) + output <= self.window:
                return messages
        return self._shortened(state, output)

    def _shortened(self, state: State, output: int) -> tuple[Message, ...]:
        """Return the prompt without hints and with what fits of the last observation, reports of finds first."""
        lines = state.steps[-1].observation.splitlines()
        lines.sort(key=lambda line: line.partition("] ")[2].startswith(("absent", "failed: ")))
        action = Message("assistant", (f'{{"action":"{state.steps[-1].action.action}"}}',))
        while True:
            messages = (*self._messages(state, (), ()), action, Message("user", ("\n".join(lines),)))
            if len(lines) <= 1 or self.count_prompt(messages) + output <= self.window:
                return messages
            lines.pop()

    def _actions(self, state: State) -> tuple[str, ...]:
        if state.task.kind == "summarize":
            return ("answer",)  # what is read is chosen by code
        if not self.trusted:
            return ("answer", "absent")
        if not state.may_delegate:
            return ("answer", "absent", "search")
        return ("answer", "absent", "delegate", "search")

    def _hits(self, state: State) -> tuple[Section, ...]:
        return state.hits[:HITS_SHOWN] if self.trusted and state.view.kind == "outline" else ()

    def _hints(self, state: State) -> Sequence[str]:
        return self.hit_lines(self._hits(state), len(state.view.entries) + 1)

    def _messages(self, state: State, steps: Sequence[Step], hints: Sequence[str]) -> tuple[Message, ...]:
        kind = state.task.kind
        messages = [
            *prompts.opening(kind, delegates=self.trusted),
            Message("user", (state.view.text, prompts.handoff_text(kind, state.handoff, hints))),
        ]
        for step in steps:
            messages.append(Message("assistant", (step.action.model_dump_json(),)))
            messages.append(Message("user", (step.observation,)))
        return tuple(messages)
