"""Make events and kept runs for the tests of what looks at them."""

from rao_cli.agent.events import (
    ActionTaken,
    AgentClosed,
    AgentOpened,
    BudgetHit,
    ModelCalled,
    RunFinished,
    RunStarted,
)
from rao_cli.agent.records import Coverage, Handoff, Report, RunResult, Task, Usage
from rao_cli.engine.base import Completion, Message, Request, Token
from rao_cli.runs.library import Library
from rao_cli.runs.records import Kept

RUN = "20260101-000000-abcdef"


def opened(agent, at=0.0, **changes):
    """Return the event of an agent that was opened."""
    given = {
        "parent": agent.rpartition(".")[0],
        "depth": agent.count("."),
        "handoff": Handoff(goal=f"goal of {agent}", sections=("0.1",)),
        "titles": ("Part",),
        "location": "a.txt:1",
        "view": "text",
    }
    return AgentOpened(at=at, agent=agent, **{**given, **changes})


def closed(agent, at=1.0, status="found", **changes):
    """Return the event of an agent that reported."""
    return AgentClosed(
        at=at, agent=agent, report=Report(status=status, **changes), usage=Usage(prompt_tokens=7, agents=1)
    )


def called(agent, at=0.5, prompt=10, text="ab"):
    """Return the event of a call that wrote two tokens."""
    request = Request((Message("user", ("view", "question")),), 8)
    tokens = tuple(Token(one, -0.25) for one in text)
    return ModelCalled(at=at, agent=agent, request=request, completion=Completion(text, tokens, prompt, 4, "stop"))


def acted(agent, at=0.6, step=1, **changes):
    """Return the event of an action."""
    given = {"action": {"action": "absent"}, "by": "model", "usage": Usage()}
    return ActionTaken(at=at, agent=agent, step=step, **{**given, **changes})


def hit(agent, at=0.7):
    """Return the event of a limit that was reached."""
    return BudgetHit(at=at, agent=agent, limit="tokens", message="no tokens left")


def started(run=RUN, **changes):
    """Return the first event of a run."""
    told = {"question": "who?", "document": "a.txt", "digest": "d", "sections": 3, "tokens": 90, "model": "m"}
    return RunStarted(at=0.0, run=run, task="ask", window=2048, **{**told, **changes})


def finished(run=RUN, **changes):
    """Return the last event of a run."""
    told = {
        "task": "ask",
        "question": "who?",
        "status": "found",
        "answer": "me",
        "citations": (),
        "verified": True,
        "confidence": 0.5,
        "limits_hit": (),
        "coverage": Coverage(sections_read=1, sections_total=3, tokens_read=30, tokens_total=90),
        "usage": Usage(prompt_tokens=10, output_tokens=2, agents=1),
        "agents": (),
        "model": "m",
    }
    return RunFinished(at=2.0, result=RunResult(run=run, **{**told, **changes}))


def kept(run=RUN):
    """Return what a run was asked."""
    return Kept(
        run=run,
        started="2026-01-01T00:00:00+00:00",
        version="0",
        task=Task(question="who?"),
        sources=("a.txt",),
        folder="/",
        options={},
        identity="m",
        key="k",
    )


def make(folder, run=RUN, events=(), **changes):
    """Keep a run and return its library."""
    runs = Library(folder)
    with runs.begin(kept(run).model_copy(update=changes)) as file:
        if events:
            file.add(1, events)
    return runs
