"""What is computed over rows: the same as by hand, for any rows."""

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from rao_cli.agent.compute.query import Field, Filter, Group, Query
from rao_cli.agent.compute.query_cases import Case
from rao_cli.agent.compute.query_run import ranked, run, written
from rao_cli.documents.data.model import Row
from rao_cli.documents.model import Span
from tests.agent.helpers import document

PLACES = {"who": 0, "size": 1}
WHO, SIZE = Field(column="who"), Field(column="size")
rows = st.lists(st.tuples(st.sampled_from("abc"), st.integers(0, 999)), max_size=40)


def cases(values):
    """Return rows of two columns."""
    text = document("x\n")
    spans = [Span(number, number + 1) for number in range(len(values))]
    return [
        Case(Row(span, (who, str(size)), (span, span)), PLACES, text)
        for span, (who, size) in zip(spans, values, strict=True)
    ]


def of(name):
    """Return the filter for a name."""
    return Filter(field=WHO, values=(name,))


@given(rows)
def test_counts(values):
    """A count is how many rows pass, of how many there are, with the first three as evidence."""
    found = run(Query(filters=(of("a"),)), cases(values))
    expected = [number for number, (who, _) in enumerate(values) if who == "a"]
    assert (found.all.count, found.rows) == (len(expected), len(values))
    assert [span.start for span in found.all.spans] == expected[:3]


@given(rows)
def test_the_most_frequent(values):
    """The picked group has as many rows as any other; of equal ones the first in the text."""
    query = Query(by=WHO, pick="most")
    order = ranked(query, run(query, cases(values)).groups)
    counts = Counter(who for who, _ in values)
    assert [(name, tally.count) for name, tally in order[:1]] == counts.most_common(1)


@given(rows)
def test_the_greatest(values):
    """The greatest value, and the first row that has it."""
    found = run(Query(measure="max", of=SIZE, shown=WHO), cases(values))
    best = max(values, key=lambda row: row[1], default=None)
    assert found.text == (best[0] if best else None)


@given(rows)
def test_sums(values):
    """Sums of whole numbers are exact."""
    query = Query(measure="sum", of=SIZE)
    assert int(written(query, run(query, cases(values)).all)) == sum(size for _, size in values)


@given(rows)
def test_different_values(values):
    """Each value counts once."""
    found = run(Query(measure="distinct", of=WHO), cases(values))
    assert len(found.all.values) == len({who for who, _ in values})


@given(rows)
def test_first_and_last(values):
    """The first and the last row that pass, in the order of the text."""
    sizes = [str(size) for who, size in values if who == "b"]
    for measure, expected in (("first", sizes[:1]), ("last", sizes[-1:])):
        found = run(Query(measure=measure, of=SIZE, filters=(of("b"),)), cases(values))
        assert [found.text] == (expected or [None])


def test_groups_without_rows_count_nothing():
    """A group that the question names is there even if no row is in it."""
    groups = tuple(Group(text=name, filters=(of(name),)) for name in "az")
    found = run(Query(groups=groups, pick="least"), cases([("a", 1)]))
    assert {name: tally.count for name, tally in found.groups.items()} == {"a": 1, "z": 0}


def test_rows_are_read_only_as_far_as_needed():
    """The first row that passes ends the reading."""
    many = iter(cases([("a", 1), ("b", 2), ("b", 3)]))
    assert run(Query(measure="first", of=SIZE, filters=(of("b"),)), many).text == "2"
    assert len(list(many)) == 1
