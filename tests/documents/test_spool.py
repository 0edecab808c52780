"""Spools: bytes written in pieces are read as one file, in memory or on disk, from any place."""

import gc
import io
import os
import zipfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rao_cli.documents.spool import Scratch, Spool
from rao_cli.errors import InputError

PIECES = st.lists(st.binary(max_size=40), max_size=8)


def filled(pieces, in_memory):
    """Return a spool of some pieces."""
    spool = Spool(in_memory=in_memory)
    for piece in pieces:
        spool.write(piece)
    return spool


def open_files():
    """Return how many files this process has open."""
    return len(list(Path("/proc/self/fd").iterdir()))


@given(PIECES, st.integers(0, 100))
def test_what_is_written_is_read_whole_each_time(pieces, in_memory):
    """Every reader gets all bytes from the start, wherever they lie."""
    spool, whole = filled(pieces, in_memory), b"".join(pieces)
    assert spool.size == len(whole)
    for _ in range(2):
        with spool.open() as file:
            assert file.read() == whole


@given(PIECES, st.sampled_from([0, 1000]), st.lists(st.tuples(st.integers(0, 2), st.integers(0, 60)), max_size=6))
def test_places_are_those_of_a_file_in_memory(pieces, in_memory, moves):
    """Going to a place, from the start, from here or back from the end, reads what a plain file holds there."""
    whole = b"".join(pieces)
    plain, spooled = io.BytesIO(whole), filled(pieces, in_memory).open()
    for whence, distance in moves:
        step = -min(distance, len(whole)) if whence == io.SEEK_END else distance
        assert spooled.seek(step, whence) == plain.seek(step, whence)
        assert spooled.read(7) == plain.read(7)
        assert spooled.tell() == plain.tell()


def test_readers_do_not_move_each_other():
    """Two readers of one spool on disk have places of their own."""
    spool = filled([b"0123456789"], 0)
    with spool.open() as one, spool.open() as other:
        assert (one.read(3), other.read(5), one.read(3)) == (b"012", b"01234", b"345")


def test_an_archive_can_be_read_from_disk():
    """A zip file, which is read from its end, opens in a spool."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("a.txt", "hello")
    with filled([packed.getvalue()], 0).open() as file, zipfile.ZipFile(file) as archive:
        assert archive.read("a.txt") == b"hello"


def test_a_spool_on_disk_has_no_name(tmp_path):
    """Nobody finds the bytes by listing the folder, and nothing stays behind."""
    spool = Spool(tmp_path, in_memory=0)
    spool.write(b"secret")
    assert list(tmp_path.iterdir()) == []


def test_a_reader_outlives_its_spool():
    """Bytes stay readable as long as anyone reads them."""
    file = filled([b"still here"], 0).open()
    gc.collect()
    assert file.read() == b"still here"


def test_descriptors_are_given_back():
    """A thousand spools on disk, one after another, leave no file open."""
    before = open_files()
    for _ in range(1000):
        filled([b"x"], 0).open().close()
    gc.collect()
    assert open_files() == before


@pytest.mark.parametrize("folder", ["/nowhere", "/dev/full"])
def test_no_room_is_one_clear_error(folder):
    """A folder that takes no file is told with what to set."""
    spool = Spool(Path(folder), in_memory=0)
    with pytest.raises(InputError, match="cannot keep a large text on disk") as caught:
        spool.write(b"x")
    assert "RAO_CACHE_DIR" in caught.value.hint


def test_a_full_disk_is_told_when_it_is_written():
    """A disk that fills up while a file is written is an error of the input, not a traceback."""
    full = Scratch(os.open("/dev/full", os.O_WRONLY))
    with pytest.raises(InputError, match="No space left"):
        full.append(b"x")
