"""A single agent in rollouts and evaluations: what it is given, and that it is judged on the whole text."""

import asyncio
import os
import subprocess
import sys
from pathlib import Path

import pytest

import rao_cli
from rao_cli.agent.preparing import Prepared
from rao_cli.agent.records import Limits
from rao_cli.documents.model import Span
from rao_cli.engine.base import Request
from rao_cli.engine.scripted import ScriptedEngine
from rao_cli.training.actors import Desk
from rao_cli.training.alone import best_passages
from rao_cli.training.episodes import Episode
from rao_cli.training.rollouts import attempts
from tests.agent.test_weighing import told
from tests.training.helpers import Pieces
from tests.training.test_evaluate import episode, reads_well, settings


def hidden(lines: int = 600) -> Episode:
    """Return an episode whose evidence search does not find: it has no word of the question."""
    asked = episode(lines, answered=False)
    text = asked.text + "Martha Quill.\n\n"
    at = text.index("Martha")
    return Episode("hidden", "test", text, asked.question, ("Martha Quill",), (Span(at, at + 12),))


def says_absent(request: Request) -> str | tuple[str, float]:
    """Say absent, whatever is offered."""
    text = told(request) if request.grammar.startswith('root ::= "') else '{"action":"absent"}'
    return text, -0.001 if "absent" in text else -3.0


def prepared_for(asked: Episode, window: int = 2048) -> Prepared:
    """Prepare an episode's text for an engine that reads well."""
    return Desk(settings(window)).prepared(asked, ScriptedEngine(reads_well, window=window))


def roots(asked: Episode, respond: object, limits: Limits) -> list[float]:
    """Return the scores of the roots of a few attempts."""
    engine = ScriptedEngine(respond)  # type: ignore[arg-type]
    prepared = Desk(settings()).prepared(asked, engine)
    made = asyncio.run(attempts(asked, prepared, Pieces(), 2, seed=1, limits=limits))
    assert limits.depth or all(len(one.tree.nodes) == 1 for one in made)
    return [one.tree.nodes[0].score for one in made]


@pytest.mark.parametrize("window", [1536, 2048, 4096])
def test_more_is_given_where_the_window_holds_more(window):
    """Passages fit a view of any window, and the next best one would not."""
    asked = episode(900)
    prepared = prepared_for(asked, window)
    room = prepared.budget(asked.question)
    ids = best_passages(prepared, asked.question)
    taken = [prepared.reading.section(one) for one in ids]
    assert prepared.view(taken, room).kind == "text"
    ranked = prepared.reading.ranked(asked.question, limit=64)
    left = next((one for one in ranked if one.id not in ids), None)
    if left:
        together = sorted((*taken, left), key=lambda one: one.span.start)
        assert prepared.view(together, room).kind == "outline"


def test_passages_are_the_best_ones():
    """What is taken are the first of those that search ranks, with no gap."""
    asked = episode(900)
    prepared = prepared_for(asked)
    ids = set(best_passages(prepared, asked.question))
    ranked = [one.id for one in prepared.reading.ranked(asked.question, limit=64)]
    assert ids == set(ranked[: len(ids)])


def test_saying_absent_of_passages_is_no_success_where_the_text_answers():
    """A single agent answers for the whole text, also where search gave it the wrong part."""
    assert roots(hidden(), says_absent, Limits(depth=0)) == [0.0, 0.0]
    assert roots(episode(600, answered=False), says_absent, Limits(depth=0)) == [1.0, 1.0]


def test_a_tree_is_judged_on_the_whole_text_too():
    """The root of a tree that says absent fails where the text answers."""
    assert roots(hidden(), says_absent, Limits()) == [0.0, 0.0]


@pytest.mark.parametrize(("own", "wanted"), [(None, "passive"), ("active", "active")])
def test_threads_wait_without_spinning(own, wanted):
    """The package of training sets how torch's threads wait before it can be loaded; the user's choice stays."""
    code = (
        "import os, sys, rao_cli.training; assert 'torch' not in sys.modules; print(os.environ['OMP_WAIT_POLICY'])"
    )
    variables = {name: value for name, value in os.environ.items() if name != "OMP_WAIT_POLICY"}
    place = {"PYTHONPATH": str(Path(rao_cli.__file__).parents[1])}
    done = subprocess.run(
        [sys.executable, "-P", "-c", code],
        env={**variables, **place, **({"OMP_WAIT_POLICY": own} if own else {})},
        capture_output=True,
        text=True,
        check=True,
        timeout=120,
    )
    assert done.stdout.strip() == wanted
