"""The single agent, which RAO is compared with: the same policy, once, on what search ranks best.

It reads as many passages as its window holds, in the order of the text, and may not delegate.
"""

from rao_cli.agent.preparing import Prepared
from rao_cli.documents.model import Section

MOST = 64
"""Passages that are considered."""


def best_passages(prepared: Prepared, question: str) -> tuple[str, ...]:
    """Return the ids of the sections that a single agent is given: all of a text that it can read at once.

    Of a longer one it is those found best that it can; where nothing is found, all, of which it sees an outline.
    """
    room, root = prepared.budget(question), prepared.reading.root
    if prepared.view([root], room).kind == "text":
        return (root.id,)
    taken: list[Section] = []
    for leaf in prepared.reading.ranked(question, limit=MOST):
        together = sorted((*taken, leaf), key=lambda one: one.span.start)
        if prepared.view(together, room).kind != "text":
            break
        taken = together
    return tuple(section.id for section in taken) or (root.id,)
