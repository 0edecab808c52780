"""Answer questions that count, find or compare records and lines: the solver that parses and runs queries.

Each family of records in the part that is asked about tries to link every word of the question; the one that links
it to its own columns and names wins, and two that do so leave the question to the readers. Limits: English; a
question longer than LONGEST characters is none.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from rao_cli.agent.compute.base import Computed, Labelling
from rao_cli.agent.compute.query import Field, Filter, Group, Part, Query
from rao_cli.agent.compute.query_cases import Case, fields_of, passes, read_cases
from rao_cli.agent.compute.query_conditions import Conditions, NotUnderstoodError
from rao_cli.agent.compute.query_family import HEADINGS, Family, Item, families
from rao_cli.agent.compute.query_labels import Labels, find_labels
from rao_cli.agent.compute.query_link import occurs, pieces, resolve, tag, value_phrases
from rao_cli.agent.compute.query_parse import build
from rao_cli.agent.compute.query_places import beside, with_places
from rao_cli.agent.compute.query_run import run
from rao_cli.agent.compute.query_scope import find_scope, parts_called
from rao_cli.agent.compute.query_sentences import Posed, posed
from rao_cli.agent.compute.query_tell import first_line, tell
from rao_cli.agent.compute.query_words import Token, keys, tokens, words
from rao_cli.agent.question.model import Asked
from rao_cli.agent.reading import Reading
from rao_cli.documents.model import Span

LONGEST = 4000
_COMPUTED = words(
    "count distinct most least first last earliest latest max min sum mean share more fewer gap any overall"
)


@dataclass(frozen=True)
class Understood:
    """A query with the records that it is asked of."""

    query: Query
    family: Family
    labels: Labels | None = None


def answer_records(asked: Asked, reading: Reading) -> Computed | Labelling | None:
    """Return what code computes from records, the records to label first, or None for another question."""
    understood = understand(asked, reading)
    if understood is None:
        return None
    options = [option.text for option in asked.form.options]
    if any(field.take == "label" for field in fields_of(understood.query)):
        return _named_labels(understood) or _labelling(understood, options)
    query, family = understood.query, understood.family
    outcome = run(query, read_cases(query, family))
    if query.measure == "count" and not query.pick and not outcome.all.count and _is_loose(query):
        return None  # two texts that occur, but never together: they were not meant so
    return tell(query, outcome, family, options)


def _is_loose(query: Query) -> bool:
    return len(query.filters) > 1 and any(each.test == "mentions" for each in query.filters)


def understand(asked: Asked, reading: Reading) -> Understood | None:
    """Return the query that a question asks for, or None."""
    question = posed(asked) if len(asked.text) <= LONGEST else None
    if question is None:
        return None
    asking = tokens(question.main)
    if not any(item.text.split()[0] in _COMPUTED for item in tag(asking, {}) if item.kind == "op"):
        return None
    records = reading.records
    scope = find_scope(asking, records)
    inside = parts_called(scope.part.words, records) if scope.part.words else records
    options = tuple(option.text for option in asked.form.options)
    found = [
        made
        for family in families(reading.document, inside, pieces(asking))
        if (made := _understood(question, scope.rest, scope.part, family, options))
    ]
    return _best(found)


def _understood(
    question: Posed, asking: Sequence[Token], part: Part, family: Family, options: Sequence[str]
) -> Understood | None:
    """Return the query that a question is if each of its words stands for something in a family of records."""
    kind = _kind(question.kind, family)
    if question.kind and kind is None:
        return None
    defined = {
        tuple(token.key for token in tokens(name)): Item(
            "filter", text, filter=Filter(test="contains", values=(text,))
        )
        for name, text in question.names
    }
    phrases = {**family.phrases, **defined}
    labels = _labels(question, asking, family, options)
    if labels:
        phrases.update(labels.items())
    phrases.update(value_phrases(asking, phrases, family))
    items = resolve(with_places(tag(asking, phrases), asking, family), asking, family)
    if items is None:
        return None
    try:
        query = build(Conditions(family, asking, kind, labels.items() if labels else {}).read(items), family)
    except NotUnderstoodError:
        return None
    if query is None or not _is_safe(items, query, family) or _of_single(asking, query):
        return None
    filters = (*query.filters, *beside(question.brackets, family))
    settled = {"part": part, "rows": _rows(asking, query, items, family), "filters": filters}
    query = _by_labels(query.model_copy(update=settled), labels)
    return Understood(query, family, labels)


def _kind(told: str, family: Family) -> Field | None:
    """Return the only column that some words name."""
    fields = {item.field for item in tag(tokens(told), family.phrases) if item.field}
    return next(iter(fields)) if len(fields) == 1 else None


def _labels(question: Posed, asking: Sequence[Token], family: Family, options: Sequence[str]) -> Labels | None:
    """Return the labels that records of a family have by their meaning, if the question may ask for them."""
    if family.of_lines or not any(column.kind == "text" for column in family.columns.values()):
        return None
    items = tag(asking, family.phrases)
    asked = [two.text for one, two in pairwise(items) if one.text == "which" and two.kind == "unknown"]
    found = find_labels(family.preface, question.context, asked[0] if asked else "", options)
    return found if found and not _is_column(found.word, family) else None


def _is_column(word: str, family: Family) -> bool:
    item = family.phrases.get(keys(word))
    return item is not None and item.field is not None


def _is_safe(items: Sequence[Item], query: Query, family: Family) -> bool:
    """Tell whether texts and labels were found by no chance: rows are named, or it is a log's event."""
    conditions = [item.filter for item in items if item.kind == "filter" and item.filter]
    loose = any(each.test == "mentions" for each in conditions)
    if any(item.kind == "noun" for item in items):
        return not (loose and family.records[0].shape == HEADINGS)
    if not (query.by or query.groups) and any(each.field.take == "label" for each in conditions):
        return False
    if family.of_lines:
        return not loose and query.measure in ("count", "any", "difference")
    return not loose or family.of_log


def _of_single(asking: Sequence[Token], query: Query) -> bool:
    """Tell whether values with one row only are asked for: how many clients made only one request."""
    return query.measure == "distinct" and any(word.key == "one" for word in asking)


def _rows(asking: Sequence[Token], query: Query, items: Sequence[Item], family: Family) -> str:
    """Return whether lines, records or occurrences of a text are counted."""
    if not family.of_lines:
        return "records"
    times = any(word.key in ("time", "often") for word in asking)
    single = query.measure == "count" and len(query.filters) == 1 and not query.groups
    return "occurrences" if times and single and not any(item.kind == "noun" for item in items) else "lines"


def _by_labels(query: Query, labels: Labels | None) -> Query:
    """Return a query by label with a group for each label, so that one that no record has counts as well."""
    if query.by is None or query.by.take != "label" or labels is None:
        return query
    groups = tuple(
        Group(text=label, filters=(Filter(field=query.by, values=(label,)),)) for label in labels.labels
    )
    return query.model_copy(update={"by": None, "groups": groups})


def _best(found: Sequence[Understood]) -> Understood | None:
    """Return the surest understanding, or None where two are as sure: lines where only texts are counted."""
    plain = [each for each in found if each.family.of_lines]
    if plain and _occur(plain[0]):
        return plain[0]
    rest = sorted((each for each in found if not each.family.of_lines), key=_telling, reverse=True)
    if len(rest) > 1 and _telling(rest[0]) == _telling(rest[1]):
        return None
    return next(iter(rest or plain), None)


def _telling(each: Understood) -> int:
    """Return how much of a query is in terms of a family's own columns."""
    return sum(bool(field.column) for field in fields_of(each.query))


def _occur(each: Understood) -> bool:
    """Tell whether the texts that are counted stand in the lines at all, of those compared at least one."""
    groups = [test for group in each.query.groups for test in group.filters]
    found = [all(occurs(text, each.family) for text in test.values) for test in groups]
    return (not found or any(found)) and all(
        occurs(text, each.family) for test in each.query.filters for text in test.values
    )


def _named_labels(understood: Understood) -> Computed | None:
    """Return how many labels the text names, if that is all that is asked."""
    query, family, labels = understood.query, understood.family, understood.labels
    if (
        labels is None
        or query.measure != "distinct"
        or query.of is None
        or query.of.take != "label"
        or query.filters
    ):
        return None
    start = family.first_rows[0].span.start
    preface = Span(start - len(family.preface), start)
    how = f"the text before the records names {len(labels.labels)}: {', '.join(labels.labels)}"
    return Computed(str(len(labels.labels)), how, (first_line(family.document, preface),), (preface,))


def _labelling(understood: Understood, options: Sequence[str]) -> Labelling | None:
    query, family, labels = understood.query, understood.family, understood.labels
    if labels is None or not _known(query, labels):
        return None
    code = [each for each in query.filters if each.field.take != "label"]
    test = passes(code)
    cases = [case for case in read_cases(query, family) if test(case)]
    if not cases:
        return None

    def conclude(said: Sequence[int]) -> Computed:
        known = ((case, number) for case, number in zip(cases, said, strict=True) if number >= 0)
        named = (replace(case, label=labels.labels[number]) for case, number in known)
        return tell(query, run(query, named), family, options)

    spans = tuple(_judged(case, family) for case in cases)
    return Labelling(spans, labels.labels, labels.instruction, conclude)


def _known(query: Query, labels: Labels) -> bool:
    """Tell whether all labels that a query names are among those that records may have."""
    tests = (*query.filters, *query.among, *(test for group in query.groups for test in group.filters))
    known = {label.casefold() for label in labels.labels}
    return all(value.casefold() in known for test in tests if test.field.take == "label" for value in test.values)


def _judged(case: Case, family: Family) -> Span:
    """Return the text of a record that tells its label: its longest column of text."""
    texts = [
        case.places[column.name]
        for column in family.columns.values()
        if column.kind == "text" and column.name in case.places
    ]
    spans = [span for place in texts if (span := case.row.spans[place])]
    return max(spans, key=len) if spans else case.row.span
