"""Headers of tar files: what tarfile and tar write is found again, and hostile headers end the reading."""

import io
import tarfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rao_cli.documents.walk.tar import DamagedError, Header, headers, is_header

FORMATS = {"ustar": tarfile.USTAR_FORMAT, "gnu": tarfile.GNU_FORMAT, "pax": tarfile.PAX_FORMAT}


def found(data: bytes) -> list[Header]:
    """Return the members of a tar file."""
    return list(headers(lambda at, size: data[at : at + size], len(data)))


def packed(*members: tarfile.TarInfo, content: bytes = b"", form: int = tarfile.PAX_FORMAT) -> bytes:
    """Return a tar file; each regular member holds the content."""
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=form) as tar:
        for member in members:
            member.size = len(content) if member.isreg() else 0
            tar.addfile(member, io.BytesIO(content))
    return out.getvalue()


def member(name: str, kind: bytes = tarfile.REGTYPE) -> tarfile.TarInfo:
    """Return a member of a kind."""
    info = tarfile.TarInfo(name)
    info.type = kind
    info.linkname = "target"
    return info


def header(name: bytes = b"a", size: bytes = b"0", kind: bytes = b"0") -> bytes:
    """Return a header block with its checksum."""
    block = (
        name.ljust(100, b"\0") + b"0000644\0" + b"0000000\0" * 2 + size.rjust(11, b"0") + b"\0" + b"0" * 11 + b"\0"
    )
    block = (block + b" " * 8 + kind).ljust(512, b"\0")
    return block[:148] + b"%06o\0 " % sum(block) + block[156:]


@pytest.mark.parametrize("form", FORMATS)
@given(name=st.text("ab/é.", min_size=1, max_size=90), content=st.binary(max_size=1500))
def test_members_are_where_tarfile_wrote_them(form, name, content):
    """In every format each member's name, size and bytes are found."""
    data = packed(member(f"x{name}x"), member("second"), content=content, form=FORMATS[form])
    first, second = found(data)
    assert first.name.decode() == f"x{name}x"
    assert data[first.start : first.start + first.size] == content
    assert data[second.start : second.start + second.size] == content
    assert not first.folder
    assert not first.unread


@pytest.mark.parametrize("form", FORMATS)
def test_long_names_are_whole(form):
    """Names too long for the field are put together, as each format does it."""
    name = "/".join(["folder"] * 20) + "/file"
    assert [one.name.decode() for one in found(packed(member(name), member("b"), form=FORMATS[form]))] == [
        name,
        "b",
    ]


@pytest.mark.parametrize(
    ("kind", "folder", "unread"),
    [
        (tarfile.DIRTYPE, True, ""),
        (tarfile.AREGTYPE, False, ""),
        (tarfile.CONTTYPE, False, ""),
        (tarfile.SYMTYPE, False, "symbolic link, not followed"),
        (tarfile.LNKTYPE, False, "a hard link, not followed"),
        (tarfile.FIFOTYPE, False, "not a regular file"),
        (tarfile.CHRTYPE, False, "not a regular file"),
        (tarfile.BLKTYPE, False, "not a regular file"),
    ],
)
def test_kinds_of_members(kind, folder, unread):
    """Folders, links and devices are told from files."""
    one = found(packed(member("a", kind)))[0]
    assert (one.folder, one.unread) == (folder, unread)


def test_an_old_folder_is_told_by_its_slash():
    """Before there was a mark for folders, their names ended in a slash."""
    assert found(header(b"d/", kind=b"\0") + bytes(1024))[0].folder


def test_sparse_files_are_not_read():
    """A sparse file's bytes are not what it holds, so it is left out, in either format."""
    info = member("a")
    info.pax_headers = {"GNU.sparse.major": "1"}
    assert "sparse" in found(packed(info))[0].unread
    assert "sparse" in found(header(kind=b"S") + bytes(1024))[0].unread


@pytest.mark.parametrize("size", [0, 1, 511, 512, 513, 1024])
def test_the_next_member_is_found_after_any_size(size):
    """Members start at multiples of 512 bytes."""
    data = packed(member("a"), member("b"), content=b"x" * size)
    assert [one.name for one in found(data)] == [b"a", b"b"]


def test_sizes_beyond_the_field_are_read():
    """A size that needs more than eleven octal digits stands in base 256; a member cut short is an error."""
    block = header(size=b"0" * 11)
    block = block[:124] + b"\x80" + (1 << 60).to_bytes(11, "big") + block[136:148] + b" " * 8 + block[156:]
    data = block[:148] + b"%06o\0 " % sum(block) + block[156:] + bytes(1024)
    with pytest.raises(DamagedError, match="cut short in a"):
        found(data)


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"", "cut short at byte 0"),
        (header()[:300], "cut short at byte 0"),
        (b"x" * 512, "damaged at byte 0"),
        (header(), "cut short at byte 512"),
        (header(size=b"7777"), "cut short in a"),
        (header(size=b"9"), "no valid size"),
        (header(size=b"-1"), "no valid size"),
        (header(size=b"77777777", kind=b"x") + bytes(2048), "a header of"),
        (header(size=b"1000", kind=b"L") + bytes(100), "cut short"),
        (header(size=b"10", kind=b"x") + b"999 a=b\n".ljust(512, b"\0"), "extended header"),
        (header(size=b"10", kind=b"x") + b"x path=y".ljust(512, b"\0"), "extended header"),
        (
            header(size=b"12", kind=b"x") + b"10 size=-9".ljust(512, b"\0") + header() + bytes(1024),
            "no valid size",
        ),
    ],
)
def test_damaged_files_are_told(data, why):
    """Whatever is wrong with a header, the error says what and where."""
    with pytest.raises(DamagedError, match=why):
        found(data)


def test_members_before_the_damage_are_found():
    """What was listed before the damage is not lost."""
    data = packed(member("a"), member("b"), content=b"text")
    seen = []
    with pytest.raises(DamagedError):
        seen.extend(one.name for one in headers(lambda at, size: data[:1500][at : at + size], 1500))
    assert seen == [b"a"]


def test_a_chain_of_extra_headers_does_not_recurse():
    """Thousands of headers that say something about the next one are read in a loop."""
    chain = (header(size=b"2", kind=b"L") + b"n\0".ljust(512, b"\0")) * 5000
    assert [one.name for one in found(chain + header() + bytes(1024))] == [b"n"]


@given(st.binary(max_size=1600), st.integers(0, 1599), st.binary(max_size=30))
def test_any_bytes_end_in_members_or_a_plain_error(data, at, patch):
    """Random bytes, and a real archive with random bytes in it, never lead to another error."""
    real = packed(member("a"), member("b/c"), content=b"text")
    for hostile in (data, real[:at] + patch + real[at + len(patch) :]):
        try:
            for one in found(hostile):
                assert 0 <= one.start <= one.start + one.size <= len(hostile)
        except DamagedError:
            continue


@given(st.binary(min_size=512, max_size=512))
def test_other_files_are_no_tar_files(data):
    """A block is a header only if its checksum is right."""
    assert not is_header(data)
    assert not is_header(bytes(512))
    assert is_header(header())
