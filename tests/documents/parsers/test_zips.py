"""Zip files: limits that hold before anything is unpacked."""

import io
import random
import zipfile

import pytest

from rao_cli.documents.parsers.base import RefusedError
from rao_cli.documents.parsers.zips import FREE_BYTES, MOST_MEMBERS, check_zip
from tests.documents.office_files import zipped

NOISE = random.Random(1).randbytes(50_000)


def refused(data: bytes) -> RefusedError:
    """Return the refusal of a zip file."""
    with pytest.raises(RefusedError) as caught:
        check_zip(data)
    return caught.value


def test_ordinary_archives_pass():
    """A small archive passes, one that packs very well too as long as it stays small."""
    check_zip(zipped({"a": "x"}))
    check_zip(zipped({"a": b"\0" * (FREE_BYTES - 1)}))


def test_bombs_are_refused_by_their_ratio():
    """An archive that would unpack to hundreds of times its size is refused."""
    assert refused(zipped({"a": b"\0" * (FREE_BYTES + 1)})).code == "limit"


def test_what_packs_a_little_is_no_bomb():
    """The ratio holds for the whole archive: one with data that do not pack passes."""
    check_zip(zipped({"a": b"\0" * (FREE_BYTES + 1), "b": NOISE}))


def test_too_many_members_are_refused():
    """More members than any document has are refused."""
    assert refused(zipped({str(number): b"" for number in range(MOST_MEMBERS + 1)})).code == "limit"


def test_a_size_beyond_the_limit_is_refused():
    """Members that claim more than the limit are refused, whatever they hold."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as archive:
        archive.writestr("a", NOISE)
    data = out.getvalue()
    at = data.rindex(b"PK\x01\x02") + 24
    assert refused(data[:at] + b"\xff\xff\xff\x7f" + data[at + 4 :]).code == "limit"


@pytest.mark.parametrize("data", [b"", b"PK", b"PK\x03\x04" * 50, zipped({"a": "x"})[:-10], NOISE])
def test_what_is_no_archive_is_corrupt(data):
    """Data that are no zip file, or half of one, are refused as damaged."""
    assert refused(data).code == "corrupt"


def test_encrypted_office_files_are_told():
    """Office files with a password are not zip files; the refusal says so."""
    assert "encrypted" in refused(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 512).detail
