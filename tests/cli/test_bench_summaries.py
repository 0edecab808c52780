"""``rao bench summaries`` from the command line, with a scripted model."""

import pytest

from tests.agent.summary.helpers import BOATS
from tests.cli.console import rao, scripted


@pytest.fixture
def source(tmp_path):
    """Return a file with headings."""
    path = tmp_path / "boats.md"
    path.write_text(BOATS)
    return path


def silent(request):
    """Write nothing that could be told."""
    return "x"


def test_a_table_with_a_total(source):
    """Each source has a row, and the last line says what holds for all."""
    done = rao("bench", "summaries", source, "--words", "60", find_model=scripted(silent))
    assert done.code == 0
    assert any(line.startswith("boats.md") for line in done.out.splitlines())
    assert done.out.splitlines()[-1].startswith("1.000 of ")


def test_json_has_every_figure(source):
    """--json has for each source what was claimed, what was forgotten, and the summary itself."""
    done = rao(
        "bench", "summaries", source, "--words", "60", "--style", "brief", "--json", find_model=scripted(silent)
    )
    (row,) = done.json["summaries"]
    assert done.json["schema"] == "rao.bench.summaries/1"
    assert (row["founded"], row["parts"], row["forgotten"]) == (1.0, 3, [])
    assert row["answer"]


def test_a_source_that_is_not_there(tmp_path):
    """A source that does not exist ends in one line."""
    done = rao("bench", "summaries", tmp_path / "none.md", find_model=scripted(silent))
    assert done.code != 0
    assert "none.md" in done.err
