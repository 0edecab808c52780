"""Strategies with the embedded model: learned from three runs, one is followed on a fourth document for less."""

import pytest

from rao_cli.agent.preparing import Settings
from rao_cli.cli.engines import Opened
from rao_cli.engine.keeping import KeepingEngine
from tests.agent.helpers import filler
from tests.cli.console import rao
from tests.cli.strategic import library

pytestmark = pytest.mark.model

BUILT = {"Varn": "Ada Merrow", "Olm": "Tobias Kell", "Brisk": "Ines Harrow", "Tarrow": "Jon Pell"}
LIVED = ("in it", "beside it", "in the town", "on the hill", "by the mill", "at the inn")


class Borrowed(KeepingEngine):
    """An engine that commands do not close, because other tests need it."""

    async def generate(self, request, on_progress=None):
        """Pass the request on."""
        return await self._engine.generate(request, on_progress)

    def close(self):
        """Leave it open."""


@pytest.fixture
def find_model(smollm2):
    """Return what finds the embedded model, which reads for what code could compute too."""
    settings = Settings(2048, 128, "rules", 64, computes=False, answers="weighed")
    return lambda options: lambda wait: Opened(Borrowed(smollm2), settings)


def book(tmp_path, place):
    """Write a text in which one sentence says who built the lighthouse of a place, and six say other things."""
    path = tmp_path / f"{place}.txt"
    told = f"The lighthouse of {place} was built by {BUILT[place]} after the great storm.\n\n"
    others = [f"The lighthouse of {place} had a keeper, who lived {where}.\n\n" for where in LIVED]
    parts = [filler(20, start=20 * number) + one for number, one in enumerate([*others[:3], told, *others[3:]])]
    path.write_text("".join(parts))
    return path


def question(place):
    """Return the question that the book of a place answers."""
    return f"Who built the lighthouse of {place}?"


def test_what_three_runs_teach_answers_the_fourth(tmp_path, find_model):
    """The learned strategy is active, is chosen by itself, and reads less than is read without it."""
    *taught, last = BUILT
    for place in taught:
        assert rao("ask", book(tmp_path, place), question(place), find_model=find_model).code == 0
    names = [one["run"] for one in rao("runs", "list", "--json").json["runs"]]
    learned = rao("strategies", "learn", *names, "--name", "builders", find_model=find_model)
    assert learned.code == 0, learned.err
    assert library().find("builders").standing == "active", learned.out
    path = book(tmp_path, last)
    without = rao("ask", path, question(last), "--strategy", "none", "--json", find_model=find_model).json
    by = rao("ask", path, question(last), "--json", find_model=find_model).json
    assert by["strategy"].startswith("builders ")
    assert by["fell_back"] == ""
    assert by["answer"] == without["answer"] == BUILT[last]
    assert by["usage"]["prompt_tokens"] < without["usage"]["prompt_tokens"]  # with an audit too


def test_a_trial_with_the_model_counts(tmp_path, find_model):
    """A bundled strategy that gives the right answer is counted a success."""
    place = "Olm"
    done = rao("strategies", "try", "page-lookup", book(tmp_path, place), question(place), "--json",
               "--answer", BUILT[place], find_model=find_model)  # fmt: skip
    assert done.code == 0, done.err
    assert done.json["outcome"] == "success"
