"""Label records once, by their meaning: each by itself and in few tokens, a group of them an agent.

A model is asked to write a record of each label, and how probable the record itself is as its answer tells how
well the label fits ("noisy channel": Min and others 2022, arXiv 2108.04106). A model of 135M parameters is right
so four to six times in seven, where its own choice of a label is hardly better than chance (docs/experiments.md).
Where an engine cannot be given its answer, it is asked for the label. What records of one label have in common
corrects the labels and labels the records that were not read (labelling_words.py). Limits: a label is told from
what the first RECORD_CHARACTERS characters of a record say, never from other records that it speaks of.
"""

import asyncio
import math
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import pairwise

from rao_cli.agent.budget import Budget
from rao_cli.agent.compute.base import Labelling
from rao_cli.agent.coverage import Reader
from rao_cli.agent.grammar import literal
from rao_cli.agent.labelling_prompts import writing_prompts
from rao_cli.agent.labelling_words import spread_labels
from rao_cli.agent.policy import Call
from rao_cli.agent.prompts import WHICH_LABEL
from rao_cli.agent.reading import Reading
from rao_cli.agent.records import Handoff, Report
from rao_cli.agent.together import together
from rao_cli.agent.view import View
from rao_cli.documents.model import Section, Span
from rao_cli.engine.base import Completion, Engine, Message, Request
from rao_cli.errors import BudgetError, ModelError
from rao_cli.text import one_line

RECORD_CHARACTERS = 200
GROUP = 16
"""Records of an agent, while there are few."""
MOST_GROUPS = 64
MOST_CALLS = 2_400
"""Calls of the model, one for each record and label; of more records only so many are read, evenly spread."""
ENOUGH = 100
"""Records read from which on the words of the others tell their labels."""
AT_A_TIME = 8
"""Records weighed after one prompt."""
AT_ONCE = 4
"""Agents that wait for the engine at the same time, so that few are under way when the time is over."""
TIME_SHARE = 0.8
"""Share of --max-seconds after which no more records are read, so that what was read is not lost."""
TOKENS_BESIDE = 4
"""A text that a grammar forces may be cut into a few more tokens than one that is read."""
_UNSURE = 3.0
"""Log-odds taken for a label that a model named without saying how sure it was."""


@dataclass
class Group:
    """The records of one agent, by their numbers among all: ``scores`` of those that it has read."""

    handoff: Handoff
    view: View
    numbers: Sequence[int]
    scores: dict[int, list[float]] = field(default_factory=dict)
    read: list[Span] = field(default_factory=list)
    stopped: BudgetError | None = None

    @property
    def labels(self) -> tuple[int, ...]:
        """Return the number of each record's label from 1 on, and 0 where none was found."""
        found = (self.scores.get(number) for number in self.numbers)
        return tuple(1 + score.index(max(score)) if score else 0 for score in found)


@dataclass(frozen=True)
class Labelled:
    """The index of each record's label, -1 where none is known, and how that came about."""

    labels: tuple[int, ...]
    how: str
    confidence: float
    reason: str = ""
    """Why not all records were read that should have been."""


class Labeller:
    """Label the records of one task; ``label`` each of the ``groups``, then ask for what was ``labelled``."""

    def __init__(self, task: Labelling, reading: Reading, engine: Engine, budget: Budget, *, every: bool) -> None:
        """``every`` record is read by the model, however many there are."""
        self._task = task
        self._reading = reading
        self._engine = engine
        self._budget = budget
        self._texts = [_text_of(reading, span) for span in task.records]
        self._writing = [Message("user", (text,)) for text in writing_prompts(task.labels, task.instruction)]
        self._asks = False
        self._every = every
        self._turn = asyncio.Semaphore(AT_ONCE)

    @cached_property
    def groups(self) -> list[Group]:
        """Return the records to read in groups, as many as there may be agents."""
        numbers = self._chosen()
        limit = self._budget.limits.agents
        agents = MOST_GROUPS if limit is None else min(MOST_GROUPS, limit - self._budget.agents)
        count = max(1, min(agents, math.ceil(len(numbers) / GROUP)))
        starts = [len(numbers) * at // count for at in range(count + 1)]
        leaves = list(self._reading.leaves())
        parts = [numbers[start:end] for start, end in pairwise(starts) if start < end]
        return [self._group(part, leaves) for part in parts]

    def _chosen(self) -> list[int]:
        """Return the numbers of the records that the model is to read, spread evenly over all."""
        there = [number for number, text in enumerate(self._texts) if text]
        most = max(1, MOST_CALLS // len(self._task.labels))
        if self._every or len(there) <= most:
            return there
        return [there[len(there) * at // most] for at in range(most)]

    def _group(self, numbers: Sequence[int], leaves: Sequence[Section]) -> Group:
        spans = [self._task.records[number] for number in numbers]
        first = max(0, bisect_right(leaves, spans[0].start, key=lambda leaf: leaf.span.start) - 1)
        last = bisect_right(leaves, spans[-1].start, key=lambda leaf: leaf.span.start)
        sections = tuple(leaves[first : max(last, first + 1)])
        goal = f"Which of these is each of {len(numbers)} records: {', '.join(self._task.labels)}?"
        handoff = Handoff(goal=one_line(goal, 400), sections=tuple(s.id for s in sections), returns="choice")
        return Group(handoff, View("text", sections, (), ""), numbers)

    def cost(self, group: Group) -> int:
        """Return the most tokens that the first records of a group can cost."""
        requests = self._requests([self._texts[number] for number in group.numbers[:AT_A_TIME]])
        return sum(self._engine.count_prompt(request.messages) + request.max_tokens for request in requests)

    async def label(self, group: Group, call: Call, reader: Reader) -> Report:
        """Read the records of a group, a few at a time, until a limit stops it; say what they are.

        Raises ModelError when the model fails.
        """
        try:
            for at in range(0, len(group.numbers), AT_A_TIME):
                numbers = group.numbers[at : at + AT_A_TIME]
                scores = await self._in_time([self._texts[number] for number in numbers], call)
                for number in numbers:
                    reader.read(self._task.records[number])
                    group.read.append(self._task.records[number])
                told = zip(numbers, scores, strict=True)
                group.scores.update({number: score for number, score in told if score})
        except BudgetError as error:
            group.stopped = error
        return self._report(group)

    def _report(self, group: Group) -> Report:
        """Tell how many records have each label."""
        counts = [(group.labels.count(at), label) for at, label in enumerate(self._task.labels, start=1)]
        told = ", ".join(f"{count} {label}" for count, label in counts if count)
        if not told:
            reason = group.stopped.message if group.stopped else "no record suits any label"
            return Report(status="failed", reason=reason)
        if group.stopped:
            return Report(status="partial", answer=told, reason=group.stopped.message)
        return Report(status="found", answer=told)

    async def labelled(self) -> Labelled | None:
        """Return the labels of all records as far as they are known; None where the model has told none."""
        return await asyncio.to_thread(self._labelled)

    def _labelled(self) -> Labelled | None:
        scores = {number: score for group in self.groups for number, score in group.scores.items()}
        if not scores:
            return None
        told = [scores.get(number) for number in range(len(self._texts))]
        chances = spread_labels(told, self._texts)
        known = [
            bool(text) and (score is not None or len(scores) >= ENOUGH)
            for score, text in zip(told, self._texts, strict=True)
        ]
        labels = tuple(row.index(max(row)) if sure else -1 for row, sure in zip(chances, known, strict=True))
        confidence = sum(max(row) for row, sure in zip(chances, known, strict=True) if sure) / sum(known)
        stopped = next((group.stopped for group in self.groups if group.stopped), None)
        return Labelled(labels, self._how(len(scores), sum(known)), confidence, stopped.message if stopped else "")

    def _how(self, read: int, known: int) -> str:
        total = len(self._texts)
        if read == total:
            return f"the model labelled each of {total:,} records, their words in common corrected it"
        by_words = f", those of {known - read:,} follow from words in common" if known > read else ""
        left = f", {total - known:,} have none" if known < total else ""
        margin = f"; shares are right within {100 / math.sqrt(read):.0f} points at best"
        return f"the model labelled {read:,} of {total:,} records{by_words}{left}{margin}"

    # ------------------------------------------------------------------ a few records

    async def _in_time(self, texts: Sequence[str], call: Call) -> list[list[float]]:
        """Return the scores of records. Raises BudgetError when too little time is left for them."""
        seconds = self._budget.limits.seconds
        left = None if seconds is None else TIME_SHARE * seconds - self._budget.elapsed
        try:
            async with asyncio.timeout(left), self._turn:
                return await self._scores(texts, call)
        except TimeoutError as error:
            self._budget.hit("seconds")
            raise BudgetError("seconds", f"the time of --max-seconds {seconds:g} is nearly over") from error

    async def _scores(self, texts: Sequence[str], call: Call) -> list[list[float]]:
        """Return how well each label fits each record, as log-odds; an empty list where nobody can tell."""
        if not self._asks:
            try:
                of_labels = await together(_weighed(request, call) for request in self._requests(texts))
                return [list(scores) for scores in zip(*of_labels, strict=True)]
            except ModelError:
                self._asks = True  # a server writes no text that it is given; other faults show again
        return [self._named(await call(self._question(text))) for text in texts]

    def _requests(self, texts: Sequence[str]) -> list[Request]:
        """Return a request for each label, in which the records are weighed."""
        room = sum(self._engine.count_tokens(text) + TOKENS_BESIDE for text in texts)
        return [Request((message,), room, choices=tuple(texts)) for message in self._writing]

    def _question(self, text: str) -> Request:
        labels = self._task.labels
        asked = WHICH_LABEL.format(instruction=self._task.instruction, labels=", ".join(labels), record=text)
        room = max(self._engine.count_tokens(label) for label in labels) + TOKENS_BESIDE
        return Request((Message("user", (asked,)),), room, f"root ::= {' | '.join(map(literal, labels))}")

    def _named(self, completion: Completion) -> list[float]:
        named = completion.text.strip()
        if named not in self._task.labels:
            return []
        return [_UNSURE * (label == named) for label in self._task.labels]


async def _weighed(request: Request, call: Call) -> list[float]:
    completion = await call(request)
    return [sum(token.logprob for token in tokens) for tokens in completion.choices]


def _text_of(reading: Reading, span: Span) -> str:
    # White space may be much of a record; what is shown are its first characters besides.
    start = Span(span.start, min(span.end, span.start + 10 * RECORD_CHARACTERS))
    return one_line(reading.document.read(start))[:RECORD_CHARACTERS].rstrip()
