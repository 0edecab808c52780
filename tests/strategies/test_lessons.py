"""What runs can be learned from: their sources, their answers and why others are refused."""

from dataclasses import replace

import pytest

from rao_cli.errors import UsageError
from rao_cli.runs.store import Contents
from rao_cli.runs.tree import tree_of
from rao_cli.strategies.lessons import check_source, refusal, says
from tests.strategies.lessons import asking, lesson_of, prepared_manual, reading


@pytest.fixture(scope="module")
def lesson():
    """Return a run that found a colour."""
    return lesson_of(prepared_manual(), asking())


def with_result(lesson, **changes):
    """Return a lesson whose run came to something else."""
    tree = lesson.run.tree
    ended = tree.finished.model_copy(update={"result": tree.result.model_copy(update=changes)})
    return replace(lesson, run=replace(lesson.run, tree=replace(tree, finished=ended)))


def with_task(lesson, **changes):
    """Return a lesson whose run was asked something else."""
    kept = lesson.run.kept
    task = kept.task.model_copy(update=changes)
    return replace(lesson, run=replace(lesson.run, kept=kept.model_copy(update={"task": task})))


def test_a_verified_answer_is_learned_from(lesson):
    """A run that found its answer in the source is accepted, and so is its source."""
    assert refusal(lesson) == ""
    check_source(lesson)


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"status": "absent"}, "its answer is absent"),
        ({"status": "partial"}, "its answer is partial"),
        ({"verified": False}, "not found in the source again"),
        ({"how": "213 of 10,000 lines"}, "code computed its answer"),
        ({"limits_hit": ("tokens",)}, "a limit cut it short"),
    ],
)
def test_other_results_are_refused(lesson, changes, reason):
    """A run that found nothing sure, or read nothing for it, teaches nothing, and the reason is told."""
    assert reason in refusal(with_result(lesson, **changes))


@pytest.mark.parametrize(
    ("changes", "reason"), [({"kind": "summarize"}, "summary"), ({"thorough": True}, "read everything")]
)
def test_other_tasks_are_refused(lesson, changes, reason):
    """What is read for a summary or by a thorough run is not chosen by a plan."""
    assert reason in refusal(with_task(lesson, **changes))


def test_an_unfinished_run_is_refused(lesson):
    """A run without a result came to nothing."""
    assert "end" in refusal(replace(lesson, run=replace(lesson.run, tree=replace(lesson.run.tree, finished=None))))


def test_a_wrong_answer_is_refused(lesson):
    """Where the truth is known, a run that missed it teaches nothing, however sure it was."""
    assert refusal(replace(lesson, gold=("amber",))) == "its answer is wrong"
    assert refusal(replace(lesson, gold=("amber", "green"))) == ""


def test_an_unverified_answer_that_is_true_is_learned_from(lesson):
    """The truth is better than a check of citations."""
    assert refusal(replace(with_result(lesson, verified=False), gold=("green",))) == ""


def test_changed_sources_are_named(lesson):
    """A source that is not what the run has read is refused by the run's name."""
    other = replace(lesson, prepared=prepared_manual(colour="ochre"))
    with pytest.raises(UsageError, match=lesson.name):
        check_source(other)


def test_another_model_is_refused(lesson):
    """Calls of one model are no record of another's."""
    kept = lesson.run.kept.model_copy(update={"identity": "another"})
    with pytest.raises(UsageError, match="another model"):
        check_source(replace(lesson, run=replace(lesson.run, kept=kept)))


def test_a_run_that_read_nothing_is_named(lesson):
    """A run that was stopped before its first event cannot be compared with a source."""
    nothing = replace(lesson, run=replace(lesson.run, tree=tree_of(Contents((), 0))))
    with pytest.raises(UsageError, match="read nothing"):
        check_source(nothing)


def test_the_own_answer_is_kept_in_its_words(lesson):
    """Without the truth an answer is kept that says the same in the same words."""
    assert lesson.keeps("Green.")
    assert not lesson.keeps("amber")
    assert not lesson.keeps("")


@pytest.mark.parametrize(
    ("answer", "true", "right"),
    [
        ("green", "green", True),
        ("It is painted green.", "Green", True),
        ("dark green", "green dark", False),
        ("evergreen", "green", False),
        ("", "green", False),
        ("green", "", False),
        ("a b c d e f g h i j k l m green", "green", False),
    ],
)
def test_an_answer_says_what_is_true(answer, true, right):
    """The true words stand together in an answer that is not much longer."""
    assert says(answer, true) == right


def test_a_source_digest_names_nothing(lesson):
    """What a strategy keeps of a run is sixteen digits that differ for another run."""
    other = lesson_of(prepared_manual(reading()), asking(), run="20260102-000000-abcdef")
    assert len(lesson.source) == 16
    assert lesson.source != other.source
