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


def drafts(seed, number=30, **settings):
    """Return some short texts with their questions."""
    return list(
        islice(Statements(PARAGRAPHS, **{"smallest": 200, "largest": 900, **settings}).drafts(seed), number)
    )


def questions(seed, number=30, **settings):
    """Return the questions of some short texts: (text with its facts, what is asked, episode)."""
    made = drafts(seed, number, **settings)
    return [(draft, *pair) for draft in made for pair in zip(draft.asked, draft.episodes, strict=True)]


def episodes(seed, number=60, **settings):
    """Return some episodes of short texts."""
    return list(
        islice(Statements(PARAGRAPHS, **{"smallest": 200, "largest": 900, **settings}).episodes(seed), number)
    )


def held(words, text):
    """Tell whether a text holds words."""
    return re.search(rf"(?<!\w){re.escape(words)}(?!\w)", text, re.IGNORECASE)


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
    for draft, asked, episode in questions(seed, absent=1.0, chained=0.3, several=0.2):
        assert episode.absent
        assert not episode.evidence + episode.steps
        last = asked.askings[-1]
        assert not held(draft.facts[last.number].values[last.slot].text, episode.text)


@pytest.mark.parametrize("seed", range(6))
def test_answered_questions_lack_nothing(seed):
    """The text of an answered question holds every value that the question needs."""
    for draft, asked, episode in questions(seed, absent=0.0, chained=0.4, several=0.2):
        assert not asked.omitted
        values = [draft.facts[asking.number].values[asking.slot].text for asking in asked.askings]
        assert all(held(value, episode.text) for value in values)


@pytest.mark.parametrize("seed", range(6))
def test_no_facts_contradict(seed):
    """No two facts of a text give one question two answers."""
    for draft in drafts(seed, chained=0.4, several=0.2):
        assert not any(one.contradicts(other) for one, other in combinations(draft.facts, 2))


@pytest.mark.parametrize("seed", range(4))
def test_all_of_several_are_told(seed):
    """A question for all has two to four answers, all different, each with its place."""
    for episode in episodes(seed, absent=0.0, several=1.0):
        assert episode.every
        assert 2 <= len(set(episode.answers)) == len(episode.answers) <= 4
        told = [episode.text[span.start : span.end] for span in episode.evidence]
        assert tuple(told) == episode.answers


@pytest.mark.parametrize("seed", range(4))
def test_no_other_answer_to_a_question_for_all(seed):
    """Of what a question for all is about, the text tells nothing of the kind that is not among the answers."""
    for draft, asked, _ in questions(seed, absent=0.0, several=1.0):
        first = draft.facts[asked.askings[0].number]
        alike = [fact for fact in draft.facts if fact.kind is first.kind and fact.subject == first.subject]
        assert len(alike) == len(asked.askings)


def test_questions_share_a_text():
    """Several questions come on one text, one after the other; each has its own name."""
    draft = max(drafts(8, smallest=900), key=lambda draft: len(draft.episodes))
    assert len(draft.episodes) == 4
    assert len({episode.text for episode in draft.episodes}) == 1
    assert len({episode.name for episode in draft.episodes}) == 4


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
    for draft, asked, episode in questions(seed, chained=1.0):
        first, *later = [draft.facts[asking.number].subject.text for asking in asked.askings]
        assert first in episode.question
        assert not any(held(name, episode.question) for name in later)


def test_each_step_is_asked_by_the_answer_before():
    """The question of a later step is about the answer of the step before it."""
    for episode in episodes(5, chained=1.0, absent=0.0):
        pairs = zip(episode.steps, episode.steps[1:], strict=False)
        assert all(before.answer in after.question for before, after in pairs)


def test_shares_are_kept():
    """About the wanted shares have no answer, are chained, and ask for all of several."""
    made = [asked for _, asked, _ in questions(7, 200, absent=0.3, chained=0.2, several=0.1)]
    assert 0.22 < sum(bool(asked.omitted) for asked in made) / len(made) < 0.38
    assert 0.14 < sum(asked.chained for asked in made) / len(made) < 0.26
    assert 0.05 < sum(not asked.chained and len(asked.askings) > 1 for asked in made) / len(made) < 0.15


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
    """To most questions the text holds another fact of the kind."""
    made = questions(4, smallest=800)
    kinds = [(draft, draft.facts[asked.askings[0].number].kind) for draft, asked, _ in made]
    alike = [sum(fact.kind is kind for fact in draft.facts) > 1 for draft, kind in kinds]
    assert sum(alike) > 0.7 * len(made)


def test_questions_vary():
    """Hardly two of many questions are put in the same words."""
    assert len({episode.question for episode in episodes(9, 300)}) > 290


def test_chance_is_the_same_everywhere():
    """The numbers that a seed leads to never change."""
    assert [chance_of("statements", 1).randrange(1000) for _ in range(2)] == [
        chance_of("statements", 1).randrange(1000)
    ] * 2


@pytest.mark.parametrize("seed", range(4))
def test_questions_do_not_tell_their_answers(seed):
    """No question holds its answer, or that of a step on the way."""
    for episode in episodes(seed, absent=0.0, chained=0.3, several=0.1):
        told = [*episode.answers, *(step.answer for step in episode.steps)]
        assert not any(held(answer, episode.question) for answer in told if len(answer) > 4)
