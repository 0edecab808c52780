"""The folder that a generator writes: tasks that can be read, and nothing overwritten."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rao_cli.bench.quality.generate_files import Source, shares, sizes_of, write_tasks
from rao_cli.bench.tasks import read_tasks
from rao_cli.errors import RaoError, UsageError

SOURCES = (
    Source("8k-1", "Jonas came.\r\nHe left.\n", [{"question": "Who?", "answers": ["Jonas"]}]),
    Source("32k-1", "é" * 50_000, [{"question": "Who?", "answers": [], "absent": True}]),
)


def test_what_is_written_can_be_read(tmp_path):
    """Tasks have their source, size and answers, as the benchmark reads them; texts are written to the byte."""
    assert write_tasks(tmp_path / "new" / "set", "niah", "none", SOURCES) == 2
    one, two = read_tasks(tmp_path / "new" / "set" / "tasks.jsonl")
    assert (one.name, one.family, one.size, one.answers) == ("niah-8k-1-1", "niah", "8k", ("Jonas",))
    assert one.source.read_bytes() == SOURCES[0].text.encode()
    assert (two.size, two.absent) == ("32k", True)


@pytest.mark.parametrize("there", ["tasks.jsonl", "sources"])
def test_nothing_is_overwritten(tmp_path, there):
    """A folder that holds tasks or sources is refused, and left as it is."""
    (tmp_path / there).write_text("mine")
    with pytest.raises(UsageError, match="already"):
        write_tasks(tmp_path, "niah", "none", SOURCES)
    assert [path.name for path in tmp_path.iterdir()] == [there]
    assert (tmp_path / there).read_text() == "mine"


def test_tasks_come_last(tmp_path):
    """Where making the sources fails there are no tasks that would miss them."""

    def broken():
        yield SOURCES[0]
        raise UsageError("enough")

    with pytest.raises(UsageError, match="enough"):
        write_tasks(tmp_path / "set", "niah", "none", broken())
    assert not (tmp_path / "set" / "tasks.jsonl").exists()


def test_a_folder_that_cannot_be_made_is_refused(tmp_path):
    """A file in the way is one line."""
    (tmp_path / "file").write_text("x")
    with pytest.raises(RaoError, match="cannot write"):
        write_tasks(tmp_path / "file" / "set", "niah", "none", SOURCES)


def test_lines_hold_letters_as_they_are(tmp_path):
    """The file can be read by eye."""
    write_tasks(tmp_path / "set", "niah", "é", SOURCES)
    first = (tmp_path / "set" / "tasks.jsonl").read_text().splitlines()[0]
    assert '"licence": "é"' in first
    assert json.loads(first)["context_tokens_est"] == 5


@pytest.mark.parametrize("named", ["", ",", "9k", "8k,16k", "8K"])
def test_sizes_are_known(named):
    """Another size, or none, is a usage error that lists what is known."""
    with pytest.raises(UsageError) as refused:
        sizes_of(named)
    assert refused.value.hint == "known are 8k,32k,128k,512k"


def test_sizes_are_taken_once():
    """White space and repetition make no difference, the order does."""
    assert sizes_of(" 32k, 8k ,32k") == ("32k", "8k")


@given(st.integers(0, 1000), st.integers(1, 20))
def test_shares_are_even(count, parts):
    """The parts make the whole and differ by one at most."""
    found = shares(count, parts)
    assert sum(found) == count
    assert max(found) - min(found) <= 1
