"""An index of a source that grew at its end is that of a source which was indexed whole."""

import sqlite3

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rao_cli.documents.model import Document, Origin, Section, Span
from rao_cli.documents.search.database import _TAIL, DamagedError, _build_file, open_database
from rao_cli.documents.search.index import SearchIndex
from rao_cli.documents.sections import finish

WORDS = ("harbour", "lantern", "anchor", "ledger", "tide", "compass", "rigging", "ballast")


def lines(first, end):
    """Return lines that differ, each with a few words."""
    return [f"{n} {WORDS[n % 8]} {WORDS[n * 7 % 5]} number{n * 31 % 97}\n" for n in range(first, end)]


def logged(count, per_leaf=20, name="app.log"):
    """Return a log of so many lines in leaves of a few."""
    rows = lines(0, count)
    text, children, at = "".join(rows), [], 0
    for start in range(0, count, per_leaf):
        size = sum(map(len, rows[start : start + per_leaf]))
        children.append(Section("", f"from line {start}", "records", Span(at, at + size)))
        at += size
    root = Section("", name, "file", Span(0, at), tuple(children))
    return finish(text, root, [Origin(name, Span(0, at))])


def leaves(document: Document):
    """Return the leaves of a document."""
    return list(document.root.leaves())


def index(document, path=None, earlier=None):
    """Return the index of a document."""
    return SearchIndex(document, leaves(document), path, earlier)


def answers(found):
    """Return what an index answers to many queries, and how rare it takes words to be."""
    queries = [*WORDS, "number31 tide", "anchor of the ledger", "number62 number93"]
    return [found.ranked(query, 8) for query in queries], found.frequencies(WORDS)


def rowids(path):
    """Return the passages of an index file with their places."""
    connection = sqlite3.connect(path)
    try:
        return connection.execute("SELECT row, start, size FROM place ORDER BY row").fetchall()
    finally:
        connection.close()


@settings(max_examples=25, deadline=None)
@given(st.integers(1, 400), st.integers(0, 300))
def test_a_grown_index_answers_as_a_new_one(tmp_path_factory, before, more):
    """Whatever was there and whatever was added, hits and frequencies are those of an index of the whole."""
    folder = tmp_path_factory.mktemp("index")
    index(logged(before), folder / "old").ranked("tide")
    grown = index(logged(before + more), folder / "new", folder / "old")
    assert answers(grown) == answers(index(logged(before + more)))


def test_only_the_end_is_indexed(tmp_path):
    """What was indexed before is taken over: the earlier index is a part of the new one."""
    told = []
    old, new = logged(4000), logged(4100)
    open_database(old, leaves(old), tmp_path / "old").close()
    open_database(new, leaves(new), tmp_path / "new", told.append, tmp_path / "old").close()
    assert len(told) == 1
    before, after = rowids(tmp_path / "old"), rowids(tmp_path / "new")
    assert after[: len(before) - 5] == before[: len(before) - 5]


def test_the_earlier_index_stays_as_it_was(tmp_path):
    """Another process may still search the earlier state."""
    old, new = logged(400), logged(500)
    first = answers(index(old, tmp_path / "old"))
    index(new, tmp_path / "new", tmp_path / "old").ranked("tide")
    assert answers(index(old, tmp_path / "old")) == first


def test_growing_again_and_again(tmp_path):
    """An index that grew many times answers as one that was built at once."""
    earlier = None
    for number in range(8):
        path = tmp_path / str(number)
        index(logged(100 + 37 * number), path, earlier).ranked("tide")
        earlier = path
    assert answers(index(logged(359), earlier)) == answers(index(logged(359)))


@pytest.mark.parametrize("at", [0, 100, 3000])
def test_another_change_builds_anew(tmp_path, at):
    """Where more than the end changed the index is built whole, and answers for the text that is there."""
    old, new = logged(600), logged(700)
    text = new.text[:at] + "Z" + new.text[at + 1 :]
    changed = finish(text, new.root, new.origins)
    index(old, tmp_path / "old").ranked("tide")
    with pytest.raises(DamagedError):
        _build_file(changed, leaves(changed), tmp_path / "other", lambda _: None, tmp_path / "old")
    assert not (tmp_path / "other").exists()
    assert answers(index(changed, tmp_path / "new", tmp_path / "old")) == answers(index(changed))


def test_a_source_that_shrank_builds_anew(tmp_path):
    """A log that was cut and begun again is indexed whole."""
    index(logged(900), tmp_path / "old").ranked("tide")
    small = logged(40 * _TAIL)
    assert answers(index(small, tmp_path / "new", tmp_path / "old")) == answers(index(small))


@pytest.mark.parametrize("damage", [b"", b"no database", None])
def test_a_damaged_earlier_index_costs_only_time(tmp_path, damage):
    """Where the earlier index cannot be used the new one is built from the text."""
    old, new = logged(400), logged(450)
    path = tmp_path / "old"
    index(old, path).ranked("tide")
    data = path.read_bytes()
    path.write_bytes(data[: len(data) // 2] if damage is None else damage)
    assert answers(index(new, tmp_path / "new", path)) == answers(index(new))


def test_an_index_of_an_earlier_format_builds_anew(tmp_path):
    """An index that an earlier version wrote is not taken over."""
    old, new = logged(400), logged(450)
    index(old, tmp_path / "old").ranked("tide")
    connection = sqlite3.connect(tmp_path / "old")
    with connection:
        connection.execute("UPDATE about SET value = '1' WHERE key = 'format'")
    connection.close()
    assert answers(index(new, tmp_path / "new", tmp_path / "old")) == answers(index(new))
