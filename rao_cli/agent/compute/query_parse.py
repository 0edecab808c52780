"""Turn a question whose words are linked into a query: each way of asking by what it needs, all of it used.

Limits: English word order is hardly looked at; the operations, columns and conditions that are named decide. A
combination that is not listed here is not understood.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from rao_cli.agent.compute.query import Field, Filter, Group, Measure, Pick, Query
from rao_cli.agent.compute.query_conditions import NotUnderstoodError
from rao_cli.agent.compute.query_family import Family, Item
from rao_cli.agent.compute.query_words import keys
from rao_cli.documents.data.aliases import unit_of

_NEUTRAL = frozenset({"and", "which", "how much", "overall", "these", "kind", "two", "than", "or", ":"})
_PERSONS = ("speaker", "user", "author", "player", "customer", "employee", "sender", "person", "student", "name")
_SENSES: dict[str, tuple[str, ...]] = {
    "size": ("bytes", "size", "length"),
    "long": ("duration", "elapsed", "long", "seconds", "milliseconds", "latency", "time taken"),
    "price": ("price", "cost", "unit price"),
}
_IDENTIFIERS = frozenset({"user", "id", "port", "pid", "uid", "account", "session", "code", "status"})
_IDENTIFIES = ("name", "title", "product", "item", "id", "key")


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
            if found and "or" in self.between(before, item):
                found[-1] = _either(found[-1], condition(item))
            else:
                found.append(condition(item))
        return tuple(found)

    def between(self, one: Item, other: Item) -> set[str]:
        """Return the operations that stand between two items."""
        return {item.text for item in self.items if item.kind == "op" and one.end <= item.at < other.at}

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
    if (one.field, one.test, one.negated) != (other.field, other.test, other.negated):
        raise NotUnderstoodError
    return one.model_copy(update={"values": (*one.values, *other.values)})


def build(items: Sequence[Item], family: Family) -> Query | None:
    """Return the query that linked items ask for, or None where this is not clear."""
    kept = [item for number, item in enumerate(items) if number == 0 or (item.kind, item.text) != ("op", "any")]
    frame = Frame(family, _with_persons(_events(kept, family), family))
    sorted_operations = frame.operations - _NEUTRAL
    for needed, allowed, make in _WAYS:
        if any(each <= frame.operations for each in needed) and sorted_operations <= allowed | frozenset().union(
            *needed
        ):
            try:
                return make(frame)
            except NotUnderstoodError:
                return None
    return None


def _events(items: Sequence[Item], family: Family) -> list[Item]:
    """Return the items with "error" after a text that lines have as a name for rows, not as a column."""
    found: list[Item] = []
    for item in items:
        last = found[-1] if found else None
        text = last and last.filter and last.filter.test in ("contains", "mentions")
        row = family.of_log and text and item.kind == "field" and item.field and family.kind(item.field) == "text"
        found.append(Item("noun", item.text, item.at, item.end) if row else item)
    return found


def _with_persons(items: Sequence[Item], family: Family) -> list[Item]:
    """Return the items with the columns that who and when ask for, and names for rows that stand for a column."""
    found: list[Item] = []
    for item in items:
        last = found[-1].text if found and found[-1].kind == "op" else ""
        if item.kind == "op" and item.text in ("who", "when"):
            time = family.time()
            field = family.called(*_PERSONS) if item.text == "who" else Field(column=time.name) if time else None
            if field:
                found.append(Item("field", item.text, item.at, item.end, field=field))
                continue
        if item.kind == "noun" and item.field and last in ("which", "distinct", "these", "two"):
            found.append(Item("field", item.text, item.at, item.end, field=item.field))
            continue
        found.append(item)
    return found


def _two_groups(frame: Frame, marks: frozenset[str]) -> tuple[tuple[Group, ...], tuple[Filter, ...]]:
    """Return what is compared, the conditions on both sides of a mark, and the conditions that hold for both."""
    filters = frame.filters
    places = [at for at in range(1, len(filters)) if frame.between(filters[at - 1], filters[at]) & marks]
    if not places:
        raise NotUnderstoodError
    # A list "A, B or C": the members are all as near to each other.
    first = last = places[-1]
    while first > 1 and _alike(filters[first - 2], filters[first - 1]):
        first -= 1
    members = filters[first - 1 : last + 1]
    shared = [*filters[: first - 1], *filters[last + 1 :]]
    groups = tuple(Group(text=_called(item), filters=(item.filter,)) for item in members if item.filter)
    return groups, tuple(item.filter for item in shared if item.filter)


def _alike(one: Item, other: Item) -> bool:
    first, second = condition(one), condition(other)
    return (first.field, first.test) == (second.field, second.test)


def _called(item: Item) -> str:
    """Return what the question calls a group: its value, or "before" and "after" of times."""
    test, values = condition(item).test, condition(item).values
    if test in ("before", "until"):
        return "before"
    if test in ("after", "since"):
        return "after"
    return values[0] if test in ("is", "contains", "mentions") else item.text


def _difference(frame: Frame) -> Query:
    groups, shared = _two_groups(frame, frozenset({"than", "and"}))
    if len(groups) != 2 or frame.fields:
        raise NotUnderstoodError
    ordered = groups if "fewer" not in frame.operations else groups[::-1]
    return Query(measure="difference", groups=ordered, filters=shared)


def _compare(frame: Frame) -> Query:
    if "or" not in frame.operations:
        return _top(frame)
    groups, shared = _two_groups(frame, frozenset({"or"}))
    if any(item.text not in ("who",) and not _is_of(groups, item) for item in frame.fields):
        raise NotUnderstoodError
    return Query(groups=groups, filters=shared, pick=_pick(frame))


def _is_of(groups: Sequence[Group], item: Item) -> bool:
    """Tell whether a column is the one that the compared groups are told apart by."""
    return all(group.filters[0].field == item.field for group in groups)


def _pick(frame: Frame) -> Pick:
    return "least" if frame.operations & {"least", "fewer"} else "most"


def _than(frame: Frame) -> Query:
    groups, shared = _two_groups(frame, frozenset({"than"}))
    if len(groups) != 2 or frame.fields:
        raise NotUnderstoodError
    return Query(measure="any", groups=groups, filters=shared, pick=_pick(frame))


def _share(frame: Frame) -> Query:
    noun = frame.nouns[0].at if frame.nouns else 0
    if frame.fields or not frame.filters:
        raise NotUnderstoodError
    among = tuple(item.filter for item in frame.filters if item.at < noun and item.filter)
    counted = tuple(item.filter for item in frame.filters if item.at >= noun and item.filter)
    return Query(measure="share", filters=counted or among, among=among if counted else ())


def _top(frame: Frame) -> Query:
    """Return which value has the most or fewest rows, or the greatest sum or mean."""
    listed = [item for item in frame.filters if frame.operations & {":"} and _after_colon(frame, item)]
    if len(listed) > 1:
        rest = tuple(item.filter for item in frame.filters if item not in listed and item.filter)
        groups = tuple(Group(text=item.text, filters=(item.filter,)) for item in listed if item.filter)
        if any(not _is_of(groups, item) for item in frame.fields):
            raise NotUnderstoodError
        return Query(groups=groups, filters=rest, pick=_pick(frame))
    counted = "count" in frame.operations
    if len(frame.fields) == 2 and "distinct" in frame.operations:
        by, of = (item.field for item in frame.fields)
        return Query(measure="distinct", of=of, by=by, filters=frame.conditions(), pick=_pick(frame))
    return Query(by=frame.only_field(), filters=frame.conditions(), pick=_pick(frame), value=counted)


def _after_colon(frame: Frame, item: Item) -> bool:
    return any(other.text == ":" and other.at < item.at for other in frame.items if other.kind == "op")


def _end(frame: Frame) -> Query:
    """Return what is told of the first or last row, in the order of the text or of time."""
    by_time = frame.operations & {"earliest", "latest"}
    time = frame.family.time()
    shown = frame.only_field() if frame.fields else Field()
    if by_time and time:
        measure: Measure = "min" if "earliest" in frame.operations else "max"
        return Query(
            measure=measure,
            of=Field(column=time.name),
            shown=shown if frame.fields else None,
            filters=frame.conditions(),
        )
    if not frame.fields and not (frame.filters or frame.nouns):
        raise NotUnderstoodError
    return Query(
        measure="first" if frame.operations & {"first", "earliest"} else "last",
        of=shown,
        filters=frame.conditions(),
    )


def _extreme(frame: Frame) -> Query:
    """Return the greatest or least value, or what is told of its row, or which group has it."""
    name = next(item for item in frame.items if item.kind == "op" and item.text.split()[0] in ("max", "min"))
    measure: Measure = "max" if name.text.startswith("max") else "min"
    numbers = frame.numbers()
    after = [item for item in numbers if item.at >= name.at]
    measured = next(iter(after or numbers), None)
    rest = [item for item in frame.fields if item is not measured]
    of = measured.field if measured else frame.family.called(*_SENSES.get(name.text[4:], ()), kind="number")
    if of is None or len(rest) > 1:
        raise NotUnderstoodError
    shown = rest[0].field if rest else _row_shown(frame)
    inner = frame.operations & {"sum", "mean"}
    if inner:
        return _of_groups(frame, of, shown, measure, "mean" if "mean" in inner else "sum")
    return Query(measure=measure, of=of, shown=shown, filters=frame.conditions())


def _of_groups(frame: Frame, of: Field, by: Field | None, measure: str, inner: Measure) -> Query:
    if by is None:
        raise NotUnderstoodError
    pick: Pick = "most" if measure == "max" else "least"
    return Query(measure=inner, of=of, by=by, filters=frame.conditions(), pick=pick)


def _row_shown(frame: Frame) -> Field | None:
    """Return the column that names a row, where the question asks "which product" and no column is called so."""
    at = next(
        (number for number, item in enumerate(frame.items) if item.text == "which" and item.kind == "op"), None
    )
    following = frame.items[at + 1 : at + 2] if at is not None else []
    if not following or following[0].kind != "noun":
        return None
    words = [column.name for column in frame.family.columns.values() if column.kind in ("word", "text")]
    named = frame.family.called(*_IDENTIFIES)
    return named or (Field(column=words[0]) if words else Field())


def _sum(frame: Frame) -> Query:
    measure: Measure = "mean" if "mean" in frame.operations else "sum"
    times = [item for item in frame.fields if item.text.lower() == "time"]
    numbers = frame.numbers()
    if len(numbers) != 1 or len(frame.fields) > len(numbers) + len(times):  # "the total time in seconds"
        raise NotUnderstoodError
    of = numbers[0].field
    return Query(measure=measure, of=of, filters=frame.conditions())


def _count(frame: Frame) -> Query:
    """Return how many rows there are, how many values of a column, or what the numbers of a column sum up to."""
    filters = frame.conditions()
    if not frame.fields:
        if not (frame.nouns or filters) or "distinct" in frame.operations:
            raise NotUnderstoodError
        return Query(filters=filters)
    field = frame.only_field()
    measures = unit_of(field.column) and frame.family.kind(field) == "number"
    if "distinct" in frame.operations or (not frame.nouns and not measures and _is_named(field, frame.family)):
        return Query(measure="distinct", of=field, filters=filters)
    if measures and (not frame.nouns or "overall" in frame.operations):
        return Query(measure="sum", of=field, filters=filters)
    raise NotUnderstoodError


def _is_named(field: Field, family: Family) -> bool:
    """Tell whether the values of a column are names or identifiers, so that "how many" asks for different ones."""
    called = {key for name in family.names_of(field) for key in keys(name)}
    return family.kind(field) != "number" or bool(called & _IDENTIFIERS)


def _any(frame: Frame) -> Query:
    if frame.fields or not frame.filters:
        raise NotUnderstoodError
    return Query(measure="any", filters=frame.conditions())


Way = tuple[tuple[frozenset[str], ...], frozenset[str], Callable[[Frame], Query]]


def _way(needed: Sequence[str], allowed: str, make: Callable[[Frame], Query]) -> Way:
    """Return a way of asking: sets of operations of which one is needed, what may be there too, its maker."""
    return tuple(frozenset(each.split("+")) for each in needed), frozenset(filter(None, allowed.split(","))), make


_EXTREMES = tuple(f"{end}{sense}" for end in ("max", "min") for sense in ("", " size", " long", " price"))
_WAYS: tuple[Way, ...] = (
    _way(("gap+and", "count+more+than", "count+fewer+than"), "count", _difference),
    _way(("more+or", "fewer+or", "more+two", "fewer+two"), "who,any,count", _compare),
    _way(("more+than", "fewer+than"), "any", _than),
    _way(("share",), "count", _share),
    _way(("most", "least"), "count,distinct,who", _top),
    _way(("first", "last", "earliest", "latest"), "when,who", _end),
    (
        tuple(frozenset({name}) for name in _EXTREMES),
        frozenset({"how long", "count", "sum", "mean", "when", "who"}),
        _extreme,
    ),
    _way(("sum", "mean"), "how long,count", _sum),
    _way(("count", "distinct"), "", _count),
    _way(("any",), "", _any),
)
"""The ways of asking, the more particular ones first."""
