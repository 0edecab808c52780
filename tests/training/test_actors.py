"""Who acts: texts are read as the product reads them, once, and engines are closed when their turn is over."""

import asyncio

import pytest

from rao_cli.agent.preparing import Settings
from rao_cli.agent.records import Limits
from rao_cli.training.actors import Desk, EngineActors, read_episode
from rao_cli.training.episodes import Episode
from tests.training.helpers import NumberedEngine, Pieces
from tests.training.test_rollouts import LEAF, STORY, right
from tests.training.test_teacher import episode

CHOSEN = Settings(2048, 100, "model", 64, computes=False, answers="chosen")


class Watched(NumberedEngine):
    """Remembers whether it was closed."""

    closed = False

    def close(self):
        """Remember."""
        self.closed = True
        super().close()


@pytest.fixture
def made():
    """Return a list for engines that are made."""
    return []


@pytest.fixture
def actors(made):
    """Return actors on a scripted model."""
    pieces = Pieces()

    def make():
        made.append(Watched(right, pieces))
        return made[-1]

    return EngineActors(make, pieces, CHOSEN)


@pytest.mark.parametrize("text", [LEAF, STORY, "# Räte\n\n\ttab  two\n\n\n漢字 😀\nend without a newline"])
def test_a_text_is_read_as_it_is(text):
    """Places in an episode's text are places in the document that the product makes of it."""
    assert read_episode(episode(text)).text == text


def test_a_text_is_what_its_name_says():
    """A text called a program is read as a program."""
    program = Episode("e", "code", "def f():\n    return 1\n", "?", (), (), suffix=".py")
    document = read_episode(program)
    assert document.text == program.text
    assert any("f" in section.title for section in document.root.walk() if section is not document.root)


def test_a_text_is_prepared_once():
    """Episodes on one text share what was prepared, also when another engine takes over."""
    desk, first, second = Desk(CHOSEN), Watched(right, Pieces()), Watched(right, Pieces())
    one = desk.prepared(episode(LEAF), first)
    again, other = desk.prepared(episode(LEAF), second), desk.prepared(episode(STORY), second)
    assert one.reading is again.reading is not other.reading
    assert (one.engine, again.engine, other.engine) == (first, second, second)


def test_attempts_are_made_with_the_engine_of_the_day(actors, made):
    """After each refresh a new engine acts, and the one before is closed; on the same text all the same."""
    for day in range(3):
        actors.refresh()
        attempts = asyncio.run(actors.attempts(episode(STORY), 2, day, Limits()))
        assert [attempt.tree.nodes[0].score for attempt in attempts] == [1.0, 1.0]
    assert [engine.closed for engine in made] == [True, True, False]
    actors.close()
    actors.close()
    assert made[-1].closed


def test_nobody_acts_before_the_first_refresh(actors):
    """Without an engine there are no attempts."""
    with pytest.raises(AssertionError, match="refresh"):
        asyncio.run(actors.attempts(episode(LEAF), 1, 1, Limits()))


def test_a_single_agent_delegates_nothing(actors):
    """Where nobody may be deeper than the root, one agent reads and answers."""
    actors.refresh()
    [attempt] = asyncio.run(actors.attempts(episode(LEAF), 1, 1, Limits(depth=0)))
    assert (len(attempt.tree.nodes), attempt.result.answer) == (1, "Martha Quill")
