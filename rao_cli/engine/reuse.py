"""Where the beginning of a prompt can be had from, and what is kept for those to come.

Running sequences, states in main memory and states on disk are asked in this order of cost; whichever has most of
the prompt serves. A model with a sliding window forgets the middle of a long sequence, so there a sequence longer
than the window serves as a whole or not at all. Limits: one thread.
"""

from collections.abc import Sequence as Tokens
from dataclasses import dataclass
from typing import Protocol

from rao_cli.engine.memory import Memory
from rao_cli.engine.native import Model
from rao_cli.engine.prefix import PrefixTree
from rao_cli.engine.states import SavedStates, State
from rao_cli.engine.writing import Sequence


class Files(Protocol):
    """States on disk, as rao_cli/engine/states_on_disk.py keeps them."""

    def get(self, tokens: Tokens[int]) -> bytes | None:
        """Return the state of exactly these tokens, or None."""
        ...

    def put(self, tokens: Tokens[int], data: bytes, seconds: float) -> None:
        """Keep the state of these tokens, which took so long to compute."""
        ...

    def holds(self, tokens: Tokens[int]) -> bool:
        """Tell whether there is a state of exactly these tokens."""
        ...

    def close(self) -> None:
        """Finish writing."""
        ...


@dataclass(frozen=True, slots=True)
class Offer:
    """A beginning that can be had: so many tokens, from a sequence or state; ``soon`` when more is being read."""

    source: Sequence | State | None = None
    length: int = 0
    soon: bool = False

    @property
    def stored(self) -> int:
        """Return how many of its cells are taken already."""
        return self.length if isinstance(self.source, Sequence) else 0


class Reuse:
    """The tree of what is computed or being computed, and the states beside it."""

    def __init__(
        self, model: Model, memory: Memory, *, saved_bytes: int, files: Files | None, on: bool = True
    ) -> None:
        self._memory = memory
        self._window = model.sliding_window
        self._files = files
        self._on = on and model.can_share
        self._spare = memory.take()
        self.tree: PrefixTree[Sequence | State] = PrefixTree()
        self.saved = SavedStates(saved_bytes, self.tree, cuttable=not self._window)

    def find(self, goal: list[int]) -> Offer:
        """Return the longest beginning that can be had now, but the last token; say if more is being read."""
        best, soon = Offer(), 0
        most = len(goal) - 1
        for holder, shared in self.tree.matches(goal) if self._on else ():
            length = min(shared, most)
            if length < best.length or (length == best.length and best.stored):
                break
            if isinstance(holder, Sequence) and holder.reading and self._exact(len(holder.job.prompt), length):
                soon = max(soon, min(length, len(holder.job.prompt)))
            there = holder.done if isinstance(holder, Sequence) else len(holder.tokens)
            length = min(length, there)
            offer = Offer(holder, length)
            if (length, offer.stored) > (best.length, best.stored) and self._exact(there, length):
                best = offer
        return Offer(best.source, best.length, soon=soon > best.length)

    def _exact(self, there: int, length: int) -> bool:
        """Tell whether the first tokens of a longer sequence still have all that the next one looks at."""
        return not self._window or there < self._window or length == there

    def start(self, sequence: Sequence, offer: Offer) -> None:
        """Give a new sequence what was offered, or what is on disk where that is more, and note its goal."""
        boundary = sequence.job.boundary
        if self._on and self._files and offer.length < boundary < len(sequence.run.goal):
            prompt = sequence.job.prompt[:boundary]
            data = self._files.get(prompt)
            sequence.from_disk = bool(data and self._memory.load(sequence.number, data, boundary))
        sequence.done = boundary if sequence.from_disk else self._take(sequence.number, offer)
        sequence.started = sequence.done
        self.tree.add(sequence.run.goal, sequence)

    def _take(self, number: int, offer: Offer) -> int:
        if isinstance(offer.source, Sequence):
            self._memory.share(offer.source.number, number, offer.length)
            return offer.length
        if offer.source and self._memory.load(number, offer.source.data, len(offer.source.tokens)):
            self.saved.touch(offer.source)
            self._memory.cut(number, offer.length)
            return offer.length
        return 0

    def most(self, sequence: Sequence) -> int:
        """Return how many tokens of a sequence may be computed at once, so that what will be kept is there."""
        left = sequence.job.boundary - sequence.done
        return left if self._window and self._on and left > 0 else sequence.pending

    def read(self, sequence: Sequence, before: int) -> None:
        """Keep the part of a prompt that will come again, once a batch has read past its end."""
        boundary = sequence.job.boundary
        if not self._on or not before < boundary <= sequence.done or not (self._files or self._window):
            return
        prompt = sequence.job.prompt[:boundary]
        wanted = bool(self._files and not self._files.holds(prompt))
        if not wanted and not self._window:
            return
        self._memory.share(sequence.number, self._spare, boundary)
        data = self._memory.save(self._spare)
        self._memory.cut(self._spare)
        if data and self._window and not self.saved.holds(prompt):
            self.saved.add(prompt, data)
        if data and wanted and self._files:
            per_token = sequence.seconds / (sequence.done - sequence.started)
            self._files.put(prompt, data, per_token * boundary)

    def end(self, sequence: Sequence, *, keep: bool) -> None:
        """Forget a sequence; with ``keep`` copy its state to main memory, where it has something new."""
        self.tree.remove(sequence)
        tokens = sequence.tokens
        if keep and self._on and sequence.done > sequence.started and not self.saved.holds(tokens):
            data = self._memory.save(sequence.number)
            if data:
                self.saved.add(tokens, data)

    def close(self) -> None:
        """Forget every state."""
        self.saved.clear()
