"""The simpler ways to answer: a sentence that search finds, one prompt, or one prompt for each part.

Each asks plainly for a few words (prompts.py) and takes the first line of what the model writes.
"""

import math
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from rao_cli.agent.cite import content_words
from rao_cli.agent.preparing import Settings
from rao_cli.agent.reading import Reading
from rao_cli.agent.together import together
from rao_cli.bench.quality.done import Told
from rao_cli.bench.quality.prompts import question_on, question_on_answers
from rao_cli.bench.quality.scoring import says_absent
from rao_cli.documents.model import Document, Span
from rao_cli.engine.base import Completion, Engine, Message, Request
from rao_cli.errors import UsageError

PASSAGES = 5
"""Passages of one prompt, and those whose sentences are compared."""
_SENTENCE_END = re.compile(r"(?<=[.!?])\s+|\n\s*\n")
_CHARACTERS_A_TOKEN = 8
"""More than any text has on average."""


@dataclass
class Model:
    """A model that is asked for short plain answers, and what that cost."""

    engine: Engine
    settings: Settings
    calls: list[Completion] = field(default_factory=list)

    async def ask(self, messages: tuple[Message, ...]) -> str:
        """Return the first line of the model's answer. Raises ModelError."""
        request = Request(messages, max_tokens=self.settings.output_tokens, stop=("\n",))
        completion = await self.engine.generate(request)
        self.calls.append(completion)
        return completion.text.strip()

    def fits(self, messages: tuple[Message, ...]) -> bool:
        """Tell whether a prompt leaves room for an answer in the window."""
        window = min(self.settings.window, self.engine.window)
        return self.engine.count_prompt(messages) + self.settings.output_tokens <= window

    def told(self, answer: str, *, absent: bool) -> Told:
        """Return the last answer with the cost of all."""
        return Told(
            answer="" if absent else " ".join(answer.split()),
            absent=absent,
            confidence=round(_confidence(self.calls[-1]), 4) if self.calls else None,
            prompt_tokens=sum(call.prompt_tokens for call in self.calls),
            cached_tokens=sum(call.cached_tokens for call in self.calls),
            output_tokens=sum(len(call.tokens) for call in self.calls),
            agents=len(self.calls),
            depth=int(len(self.calls) > 1),
        )


def _confidence(completion: Completion) -> float:
    """Return the probability of a token of the answer, in the geometric mean."""
    logprobs = [token.logprob for token in completion.tokens]
    return math.exp(max(-50.0, sum(logprobs) / len(logprobs))) if logprobs else 0.0


def best_sentence(question: str, reading: Reading) -> str:
    """Return the sentence of the best passages that shares most words with a question, or nothing."""
    wanted = content_words(question)
    sentences = [
        " ".join(sentence.split())
        for hit in reading.index.ranked(question, limit=PASSAGES)
        for sentence in _SENTENCE_END.split(reading.document.read(hit.span))
        if sentence.strip()
    ]
    return max(sentences, key=lambda sentence: len(wanted & content_words(sentence)), default="")


async def direct(question: str, document: Document, model: Model) -> str:
    """Ask about the beginning of a text, as much of it as the window holds."""
    beginning = document.read(Span(0, model.settings.window * _CHARACTERS_A_TOKEN))
    return await model.ask(_longest(lambda size: question_on(beginning[:size], question), len(beginning), model))


async def rag(question: str, reading: Reading, model: Model) -> str:
    """Ask about the passages that search ranks first, as many as fit, the best one first."""
    hits = reading.index.ranked(question, limit=PASSAGES)
    passages = [reading.document.read(hit.span).strip() for hit in hits]

    def asking(count: int) -> tuple[Message, ...]:
        return question_on("\n\n".join(passages[:count]), question)

    return await model.ask(_longest(asking, len(passages), model))


async def mapreduce(question: str, reading: Reading, model: Model) -> str:
    """Ask about each leaf, then about the answers, and again while they do not fit one prompt."""
    texts = [reading.document.read(leaf.span) for leaf in reading.leaves()]
    prompts = [question_on(text, question) for text in texts]
    answers = _said(await together(model.ask(prompt) for prompt in prompts))
    while len(answers) > 1:
        groups = _groups(answers, lambda some: model.fits(question_on_answers(some, question)))
        joined = _said(await together(model.ask(question_on_answers(each, question)) for each in groups))
        if len(groups) == 1 or len(joined) >= len(answers):
            return joined[0] if joined else "absent"
        answers = joined
    return answers[0] if answers else "absent"


def mapreduce_tokens(question: str, reading: Reading, engine: Engine) -> tuple[int, int]:
    """Return how many leaves there are, and the tokens of their prompts; joining the answers comes on top."""
    leaves = reading.leaf_count
    return leaves, reading.root.tokens + leaves * engine.count_prompt(question_on("", question))


def _said(answers: Sequence[str]) -> list[str]:
    """Return the answers that are some, each once."""
    return [answer for answer in dict.fromkeys(answers) if answer and not says_absent(answer)]


def _groups(answers: Sequence[str], fit: Callable[[Sequence[str]], bool]) -> list[list[str]]:
    """Cut answers into groups that fit one prompt each; one alone is taken to fit."""
    groups: list[list[str]] = []
    for answer in answers:
        if groups and fit([*groups[-1], answer]):
            groups[-1].append(answer)
        else:
            groups.append([answer])
    return groups


def _longest(asking: Callable[[int], tuple[Message, ...]], most: int, model: Model) -> tuple[Message, ...]:
    """Return the longest prompt that fits. Raises UsageError where none does."""
    if not model.fits(asking(0)):
        raise UsageError("the question does not fit the window", hint="give a larger --window")
    fits, too_long = 0, most + 1
    while too_long - fits > 1:
        middle = (fits + too_long) // 2
        if model.fits(asking(middle)):
            fits = middle
        else:
            too_long = middle
    return asking(fits)
