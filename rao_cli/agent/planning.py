"""Predict what a task will cost, before any generation.

Limits: that code may answer without reading, or that records must be labelled by their meaning, is not foreseen;
nor what a model hands down that was not trained to.
"""

from rao_cli.agent import trained
from rao_cli.agent.chaining import dependent, independent
from rao_cli.agent.preparing import LEAVES_AT_ONCE, Prepared
from rao_cli.agent.records import Limits, Plan, Task
from rao_cli.agent.rules import ROUNDS
from rao_cli.agent.runner import MAX_STEPS
from rao_cli.agent.summary.passages import most_passages
from rao_cli.agent.view import TITLE_LENGTHS
from rao_cli.documents.model import Section

PROPOSAL_TOKENS = 64
"""Tokens of an answer that is weighed, its marks included, that are hardly ever exceeded."""


def plan_task(task: Task, prepared: Prepared, limits: Limits) -> Plan:
    """Predict, before any generation, what a task will cost at most where rules or a trained model delegate."""
    root, leaves = prepared.reading.root, prepared.reading.leaf_count
    room, settings = prepared.budget(task.question, prepared.known(task)), prepared.settings
    at_once = task.kind == "ask" and _reads_at_once(root, prepared, room)
    calls = 1 if at_once else _calls(task, prepared)
    if limits.agents is not None:
        calls = min(calls, limits.agents * (MAX_STEPS if settings.delegation == "model" else 1))
    read = root.tokens if at_once else prepared.reading.view_tokens
    view = room if task.reads_all else min(room, _numbered_size(read))
    overhead = settings.window - room
    tokens = limits.tokens or calls * settings.window
    return Plan(
        sections=leaves,
        tokens=root.tokens,
        calls=calls,
        prompt_tokens=min(tokens, calls * (view + overhead)),
        output_tokens=min(tokens, calls * _output(task, prepared)),
        depth=0 if at_once else _height(root) + bool(_parts(task)),
        window=settings.window,
        view_tokens=prepared.reading.view_tokens,
    )


def _output(task: Task, prepared: Prepared) -> int:
    """Return the most tokens that a reader writes or weighs."""
    settings = prepared.settings
    if not settings.breadth or task.kind == "summarize":
        return settings.output_tokens
    return settings.breadth.reader * (prepared.engine.count_tokens(task.question) + PROPOSAL_TOKENS)


def _reads_at_once(section: Section, prepared: Prepared, room: int) -> bool:
    """Tell whether an agent is shown a section as text and does not hand parts of it down by rule."""
    if prepared.view([section], room).kind == "outline":
        return False
    whole = LEAVES_AT_ONCE * prepared.reading.view_tokens
    divides = prepared.settings.delegation == "rules" or prepared.settings.answers == "chosen"
    return section.tokens <= whole or not divides


def _numbered_size(tokens: int) -> int:
    """Return the most tokens that a text takes once its blocks are numbered and it has a heading."""
    return tokens * 4 // 3 + TITLE_LENGTHS[0]


def _calls(task: Task, prepared: Prepared) -> int:
    """Count the calls of the model at most: everything is read, or what search ranks first or is to be told."""
    leaves = prepared.reading.leaf_count
    if task.thorough:
        return leaves
    if task.kind == "summarize":
        return min(leaves, most_passages(task.words))
    chooses = prepared.settings.answers == "chosen" and prepared.settings.delegation == "model"
    most = trained.ROUNDS * (1 + trained.FOUND_SHOWN) if chooses else min(leaves, sum(ROUNDS))
    return most * (len(_parts(task)) + 1)


def _parts(task: Task) -> tuple[str, ...]:
    """Return the questions that a question is taken apart into."""
    return dependent(task.question) or independent(task.question)


def _height(root: Section) -> int:
    return 1 + max((_height(child) for child in root.children), default=-1)
