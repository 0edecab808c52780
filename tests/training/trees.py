"""Trees of rollouts, made up: what the tests of credit share."""

import pytest
from hypothesis import strategies as st

from rao_cli.training.credit import CreditSettings
from rao_cli.training.samples import NodeRollout, Sample, TreeRollout

PLAIN = CreditSettings(bonus=0)


def close(values):
    """Compare to a millionth."""
    return pytest.approx(values, abs=1e-6)


def decision(tokens=1):
    """Return a written action of some tokens."""
    return Sample((1, 2), ((3,) * tokens,), 0, (-0.5,) * tokens)


def node(parent, depth, score, *samples, **fields):
    """Return a node; without samples it has one of one token."""
    return NodeRollout(parent, depth, score, samples or (decision(),), **fields)


def root(score, **fields):
    """Return a root."""
    return node(-1, 0, score, **fields)


def tree(*nodes, episode="e"):
    """Return a tree."""
    return TreeRollout(episode, nodes)


def published(*tokens):
    """Return the three trees of the worked example (r1 a b c, r2 d, r3), with samples of some tokens each."""
    r1, a, b, c, r2, d, r3 = tokens or [(1,)] * 7
    each = [[decision(count) for count in counts] for counts in (r1, a, b, c, r2, d, r3)]
    return [
        tree(node(-1, 0, 1, *each[0]), node(0, 1, 1, *each[1]), node(0, 1, 0, *each[2]), node(1, 2, 1, *each[3])),
        tree(node(-1, 0, 0, *each[4]), node(0, 1, 1, *each[5])),
        tree(node(-1, 0, 0, *each[6])),
    ]


SCORE = st.sampled_from([0.0, 0.25, 0.5, 1.0])


@st.composite
def trees(draw):
    """Draw a tree of up to six nodes."""
    nodes = [root(draw(SCORE), finished=draw(st.booleans()))]
    for place in range(draw(st.integers(0, 5))):
        parent = draw(st.integers(0, place))
        samples = [decision(count) for count in draw(st.lists(st.integers(1, 3), min_size=1, max_size=3))]
        failed = frozenset(draw(st.sets(st.integers(0, len(samples) - 1))))
        flags = {"finished": draw(st.booleans()), "counted": draw(st.booleans())}
        nodes.append(node(parent, nodes[parent].depth + 1, draw(SCORE), *samples, failed_steps=failed, **flags))
    return tree(*nodes)


GROUPS = st.lists(st.lists(trees(), min_size=1, max_size=4), max_size=3)
