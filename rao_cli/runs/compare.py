"""How two runs differ: what they were asked, of what, with which agents, and what came of it.

Agents are the same where they were given the same sections and goal, whatever their place in the tree. Ids and
places of sections only mean the same in the same version of the sources; between versions titles stand for them.
"""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

from pydantic import JsonValue

from rao_cli.runs.tree import Agent, Run

Key = tuple[object, ...]


@dataclass(frozen=True)
class Change:
    """One thing that is not the same in both runs."""

    what: str
    before: JsonValue
    after: JsonValue


@dataclass(frozen=True)
class Difference:
    """What two runs do not share; each change has what was before and what is after."""

    asked: tuple[Change, ...]
    """Task, options, sources, their version, the model."""
    came: tuple[Change, ...]
    """Status, answer, citations."""
    cost: tuple[Change, ...]
    same: int
    """Agents that were asked the same and reported the same."""
    changed: tuple[tuple[Agent, Agent], ...]
    removed: tuple[Agent, ...]
    added: tuple[Agent, ...]


def compare(before: Run, after: Run) -> Difference:
    """Return how a run differs from an earlier one."""
    same = digest_of(before) == digest_of(after)
    pairs, removed, added = _paired(before.tree.agents, after.tree.agents, same_source=same)
    changed = tuple((one, other) for one, other in pairs if said(one) != said(other))
    return Difference(
        asked=_changes(_asked(before), _asked(after)),
        came=_changes(_came(before), _came(after)),
        cost=_changes(_cost(before), _cost(after)),
        same=len(pairs) - len(changed),
        changed=changed,
        removed=removed,
        added=added,
    )


def digest_of(run: Run) -> str:
    """Return the version of the sources that a run read."""
    return run.tree.started.digest if run.tree.started else ""


def said(agent: Agent) -> tuple[str, str, tuple[str, ...]]:
    """Return what an agent reported: how it stands, its answer, and where that is."""
    report = agent.report
    if report is None:
        return agent.standing, "", ()
    return agent.standing, report.answer, tuple(one.label for one in report.citations)


def _asked(run: Run) -> dict[str, JsonValue]:
    task = run.kept.task.model_dump(mode="json")
    options = {f"option {name}": value for name, value in run.kept.options.items()}
    return {
        **task,
        "sources": list(run.kept.sources),
        "version of the sources": digest_of(run)[:12],
        "model": run.kept.identity,
        "strategy": run.tree.started.strategy if run.tree.started else "",
        **options,
    }


def _came(run: Run) -> dict[str, JsonValue]:
    result = run.tree.result
    if result is None:
        return {"status": run.state, "answer": "", "citations": []}
    return {"status": result.status, "answer": result.answer, "citations": [one.label for one in result.citations]}


def _cost(run: Run) -> dict[str, JsonValue]:
    usage = run.tree.usage
    result = run.tree.result
    return {
        "tokens": usage.tokens,
        "tokens written": usage.output_tokens,
        "agents": len(run.tree.agents),
        "depth": usage.depth,
        "seconds": round(usage.seconds, 1),
        "sections read": result.coverage.sections_read if result else None,
    }


def _changes(before: Mapping[str, JsonValue], after: Mapping[str, JsonValue]) -> tuple[Change, ...]:
    names = dict.fromkeys((*before, *after))
    return tuple(
        Change(name, before.get(name), after.get(name)) for name in names if before.get(name) != after.get(name)
    )


def _paired(
    before: Mapping[str, Agent], after: Mapping[str, Agent], *, same_source: bool
) -> tuple[list[tuple[Agent, Agent]], tuple[Agent, ...], tuple[Agent, ...]]:
    """Return the agents that both have, in pairs, and those that only one has; of several alike the first pair."""
    waiting: dict[Key, list[Agent]] = defaultdict(list)
    for agent in reversed(list(before.values())):
        waiting[_key(agent, same_source=same_source)].append(agent)
    pairs, added = [], []
    for agent in after.values():
        alike = waiting[_key(agent, same_source=same_source)]
        if alike:
            pairs.append((alike.pop(), agent))
        else:
            added.append(agent)
    left = {agent.id for alike in waiting.values() for agent in alike}
    return pairs, tuple(agent for agent in before.values() if agent.id in left), tuple(added)


def _key(agent: Agent, *, same_source: bool) -> Key:
    if agent.opened is None:
        return (agent.id,)
    handoff = agent.opened.handoff
    whole = (handoff.sections, agent.opened.spans) if same_source else ()
    return handoff.goal, agent.opened.titles, whole
