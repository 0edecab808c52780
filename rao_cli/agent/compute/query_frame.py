"""The pieces of a question in the form that the ways of asking take them from.

"Who" and "when" stand for columns, and a noun may do so, too; "error" after a text that lines have is only a name
for them. Limits: who asks for a column with one of a few names for persons.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from rao_cli.agent.compute.query import Field, Filter
from rao_cli.agent.compute.query_conditions import NotUnderstoodError
from rao_cli.agent.compute.query_family import HEADINGS, Family, Item

_PERSONS = ("speaker", "user", "author", "player", "customer", "employee", "sender", "person", "student", "name")


@dataclass
class Frame:
    """A question's pieces; what a way of asking uses it takes, and nothing may be left."""

    family: Family
    items: list[Item]

    def __post_init__(self) -> None:
        self.operations = {item.text for item in self.items if item.kind == "op"}
        self.fields = [item for item in _once(self.items) if item.kind == "field"]
        self.nouns = [item for item in self.items if item.kind == "noun"]
        self.filters = [item for item in self.items if item.kind == "filter"]

    def conditions(self) -> tuple[Filter, ...]:
        """Return all filters, those joined by "or" as one. Raises NotUnderstoodError for those of two columns."""
        found: list[Filter] = []
        for item in self.filters:
            before = self.filters[self.filters.index(item) - 1]
            joining = self.between(before, item)
            same = bool(found) and found[-1].test == "is" and found[-1].field == condition(item).field
            if found and ("or" in joining or (same and "and" in joining)):  # no row has two values
                found[-1] = _either(found[-1], condition(item))
            elif same:
                raise NotUnderstoodError
            else:
                found.append(condition(item))
        return tuple(found)

    def between(self, one: Item, other: Item) -> set[str]:
        """Return the operations that stand between two items."""
        return {item.text for item in self.items if item.kind == "op" and one.end <= item.at < other.at}

    def conditions_alike(self) -> bool:
        """Tell whether no two conditions are joined by "or" as what is compared."""
        return not any("or" in self.between(one, other) for one, other in pairwise(self.filters))

    def only_field(self) -> Field:
        """Return the one column that is left. Raises NotUnderstoodError where there is none, or another."""
        if len(self.fields) != 1:
            raise NotUnderstoodError
        return self.fields[0].field or Field()

    def numbers(self) -> list[Item]:
        """Return the columns of numbers."""
        return [item for item in self.fields if item.field and self.family.kind(item.field) == "number"]


def _once(items: Sequence[Item]) -> list[Item]:
    """Return the items, those of one column once: "bytes transferred"."""
    last = {item.field: number for number, item in reversed(list(enumerate(items))) if item.kind == "field"}
    return [item for number, item in enumerate(items) if item.kind != "field" or last[item.field] == number]


def condition(item: Item) -> Filter:
    """Return the filter of an item. Raises NotUnderstoodError where it has none."""
    if item.filter is None:
        raise NotUnderstoodError
    return item.filter


def _either(one: Filter, other: Filter) -> Filter:
    """Return a filter for the values of two. Raises NotUnderstoodError where they are not alike."""
    if (one.field, one.test, one.negated) != (other.field, other.test, other.negated):
        raise NotUnderstoodError
    return one.model_copy(update={"values": (*one.values, *other.values)})


def framed(items: Sequence[Item], family: Family) -> Frame:
    """Return the frame of a question's linked items."""
    kept = [item for number, item in enumerate(items) if number == 0 or (item.kind, item.text) != ("op", "any")]
    found: list[Item] = []
    for item in kept:
        found.append(_settled(item, found[-1] if found else None, family))
    return Frame(family, found)


def _settled(item: Item, last: Item | None, family: Family) -> Item:
    """Return an item as what it is after the one before it."""
    before = last.text if last and last.kind == "op" else ""
    if item.kind == "op" and item.text in ("who", "when") and (field := _asked_column(item.text, family)):
        return Item("field", item.text, item.at, item.end, field=field)
    if item.kind == "noun" and item.field and before in ("which", "distinct", "these", "two"):
        return Item("field", item.text, item.at, item.end, field=item.field)
    text = last and last.filter and last.filter.test in ("contains", "mentions")
    if text and item.field and item.kind == "field" and item.field.column in ("event", "message"):
        return Item("noun", item.text, item.at, item.end)
    return item


def _asked_column(asked: str, family: Family) -> Field | None:
    """Return the column that "who" or "when" asks for."""
    time = family.time()
    if asked == "when":
        return Field(column=time.name) if time else None
    return family.called(*_PERSONS) if family.records[0].shape != HEADINGS else None
