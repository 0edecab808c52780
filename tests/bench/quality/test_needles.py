"""Needles: words that are never drawn twice, answers that can be found, and the same again for the same seed."""

import random
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rao_cli.bench.quality.generate_files import CHARACTERS_A_TOKEN, LENGTHS, Wanted
from rao_cli.bench.quality.generate_niah import hide, make_sources
from rao_cli.bench.quality.needles import KINDS, Words, make_needle
from rao_cli.bench.quality.scoring import judge
from tests.bench.making import asked

HAYSTACK = "".join(f"In the year {n} little came of it. She said so!\n" for n in range(300))
kinds = st.sampled_from(sorted(KINDS))
seeds = st.integers(0, 10**6)


def needle_of(kind, seed):
    """Return a needle of a kind by a seed."""
    return make_needle(kind, Words(random.Random(seed)))


@given(kinds, seeds)
def test_a_seed_gives_the_same_needle(kind, seed):
    """Made twice from one seed, a needle is the same to its last sentence."""
    assert needle_of(kind, seed) == needle_of(kind, seed)


@given(kinds, seeds)
def test_answers_are_right_by_the_scorer(kind, seed):
    """The true answers, said plainly, are right; the question said back and a misleading sentence are not."""
    needle = needle_of(kind, seed)
    task = asked(needle.question, *needle.answers, match_all=needle.match_all)
    said = ", ".join(needle.answers) if needle.match_all else needle.answers[0]
    assert judge(task, said, max_words=0).right
    assert not judge(task, needle.question, max_words=0).right
    assert not any(judge(task, sentence, max_words=0).right for sentence in needle.distractors)


@given(kinds, seeds)
def test_sentences_are_whole_and_different(kind, seed):
    """Each sentence that is hidden ends as one, stands on one line and occurs once."""
    needle = needle_of(kind, seed)
    sentences = (*needle.hidden, *needle.distractors)
    assert len(set(sentences)) == len(sentences)
    assert all("\n" not in each and each[-1] in ".!?" and "{" not in each for each in sentences)
    assert needle.question.rstrip()[-1] in "?."


@given(kinds, seeds)
def test_a_question_shares_a_name_with_its_needle(kind, seed):
    """What is asked about can be found: some name, number or word with a capital of the question is hidden."""
    needle = needle_of(kind, seed)
    hidden = " ".join(needle.hidden)
    names = re.findall(r"\b[a-z]+-[a-z]+\b|\b[A-Z][a-z]+\b|\b\d+\b|\b[A-Z]{3}\b", needle.question[1:])
    assert any(name in hidden for name in names)


@pytest.mark.parametrize("make", ["key", "number", "person", "letters"])
def test_nothing_is_drawn_twice(make):
    """Two hundred draws of one sort are two hundred different words."""
    words = Words(random.Random(1))
    drawn = [getattr(words, make)() for _ in range(200)]
    assert len(set(drawn)) == 200


@pytest.mark.parametrize("digits", [1, 3, 5, 7, 12])
def test_numbers_have_their_digits(digits):
    """A number has as many digits as are asked for, and does not begin with 0."""
    words = Words(random.Random(2))
    for _ in range(5):
        found = words.number(digits)
        assert len(found) == digits
        assert found.isdigit()
        assert digits == 1 or found[0] != "0"


@pytest.mark.parametrize("adjective", ["amber", "zesty"])
def test_keys_can_begin_alike(adjective):
    """Keys with a given first word have it, and differ in their second."""
    words = Words(random.Random(3))
    keys = [words.key(adjective) for _ in range(10)]
    assert {key.partition("-")[0] for key in keys} == {adjective}
    assert len(set(keys)) == 10


def test_an_unknown_kind_is_an_error():
    """A kind that does not exist is not made up."""
    with pytest.raises(KeyError):
        make_needle("haystack", Words(random.Random(0)))


@given(st.lists(st.integers(0, 999).map("Needle {} is here.".format), min_size=1, max_size=8, unique=True), seeds)
def test_hidden_sentences_stand_where_it_says(sentences, seed):
    """Each sentence stands at its place, and the text without them is the text as it was."""
    text, places = hide(HAYSTACK, sentences, random.Random(seed))
    assert places.keys() == set(sentences)
    for sentence, at in places.items():
        assert text[at : at + len(sentence)] == sentence
    for sentence in sorted(sentences, key=lambda each: -places[each]):
        text = text[: places[sentence]] + text[places[sentence] + len(sentence) + 1 :]
    assert text == HAYSTACK


@pytest.mark.parametrize("text", ["no sentence ends in here " * 200, "x" * 5000, "One. " * 1000, "\n\n" * 500])
def test_any_text_can_hide(text):
    """A text without sentences, without spaces or of nothing else hides sentences as well, in their parts."""
    sentences = [f"Needle {n} is here." for n in range(6)]
    made, places = hide(text, sentences, random.Random(4))
    assert len(made) == len(text) + sum(len(each) + 1 for each in sentences)
    assert all(made[at : at + len(each)] == each for each, at in places.items())


@pytest.mark.parametrize("size", ["8k", "32k"])
@pytest.mark.parametrize("seed", [1, 2])
def test_sources_have_their_length_and_evidence(size, seed):
    """A source is as long as its size says, and each question's evidence is in its text, with its answer."""
    for source in make_sources(HAYSTACK, Wanted(8, (size,), seed)):
        assert len(source.text) == pytest.approx(LENGTHS[size] * CHARACTERS_A_TOKEN, rel=0.01)
        assert len(source.questions) == 8
        for question in source.questions:
            start, end = question["evidence"]["char_span"]
            assert 0 <= question["evidence"]["depth"] <= 1
            assert any(answer in source.text[start:end] for answer in question["answers"])
            assert source.text.count(source.text[start:end]) == 1
