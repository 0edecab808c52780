"""What ``rao ask`` and ``rao chat`` do with strategies: choose one, follow it, and count what came of it.

Only questions whose document has an outline are worked on by a strategy; where everything is to be read, none is.
"""

from collections.abc import Callable
from dataclasses import dataclass

from rao_cli.agent.events import ActionTaken, Event
from rao_cli.agent.policies import make_policy
from rao_cli.agent.policy import Policy
from rao_cli.agent.preparing import Prepared
from rao_cli.agent.records import RunResult, Task
from rao_cli.cli.folders import user_folders
from rao_cli.cli.options import AUTO_STRATEGY, NO_STRATEGY, Options
from rao_cli.cli.terminal import Notices
from rao_cli.errors import RaoError, UsageError
from rao_cli.strategies.library import Strategies
from rao_cli.strategies.matching import Choice, choose, unfit
from rao_cli.strategies.policy import StrategyPolicy
from rao_cli.strategies.records import Strategy
from rao_cli.strategies.shape import document_kind, shape_of
from rao_cli.strategies.standing import Outcome, model_of
from rao_cli.strategies.walk import AUDIT_DISAGREED
from rao_cli.text import one_line


def strategies(warn: Callable[[str], None] = lambda _: None) -> Strategies:
    """Return the user's strategies."""
    return Strategies(user_folders().strategies, warn)


@dataclass
class Following:
    """The strategy that a run follows, if any, and whether it has decided anything."""

    strategy: Strategy | None = None
    acted: bool = False

    @property
    def told(self) -> str:
        """Return its name and id, as a run keeps it; empty for none."""
        return self.strategy.label if self.strategy else ""

    def policy(self, task: Task, prepared: Prepared) -> Policy | None:
        """Return the policy that follows it; None is the usual one."""
        if self.strategy is None:
            return None
        return StrategyPolicy(self.strategy, make_policy(task, prepared), prepared.reading)

    def see(self, event: Event) -> None:
        """Note that the strategy has decided something, or was left."""
        if isinstance(event, ActionTaken) and (event.by == "strategy" or event.fell_back):
            self.acted = True

    def keep_outcome(self, result: RunResult, prepared: Prepared, notices: Notices) -> None:
        """Count what came of it; an answer is worth more than the record of how it was found."""
        outcome = outcome_of(result) if self.acted else None
        if self.strategy is None or outcome is None:
            return
        kind = document_kind(prepared.reading.document)
        try:
            strategies().record_outcome(self.strategy.id, model_of(prepared), kind, outcome)
        except RaoError as error:
            notices.warning(f"what came of the strategy {self.strategy.name} is not kept: {error.message}")


def outcome_of(result: RunResult) -> Outcome | None:
    """Return what came of a strategy that was followed; None where a run says nothing about it."""
    if result.fell_back == AUDIT_DISAGREED:
        return "failure"
    if result.fell_back:
        return "fallback"
    return "success" if result.status == "found" and result.verified else None


def check_strategy(wanted: str) -> None:
    """Refuse the name of a strategy that there is none of, or that was never tried. Raises UsageError."""
    if wanted not in (AUTO_STRATEGY, NO_STRATEGY):
        held = strategies().find(wanted)
        if held.standing == "quarantined":
            name = held.strategy.name
            raise UsageError(
                f"the strategy {name} is quarantined: {held.reason}",
                hint=f'rao strategies try {name} SOURCE "QUESTION" compares it with work without it',
            )


def follow(
    options: Options, task: Task, prepared: Prepared, notices: Notices, began: str | None = None
) -> Following:
    """Return the strategy that a task is worked on by; ``began`` is that of the run that is gone on with.

    Raises UsageError where the user named one that there is none of.
    """
    wanted = options.strategy
    if task.kind != "ask":
        return Following()
    if began is not None:
        return _as_before(began, notices)
    if wanted == NO_STRATEGY or task.thorough or not has_outline(task, prepared):
        if wanted not in (AUTO_STRATEGY, NO_STRATEGY):
            why = "everything is read" if task.thorough else "all of it fits one view"
            notices.line(f"the strategy {wanted} is not used: {why}")
        return Following()
    if wanted != AUTO_STRATEGY:
        return _named(wanted, task, prepared, notices)
    choice = _chosen(task, prepared, notices)
    if options.verbose:
        name = choice.strategy.name if choice.strategy else "none"
        notices.line(f"strategy: {name} ({choice.reason})")
    return Following(choice.strategy)


def _as_before(began: str, notices: Notices) -> Following:
    """Return the strategy that a run began with, so that what it did is not asked again."""
    if not began:
        return Following()
    try:
        return Following(strategies().find(began.rpartition(" ")[2]).strategy)
    except UsageError:
        notices.warning(
            f"this run began with the strategy {one_line(began, 60)}, which is not there any more; it goes on"
            " without one, and what that asks differently is asked again"
        )
        return Following()


def has_outline(task: Task, prepared: Prepared) -> bool:
    """Tell whether a document is longer than one view."""
    room = prepared.budget(task.question, prepared.known(task))
    root = prepared.reading.root
    return root.tokens > room or prepared.view((root,), room).kind == "outline"


def _named(wanted: str, task: Task, prepared: Prepared, notices: Notices) -> Following:
    held = strategies(notices.warning).find(wanted)
    doubt = unfit(held.strategy, task.question, shape_of(prepared.reading))
    if doubt:
        notices.warning(f"the strategy {held.strategy.name} is used as you say, but {doubt}")
    return Following(held.strategy)


def _chosen(task: Task, prepared: Prepared, notices: Notices) -> Choice:
    reading = prepared.reading
    return choose(
        task.question,
        shape_of(reading),
        strategies(notices.warning).all(),
        model=model_of(prepared),
        digest=reading.document.digest,
    )
