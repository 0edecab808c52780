"""Packed files: what is inside comes out whole, in part with a warning, or not at all with a reason."""

import gzip
import io

import pytest
from backports import zstd
from hypothesis import given
from hypothesis import strategies as st

from rao_cli.documents import compressed
from rao_cli.documents.blob import Blob
from rao_cli.documents.compressed import compression, open_compressed
from rao_cli.documents.context import Context, ReadOptions
from rao_cli.documents.spool import IN_MEMORY
from rao_cli.errors import InputError

PACKERS = {"gzip": gzip.compress, "zstd": zstd.compress}
LINES = b"".join(b"line %d of the log\n" % number for number in range(20_000))


def unpacked(data: bytes, name: str = "app.log.gz", *, strict: bool = False):
    """Open packed bytes."""
    return open_compressed(Blob.of(data, name, f"logs/{name}"), Context(ReadOptions(strict=strict)))


@pytest.mark.parametrize("kind", PACKERS)
@given(data=st.binary(min_size=1, max_size=2000).filter(lambda data: not compression(data)))
def test_what_was_packed_comes_out(kind, data):
    """Unpacking gives the bytes that were packed, their number and no warning."""
    found = unpacked(PACKERS[kind](data))
    assert found.blob.open().read() == data
    assert (found.blob.size, found.warning) == (len(data), "")


@pytest.mark.parametrize("data", [b"", b"\x1f", b"plain text", b"PK\x03\x04"])
def test_other_files_are_left_alone(data):
    """A file that does not start as gzip or zstd do is not opened, whatever its name."""
    assert unpacked(data, "app.log.gz") is None


@pytest.mark.parametrize(
    ("name", "inner"),
    [
        ("app.log.gz", "app.log"),
        ("notes.md.ZST", "notes.md"),
        ("x.tgz", "x.tar"),
        ("stdin", "stdin"),
        ("a.log.1", "a.log.1"),
    ],
)
def test_the_inner_file_has_its_own_name(name, inner):
    """The ending of the packing is taken off the name; the path stays that of the file that exists."""
    blob = unpacked(gzip.compress(b"x"), name).blob
    assert (blob.name, blob.path) == (inner, f"logs/{name}")


@pytest.mark.parametrize("kind", PACKERS)
def test_a_short_file_gives_its_first_part(kind):
    """A file that was cut gives what could be unpacked, and says so."""
    data = PACKERS[kind](LINES)
    found = unpacked(data[: len(data) * 3 // 4])
    part = found.blob.open().read()
    assert LINES.startswith(part)
    assert len(part) > 1000
    assert "cut short" in found.warning
    assert f"{len(part):,} bytes" in found.warning


@pytest.mark.parametrize("kind", PACKERS)
def test_strict_reading_refuses_a_short_file(kind):
    """In strict reading a cut file is an error."""
    with pytest.raises(InputError, match="cut short"):
        unpacked(PACKERS[kind](LINES)[:-9], strict=True)


@pytest.mark.parametrize("kind", PACKERS)
def test_a_file_of_a_header_only_is_an_error(kind):
    """A file of which nothing comes out is an error, not an empty document."""
    with pytest.raises(InputError, match=r"cut short|damaged"):
        unpacked(PACKERS[kind](LINES)[:12])


def test_damage_is_not_taken_for_the_end():
    """A wrong checksum is told, and what came before it is kept."""
    data = bytearray(gzip.compress(LINES))
    data[-6] ^= 0xFF
    assert "damaged" in unpacked(bytes(data)).warning


def test_bytes_after_the_end_are_told():
    """What follows the packed data and is none itself is reported as damage; the data are kept."""
    found = unpacked(gzip.compress(LINES) + b"appended by mistake")
    assert "damaged" in found.warning
    assert found.blob.size == len(LINES)


@pytest.mark.parametrize("kind", PACKERS)
def test_files_packed_one_after_another_are_one(kind):
    """Rotated logs that were joined while packed are read to the end."""
    assert unpacked(PACKERS[kind](b"one\n") + PACKERS[kind](b"two\n")).blob.open().read() == b"one\ntwo\n"


@pytest.mark.parametrize("kind", PACKERS)
def test_a_bomb_is_refused(kind):
    """A small file that unpacks to far more than its size is given up at the limit."""
    with pytest.raises(InputError, match="bomb"):
        unpacked(PACKERS[kind](bytes(compressed.FREE + 2 * compressed.RATIO * 100_000)))


@pytest.mark.parametrize("kind", PACKERS)
def test_packed_twice_is_refused(kind):
    """A packed file inside a packed file is not followed: it may hold itself, without end."""
    with pytest.raises(InputError, match="another packed file"):
        unpacked(gzip.compress(PACKERS[kind](LINES)))


def test_large_contents_lie_on_disk_and_read_alike(tmp_path):
    """Above what is kept in memory, several readers at once read the same bytes, from a file that has no name."""
    noise = LINES * 100
    packed = gzip.compress(noise, 1)
    found = open_compressed(Blob.of(packed, "a.gz", "a.gz"), Context(ReadOptions(cache=tmp_path)))
    assert list(tmp_path.iterdir()) == []
    with found.blob.open() as one, found.blob.open() as other:
        assert one.read(10) == noise[:10]
        assert other.read() == noise
        assert one.read() == noise[10:]
    assert found.blob.size == len(noise) > IN_MEMORY


@given(st.binary(max_size=60), st.sampled_from([b"\x1f\x8b\x08", b"\x28\xb5\x2f\xfd"]))
def test_noise_is_an_error_or_a_part(noise, magic):
    """Whatever follows the first bytes, the outcome is a part with a warning or an InputError."""
    try:
        found = unpacked(magic + noise)
    except InputError:
        return
    assert found.blob.size == len(found.blob.open().read())


def test_the_reader_is_a_plain_file():
    """What is opened is readable and not writable."""
    with unpacked(gzip.compress(b"x")).blob.open() as file:
        assert isinstance(file, io.BufferedIOBase)
        assert file.readable()
