"""Repositories that were made to do harm: one clear line, nothing run, nothing read outside."""

import os
import zlib

import pytest

from rao_cli.documents.context import Context
from rao_cli.documents.history import reading
from rao_cli.documents.history.reading import read_changes
from rao_cli.documents.parsers.git import LARGEST_FILE, MOST_FILES, compared
from rao_cli.documents.workers import WorkerLimits, Workers
from rao_cli.errors import InputError, RaoError
from tests.documents.history.making import Making


@pytest.fixture(scope="module")
def workers():
    """Share one worker process."""
    with Workers(1) as pool:
        yield pool


@pytest.fixture
def made(tmp_path):
    """Return a repository with two commits."""
    making = Making(tmp_path / "repo")
    making.commit({"a.txt": "one\n"}, "First")
    making.commit({"a.txt": "two\n"}, "Second")
    yield making
    making.repo.close()


def changes(made, workers, since="HEAD~1"):
    """Return the document of what changed."""
    return read_changes(str(made.path), since, Context(workers=workers))


def refused(made, workers, since="HEAD~1"):
    """Return the one line with which a repository is refused."""
    with pytest.raises(RaoError) as caught:
        changes(made, workers, since)
    assert "\n" not in caught.value.message
    assert caught.value.hint
    return caught.value.message


def object_path(made, sha):
    """Return the file of an object."""
    return made.git / "objects" / sha.decode()[:2] / sha.decode()[2:]


def put(made, sha, data):
    """Put other bytes in the place of an object."""
    path = object_path(made, sha)
    path.chmod(0o644)
    path.write_bytes(data)


def test_its_configuration_hooks_and_filters_do_not_count(made, workers, tmp_path):
    """Settings that make git run programs, hooks and attributes of a repository do nothing."""
    mark = tmp_path / "mark"
    run = f"touch {mark}"
    (made.git / "config").write_text(
        f'[core]\n\tfsmonitor = "{run}"\n\tsshCommand = "{run}"\n\thooksPath = hooks\n\tpager = "{run}"\n'
        f'[filter "x"]\n\tsmudge = "{run}"\n\tclean = "{run}"\n[diff "x"]\n\ttextconv = "{run}"\n'
        "[include]\n\tpath = /etc/passwd\n[extensions]\n\tpartialClone = origin\n"
    )
    for hook in ("post-checkout", "reference-transaction", "post-index-change"):
        path = made.git / "hooks" / hook
        path.parent.mkdir(exist_ok=True)
        path.write_text(f"#!/bin/sh\n{run}\n")
        path.chmod(0o755)
    (made.git / "info").mkdir(exist_ok=True)
    (made.git / "info" / "attributes").write_text("* filter=x diff=x\n")
    made.commit({"a.txt": "three\n", ".gitattributes": "* filter=x diff=x\n"}, "Third")
    assert "three" in changes(made, workers).text[:]
    assert not mark.exists()


def test_a_damaged_configuration_is_not_read(made, workers):
    """A configuration that cannot be parsed is no obstacle, since nothing of it counts."""
    (made.git / "config").write_bytes(b"\xff[[[\0")
    assert "two" in changes(made, workers).text[:]


def test_objects_of_other_repositories_are_refused(made, workers, tmp_path):
    """A repository that borrows its objects elsewhere could show what its maker may not see."""
    other = Making(tmp_path / "other")
    secret = other.commit({"secret.txt": "the secret\n"}, "Secret")
    info = made.git / "objects" / "info"
    info.mkdir(exist_ok=True)
    (info / "alternates").write_text(f"{other.git / 'objects'}\n")
    assert "elsewhere" in refused(made, workers, secret.decode())
    other.repo.close()


@pytest.mark.parametrize("name", ["objects", "objects/pack", "objects/aa"])
def test_linked_objects_are_refused(made, workers, tmp_path, name):
    """Folders of objects that are links lead out of the repository."""
    place = made.git / name
    if place.exists():
        place.rename(tmp_path / "moved")
    (tmp_path / "moved").mkdir(exist_ok=True)
    place.symlink_to(tmp_path / "moved")
    assert "elsewhere" in refused(made, workers)


def test_a_linked_object_is_refused(made, workers, tmp_path):
    """An object that is a link to a file elsewhere is not opened."""
    path = object_path(made, made.at)
    path.rename(tmp_path / "moved")
    path.symlink_to(tmp_path / "moved")
    assert "elsewhere" in refused(made, workers)


@pytest.mark.parametrize("kind", ["file", "link"])
def test_a_repository_that_lies_elsewhere_is_refused(made, workers, tmp_path, kind):
    """A .git that is a file or a link names another folder, which nobody named."""
    made.git.rename(tmp_path / "real")
    if kind == "file":
        made.git.write_text(f"gitdir: {tmp_path / 'real'}\n")
    else:
        made.git.symlink_to(tmp_path / "real")
    assert "elsewhere" in refused(made, workers)


@pytest.mark.parametrize("target", ["../../../etc/passwd", "refs/heads/../../config", "/etc/passwd", "config"])
def test_refs_do_not_leave_their_folder(made, workers, target):
    """A symbolic ref that leads out of the refs stands for nothing."""
    (made.git / "HEAD").write_text(f"ref: {target}\n")
    assert "no such range" in refused(made, workers)


def test_refs_in_a_circle_end(made, workers):
    """Symbolic refs that name each other stand for nothing."""
    (made.git / "refs/heads/x").write_text("ref: refs/heads/y\n")
    (made.git / "refs/heads/y").write_text("ref: refs/heads/x\n")
    assert "no such range" in refused(made, workers, "x")


def test_a_ref_that_is_a_pipe_does_not_hang(made, workers):
    """A pipe in the place of a ref is not waited for."""
    os.mkfifo(made.git / "refs/heads/pipe")
    assert "no such range" in refused(made, workers, "pipe")


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"no zlib",
        zlib.compress(b"commit 4\0tree"),
        zlib.compress(b"tree 9\0" + b"\xff" * 9),
        zlib.compress(b"commit 99999999999999999999\0x"),
        zlib.compress(b"nonsense 3\0abc"),
        zlib.compress(b"blob 3\0abc"),
    ],
)
def test_damaged_objects_are_one_line(made, workers, data):
    """A commit that is cut short, of another kind or no object at all is refused."""
    put(made, made.at, data)
    refused(made, workers)


def test_a_tree_that_is_damaged_is_one_line(made, workers):
    """A tree that is no tree is refused."""
    put(made, made.repo[made.at].tree, zlib.compress(b"tree 5\0abcde"))
    refused(made, workers)


def test_an_object_that_swells_is_refused(made):
    """A few kilobytes that unpack to gigabytes end at the limit of memory."""
    bomb = zlib.compressobj(9)
    data = bomb.compress(b"commit 4000000000\0") + b"".join(bomb.compress(bytes(1 << 22)) for _ in range(150))
    put(made, made.at, data + bomb.flush())
    with Workers(1, WorkerLimits(memory_bytes=400 << 20)) as workers:
        refused(made, workers)


def test_a_pack_that_is_damaged_is_one_line(made, workers):
    """A pack with bytes turned is refused, wherever they are."""
    made.pack()
    pack = next((made.git / "objects/pack").glob("*.pack"))
    pack.chmod(0o644)
    data = bytearray(pack.read_bytes())
    for at in range(12, len(data) - 20, 7):
        data[at] ^= 0xFF
    pack.write_bytes(data)
    refused(made, workers)


@pytest.mark.parametrize("name", ["../out.txt", "a/../../b", ".git/config", "x\n\x1b[2Jy.txt", "bad\udcff.txt"])
def test_names_are_only_shown(made, workers, name):
    """A file name of a tree is never opened, and is safe to show."""
    made.commit({"a.txt": "two\n", name: "content\n"}, "Names")
    document = changes(made, workers)
    shown = [section.title for section in document.root.walk()]
    assert not any("\x1b" in title or "\n" in title for title in shown)
    if ".." in name or ".git" in name:
        assert "content" not in document.text[:]
        assert document.skipped[0].reason == "has a name that no file may have"


def test_links_and_submodules_are_not_followed(made, workers):
    """A link of a tree is listed, whatever it points to."""
    made.commit({"a.txt": "two\n", "link": "/etc/passwd"}, "Link", modes={"link": 0o120000})
    document = changes(made, workers)
    assert [(one.path, one.reason) for one in document.skipped] == [("link", "a link")]


def test_large_and_binary_files_are_listed(made, workers):
    """Files above the limit, and those with zero bytes, are not read."""
    files = {"a.txt": "two\n", "big.txt": "x" * (LARGEST_FILE + 1), "bin.dat": b"\0\1\2"}
    made.commit(files, "Files")
    document = changes(made, workers)
    assert [one.reason for one in document.skipped] == ["larger than 1 MB", "binary"]


def test_many_files_are_bounded(made, workers):
    """Of more files than are read the others are listed."""
    made.commit({f"f{n}.txt": f"{n}\n" for n in range(MOST_FILES + 5)}, "Many")
    document = changes(made, workers)
    assert len(document.facts[0].tables[0].rows) <= MOST_FILES
    assert {one.reason for one in document.skipped} == {"more files changed than are read"}


def test_messages_are_only_text(made, workers):
    """What a commit message holds reaches the document without control characters."""
    made.commit({"a.txt": "three\n"}, "Hello \x1b[2J\x07\nrules:\x1b]0;x\x07 ignore everything")
    text = changes(made, workers).text[:]
    assert "\x1b" not in text
    assert "\x07" not in text


def test_lines_that_are_slow_to_compare_are_not_compared():
    """Two long texts with nothing in common are one change, at once."""
    old, new = [f"a{n}" for n in range(20_000)], [f"b{n}" for n in range(20_000)]
    assert list(compared(old, new)) == [(0, 20_000, 0, 20_000)]


def test_a_worker_is_stopped_in_time(made):
    """Reading a history has limits of its own."""
    assert reading.LIMITS.cpu_seconds <= 120
    with Workers(1) as workers, pytest.raises(InputError, match="took too long"):
        workers.run(
            "git",
            b"",
            {"path": str(made.git), "since": "HEAD~1"},
            shown="repo",
            limits=WorkerLimits(wall_seconds=0.0),
        )
