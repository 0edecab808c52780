"""Understand "in the first of the two plays" and "the name before the process id": places by order or neighbour.

Limits: an ordinal belongs to a heading that records stand under; of words beside a value only "before" and "after"
a column are understood.
"""

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

from rao_cli.agent.compute.query import Filter
from rao_cli.agent.compute.query_family import Family, Item
from rao_cli.agent.compute.query_link import tag
from rao_cli.agent.compute.query_words import Token, tokens

_PLACES = {"first": 1, "last": -1, "nth 2": 2, "nth 3": 3, "nth 4": 4}
_BEFORE = frozenset({"in", "of", "within", "during", "from", "for", "over"})


def with_places(items: Sequence[Item], words: Sequence[Token], family: Family) -> list[Item]:
    """Return the items with "the first of the two plays" and "in the last act" as filters on the heading."""
    found: list[Item] = []
    rest = list(items)
    while rest:
        item = rest.pop(0)
        place = _PLACES.get(item.text, 0) if item.kind == "op" else 0
        following = rest[1:2] if rest[:1] and rest[0].text == "two" else rest[:1]
        sure = (len(rest) > 1 and rest[0].text == "two") or _is_place(words, item.at)
        value = _heading(following[0], place, family) if place and following and sure else None
        if value is None:
            found.append(item)
            continue
        rest = rest[rest.index(following[0]) + 1 :]
        condition = Filter(field=following[0].field, values=(value,))  # type: ignore[arg-type]
        found.append(replace(following[0], kind="filter", text=value, at=item.at, filter=condition))
    return found


def _is_place(words: Sequence[Token], at: int) -> bool:
    """Tell whether "in the" or the like stands before a word."""
    return at > 1 and words[at - 1].text.lower() == "the" and words[at - 2].text.lower() in _BEFORE


def _heading(item: Item, place: int, family: Family) -> str | None:
    """Return the value of a column of headings that comes at a place among its different values."""
    if item.field is None or item.field.take != "value" or not family.is_heading(item.field.column):
        return None
    values: dict[str, None] = {}
    for records in family.records:
        names = [column.name for column in records.columns]
        if item.field.column in names:
            at = names.index(item.field.column)
            values.update((row.values[at], None) for row in records.read() if row.values[at])
    order = list(values)
    number = place - 1 if place > 0 else len(order) + place
    return order[number] if 0 <= number < len(order) else None


def beside(brackets: str, family: Family) -> tuple[Filter, ...]:
    """Return what rows must have by an explanation such as "the name before the process id": a process id."""
    items = tag(tokens(brackets), family.phrases)
    after = [
        two.field
        for one, two in pairwise(items)
        if one.kind == "op" and one.text in ("before", "after") and two.kind == "field"
    ]
    return tuple(Filter(field=field, test="written", values=("",)) for field in after if field)
