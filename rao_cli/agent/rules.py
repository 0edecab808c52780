"""The rules that decide what is read for a model that was never trained to delegate.

To answer a question: read the sections that search ranks first, a few at a time, and widen while no report holds a
verified answer; text of a leaf or two is read at once. Where the user wants it, read everything. The model does
the reading.
"""

from collections import defaultdict
from dataclasses import dataclass

from rao_cli.agent.actions import Absent, Answer, Delegate, Target
from rao_cli.agent.combine import combine, same_answer, weight
from rao_cli.agent.policy import Call, Decision, Policy, State

ROUNDS = (8, 16)
"""How many sections each round reads: nearly all answers are in the first few that search ranks."""
ENOUGH_WRITTEN = 0.5
"""Weight of a report at which reading on is not worth its cost, where readers write their answers."""
ENOUGH_WEIGHED = 0.2
"""The same where they weigh what code proposes: all that it proposes over the whole is read first."""


@dataclass(frozen=True)
class RulesPolicy:
    """Decide by rule what is read; leave reading to ``reader``."""

    reader: Policy
    whole_tokens: int
    """Text up to this length is read at once; a longer one that fits the window is better read in parts."""
    enough: float = ENOUGH_WRITTEN

    def cost(self, state: State) -> int:
        """Return what reading costs; a rule costs nothing."""
        return self.reader.cost(state) if self._reads(state) else 0

    async def act(self, state: State, call: Call) -> Decision:
        """Let the model read; choose what is read by rule."""
        if self._reads(state):
            return await self.reader.act(state, call)
        return _read_all(state) if state.task.thorough else _look_up(state, self.enough)

    def _reads(self, state: State) -> bool:
        if state.view.kind == "outline":
            return False
        tokens = sum(section.tokens for section in state.view.sections)
        return tokens <= self.whole_tokens or not state.hits or not state.may_delegate


def _read_all(state: State) -> Decision:
    if state.steps:
        return conclude(state)
    # The entries of a text are blocks, too short to be read alone; its parts are numbered after them.
    entries = len(state.view.entries)
    first, last = (1, entries) if state.view.kind == "outline" else (entries + 1, len(state.numbered))
    targets = tuple(Target(sections=(number,)) for number in range(first, last + 1))
    return Decision(Delegate(to=targets, combine="best"), "rules")


def _look_up(state: State, enough: float) -> Decision:
    if any(weight(report) >= enough for report in state.reports):
        return conclude(state)
    targets = _next_targets(state)
    if not targets or not state.may_delegate:
        return conclude(state)
    return Decision(Delegate(to=targets, combine="best"), "rules")


def _next_targets(state: State) -> tuple[Target, ...]:
    """Choose what the next round reads: everything handed down as leaves, else the best hits not yet read."""
    if all(not section.children for section in state.view.sections):
        unread = list(range(1, len(state.view.entries) + 1)) if not state.steps else []
        return tuple(Target(sections=(number,)) for number in unread)
    round_number = len(state.steps)
    if round_number >= len(ROUNDS):
        return ()
    first = len(state.view.entries) + 1 + sum(ROUNDS[:round_number])
    last = min(first + ROUNDS[round_number], len(state.numbered) + 1)
    return _by_entry(state, range(first, last))


def _by_entry(state: State, numbers: range) -> tuple[Target, ...]:
    """Group hits by the outline entry they lie in, so that one child sees what belongs together."""
    groups: dict[int, list[int]] = defaultdict(list)
    for number in numbers:
        hit = state.numbered[number - 1]
        inside = (i for i, entry in enumerate(state.view.entries) if entry.span.contains(hit.span))
        groups[next(inside, -number)].append(number)
    return tuple(Target(sections=tuple(sorted(group))) for group in groups.values())


def conclude(state: State) -> Decision:
    """Answer with the best of what children found, or say that nothing was."""
    combined = [step.combined for step in state.steps if step.combined is not None]
    best = combine(combined, "best")
    if not best.answer:
        return Decision(Absent(), "rules", best.confidence)
    cite = tuple(n for n, report in enumerate(state.reports, start=1) if same_answer(report, best))
    return Decision(Answer(answer=best.answer, cite=cite[:64]), "rules", best.confidence)
