"""Event streams as a run would emit them, of any size, and records with any text in them."""

import random

from hypothesis import strategies as st

from rao_cli.agent.events import (
    ActionTaken,
    AgentClosed,
    AgentOpened,
    AgentProgress,
    BudgetHit,
    RunFinished,
    RunStarted,
)
from rao_cli.agent.records import AgentSummary, Citation, Coverage, Handoff, Report, RunResult, Usage

QUESTION = "How is it reset?"
FORBIDDEN = {chr(code) for code in (*range(32), *range(0x7F, 0xA0))} - {"\n", "\t"}
FORBIDDEN |= {chr(code) for code in (0x200E, 0x202E, 0x2066, 0x2028, 0x200B, 0xFEFF, 0xE0041, 0xD800)}
nasty = st.text(st.sampled_from([*sorted(FORBIDDEN), "\n", "a", "é", "日", "[", "]", "/", "\\", '"']), max_size=30)


def started(**changes):
    """Return a first event."""
    values = {"at": 0.0, "run": "r1", "task": "ask", "question": QUESTION, "document": "manual.pdf", "digest": "d"}
    return RunStarted(**{**values, "sections": 9, "tokens": 4000, "model": "tiny:1:2", "window": 2048, **changes})


def opened(agent, parent="", **changes):
    """Return an agent's first event."""
    handoff = Handoff(goal=changes.pop("goal", QUESTION), sections=("s",))
    values = {"at": 0.0, "agent": agent, "parent": parent, "depth": agent.count("."), "handoff": handoff}
    values |= {"titles": (f"Section {agent}",), "location": "manual.pdf p. 3", "view": "text"}
    return AgentOpened(**{**values, **changes})


def progress(agent, phase="reading", done=50, total=100, at=1.0):
    """Return an agent's progress."""
    return AgentProgress(at=at, agent=agent, phase=phase, done=done, total=total)


def acted(agent, tokens=10, at=1.0):
    """Return an agent's action."""
    return ActionTaken(
        at=at, agent=agent, step=1, action={"action": "absent"}, by="model", usage=Usage(prompt_tokens=tokens)
    )


def closed(agent, status="found", at=2.0, tokens=700, answer="press it", reason=""):
    """Return an agent's last event."""
    report = Report(status=status, answer=answer if status == "found" else "", reason=reason)
    return AgentClosed(at=at, agent=agent, report=report, usage=Usage(prompt_tokens=tokens, agents=1))


def limit(name="tokens"):
    """Return a limit that was reached."""
    return BudgetHit(at=1.0, agent="1", limit=name, message="no tokens left")


def citation(**changes):
    """Return a citation."""
    values = {"path": "manual.pdf", "start": 5, "end": 20, "first_page": 12, "last_page": 12}
    return Citation(
        **{**values, "quote": "Press the button.", "verified": True, "label": "manual.pdf p. 12", **changes}
    )


def result(**changes):
    """Return what a run returns."""
    summary = AgentSummary(
        id="1",
        parent="",
        depth=0,
        goal=QUESTION,
        sections=("manual.pdf",),
        location="manual.pdf",
        view="text",
        status="found",
        answer="Press it.",
        tokens=9,
        seconds=1.0,
    )
    values = {
        "run": "r1",
        "task": "ask",
        "question": QUESTION,
        "status": "found",
        "answer": "Press it.",
        "citations": (citation(),),
        "verified": True,
        "confidence": 0.9,
        "limits_hit": (),
        "coverage": Coverage(sections_read=3, sections_total=9, tokens_read=100, tokens_total=4000),
        "usage": Usage(prompt_tokens=1200, output_tokens=34, agents=5, depth=2, seconds=12.34),
        "agents": (summary,),
        "model": "tiny:1:2",
    }
    return RunResult(**{**values, **changes})


def a_run(leaves, branch=12, parallel=4):
    """Yield the events of a three-level run, as many leaves at work at a time as ``parallel`` says."""
    chance = random.Random(1)
    at = 0.0
    yield started()
    yield opened("1", view="outline")
    waiting = []
    for group in range(1, max(1, leaves // branch) + 1):
        yield opened(f"1.{group}", "1", view="outline")
        for leaf in range(1, branch + 1):
            waiting.append(f"1.{group}.{leaf}")
            yield opened(waiting[-1], f"1.{group}")
    left = {f"1.{group}": branch for group in range(1, max(1, leaves // branch) + 1)}
    working = []
    while waiting or working:
        while waiting and len(working) < parallel:
            working.append(waiting.pop(0))
        at += 0.1
        agent = working.pop(chance.randrange(len(working)))
        yield progress(agent, "reading", 350, 700, at)
        yield progress(agent, "writing", 5, 64, at)
        yield closed(agent, chance.choice(["found", "absent", "absent", "failed"]), at)
        parent = agent.rpartition(".")[0]
        left[parent] -= 1
        if not left[parent]:
            yield closed(parent, "absent", at)
    yield closed("1", "found", at)
    yield RunFinished(at=at, result=result())
