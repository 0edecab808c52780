"""Tests of tiny policies at work on toy texts."""

import asyncio
from dataclasses import replace
from itertools import islice

import pytest

from rao_cli.training.environments.toy import toy_words
from rao_cli.training.judging import agrees
from rao_cli.training.rollouts import Attempt
from rao_cli.training.samples import NodeRollout, TreeRollout
from rao_cli.training.tiny import Shape, TinyNetwork
from rao_cli.training.toy.asking import LIMITS, Practice, ask, lenient, questions
from rao_cli.training.toy.experiment import ASKED, PRACTISED
from rao_cli.training.toy.lessons import CHAINS, WINDOWS
from tests.training.test_evaluate import result

pytest.importorskip("torch")

WORDS = toy_words()
NODE = NodeRollout(parent=0, depth=1, score=1.0)


@pytest.fixture(scope="module")
def network():
    """Return a small network of random weights."""
    return TinyNetwork(Shape(WORDS.size, width=16, heads=2), 1)


@pytest.mark.parametrize("chain", ASKED)
def test_questions_need_as_many_facts_as_asked_for(chain):
    """Every question has an answer, that of the last of so many steps."""
    found = questions(chain, 1, 6)
    assert {len(one.steps) for one in found} == {chain}
    assert all(one.answers == (one.steps[-1].answer,) for one in found)


def test_questions_are_the_same_for_the_same_seed():
    """Arms can be compared question by question."""
    assert questions(2, 3, 4) == questions(2, 3, 4)
    assert questions(2, 3, 4) != questions(2, 4, 4)


def test_questions_are_not_practised():
    """No text that is asked about is one that a policy practises on with the same seed."""
    asked = {one.text for chain in CHAINS for one in questions(chain, 1, 10)}
    practised = {one.text for one in islice(PRACTISED.episodes(1), 40)}
    assert not asked & practised


@pytest.mark.parametrize("arm", WINDOWS)
def test_every_question_has_an_outcome(network, arm):
    """Whatever a policy does, right or not: it took tokens, and a place told is never more than an answer."""
    found = ask(network, WORDS, arm, questions(1, 1, 3))
    assert len(found) == 3
    assert all(one.tokens > 0 and one.cited <= one.right for one in found)


def test_a_single_agent_is_alone(network):
    """It opens no other, and sees the whole text."""
    some = questions(2, 1, 3)
    found = ask(network, WORDS, "single", some)
    assert {one.agents for one in found} == {1}
    whole = [len(WORDS.text(question.text)) for question in some]
    assert all(one.tokens > size for one, size in zip(found, whole, strict=True))


def test_a_chain_takes_recursion_further(network):
    """A tree asks the first question of a chain to somebody else, and that is no single agent."""
    found = ask(network, WORDS, "recursion", questions(2, 1, 3))
    assert all(one.agents > 1 for one in found)
    assert LIMITS["recursion"].depth > LIMITS["single"].depth == 0


@pytest.mark.parametrize("arm", WINDOWS)
def test_asking_takes_no_chances(network, arm):
    """The same questions have the same outcomes."""
    some = questions(1, 2, 2)
    assert ask(network, WORDS, arm, some) == ask(network, WORDS, arm, some)


def test_questions_asked_side_by_side_do_not_mix(network):
    """More questions than are asked at a time have the outcomes that each has alone."""
    some = questions(1, 5, 10)
    together = ask(network, WORDS, "single", some)
    assert together == [one for question in some for one in ask(network, WORDS, "single", [question])]


def attempt(answer, episode, score=0.0, status="found"):
    """Return an attempt with one child that told an answer without any place."""
    root = NodeRollout(parent=-1, depth=0, score=score)
    return Attempt(TreeRollout(episode.name, (root, NODE)), result(answer=answer, status=status))


def test_a_right_answer_is_a_success_without_its_place():
    """A root's success in practice is its answer; what its children did stays as it was."""
    episode = questions(2, 1, 1)[0]
    tree = lenient(attempt(episode.answers[0], episode), episode).tree
    assert [node.score for node in tree.nodes] == [1.0, NODE.score]


@pytest.mark.parametrize(("answer", "status"), [("Nobody", "found"), ("", "absent"), ("", "failed")])
def test_a_wrong_answer_is_none(answer, status):
    """Another answer is no success, nor is absence where the text answers, nor a failure; even with a place."""
    episode = questions(2, 1, 1)[0]
    assert not agrees(answer, episode)
    tree = lenient(attempt(answer, episode, score=1.0, status=status), episode).tree
    assert tree.nodes[0].score == 0.0


def test_absence_is_right_where_the_text_does_not_answer():
    """Saying so is a success, as it is for the product."""
    episode = replace(questions(1, 1, 1)[0], answers=(), evidence=())
    assert lenient(attempt("", episode, status="absent"), episode).tree.nodes[0].score == 1.0


@pytest.mark.parametrize("arm", WINDOWS)
def test_practice_counts_what_it_took(network, arm):
    """Trees, agents and tokens of all attempts since it began."""
    practice = Practice(network, WORDS, arm)
    practice.refresh()
    episode = next(PRACTISED.episodes(1))
    for _ in range(2):
        made = asyncio.run(practice.attempts(episode, 3, 1, LIMITS[arm]))
    practice.close()
    assert practice.trees == 2 * len(made) == 6
    assert practice.agents == 2 * sum(len(one.tree.nodes) for one in made)
    assert practice.tokens == 2 * sum(one.result.usage.tokens for one in made) > 0
