"""Needles: every kind holds its answers, stands where the evidence says, and comes again with the same seed."""

import random
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rao_cli.bench.quality.generate_files import CHARACTERS_A_TOKEN, LENGTHS, Wanted
from rao_cli.bench.quality.generate_niah import QUESTIONS, hide, make_sources, read_haystack
from rao_cli.bench.quality.needles import KINDS, Words, make_needle
from rao_cli.errors import InputError

HAYSTACK = "".join(f"It was the year {n} and nothing much came of it. She said so!\n" for n in range(400))


def sources(count=16, sizes=("8k",), seed=1):
    """Return made sources."""
    return list(make_sources(HAYSTACK, Wanted(count, sizes, seed)))


@pytest.mark.parametrize("kind", KINDS)
def test_a_needle_holds_its_answers(kind):
    """What is hidden has every answer, what misleads has none, and the question gives none away."""
    for seed in range(20):
        needle = make_needle(kind, Words(random.Random(seed)))
        hidden, misleading = " ".join(needle.hidden), " ".join(needle.distractors)
        assert needle.subtype == kind
        assert all(answer in hidden for answer in needle.answers)
        assert not any(re.search(rf"\b{re.escape(answer)}\b", misleading) for answer in needle.answers)
        assert not any(re.search(rf"\b{re.escape(answer)}\b", needle.question) for answer in needle.answers)
        assert needle.match_all == (kind in ("multivalue", "multiquery", "variable-chain"))


def test_needles_come_in_several_wordings():
    """A reader that knows one wording does not know all: the same kind asks in other words."""
    asked = {make_needle("single-number", Words(random.Random(seed))).question.split()[0] for seed in range(40)}
    assert len(asked) >= 2


def test_a_key_among_like_ones():
    """Other keys begin like the one that is asked for, in the same wording."""
    needle = make_needle("multikey", Words(random.Random(3)))
    (key,) = re.findall(r"\w+-\w+", needle.question)
    alike = [each for each in needle.distractors if key.partition("-")[0] + "-" in each]
    assert len(alike) >= 2
    assert all(key not in each for each in needle.distractors)


def test_two_hops_need_both():
    """The answer stands in a sentence without the person, which only another sentence joins to it."""
    needle = make_needle("two-hop", Words(random.Random(3)))
    person = re.search(r"where (.*) took", needle.question)[1]
    vault, stay = needle.hidden
    assert needle.answers[0] in vault
    assert person in stay
    assert person not in vault
    assert re.search(r"at (\w+) ", vault)[1] in stay


def test_words_do_not_come_twice():
    """Within one source each key, number and name is new."""
    words = Words(random.Random(1))
    drawn = [make() for make in (words.key, words.number, words.letters) * 60]
    assert len(set(drawn)) == len(drawn)


@given(st.integers(1, 30), st.integers(0, 10_000), st.sampled_from(["word ", "a. ", "no_space", "x\n"]))
def test_hiding_loses_nothing(count, seed, piece):
    """The text around needles is whole, and each needle begins where it is said to."""
    sentences = [f"Needle {n}." for n in range(count)]
    text = piece * 200
    made, places = hide(text, sentences, random.Random(seed))
    assert all(made[places[each] :].startswith(f"{each} ") for each in sentences)
    rest = made
    for each in sorted(sentences, key=places.get, reverse=True):
        rest = rest[: places[each]] + rest[places[each] + len(each) + 1 :]
    assert rest == text


def test_needles_stand_behind_sentences():
    """A needle does not cut a sentence of a text that has any."""
    made, places = hide(HAYSTACK, ["Needle."] * 1 + ["Other."], random.Random(4))
    assert all(made[:at].rstrip().endswith((".", "!")) for at in places.values())


def test_a_needle_does_not_cut_the_last_sentence():
    """Where the text ends within a sentence, a needle stands before that sentence."""
    for seed in range(20):
        made, places = hide("One ended here. " + "and so on " * 30, ["Needle."], random.Random(seed))
        assert made[: places["Needle."]] == "One ended here. "


def test_sources_have_their_sizes_and_evidence():
    """Each is about as long as asked, and the evidence of each question holds an answer or its first link."""
    for source in sources(count=32, sizes=("8k", "32k")):
        wanted = LENGTHS[source.name.partition("-")[0]] * CHARACTERS_A_TOKEN
        assert abs(len(source.text) - wanted) <= 0.01 * wanted
        for question in source.questions:
            start, end = question["evidence"]["char_span"]
            stands = source.text[start:end]
            assert any(answer in stands for answer in question["answers"])
            assert stands.endswith(".")


def test_kinds_take_turns():
    """Every kind is asked as often as any other; a source has at most one of each."""
    made = sources(count=2 * len(KINDS))
    kinds = [question["subtype"] for source in made for question in source.questions]
    assert sorted(kinds) == sorted(KINDS * 2)
    assert all(len(source.questions) <= QUESTIONS for source in made)


def test_the_seed_decides():
    """Equal seeds give equal sources, others others."""
    assert sources(seed=5) == sources(seed=5)
    assert sources(seed=5) != sources(seed=6)


def test_answers_are_in_the_text_once():
    """A short haystack is begun again, but no needle is: numbers stand once."""
    for source in sources():
        numbers = [answer for question in source.questions for answer in question["answers"] if answer.isdigit()]
        assert all(source.text.count(number) == 1 for number in numbers if len(number) == 7)


def test_a_haystack_is_read(tmp_path):
    """Several texts are one; control characters go."""
    for name in ("a", "b"):
        (tmp_path / name).write_text(f"{name}\x1b " * 900)
    text = read_haystack([tmp_path / "a", tmp_path / "b"])
    assert text.startswith("a")
    assert text.rstrip().endswith("b")
    assert "\x1b" not in text


@pytest.mark.parametrize("content", [b"", b"too short", b"\xff\xfe" * 900])
def test_a_haystack_must_be_long_text(tmp_path, content):
    """What is missing, short or no text is refused."""
    path = tmp_path / "a"
    if content:
        path.write_bytes(content)
    with pytest.raises(InputError) as refused:
        read_haystack([path])
    assert "--text" in refused.value.hint
