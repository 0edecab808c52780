"""Invented facts in natural text: evidence holds the answers, absent ones are absent, nothing contradicts."""

import re
from itertools import combinations, islice

import pytest

from rao_cli.training.environments.invented import chance_of
from rao_cli.training.environments.statements import CHARACTERS, Statements

PARAGRAPHS = [
    f"The valley of the {name} is wide. Farmers came early, and they stayed. Nobody knows why {name} was chosen. "
    f"In spring the floods reach the {number}th house! After that the road is closed until the water falls."
    for number, name in enumerate(("Aul", "Bessel", "Corran", "Dwin", "Ettrick", "Fane", "Gorm", "Hask") * 6, 4)
]


def drafts(seed, number=60, **settings):
    """Return some drafts of short texts."""
    return list(
        islice(Statements(PARAGRAPHS, **{"smallest": 200, "largest": 900, **settings}).drafts(seed), number)
    )


def episodes(seed, number=60, **settings):
    """Return some episodes of short texts."""
    return [draft.episode for draft in drafts(seed, number, **settings)]


@pytest.mark.parametrize("seed", range(6))
def test_evidence_is_the_answer(seed):
    """The evidence of an answered question is exactly the first of its answers."""
    for episode in episodes(seed, absent=0.0):
        (span,) = episode.evidence
        assert episode.text[span.start : span.end] == episode.answers[0]


@pytest.mark.parametrize("seed", range(6))
def test_answers_are_short(seed):
    """An answer has at most twelve words."""
    assert all(len(answer.split()) <= 12 for episode in episodes(seed) for answer in episode.answers)


@pytest.mark.parametrize("seed", range(6))
def test_absent_answers_are_nowhere(seed):
    """A text that does not answer its question has no evidence, and does not hold the answer."""
    for draft in drafts(seed, absent=1.0):
        asking = draft.askings[-1]
        value = draft.facts[asking.number].values[asking.slot].text
        assert draft.episode.absent
        assert not draft.episode.evidence
        assert not draft.episode.steps
        assert not re.search(rf"(?<!\w){re.escape(value)}(?!\w)", draft.episode.text, re.IGNORECASE)


@pytest.mark.parametrize("seed", range(6))
def test_no_facts_contradict(seed):
    """No two facts of a text give one question two answers."""
    for draft in drafts(seed, chained=0.5):
        assert not any(one.contradicts(other) for one, other in combinations(draft.facts, 2))


def test_same_seed_same_episodes():
    """A seed determines the episodes."""
    assert episodes(11) == episodes(11)


def test_different_seeds_differ():
    """Two seeds have no text in common."""
    assert not {episode.text for episode in episodes(1)} & {episode.text for episode in episodes(2)}


def test_names_are_unique():
    """No two episodes of a seed have one name."""
    assert len({episode.name for episode in episodes(3)}) == 60


@pytest.mark.parametrize("seed", range(4))
def test_a_chain_has_its_steps(seed):
    """Each step of a chain stands where it says, and the last one is the answer."""
    for episode in episodes(seed, chained=1.0, absent=0.0):
        assert 2 <= len(episode.steps) <= 4
        assert all(episode.text[step.evidence.start : step.evidence.end] == step.answer for step in episode.steps)
        assert episode.steps[-1].answer == episode.answers[0]


@pytest.mark.parametrize("seed", range(4))
def test_a_chain_is_asked_by_its_first_thing(seed):
    """The question of a chain names what its first fact is about, and none of the answers on the way."""
    for draft in drafts(seed, chained=1.0):
        question = draft.episode.question
        first, *later = [draft.facts[asking.number].subject.text for asking in draft.askings]
        assert first in question
        assert not any(re.search(rf"(?<!\w){re.escape(name)}(?!\w)", question) for name in later)


def test_each_step_is_asked_by_the_answer_before():
    """The question of a later step is about the answer of the step before it."""
    for episode in episodes(5, chained=1.0, absent=0.0):
        pairs = zip(episode.steps, episode.steps[1:], strict=False)
        assert all(before.answer in after.question for before, after in pairs)


def test_shares_are_kept():
    """About the wanted share has no answer, and about the wanted share is chained."""
    made = drafts(7, 400, absent=0.3, chained=0.2)
    assert 0.22 < sum(draft.episode.absent for draft in made) / 400 < 0.38
    assert 0.12 < sum(len(draft.askings) > 1 for draft in made) / 400 < 0.28


@pytest.mark.parametrize("size", [300, 1000, 1800])
def test_sizes_are_kept(size):
    """Texts have about the wanted size where there are paragraphs enough."""
    lengths = [len(episode.text) / CHARACTERS for episode in episodes(1, 30, smallest=size, largest=size)]
    assert 0.6 * size < sum(lengths) / 30 < 1.5 * size


def test_without_paragraphs():
    """Facts alone are a text, too."""
    for episode in islice(Statements([]).episodes(1), 40):
        assert episode.text
        assert episode.absent or episode.answers[0] in episode.text


def test_paragraphs_are_kept():
    """The words of the paragraphs stay, whole sentences in their order."""
    episode = episodes(2, 1, smallest=900, largest=900)[0]
    kept = [
        paragraph
        for paragraph in PARAGRAPHS
        if all(sentence in episode.text for sentence in re.split(r"(?<=[.!?]) ", paragraph))
    ]
    assert len(kept) >= 5


def test_distractors_are_there():
    """Most longer texts hold another fact of the asked kind."""
    made = drafts(4, 60, smallest=800)
    alike = [sum(fact.kind is draft.facts[0].kind for fact in draft.facts) > 1 for draft in made]
    assert sum(alike) > 40


def test_questions_vary():
    """Hardly two of many questions are put in the same words."""
    assert len({episode.question for episode in episodes(9, 300)}) > 290


def test_chance_is_the_same_everywhere():
    """The numbers that a seed leads to never change."""
    assert [chance_of("statements", 1).randrange(1000) for _ in range(2)] == [
        chance_of("statements", 1).randrange(1000)
    ] * 2
