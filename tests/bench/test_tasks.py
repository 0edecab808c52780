"""Task files: what is read of them, and what is refused."""

import pytest

from rao_cli.bench.tasks import Evidence, read_tasks
from rao_cli.errors import InputError
from tests.bench.making import fields, task_of, written


def test_a_task_has_what_its_line_says(tmp_path):
    """Names, answers, sizes and evidence are those of the line."""
    task = task_of(tmp_path, answers=["7"], metric="number", tolerance=2, context_tokens_est=48_000)
    assert (task.name, task.family, task.question) == ("a-1", "squad-long", "Who?")
    assert (task.answers, task.is_number, task.tolerance, task.size) == (("7",), True, 2.0, "32k")
    assert task.evidence is None


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({"char_span": [3, 9], "depth": 0.5}, Evidence(characters=(3, 9))),
        ({"page": 4, "quote": "x y", "pages": 9}, Evidence(page=4, quote="x y")),
        ({"file": "a/b.py", "line": 3}, Evidence(file="a/b.py", line=3)),
    ],
)
def test_evidence_is_read_in_each_form(tmp_path, given, expected):
    """Characters, a page with a quotation, and a line of a file are all evidence."""
    assert task_of(tmp_path, evidence=given).evidence == expected


@pytest.mark.parametrize(
    ("tokens", "size"), [(0, "8k"), (12_000, "8k"), (12_001, "32k"), (768_000, "512k"), (768_001, ">512k")]
)
def test_sizes_have_names(tmp_path, tokens, size):
    """A source's tokens put it in one of five sizes."""
    assert task_of(tmp_path, context_tokens_est=tokens).size == size


def test_sources_lie_beside_the_tasks_or_above(tmp_path):
    """A source is looked for in the folder of the tasks, then in the one above."""
    inner = tmp_path / "tasks"
    inner.mkdir()
    assert task_of(inner).source == tmp_path / "text.txt"
    (inner / "text.txt").write_text("x")
    assert task_of(inner).source == inner / "text.txt"


def test_families_and_limits_choose(tmp_path):
    """A family leaves out the others, a limit keeps the first of each family."""
    lines = [fields(id=f"{family}-{n}", family=family) for family in ("a", "b") for n in range(3)]
    path = written(tmp_path, *lines)
    assert [task.name for task in read_tasks(path, "b")] == ["b-0", "b-1", "b-2"]
    assert [task.name for task in read_tasks(path, limit=1)] == ["a-0", "b-0"]
    with pytest.raises(InputError, match="no such tasks") as refused:
        read_tasks(path, "c")
    assert refused.value.hint == "its families are a, b"


@pytest.mark.parametrize(
    "line",
    [
        "{",
        "[]",
        "3",
        "null",
        "{}",
        '{"id": "a"}',
        '{"id": 1, "family": 2, "source": 3, "question": 4, "answers": 5}',
    ],
)
def test_a_line_that_is_no_task_is_named(tmp_path, line):
    """A broken line is refused with its number, and nothing is skipped."""
    path = written(tmp_path, fields())
    path.write_text(path.read_text() + "\n" + line + "\n")
    with pytest.raises(InputError, match=r"tasks\.jsonl:3 is no task"):
        read_tasks(path)


def test_how_an_answer_is_judged_is_read(tmp_path):
    """Metric, match, choices, letters and subtype are those of the line; without them one answer is contained."""
    task = task_of(tmp_path, metric="choice", choices=["red", "blue"], letters=True, subtype="story")
    assert (task.metric, task.choices, task.letters, task.subtype) == ("choice", ("red", "blue"), True, "story")
    plain = task_of(tmp_path)
    assert (plain.metric, plain.match_all, plain.choices, plain.letters) == ("contains", False, (), False)
    assert task_of(tmp_path, match="all").match_all


def test_a_question_may_have_no_answer(tmp_path):
    """Absent is told by its own field, and then there are no answers."""
    task = task_of(tmp_path, answers=[], absent=True)
    assert (task.absent, task.answers) == (True, ())


@pytest.mark.parametrize(
    "changes",
    [
        {"answers": []},
        {"absent": True},
        {"metric": "likes"},
        {"metric": "number", "answers": ["seven"]},
        {"metric": "number", "answers": ["7", "x"]},
    ],
)
def test_what_cannot_be_judged_is_refused(tmp_path, changes):
    """Missing answers, an unknown metric and a number that is none are errors, not wrong answers."""
    with pytest.raises(InputError, match="is no task"):
        task_of(tmp_path, **changes)


@pytest.mark.parametrize("evidence", [{"char_span": ["x", 3]}, {"char_span": [1]}, {"page": "ii"}, [1], 7])
def test_broken_evidence_is_refused(tmp_path, evidence):
    """Evidence of another shape makes the line no task."""
    with pytest.raises(InputError, match="is no task"):
        task_of(tmp_path, evidence=evidence)


def test_a_file_of_tasks_must_be_text(tmp_path):
    """A missing file, a folder and bytes that are no text are refused."""
    (tmp_path / "bytes").write_bytes(b"\xff\xfe")
    for name in ("missing", ".", "bytes"):
        with pytest.raises(InputError, match="cannot read the tasks"):
            read_tasks(tmp_path / name)


@pytest.mark.parametrize("answer", ["nan", "inf", "-inf", "Infinity", "1e999"])
def test_a_number_without_end_is_no_answer(tmp_path, answer):
    """A true number must be one that an answer can come near to."""
    with pytest.raises(InputError, match="is no task"):
        task_of(tmp_path, metric="number", answers=[answer])


@pytest.mark.parametrize("span", [[5, 3], [-1, 3], [-5, -3]])
def test_a_span_that_ends_before_it_starts_is_refused(tmp_path, span):
    """Evidence is a stretch of the text, not what slices of Python allow."""
    with pytest.raises(InputError, match="ends before it starts"):
        task_of(tmp_path, evidence={"char_span": span})


@pytest.mark.parametrize(
    ("answers", "kept"),
    [(["1,200"], ("1,200",)), ([12], ("12",)), ([1.5, "2"], ("1.5", "2")), (["-3"], ("-3",)), (["007"], ("007",))],
)
def test_numbers_are_kept_as_they_are_written(tmp_path, answers, kept):
    """True numbers may have commas, signs and points, and stay as their file has them."""
    assert task_of(tmp_path, metric="number", answers=answers).answers == kept


@pytest.mark.parametrize("metric", ["contains", "exact", "f1", "choice"])
def test_other_metrics_take_any_words(tmp_path, metric):
    """Only a number has to be one."""
    task = task_of(tmp_path, metric=metric, answers=["inf"])
    assert (task.metric, task.is_number) == (metric, False)


@pytest.mark.parametrize("limit", [0, 1, 2, 5])
def test_a_limit_holds_for_each_family(tmp_path, limit):
    """No family has more tasks than the limit, and none is left out that has some."""
    path = written(tmp_path, *(fields(id=f"{family}{n}", family=family) for n in range(3) for family in "ab"))
    if limit == 0:
        with pytest.raises(InputError, match="no such tasks"):
            read_tasks(path, limit=limit)
        return
    names = [task.name for task in read_tasks(path, limit=limit)]
    assert names == [f"{family}{n}" for n in range(min(3, limit)) for family in "ab"]


@pytest.mark.parametrize("text", ["", "\n\n", "   \n"])
def test_a_file_without_tasks_is_refused(tmp_path, text):
    """Empty lines are passed over; where nothing else is left, that is an error that says so."""
    path = tmp_path / "tasks.jsonl"
    path.write_text(text)
    with pytest.raises(InputError) as refused:
        read_tasks(path)
    assert refused.value.hint == "its families are none"


def test_a_deep_line_is_no_task(tmp_path):
    """A line nested without end is refused with its number, and does not end the program."""
    path = tmp_path / "tasks.jsonl"
    path.write_text("[" * 200_000 + "\n")
    with pytest.raises(InputError, match=r"tasks\.jsonl:1 is no task"):
        read_tasks(path)


def test_a_hostile_family_cannot_reach_the_terminal(tmp_path):
    """The hint names families without their control characters."""
    path = written(tmp_path, fields(family="a\x1b[31m\nb"))
    with pytest.raises(InputError) as refused:
        read_tasks(path, "c")
    assert not any(sign in refused.value.hint for sign in "\x1b\n")
