"""A reader for models that write poorly: it weighs the answers that code proposes for its text.

The model is shown a text, and weighed is how probable "Question: … Answer: …" is after it, for each proposal. The
question's own probability tells whether the text is about it at all (as in query likelihood ranking, Ponte and
Croft 1998; with language models of this kind, Sachan et al. 2022); the answer's tells proposals apart; code's
score counts with both. The weights were fitted on questions with known answers (docs/experiments.md).
"""

import math
from collections.abc import Callable
from dataclasses import dataclass

from rao_cli.agent import prompts
from rao_cli.agent.actions import Absent, Answer
from rao_cli.agent.policy import Call, Decision, Policy, State
from rao_cli.agent.proposing import Proposal
from rao_cli.agent.question.recognise import recognise
from rao_cli.engine.base import Message, Request, Token

CODE = 0.8
"""What a proposal's score by code counts for."""
QUESTION = 1.7
"""What the mean log-probability of the question's tokens after the text counts for."""
ANSWER = 0.3
"""What the mean log-probability of the answer's tokens counts for."""
RIGHT = (0.36, 0.88, -0.62)
"""Logistic curve of the share of right answers: what a proposal's worth and ``about`` count for; the offset."""
STATED = (0.32, 13.86, -3.9)
"""The same of how probable it is that the source answers the question at all."""
LEAST_STATED = 0.4
"""Below this a text is taken not to answer: so were 95 of 100 questions that it did not answer, 2 that it did."""


@dataclass(frozen=True)
class WeighingReader:
    """Weigh proposals where there are any; leave everything else to ``writer``."""

    writer: Policy
    count_prompt: Callable[[tuple[Message, ...]], int]
    count_tokens: Callable[[str], int]
    window: int

    def cost(self, state: State) -> int:
        """Return prompt tokens plus those of all that is weighed."""
        if not state.proposals:
            return self.writer.cost(state)
        request = self.request(state)
        return self.count_prompt(request.messages) + request.max_tokens

    async def act(self, state: State, call: Call) -> Decision:
        """Answer with the best proposal, named by its number, and how sure it is of it."""
        if not state.proposals:
            return await self.writer.act(state, call)
        request = self.request(state)
        weights = await self._weights(state, request, call) if request.choices else {}
        if not weights:
            return Decision(Absent(), "rules")
        best = max(weights, key=weights.__getitem__)
        chosen = state.proposals[best]
        stated = probability(STATED, weights[best], chosen.about)
        if stated < LEAST_STATED:
            return Decision(Absent(), "model", 1 - stated)
        answer = Answer(answer=chosen.text, cite=(best + 1,))
        return Decision(answer, "model", probability(RIGHT, weights[best], chosen.about))

    async def _weights(self, state: State, request: Request, call: Call) -> dict[int, float]:
        """Return what each proposal that was weighed is worth, by its place among the proposals."""
        completion = await call(request)
        question = len(request.choices[0].partition(prompts.ANSWER_MARK)[0])
        told = dict(zip(request.choices, completion.choices, strict=False))
        return {
            number: weight(state.proposals[number], told[choice], question)
            for number, choice in enumerate(_choices(state))
            if choice in told
        }

    def request(self, state: State) -> Request:
        """Build the request that weighs a state's proposals; one without choices where the window has no room."""
        messages = prompts.weighing(state.view.prose)
        room = self.window - self.count_prompt(messages)
        fitting = tuple(choice for choice in dict.fromkeys(_choices(state)) if len(choice.encode()) < room)
        tokens = sum(self.count_tokens(choice) + 2 for choice in fitting)
        return Request(messages, max_tokens=max(1, tokens), choices=fitting)


def _choices(state: State) -> list[str]:
    """Return the texts that are weighed, one for each proposal."""
    question = recognise(state.handoff.goal).stem
    return [prompts.question_and_answer(question, proposal.text) for proposal in state.proposals]


def weight(proposal: Proposal, tokens: tuple[Token, ...], question: int) -> float:
    """Return what a proposal is worth; the first ``question`` characters of the tokens are the question."""
    asked: list[float] = []
    told: list[float] = []
    written = 0
    answer = question + len(prompts.ANSWER_MARK.rstrip())
    for token in tokens:
        if written < question:
            asked.append(token.logprob)
        elif written >= answer:
            told.append(token.logprob)
        written += len(token.text)
    # The first two tokens, "Question:", are the same everywhere, and so is "Answer:".
    return CODE * proposal.score + QUESTION * _mean(asked[2:]) + ANSWER * _mean(told)


def probability(curve: tuple[float, float, float], worth: float, about: float) -> float:
    """Return the value of a logistic curve for a proposal."""
    exponent = curve[0] * worth + curve[1] * about + curve[2]
    return 1 / (1 + math.exp(-min(50.0, max(-50.0, exponent))))


def _mean(values: list[float]) -> float:
    return sum(values) / len(values) if values else -10.0
