"""The prefix tree against a plain list of everything in it."""

from hypothesis import given
from hypothesis import strategies as st

from rao_cli.engine.prefix import PrefixTree, _Node, common_prefix

TOKENS = st.lists(st.integers(0, 2), max_size=8)


@given(TOKENS, TOKENS)
def test_common_prefix_is_longest(first: list[int], second: list[int]) -> None:
    """The prefix is common, and one more token would not be."""
    n = common_prefix(first, second)
    assert first[:n] == second[:n]
    assert n == min(len(first), len(second)) or first[n] != second[n]


@given(st.lists(st.tuples(TOKENS, st.booleans()), max_size=40), TOKENS)
def test_matches_are_those_of_a_plain_list(changes: list[tuple[list[int], bool]], asked: list[int]) -> None:
    """After any additions and removals all holders are found with what they share, most first."""
    tree: PrefixTree[int] = PrefixTree()
    held: dict[int, list[int]] = {}
    for number, (tokens, add) in enumerate(changes):
        if add or not held:
            tree.add(tokens, number)
            held[number] = tokens
        else:
            gone = next(iter(held))
            tree.remove(gone)
            del held[gone]
        assert well_formed(tree._root)
    found = list(tree.matches(asked))
    plain = {number: n for number, tokens in held.items() if (n := common_prefix(tokens, asked))}
    assert dict(found) == plain
    assert len(found) == len(plain)
    assert [shared for _, shared in found] == sorted(plain.values(), reverse=True)
    assert all(number in tree for number in held)


def well_formed(root: _Node[int]) -> bool:
    """Tell whether no node is needless and all links agree."""
    stack = [root]
    while stack:
        node = stack.pop()
        for first, child in node.children.items():
            needless = not child.holders and len(child.children) < 2
            if child.parent is not node or child.label[0] != first or needless:
                return False
        stack.extend(node.children.values())
    return True


def test_the_check_above_can_fail() -> None:
    """A node that nobody needs is noticed."""
    root: _Node[int] = _Node([], None)
    root.children[1] = _Node([1], root)
    assert not well_formed(root)


def test_changing_the_list_afterwards_changes_nothing() -> None:
    """The tree keeps its own copy of the tokens."""
    tree: PrefixTree[str] = PrefixTree()
    tokens = [1, 2, 3]
    tree.add(tokens, "a")
    tokens[1] = 9
    assert list(tree.matches([1, 2, 3])) == [("a", 3)]


def test_removed_holder_is_forgotten() -> None:
    """A holder that was removed is neither found nor in the tree, and its branch is gone."""
    tree: PrefixTree[str] = PrefixTree()
    tree.add([1, 2], "a")
    tree.add([1, 3], "b")
    tree.remove("a")
    assert (list(tree.matches([1, 2])), "a" in tree, len(tree)) == ([("b", 1)], False, 1)


def test_a_thousand_long_texts_are_searched_in_no_time() -> None:
    """Texts that share a long beginning store it once: the tree holds far fewer tokens than its holders."""
    tree: PrefixTree[int] = PrefixTree()
    for number in range(1000):
        tree.add([7] * 1000 + [number], number)
    nodes, tokens = [tree._root], 0
    while nodes:
        node = nodes.pop()
        tokens += len(node.label)
        nodes.extend(node.children.values())
    assert tokens == 2000
    assert next(tree.matches([7] * 1000 + [500])) == (500, 1001)
