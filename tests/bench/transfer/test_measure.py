"""Taking all arms: in order, each of a teacher once for each, and as far as the time allows."""

from rao_cli.bench.transfer.arms import Lab, People
from rao_cli.bench.transfer.learning import Effort, as_made, learn_key
from rao_cli.bench.transfer.ledger import Ledger
from rao_cli.bench.transfer.measure import measure
from tests.bench.transfer.making import tasks, worker


def learns(who, episodes):
    """Learn nothing."""
    return as_made(learn_key(who, episodes), None, "too few")


def lab(ledger: Ledger) -> Lab:
    """Return an experiment of two cells and two teachers."""
    people = People(worker(ledger=ledger), {"a": None, "b": lambda: worker(ledger=ledger, identity="b")}, learns)
    return Lab(people, Effort(seeds=1), [tasks(test=2), tasks(test=2, cell="lookup-log")])


def test_all_jobs_are_told_and_taken():
    """Each arm is taken in each cell, an arm of teachers for both, and it is told which one begins."""
    heard: list[str] = []
    measured = measure(lab(Ledger(None)), ("default", "scaffold"), heard.append)
    assert measured.whole
    assert [one.arm for one in measured.taken] == ["default", "scaffold:a", "scaffold:b"] * 2
    assert heard[0] == "1 of 6, default: lookup-text of 500 tokens"
    assert heard[2] == "3 of 6, scaffold of b: lookup-text of 500 tokens"


def test_what_is_known_is_told_when_the_time_is_over(tmp_path):
    """A shard without time tells every arm that is known as a whole, also behind one that is not."""
    path = tmp_path / "o"
    measure(lab(Ledger(path)), ("scaffold",), lambda _: None)
    late = measure(lab(Ledger(path, seconds=0)), ("default", "scaffold"), lambda _: None)
    assert not late.whole
    assert [one.arm for one in late.taken] == ["scaffold:a", "scaffold:b"] * 2


def test_arms_without_anything_to_test_are_left_out():
    """A teacher that learned nothing teaches nothing, and the experiment is whole nevertheless."""
    measured = measure(lab(Ledger(None)), ("taught",), lambda _: None)
    assert measured.whole
    assert {one.arm for one in measured.taken} == {"taught:a"}
