"""Measuring how fast sources are read: honest figures of tiny inputs, made or named."""

import subprocess
import sys

import pytest
from pypdf import PdfReader

from rao_cli.bench.ingest import Bench, Measure, Sizes, family, ingest
from rao_cli.bench.ingest_inputs import installed_source, write_log, write_pdf, write_tree
from rao_cli.errors import UsageError

TINY = Sizes(log_bytes=30_000, pages=12, files=45)


def measured(*paths, **bench):
    """Return the figures for some paths, by name."""
    found = ingest(
        list(map(str, paths)), Bench(**{"against": (), "sizes": TINY, "settling": 0, **bench}), lambda line: None
    )
    return {measure.name: measure for measure in found}


def figure(**changes):
    """Return a figure."""
    values = {
        "name": "read",
        "source": "a.pdf",
        "amount": 800,
        "unit": "pages",
        "seconds": 2.0,
        "cpu_seconds": 3.0,
    }
    return Measure(**{**values, "peak_bytes": 100, **changes})


def test_a_rate_is_amount_by_time():
    """Eight hundred pages in two seconds are four hundred a second; no time is no rate."""
    assert figure().rate == 400
    assert figure(seconds=0).rate == 0


@pytest.mark.parametrize(
    ("changes", "met"),
    [
        ({}, None),
        ({"target": 400}, True),
        ({"target": 401}, False),
        ({"target": 400, "most_bytes": 100}, True),
        ({"target": 400, "most_bytes": 99}, False),
        ({"target": 400, "problem": "damaged"}, False),
    ],
)
def test_a_target_is_met_or_missed(changes, met):
    """Speed and memory must both be as wanted; what could not be read meets nothing."""
    assert figure(**changes).met is met


@pytest.fixture(scope="module")
def pdf():
    """Return the figures of a made PDF beside pypdf's."""
    return measured(kinds=("pdf",), against=("pypdf",))


@pytest.fixture(scope="module")
def log(tmp_path_factory):
    """Return the figures of a log, looking for drain3 in a Python without libraries, and its number of lines."""
    folder = tmp_path_factory.mktemp("log")
    write_log(folder / "a.log", 30_000)
    python = folder / "python"
    python.write_text(f'#!/bin/sh\nexec {sys.executable} -S "$@"\n')
    python.chmod(0o755)
    found = measured(folder / "a.log", against=("drain3",), against_python=str(python))
    return found, (folder / "a.log").read_bytes().count(b"\n")


def test_a_pdf_is_measured(pdf):
    """A made PDF is read whole, in a process whose memory and processor time are told."""
    assert list(pdf) == ["read", "kept, first opening", "kept, second opening"]
    assert all(measure.amount == 12 for measure in pdf.values())
    assert pdf["read"].unit == "pages"
    assert pdf["read"].problem == ""
    assert pdf["read"].cpu_seconds > 0
    if sys.platform == "linux":
        assert 5e6 < pdf["read"].peak_bytes < 1e9


def test_a_peer_reads_the_same_input(pdf):
    """pypdf, which is always installed, has a rate on the very file."""
    assert pdf["read"].peer == "pypdf"
    assert pdf["read"].peer_rate > 0


def test_a_log_is_measured_on_one_core_and_on_all(log):
    """Every line counts, however many processes read it."""
    found, lines = log
    assert {name: measure.amount for name, measure in found.items()} == dict.fromkeys(
        ("on one core", "on all cores", "kept, first opening", "kept, second opening"), lines
    )


def test_a_missing_peer_has_no_rate(log):
    """A reader that is not installed there is named without a figure."""
    found, _ = log
    assert (found["on one core"].peer, found["on one core"].peer_rate) == ("drain3", None)


def test_a_folder_is_walked_and_read(tmp_path):
    """A folder gives figures for its code and for finding its files."""
    write_tree(tmp_path / "tree", 45)
    found = measured(tmp_path / "tree", kinds=("code", "walk"))
    assert found["walked"].amount == 45
    assert found["definitions and references"].amount == pytest.approx(45 * 33 / 1e6, rel=0.2)


def test_the_second_opening_is_kept(tmp_path):
    """With a cache the second opening of a PDF takes a fraction of the first one's time."""
    write_pdf(tmp_path / "a.pdf", 150)
    found = measured(tmp_path / "a.pdf", settling=2.5)
    assert found["kept, second opening"].seconds < found["kept, first opening"].seconds / 2


def test_what_cannot_be_read_is_a_figure_with_a_reason(tmp_path):
    """A damaged file does not end the measuring."""
    (tmp_path / "bad.pdf").write_bytes(b"%PDF-1.4\n" + bytes(100))
    found = measured(tmp_path / "bad.pdf")
    assert all("bad.pdf" in measure.problem and measure.rate == 0 for measure in found.values())


def test_a_missing_path_is_refused(tmp_path):
    """A name that is no file is a usage error, before anything is measured."""
    with pytest.raises(UsageError, match="no such file"):
        measured(tmp_path / "none")


def test_a_missing_python_is_refused(tmp_path):
    """A Python that cannot be run is a usage error."""
    (tmp_path / "a.log").write_text("x\n")
    with pytest.raises(UsageError, match="cannot run"):
        measured(tmp_path / "a.log", against=("drain3",), against_python=str(tmp_path / "none"))


def test_inputs_are_the_same_each_time(tmp_path):
    """The same sizes give the same bytes, and a longer log begins like a shorter one."""
    for name in ("a", "b"):
        write_log(tmp_path / f"{name}.log", 30_000)
        write_pdf(tmp_path / f"{name}.pdf", 3)
    assert (tmp_path / "a.log").read_bytes() == (tmp_path / "b.log").read_bytes()
    assert pages(tmp_path / "a.pdf") == pages(tmp_path / "b.pdf")


def pages(path):
    """Return the text of a PDF's pages."""
    return [page.extract_text() for page in PdfReader(path).pages]


def test_a_made_log_does_not_repeat_itself(tmp_path):
    """Blocks of lines follow the same templates with other values, so that remembering lines gains nothing."""
    write_log(tmp_path / "a.log", 4_000_000)
    lines = (tmp_path / "a.log").read_text().splitlines()
    messages = [line[16:].split(" ", 1)[1] for line in lines]
    assert len(lines) >= 40_000
    assert len(set(messages)) > 0.9 * len(messages)
    assert all(ord(character) < 128 for character in lines[0] + lines[-1])


def test_a_made_pdf_has_words_and_an_outline(tmp_path):
    """Each page holds lines of words, and each tenth begins a chapter."""
    write_pdf(tmp_path / "a.pdf", 21)
    reader = PdfReader(tmp_path / "a.pdf")
    assert len(reader.pages) == 21
    assert len(reader.outline) == 3
    assert len(reader.pages[5].extract_text().split()) > 400


def test_installed_source_is_a_folder_of_code():
    """Without a folder of code named, an installed library's is read."""
    assert list(installed_source().glob("*.py"))


@pytest.mark.skipif(sys.platform != "linux", reason="processes are listed in /proc on Linux only")
def test_memory_counts_children():
    """The family of a process are it and what it started, also indirectly."""
    script = "import subprocess, sys; subprocess.run(['sleep', '9'])"
    with subprocess.Popen(["sh", "-c", f'{sys.executable} -c "{script}"; true']) as process:
        try:
            members = set()
            while len(members) < 3 and process.poll() is None:
                members = set(family(process.pid))
            assert process.pid in members
            assert len(members) == 3
        finally:
            for member in members - {process.pid}:
                subprocess.run(["kill", str(member)], check=False)
