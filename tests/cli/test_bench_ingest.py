"""``rao bench ingest`` as a command: its table, its JSON, and what it refuses."""

import re

import pytest

from rao_cli.bench.ingest import Measure
from rao_cli.cli.bench_ingest import ingest_text
from tests.cli.console import rao


def figure(**changes):
    """Return a figure."""
    values = {"name": "read", "source": "/tmp/a.pdf", "amount": 800, "unit": "pages", "seconds": 2.0}
    return Measure(**{**values, "cpu_seconds": 3.0, "peak_bytes": 90_000_000, **changes})


def test_the_table_has_a_line_for_each_figure():
    """Figures stand below their source, with what was wanted and how another reader did."""
    text = ingest_text(
        [
            figure(target=400, peer="pypdf", peer_rate=21.94),
            figure(name="kept", seconds=0.002),
            figure(source="b.log", target=500, most_bytes=700_000_000, peer="drain3"),
        ]
    )
    cells = [re.split(r" {2,}", line.strip()) for line in text.splitlines()]
    assert cells == [
        ["measured", "wanted", "time", "processor", "memory", "compared with"],
        ["a.pdf"],
        ["read", "400 pages/s", "400 pages/s", "met", "2.0 s", "3.0 s", "90.0 MB", "pypdf 21.9 pages/s"],
        ["kept", "400,000 pages/s", "2 ms", "3.0 s", "90.0 MB"],
        ["b.log"],
        [
            *("read", "400 pages/s", "500 pages/s", "missed", "2.0 s", "3.0 s"),
            *("90.0 MB of 700 MB", "drain3 is not installed"),
        ],
    ]


def test_a_failure_has_its_reason():
    """A source that could not be read has no figure but says why, on one line."""
    line = ingest_text([figure(problem="it is\ndamaged")]).splitlines()[-1]
    assert line.split() == ["read", "failed", "it", "is", "damaged"]


def test_json_has_every_figure(tmp_path):
    """The object names the machine, and each figure with its rate and whether it is as wanted."""
    (tmp_path / "a.log").write_text("Mar  1 00:00:01 host app: started\n" * 50)
    done = rao("bench", "ingest", tmp_path / "a.log", "--against", "", "--json")
    assert done.code == 0, done.err
    assert done.json["schema"] == "rao.bench.ingest/1"
    assert done.json["machine"]["cores"] >= 1
    measures = done.json["measures"]
    assert [measure["amount"] for measure in measures] == [50, 50, 50, 50]
    assert all(measure["rate"] > 0 for measure in measures)
    assert measures[0]["met"] in (True, False)


@pytest.mark.parametrize(
    ("argv", "message"),
    [
        (("--kinds", "pdf,films"), "--kinds does not know films"),
        (("--against", "grep"), "--against does not know grep"),
        (("none.pdf",), "no such file or folder: none.pdf"),
    ],
)
def test_usage_errors(argv, message):
    """A kind or reader that is not known, and a missing path, are refused at once."""
    done = rao("bench", "ingest", *argv)
    assert (done.code, done.out) == (2, "")
    assert message in done.err
