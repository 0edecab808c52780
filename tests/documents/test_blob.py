"""Blobs: bytes wherever they are, read whole up to a limit and from the start each time."""

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rao_cli.documents import blob as blobs
from rao_cli.documents.blob import Blob
from rao_cli.documents.context import Context, ReadOptions, silent
from rao_cli.errors import InputError


class Endless(io.RawIOBase):
    """A file that says it holds more than it may, without the bytes in memory."""

    def read(self, size=-1):
        """Return a view of as many bytes as were asked for."""
        return range(size)


@given(st.binary(max_size=200), st.integers(0, 300))
def test_bytes_come_back(data, size):
    """All bytes, the first ones and a second reading are those that were put in."""
    blob = Blob.of(data, "a", "b/a")
    assert blob.read() == data == blob.read()
    assert blob.head(size) == data[:size]
    assert blob.size == len(data)


def test_each_opening_starts_anew():
    """Two open files of one blob do not move each other."""
    blob = Blob.of(b"abcdef", "a", "a")
    with blob.open() as one, blob.open() as other:
        assert one.read(3) == b"abc"
        assert other.read(3) == b"abc"
        assert one.read() == b"def"


def test_a_file_on_disk_is_opened_when_it_is_read(tmp_path):
    """What is on disk when it is read counts, not what was there when the blob was made."""
    path = tmp_path / "a.txt"
    blob = Blob("a.txt", str(path), 3, lambda: path.open("rb"))
    path.write_bytes(b"later")
    assert blob.read() == b"later"
    path.unlink()
    with pytest.raises(FileNotFoundError):
        blob.read()


def test_more_than_fits_into_memory_is_refused():
    """A file over the limit is refused by its name, although its size was said to be small."""
    blob = Blob("big\x1b.pdf", "in/big\x1b.pdf", 10, Endless)
    with pytest.raises(InputError) as caught:
        blob.read()
    assert caught.value.message.startswith("in/big")
    assert f"larger than {blobs.LARGEST_READ >> 30} GB" in caught.value.message
    assert "\x1b" not in caught.value.message
    assert caught.value.hint == "split it into smaller files"


def test_a_reading_keeps_nothing_unless_it_is_told():
    """Without a cache folder there is no store; with one there is."""
    assert Context().store is None
    assert Context(ReadOptions()).store is None


def test_a_cache_folder_makes_a_store(tmp_path):
    """The store of a reading lies in the folder of its options."""
    assert Context(ReadOptions(cache=tmp_path)).store is not None


def test_nobody_is_told():
    """The silent progress takes any message and returns nothing."""
    assert silent("reading \x1b[31m") is None
    assert Context().progress is silent


@pytest.mark.parametrize("field", ["password", "cache"])
def test_options_are_off_by_default(field):
    """No secret and no cache is taken from anywhere but the options."""
    assert getattr(ReadOptions(), field) is None


@pytest.mark.parametrize("field", ["hidden", "no_ignore", "strict", "globs"])
def test_nothing_is_read_or_left_out_by_default(field):
    """Hidden files, ignored files and patterns are the user's choice."""
    assert not getattr(ReadOptions(), field)
