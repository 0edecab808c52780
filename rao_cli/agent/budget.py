"""Hard limits for a whole tree of agents: means are reserved before they are used.

An agent is opened, and a model call made, only when the limit still covers the worst it can cost; what was not
used goes back. All methods run on one event loop, so no lock is needed. Time is the caller's to enforce, by the
deadline given here.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass, field

from rao_cli.agent.records import Limits
from rao_cli.errors import BudgetError, Limit


@dataclass
class Reservation:
    """Tokens set aside for one use; until ``spend`` says otherwise, all of them count as used.

    So a call that is cancelled or fails half-way can never make a tree look cheaper than it was.
    """

    budget: "Budget"
    tokens: int
    spent: int
    open: bool = True

    def spend(self, tokens: int) -> None:
        """Record the true cost, never more than was reserved."""
        self.spent = min(tokens, self.tokens)

    def close(self) -> None:
        """Give back what was not spent; closing twice does nothing."""
        if self.open:
            self.open = False
            self.budget.tokens_reserved -= self.tokens
            self.budget.tokens_spent += self.spent

    def cancel(self) -> None:
        """Give everything back: the call was never made."""
        self.spend(0)
        self.close()

    def __enter__(self) -> "Reservation":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


@dataclass
class Budget:
    """What a tree may still use. ``hits`` names the limits that refused something, in order."""

    limits: Limits
    clock: Callable[[], float] = time.monotonic
    tokens_spent: int = 0
    tokens_reserved: int = 0
    agents: int = 0
    depth: int = 0
    hits: list[Limit] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.started = self.clock()

    @property
    def elapsed(self) -> float:
        """Return seconds since the budget was made."""
        return self.clock() - self.started

    @property
    def tokens_left(self) -> int | None:
        """Return tokens neither spent nor reserved; None when there is no limit."""
        if self.limits.tokens is None:
            return None
        return self.limits.tokens - self.tokens_spent - self.tokens_reserved

    def check_time(self) -> None:
        """Raise BudgetError when the time is over, which a timer tells late where no agent ever waits."""
        if self.limits.seconds is not None and self.elapsed >= self.limits.seconds:
            raise self._refuse("seconds", "the time of --max-seconds is over")

    def check_agent(self, depth: int, count: int = 1) -> None:
        """Raise BudgetError when ``count`` more agents from ``depth`` on are not allowed; takes nothing."""
        self.check_time()
        self.check_depth(depth)
        if not self.has_agents(count):
            raise self._refuse("agents", f"--max-agents {self.limits.agents} leaves no agent for the next part")

    def has_agents(self, count: int = 1) -> bool:
        """Tell whether ``count`` more agents may be opened."""
        return self.limits.agents is None or self.agents + count <= self.limits.agents

    def check_depth(self, depth: int) -> None:
        """Raise BudgetError when no agent may be as deep as ``depth``."""
        if depth > self.limits.depth:
            raise self._refuse("depth", f"an agent at depth {depth} would exceed --max-depth {self.limits.depth}")

    def take_agent(self, depth: int) -> None:
        """Count one more agent at ``depth``. Raises BudgetError like ``check_agent``."""
        self.check_agent(depth)
        self.agents += 1
        self.depth = max(self.depth, depth)

    def reserve(self, tokens: int) -> Reservation:
        """Set tokens aside for one call; raises BudgetError when they are not there."""
        self.check_time()
        left = self.tokens_left
        if left is not None and tokens > left:
            raise self._refuse("tokens", f"the next step needs {tokens:,} tokens, --max-tokens leaves {left:,}")
        self.tokens_reserved += tokens
        return Reservation(self, tokens, spent=tokens)

    def hit(self, limit: Limit) -> None:
        """Record that a limit stopped something."""
        if limit not in self.hits:
            self.hits.append(limit)

    def _refuse(self, limit: Limit, message: str) -> BudgetError:
        self.hit(limit)
        return BudgetError(limit, message)
