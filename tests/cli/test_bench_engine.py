"""``rao bench engine`` as a command: its table, its JSON, what it refuses, and one real measurement."""

import io
import json
import re

import pytest

from rao_cli.bench.engine.figures import Figure
from rao_cli.cli.bench_engine import Asked, engine_text, show_engine
from rao_cli.cli.options import Options
from rao_cli.cli.progress import open_notices
from rao_cli.cli.terminal import Streams
from rao_cli.errors import UsageError
from tests.bench.engine.making import absent, setup_in
from tests.cli.console import rao

LONG = "x" * 300


def cells(text):
    """Return the columns of each line of a table."""
    return [re.split(r" {2,}", line.strip()) for line in text.splitlines()]


def test_the_table_has_a_line_for_each_figure():
    """Rates, ratios, targets and verdicts stand below the title of their row."""
    ours, other = (0.01, 0.02, 0.03), (0.01, 0.02, 0.06)
    figures = [
        Figure("loop", "4 writing", ours, other, "bare loop", tokens=1, target=0.95),
        Figure("again", "second", (2.0,), (10.0,), "first", measure="share", target=0.15),
        Figure("rerun", "once more", (0.4,), (9.0,), "first", measure="seconds", target=1.0),
    ]
    assert cells(engine_text(figures)) == [
        ["our loop / the bare llama_decode loop"],
        ["ours", "other", "ratio", "wanted", "runs"],
        ["4 writing", "50/s", "50/s", "1.00", ">= 0.95", "met", "3"],
        [""],
        ["everything read: second question / first"],
        ["ours", "other", "ratio", "wanted", "runs"],
        ["second", "2.0 s", "10.0 s", "0.20", "<= 0.15", "missed", "1"],
        [""],
        ["identical rerun"],
        ["ours", "other", "ratio", "wanted", "runs"],
        ["once more", "400 ms", "9.0 s", "<= 1 s", "met", "1"],
    ]


def test_a_row_that_did_not_run_has_its_reason():
    """A problem stands on one line, without figures."""
    text = engine_text([Figure("server", "xllamacpp", problem="not\ninstalled")])
    assert cells(text) == [["our engine / xllamacpp's server"], ["xllamacpp: not installed"]]


def test_a_note_is_written_once():
    """What holds for all figures of a row stands below them once; what differs names its figure."""
    same = [Figure("limit", name, (1.0,), note="2 GB/s") for name in ("a", "b")]
    assert engine_text(same).count("2 GB/s") == 1
    assert "  2 GB/s\n" in engine_text(same)
    other = [Figure("growth", name, (1.0,), measure="seconds", note=f"read {name}") for name in ("a", "b")]
    assert engine_text(other).endswith("  a: read a\n  b: read b\n")


def test_the_table_fits_eighty_columns():
    """Long names give way, so that the table fits any terminal."""
    figure = Figure("tree", LONG, (100.0,) * 3, (1234.5,) * 3, tokens=1e6, target=1.5)
    assert max(map(len, engine_text([figure]).splitlines())) <= 80


@pytest.mark.parametrize(
    ("argv", "message"),
    [
        (("--only", "films"), "--only does not know films"),
        (("--model", "/none.gguf", "--only", "rerun"), "none.gguf"),
    ],
)
def test_usage_errors(argv, message):
    """A row that is not known, a Python that cannot be run and a missing model are refused."""
    done = rao("bench", "engine", "--quick", *argv)
    assert done.code != 0
    assert done.out == ""
    assert message in done.err


def shown(asked, options, folder):
    """Show a scripted model's figures; return what was printed."""
    model = folder / "model.gguf"
    model.write_bytes(b"GGUF" * 25)

    def find(asked, options, place, notices):
        return setup_in(place, respond=absent, model=model, peer_python=asked.against_python, say=notices.status)[
            0
        ]

    streams = Streams(io.BytesIO(), io.StringIO(), io.StringIO())
    assert show_engine(asked, options, streams, open_notices(options, streams), find) == 0
    return streams.stdout.getvalue()


def test_json_has_every_time(tmp_path):
    """Machine, model, versions and sizes stand beside every time that was measured."""
    values = json.loads(shown(Asked(("again",)), Options(json=True), tmp_path))
    assert values["schema"] == "rao.bench.engine/1"
    assert values["machine"]["cores"] >= 1
    assert values["model"] == {"file": "model.gguf", "bytes": 100, "original": "model.gguf"}
    assert values["versions"]["python"]
    assert values["sizes"]["document"] == 1500
    (figure,) = values["figures"]
    assert len(figure["ours"]) == len(figure["other"]) == 1
    assert figure["value"] == pytest.approx(figure["ours"][0] / figure["other"][0])
    assert figure["met"] in (True, False)


def test_a_row_that_is_not_measured_is_in_the_object(tmp_path):
    """Without another Python the server's row has its reason and no times."""
    (figure,) = json.loads(shown(Asked(("server",)), Options(json=True), tmp_path))["figures"]
    assert (figure["row"], figure["ours"], figure["met"]) == ("server", [], None)
    assert "--against-python" in figure["problem"]


def test_the_text_begins_with_the_machine(tmp_path):
    """The first lines name processor, model and versions, within eighty columns."""
    lines = shown(Asked(("server",)), Options(), tmp_path).splitlines()
    assert "core" in lines[0]
    assert lines[1].startswith("model.gguf (100 bytes), 1 thread")
    assert "python 3" in lines[3]
    assert max(map(len, lines)) <= 80


def test_a_python_that_cannot_be_run_is_refused(tmp_path):
    """A wrong --against-python ends the command instead of costing a row."""
    with pytest.raises(UsageError, match="cannot run /none/python"):
        shown(Asked(("server",), "/none/python"), Options(), tmp_path)


def test_the_result_can_be_written_to_a_file(tmp_path):
    """-o takes the result, and nothing is printed."""
    assert shown(Asked(("server",)), Options(json=True, output=str(tmp_path / "out.json")), tmp_path) == ""
    assert json.loads((tmp_path / "out.json").read_text())["figures"]


@pytest.mark.model
def test_the_cheapest_row_is_measured():
    """With the embedded model the distance to the machine's limit is measured in seconds."""
    done = rao("bench", "engine", "--quick", "--only", "limit", "--json")
    assert done.code == 0, done.err
    figures = done.json["figures"]
    assert [figure["name"] for figure in figures] == ["1 writing", "16 writing", "reading"]
    assert all(figure["value"] > 0 and len(figure["ours"]) == 1 for figure in figures)
    assert "SmolLM2" in done.json["model"]["original"]
