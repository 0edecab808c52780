"""Word what a query found: the answer in the asked form, how it was found, and the rows that show it."""

from collections.abc import Mapping, Sequence

from rao_cli.agent.compute.base import Computed
from rao_cli.agent.compute.query import Field, Filter, Query
from rao_cli.agent.compute.query_family import Family
from rao_cli.agent.compute.query_run import Outcome, Tally, measured, ranked, written
from rao_cli.documents.model import Document, Span
from rao_cli.text import one_line

_SHOWN = 60
_LONGEST_LINE = 2000
_TIED = 0.5
"""How sure an answer is that another is as right as."""
_TESTS = {
    "is": "have {name} {value}",
    "contains": "contain {value!r}",
    "mentions": "contain {value!r}",
    "starts": "have {name} starting with {value!r}",
    "ends": "have {name} ending with {value!r}",
    "word": "contain the word {value!r}",
    "written": "have {name}",
    "below": "have {name} below {value}",
    "above": "have {name} above {value}",
    "least": "have {name} of at least {value}",
    "most": "have {name} of at most {value}",
    "on": "are of {value}",
    "before": "are before {value}",
    "after": "are after {value}",
    "since": "are of {value} or later",
    "until": "are of {value} or earlier",
}


def tell(query: Query, found: Outcome, family: Family, options: Sequence[str] = ()) -> Computed:
    """Return what was found as an answer; ``options`` are the answers that the question allows."""
    answer, how, tally, confidence = _answer(query, found, family, options)
    evidence = tuple(first_line(family.document, span) for span in tally.spans)
    examined = tuple(records.span for records in family.records)
    return Computed(one_line(answer), how, evidence, examined, confidence)


Told = tuple[str, str, Tally, float]


def _answer(query: Query, found: Outcome, family: Family, options: Sequence[str]) -> Told:
    rows = nouns(family)
    if query.measure == "difference":
        return _difference(found, rows)
    if query.measure == "any" and query.groups:
        return _whether_more(query, found, rows)
    if query.pick:
        return _picked(query, found, rows, options)
    if query.measure in ("first", "last", "max", "min"):
        return _row(query, found, rows)
    if query.measure == "share":
        percent = 100 * found.all.count / found.among if found.among else 0.0
        how = f"{found.all.count:,} of {found.among:,} {rows} {conditions(query.filters)}"
        return f"{percent:.2f}".rstrip("0").rstrip(".") + "%", how, found.all, 1.0
    if query.measure == "any":
        how = f"{found.all.count:,} of {found.rows:,} {rows} {conditions(query.filters)}"
        return "yes" if found.all.count else "no", how, found.all, 1.0
    return _number(query, found, rows)


def _number(query: Query, found: Outcome, rows: str) -> Told:
    tally = found.all
    which = f"{found.rows:,} {rows}"
    if query.filters:
        which = f"{tally.count:,} of {found.rows:,} {rows} that {conditions(query.filters)}"
    if query.measure == "count":
        how = f"{tally.count:,} of {found.rows:,} {rows} {conditions(query.filters)}" if query.filters else which
        return str(tally.count), f"{how}, counted by code", tally, 1.0
    name = called(query.of)
    if query.measure == "distinct":
        spans = list(tally.values.values())[:3]
        return (
            str(len(tally.values)),
            f"{len(tally.values):,} different values of {name} in {which}",
            Tally(spans=spans),
            1.0,
        )
    if not tally.numbers:
        return "", f"no {name} in {which}", tally, 1.0
    number = written(query, tally)
    return number, f"the {query.measure} of {name} in {which} is {number}", tally, 1.0


def _row(query: Query, found: Outcome, rows: str) -> Told:
    which = f"{rows} that {conditions(query.filters)}" if query.filters else rows
    if found.text is None:
        return "", f"no {which}", Tally(), 1.0
    if query.measure in ("first", "last"):
        return found.text, f"the {query.measure} of the {which}", found.all, 1.0
    end = "greatest" if query.measure == "max" else "least"
    how = f"the {end} {called(query.of)} of {found.all.count:,} {which}"
    tied = found.ties and query.shown
    return (
        found.text,
        f"{how}; {found.ties:,} more have it too" if tied else how,
        found.all,
        _TIED if tied else 1.0,
    )


def _picked(query: Query, found: Outcome, rows: str, options: Sequence[str]) -> Told:
    groups = _among_options(query, found.groups, options)
    order = ranked(query, groups)
    if not any(tally.count for _, tally in order):
        return "", f"none of the {rows} {conditions(query.filters)}", Tally(), 1.0
    name, tally = order[0]
    same = [other for other, each in order[1:] if measured(query, each) == measured(query, tally)]
    how = f"{one_line(name, _SHOWN)}: {_of(query, tally, rows)}, the {query.pick} of {len(order):,}"
    if same:
        how += f"; as many: {', '.join(one_line(other, _SHOWN) for other in same[:3])}"
    elif len(order) > 1:
        how += f"; next {one_line(order[1][0], _SHOWN)}: {_of(query, order[1][1], rows)}"
    if query.value:
        return written(query, tally), how, tally, 1.0
    return name, how, tally, _TIED if same else 1.0


def _among_options(query: Query, groups: Mapping[str, Tally], options: Sequence[str]) -> Mapping[str, Tally]:
    """Return the groups that are among the answers which the question allows, if at least two are."""
    asked = {option.casefold(): option for option in options}
    allowed = {asked[name.casefold()]: tally for name, tally in groups.items() if name.casefold() in asked}
    return allowed if query.by and len(allowed) > 1 else groups


def _of(query: Query, tally: Tally, rows: str) -> str:
    number = written(query, tally)
    return (
        f"{int(number):,} {rows}"
        if query.measure == "count"
        else f"{query.measure} of {called(query.of)} {number}"
    )


def _difference(found: Outcome, rows: str) -> Told:
    (one, first), (other, second) = list(found.groups.items())[:2]
    how = (
        f"{first.count:,} {rows} with {one_line(one, _SHOWN)!r}, {second.count:,} with {one_line(other, _SHOWN)!r}"
    )
    evidence = Tally(spans=[*first.spans[:2], *second.spans[:1]])
    return str(first.count - second.count), how, evidence, 1.0


def _whether_more(query: Query, found: Outcome, rows: str) -> Told:
    (_, first), (_, second) = list(found.groups.items())[:2]
    holds = first.count > second.count if query.pick == "most" else first.count < second.count
    _, how, evidence, _ = _difference(found, rows)
    return "yes" if holds else "no", how, evidence, 1.0


def conditions(filters: Sequence[Filter]) -> str:
    """Return filters in words: have status 404 and contain 'bot'."""
    return " and ".join(_condition(each) for each in filters) or "are there"


def _condition(each: Filter) -> str:
    value = " or ".join(one_line(value, _SHOWN) for value in each.values)
    told = _TESTS[each.test].format(name=called(each.field), value=value)
    if not each.negated:
        return told
    return f"are not {told.removeprefix('are ')}" if told.startswith("are ") else f"do not {told}"


def called(field: Field | None) -> str:
    """Return what a field is called."""
    if field is None or not (field.column or field.word):
        return "text"
    name = one_line(field.word or field.column, _SHOWN)
    return name if field.take in ("value", "label") else f"{field.take} of {name}"


def nouns(family: Family) -> str:
    """Return what the rows are called, in the plural."""
    noun = next(iter(family.nouns), "record")
    if noun.endswith("y") and not noun.endswith(("ay", "ey", "oy")):
        return f"{noun[:-1]}ies"
    return f"{noun}es" if noun.endswith(("s", "x", "ch", "sh")) else f"{noun}s"


def first_line(document: Document, span: Span) -> Span:
    """Return the first line of a row."""
    text = document.text[span.start : min(span.end, span.start + _LONGEST_LINE)]
    end = text.find("\n")
    return (
        span
        if end < 0 and span.end <= span.start + _LONGEST_LINE
        else Span(span.start, span.start + (end if end > 0 else len(text)))
    )
