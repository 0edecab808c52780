"""Folders become documents, on real files and through the command's own way in."""

import os
import shutil
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rao_cli.documents.context import Context, ReadOptions
from rao_cli.documents.load import open_sources
from rao_cli.documents.model import Document
from rao_cli.documents.walk.folder import list_files, read_folder
from rao_cli.errors import InputError, UsageError
from tests.documents.making import check_partition, encrypted_pdf, plain_pdf
from tests.documents.walk.trees import deep_folder, names, read_texts, tree


def opened(root: Path, **options) -> Document:
    """Open a folder as the command does."""
    document = open_sources([str(root)], ReadOptions(**options))
    check_partition(document, document.root)
    return document


def skipped(root: Path, **options) -> dict[str, str]:
    """Return what was left out and why."""
    return {os.path.relpath(entry.path, root): entry.reason for entry in opened(root, **options).skipped}


def test_folders_and_files_are_sections(tmp_path):
    """Each folder and file is a section of its kind, in the order of their names."""
    root = tree(tmp_path, names("b.txt", "a/c.txt", "a/b/d.txt", "Z.txt"))
    sections = [(section.kind, section.title) for section in opened(root).root.walk()]
    assert sections == [
        ("folder", tmp_path.name),
        ("file", "Z.txt"),
        ("folder", "a/"),
        ("folder", "a/b/"),
        ("file", "a/b/d.txt"),
        ("file", "a/c.txt"),
        ("file", "b.txt"),
    ]


def test_each_kind_has_its_loader(tmp_path):
    """PDF and Markdown files in a folder keep their pages and headings."""
    root = tree(tmp_path, {"a.pdf": plain_pdf(["hello"]), "b.md": "# One\n\nx\n\n# Two\n\ny\n", "c.txt": "plain"})
    document = opened(root)
    assert document.origins[0].pages
    assert [child.title for child in document.root.children[1].children] == ["One", "Two"]
    assert document.text == "hello\n# One\n\nx\n\n# Two\n\ny\nplain\n"


def test_locations_are_paths_that_the_user_can_open(tmp_path, monkeypatch):
    """A relative folder gives relative paths, with lines counted in each file."""
    tree(tmp_path, {"src/a.txt": "one\ntwo\n", "src/b.txt": "three\n"})
    monkeypatch.chdir(tmp_path)
    document = open_sources(["src"])
    assert [str(document.locate(section.span)) for section in document.root.children] == [
        "src/a.txt:1-2",
        "src/b.txt:1",
    ]
    assert open_sources(["."]).origins[0].path == "src/a.txt"


def test_what_is_left_out_is_listed_with_its_reason(tmp_path):
    """What cannot be read is listed beside what no rule lets through."""
    root = tree(tmp_path, {"bin.dat": b"\0\1", "empty.txt": "", "blank.txt": "  \n", "bad.pdf": b"%PDF-1.4 x"})
    tree(root, {"locked.pdf": encrypted_pdf(["x"], "pw"), "scan.pdf": plain_pdf([""])})
    tree(root, names("ok.txt", ".env"))
    found = skipped(root)
    assert set(found) == {".env", "bad.pdf", "bin.dat", "blank.txt", "empty.txt", "locked.pdf", "scan.pdf"}
    assert found[".env"] == "hidden"
    assert found["blank.txt"] == found["empty.txt"] == "empty"
    assert found["bin.dat"] == "binary"
    assert "password" in found["locked.pdf"]


@pytest.mark.parametrize("name", ["-rf", "a\nb", "\x1b[2J", "\u202egnp.txt", "\udcff.txt", "é漢😀", " ", "\u200b"])
def test_hostile_names_are_read_and_shown_safely(name, tmp_path):
    """Any file name is read; its title is one clean line, its path the name, with a mark for a foreign byte."""
    (tmp_path / name).write_text("text")
    document = opened(tmp_path)
    title = document.root.children[0].title
    assert title
    assert title.isprintable()
    assert document.origins[0].path == str(tmp_path / name.replace("\udcff", "\ufffd"))


def test_globs_that_leave_nothing_are_an_error(tmp_path):
    """A folder in which no file matches is refused, and the globs are named as the reason."""
    with pytest.raises(InputError, match="left out by --glob") as caught:
        opened(tree(tmp_path, names("a.txt")), globs=("*.py",))
    assert "--glob" in caught.value.hint


def test_what_globs_leave_out_is_no_failure(tmp_path):
    """Files that no glob names are listed, left out by rule, so that strict accepts them."""
    root = tree(tmp_path, {"a.txt": "x = 1\n", "b.bin": b"\0"})
    document = opened(root, globs=("*.txt",), strict=True)
    assert [(entry.reason, entry.failed) for entry in document.skipped] == [("left out by --glob", False)]


def test_globs_choose_among_the_files_of_folders_only(tmp_path):
    """A file that the user named is read whatever the globs say."""
    tree(tmp_path, names("a.txt"))
    assert open_sources([str(tmp_path / "a.txt")], ReadOptions(globs=("*.py",))).text == "text\n"


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=30, deadline=None)
@given(st.lists(st.text("!*?[]/.ab", min_size=1, max_size=6), max_size=4))
def test_globs_divide_the_files(tmp_path, globs):
    """Whatever the globs, each file is read or listed, unless a glob is refused or nothing is left."""
    files = ["a.b", "a/b", "b/a.a"]
    root = tree(tmp_path, names(*files))
    try:
        document = opened(root, globs=tuple(globs))
    except (InputError, UsageError):
        return
    shown = [origin.path for origin in document.origins] + [entry.path for entry in document.skipped]
    assert sorted(os.path.relpath(path, root) for path in shown) == files


def test_strict_refuses_what_cannot_be_read(tmp_path):
    """With strict, a file that fails is an error; one left out by rule, binary or empty is not."""
    root = tree(tmp_path, {"a.txt": "x", "uv.lock": "x", "empty": "", "a.png": b"\0"})
    assert opened(root, strict=True).text == "x\n"
    tree(root, {"b.pdf": b"%PDF-1.4 x"})
    with pytest.raises(InputError, match=r"b\.pdf: "):
        opened(root, strict=True)


def test_deeply_nested_folders_are_read(tmp_path):
    """A file below hundreds of folders is read, and nothing that walks the sections runs out of stack."""
    with deep_folder(tmp_path, 300) as deep:
        (deep / "b.txt").write_text("x")
        assert [leaf.title for leaf in opened(tmp_path).root.leaves()] == ["d/" * 300 + "b.txt"]


def test_what_changes_between_listing_and_reading(tmp_path):
    """A file that vanished, or became a link, a pipe or a folder, is listed; one that grew or shrank is read."""
    root = tree(tmp_path / "root", names(*"abcdef", "big"))
    tree(tmp_path, {"root/big": "x" * 2_000_000, "secret": "secret"})
    listing = list_files(root, ReadOptions())
    for name in "abcd":
        (root / name).unlink()
    (root / "b").symlink_to(tmp_path / "secret")
    os.mkfifo(root / "c")
    (root / "d").mkdir()
    tree(root, {"e": "text and more\n", "big": "small\n"})
    document = read_folder(root, listing, Context(), read_texts)
    assert document.text == "small\ntext and more\ntext\n"
    reasons = {entry.path.removeprefix(f"{root}/"): entry.reason for entry in document.skipped if entry.failed}
    assert set(reasons) == set("abcd")
    assert reasons["a"] == "no such file or folder"
    assert reasons["c"] == "not a regular file"


@pytest.mark.skipif(os.geteuid() == 0, reason="the superuser may read everything")
def test_an_unreadable_file_is_a_failure(tmp_path):
    """A file without permission is listed with the reason; what is beside it is read."""
    tree(tmp_path, names("a", "b"))
    (tmp_path / "b").chmod(0)
    assert skipped(tmp_path) == {"b": "permission denied"}


def test_the_order_is_stable(tmp_path):
    """Two readings of a folder give the same document."""
    root = tree(tmp_path, names(*(f"{number % 7}/f{number}.txt" for number in range(60))))
    assert opened(root) == opened(root)


def test_a_vanished_folder_is_an_error(tmp_path):
    """A folder that is gone by the time it is read is one clear line."""
    root = tree(tmp_path / "root", names("a"))
    listing = list_files(root, ReadOptions())
    shutil.rmtree(root)
    with pytest.raises(InputError, match=r"nothing readable in .*root: 1 left out \(no such file or folder\)"):
        read_folder(root, listing, Context(), read_texts)
