"""Which passages agents read for a summary: those around what is likely to be told, or everything."""

from bisect import bisect_right
from collections.abc import Iterator, Sequence

from rao_cli.agent.reading import Reading
from rao_cli.agent.summary.model import Choice
from rao_cli.documents.model import Section

Group = tuple[Section, ...]

FEWEST_WORDS = 5
"""Words of the shortest sentence that is told."""

MOST_READINGS = 256
"""Passages that are read where not everything is; no sentence is told without words, so few words need few."""
MOST_GROUPS = 32
"""Agents that the root opens; each reads the passages of one part, or of several neighbours."""


def most_passages(words: int) -> int:
    """Return how many passages are read at most for a summary of so many words."""
    return min(MOST_READINGS, max(1, words // FEWEST_WORDS))


def leaf_at(reading: Reading, at: int) -> Section:
    """Return the leaf that holds a place in the text."""
    section = reading.opened(reading.root)
    while section.children:
        number = bisect_right(section.children, at, key=lambda child: child.span.start) - 1
        section = reading.opened(section.children[max(0, number)])
    return section


def passages(reading: Reading, choice: Choice) -> list[Group]:
    """Return the leaves that hold what was chosen, those of one part together, each once."""
    return _gathered(list(_by_topic(reading, choice)))


def everything(reading: Reading) -> list[Group]:
    """Return the whole source, each of its parts as a group."""
    parts = reading.root.children or (reading.root,)
    return _gathered([(part,) for part in parts])


def _by_topic(reading: Reading, choice: Choice) -> Iterator[Group]:
    seen: set[str] = set()
    for told in choice.told:
        places = [one.spans[0].start for one in told.statements if not one.computed and one.spans]
        leaves = {leaf.id: leaf for leaf in (leaf_at(reading, at) for at in places) if leaf.id not in seen}
        if len(seen) + len(leaves) > MOST_READINGS:
            return
        seen.update(leaves)
        if leaves:
            yield tuple(leaves.values())


def _gathered(groups: Sequence[Group]) -> list[Group]:
    """Join neighbouring groups until there are few enough."""
    size = -(-len(groups) // MOST_GROUPS)
    runs = (groups[at : at + size] for at in range(0, len(groups), size or 1))
    return [tuple(section for group in run for section in group) for run in runs]
