"""Computed prompts kept in main memory, outside the cache that attention runs over.

Every cell in the cache is room that a running request lacks and slows reading down (4,096 idle ones by 16 % with
SmolLM2 on a CPU), so finished sequences leave it; copying a state of 500 tokens back takes a millisecond, where
computing it again takes one or two seconds. Limits: a bound in bytes, least recently used first out; those on disk
are elsewhere (states_on_disk.py).
"""

from dataclasses import dataclass
from typing import Any

from rao_cli.engine.prefix import PrefixTree


@dataclass(eq=False, slots=True)
class State:
    """The KV state of a token sequence, as llama.cpp wrote it."""

    tokens: list[int]
    data: bytes


class SavedStates:
    """States within a limit of bytes, entered in a tree where they are found by their tokens.

    ``cuttable`` says whether a longer state serves in place of its beginning.
    """

    def __init__(self, limit: int, tree: PrefixTree[Any], *, cuttable: bool = True) -> None:
        self._limit = limit
        self._tree = tree
        self._cuttable = cuttable
        self._states: dict[State, None] = {}  # least recently used first
        self.size = 0

    def __len__(self) -> int:
        """Return the number of states."""
        return len(self._states)

    def holds(self, tokens: list[int]) -> bool:
        """Tell whether these tokens can be had from a state."""
        return any(
            self._cuttable or len(state.tokens) == len(tokens)
            for state, shared in self._tree.matches(tokens)
            if isinstance(state, State) and shared == len(tokens)
        )

    def touch(self, state: State) -> None:
        """Mark a state as just used."""
        del self._states[state]
        self._states[state] = None

    def add(self, tokens: list[int], data: bytes) -> None:
        """Keep a state, drop those that it makes needless, and drop the oldest until all fit the limit."""
        for state, shared in list(self._tree.matches(tokens)):
            needless = self._cuttable or len(state.tokens) == len(tokens)
            if isinstance(state, State) and shared == len(state.tokens) and needless:
                self._drop(state)
        if len(data) > self._limit:
            return
        state = State(tokens, data)
        self._states[state] = None
        self._tree.add(tokens, state)
        self.size += len(data)
        while self.size > self._limit:
            self._drop(next(iter(self._states)))

    def clear(self) -> None:
        """Drop all states."""
        for state in list(self._states):
            self._drop(state)

    def _drop(self, state: State) -> None:
        del self._states[state]
        self._tree.remove(state)
        self.size -= len(state.data)
