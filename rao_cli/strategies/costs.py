"""What calls of a model cost: tokens, pairs of tokens that attended to each other, and operations.

Every token counts as computed, whether or not an engine had it from before: a cost does not depend on who asked
first. Operations are those of a forward pass, 2 for each parameter and token, and in attention 4 for each layer,
unit of its width and pair of tokens (Kaplan et al., arXiv 2001.08361, section 2.1). Limits: parameters of the
embedding are counted with the others.
"""

from dataclasses import dataclass

from rao_cli.agent.records import Record
from rao_cli.engine.base import Completion, OnProgress, Request
from rao_cli.engine.keeping import KeepingEngine


class Spent(Record):
    """What something cost a model."""

    prompt_tokens: int = 0
    output_tokens: int = 0
    pairs: int = 0
    """Pairs of tokens that attended to each other."""

    @property
    def tokens(self) -> int:
        """Return the tokens that were read and written."""
        return self.prompt_tokens + self.output_tokens

    def __add__(self, other: "Spent") -> "Spent":
        """Return what both cost."""
        return Spent(
            prompt_tokens=self.prompt_tokens + other.prompt_tokens,
            output_tokens=self.output_tokens + other.output_tokens,
            pairs=self.pairs + other.pairs,
        )


NOTHING = Spent()


def cost_of(completion: Completion) -> Spent:
    """Return what a call costs where nothing was computed before."""
    length = completion.prompt_tokens + len(completion.tokens)
    return Spent(
        prompt_tokens=completion.prompt_tokens,
        output_tokens=len(completion.tokens),
        pairs=length * (length + 1) // 2,
    )


@dataclass(frozen=True)
class Size:
    """How large a model is."""

    parameters: int
    layers: int
    width: int
    """Of what attention compares, all heads of a layer together."""

    def operations(self, spent: Spent) -> float:
        """Return how many floating-point operations something took."""
        return 2.0 * self.parameters * spent.tokens + 4.0 * self.layers * self.width * spent.pairs


class CountingEngine(KeepingEngine):
    """Count what calls of an engine cost, in ``spent``."""

    spent = NOTHING

    async def generate(self, request: Request, on_progress: OnProgress | None = None) -> Completion:
        """Ask the engine; raises what it raises."""
        completion = await self._engine.generate(request, on_progress)
        self.spent += cost_of(completion)
        return completion
