"""Tests of what a tiny policy is shown before it practises."""

from dataclasses import replace
from itertools import islice

import pytest

from rao_cli.training.environments.toy import Toy, toy_words
from rao_cli.training.learner import option_logprobs, packs
from rao_cli.training.tiny import Shape, TinyNetwork
from rao_cli.training.toy.lessons import (
    ABSENT,
    CAPACITY,
    CHAINS,
    FACTS,
    LEAF,
    WINDOWS,
    Lessons,
    demonstrations,
    learn,
    lessons,
)

torch = pytest.importorskip("torch")

WORDS = toy_words()
FEW = Lessons(reading=8, working=5)
CHAINED = Toy(FACTS, CHAINS, ABSENT)


def network(seed=0):
    """Return a small network of random weights."""
    return TinyNetwork(Shape(WORDS.size, width=16, heads=2), seed)


def told(sample):
    """Return the prompt of a demonstration as text."""
    return WORDS.decoded(sample.prompt)


def prompts(some):
    """Return the prompts of packed demonstrations in order."""
    return [sample.prompt for pack in some for sample in pack.samples]


@pytest.fixture(scope="module")
def shown():
    """Return a few lessons of one seed."""
    return lessons(WORDS, 1, FEW)


def test_as_much_is_shown_as_was_asked_for(shown):
    """Reading, and the work of both arms, add up."""
    assert len(prompts(shown)) == FEW.reading + 2 * FEW.working


def test_reading_begins_alone(shown):
    """The first half of the reading stands before all else: nothing is written there, nothing handed down."""
    first = [sample for pack in shown for sample in pack.samples][: FEW.reading // 2]
    assert not any(sample.written for sample in first)


def test_lessons_fit_their_trees(shown):
    """A packed tree holds no more tokens than it may, unless one demonstration alone has more."""
    assert all(len(pack.tree) <= CAPACITY or len(pack.samples) == 1 for pack in shown)


def test_another_run_is_shown_the_same_in_another_order(shown):
    """Lessons repeat with a run's seed; with another's only their order differs."""
    assert prompts(lessons(WORDS, 1, FEW)) == prompts(shown)
    other = prompts(lessons(WORDS, 2, FEW))
    assert other != prompts(shown)
    assert sorted(other) == sorted(prompts(shown))


def test_other_texts_can_be_shown(shown):
    """The seed of the lessons draws the texts."""
    other = prompts(lessons(WORDS, 1, replace(FEW, seed=2)))
    assert not {*other} & {*prompts(shown)}


@pytest.mark.parametrize("arm", WINDOWS)
def test_each_arm_is_shown_its_own_work(arm):
    """A tree hands sections down, which is written; a single agent only chooses."""
    found = demonstrations(WORDS, arm, CHAINED, 1, 12)
    assert any(sample.written for sample in found) is (arm == "recursion")


def test_a_single_agent_is_shown_whole_texts_and_whole_questions():
    """It sees every fact of the text, and chains of two are not taken apart for it."""
    found = [told(sample) for sample in demonstrations(WORDS, "single", CHAINED, 1, 12)]
    assert all(text.count("The ") >= FACTS - 4 for text in found)  # up to four are left out
    assert any(text.rpartition("Question:")[2].count("the ") == 2 for text in found)


def test_readers_of_a_tree_are_shown_parts_and_questions_on_one_fact():
    """A tree's agents see at most a few leaves' text, and each is asked about one fact."""
    found = [told(sample) for sample in demonstrations(WORDS, "recursion", CHAINED, 1, 12)]
    views = [text.split("Question:")[0] for text in found]
    assert all(len(WORDS.text(view)) < 3 * LEAF for view in views)
    assert all(text.rpartition("Question:")[2].count("the ") == 1 for text in found)


def test_what_is_shown_is_not_practised():
    """Texts of demonstrations are others than those of practice with the same seed."""
    found = [told(sample) for sample in demonstrations(WORDS, "single", CHAINED, 1, 12)]

    def known(seed):
        return any(first(one) in text for one in islice(CHAINED.episodes(seed), 12) for text in found)

    assert known(1_000_001)
    assert not known(1)


def first(episode):
    """Return the first sentences of an episode's text as they are shown."""
    return " ".join(episode.text.split("\n\n", maxsplit=1)[0].split())


def test_learning_tells_how_much_was_learned(shown):
    """Each pack is one step; the count of demonstrations grows to all of them."""
    counts = list(learn(network(), shown, FEW))
    assert len(counts) == len(shown)
    assert counts == sorted(set(counts))
    assert counts[-1] == FEW.reading + 2 * FEW.working


@pytest.mark.parametrize("arm", WINDOWS)
def test_what_is_shown_becomes_likelier(arm):
    """After some steps on the same demonstrations, written or chosen, the ideal actions are likelier."""
    some = list(packs(demonstrations(WORDS, arm, CHAINED, 1, 4), CAPACITY))
    pupil = network()

    def likely():
        with torch.no_grad():
            return sum(_ideal(sample, found) for pack in some for sample, found in _scored(pupil, pack))

    before = likely()
    for _ in range(3):
        list(learn(pupil, some * 3, Lessons()))
    assert likely() > before


def _scored(pupil, pack):
    """Return the samples of a pack with their options' log-probabilities."""
    return zip(pack.samples, option_logprobs(pupil, pack), strict=True)


def _ideal(sample, found):
    """Return how likely the ideal action is: as written, or among those on offer."""
    sums = torch.stack([option.sum() for option in found])
    return float(sums[0] if sample.written else sums.log_softmax(0)[sample.chosen])


def test_without_weight_nothing_is_learned_of_writing():
    """What a written action's tokens count for can be set, down to nothing."""
    written = [sample for sample in demonstrations(WORDS, "recursion", CHAINED, 1, 8) if sample.written]
    some = list(packs(written, CAPACITY))

    def learned(weight):
        pupil = network()
        list(learn(pupil, some * 2, Lessons(writing=weight)))
        with torch.no_grad():
            return sum(_ideal(sample, found) for pack in some for sample, found in _scored(pupil, pack))

    assert learned(1.0) > learned(0.0)
