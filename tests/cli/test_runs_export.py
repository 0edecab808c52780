"""``rao runs export``: each form is written where it was asked for."""

import json

import pytest

from tests.cli.console import Screen, long_text, rao
from tests.cli.kept import FIRST, answered, keep
from tests.runs.making import opened, started


@pytest.fixture
def real(tmp_path):
    """Keep a run of several agents over a real document."""
    path = tmp_path / "notes.txt"
    path.write_text(long_text(code=74_318_265))
    assert rao("ask", path, "What is the code?").code == 0


def export(form, *argv, **kwargs):
    """Export the last run, which must work."""
    done = rao("runs", "export", "last", "--format", form, *argv, **kwargs)
    assert done.code == 0, done.err
    return done.out


def test_a_trace_is_lines_of_json(real):
    """Each line is a record of its own, and they are what --format leaves out."""
    lines = export("jsonl").splitlines()
    assert all(isinstance(json.loads(line), dict) for line in lines)
    assert rao("runs", "export").out.splitlines() == lines


def test_telemetry_is_one_object(real):
    """OpenTelemetry's form is one JSON object with spans."""
    (resource,) = json.loads(export("otel"))["resourceSpans"]
    assert resource["scopeSpans"][0]["spans"]


def test_a_page_is_html(real, tmp_path):
    """The page is written to its file."""
    assert export("html", "-o", tmp_path / "run.html") == ""
    assert (tmp_path / "run.html").read_text().lstrip().lower().startswith("<!doctype html>")


@pytest.mark.parametrize("form", ["jsonl", "otel", "html"])
def test_redaction_leaves_no_text(real, form):
    """With --redact neither the answer nor the question nor any line of the source is written."""
    assert "74318265" in export(form)
    told = export(form, "--redact")
    assert "74318265" not in told
    assert "What is the code" not in told
    assert "nothing of note" not in told


@pytest.mark.parametrize("form", ["jsonl", "otel", "html"])
def test_an_unfinished_run_can_be_exported(form):
    """What is known of an interrupted run is written."""
    keep(FIRST, started(FIRST), opened("1"))
    assert FIRST in export(form)


def test_a_page_is_not_for_a_terminal():
    """HTML on a screen helps nobody."""
    answered()
    done = rao("runs", "export", "--format", "html", out=Screen())
    assert done.code == 2
    assert "-o run.html" in done.err


def test_an_unknown_format_is_refused():
    """A format that there is not names those that there are."""
    answered()
    done = rao("runs", "export", "--format", "pdf")
    assert done.code == 2
    assert "jsonl" in done.err
