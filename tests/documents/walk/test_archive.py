"""Archives are read as folders: by the same rules, within limits, and never outside themselves."""

import contextlib
import gzip
import io
import random
import stat
import struct
import tarfile
import zipfile

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rao_cli.documents.blob import Blob
from rao_cli.documents.context import Context, ReadOptions
from rao_cli.documents.kinds import read_blob
from rao_cli.documents.model import Document
from rao_cli.documents.walk.archive import archive_kind, read_archive
from rao_cli.documents.walk.members import LARGEST_MEMBER, MOST_MEMBERS, Member
from rao_cli.documents.walk.members import listed as listed_members
from rao_cli.documents.workers import Workers
from rao_cli.errors import InputError
from tests.documents.making import check_partition
from tests.documents.walk.trees import Files, left_out, listed, names, read_texts, tree


def zipped(files: Files, compression: int = zipfile.ZIP_DEFLATED) -> bytes:
    """Return a zip file."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", compression) as packed:
        for name, content in files.items():
            packed.writestr(name, content)
    return out.getvalue()


def tarred(files: Files, mode: str = "w") -> bytes:
    """Return a tar file."""
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode=mode) as packed:
        for name, content in files.items():
            data = content.encode() if isinstance(content, str) else content
            info = tarfile.TarInfo(name)
            info.size = len(data)
            packed.addfile(info, io.BytesIO(data))
    return out.getvalue()


PACKERS = {"zip": zipped, "tar": tarred}
every_kind = pytest.mark.parametrize("pack", PACKERS.values(), ids=PACKERS)


def opened(data: bytes, name: str = "a.zip", **options) -> Document:
    """Read an archive from memory."""
    document = read_archive(Blob.of(data, name, f"in/{name}"), Context(ReadOptions(**options)), read_texts)
    check_partition(document, document.root)
    return document


def read(data: bytes, **options) -> list[str]:
    """Return the paths that were read."""
    return [origin.path.removeprefix("in/a.zip/") for origin in opened(data, **options).origins]


def skipped(data: bytes, **options) -> dict[str, str]:
    """Return what was left out and why."""
    return {entry.path.removeprefix("in/a.zip/"): entry.reason for entry in opened(data, **options).skipped}


def refused(data: bytes) -> InputError:
    """Return the error with which an archive is refused."""
    with pytest.raises(InputError) as caught:
        opened(data)
    return caught.value


@every_kind
def test_members_are_sections_by_name(pack):
    """Members are put under their folders in the order of their names, whatever their order in the archive."""
    document = opened(pack({"b.txt": "b", "a/d.txt": "d", "a/b/c.txt": "c", "./a/e.txt": "e"}))
    assert document.text == "c\nd\ne\nb\n"
    titles = ["a.zip", "a/", "a/b/", "a/b/c.txt", "a/d.txt", "a/e.txt", "b.txt"]
    assert [section.title for section in document.root.walk()] == titles
    assert document.origins[0].path == "in/a.zip/a/b/c.txt"


@every_kind
def test_a_single_folder_is_the_root(pack):
    """Where all lies in one folder, that is the title, paths are below it, and globs count from it."""
    data = pack(names("pipx-1.4/src/a.py", "pipx-1.4/README", "__MACOSX/._README"))
    document = opened(data)
    assert [section.title for section in document.root.walk()] == ["pipx-1.4", "README", "src/", "src/a.py"]
    assert document.origins[1].path == "in/a.zip/pipx-1.4/src/a.py"
    assert read(data, globs=("/src/*.py",)) == ["pipx-1.4/src/a.py"]


NAMES = st.sampled_from(["a", "b.py", ".c", "out", "vendor", "uv.lock", "x.min.js", "é", "d e"])
RULES = st.lists(st.sampled_from(["*", "!a", "out/", "/a", "*.py", "!*/", "é", "b.py/", "**/out"]), max_size=3)
TREES = st.dictionaries(st.lists(NAMES, min_size=1, max_size=4).map("/".join), st.just("text\n"), max_size=8)


@settings(max_examples=40, deadline=None)
@given(TREES, RULES, st.booleans(), st.booleans())
def test_the_rules_are_those_of_folders(tmp_path_factory, files, rules, hidden, no_ignore):
    """The same files are taken and left out, for the same reasons, on disk, in a zip file and in a tar file."""
    files = {
        path: text for path, text in files.items() if not any(other.startswith(f"{path}/") for other in files)
    }
    files |= {"z": "text\n", "y/z": "text\n", ".gitignore": "\n".join(rules)}
    root = tree(tmp_path_factory.mktemp("tree"), files)
    options = {"hidden": hidden, "no_ignore": no_ignore}
    empty = {".gitignore"} if not rules else set()
    for pack in (zipped, tarred):
        try:
            document = opened(pack(files), **options)
        except InputError:
            assert set(listed(root, **options)) <= empty
            continue
        found = [origin.path.removeprefix("in/a.zip/") for origin in document.origins]
        assert found == [path for path in listed(root, **options) if path not in empty]
        reasons = {entry.path.removeprefix("in/a.zip/"): entry.reason for entry in document.skipped}
        assert {path: why for path, why in reasons.items() if why != "empty"} == left_out(root, **options)


@pytest.mark.parametrize("mode", ["w:gz"])
def test_compressed_tar_files_are_read(mode):
    """A compressed tar file is opened like a plain one; its members are shown below the file that the user has."""
    with Workers(1) as workers:
        blob = Blob.of(tarred(names("p/a.txt"), mode), "p.tar.gz", "in/p.tar.gz")
        document = read_blob(blob, Context(ReadOptions(), workers))
    assert [origin.path for origin in document.origins] == ["in/p.tar.gz/p/a.txt"]


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (zipped({"a": "x"}), "zip"),
        (zipped({}), "zip"),
        (tarred({"a": "x"}), "tar"),
        (b"PK", ""),
        (b"", ""),
        (b"a" * 600, ""),
    ],
)
def test_archives_are_told_by_their_bytes(data, kind):
    """Zip files, even empty ones, and tar files are recognised, other bytes are not."""
    assert archive_kind(data[:4096]) == kind


@every_kind
@pytest.mark.parametrize("name", ["/etc/passwd", "../x", "a/../../x", "a/..", "C:/x"])
def test_members_that_lead_out_are_left_out(pack, name):
    """Absolute paths and paths with .. are listed, never taken for something inside."""
    assert skipped(pack({name: "x", "ok": "x"})) == {name: "leads out of the archive"}


@every_kind
@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_names_that_clash(pack):
    """Of several members with one name the last is read; a file and a folder of one name are not both read."""
    out = io.BytesIO()
    if pack is zipped:
        with zipfile.ZipFile(out, "w") as packed:
            for name, text in (
                ("a", "old"),
                ("a", "new"),
                ("b", "file"),
                ("b/c", "inside"),
                ("d/e", "inside"),
                ("d", "file"),
            ):
                packed.writestr(name, text)
    else:
        with tarfile.open(fileobj=out, mode="w") as packed:
            for name, text in (
                ("a", "old"),
                ("a", "new"),
                ("b", "file"),
                ("b/c", "inside"),
                ("d/e", "inside"),
                ("d", "file"),
            ):
                info = tarfile.TarInfo(name)
                info.size = len(text)
                packed.addfile(info, io.BytesIO(text.encode()))
    assert opened(out.getvalue()).text == "new\nfile\ninside\n"
    assert skipped(out.getvalue()) == {
        "a": "is there more than once; the last one is read",
        "b/c": "lies below a file, or below too many folders",
        "d": "has the name of a folder",
    }


def test_members_without_a_name_are_passed_over():
    """A member whose name is empty, as only damage makes it, is nothing that could be read."""
    assert read(zipped({"x" * 3: "text", "b": "text"}).replace(b"xxx", b"\0xx")) == ["b"]


def test_links_and_devices_in_a_zip_file_are_left_out():
    """What a zip file marks as a link or a pipe is listed and not read."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as packed:
        for name, mode in (("link", stat.S_IFLNK), ("pipe", stat.S_IFIFO), ("ok", stat.S_IFREG)):
            info = zipfile.ZipInfo(name)
            info.create_system, info.external_attr = 3, (mode | 0o644) << 16
            packed.writestr(info, "../../etc/passwd")
    assert skipped(out.getvalue()) == {"link": "symbolic link, not followed", "pipe": "not a regular file"}


def test_encrypted_members_are_failures():
    """An encrypted member is listed as one that could not be read; the others are read."""
    data = zipped({"a": "secret", "b": "text"})
    start = data.find(b"PK\x01\x02")
    data = data[: start + 8] + b"\x01\x00" + data[start + 10 :]
    found = opened(data)
    assert [(entry.path, entry.reason, entry.failed) for entry in found.skipped] == [
        ("in/a.zip/a", "encrypted in the archive", True)
    ]
    assert found.text == "text\n"


def test_a_wrong_checksum_is_a_failure():
    """A member whose bytes are not those that were packed is listed, not read."""
    data = zipped({"a": "text one", "b": "text two"}, zipfile.ZIP_STORED).replace(b"text one", b"text 0ne")
    assert skipped(data) == {"a": "damaged: Bad CRC-32 for file 'a'"}
    assert read(data) == ["b"]


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_rare_compression_is_a_failure(method):
    """A member packed by another method than the usual one is listed: it cannot be unpacked within limits."""
    assert "packed in a way that is not supported" in refused(zipped({"a": "text"}, method)).message


@pytest.mark.parametrize("name", ["a\nb", "\x1b[2J", "\u202egnp.txt", "-rf", "é漢😀", " "])
@every_kind
def test_hostile_names_are_shown_safely(pack, name):
    """Any member name is read; its title is one clean line."""
    document = opened(pack({name: "text", "b": "text"}))
    assert len(document.origins) == 2
    assert all(section.title.isprintable() for section in document.root.walk())


def test_names_in_an_old_encoding_are_readable():
    """Names without the mark for UTF-8 are read as UTF-8 where they are, else as the old DOS encoding."""
    for raw, name in (("é.txt".encode(), "é.txt"), (b"\x82.txt", "é.txt")):
        data = zipped({"x" * len(raw): "text"}).replace(b"x" * len(raw), raw)
        assert read(data) == [name]


def test_backslashes_of_dos_are_folders():
    """Archives made on Windows by programs that know no better have their folders all the same."""
    info = zipfile.ZipInfo("a_b")
    info.create_system = 0
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as packed:
        packed.writestr(info, "text")
        packed.writestr("z", "text")
    assert read(out.getvalue().replace(b"a_b", b"a\\b")) == ["a/b", "z"]


def test_a_zip_bomb_is_refused_before_it_is_unpacked():
    """A file that tells of far more bytes than it can honestly hold is refused in one line."""
    data = zipped({f"{number}": bytes(30 << 20) for number in range(3)})
    assert "unpacks to more than 67,108,864 bytes" in refused(data).message


def test_overlapping_members_are_refused():
    """Many entries that share the same packed bytes count each for itself."""
    data = zipped({"a": bytes(8 << 20)})
    directory, end = data.find(b"PK\x01\x02"), data.find(b"PK\x05\x06")
    entry = data[directory:end]
    entries = b"".join(entry[:46] + b"%04d" % number + entry[47:] for number in range(50)).replace(
        struct.pack("<H", 1) + b"\0\0\0\0", struct.pack("<H", 4) + b"\0\0\0\0"
    )
    tail = struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, 50, 50, len(entries), directory, 0)
    assert "it may be a bomb" in refused(data[:directory] + entries + tail).message


def test_packed_members_count_what_they_unpack_to():
    """Packed files inside an archive cannot get around its limit."""
    packed = gzip.compress(bytes(30 << 20), 9)
    document = opened(tarred({"1.gz": packed, "2.gz": packed, "3.gz": packed, "z": "text"}))
    assert [entry.path for entry in document.skipped if "may be a bomb" in entry.reason] == ["in/a.zip/3.gz"]
    assert document.text.endswith("\ntext\n")


def test_a_large_member_is_a_failure():
    """A member that is too large to be held in memory is listed as not read; the others are read."""
    data = zipped({"a": "text", "b": "text", "noise": random.Random(1).randbytes(1 << 20)}, zipfile.ZIP_STORED)
    start = data.find(b"PK\x01\x02")
    data = data[: start + 24] + struct.pack("<L", LARGEST_MEMBER + 1) + data[start + 28 :]
    assert skipped(data)["a"] == "larger than 256 MB, too large to be read inside an archive"


class Endless:
    """An archive without an end."""

    def members(self):
        while True:
            yield Member("a", False, 1, 0)

    def read(self, member):
        raise AssertionError(member)


def test_the_number_of_members_is_bounded():
    """The list of a hostile archive's members ends at the limit, and says so."""
    found, wrong = listed_members(Endless())
    assert len(found) == MOST_MEMBERS
    assert "more than 200,000 files" in wrong


def test_a_tar_file_cut_short_keeps_what_is_whole():
    """Of a tar file that ends early the whole members are read, and the rest is told as a failure."""
    document = opened(tarred({"a": "first", "b": "x" * 5000})[:1600])
    assert document.text == "first\n"
    assert [(one.path, one.reason, one.failed) for one in document.skipped] == [
        ("in/a.zip", "cut short in b", True)
    ]


def test_a_zip_file_cut_short_is_refused():
    """A zip file without its table of contents, which stands at its end, is refused in one line."""
    assert "damaged or cut short" in refused(zipped({"a": "text"})[:-30]).message


@every_kind
def test_strict_refuses_damaged_members(pack):
    """With strict, what cannot be read in an archive is an error, as in a folder."""
    data = pack({"a": "text", "b": "BROKEN"})
    assert read(data) == ["a"]
    with pytest.raises(InputError, match="b: damaged"):
        opened(data, strict=True)


@every_kind
def test_an_empty_archive_is_an_error(pack):
    """An archive without files is refused in one line."""
    assert "nothing readable in in/a.zip" in refused(pack({})).message


def test_archives_inside_archives_are_listed():
    """An archive inside an archive is not opened."""
    inner = zipped({"x": "text"})
    with Workers(1) as workers:
        blob = Blob.of(zipped({"a.zip": inner, "b.tar": tarred({"x": "text"}), "c.txt": "text"}), "a.zip", "a.zip")
        document = read_blob(blob, Context(ReadOptions(), workers))
    assert [(entry.path, entry.failed) for entry in document.skipped] == [
        ("a.zip/a.zip", True),
        ("a.zip/b.tar", True),
    ]
    assert document.text == "text\n"


def test_very_deep_paths_cost_little():
    """Members with paths of thousands of folders are left out, so that their folders do not fill the memory."""
    data = tarred({"d/" * 1500 + str(number): "x" for number in range(50)} | {"ok": "text"})
    document = opened(data)
    assert document.text == "text\n"
    assert {entry.reason for entry in document.skipped} == {"has too long a path"}


def test_hostile_ignore_files_in_an_archive_do_not_count():
    """A .gitignore that is a link in the archive, or too large, is listed and passed over."""
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as packed:
        link = tarfile.TarInfo(".gitignore")
        link.type, link.linkname = tarfile.SYMTYPE, "/dev/zero"
        packed.addfile(link)
        text = tarfile.TarInfo("a")
        text.size = 1
        packed.addfile(text, io.BytesIO(b"x"))
    reasons = [entry.reason for entry in opened(out.getvalue()).skipped]
    assert reasons == ["its rules do not count: symbolic link, not followed", "symbolic link, not followed"]


@settings(max_examples=150, deadline=None)
@given(st.sampled_from([zipped, tarred]), st.data())
def test_damaged_archives_never_crash(pack, data):
    """Whatever bytes of an archive are changed or cut off, it is read, in part, or refused in one line."""
    whole = pack({"a/b.txt": "text " * 50, ".gitignore": "x\n", "c": "more", "x": "ignored"})
    cut = data.draw(st.integers(0, len(whole)))
    hostile = bytearray(whole[: cut if data.draw(st.booleans()) else len(whole)])
    for at in data.draw(st.lists(st.integers(0, max(0, len(hostile) - 1)), max_size=6)):
        if hostile:
            hostile[at] = data.draw(st.integers(0, 255))
    with contextlib.suppress(InputError):
        opened(bytes(hostile))
