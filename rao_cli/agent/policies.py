"""Put a task's policy together from what the settings say of its model."""

from collections.abc import Callable, Sequence
from functools import partial

from rao_cli.agent.chaining import PartsFirst
from rao_cli.agent.computing import ComputeFirst
from rao_cli.agent.offering import found_lines
from rao_cli.agent.policy import ModelPolicy, Policy
from rao_cli.agent.preparing import LEAVES_AT_ONCE, Prepared, most_hits
from rao_cli.agent.records import Task
from rao_cli.agent.rules import ENOUGH_WEIGHED, ENOUGH_WRITTEN, RulesPolicy
from rao_cli.agent.summary.policy import SummaryPolicy
from rao_cli.agent.summary.telling import Telling
from rao_cli.agent.trained import TrainedPolicy
from rao_cli.agent.view import hit_lines
from rao_cli.agent.weighing import WeighingReader
from rao_cli.engine.base import Sampling


def make_policy(task: Task, prepared: Prepared, telling: Telling | None = None) -> Policy:
    """Return the policy that the settings ask for; where everything is to be read, nobody need choose.

    What is read for a summary is chosen by ``telling``, whatever the model.
    """
    settings, engine = prepared.settings, prepared.engine
    trusted = settings.delegation == "model"
    reader = ModelPolicy(
        engine.count_prompt,
        trusted,
        settings.output_tokens,
        settings.window,
        hit_lines=lambda hits, first: _shortened(
            hit_lines(prepared.reading, hits, first), engine.count_tokens, most_hits(settings.window)
        ),
    )
    if telling:
        return SummaryPolicy(reader, telling)
    if trusted and not task.thorough:
        return ComputeFirst(PartsFirst(trained_policy(prepared)) if settings.answers == "chosen" else reader)
    readers: dict[str, Policy] = {
        "written": reader,
        "weighed": WeighingReader(reader, engine.count_prompt, engine.count_tokens, settings.window),
        "chosen": trained_policy(prepared),
    }
    rules = _by_rules(readers[settings.answers], prepared)
    return ComputeFirst(rules if task.thorough else PartsFirst(rules))


def trained_policy(
    prepared: Prepared,
    pick: Callable[[Sequence[float]], int] | None = None,
    sampling: Sampling | None = None,
) -> TrainedPolicy:
    """Return the policy of a model that RAO trained; rollouts give a ``pick`` that takes actions by chance."""
    engine = prepared.engine
    return TrainedPolicy(
        engine.count_prompt,
        engine.count_tokens,
        prepared.settings.window,
        whole_tokens=LEAVES_AT_ONCE * prepared.reading.view_tokens,
        lines=partial(found_lines, prepared.reading),
        pick=pick,
        sampling=sampling or Sampling(),
    )


def _by_rules(reader: Policy, prepared: Prepared) -> RulesPolicy:
    return RulesPolicy(
        reader,
        whole_tokens=LEAVES_AT_ONCE * prepared.reading.view_tokens,
        enough=ENOUGH_WRITTEN if prepared.settings.answers == "written" else ENOUGH_WEIGHED,
    )


def _shortened(lines: list[str], count_tokens: Callable[[str], int], most: int) -> list[str]:
    """Return as many of the first lines as ``most`` tokens hold."""
    while lines and count_tokens("\n".join(lines)) > most:
        lines = lines[:-1]
    return lines
