"""Every task in every arm, once: what is known is not asked again, and an interrupted run goes on."""

from dataclasses import replace

import pytest

from rao_cli.bench.quality.done import Results, Told
from rao_cli.bench.quality.measure import Bench, Work, measure
from tests.bench.making import asked

TASKS = [
    replace(asked("Who?", "Ulm"), name="one"),
    replace(asked("Where?", "Rome"), name="two"),
    replace(asked("What?", "Bonn"), name="three"),
]


class Teller:
    """Opens sources and answers, writing down what it is asked."""

    def __init__(self, answer="Ulm", stop_at=0):
        self.opened, self.told = [], []
        self._answer, self._stop_at = answer, stop_at

    def open(self, source):
        """Write down which source is read."""
        self.opened.append(source.name)

    def tell(self, arm, question, source):
        """Answer, or stop as Ctrl-C would."""
        if self._stop_at and len(self.told) + 1 == self._stop_at:
            raise KeyboardInterrupt
        self.told.append((arm, question))
        return Told(answer=self._answer)

    @property
    def work(self):
        """Return what the measuring uses."""
        return Work(self.open, self.tell)


@pytest.fixture
def tasks(tmp_path):
    """Return three tasks, the first and the last of one source."""
    return [
        replace(task, source=tmp_path / name)
        for task, name in zip(TASKS, ("a.txt", "b.txt", "a.txt"), strict=True)
    ]


def bench(tasks, *arms, version="v", max_words=12):
    """Return what is to be measured."""
    return Bench(tasks, arms or ("rao", "rag"), "m", version, max_words)


def test_every_task_is_asked_in_every_arm(tasks):
    """Outcomes are one for each task and arm; a source is opened once for all of its tasks."""
    teller = Teller()
    outcomes = measure(bench(tasks), Results(None), teller.work, lambda line: None)
    assert teller.opened == ["a.txt", "b.txt"]
    assert len(teller.told) == 6
    assert [(each.task.name, each.arm) for each in outcomes] == [
        (name, arm) for name in ("one", "three", "two") for arm in ("rao", "rag")
    ]
    assert [each.right for each in outcomes] == [True, True, False, False, False, False]


def test_a_rerun_asks_nothing(tasks, tmp_path):
    """What is in the file is not asked again, and no source is read for it."""
    path = tmp_path / "results.jsonl"
    first = measure(bench(tasks), Results(path), Teller().work, lambda line: None)
    teller = Teller("other")
    assert measure(bench(tasks), Results(path), teller.work, lambda line: None) == first
    assert (teller.opened, teller.told) == ([], [])


def test_an_interrupted_run_goes_on(tasks, tmp_path):
    """After Ctrl-C everything that was answered is kept, and only the rest is asked."""
    path = tmp_path / "results.jsonl"
    with pytest.raises(KeyboardInterrupt):
        measure(bench(tasks), Results(path), Teller(stop_at=4).work, lambda line: None)
    teller = Teller()
    assert len(measure(bench(tasks), Results(path), teller.work, lambda line: None)) == 6
    assert len(teller.told) == 3
    assert teller.opened == ["a.txt", "b.txt"]


def test_another_arm_is_asked_by_itself(tasks, tmp_path):
    """A new arm does not repeat the others."""
    path = tmp_path / "results.jsonl"
    measure(bench(tasks, "rao"), Results(path), Teller().work, lambda line: None)
    teller = Teller()
    measure(bench(tasks, "rao", "search"), Results(path), teller.work, lambda line: None)
    assert [arm for arm, _ in teller.told] == ["search"] * 3


def test_other_code_is_asked_again(tasks, tmp_path):
    """With another version nothing of the file counts."""
    path = tmp_path / "results.jsonl"
    measure(bench(tasks), Results(path), Teller().work, lambda line: None)
    teller = Teller()
    measure(bench(tasks, version="w"), Results(path), teller.work, lambda line: None)
    assert len(teller.told) == 6


def test_judging_is_not_kept(tasks, tmp_path):
    """The same answers can be judged by another number of words without asking again."""
    path = tmp_path / "results.jsonl"
    long = "Ulm " + "word " * 12
    first = measure(bench(tasks, "rao"), Results(path), Teller(long).work, lambda line: None)
    again = measure(bench(tasks, "rao", max_words=60), Results(path), Teller().work, lambda line: None)
    assert [sum(each.right for each in outcomes) for outcomes in (first, again)] == [0, 1]


def test_a_found_sentence_is_cut(tasks):
    """What search found is judged by its first words, since no model is there to say it shorter."""
    long = "in Ulm " + "word " * 12
    (found, *_) = measure(bench(tasks, "search"), Results(None), Teller(long).work, lambda line: None)
    assert found.right
    assert found.told.answer == long
    (late, *_) = measure(
        bench(tasks, "search"), Results(None), Teller("word " * 12 + "Ulm").work, lambda line: None
    )
    assert not late.right
    late = measure(
        bench(tasks, "search", max_words=0), Results(None), Teller("word " * 12 + "Ulm").work, lambda line: None
    )
    assert late[0].right


def test_progress_is_told(tasks):
    """Each source and each answer has a line: how many, which, and how long it will take."""
    lines = []
    measure(bench(tasks), Results(None), Teller().work, lines.append)
    assert lines[:2] == ["reading a.txt", "1 of 6, rao: one"]
    assert lines[-1] == "6 of 6, rag: two, less than a minute left"
