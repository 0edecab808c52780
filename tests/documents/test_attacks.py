"""Attacks on whole reading: files of every kind that are changed, packed, renamed or only begin harmlessly."""

import gzip
import io
import os
import random
import tarfile
import time
import unicodedata
import zipfile

import pytest
from backports import zstd
from hypothesis import given, settings
from hypothesis import strategies as st

from rao_cli.documents.blob import Blob
from rao_cli.documents.context import Context, ReadOptions
from rao_cli.documents.encoding import decode
from rao_cli.documents.failures import BinaryError
from rao_cli.documents.kinds import read_blob
from rao_cli.documents.load import open_sources
from rao_cli.documents.packing import pack
from rao_cli.documents.store import Store
from rao_cli.documents.workers import Workers
from rao_cli.errors import InputError
from tests.documents.making import check_partition, encrypted_pdf, make_pdf, plain_pdf
from tests.documents.office_files import pptx, zipped

LOG = b"".join(b"2024-01-01 10:00:%02d,1 WARN org.x.Foo: %d ms\n" % (n % 60, n * 7) for n in range(40))
TRACE = LOG + b"java.lang.X: y\n\tat a.b(C.java:1)\n"
ACCESS = b'1.2.3.4 - - [01/Jan/2024:10:00:09 +0000] "GET /a HTTP/1.1" 200 7 "-" "curl"\n' * 9
SYSLOG = b"Jan  1 10:00:00 host sshd[7]: Failed password for root from 1.2.3.4 port 9 ssh2\n" * 9
PYTHON = (
    b'import os\n\nclass A(B):\n    """D."""\n\n    @property\n    def f(self):\n        # c\n        return 1\n'
)
FILES = {"d/a.txt": b"alpha text\n" * 9, "d/b.md": b"# H\n\ntext\n", "d/c.py": PYTHON, "e.log": LOG}
PIECES = [b"\0", b"\xff", b"\r", b"\x1b[2J", b"-1", b"4294967295", b"PK\x03\x04", b"endobj", b" " * 50]
PIECES += ["\u202e\u2028\U0001f600".encode(), b"\xed\xa0\x80", b"{", b"}", b"<!--", b'"', b"\x85\x0c\x1c\n"]
NOISE = random.Random(3).randbytes(3_000_000)
TEXT = b"a line of plain text\n" * 20_000


def tar(mode):
    """Return a tar file."""
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode=mode) as archive:
        for name, data in FILES.items():
            member = tarfile.TarInfo(name)
            member.size = len(data)
            archive.addfile(member, io.BytesIO(data))
    return out.getvalue()


SEEDS = {
    "a.pdf": make_pdf(["Hello page one", "Second page", "three"], [("One", 0, 0), ("Two", 1, 1)]),
    "plain.pdf": plain_pdf(["a b c\nd e f"]),
    "locked.pdf": encrypted_pdf(["secret text"], "x"),
    "a.zip": zipped(FILES),
    "a.tar": tar("w"),
    "a.tar.gz": tar("w:gz"),
    "a.tar.zst": zstd.compress(tar("w")),
    "a.log.gz": gzip.compress(LOG),
    "a.log.zst": zstd.compress(LOG),
    "a.log": TRACE,
    "access.log": ACCESS,
    "syslog": SYSLOG,
    "a.py": PYTHON,
    "a.js": b'import x from "./y";\nexport class A { m(a){ return `t${a}` } }\nconst f = (x) => x+1;\n',
    "a.go": b'package m\nimport "fmt"\ntype S struct{ A int }\nfunc (s *S) F() error { return nil }\n',
    "a.cpp": b"#include <v>\nnamespace n { template<class T> class A { void f() const; }; }\n",
    "a.yaml": b"a: 1\nb:\n  - c\n  - {d: e}\n",
    "wide.txt": "Grüße, Welt – ça va?\n".encode("utf-16") * 20,
    "western.txt": "Grüße, Welt ça va?\n".encode("cp1252") * 20,
    "japanese.txt": "これは日本語の文章です。\n".encode("cp932") * 20,
}


@pytest.fixture(scope="module")
def context():
    """Yield a context whose worker is used by all tests."""
    with Workers(1) as workers:
        yield Context(workers=workers)


def changed(data, chance):
    """Return bytes with some of them replaced, repeated or cut off."""
    found = bytearray(data)
    for _ in range(chance.choice((1, 1, 2, 6))):
        at, other = chance.randrange(len(found) + 1), chance.randrange(len(found) + 1)
        piece = chance.choice([b"", *PIECES, bytes(found[other : other + chance.randrange(60)])])
        found[at : at + chance.choice((0, 1, 4, 40))] = piece * chance.choice((1, 1, 20))
    return bytes(found[: chance.choice([len(found), len(found), chance.randrange(len(found) + 1)])])


def said_on_one_line(text):
    """Tell whether a text can neither steer a terminal nor break a line."""
    return all(unicodedata.category(character) not in {"Cc", "Cs", "Zl", "Zp"} for character in text)


def opened(data, name, context):
    """Return the document of bytes that holds together, or the error that refuses them."""
    try:
        document = read_blob(Blob.of(data, name, name), context)
    except InputError as e:
        return e
    check_partition(document, document.root)
    return document


@settings(max_examples=150)
@given(
    name=st.sampled_from(sorted(SEEDS)), shown=st.sampled_from(["", *sorted(SEEDS)]), seed=st.integers(0, 10**6)
)
def test_changed_files_are_read_or_refused(context, name, shown, seed):
    """Changed bytes of any kind give a document that can be packed, or one line and a hint."""
    data = changed(SEEDS[name], random.Random(seed))
    found = opened(data, shown or name, context)
    if isinstance(found, InputError):
        assert said_on_one_line(found.message + found.hint)
        assert found.hint
        return
    check_partition(found, pack(found, len, 60))
    told = [*found.warnings, *(section.title for section in found.root.walk())]
    told += [skipped.reason for skipped in found.skipped]
    assert all(map(said_on_one_line, told))


@pytest.mark.parametrize("name", sorted(set(SEEDS) - {"locked.pdf"}))
def test_every_seed_is_a_document(context, name):
    """The files that are changed are documents themselves, so that the attack starts from what works."""
    assert len(opened(SEEDS[name], name, context).text) > 0


@pytest.mark.parametrize("name", sorted(SEEDS))
def test_the_content_decides_whatever_the_name(context, name):
    """A file called a table is still what its bytes say, where they say it."""
    told = opened(SEEDS[name], name, context)
    other = opened(SEEDS[name], "x.csv", context)
    if name.endswith((".pdf", ".zip", ".tar", ".gz", ".zst")) and name != "locked.pdf":
        assert other.text[:] == told.text[:]
    else:
        assert isinstance(other, type(told))


@pytest.mark.parametrize("name", ["a.txt", "a.log", "a.py", "a.md", "a.csv", "a.json", "a.html", "a"])
def test_noise_after_a_harmless_start_is_refused(context, name):
    """A file of which most is noise is binary, though its first hundreds of kilobytes are text."""
    start = LOG * 60 if name == "a.log" else b"<html><body>" + TEXT if name == "a.html" else TEXT
    assert isinstance(opened(start + NOISE, name, context), BinaryError)


def test_noise_below_half_is_marked(context):
    """A text with a megabyte of noise in it is read, and the damage counted."""
    found = opened(TEXT * 10 + NOISE[:1_000_000] + TEXT, "a.txt", context)
    assert found.text[-21:] == "a line of plain text\n"
    assert "damaged characters marked" in found.warnings[0]


@pytest.mark.parametrize("data", [b"\0" * 100_000, b"\0" * 30, b"\n\0\0\n" * 3])
def test_nothing_but_damage_is_no_text(context, data):
    """A file of nothing but NUL bytes is refused as binary rather than shown as a mark."""
    assert isinstance(opened(data, "a.txt", context), BinaryError)


def test_a_file_of_nothing_spoils_no_folder(tmp_path):
    """A folder is read though one of its files holds NUL bytes only; that one is listed as binary."""
    (tmp_path / "a.txt").write_text("some text\n")
    (tmp_path / "b.log").write_bytes(bytes(100_000))
    document = open_sources([str(tmp_path)])
    assert document.text == "some text\n"
    assert [skipped.reason for skipped in document.skipped] == ["binary"]


def test_libraries_are_binary_wherever_their_zeros_stand():
    """A few NUL bytes, control characters and damaged UTF-8 together make a file binary, as in compiled Python."""
    code = b"".join(b"some_name%d\xda\x04path\xe9\x01 and words of a docstring, as long\n" % n for n in range(99))
    with pytest.raises(BinaryError):
        decode(code + b"\0" + code + b"\0\0", "x")


def test_a_log_that_lost_some_blocks_is_read(context):
    """Runs of NUL bytes, as a crash leaves them, do not make a log binary, however long they are."""
    found = opened(LOG + b"\0" * 5_000_000 + b"\n" + LOG, "a.log", context)
    assert dict(found.facts[0].values)["records"] == 80
    assert found.warnings == ("a.log: NUL bytes in 1 place marked \ufffd",)


@pytest.mark.parametrize("field", [("compression method", 10), ("flags", 8)])
def test_an_odd_zip_inside_an_office_file_is_damage(context, field):
    """A presentation with a part that is encrypted, or packed in an unknown way, is refused in one line."""
    data = bytearray(pptx(("T", "text", "notes")))
    with zipfile.ZipFile(io.BytesIO(bytes(data))) as archive:
        first = archive.start_dir
    data[first + field[1]] = 99
    found = opened(bytes(data), "a.pptx", context)
    assert isinstance(found, InputError)
    assert "is damaged or cut short: it is encrypted, or packed" in found.message


def test_deep_lists_are_quick(context):
    """A list of 2,000 levels takes time with its length, not with the square of its depth."""
    data = "\n".join(" " * (2 * level) + "- x" for level in range(2000)).encode()
    start = time.process_time()
    opened(data, "a.md", context)
    assert time.process_time() - start < 5


def test_a_cache_that_cannot_be_looked_at_is_no_error(tmp_path):
    """Where the cache cannot be opened, nothing is kept in it, and reading goes on."""
    assert Store(tmp_path / ("x" * 300)).get("0" * 64) is None


@pytest.mark.parametrize("packed", [True, False])
def test_no_room_on_disk_is_one_line(tmp_path, packed):
    """A large input whose temporary file cannot be written is refused with what to set."""
    data = b"a line of text\n" * 2_400_000
    options = ReadOptions(cache=tmp_path / "gone", stdin_name="a.txt")
    with pytest.raises(InputError, match="cannot keep a large text on disk: No such file") as caught:
        open_sources(["-"], options, io.BytesIO(gzip.compress(data, 1) if packed else data))
    assert "RAO_CACHE_DIR" in caught.value.hint


@pytest.mark.parametrize("kind", ["pipe", "socket", "device"])
def test_special_files_inside_a_folder_are_listed_and_not_opened(tmp_path, kind):
    """A folder with a pipe, a socket or a link to a device is read without waiting for any of them."""
    import socket

    (tmp_path / "a.txt").write_text("some text\n")
    odd = tmp_path / "odd"
    if kind == "pipe":
        os.mkfifo(odd)
    elif kind == "device":
        odd.symlink_to("/dev/zero")
    else:
        with socket.socket(socket.AF_UNIX) as server:
            server.bind(os.path.relpath(odd))
    document = open_sources([str(tmp_path)])
    reason = "symbolic link, not followed" if kind == "device" else "not a regular file"
    assert [skipped.reason for skipped in document.skipped] == [reason]
