"""Choose which sections of a tree to show, so that people and programs see the same ones.

Without a depth the tree is opened level by level, the largest sections first, as long as all parts of a section
fit into the rows that are left; only a section with most of the text is opened in part. Parts that are not shown
are counted, never dropped silently.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from rao_cli.documents.model import Section

# Rows from which a section that does not fit whole is opened in part.
_WORTH_OPENING = 4


@dataclass(frozen=True, slots=True)
class Shown:
    """A section that is shown."""

    section: Section
    title: str
    """Its title, without the path of the folder that it is shown in."""
    depth: int
    """1 for the parts of the whole."""
    hidden: int
    """How many of its titled parts are not shown."""
    last: bool
    """Nothing of its parent is shown or counted below it."""


def choose(root: Section, rows: int, depth: int | None = None) -> list[Shown]:
    """Return the sections to show below ``root``, and first the root itself with depth 0, in text order.

    ``rows`` is how many to show at most where no depth is given; a depth shows every section down to it.
    """
    limits = _all_to(root, depth) if depth is not None else _while_they_fit(root, rows)
    return list(_shown(root, limits))


def titled(section: Section) -> tuple[Section, ...]:
    """Return a section's parts that have a title; the others are pages or paragraphs of its own text."""
    return tuple(child for child in section.children if child.title)


def _all_to(root: Section, depth: int) -> dict[str, int]:
    limits: dict[str, int] = {}
    level = [root]
    for _ in range(depth):
        limits |= {section.id: len(titled(section)) for section in level}
        level = [child for section in level for child in titled(section)]
        if not level:
            break
    return limits


def _while_they_fit(root: Section, rows: int) -> dict[str, int]:
    """Return how many parts of which sections to show, by section id."""
    limits = {root.id: min(rows, len(titled(root)))}
    left = rows - limits[root.id]
    level = titled(root)[: limits[root.id]]
    while level and left > 0:
        for section in sorted(level, key=lambda section: -len(section.span)):
            parts = len(titled(section))
            if parts > left >= _WORTH_OPENING and 2 * len(section.span) > len(root.span):
                parts = left - 1  # one row says how many more there are
            if 0 < parts <= left:
                limits[section.id] = parts
                left -= parts
        level = tuple(child for section in level for child in titled(section)[: limits.get(section.id, 0)])
    return limits


def _shown(root: Section, limits: dict[str, int]) -> Iterator[Shown]:
    # A stack instead of recursion: a tree may be thousands of levels deep.
    stack = [(root, root.title, 0, True)]
    while stack:
        section, title, depth, last = stack.pop()
        parts = titled(section)
        count = limits.get(section.id, 0)
        yield Shown(section, title, depth, len(parts) - count, last)
        below = enumerate(parts[:count], 1)
        stack += reversed(
            [(part, _inside(section, part), depth + 1, place == len(parts)) for place, part in below]
        )


def _inside(folder: Section, part: Section) -> str:
    path = folder.title if folder.title.endswith("/") else f"{folder.title}/"
    return part.title.removeprefix(path) or part.title
