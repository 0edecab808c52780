"""``rao summarize --since``: what changed in a repository, from the command line."""

import json

import pytest

from tests.cli.console import rao, scripted
from tests.documents.history.making import Making

PLAIN = scripted(lambda _: "It changes how boats are moored in the harbour.")


@pytest.fixture
def repository(tmp_path):
    """Return a repository of three commits."""
    made = Making(tmp_path / "boats")
    made.commit({"moor.py": "def moor(boat):\n    return boat\n"}, "Begin")
    made.commit({"moor.py": "def moor(boat):\n    boat.tie()\n    return boat\n"}, "Tie boats that are moored")
    made.commit({"moor.py": "def moor(boat):\n    boat.tie(2)\n    return boat\n"}, "Tie them twice")
    made.repo.close()
    return tmp_path / "boats"


def test_what_changed_is_told(repository):
    """The summary counts the range, quotes its commits and cites lines of the new version."""
    done = rao("summarize", repository, "--since", "HEAD~2", find_model=PLAIN)
    assert done.code == 0
    assert "2 commits changed 1 file: 1 line added and 0 removed" in done.out
    assert "Tie boats that are moored" in done.out
    assert "moor.py:1" in done.out


def test_citations_name_path_and_line(repository):
    """In JSON a citation of a changed file has its path and line in the version that is there."""
    done = rao("summarize", repository, "--since", "HEAD~1", "--json", find_model=PLAIN)
    cited = json.loads(done.out)["citations"]
    assert any(one["path"].endswith("boats/moor.py") and one["first_line"] == 1 for one in cited)
    assert all(one["verified"] for one in cited)


def test_the_same_range_again_costs_nothing(repository):
    """A second summary of the same range asks the model nothing anew."""
    first = json.loads(rao("summarize", repository, "--since", "HEAD~2", "--json", find_model=PLAIN).out)
    again = json.loads(rao("summarize", repository, "--since", "HEAD~2", "--json", find_model=PLAIN).out)
    assert first["answer"] == again["answer"]
    assert again["usage"]["cached_tokens"] == again["usage"]["prompt_tokens"]


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("--since", "nowhere"), "no such range"),
        (("--since", "HEAD"), "nothing changed"),
        (("other", "--since", "HEAD~1"), "one git repository"),
    ],
)
def test_what_cannot_be_told_is_one_line(repository, arguments, told):
    """A revision that is not there, an empty range or several sources end with one line and a hint."""
    done = rao("summarize", repository, *arguments, find_model=PLAIN)
    assert done.code != 0
    assert told in done.err
    assert "hint" in done.err.lower() or "\n" in done.err.strip()
    assert done.out == ""


def test_only_summaries_take_it(repository):
    """A question is asked of sources as they are, so ask has no such option."""
    assert rao("ask", repository, "--since", "HEAD~1", "What?", find_model=PLAIN).code == 2
