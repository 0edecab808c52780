"""The search index on disk: built once, used again, and never trusted when it is not sound."""

import sqlite3
from dataclasses import replace

import pytest

from rao_cli.documents.model import Section, Span
from rao_cli.documents.search import SearchIndex
from rao_cli.documents.search.database import open_database
from tests.documents.search.making import document_of, leaves_of

WORDS = ["".join(chr(ord("a") + int(digit)) for digit in str(n)) for n in range(300)]
TEXT = "".join(f"this paragraph speaks of the matter{word} and of nothing else\n\n" for word in WORDS)
DOCUMENT = document_of(TEXT)
LEAVES = leaves_of(DOCUMENT)


def found(path, document=DOCUMENT, leaves=LEAVES):
    """Return the text of the best passage for one subject."""
    (hit,) = SearchIndex(document, leaves, path).ranked("matterbcd", 1)
    return document.read(hit.span)


@pytest.fixture
def path(tmp_path):
    """Return where an index is kept, after it was built there."""
    place = tmp_path / "index"
    assert "matterbcd" in found(place)
    return place


def test_a_kept_index_is_used_again(path):
    """A second start reads the file and does not write it."""
    before = path.stat()
    assert "matterbcd" in found(path)
    after = path.stat()
    assert (before.st_ino, before.st_mtime_ns) == (after.st_ino, after.st_mtime_ns)
    assert [each.name for each in path.parent.iterdir()] == ["index"]


def test_a_kept_index_finds_what_one_in_memory_finds(path):
    """Hits from the file are those of an index that was never kept."""
    query = "paragraph matterh nothing"
    kept = SearchIndex(DOCUMENT, LEAVES, path).ranked(query, 30)
    assert kept == SearchIndex(DOCUMENT, LEAVES).ranked(query, 30)
    assert len(kept) == 30


def test_no_index_is_built_for_exact_matches(tmp_path):
    """Counting needs no index, so none is written."""
    assert SearchIndex(DOCUMENT, LEAVES, tmp_path / "index").find("matterbcd").total == 1
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "damage",
    [
        lambda data: b"",
        lambda data: b"no database at all" * 100,
        lambda data: data[: len(data) // 2],
        lambda data: bytes(4096) + data[4096:],
        lambda data: data[:4096] + b"\xff" * (len(data) - 4096),
    ],
    ids=["empty", "foreign", "cut", "head", "body"],
)
def test_a_damaged_index_is_built_again(path, damage):
    """Whatever stands in the file, the right passage is found, and a sound index is left."""
    path.write_bytes(damage(path.read_bytes()))
    assert "matterbcd" in found(path)
    assert open_database(DOCUMENT, LEAVES, path).about()["document"] == DOCUMENT.digest


def test_every_damaged_page_is_survived(path):
    """With any one page of the file overwritten, a search finds something or nothing, and raises nothing."""
    data = path.read_bytes()
    for page in range(0, len(data), 4096):
        path.write_bytes(data[:page] + b"\xa5" * 4096 + data[page + 4096 :])
        hits = SearchIndex(DOCUMENT, LEAVES, path).ranked("paragraph matterbcd nothing", 5)
        assert all(hit.span.end <= len(TEXT) for hit in hits)


def test_another_documents_index_is_built_again(path):
    """An index of another text, of other leaves or of another version is not used."""
    other = document_of(TEXT.replace("matterbcd", "elsewhere").replace("matterh ", "matterbcd "))
    assert "matterbcd" in found(path, other, leaves_of(other))
    leaves = leaves_of(DOCUMENT, 100)
    (hit,) = SearchIndex(DOCUMENT, leaves, path).ranked("matterbcd", 1)
    assert next(leaf for leaf in leaves if leaf.id == hit.section_id).span.contains(hit.span)
    with sqlite3.connect(path) as database:
        database.execute("UPDATE about SET value = 'older' WHERE key = 'format'")
    database.close()
    assert "matterbcd" in found(path)


def test_an_index_that_is_no_index_is_replaced(path):
    """A sound database with other tables is replaced as well."""
    path.unlink()
    with sqlite3.connect(path) as database:
        database.execute("CREATE TABLE about(key, value)")
    database.close()
    assert "matterbcd" in found(path)


def test_a_folder_that_cannot_be_written_costs_the_keeping_only(tmp_path):
    """Where no file can be made, the search works and leaves nothing behind."""
    assert "matterbcd" in found(tmp_path / "missing" / "index")
    (tmp_path / "taken").mkdir()
    assert "matterbcd" in found(tmp_path / "taken")


def test_an_index_damaged_while_it_is_open_is_built_again(path):
    """A file that is overwritten under an open index costs time, not the answer."""
    index = SearchIndex(DOCUMENT, LEAVES, path)
    assert index.ranked("matterf", 1)
    path.write_bytes(b"\xff" * path.stat().st_size)
    assert "matterbcd" in DOCUMENT.read(index.ranked("matterbcd", 1)[0].span)


def test_odd_titles_and_paths_are_indexed(tmp_path):
    """Lone surrogates and NUL characters in titles and paths stop no index from being built."""
    span = Span(0, len(TEXT))
    leaves = [Section("1", "\ud800 a\0b", "file", span)]
    twice = tuple(replace(DOCUMENT.origins[0], path=path) for path in ("\udcff/a", "\udcff/b\0"))
    document = replace(DOCUMENT, origins=twice)
    assert "matterbcd" in found(tmp_path / "index", document, leaves)


def test_building_tells_how_far_it_is(tmp_path):
    """Making the index beforehand reports shares that grow to the whole, and is done only once."""
    told = []
    index = SearchIndex(DOCUMENT, LEAVES, tmp_path / "index")
    index.prepare(told.append)
    index.prepare(told.append)
    assert told == sorted(told)
    assert told[-1] == 1.0
    assert len(told) == len(set(told))
