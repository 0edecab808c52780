"""Computed prompts kept in main memory, outside the cache that attention runs over.

Every cell in the cache is room that a running request lacks and slows reading down (4,096 idle ones by 16 % with
SmolLM2 on a CPU), so finished sequences leave it; copying a state of 500 tokens back takes a millisecond, where
computing it again takes one or two seconds. Limits: a bound in bytes, least recently used first out; nothing is
written to disk.
"""

from dataclasses import dataclass


@dataclass(eq=False, slots=True)
class State:
    """The KV state of a token sequence, as llama.cpp wrote it."""

    tokens: list[int]
    data: bytes


class SavedStates:
    """States by their tokens, found by the longest common prefix."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._states: list[State] = []  # least recently used first
        self.size = 0

    def __len__(self) -> int:
        """Return the number of states."""
        return len(self._states)

    def find(self, prompt: list[int]) -> tuple[State | None, int]:
        """Return the state that shares most leading tokens with a prompt, and how many."""
        best: tuple[State | None, int] = (None, 0)
        for state in self._states:
            length = common_prefix(state.tokens, prompt)
            if length > best[1]:
                best = (state, length)
        return best

    def holds(self, tokens: list[int]) -> bool:
        """Tell whether a state starts with all of these tokens."""
        return any(common_prefix(state.tokens, tokens) == len(tokens) for state in self._states)

    def touch(self, state: State) -> None:
        """Mark a state as just used."""
        self._states.remove(state)
        self._states.append(state)

    def add(self, tokens: list[int], data: bytes) -> None:
        """Keep a state, drop those it continues, and drop the oldest until all fit the limit."""
        for state in [s for s in self._states if common_prefix(s.tokens, tokens) == len(s.tokens)]:
            self._drop(state)
        if len(data) > self._limit:
            return
        self._states.append(State(tokens, data))
        self.size += len(data)
        while self.size > self._limit:
            self._drop(self._states[0])

    def clear(self) -> None:
        """Drop all states."""
        self._states.clear()
        self.size = 0

    def _drop(self, state: State) -> None:
        self._states.remove(state)
        self.size -= len(state.data)


def common_prefix(first: list[int], second: list[int]) -> int:
    """Return the length of the longest common prefix."""
    length = min(len(first), len(second))
    if first[:length] == second[:length]:
        return length
    return next(i for i in range(length) if first[i] != second[i])
