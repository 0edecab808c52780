"""Turn a question whose words are linked into a query: each way of asking by what it needs, all of it used.

Limits: English word order is hardly looked at; the operations, columns and conditions that are named decide. A
combination that is not listed here is not understood.
"""

from collections.abc import Callable, Sequence
from itertools import pairwise

from rao_cli.agent.compute.query import Field, Filter, Group, Measure, Pick, Query
from rao_cli.agent.compute.query_conditions import NotUnderstoodError
from rao_cli.agent.compute.query_family import WEAK, Family, Item
from rao_cli.agent.compute.query_frame import Frame, condition, framed
from rao_cli.agent.compute.query_words import keys
from rao_cli.documents.data.aliases import unit_of

_NEUTRAL = frozenset({"and", "which", "how much", "overall", "these", "kind", "two", "than", "or", ":"})
_SENSES: dict[str, tuple[str, ...]] = {
    "size": ("bytes", "size", "length"),
    "long": ("duration", "elapsed", "long", "seconds", "milliseconds", "latency", "time taken"),
    "price": ("price", "cost", "unit price"),
}
_IDENTIFIERS = frozenset({"user", "id", "port", "pid", "uid", "account", "session", "code", "status"})
_IDENTIFIES = ("name", "title", "product", "item", "id", "key")


def build(items: Sequence[Item], family: Family) -> Query | None:
    """Return the query that linked items ask for, or None where this is not clear."""
    frame = framed(items, family)
    if _asks_twice(frame):
        return None
    telling = frame.operations - _NEUTRAL
    for needed, allowed, make in _WAYS:
        if any(each <= frame.operations for each in needed) and telling <= allowed.union(*needed):
            try:
                return make(frame)
            except NotUnderstoodError:
                return None
    return None


def _asks_twice(frame: Frame) -> bool:
    """Tell whether two numbers are asked for that are not compared: how many are A and how many are B."""
    counts = [item for item in frame.items if (item.kind, item.text) == ("op", "count")]
    joined = any("and" in frame.between(one, other) for one, other in pairwise(counts))
    return joined and "gap" not in frame.operations


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
        if "than" in frame.operations:
            raise NotUnderstoodError
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
    listed = [item for item in frame.filters if ":" in frame.operations and _after_colon(frame, item)]
    if len(listed) > 1:
        return _listed(frame, listed)
    if "or" in frame.operations and not frame.conditions_alike():
        return _compare(frame)
    filters, pick = frame.conditions(), _pick(frame)
    if len(frame.fields) == 1 and unit_of(frame.only_field().column):  # the largest number of bytes
        return Query(measure="max" if pick == "most" else "min", of=frame.only_field(), filters=filters)
    if len(frame.fields) == 2 and "distinct" in frame.operations:
        by, of = (item.field for item in frame.fields)
        return Query(measure="distinct", of=of, by=by, filters=filters, pick=pick)
    return Query(by=frame.only_field(), filters=filters, pick=pick, value="count" in frame.operations)


def _listed(frame: Frame, listed: Sequence[Item]) -> Query:
    """Return which of the kinds that the question lists after a colon has the most or fewest rows."""
    rest = tuple(condition(item) for item in frame.filters if item not in listed)
    groups = tuple(Group(text=item.text, filters=(condition(item),)) for item in listed)
    if not all(_is_of(groups, item) for item in frame.fields):
        raise NotUnderstoodError
    return Query(groups=groups, filters=rest, pick=_pick(frame))


def _after_colon(frame: Frame, item: Item) -> bool:
    return any(other.text == ":" and other.at < item.at for other in frame.items if other.kind == "op")


def _end(frame: Frame) -> Query:
    """Return what is told of the first or last row, in the order of the text or of time."""
    by_time = frame.operations & {"earliest", "latest"}
    time = frame.family.time()
    if "how long" in frame.operations and not frame.fields:
        long = frame.family.called(*_SENSES["long"], kind="number")
        frame.fields = [Item("field", "how long", field=long)] if long else []
        if not long:
            raise NotUnderstoodError
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
    if of is None or len(rest) > 1 or _is_aside(frame, name, measured, rest):
        raise NotUnderstoodError
    shown = rest[0].field if rest else _row_shown(frame)
    inner = frame.operations & {"sum", "mean"}
    if inner:
        return _of_groups(frame, of, shown, measure, "mean" if "mean" in inner else "sum")
    return Query(measure=measure, of=of, shown=shown, filters=frame.conditions())


def _is_aside(frame: Frame, name: Item, measured: Item | None, rest: Sequence[Item]) -> bool:
    """Tell whether a column is only said beside what is asked: "what is the highest price among products"."""
    if measured is None or not rest or rest[0].at <= measured.end:
        return False
    before = [item.text for item in frame.items if item.end <= name.at]
    return before[-1:] == ["which"] and "which" not in frame.between(measured, rest[0])


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
    if frame.fields:
        return _count_values(frame, frame.only_field())
    filters = frame.conditions()
    weak = all(keys(item.text)[-1] in WEAK for item in frame.nouns)
    if (weak and not filters) or "distinct" in frame.operations:
        raise NotUnderstoodError
    return Query(filters=filters)


def _count_values(frame: Frame, field: Field) -> Query:
    distinct = "distinct" in frame.operations
    if frame.family.is_heading(field.column) and not distinct:
        raise NotUnderstoodError  # its headings are records themselves, and some may hold no rows
    if keys(frame.fields[0].text)[-1:] == ("word",) and keys(field.column)[-1:] != ("word",):
        raise NotUnderstoodError  # words inside a text, not different texts
    measures = unit_of(field.column) and frame.family.kind(field) == "number"
    rows = frame.nouns and not _made_by(frame)
    if distinct or not (rows or measures or not _is_named(field, frame.family)):
        return Query(measure="distinct", of=field, filters=frame.conditions())
    if measures and (not frame.nouns or "overall" in frame.operations):
        return Query(measure="sum", of=field, filters=frame.conditions())
    raise NotUnderstoodError


def _made_by(frame: Frame) -> bool:
    """Tell whether a column is named before the rows and apart from them: how many users have records."""
    return frame.fields[0].end < frame.nouns[0].at


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
    _way(("more+or", "fewer+or", "more+two", "fewer+two", "more+which", "fewer+which"), "who,any,count", _compare),
    _way(("more+than", "fewer+than"), "any", _than),
    _way(("share",), "count", _share),
    _way(("most", "least"), "count,distinct,who,any", _top),
    _way(("first", "last", "earliest", "latest"), "when,who,how long", _end),
    (
        tuple(frozenset({name}) for name in _EXTREMES),
        frozenset({"how long", "count", "sum", "mean", "when", "who"}),
        _extreme,
    ),
    _way(("sum", "mean"), "how long,count", _sum),
    _way(("count",), "distinct", _count),
    _way(("any",), "", _any),
)
"""The ways of asking, the more particular ones first."""
