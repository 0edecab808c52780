"""Files are read in order, by a few threads, and put together under their folders."""

import threading
import time
from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rao_cli.documents.blob import Blob
from rao_cli.documents.context import Context, ReadOptions
from rao_cli.documents.model import Document, Section, Skipped, Span
from rao_cli.documents.walk.gather import Whole, gather, nested
from rao_cli.documents.workers import Workers
from rao_cli.errors import InputError
from tests.documents.making import check_partition
from tests.documents.walk.trees import read_texts


@dataclass(frozen=True)
class MemoryFile:
    """A file that lies in memory."""

    relative: str
    content: bytes | Exception
    size: int = 1

    @property
    def shown(self) -> str:
        return f"top/{self.relative}"

    def blob(self) -> Blob:
        if isinstance(self.content, Exception):
            raise self.content
        return Blob.of(self.content, self.relative, self.shown)


def gathered(*files: MemoryFile, read=read_texts, threads: int = 2, skipped=(), **options) -> Document:
    """Read files."""
    with Workers(threads) as workers:
        context = Context(ReadOptions(**options), workers)
        document = gather(files, Whole("top", "top", skipped), context, read)
    check_partition(document, document.root)
    return document


def texts(*paths: str) -> list[MemoryFile]:
    """Return files that hold their own paths."""
    return [MemoryFile(path, f"{path}\n".encode()) for path in paths]


def outline(section: Section) -> list:
    """Return the titles of a tree as nested lists."""
    return [section.title, *map(outline, section.children)]


def test_files_lie_under_their_folders():
    """Each folder is a section with its path as its title, and each file one inside."""
    document = gathered(*texts("a", "b/c/d", "b/c/e", "b/f", "g"))
    tree = [["a"], ["b/", ["b/c/", ["b/c/d"], ["b/c/e"]], ["b/f"]], ["g"]]
    assert outline(document.root) == ["top", *tree]
    assert document.text == "a\nb/c/d\nb/c/e\nb/f\ng\n"
    assert [section.kind for section in document.root.children] == ["file", "folder", "file"]


def test_a_folder_that_only_holds_a_folder_is_no_section():
    """A chain of folders is one section with the whole path, so that an outline does not waste levels."""
    assert outline(gathered(*texts("a/b/c/x", "a/b/c/y")).root) == ["top", ["a/b/c/", ["a/b/c/x"], ["a/b/c/y"]]]


def test_very_deep_folders_are_flat():
    """Sections nest to a bounded depth, so that no later walk over them runs out of stack; paths stay whole."""
    deep = "d/" * 1000
    document = gathered(*texts("d/a", deep + "x", deep + "y", "d/e/b"))
    assert [leaf.title for leaf in document.root.leaves()] == ["d/a", deep + "x", deep + "y", "d/e/b"]


PATHS = st.lists(
    st.lists(st.sampled_from("ab"), min_size=1, max_size=5).map(tuple), min_size=1, max_size=15, unique=True
)


@given(PATHS)
def test_every_file_is_found_below_the_folders_on_its_path(paths):
    """Whatever the paths, a file's section lies in folders whose titles start its own, in the given order."""
    # A path that another one continues cannot be a file.
    files = sorted(path for path in paths if not any(other[: len(path)] == path != other for other in paths))
    placed = [
        ("/".join(path), Section("", "/".join(path), "file", Span(at, at + 1))) for at, path in enumerate(files)
    ]
    root = nested("top", placed, Span(0, len(placed)))
    assert [leaf.title for leaf in root.leaves()] == [path for path, _ in placed]
    for section in root.walk():
        for child in section.children:
            inside = section is root or child.title.startswith(section.title)
            assert inside
            assert child.kind == "file" or len(child.children) > 1 or child.children[0].kind == "file"


def test_the_order_holds_however_long_each_file_takes():
    """Files that are read by several threads stay in their order."""
    turn = threading.Barrier(2, timeout=20)

    def read(blobs, context):
        # The first two chunks, in different threads, have to meet before either is done.
        if blobs[0].name in {"f0000", "f0050"}:
            turn.wait()
        return read_texts(blobs, context)

    files = texts(*(f"f{number:04}" for number in range(120)))
    assert gathered(*files, read=read).text == "".join(f"f{number:04}\n" for number in range(120))


def test_reading_ahead_is_bounded():
    """However many files there are, only a few are read before the first ones are put together."""
    started: list[str] = []
    seen: list[int] = []

    def read(blobs, context):
        started.append(blobs[0].name)
        if blobs[0].name == "f0000":
            time.sleep(0.3)
            seen.append(len(started))
        return read_texts(blobs, context)

    gathered(*(MemoryFile(f"f{number:04}", b"x\n", 4 << 20) for number in range(100)), read=read)
    assert seen[0] < 20


def test_small_files_are_read_together():
    """Readers are given many small files at once, and a large one alone."""
    sizes: list[int] = []

    def read(blobs, context):
        sizes.append(len(blobs))
        return read_texts(blobs, context)

    files = [MemoryFile(f"f{number:04}", b"x\n", 4 << 20 if number == 60 else 1) for number in range(90)]
    gathered(*files, read=read, threads=1)
    assert sizes == [50, 10, 1, 29]


def test_one_broken_file_does_not_cost_those_read_with_it():
    """Where the disk fails in the middle of several files, the others are read all the same."""

    def read(blobs, context):
        for result in read_texts(blobs, context):
            if any(blob.name == "b" for blob in blobs):
                raise OSError(5, "Input/output error")
            yield result

    document = gathered(*texts(*"abc"), read=read)
    assert document.text == "a\nc\n"
    assert [(entry.path, entry.reason) for entry in document.skipped] == [
        ("top/b", "cannot be read: Input/output error")
    ]


def test_what_cannot_be_read_is_listed_with_its_reason():
    """Files without text, binary, vanished and broken ones are listed; all but the first count as failures."""
    gone, broken = InputError("no such file or folder: top/gone"), OSError(5, "Input/output error")
    files = [
        MemoryFile("bin", b"a\0b"),
        MemoryFile("blank", b" \n"),
        MemoryFile("gone", gone),
        MemoryFile("io", broken),
    ]
    document = gathered(*files, *texts("ok"), skipped=[Skipped("top/.x", "hidden")])
    assert [(entry.path, entry.reason, entry.failed) for entry in document.skipped] == [
        ("top/.x", "hidden", False),
        ("top/bin", "a binary file, not text", True),
        ("top/blank", "empty", False),
        ("top/gone", "no such file or folder", True),
        ("top/io", "cannot be read: Input/output error", True),
    ]


def test_generated_files_are_left_out_unless_asked_for():
    """A source file that says it is generated is not read, but with no_ignore it is."""
    files = [MemoryFile("a.go", b"// Code generated by x. DO NOT EDIT.\npackage a\n"), *texts("b.go")]
    assert [(entry.path, entry.reason) for entry in gathered(*files).skipped] == [
        ("top/a.go", "minified or generated")
    ]
    assert not gathered(*files, no_ignore=True).skipped


def test_strict_refuses_what_cannot_be_read():
    """With strict, the first failure in order is an error that names the file; an empty file is none."""
    files = [*texts("a"), MemoryFile("b", b""), MemoryFile("c", b"\0"), MemoryFile("d", b"\0")]
    with pytest.raises(InputError, match="top/c: a binary file") as caught:
        gathered(*files, strict=True)
    assert "--strict" in caught.value.hint
    with pytest.raises(InputError, match="x: cannot be listed"):
        gathered(*texts("a"), skipped=[Skipped("x", "cannot be listed", failed=True)], strict=True)
    assert gathered(*files[:2], strict=True).text == "a\n"


def test_an_unexpected_error_ends_the_reading():
    """An error of our own is not taken for a file that cannot be read."""

    def read(blobs, _context):
        raise ZeroDivisionError(blobs)

    with pytest.raises(ZeroDivisionError):
        gathered(*texts(*map(str, range(500))), read=read)


@pytest.mark.parametrize(
    ("files", "skipped", "message", "hint"),
    [
        ([], [], "it is empty", "text or PDF"),
        ([MemoryFile("a", b"\0")], [], "1 left out (a binary file, not text)", "text or PDF"),
        ([], [Skipped(".a", "hidden")], "1 left out (hidden)", "--hidden"),
        (
            [MemoryFile("f", b"")],
            [Skipped("uv.lock", "lock file")],
            "2 left out (empty; lock file)",
            "--no-ignore",
        ),
        ([], [Skipped("a", "left out by --glob")], "1 left out (left out by --glob)", "--glob"),
    ],
)
def test_nothing_readable_is_an_error(files, skipped, message, hint):
    """A folder with nothing readable is refused, with the reasons and the option that helps."""
    with pytest.raises(InputError) as caught:
        gathered(*files, skipped=skipped)
    assert message in caught.value.message
    assert hint in caught.value.hint


def test_how_far_reading_is_gets_told():
    """Someone who waits for many files is told how many of them are read."""
    told: list[str] = []
    with Workers(1) as workers:
        context = Context(ReadOptions(), workers, told.append)
        gather(texts(*map(str, range(120))), Whole("top", "top", ()), context, read_texts)
    assert told == ["reading top: 50 of 120 files", "reading top: 100 of 120 files"]
