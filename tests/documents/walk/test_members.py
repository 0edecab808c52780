"""Members of archives on disk: false tables, sizes and places are damage, whatever the library makes of them."""

import contextlib
import io
import struct
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rao_cli.documents.spool import Spool
from rao_cli.documents.walk.members import Tar, Zip, listed
from rao_cli.documents.walk.tar import DamagedError


def zipped(**files: bytes) -> bytes:
    """Return a zip file of some members."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, content in files.items():
            packed.writestr(name, content)
    return out.getvalue()


def on_disk(data: bytes):
    """Return bytes as an open file, in which no place lies before the start."""
    spool = Spool(in_memory=0)
    spool.write(data)
    return spool.open()


WHOLE = zipped(a=b"text " * 50, b=b"more")
END = WHOLE.find(b"PK\x05\x06")


@pytest.mark.parametrize("size", [END + 1, 1 << 31, (1 << 32) - 1])
def test_a_table_said_to_start_before_the_file_is_damage(size):
    """A table of contents that is said to be larger than the file cannot be looked for."""
    with pytest.raises(DamagedError, match="damaged"):
        Zip(on_disk(WHOLE[: END + 12] + struct.pack("<L", size) + WHOLE[END + 16 :]))


@given(st.lists(st.tuples(st.integers(0, len(WHOLE) - 1), st.integers(0, 255)), min_size=1, max_size=5))
def test_changed_bytes_are_damage_and_nothing_else(changes):
    """A zip file on disk with bytes changed gives its members, or the one error of damaged archives."""
    data = bytearray(WHOLE)
    for at, value in changes:
        data[at] = value
    try:
        archive = Zip(on_disk(bytes(data)))
    except DamagedError:
        return
    for member in listed(archive)[0]:
        if not member.unread:
            with contextlib.suppress(DamagedError):
                assert len(archive.read(member)) == member.size


def test_a_member_whose_size_is_false_is_damage():
    """What unpacks to more, or less, than the table tells is not given out."""
    start = WHOLE.find(b"PK\x01\x02")
    for size in (0, 249, 251):
        archive = Zip(on_disk(WHOLE[: start + 24] + struct.pack("<L", size) + WHOLE[start + 28 :]))
        with pytest.raises(DamagedError):
            archive.read(listed(archive)[0][0])


def test_a_member_is_read_as_often_as_it_is_asked_for():
    """Reading one member leaves the others, and itself, readable."""
    archive = Zip(on_disk(WHOLE))
    first, second = listed(archive)[0]
    assert [archive.read(member) for member in (second, first, second)] == [b"more", b"text " * 50, b"more"]


def test_an_empty_file_is_a_tar_file_cut_short():
    """A tar file without a single header tells where it ends, and has no members."""
    found, wrong = listed(Tar(io.BytesIO()))
    assert (found, wrong) == ([], "cut short at byte 0")
