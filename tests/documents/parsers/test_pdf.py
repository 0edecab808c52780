"""The worker's protocol: one request in, one JSON object out, whatever the PDF is."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from rao_cli.documents import pdf_worker
from tests.documents.making import encrypted_pdf, make_pdf, plain_pdf

MOST = 1_000_000


def run(data: bytes, **changes) -> subprocess.CompletedProcess[bytes]:
    """Run the worker as pdf.py does and return what became of it."""
    request = {"memory_bytes": 2 << 30, "cpu_seconds": 60, "text_characters": MOST, "password": None}
    paths = [str(Path(module.__file__).parent.parent) for module in libraries()]
    line = json.dumps(request | {"library_paths": paths} | changes).encode()
    command = [sys.executable, "-I", pdf_worker.__file__]
    return subprocess.run(command, input=line + b"\n" + data, capture_output=True, check=False, timeout=60)


def libraries():
    """Return the modules that the worker must find."""
    import pypdf
    import pypdfium2

    return (pypdf, pypdfium2)


def result(data: bytes, **changes) -> dict:
    """Return the worker's JSON."""
    return json.loads(run(data, **changes).stdout)


def test_the_result_holds_pages_labels_and_outline():
    """A readable PDF gives its pages, a label for each and the outline with level, title and page."""
    content = result(make_pdf(["one", "two"], [("First", 0, 0), ("Inner", 1, 1)]))
    assert content["pages"] == ["one", "two"]
    assert len(content["labels"]) == 2
    assert content["outline"] == [[0, "First", 0], [1, "Inner", 1]]


@pytest.mark.parametrize(
    ("data", "changes", "code"),
    [
        (encrypted_pdf(["x"], "pw"), {}, "password"),
        (encrypted_pdf(["x"], "pw"), {"password": "no"}, "wrong password"),
        (b"%PDF-1.4 nothing", {}, "corrupt"),
        (b"", {}, "corrupt"),
        (plain_pdf(["words"] * 5), {"text_characters": 12}, "limit"),
    ],
)
def test_refusals_are_codes(data, changes, code):
    """What cannot be read ends in a code, with status 0 and nothing else on standard output."""
    done = run(data, **changes)
    assert done.returncode == 0
    assert json.loads(done.stdout) == {"error": code}


def test_a_broken_request_ends_the_worker():
    """A request that is not JSON ends in a status other than 0, and no result."""
    done = subprocess.run(
        [sys.executable, "-I", pdf_worker.__file__],
        input=b"nonsense\n",
        capture_output=True,
        check=False,
        timeout=60,
    )
    assert done.returncode != 0
    assert done.stdout == b""


def test_libraries_are_found_where_they_are_said_to_be(tmp_path):
    """A folder of libraries that holds none changes nothing where they are installed."""
    assert result(plain_pdf(["one"]), library_paths=[str(tmp_path)])["pages"] == ["one"]


def test_text_beyond_the_limit_is_refused_not_cut():
    """Text of exactly the limit is read; one character more is refused."""
    data = plain_pdf(["x" * 10, "y" * 10])
    assert pdf_worker.extract(data, None, 20)["pages"] == ["x" * 10, "y" * 10]
    assert result(data, text_characters=19) == {"error": "limit"}
