"""The policy of a model that RAO trained: at a text it chooses among offered actions, at an outline it delegates.

What is offered at a text: each answer that code proposes, absent, and, where the text is long, reading its parts.
The model weighs them as the JSON that they are, so the probability of an action is exact, among those offered. An
outline is shown as what search found in it, a line for each; the model writes which are handed down. Once children
have reported, code combines; the model decides again only while nothing was found.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

from rao_cli.agent import belief, prompts
from rao_cli.agent.actions import Absent, Action, Answer, Delegate, Target, parse_action
from rao_cli.agent.combine import combine, weight
from rao_cli.agent.grammar import action_grammar
from rao_cli.agent.policy import Call, Decision, State
from rao_cli.agent.proposing import Proposal
from rao_cli.agent.rules import conclude
from rao_cli.documents.model import Section
from rao_cli.engine.base import Completion, Message, Request, Sampling

FOUND_SHOWN = 8
"""Sections of an outline that the model chooses among at a time."""
ROUNDS = 2
"""How often an agent hands sections down before code concludes, even if nothing was found."""
PARTS_AT_ONCE = 6
"""Parts that a text is read in, where the model wants that."""
DELEGATE_TOKENS = 96
"""Room for the numbers of the sections that are handed down."""
ENOUGH = 0.2
"""Weight of a report at which the answer is told."""


@dataclass(frozen=True)
class TrainedPolicy:
    """Choose or write actions.

    ``pick`` takes one of those on offer by their log-probabilities, which add up to one; without it that is taken
    which is worth most, code's score counted in (belief.py). ``sampling`` is how one is written.
    """

    count_prompt: Callable[[tuple[Message, ...]], int]
    count_tokens: Callable[[str], int]
    window: int
    whole_tokens: int
    """Text up to this length is always read at once."""
    lines: Callable[[Sequence[Section], str], Sequence[str]]
    """Writes sections that were found for a goal as numbered lines."""
    pick: Callable[[Sequence[float]], int] | None = None
    sampling: Sampling = field(default_factory=Sampling)

    def cost(self, state: State) -> int:
        """Return prompt tokens plus those of all that is weighed or may be written."""
        if self.concludes(state):
            return 0
        request = self.request(state)
        return self.count_prompt(request.messages) + request.max_tokens

    async def act(self, state: State, call: Call) -> Decision:
        """Choose, write, or conclude from what children found. Raises ValueError for what is no action."""
        if self.concludes(state):
            return conclude(state)
        request = self.request(state)
        if request.grammar:
            completion = await call(request)
            return Decision(self.named(state, parse_action(completion.text)), "model", _fluency(completion))
        if not request.choices:
            return Decision(Absent(), "rules")  # the window has no room to choose in
        return self._chosen(state, request, await call(request))

    def concludes(self, state: State) -> bool:
        """Tell whether code concludes: something was found, or no more is to be handed down."""
        found = combine([step.combined for step in state.steps if step.combined], "best")
        enough = bool(found.answer) and weight(found) >= ENOUGH
        over = len(state.steps) >= ROUNDS or not self.found(state) or not state.may_delegate
        return bool(state.steps) and (enough or over)

    def found(self, state: State) -> tuple[Section, ...]:
        """Return the sections that may be handed down now, best first: those found, else all, not yet read."""
        done = {
            state.numbered[n - 1].id
            for step in state.steps
            if isinstance(step.action, Delegate)
            for to in step.action.to
            for n in to.sections
        }
        left = [section for section in state.hits or state.view.entries if section.id not in done]
        return tuple(left[:FOUND_SHOWN])

    def request(self, state: State) -> Request:
        """Build the prompt of the next step with what is offered, or the grammar of what may be written."""
        if state.view.kind == "text" and not state.steps:
            messages = prompts.trained(state.view.text, state.handoff)
            return self._weighing(messages, self.offered(state))
        return self._writing(state)

    def offered(self, state: State) -> tuple[Action, ...]:
        """Return the actions that a text view offers, each once: answers, absent, and maybe reading in parts."""
        answers: dict[str, Answer] = {}
        for proposal in state.proposals:
            answers.setdefault(proposal.text, _answer(state, proposal))
        parts = (self.in_parts(state),) if self.may_divide(state) else ()
        return (*answers.values(), Absent(), *parts)

    def may_divide(self, state: State) -> bool:
        """Tell whether a text is long enough to be read in parts, and has some."""
        tokens = sum(section.tokens for section in state.view.sections)
        return state.may_delegate and len(state.hits) > 1 and tokens > self.whole_tokens

    def in_parts(self, state: State) -> Delegate:
        """Return the action that has the best found parts of a text read, each by itself."""
        first = len(state.view.entries) + 1
        last = first + min(len(state.hits), PARTS_AT_ONCE)
        return Delegate(to=tuple(Target(sections=(number,)) for number in range(first, last)))

    def _weighing(self, messages: tuple[Message, ...], offered: Sequence[Action]) -> Request:
        room = self.window - self.count_prompt(messages)
        choices = [choice for choice in map(written, offered) if len(choice.encode()) < room]
        tokens = sum(self.count_tokens(choice) + 2 for choice in choices)
        return Request(messages, max_tokens=max(1, tokens), choices=tuple(choices))

    def _writing(self, state: State) -> Request:
        lines = list(self.lines(self.found(state), state.handoff.goal))
        while lines and self.count_prompt(_listed(state, lines)) + DELEGATE_TOKENS > self.window:
            lines.pop()
        grammar = action_grammar(("absent", "delegate"), max(1, len(lines)), brief=True)
        return Request(_listed(state, lines), max_tokens=DELEGATE_TOKENS, grammar=grammar, sampling=self.sampling)

    def named(self, state: State, action: Action) -> Action:
        """Return a written action with its lines' numbers turned into those of the agent's sections.

        Raises ValueError for an action that was not to be written, and where no section that was shown is named.
        """
        if isinstance(action, Absent):
            return action
        if not isinstance(action, Delegate):
            raise ValueError(f"the model chose to {action.action}, which it may not")  # noqa: TRY004 - no bug
        numbers = {section.id: number for number, section in reversed(list(enumerate(state.numbered, start=1)))}
        found = self.found(state)
        named = [tuple(numbers[found[n - 1].id] for n in to.sections if n <= len(found)) for to in action.to]
        targets = tuple(Target(sections=sections) for sections in dict.fromkeys(named) if sections)
        if not targets:
            raise ValueError("the model handed down no section that it was shown")
        return Delegate(to=targets)

    def _chosen(self, state: State, request: Request, completion: Completion) -> Decision:
        offered = [parse_action(choice) for choice in request.choices]
        logprobs = normalised([sum(token.logprob for token in tokens) for tokens in completion.choices])
        if self.pick is None:
            return _believed(state, offered, logprobs)
        taken = self.pick(logprobs)
        return Decision(_placed(state, offered[taken]), "model", math.exp(logprobs[taken]))


def _believed(state: State, offered: Sequence[Action], logprobs: Sequence[float]) -> Decision:
    """Take what is worth most; absent, where that is too little, and parts, where nothing is likelier."""
    if isinstance(offered[-1], Delegate) and logprobs[-1] == max(logprobs):
        return Decision(offered[-1], "model", math.exp(logprobs[-1]))
    absent = offered.index(Absent())  # the shortest of all: what fits is offered with it
    answers = {
        one.answer: logprobs[n] - logprobs[absent] for n, one in enumerate(offered) if isinstance(one, Answer)
    }
    proposals = [one for one in state.proposals if one.text in answers]
    if not proposals:
        return Decision(Absent(), "model", math.exp(logprobs[absent]))
    place, worth = belief.best(proposals, [answers[one.text] for one in proposals])
    chosen = proposals[place]
    stated = belief.stated(chosen, worth)
    if stated < belief.LEAST_STATED:
        return Decision(Absent(), "model", 1 - stated)
    return Decision(_placed(state, Answer(answer=chosen.text)), "model", belief.right(chosen, worth))


def _placed(state: State, action: Action) -> Action:
    """Return an action as the runner takes it: an answer cites the place of its proposal."""
    if not isinstance(action, Answer):
        return action
    place = next(n for n, one in enumerate(state.proposals, start=1) if one.text == action.answer)
    return action.model_copy(update={"cite": (place,)})


def written(action: Action) -> str:
    """Return an action as the model writes it: of a delegation the sections and nothing else."""
    if isinstance(action, Delegate):
        return action.model_dump_json(include={"action": True, "to": {"__all__": {"sections"}}})
    return action.model_dump_json()


def _listed(state: State, lines: Sequence[str]) -> tuple[Message, ...]:
    """Return the prompt that shows lines to hand down."""
    *before, shown = prompts.trained("\n".join(lines) + "\n", state.handoff)
    if state.steps:
        shown = replace(shown, parts=(*shown.parts, "\nNothing was found elsewhere."))
    return (*before, shown)


def normalised(logprobs: Sequence[float]) -> list[float]:
    """Return log-probabilities that are shares of one."""
    greatest = max(logprobs)
    total = greatest + math.log(sum(math.exp(one - greatest) for one in logprobs))
    return [one - total for one in logprobs]


def _answer(state: State, proposal: Proposal) -> Answer:
    """Return a proposed answer as the action that it is, citing the block that it begins in."""
    return answer_at(state, proposal.text, proposal.span.start)


def answer_at(state: State, text: str, start: int) -> Answer:
    """Return an answer that begins at a place, citing the block of the view that holds it."""
    blocks = enumerate(state.view.entries, start=1)
    cited = next((n for n, block in blocks if block.span.start <= start < block.span.end), 1)
    return Answer(answer=text, cite=(cited,))


def _fluency(completion: Completion) -> float:
    logprobs = [token.logprob for token in completion.tokens]
    return math.exp(max(-50.0, sum(logprobs)))
