"""Teach by critique: name the node at which a student's run went wrong and the fault, and try what mends such.

    finding = find_fault(failed, document)               # a program, which knows where the answer stands
    finding = await weigh_faults(failed, engine)         # a model, which weighs the closed list
    improved = improve(strategy, find, judge)

Each fault permits a closed list of edits. An edit is kept only where more of the held-out questions are right
with it; what was rejected is kept with its numbers. A reader's fault permits no edit: the model cannot do better.
"""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from typing import Literal, get_args

from rao_cli.agent.events import ActionTaken, AgentClosed, AgentOpened, Event, RunFinished
from rao_cli.agent.records import Record, Report
from rao_cli.documents.model import Span
from rao_cli.engine.base import Engine, Message, Request
from rao_cli.strategies.costs import Spent, cost_of
from rao_cli.strategies.edits import Edit, EditName, edits
from rao_cli.strategies.lessons import says
from rao_cli.strategies.plan import Ask, Select, walk
from rao_cli.strategies.records import Strategy
from rao_cli.text import one_line

Fault = Literal[
    "selector",  # what holds the answer is not among what search found
    "too_shallow",  # it was found, and too few sections were read
    "too_deep",  # an agent further down was given it and did not hand it on
    "lost_in_combine",  # a reader told it and the whole did not
    "wrong_returns",  # a reader told it in another form than was asked for
    "stopped_early",  # the plan stopped with something else before it was read
    "leaf_error",  # a reader was shown it and did not tell it
]
FAULTS: tuple[Fault, ...] = get_args(Fault)
PERMITTED: Mapping[Fault, tuple[EditName, ...]] = {
    "selector": ("search", "order", "of", "holds", "titled", "kinds"),
    "too_shallow": ("more", "recurse"),
    "too_deep": ("fewer", "group", "drop-stage"),
    "lost_in_combine": ("combine", "group", "laxer"),
    "wrong_returns": ("returns", "combine"),
    "stopped_early": ("stricter", "more", "split"),
    "leaf_error": (),
}
MOST_ROUNDS = 4
MOST_TRIED = 8
"""Edits that are tried in one round."""


class Finding(Record):
    """What is wrong with one run: the agent, the fault, and why it is taken to be that."""

    node: str
    fault: Fault
    reason: str = ""


@dataclass(frozen=True)
class Failed:
    """A run by a strategy that came to a wrong answer, with what is known of the question."""

    strategy: Strategy
    question: str
    events: tuple[Event, ...]
    gold: tuple[str, ...]
    """True answers; none where the text does not answer the question."""
    evidence: tuple[Span, ...] = ()
    found: tuple[Span, ...] = ()
    """What search finds for the question, the best first."""


@dataclass(frozen=True)
class _Tree:
    """A run's agents and what they told."""

    opened: Mapping[str, AgentOpened]
    reports: Mapping[str, Report]
    answer: str
    fell_back: bool

    def holding(self, span: Span) -> list[AgentOpened]:
        """Return the agents that were given a place, the nearest to the root first."""
        inside = [one for one in self.opened.values() if any(Span(*held).contains(span) for held in one.spans)]
        return sorted(inside, key=lambda one: (one.depth, one.agent))


def find_fault(failed: Failed) -> Finding:
    """Return the first node at which the evidence is lost, by program.

    A question without an answer in the text, and one whose place is not known, is a reader's fault: somebody told
    what is not so.
    """
    tree = _tree(failed.events)
    if not failed.gold or not failed.evidence:
        return Finding(node="1", fault="leaf_error", reason="a reader told what the text does not say")
    span = failed.evidence[0]
    holders = tree.holding(span)
    readers = [one for one in holders if one.view == "text"]
    if readers:
        return _after_reading(failed, tree, readers)
    deeper = [one for one in holders if one.depth > 0]
    if deeper:
        return Finding(node=deeper[-1].agent, fault="too_deep", reason="it was given it and handed it to nobody")
    return _unread(failed, tree, span)


def _after_reading(failed: Failed, tree: _Tree, readers: Sequence[AgentOpened]) -> Finding:
    """Return what became of evidence that was read."""
    told = {one.agent: tree.reports.get(one.agent, Report(status="failed")) for one in readers}
    right = next((name for name, one in told.items() if any(says(one.answer, true) for true in failed.gold)), "")
    if right:
        above = right.rpartition(".")[0] or right
        return Finding(node=above, fault="lost_in_combine", reason=f"{right} told it and {above} did not")
    forms = {one.returns for one in walk(failed.strategy.plan.operators) if isinstance(one, Ask)}
    partly = next((name for name, one in told.items() if _shares_words(one.answer, failed.gold)), "")
    if partly and forms != {"text"}:
        return Finding(node=partly, fault="wrong_returns", reason=f"it told a part of it as {sorted(forms)[0]}")
    first = readers[0].agent
    return Finding(node=first, fault="leaf_error", reason="it was shown the place and did not tell it")


def _unread(failed: Failed, tree: _Tree, span: Span) -> Finding:
    if not tree.fell_back and tree.answer:
        return Finding(node="1", fault="stopped_early", reason="it answered before the place was read")
    rank = next((n for n, one in enumerate(failed.found, start=1) if one.contains(span)), 0)
    first = sum(one.first for one in failed.strategy.plan.operators if isinstance(one, Select))
    if not rank:
        return Finding(node="1", fault="selector", reason="search does not find the place")
    if rank > first:
        return Finding(node="1", fault="too_shallow", reason=f"search ranks it {rank}, and {first} are read")
    return Finding(node="1", fault="selector", reason=f"search ranks it {rank}, and it is not selected")


def _shares_words(answer: str, gold: Sequence[str]) -> bool:
    told = set(answer.casefold().split())
    return any(told & set(true.casefold().split()) for true in gold)


def _tree(events: Sequence[Event]) -> _Tree:
    result = next((event.result for event in events if isinstance(event, RunFinished)), None)
    return _Tree(
        {event.agent: event for event in events if isinstance(event, AgentOpened)},
        {event.agent: event.report for event in events if isinstance(event, AgentClosed)},
        result.answer if result else "",
        any(isinstance(event, ActionTaken) and event.fell_back for event in events),
    )


# ---------------------------------------------------------------------- a model as the critic

_CRITIC = (
    "You look for the fault in how a text was searched for an answer. "
    "Answer with one word of: " + ", ".join(FAULTS) + "."
)
_MEANING = {
    "selector": "the wrong sections were chosen",
    "too_shallow": "too few sections were read",
    "too_deep": "the section was passed on and never read",
    "lost_in_combine": "a reader found the answer and it was not used",
    "wrong_returns": "the answer was in the wrong form",
    "stopped_early": "a wrong answer ended the search",
    "leaf_error": "the reader saw the answer and did not tell it",
}
LONGEST = 160


async def weigh_faults(failed: Failed, engine: Engine) -> tuple[Finding, Spent]:
    """Return the fault that a model holds for the likeliest, and what asking cost. Raises ModelError."""
    request = Request(_asking(failed, engine), max_tokens=16 * len(FAULTS), choices=FAULTS)
    completion = await engine.generate(request)
    scores = [sum(token.logprob for token in tokens) / max(1, len(tokens)) for tokens in completion.choices]
    fault = FAULTS[scores.index(max(scores))]
    return Finding(node=_node(failed, fault), fault=fault, reason="a model's judgement"), cost_of(completion)


def _node(failed: Failed, fault: Fault) -> str:
    """Return the agent that a fault is laid to: the reader that was surest, or the first agent."""
    tree = _tree(failed.events)
    readers = [name for name, one in tree.opened.items() if one.view == "text" and name in tree.reports]
    if fault != "leaf_error" or not readers:
        return "1"
    return max(readers, key=lambda name: tree.reports[name].confidence)


def _asking(failed: Failed, engine: Engine) -> tuple[Message, ...]:
    """Return the prompt: the faults, the question with its verdict, and as much of the run as fits."""
    tree = _tree(failed.events)
    lines = [f"{fault}: {_MEANING[fault]}" for fault in FAULTS]
    lines += [f"Question: {one_line(failed.question, LONGEST)}", f"Answer: {one_line(tree.answer, LONGEST)}"]
    lines.append(f"True answer: {one_line(failed.gold[0] if failed.gold else 'absent', LONGEST)}")
    told = [
        f"{name} read {one_line(', '.join(one.titles), 60)}: {one_line(tree.reports[name].answer or 'absent', 80)}"
        for name, one in tree.opened.items()
        if one.view == "text" and name in tree.reports
    ]
    while True:
        text = "\n".join([*lines, *told, "Fault:"])
        messages = (Message("system", (_CRITIC,)), Message("user", (text,)))
        if not told or engine.count_prompt(messages) + 16 * len(FAULTS) <= engine.window:
            return messages
        told.pop()


# ---------------------------------------------------------------------- edits that are tried


@dataclass(frozen=True)
class Worth:
    """What a strategy is worth on held-out questions."""

    right: int
    tokens: int


class Tried(Record):
    """An edit that was tried, with the numbers that it was kept or rejected for."""

    node: str
    fault: Fault
    edit: str
    says: str
    before: int
    right: int
    tokens: int
    kept: bool


@dataclass(frozen=True)
class Improved:
    """A strategy after critique, all edits that were tried, and the faults that were found, by their number."""

    strategy: Strategy
    tried: tuple[Tried, ...] = ()
    faults: Mapping[str, int] | None = None


def improve(
    strategy: Strategy,
    find: Callable[[Strategy], Sequence[Finding]],
    judge: Callable[[Strategy], Worth],
    rounds: int = MOST_ROUNDS,
) -> Improved:
    """Mend a strategy as long as an edit that a fault permits makes more held-out questions right.

    ``find`` returns what went wrong on the questions to learn from, ``judge`` what a strategy is worth on others.
    """
    current, worth = strategy, judge(strategy)
    tried: list[Tried] = []
    faults: Counter[str] = Counter()
    seen = {strategy.form}
    for _ in range(rounds):
        findings = find(current)
        faults.update(one.fault for one in findings)
        kept = False
        for finding, edit in _candidates(current, findings, seen):
            seen.add(edit.strategy.form)
            found = judge(edit.strategy)
            kept = found.right > worth.right
            tried.append(_tried(finding, edit, worth, found, kept=kept))
            if kept:
                current, worth = edit.strategy, found
                break
        if not kept:
            break
    return Improved(current, tuple(tried), dict(faults))


def _tried(finding: Finding, edit: Edit, before: Worth, found: Worth, *, kept: bool) -> Tried:
    return Tried(
        node=finding.node,
        fault=finding.fault,
        edit=edit.name,
        says=edit.says,
        before=before.right,
        right=found.right,
        tokens=found.tokens,
        kept=kept,
    )


def _candidates(strategy: Strategy, findings: Sequence[Finding], seen: set[str]) -> list[tuple[Finding, Edit]]:
    """Return the edits that the findings permit and that were not tried yet, of each fault in turn.

    The commonest fault comes first in every turn.
    """
    counts = Counter(one.fault for one in findings)
    lists: list[list[tuple[Finding, Edit]]] = []
    for fault, _ in counts.most_common():
        first = next(one for one in findings if one.fault == fault)
        permitted = sorted(edits(strategy, PERMITTED[fault]), key=_rank(fault))
        lists.append([(first, edit) for edit in permitted if edit.strategy.form not in seen])
    found: dict[str, tuple[Finding, Edit]] = {}
    for finding, edit in (pair for turn in zip_longest(*lists) for pair in turn if pair):
        found.setdefault(edit.strategy.form, (finding, edit))
    return list(found.values())[:MOST_TRIED]


def _rank(fault: Fault) -> Callable[[Edit], int]:
    return lambda edit: PERMITTED[fault].index(edit.name)
