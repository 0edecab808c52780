"""Hostile PDFs: bombs, forged names, limits of the worker; each ends in one line and our process stays small."""

import resource
import zlib

import pytest

from rao_cli.documents.blob import Blob
from rao_cli.documents.context import Context, ReadOptions
from rao_cli.documents.formats.pdf import read_pdf
from rao_cli.documents.workers import WorkerLimits, Workers
from rao_cli.errors import InputError
from tests.documents.making import plain_pdf


def refused(data: bytes, limits: WorkerLimits | None = None, path: str = "d.pdf") -> InputError:
    """Return the error that reading ends with, in workers of its own."""
    with Workers(1, limits) as workers, pytest.raises(InputError) as caught:
        read_pdf(Blob.of(data, "d.pdf", path), Context(ReadOptions(), workers))
    assert "\n" not in caught.value.message
    assert caught.value.hint
    return caught.value


@pytest.mark.parametrize(
    ("limits", "message"),
    [
        (WorkerLimits(memory_bytes=24 << 20), "d.pdf"),
        (WorkerLimits(wall_seconds=0.001), "took too long"),
        (WorkerLimits(answer_bytes=100), "d.pdf: the pdf reader died"),
    ],
)
def test_the_workers_end_is_one_line(limits, message):
    """A worker without memory or time, or with too long an answer, ends in one clear line."""
    assert message in refused(plain_pdf(["some words that are long enough"] * 50), limits).message


def test_a_hostile_path_is_cleaned_in_errors():
    """A file name with escapes and newlines cannot forge a second line of error."""
    message = refused(b"%PDF-", path="a\x1b[2J\nrao: all is well").message
    assert "\x1b" not in message


def test_the_working_folder_cannot_shadow_libraries(tmp_path, monkeypatch):
    """A json.py or pypdfium2.py in the working folder is not imported by the worker."""
    for name in ("json.py", "pypdfium2.py", "sitecustomize.py"):
        (tmp_path / name).write_text("raise SystemExit(9)")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    with Workers(1) as workers:
        document = read_pdf(Blob.of(plain_pdf(["one"]), "d.pdf", "d.pdf"), Context(workers=workers))
    assert document.text == "one\n"


def bomb(contents: bytes, page: bytes = b"", extra: tuple[bytes, ...] = ()) -> bytes:
    """Write a PDF of one page by hand; its contents are object 4, extra objects come after."""
    font = b"/Font<</F<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>>>"
    objects = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 99 99]/Contents 4 0 R/Resources<<%s%s>>>>" % (font, page),
        contents,
        *extra,
    ]
    out, starts = b"%PDF-1.4\n", []
    for number, body in enumerate(objects, 1):
        starts.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    table = b"".join(b"%010d 00000 n \n" % start for start in starts)
    head = b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    return (
        out
        + head
        + table
        + b"trailer<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF" % (len(objects) + 1, len(out))
    )


def stream(body: bytes, entries: bytes = b"") -> bytes:
    """Write a stream object."""
    return b"<</Length %d%s>>stream\n%s\nendstream" % (len(body), entries, body)


def inflating() -> bytes:
    """Return a PDF of a few kilobytes that unpacks to a gigabyte."""
    packer = zlib.compressobj(9)
    inner = b"".join(packer.compress(bytes(1 << 20)) for _ in range(1024)) + packer.flush()
    return bomb(stream(zlib.compress(inner, 9), b"/Filter[/FlateDecode/FlateDecode]"))


def multiplying() -> bytes:
    """Return a PDF in which forms draw forms, 10 to the power of 8 times in all."""
    kind = b"/Type/XObject/Subtype/Form/BBox[0 0 99 99]/Resources<</XObject<</X %d 0 R>>>>"
    forms = tuple(stream(b"/X Do " * 10, kind % (number + 1)) for number in range(5, 13))
    last = stream(b"BT /F 9 Tf (word) Tj ET", b"/Type/XObject/Subtype/Form/BBox[0 0 99 99]")
    return bomb(stream(b"/X Do"), b"/XObject<</X 5 0 R>>", (*forms, last))


@pytest.mark.parametrize("make", [inflating, multiplying])
def test_a_bomb_ends_within_the_limits(make):
    """A small file that asks for endless memory is refused in one line, and our own process does not grow."""
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    data = make()
    assert len(data) < 10_000
    refused(data, WorkerLimits(memory_bytes=256 << 20, cpu_seconds=20))
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 100_000


def test_a_killed_worker_is_one_line():
    """A worker that the system kills for its processor time is reported as too slow."""
    assert "the pdf reader took too long" in refused(multiplying(), WorkerLimits(cpu_seconds=0)).message
