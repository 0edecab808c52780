"""Toy texts say what their episodes claim, and nothing that contradicts it."""

import re
from collections import Counter
from itertools import islice

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rao_cli.agent.chaining import dependent
from rao_cli.agent.compute.chains import with_answers
from rao_cli.training.environments.toy import Toy, toy_words

STATED = re.compile(r"The (\w+) of (\w+) is (\w+)\.")
SEEDS = st.integers(0, 10_000)


def some(seed=0, count=8, **options):
    """Return the first episodes of a seed."""
    return list(islice(Toy(**options).episodes(seed), count))


@given(SEEDS)
def test_evidence_states_the_answer(seed):
    """Each step's evidence is one sentence that ends in its answer; the last one is the question's."""
    for episode in some(seed, steps=(1, 2, 3, 4), absent=0.0):
        for step in episode.steps:
            place = episode.text[step.evidence.start : step.evidence.end]
            assert STATED.fullmatch(place)
            assert place.endswith(f" {step.answer}.")
        assert (episode.steps[-1].answer,) == episode.answers
        assert (episode.steps[-1].evidence,) == episode.evidence


@given(SEEDS)
def test_nothing_contradicts(seed):
    """No role of one person has two holders."""
    for episode in some(seed, 4):
        counts = Counter(match.group(1, 2) for match in STATED.finditer(episode.text))
        assert set(counts.values()) == {1}


@given(SEEDS)
def test_absent_facts_are_left_out(seed):
    """Where the text does not answer, it does not state the last fact, and all before it."""
    for episode in some(seed, steps=(1, 2, 3), absent=1.0):
        if episode.absent:
            questions = dependent(episode.question) or (episode.question,)
            assert len(episode.steps) == len(questions) - 1
            last = with_answers(questions[-1], [step.answer for step in episode.steps])
            asked = re.fullmatch(r"Who is the (\w+) of (\w+)\?", last)
            assert asked
            assert f"The {asked[1]} of {asked[2]} is" not in episode.text


@given(SEEDS)
def test_the_product_takes_chains_apart(seed):
    """The product's own rules give the steps' questions, in their order."""
    for episode in some(seed, steps=(2, 3, 4), absent=0.0):
        questions = dependent(episode.question)
        answers = [step.answer for step in episode.steps]
        assert [with_answers(one, answers) for one in questions] == [step.question for step in episode.steps]


def test_seeds_make_episodes():
    """The same seed makes the same episodes, another one others."""
    assert some(1) == some(1)
    assert some(1) != some(2)


@pytest.mark.parametrize("facts", [6, 24, 100])
def test_texts_are_as_long_as_asked(facts):
    """A text has the number of facts that was asked for."""
    assert len(STATED.findall(some(facts=facts, absent=0.0)[0].text)) == facts


def test_about_the_share_is_absent():
    """About the asked share of questions has no answer."""
    absent = sum(episode.absent for episode in some(0, 400, absent=0.25, questions=1))
    assert 70 < absent < 130


def test_every_length_of_chain_is_asked():
    """Chains of all wanted lengths come up, and are told apart by their family."""
    families = {episode.family for episode in some(0, 60, steps=(1, 2, 3, 4))}
    assert families == {"toy-1", "toy-2", "toy-3", "toy-4"}


def test_nobody_is_unknown():
    """The tokenizer knows all words of texts and questions."""
    words = toy_words()
    for episode in some(0, 40, steps=(1, 2, 3, 4)):
        assert min(words.text(episode.question)) > 255
        assert min(words.text(episode.text)) > 255
