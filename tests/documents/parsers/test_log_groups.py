"""Groups: numbers and values counted by a field of few values, as a plain count finds them."""

from collections import Counter, defaultdict

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rao_cli.documents.parsers.log_counts import FEW_VALUES, Room, Values
from rao_cli.documents.parsers.log_groups import MOST_CROSSED, MOST_PAIRS, Crossings, Groups, places_of

ROWS = [("200", "10", "ann"), ("404", "3", "bob"), ("200", "20", "ann"), ("200", "", "cid"), ("404", "5", "ann")]


def columns_of(rows, names=("status", "bytes", "user")):
    """Return rows as columns by name."""
    return dict(zip(names, zip(*rows, strict=True), strict=True))


def counted(*chunks, names=("status", "bytes", "user")):
    """Count chunks of rows as a log is counted: values first, then groups and crossings."""
    values, groups, crossings, line = {}, Groups(), Crossings(), 0
    for rows in chunks:
        columns = columns_of(rows, names)
        lines = range(line, line + len(rows))
        for name, column in columns.items():
            values.setdefault(name, Values(Room())).add(column, lines)
        groups.add(columns, values, lines)
        crossings.add(columns, values)
        line += len(rows)
    return values, groups, crossings


def plain_sums(rows):
    """Return count and sum of the numbers by the first field, the slow and plain way."""
    found = defaultdict(list)
    for by, number, _ in rows:
        found[by] += [float(number)] if number else []
    return {by: (len(numbers), sum(numbers)) for by, numbers in found.items()}


def sums(groups):
    """Return count and sum of bytes by status."""
    return {by: (found.count, found.total) for by, found in groups.pairs["status", "bytes"].items()}


many = st.lists(
    st.tuples(
        st.sampled_from(["200", "404", "500"]), st.integers(0, 9999).map(str), st.sampled_from(["ann", "bob"])
    ),
    min_size=24,
    max_size=40,
).filter(lambda rows: len({status for status, *_ in rows}) > 1 and len({number for _, number, _ in rows}) > 21)


@given(many)
def test_sums_are_those_of_a_plain_count(rows):
    """Count and sum of each group are what adding line by line gives."""
    _, groups, _ = counted(rows)
    assert sums(groups) == plain_sums(rows)


@given(many, many)
def test_chunks_add_up(first, second):
    """What is counted in chunks is what is counted at once."""
    _, groups, _ = counted(first, second)
    if ("status", "bytes") in groups.pairs:
        assert sums(groups) == plain_sums([*first, *second])


@given(many, many)
def test_parts_merge(first, second):
    """Two parts that were packed and unpacked merge to the whole; pairs of one part alone are dropped."""
    left, right = (Groups.unpack(counted(rows)[1].pack()) for rows in (first, second))
    expected = left.pairs.keys() & right.pairs.keys()
    left.merge(right, len(first))
    assert left.pairs.keys() == expected
    if ("status", "bytes") in expected:
        assert sums(left) == plain_sums([*first, *second])


@given(many)
def test_the_greatest_stands_in_its_line(rows):
    """The line of a group's greatest number holds that number and that group."""
    _, groups, _ = counted(rows)
    for status, found in groups.pairs["status", "bytes"].items():
        row = rows[found.greatest_line]
        assert (row[0], row[1]) == (status, found.greatest_text)
        assert found.least <= found.greatest


@given(many)
def test_crossings_are_those_of_a_plain_count(rows):
    """Each two values are counted together as often as they stand in one row."""
    _, _, crossings = counted(rows)
    for (by, name), groups in (crossings.pairs or {}).items():
        columns = columns_of(rows)
        together = Counter(zip(columns[by], columns[name], strict=True))
        found = {(one, other): count for one, counts in groups.items() for other, count in counts.items()}
        assert found == together


def test_a_missing_number_counts_for_no_group():
    """A row without a number adds nothing to its group."""
    rows = [*ROWS, *(("200", str(n), "dee") for n in range(100, 125))]
    _, groups, _ = counted(rows)
    assert sums(groups) == plain_sums(rows)
    assert sums(groups)["404"] == (2, 8.0)


@pytest.mark.parametrize(
    ("column", "places"),
    [
        ([], {}),
        (["a"], {"a": [0]}),
        (["a", "b", "a"], {"a": [0, 2], "b": [1]}),
        (["", "a", ""], {"a": [1]}),
        (["", ""], {}),
        ([" ", "a"], {" ": [0], "a": [1]}),
    ],
)
def test_places_of_values(column, places):
    """Each value has its places in order; the empty one has none."""
    assert places_of(column) == places


@given(st.lists(st.sampled_from(["", "a", "b", "c"])))
def test_places_cover_what_is_not_empty(column):
    """Each place of a value that is not empty is named once, under that value."""
    found = places_of(column)
    assert sorted(at for places in found.values() for at in places) == [n for n, v in enumerate(column) if v]
    assert all(column[at] == value for value, places in found.items() for at in places)


def test_nothing_counted_is_packed_as_nothing():
    """Groups and crossings without a chunk are packed as nothing, and unpacked as they were."""
    assert Groups().pack() is None
    assert Crossings().pack() is None
    assert Groups.unpack(None).pairs is None
    assert Crossings.unpack(None).pairs is None


@pytest.mark.parametrize("kind", [Groups, Crossings])
def test_an_empty_part_takes_the_other(kind):
    """Where a part counted nothing, merging gives what the other part has."""
    counts = counted([("200", str(n), "ann") if n % 2 else ("404", str(n), "bob") for n in range(30)])
    full = counts[1] if kind is Groups else counts[2]
    empty, shift = kind(), (5,) if kind is Groups else ()
    empty.merge(full, *shift)
    assert empty.pairs == full.pairs
    before = full.pack()
    full.merge(kind(), *shift)
    assert full.pack() == before


def test_a_field_of_words_is_no_amount():
    """A field with other values than numbers is not summed, even if that shows in a later chunk."""
    rows = [("200" if n % 2 else "404", str(n), "ann") for n in range(30)]
    values, groups, _ = counted(rows, [("200", "soon", "ann")])
    assert ("status", "bytes") in groups.pairs
    groups.settle(values)
    assert groups.pairs == {}


def test_a_group_that_grows_too_many_is_dropped():
    """A field whose values turn out to be many in a later chunk groups nothing any more."""
    rows = [("200" if n % 2 else "404", str(n), "ann") for n in range(30)]
    later = [(str(1000 + n), "5", "ann") for n in range(FEW_VALUES)]
    _, groups, crossings = counted(rows, later)
    assert not any(by == "status" for by, _ in groups.pairs)
    assert not any(by == "status" for by, _ in crossings.pairs)


def test_pairs_are_limited():
    """Of very many fields only so many pairs are counted."""
    names = ("level", "kind", *(f"n{k}" for k in range(30)))
    rows = [("ab"[n % 2], "xyz"[n % 3], *(str(n * 100 + k) for k in range(30))) for n in range(40)]
    _, groups, crossings = counted(rows, names=names)
    assert len(groups.pairs) == MOST_PAIRS
    assert len(crossings.pairs) <= MOST_PAIRS


def test_level_and_status_are_crossed_first():
    """What is crossed is the level or the status, even where another field has more values."""
    names = ("host", "level", "user")
    rows = [(f"h{n % 9}", ("info", "error")[n % 2], f"u{n % 5}") for n in range(90)]
    _, _, crossings = counted(rows, names=names)
    assert {by for by, _ in crossings.pairs} == {"level"}
    assert {name for _, name in crossings.pairs} == {"host", "user"}


def test_too_many_values_together_are_dropped():
    """A pair with more different values together than may be kept is not kept at all."""
    names = ("level", "path")
    crossings, values = Crossings(), {}
    rows = [(("info", "error")[n % 2], f"/p/{n}/of/{n}") for n in range(MOST_CROSSED + 1)]
    columns = columns_of(rows, names)
    for name, column in columns.items():
        values[name] = Values(Room())
        values[name].add(column[:5000], range(5000))
    crossings.add({name: column[:5000] for name, column in columns.items()}, values)
    assert ("level", "path") in crossings.pairs
    crossings.add(columns, values)
    assert ("level", "path") not in crossings.pairs


def test_a_column_that_is_missing_counts_nothing():
    """A chunk without a field leaves what was counted of it as it is."""
    rows = [("200" if n % 2 else "404", str(n), "ann") for n in range(30)]
    values, groups, crossings = counted(rows)
    before = (groups.pack(), crossings.pack())
    groups.add({"user": ["ann"]}, values, [30])
    crossings.add({"user": ["ann"]}, values)
    assert (groups.pack(), crossings.pack()) == before


@pytest.mark.parametrize("unit", ["ms", " ms", "%", "s"])
def test_numbers_with_a_unit_are_summed(unit):
    """Numbers that all have the same unit are summed, and told with it."""
    rows = [("200" if n % 2 else "404", f"{n}.5{unit}", "ann") for n in range(30)]
    _, groups, _ = counted(rows)
    found = groups.pairs["status", "bytes"]["404"]
    assert found.total == sum(n + 0.5 for n in range(0, 30, 2))
    assert found.greatest_text == "28.5"
