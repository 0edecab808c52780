"""Make strategies and have them followed, for the tests."""

import asyncio

from rao_cli.agent.policies import make_policy
from rao_cli.agent.preparing import Prepared
from rao_cli.agent.records import Limits, Task
from rao_cli.agent.run import run_task
from rao_cli.strategies.plan import Ask, Check, Combine, Plan, Select, Stop
from rao_cli.strategies.policy import StrategyPolicy
from rao_cli.strategies.records import Applies, Slot, Strategy
from tests.agent.helpers import Ran

QUESTION = Slot(name="question", type="question")
SUBJECT = Slot(name="subject", type="subject")
NAME = Slot(name="name", type="name")
INNER = Slot(name="inner", type="inner")
OUTER = Slot(name="outer", type="outer")


def stage(first: int, least: float = 0.2, **selector: object) -> tuple:
    """Return the operators that read the first few sections and stop where what they say is to be believed."""
    return (Select(first=first, **selector), Ask(), Combine(), Check(least=least), Stop())


def strategy(*operators: object, **changes: object) -> Strategy:
    """Return a strategy of some operators for looking facts up; it is never audited unless it is imported."""
    made = {
        "name": "look-up",
        "applies": Applies(classes=("fact",)),
        "slots": (QUESTION, SUBJECT, NAME, INNER, OUTER),
        "plan": Plan(operators=operators or stage(3)),
    }
    return Strategy(**{**made, **changes})


def follow(question: str, prepared: Prepared, followed: Strategy, *, audits: bool = True, **limits: object) -> Ran:
    """Run a question by a strategy and collect everything that happens."""
    events: list = []
    task = Task(question=question)
    policy = StrategyPolicy(followed, make_policy(task, prepared), prepared.reading, audits)
    prepared.engine.requests.clear()
    result = asyncio.run(
        run_task(
            task, prepared, limits=Limits(**limits), emit=events.append, policy=policy, strategy=followed.name
        )
    )
    return Ran(result, events, list(prepared.engine.requests))
