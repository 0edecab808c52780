"""A user's questions as tasks: one class, no source in both halves, judged as the file says."""

from dataclasses import replace
from pathlib import Path

import pytest

from rao_cli.bench.tasks import Evidence
from rao_cli.bench.transfer.files import KEPT, exercises
from rao_cli.errors import UsageError
from tests.agent.helpers import document
from tests.bench.making import asked


def question(source: str, number: int = 0, words: str = "", name: str = "q", **changes):
    """Return a question on a source."""
    made = asked(words or f"In which town was mill {number} built?", "Ulm", source=Path(source))
    return replace(made, name=name, **changes)


class Shelf:
    """Reads sources, and notes which."""

    def __init__(self, text: str = "The mill was built in Ulm by Jonas.\n") -> None:
        self.text, self.read = text, []

    def __call__(self, source: Path):
        """Return the same text under another name."""
        self.read.append(source.name)
        return document(f"{source.name}: {self.text}", source.name)


def test_sources_are_dealt_out_in_turn():
    """The first source is learned from, the next one judged with, and so on; none serves both."""
    tasks = [question(name, n, name=f"{name}{n}") for name in ("a", "b", "c") for n in range(2)]
    found = exercises(tasks, Shelf())
    assert (len(found.shown), len(found.held)) == (4, 2)
    assert not {one.text for one in found.shown} & {one.text for one in found.held}
    assert found.parts() == {"train": found.shown, "valid": found.held, "test": found.held}


def test_one_source_is_not_enough():
    """What is taught is judged on another source, so there must be one."""
    with pytest.raises(UsageError, match="one source") as refused:
        exercises([question("a", 0, name="x"), question("a", 1, name="y")], Shelf())
    assert "two sources" in refused.value.hint


def test_the_commonest_class_is_taken():
    """A strategy is for one class of questions; how many of others are left out is told."""
    tasks = [
        question("a", name="1"),
        question("b", name="2"),
        question("b", words="How many mills were built?", name="3"),
    ]
    found = exercises(tasks, Shelf())
    assert (found.asked, found.left_out) == ("fact", 1)
    assert len(found.tasks) == 2


def test_evidence_is_found_in_the_document():
    """A page's quotation or a line of a file becomes a place of the text that was read."""
    told = Evidence(file="a", line=1)
    found = exercises([question("a", name="1", evidence=told), question("b", name="2")], Shelf())
    (shown,), (held,) = found.shown, found.held
    assert shown.evidence
    assert shown.evidence[0].start == 0
    assert held.evidence == ()


def test_answers_are_judged_as_the_file_says():
    """A question's own metric decides; a question without an answer has none."""
    found = exercises([question("a", name="1"), question("b", name="2", answers=(), absent=True)], Shelf())
    (shown,), (held,) = found.shown, found.held
    assert found.judge.right("in Ulm", shown)
    assert not found.judge.right("in Bonn", shown)
    assert held.absent


def test_documents_are_kept_and_read_again():
    """A source is read once while it is kept; of many the first ones go."""
    shelf = Shelf()
    names = [f"s{n}" for n in range(KEPT + 1)]
    found = exercises([question(name, name=name) for name in names], shelf)
    assert shelf.read == names
    found.judge.read(found.shown[-1])
    assert shelf.read == names
    found.judge.read(found.shown[0])
    assert shelf.read == [*names, "s0"]
