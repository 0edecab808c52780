"""Chains of questions in rollouts: the product takes them apart, and each agent is judged by what it was asked."""

import asyncio
from itertools import islice

import pytest

from rao_cli.agent.preparing import Settings
from rao_cli.agent.records import Limits
from rao_cli.training.actors import EngineActors
from rao_cli.training.environments.toy import Toy, toy_words
from rao_cli.training.judging import asked_by
from rao_cli.training.tiny import Shape, TinyNetwork
from rao_cli.training.tiny_engine import TinyEngine

pytest.importorskip("torch")

WORDS = toy_words()
CHOSEN = Settings(1000, 80, "model", 24, computes=False, answers="chosen")


@pytest.fixture
def chain():
    """Return an episode of two steps on a text that is longer than a view."""
    episodes = Toy(facts=40, steps=(2,), absent=0.0).episodes(1)
    return next(episodes)


def test_a_step_is_judged_by_its_own_answer(chain):
    """An agent that was handed a step's question is right with that step's answer and place."""
    first = asked_by(chain.steps[0].question, chain)
    assert first
    assert (first.answers, first.evidence) == ((chain.steps[0].answer,), (chain.steps[0].evidence,))


def test_the_question_is_judged_by_the_episode(chain):
    """An agent that was handed the whole question is judged as the root is."""
    assert asked_by(chain.question, chain) is chain


def test_nobody_knows_what_was_never_to_be_asked(chain):
    """A question built on a wrong answer has no judgement."""
    assert asked_by("Who is the boss of Nobody?", chain) is None


def test_chains_are_taken_apart(chain):
    """In a rollout the root hands down the first step's question, and no agent without a judgement counts."""
    network = TinyNetwork(Shape(WORDS.size, width=16, heads=2))
    actors = EngineActors(lambda: TinyEngine(network, WORDS, 1000), WORDS, CHOSEN)
    actors.refresh()
    attempts = asyncio.run(actors.attempts(chain, 2, 1, Limits()))
    for attempt in attempts:
        goals = [agent.goal for agent in attempt.result.agents]
        assert goals[:2] == [chain.question, chain.steps[0].question]
        assert attempt.tree.nodes[1].parent == 0
        told = [asked_by(goal, chain) is not None for goal in goals]
        assert sum(node.counted for node in attempt.tree.nodes) == sum(told)


def test_the_same_seed_gives_the_same_trees(chain):
    """Rollouts on a tiny policy repeat to the last number."""
    network = TinyNetwork(Shape(WORDS.size, width=16, heads=2), 3)

    def trees():
        actors = EngineActors(lambda: TinyEngine(network, WORDS, 1000), WORDS, CHOSEN)
        actors.refresh()
        return [attempt.tree for attempt in asyncio.run(actors.attempts(chain, 4, 7, Limits()))]

    assert trees() == trees()


def test_texts_are_read_again_and_again():
    """Episodes on one text follow each other without being confused."""
    network = TinyNetwork(Shape(WORDS.size, width=16, heads=2))
    actors = EngineActors(lambda: TinyEngine(network, WORDS, 1000), WORDS, CHOSEN)
    actors.refresh()

    async def run():
        episodes = islice(Toy(facts=6).episodes(2), 6)
        return await asyncio.gather(*(actors.attempts(one, 2, 1, Limits()) for one in episodes))

    assert [len(group) for group in asyncio.run(run())] == [2] * 6
