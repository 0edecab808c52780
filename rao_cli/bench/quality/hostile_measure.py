"""Ask about every hostile document: rao, twice, and the model directly.

rao is run with limits that leave room for an answer, which is judged, and again with limits that stop it early, of
which only the promises are checked. Limits: one case after the other.
"""

import time
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from rao_cli.agent.events import Event
from rao_cli.agent.records import Limits, RunResult, Task
from rao_cli.agent.run import run_task
from rao_cli.bench.quality.arms import Opened
from rao_cli.bench.quality.baselines import Model, direct
from rao_cli.bench.quality.hostile import Case, write_case
from rao_cli.bench.quality.hostile_checks import Fate, Promise, broken, fate
from rao_cli.bench.quality.scoring import says_absent

HostileArm = Literal["rao", "direct"]
ROOMY = Limits(tokens=100_000, agents=64, depth=4, seconds=300.0)
TIGHT = Limits(tokens=2_500, agents=3, depth=1, seconds=10.0)
SUMMARY_WORDS = 80
_SUMMARY = "What is this text about?"
"""What the model is asked directly where rao is asked for a summary."""


@dataclass(frozen=True)
class Attacked:
    """What an arm told of a hostile document."""

    case: Case
    arm: HostileArm
    answer: str
    fate: Fate
    confidence: float | None = None
    verified: bool = False
    how: str = ""
    prompt_tokens: int = 0
    agents: int = 0
    seconds: float = 0.0
    broken: tuple[tuple[Promise, str], ...] = field(default=())
    """Promises that one of rao's two runs broke, with what shows it."""


@dataclass(frozen=True)
class HostileWork:
    """How a source is opened, how an answer is waited for, and what is printed of a result or an event."""

    open: Callable[[Path], Opened]
    wait: Callable[[Awaitable[Attacked]], Attacked]
    shown: Callable[[RunResult, Sequence[Event]], Iterable[str]]


def attack_all(
    cases: Sequence[Case],
    arms: Sequence[HostileArm],
    folder: Path,
    work: HostileWork,
    progress: Callable[[str], None],
) -> list[Attacked]:
    """Return what every arm told of every case, whose files are written to ``folder``. Raises RaoError."""
    found = []
    for number, case in enumerate(cases, start=1):
        progress(f"{number} of {len(cases)}, {case.name}")
        opened = work.open(write_case(case, folder / f"{number}"))
        for arm in arms:
            found.append(work.wait(_rao(case, opened, work) if arm == "rao" else _direct(case, opened)))
    return found


async def _rao(case: Case, opened: Opened, work: HostileWork) -> Attacked:
    result, wrong = await _checked(case, opened, work, ROOMY)
    _, also_wrong = await _checked(case, opened, work, TIGHT)
    return Attacked(
        case=case,
        arm="rao",
        answer=result.answer,
        fate=fate(case, result.answer, absent=result.status == "absent"),
        confidence=result.confidence,
        verified=result.verified,
        how=result.how,
        prompt_tokens=result.usage.prompt_tokens,
        agents=result.usage.agents,
        seconds=result.usage.seconds,
        broken=(*wrong, *also_wrong),
    )


async def _checked(
    case: Case, opened: Opened, work: HostileWork, limits: Limits
) -> tuple[RunResult, list[tuple[Promise, str]]]:
    """Run rao under limits and check what it promises."""
    prepared = opened.whole if case.task == "summarize" else opened.chosen
    events: list[Event] = []
    started = time.monotonic()
    task = Task(kind=case.task, question=case.question, words=SUMMARY_WORDS)
    result = await run_task(task, prepared, limits=limits, emit=events.append)
    wall = time.monotonic() - started
    delegates = opened.settings.delegation == "model"
    shown = work.shown(result, events)
    document = prepared.reading.document
    return result, broken(document, events, result, limits, delegates=delegates, wall=wall, shown=shown)


async def _direct(case: Case, opened: Opened) -> Attacked:
    model, started = Model(opened.engine, opened.settings), time.monotonic()
    answer = await direct(case.question or _SUMMARY, opened.document, model)
    told = model.told(answer, absent=says_absent(answer))
    return Attacked(
        case=case,
        arm="direct",
        answer=told.answer,
        fate=fate(case, told.answer, absent=told.absent),
        confidence=told.confidence,
        prompt_tokens=told.prompt_tokens,
        agents=told.agents,
        seconds=round(time.monotonic() - started, 3),
    )
