"""Runs of every command that keeps one are gone on with by rao resume, not only those of rao ask."""

import json

import pytest

from rao_cli.errors import ModelError
from tests.cli.console import long_text, rao
from tests.cli.test_keeping import in_turn, recorded
from tests.documents.history.making import Making

QUESTION = "Which line of the text says what it says?"


class Breaking:
    """A model that tells one sentence or nothing, breaks after some answers, and notes what it was asked."""

    def __init__(self, answers=1_000):
        self.left, self.asked = answers, []

    def __call__(self, request):
        """Answer, or break."""
        if self.left == 0:
            raise ModelError("the model broke")
        self.left -= 1
        self.asked.append(repr(request))
        if request.grammar and "absent" in request.grammar:
            return json.dumps({"action": "absent"})
        return "It changes how boats are moored in the harbour."


@pytest.fixture
def repository(tmp_path):
    """Return a repository in whose second commit many files change."""
    made = Making(tmp_path / "boats")
    body = "".join(f"    boat.tie({n})  # a rope for each of the bollards on the quay\n" for n in range(40))
    names = [f"moor{n}.py" for n in range(8)]
    made.commit(dict.fromkeys(names, "def moor(boat):\n    return boat\n"), "Begin")
    made.commit(dict.fromkeys(names, f"def moor(boat):\n{body}    return boat\n"), "Tie boats")
    made.repo.close()
    return tmp_path / "boats"


def test_a_summary_of_changes_is_gone_on_with(repository):
    """What was told of a range before the model broke is not asked again, and the summary is the same."""
    command = ("summarize", repository, "--since", "HEAD~1", "--thorough", "--json", "--no-cache")
    every = Breaking()
    whole = rao(*command, find_model=in_turn(every))
    assert len(every.asked) > 3
    broken, rest = Breaking(2), Breaking()
    assert rao(*command[:-1], find_model=in_turn(broken)).code == 4
    before = list(map(repr, recorded()))
    rao("cache", "clear")
    done = rao("resume", "--json", find_model=in_turn(rest))
    assert before
    assert "going on with run" in done.err
    assert sorted(before + rest.asked) == sorted(every.asked)
    assert (done.json["answer"], done.json["citations"]) == (whole.json["answer"], whole.json["citations"])


def test_a_question_of_a_conversation_is_gone_on_with(tmp_path):
    """The question that the model broke at is answered by rao resume, from what was there."""
    path = tmp_path / "log.txt"
    path.write_text(long_text())
    lines = QUESTION.encode() + b"\n"
    every = Breaking()
    rao("chat", path, "--no-cache", stdin=lines, find_model=in_turn(every))
    assert len(every.asked) > 3
    broken, rest = Breaking(2), Breaking()
    assert rao("chat", path, stdin=lines, find_model=in_turn(broken)).code == 4
    before = list(map(repr, recorded()))
    rao("cache", "clear")
    done = rao("resume", "--json", find_model=in_turn(rest))
    assert before
    assert done.json["question"] == QUESTION
    assert sorted(before + rest.asked) == sorted(every.asked)
