"""Say how long a big run will take, and ask before it takes more than an hour.

Speeds are measured with one short request on the engine that will do the work; small plans skip it. Batching
makes real runs faster than one request at a time, so the estimate is on the safe side.
"""

import time
from dataclasses import dataclass

from rao_cli.agent.records import Plan
from rao_cli.cli.terminal import Streams, agrees, is_terminal
from rao_cli.engine.base import Engine, Message, Progress, Request
from rao_cli.errors import UsageError

BIG_PLAN = 100_000
"""Prompt tokens above which speeds are measured."""
LONGEST = 3600.0
"""Seconds that a run may be predicted to take without asking."""
_PROBE_WORDS = 256
_PROBE_OUTPUT = 16


@dataclass(frozen=True)
class Speed:
    """Tokens a second that the engine reads and writes."""

    reading: float
    writing: float

    def seconds(self, plan: Plan) -> float:
        """Return how long a plan takes at this speed."""
        return plan.prompt_tokens / self.reading + plan.output_tokens / self.writing


async def measure(engine: Engine) -> Speed:
    """Time one short request."""
    words = " ".join(f"word{number}" for number in range(_PROBE_WORDS))
    while engine.count_tokens(words) > engine.window // 2:
        words = words[: len(words) // 2]
    first: list[float] = []

    def on_progress(progress: Progress) -> None:
        if progress.phase == "writing" and not first:
            first.append(time.monotonic())

    start = time.monotonic()
    done = await engine.generate(Request((Message("user", (words,)),), _PROBE_OUTPUT), on_progress)
    end = time.monotonic()
    middle = first[0] if first else (start + end) / 2
    read = max(1, done.prompt_tokens - done.cached_tokens)
    return Speed(read / max(middle - start, 1e-6), max(1, len(done.tokens)) / max(end - middle, 1e-6))


def confirm(seconds: float, *, yes: bool, streams: Streams, stdin_used: bool) -> None:
    """Let a long run go on only if the user says so; raises UsageError otherwise.

    The question is asked on a terminal only, and never where standard input holds a source.
    """
    if seconds <= LONGEST or yes:
        return
    estimate = f"this will take about {duration(seconds)}"
    if stdin_used or not (is_terminal(streams.stdin) and is_terminal(streams.stderr)):
        raise UsageError(estimate, hint="use --yes to go on, or bound it with --max-seconds or --max-tokens")
    if not agrees(estimate, streams):
        raise UsageError("not started", hint="bound the run with --max-seconds or --max-tokens")


def duration(seconds: float) -> str:
    """Return a time in words, to the precision of an estimate."""
    if seconds < 120:
        return f"{seconds:.0f} seconds"
    if seconds < 2 * 3600:
        return f"{seconds / 60:.0f} minutes"
    if seconds < 48 * 3600:
        return f"{seconds / 3600:.1f} hours"
    return f"{seconds / 86400:,.0f} days"
