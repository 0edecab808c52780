"""The file of results: what is known is found again, and nothing else is."""

import os
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rao_cli.bench.quality.done import Done, Results, Told, code_version, task_digest
from rao_cli.errors import InputError, RaoError
from tests.bench.making import asked
from tests.bench.quality.making import done, key


def test_an_outcome_is_known_after_a_restart(tmp_path):
    """What was added is there for whoever opens the file next, and nothing of another arm or task."""
    path = tmp_path / "results.jsonl"
    Results(path).add(done("Ulm"))
    again = Results(path)
    assert again.get(key()).told.answer == "Ulm"
    assert again.get(key(arm="rag")) is None
    assert again.get(key(task="a-2")) is None
    assert again.get(key(model="n")) is None


def test_other_code_counts_only_where_it_may(tmp_path):
    """Outcomes of other code are new work, or are taken and counted where the user named the file."""
    path = tmp_path / "results.jsonl"
    Results(path).add(done(version="old"))
    assert Results(path).get(key()) is None
    named = Results(path, any_version=True)
    assert named.get(key()) is not None
    assert named.others == 1
    assert named.get(key(version="old")) is not None
    assert named.others == 1


def test_the_last_outcome_counts(tmp_path):
    """A task that was done again has its latest answer."""
    path = tmp_path / "results.jsonl"
    results = Results(path)
    results.add(done("Ulm"))
    results.add(done("Rome"))
    assert results.get(key()).told.answer == "Rome"
    assert Results(path).get(key()).told.answer == "Rome"


def test_a_line_that_was_cut_off_is_done_again(tmp_path):
    """A killed process loses the line that it was writing, and the next line is whole."""
    path = tmp_path / "results.jsonl"
    Results(path).add(done("Ulm"))
    half = done("Rome", task="a-2").model_dump_json()[:40]
    with path.open("a") as file:
        file.write(half)
    results = Results(path)
    assert results.get(key(task="a-2")) is None
    results.add(done("Bonn", task="a-3"))
    again = Results(path)
    assert [again.get(key(task=f"a-{n}")) is not None for n in (1, 2, 3)] == [True, False, True]


def test_without_a_file_outcomes_last_as_long_as_the_run(tmp_path):
    """Nothing is written where nothing is to be kept."""
    results = Results(None)
    results.add(done())
    assert results.get(key()) is not None
    assert list(tmp_path.iterdir()) == []


def test_a_file_of_something_else_is_refused(tmp_path):
    """No line is ever appended to a file that holds no results."""
    path = tmp_path / "tasks.jsonl"
    path.write_text('{"id": "a-1"}\n')
    with pytest.raises(InputError, match="something else than results"):
        Results(path)
    assert path.read_text() == '{"id": "a-1"}\n'


def test_a_folder_is_refused(tmp_path):
    """A name that cannot be read is an error with a way out."""
    with pytest.raises(InputError, match="cannot read the results") as refused:
        Results(tmp_path)
    assert "--results" in refused.value.hint


def test_results_that_cannot_be_written_end_the_run(tmp_path):
    """An outcome is never lost silently."""
    with pytest.raises(RaoError, match="cannot write the results"):
        Results(tmp_path / "none" / "results.jsonl").add(done())


def test_a_task_is_known_by_what_is_asked(tmp_path):
    """Another question, another source or a changed source is another task; the answers make no difference."""
    source = tmp_path / "a.txt"
    source.write_text("one")
    first = task_digest(asked("Who?", "me", source=source))
    assert first == task_digest(asked("Who?", "you", source=source))
    assert first != task_digest(asked("When?", "me", source=source))
    assert first != task_digest(asked("Who?", "me", source=tmp_path / "b.txt"))
    source.write_text("two and more")
    os.utime(source, (time.time() + 5, time.time() + 5))
    assert first != task_digest(asked("Who?", "me", source=source))


def test_the_code_has_a_version(tmp_path):
    """Another line, another file or another name is another version; what is no Python makes no difference."""
    (tmp_path / "a.py").write_text("x = 1\n")
    first = code_version(tmp_path)
    (tmp_path / "notes.txt").write_text("more")
    assert code_version(tmp_path) == first
    (tmp_path / "a.py").write_text("x = 2\n")
    second = code_version(tmp_path)
    (tmp_path / "a.py").rename(tmp_path / "b.py")
    assert len({first, second, code_version(tmp_path)}) == 3


@given(st.text(), st.floats(0, 1), st.lists(st.tuples(st.integers(0, 99), st.integers(0, 99)), max_size=3))
def test_outcomes_survive_the_file(answer, confidence, pages):
    """Whatever a model says comes back as it was, on one line."""
    answer = answer.encode("utf-8", "replace").decode()
    kept = Done(key=key(), told=Told(answer=answer, confidence=confidence, pages=tuple(pages)))
    line = kept.model_dump_json()
    assert "\n" not in line
    assert Done.model_validate_json(line) == kept
