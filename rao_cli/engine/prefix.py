"""A radix tree over tokens: who holds the longest beginning of a prompt, whoever asked for it.

Holders are running sequences and saved states; equal beginnings are stored once. Limits: one thread.
"""

from collections.abc import Iterator, Sequence
from typing import Generic, TypeVar

Holder = TypeVar("Holder")


class PrefixTree(Generic[Holder]):
    """Holders by their tokens; each holder is in the tree at most once."""

    def __init__(self) -> None:
        self._root: _Node[Holder] = _Node([], None)
        self._places: dict[Holder, _Node[Holder]] = {}

    def __len__(self) -> int:
        """Return the number of holders."""
        return len(self._places)

    def __contains__(self, holder: Holder) -> bool:
        """Tell whether a holder is in the tree."""
        return holder in self._places

    def add(self, tokens: Sequence[int], holder: Holder) -> None:
        """Note that a holder has, or is going to have, these tokens."""
        node, at = self._root, 0
        while at < len(tokens):
            child = node.children.get(tokens[at])
            if child is None:
                child = _Node(list(tokens[at:]), node)
                node.children[tokens[at]] = child
            same = common_prefix(child.label, tokens[at : at + len(child.label)])
            node, at = (child if same == len(child.label) else child.split(same)), at + same
        node.holders[holder] = None
        self._places[holder] = node

    def remove(self, holder: Holder) -> None:
        """Forget a holder; KeyError when it is not in the tree."""
        node = self._places.pop(holder)
        del node.holders[holder]
        while node.parent and not node.holders and not node.children:
            del node.parent.children[node.label[0]]
            node = node.parent
        node.join()

    def matches(self, tokens: Sequence[int]) -> Iterator[tuple[Holder, int]]:
        """Yield all holders that share leading tokens, with how many, those that share most first.

        The tree must not change meanwhile.
        """
        path = self._path(tokens)
        done: _Node[Holder] | None = None
        for node, shared in reversed(path):
            for holder in node.below(done):
                yield holder, shared
            done = node

    def _path(self, tokens: Sequence[int]) -> "list[tuple[_Node[Holder], int]]":
        """Return the nodes along some tokens, each with how many tokens all below it share with them."""
        path: list[tuple[_Node[Holder], int]] = []
        node, at = self._root, 0
        while at < len(tokens) and (child := node.children.get(tokens[at])):
            same = common_prefix(child.label, tokens[at : at + len(child.label)])
            at += same
            path.append((child, at))
            if same < len(child.label):
                break
            node = child
        return path


class _Node(Generic[Holder]):
    """Tokens that follow those of the parent; every leaf has a holder, and every fork two ways or a holder."""

    __slots__ = ("children", "holders", "label", "parent")

    def __init__(self, label: list[int], parent: "_Node[Holder] | None") -> None:
        self.label = label
        self.parent = parent
        self.children: dict[int, _Node[Holder]] = {}
        self.holders: dict[Holder, None] = {}

    def split(self, length: int) -> "_Node[Holder]":
        """Cut the label in two; return the new node that has its beginning."""
        upper = _Node(self.label[:length], self.parent)
        if self.parent:
            self.parent.children[self.label[0]] = upper
        self.label, self.parent = self.label[length:], upper
        upper.children[self.label[0]] = self
        return upper

    def join(self) -> None:
        """Become one with the only child, where nobody ends here."""
        if self.parent and not self.holders and len(self.children) == 1:
            (child,) = self.children.values()
            child.label = self.label + child.label
            child.parent = self.parent
            self.parent.children[self.label[0]] = child

    def below(self, but: "_Node[Holder] | None") -> Iterator[Holder]:
        """Yield the holders here and further down, but those of one branch."""
        stack = [self]
        while stack:
            node = stack.pop()
            yield from node.holders
            stack.extend(child for child in node.children.values() if child is not but)


def common_prefix(first: Sequence[int], second: Sequence[int]) -> int:
    """Return the length of the longest common prefix."""
    length = min(len(first), len(second))
    if first[:length] == second[:length]:
        return length
    return next(i for i in range(length) if first[i] != second[i])
