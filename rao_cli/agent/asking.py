"""Ask the model for an agent, or for a run as a whole: within the budget, counted, and with progress events."""

from collections.abc import Callable

from rao_cli.agent.budget import Budget
from rao_cli.agent.events import AgentProgress, Emit, ModelCalled
from rao_cli.agent.node import Node, add_call
from rao_cli.agent.records import Usage
from rao_cli.engine.base import Completion, Engine, OnProgress, Progress, Request

PROGRESS_SECONDS = 0.2
"""Least time between two progress events of one agent, so that they never crowd out the others."""


class Asker:
    """Put requests of one run to its engine; ``usage`` tells what all of them cost together."""

    def __init__(self, engine: Engine, budget: Budget, emit: Emit) -> None:
        self.engine = engine
        self.budget = budget
        self.emit = emit
        self.usage = Usage()

    async def ask(self, node: Node, request: Request) -> Completion:
        """Ask for an agent, from what was set aside for it first. Raises BudgetError without tokens left."""
        if node.prepaid:
            node.prepaid.cancel()  # no await before the next line: nobody can take these tokens in between
        completion = await self._call(node.id, request, self._progress(node))
        node.charge(completion)
        return completion

    async def write(self, request: Request) -> Completion:
        """Ask for the run as a whole. Raises BudgetError when the tokens that it may take are not left."""
        return await self._call("", request)

    async def _call(self, agent: str, request: Request, on_progress: OnProgress | None = None) -> Completion:
        need = self.engine.count_prompt(request.messages) + request.max_tokens
        with self.budget.reserve(need) as reservation:
            completion = await self.engine.generate(request, on_progress)
            reservation.spend(completion.prompt_tokens + len(completion.tokens))
        self.usage = add_call(self.usage, completion)
        at = round(self.budget.elapsed, 4)
        self.emit(ModelCalled(at=at, agent=agent, request=request, completion=completion))
        return completion

    def _progress(self, node: Node) -> Callable[[Progress], None]:
        last = ("", 0.0)

        def report(progress: Progress) -> None:
            nonlocal last
            now = round(self.budget.elapsed, 4)
            if progress.phase != last[0] or now - last[1] >= PROGRESS_SECONDS:
                last = (progress.phase, now)
                self.emit(
                    AgentProgress(
                        at=now, agent=node.id, phase=progress.phase, done=progress.done, total=progress.total
                    )
                )

        return report
