"""The store: what was kept comes back equal, damage is noticed, and old entries make room."""

import os
import time
from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rao_cli.documents.model import CodeFile, Document, Facts, Origin, Page, Section, Skipped, Span, Symbol, Table
from rao_cli.documents.records import decode, decode_tree, encode, encode_tree
from rao_cli.documents.sections import finish, number
from rao_cli.documents.store import Kept, Store, identity, key_of, settled
from rao_cli.documents.stored import TextWriter
from tests.documents.making import texts, trees

KEY = key_of("a")


def document(text="# One\nalpha\n# Two\nbeta é\n"):
    """Return a document with something in every field."""
    middle = len(text) // 2
    children = (
        Section("", "One", "chapter", Span(0, middle)),
        Section("", "Two", "chapter", Span(middle, len(text))),
    )
    return finish(
        text,
        Section("", "all", "file", Span(0, len(text)), children),
        [Origin("a.pdf", Span(0, len(text)), (Page(0, 1, "i"), Page(middle, 7, "1")), "slide")],
        skipped=[Skipped("b", "hidden"), Skipped("c", "damaged", failed=True)],
        warnings=["careful"],
        facts=[Facts("a.pdf", "log", (("records", 3), ("first", "now")), (Table("t", ("a",), ((1.5,),), 9),))],
        code=[CodeFile(0, "Python", (Symbol("f", "function", "def f()", Span(0, 5), "C"),), ("os",), "g 2 h 1")],
    )


def files(store_folder):
    """Return the files of the one entry in a store."""
    (entry,) = (store_folder / "read").iterdir()
    return sorted(entry.iterdir())


def test_a_document_comes_back_equal(tmp_path):
    """Everything of a document is kept."""
    store = Store(tmp_path)
    store.put(KEY, document())
    assert store.get(KEY) == document()


def test_a_text_on_disk_comes_back_equal(tmp_path):
    """A document whose text lies on disk is kept like any other."""
    writer = TextWriter(in_memory=-1)
    writer.write(str(document().text))
    store = Store(tmp_path)
    store.put(KEY, replace(document(), text=writer.finish()))
    assert store.get(KEY) == document()


@given(st.data(), texts)
def test_any_tree_survives_as_a_list(data, text):
    """A section tree equals what its flat list gives back."""
    root = number(data.draw(trees(Span(0, len(text)))))
    assert decode_tree(encode_tree(root)) == root


def test_records_hold_neither_text_nor_folder():
    """What is encoded of a document leaves its text and folder to the store."""
    kept = decode(encode(replace(document(), folder="/somewhere")), "other")
    assert (kept.text, kept.folder) == ("other", "")


@pytest.mark.parametrize("rows", [[], [["1", "", "file", 0, 1, 0, 0]] * 2])
def test_a_list_that_is_not_one_tree_is_refused(rows):
    """No section, or two roots, are not a tree."""
    with pytest.raises(ValueError, match="tree"):
        decode_tree(rows)


def test_nothing_is_found_under_another_key(tmp_path):
    """A key that was never used has no document."""
    store = Store(tmp_path)
    store.put(KEY, document())
    assert store.get(key_of("b")) is None


@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_damage_never_gives_another_document(tmp_path_factory, data):
    """After any changed byte a document comes back equal, or not at all."""
    folder = tmp_path_factory.mktemp("store")
    store = Store(folder)
    store.put(KEY, document())
    file = data.draw(st.sampled_from(files(folder)))
    content = bytearray(file.read_bytes())
    at = data.draw(st.integers(0, len(content) - 1))
    content[at] ^= data.draw(st.integers(1, 255))
    file.write_bytes(content)
    assert store.get(KEY) in (None, document())


@pytest.mark.parametrize("name", ["text", "blocks", "document.json"])
def test_a_lost_or_cut_file_removes_the_entry(name, tmp_path):
    """An entry with a file missing or cut short is removed, and can be kept anew."""
    store = Store(tmp_path)
    for damage in (lambda file: file.unlink(), lambda file: file.write_bytes(file.read_bytes()[:-1])):
        store.put(KEY, document())
        damage(next(file for file in files(tmp_path) if file.name == name))
        assert store.get(KEY) is None
        assert not list((tmp_path / "read").iterdir())


def test_the_first_of_two_writers_wins(tmp_path):
    """Keeping a document again under its key changes nothing and leaves nothing behind."""
    store = Store(tmp_path)
    store.put(KEY, document())
    store.put(KEY, document("# Other\n\ntext\n"))
    assert store.get(KEY) == document()
    assert [path.name for path in tmp_path.iterdir()] == ["read"]


def test_a_folder_that_cannot_be_written_costs_only_the_keeping(tmp_path):
    """A store below a file keeps nothing and raises nothing."""
    (tmp_path / "file").write_text("x")
    store = Store(tmp_path / "file" / "store")
    store.put(KEY, document())
    assert store.get(KEY) is None


def test_the_least_recently_used_make_room(tmp_path):
    """Above the size the entry used longest ago goes, also when it was written last."""
    store = Store(tmp_path, largest=4 * 1000)
    keys = [key_of(str(number)) for number in range(3)]
    for age, key in zip((30, 20, 10), keys, strict=True):
        Store(tmp_path).put(key, document("# Title\n\n" + "x" * 1000))
        os.utime(tmp_path / "read" / key, (time.time() - age,) * 2)
    assert store.get(keys[0]) is not None
    size = sum(file.stat().st_size for file in (tmp_path / "read" / keys[0]).iterdir())
    Store(tmp_path, largest=size * 2).trim()
    assert [store.get(key) is not None for key in keys] == [True, False, True]


def test_what_interrupted_writers_left_is_removed_after_a_day(tmp_path):
    """A folder left by a writer that was killed goes once it is old, and not before."""
    for name, age in (("tmp-old", 2 * 86400), ("tmp-new", 60)):
        (tmp_path / name).mkdir()
        os.utime(tmp_path / name, (time.time() - age,) * 2)
    Store(tmp_path).trim()
    assert [path.name for path in tmp_path.iterdir()] == ["tmp-new"]


def test_clearing_removes_what_the_store_wrote_and_nothing_else(tmp_path):
    """A stranger's files survive, whatever they are called."""
    store = Store(tmp_path)
    store.put(KEY, document())
    store.derived(document())
    (tmp_path / "read" / "mine").mkdir()
    (tmp_path / "read" / "mine" / "text").write_text("keep")
    count, size = store.clear()
    assert (count, size > 0) == (3, True)
    assert [str(path.relative_to(tmp_path)) for path in tmp_path.rglob("*") if path.is_file()] == [
        "read/mine/text"
    ]


def test_identity_changes_with_the_content_and_the_file(tmp_path):
    """Another size, another time and another file have another identity."""
    seen = []
    for name, content, at in (("a", "x", 1), ("a", "xy", 1), ("a", "xy", 2), ("b", "xy", 2)):
        (tmp_path / name).write_text(content)
        os.utime(tmp_path / name, (at, at))
        seen.append(identity((tmp_path / name).stat()))
    assert all(one != other for one, other in pairwise(seen))


def test_a_file_written_just_now_is_not_settled(tmp_path):
    """The times of a fresh file do not identify its content yet."""
    (tmp_path / "f").write_text("x")
    assert not settled((tmp_path / "f").stat())


def test_a_tree_is_made_once(tmp_path):
    """A kept tree is read back, not made again; a damaged one is made anew."""
    kept = Kept(tmp_path, KEY)
    made = []

    def make():
        made.append(1)
        return number(Section("", "t", "file", Span(0, 4)))

    assert kept.tree(make) == kept.tree(make)
    assert len(made) == 1
    kept.path("tree").write_bytes(b"x" * 40)
    kept.tree(make)
    assert len(made) == 2


def test_documents_are_compared_by_all_they_hold():
    """The equality that these tests rely on notices a changed warning."""
    assert document() != replace(document(), warnings=("other",))
    assert isinstance(document(), Document)
