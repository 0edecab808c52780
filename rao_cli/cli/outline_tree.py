"""Choose which sections of a tree to show, so that people and programs see the same ones.

Without a depth the tree is opened level by level, the largest sections first, as long as all parts of a section
fit into the rows that are left; only the whole, and a section with most of its text, are opened in part: a folder
with its largest parts, anything else with its first. Parts that are not shown are counted, never dropped silently.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from rao_cli.documents.model import Section

# Rows from which a section that does not fit whole is opened in part.
_WORTH_OPENING = 4
_FOLDERS = frozenset({"folder", "corpus"})

Opened = dict[str, tuple[Section, ...]]
"""What is shown of sections, by their ids."""


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
    opened = _all_to(root, depth) if depth is not None else _while_they_fit(root, rows)
    return list(_shown(root, opened))


def titled(section: Section) -> tuple[Section, ...]:
    """Return a section's parts that have a title; the others are pages or paragraphs of its own text."""
    return tuple(child for child in section.children if child.title)


def _all_to(root: Section, depth: int) -> Opened:
    opened: Opened = {}
    level: Sequence[Section] = [root]
    for _ in range(depth):
        opened |= {section.id: titled(section) for section in level}
        level = [part for section in level for part in titled(section)]
        if not level:
            break
    return opened


def _while_they_fit(root: Section, rows: int) -> Opened:
    """Return what to show of which sections within the rows."""
    opened: Opened = {root.id: _some(root, rows)}
    left = rows - len(opened[root.id])
    level = opened[root.id]
    while level and left > 0:
        for section in sorted(level, key=lambda section: -len(section.span)):
            parts = titled(section)
            if len(parts) > left >= _WORTH_OPENING and 2 * len(section.span) > len(root.span):
                parts = _some(section, left - 1)  # one row says how many more there are
            if 0 < len(parts) <= left:
                opened[section.id] = parts
                left -= len(parts)
        level = tuple(part for section in level for part in opened.get(section.id, ()))
    return opened


def _some(section: Section, count: int) -> tuple[Section, ...]:
    """Return so many of a section's parts in text order: of a folder the largest, else the first."""
    parts = titled(section)
    if section.kind not in _FOLDERS:
        return parts[:count]
    largest = {part.id for part in sorted(parts, key=lambda part: -len(part.span))[:count]}
    return tuple(part for part in parts if part.id in largest)


def _shown(root: Section, opened: Opened) -> Iterator[Shown]:
    # A stack instead of recursion: a tree may be thousands of levels deep.
    stack = [(root, root.title, 0, True)]
    while stack:
        section, title, depth, last = stack.pop()
        parts = opened.get(section.id, ())
        hidden = len(titled(section)) - len(parts)
        yield Shown(section, title, depth, hidden, last)
        below = enumerate(parts, 1)
        stack += reversed(
            [(part, _inside(section, part), depth + 1, place == len(parts) + hidden) for place, part in below]
        )


def _inside(folder: Section, part: Section) -> str:
    path = folder.title if folder.title.endswith("/") else f"{folder.title}/"
    return part.title.removeprefix(path) or part.title
