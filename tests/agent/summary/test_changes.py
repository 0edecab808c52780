"""A summary of what changed: the commits' own words, counts by code, places in the version that is there now."""

import re

import pytest

from rao_cli.agent.summary.changes import change_topics, changes
from rao_cli.agent.summary.survey import survey
from rao_cli.documents.load import open_changes, open_sources
from tests.agent.helpers import made_ready, run
from tests.documents.history.making import Making

PROGRAM = "".join(f"def step_{n}(value):\n    return value + {n}\n\n\n" for n in range(12))


@pytest.fixture
def document(tmp_path):
    """Return what three commits changed in a small program."""
    made = Making(tmp_path / "boats")
    made.commit({"src/steps.py": PROGRAM, "src/old.py": "x = 1\n", "README.md": "# Boats\n"}, "Begin")
    made.commit({"src/steps.py": PROGRAM, "README.md": "# Boats\n"}, "Leave out what nobody used")
    faster = PROGRAM.replace("value + 4", "value * 4").replace("value + 9", "value * 9")
    made.commit({"src/steps.py": faster, "README.md": "# Boats\n"}, "Steps multiply where they added")
    tests = "from src.steps import step_4\n\n\ndef test_step():\n    assert step_4(2) == 8\n"
    made.commit({"src/steps.py": faster, "README.md": "# Boats\n", "tests/test_steps.py": tests}, "Test the steps")
    made.repo.close()
    return open_changes(str(tmp_path / "boats"), "HEAD~3")


def told(document):
    """Return the summary of a document without a model's help."""
    return run("", made_ready(document, lambda _: ""), kind="summarize").result.answer


def test_the_whole_is_counted_and_commits_are_quoted(document):
    """The first topic counts commits, files and lines, then gives the subjects, newest first."""
    lead = survey(document, 120)[0]
    texts = [statement.text for statement in lead.statements]
    assert texts[0] == "3 commits changed 3 files: 7 lines added and 3 removed"
    assert texts[1:] == ["Test the steps", "Steps multiply where they added", "Leave out what nobody used"]


def test_files_say_what_happened_and_where(document):
    """Each file is told with what happened to it and the functions that changed."""
    topics = {topic.heading: topic for topic in survey(document, 120)}
    texts = [statement.text for statement in topics["src/"].statements]
    assert texts == [
        "`src/steps.py` changed in `def step_4`, `def step_9`: 2 lines added, 2 removed",
        "`src/old.py` was deleted, 1 line",
    ]
    assert "`tests/test_steps.py` is new, 5 lines with `def test_step`" in [
        statement.text for statement in topics["tests/"].statements
    ]


def test_statements_cite_lines_of_the_new_version(document):
    """What is said of a changed file is shown at the definitions that are named."""
    part = next(topic for topic in survey(document, 120) if topic.heading == "src/")
    places = [str(document.locate(span)).rpartition("boats/")[2] for span in part.statements[0].spans]
    assert places == ["src/steps.py:17", "src/steps.py:37"]
    gone = str(document.locate(part.statements[1].spans[0])).rpartition("boats/")[2]
    assert re.fullmatch(r"src/old\.py@[0-9a-f]{8} \(deleted\):1", gone)


def test_all_that_is_cited_is_there(document):
    """Every statement's places lie in the text, and hold something."""
    for topic in change_topics(document, changes(document)):
        for statement in topic.statements:
            assert all(document.read(span).strip() for span in statement.spans)


def test_a_summary_runs_on_it(document):
    """The usual summary tells the commits and the files, with citations."""
    answer = told(document)
    assert "3 commits changed 3 files" in answer
    assert "Steps multiply where they added" in answer
    assert "`src/steps.py`" in answer


def test_tests_weigh_less(document):
    """A part that only tests comes after the program's."""
    headings = [topic.heading for topic in survey(document, 120)]
    assert headings.index("src/") < headings.index("tests/")


def test_other_documents_have_no_changes(tmp_path):
    """A folder that is read as it is has no facts of changes."""
    (tmp_path / "a.md").write_text("# A\n\nWords.\n")
    assert changes(open_sources([str(tmp_path)])) is None


def test_a_definition_that_was_rewritten_is_cited_as_it_is_now(tmp_path):
    """Where a definition's own line changed, the new one is cited, not the one that went."""
    made = Making(tmp_path / "boats")
    made.commit({"moor.py": "import os\n\n\ndef moor(boat):\n    return boat\n"}, "Begin")
    made.commit({"moor.py": "import os\n\n\ndef moor(boat, post):\n    return post\n"}, "Moor to a post")
    made.repo.close()
    document = open_changes(str(tmp_path / "boats"), "HEAD~1")
    part = survey(document, 120)[1]
    assert str(document.locate(part.statements[0].spans[0])).endswith("boats/moor.py:4")
