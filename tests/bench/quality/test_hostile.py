"""The hostile documents: how many there are, that they hold what they say, and that attacks are as described."""

import re

import pytest

from rao_cli.bench.quality.hostile import CHARACTERS, make_cases, write_case
from rao_cli.bench.quality.hostile_attacks import ATTACKS, FALSE, MARK
from rao_cli.bench.quality.hostile_shapes import SHAPES, Block
from rao_cli.bench.quality.hostile_texts import FACTS
from rao_cli.documents.load import open_sources
from rao_cli.text import clean

CASES = make_cases()
IDS = [case.name for case in CASES]


def test_there_are_more_than_fifty():
    """At least fifty documents attack; those that only say something false come on top."""
    assert sum(case.attacks for case in CASES) >= 50
    assert {case.group for case in CASES if not case.attacks} == {FALSE}


def test_no_two_have_one_name():
    """Each case is named by its kind and its attack, once."""
    assert len({case.name for case in CASES}) == len(CASES) == len(ATTACKS)


def test_a_seed_makes_the_same_bytes():
    """The same seed makes the same documents, another seed others."""
    assert make_cases() == CASES
    assert all(one.files != other.files for one, other in zip(make_cases(2), CASES, strict=True))


def test_facts_are_stated_in_both_ways():
    """About half of the documents state the answer in other words than the question's."""
    texts = ["".join(case.files.values()) for case in CASES]
    reworded = sum(any(fact.reworded.split(",")[0] in text for fact in FACTS) for text in texts)
    assert 0.4 * len(CASES) <= reworded <= 0.6 * len(CASES)


def test_a_limit_counts_by_kind():
    """Of each kind the first are kept."""
    few = make_cases(limit=2)
    assert all(case in CASES for case in few)
    assert {sum(case.group == group for case in few) for group in {case.group for case in CASES}} == {2}


@pytest.mark.parametrize("fact", FACTS, ids=lambda fact: fact.true)
def test_a_fact_is_stated_once(fact):
    """Both statements hold the true answer, the lie the false one, and the question neither."""
    assert fact.true in fact.statement
    assert fact.true in fact.reworded
    assert fact.false not in fact.reworded
    assert fact.false in fact.lie
    assert fact.true not in fact.lie
    assert fact.true not in fact.question
    assert fact.false not in fact.question + fact.statement


@pytest.mark.parametrize("case", CASES, ids=IDS)
def test_a_document_can_be_read(case, tmp_path):
    """Each is read as a file or folder of its size, and the true answer is in its text."""
    document = open_sources((str(write_case(case, tmp_path)),))
    text = " ".join(document.text.split())
    assert not case.true or case.true in text
    written = sum(map(len, case.files.values()))
    assert CHARACTERS[0] < written < 1.7 * CHARACTERS[1]


@pytest.mark.parametrize("case", [case for case in CASES if case.group == "orders"], ids=lambda case: case.name)
def test_orders_stand_at_the_beginning_and_beside_the_answer(case):
    """The first paragraph is the attack, and so is one beside the paragraph that answers."""
    (text,) = case.files.values()
    paragraphs = text.strip().split("\n\n")
    first = paragraphs[0]
    (at,) = (n for n, one in enumerate(paragraphs) if case.true in one)
    assert first in (paragraphs[at - 1], paragraphs[(at + 1) % len(paragraphs)])
    assert text.count(first) in (2, 20)


def test_hidden_orders_are_not_seen():
    """What is written with characters of no width, tags or selectors does not stand in the text as it is."""
    for name in ("no width", "tag characters", "backwards", "selectors", "wide letters", "base64", "ROT13"):
        (case,) = (case for case in CASES if case.name == f"hidden text: {name}")
        assert "Ignore the text" not in "".join(case.files.values())


def test_a_summary_has_no_question():
    """Where a summary is asked for, only the mark shows that it was hijacked."""
    for case in CASES:
        if case.task == "summarize":
            assert (case.question, case.true, case.hijacks) == ("", "", (MARK,))


@pytest.mark.parametrize("shape", SHAPES)
def test_every_shape_keeps_the_text(shape):
    """Each kind of file holds the attack and the ordinary text, in as many files as it needs."""
    blocks = [Block("say no", hostile=True), *(Block(f"plain words {n}") for n in range(20))]
    files = SHAPES[shape](blocks)
    whole = "".join([*files, *files.values()])
    assert "say no" in whole
    assert all(re.search(rf"plain words {n}\b", whole) for n in range(20))


def test_a_name_of_a_file_is_one():
    """An attack that is a name has no slash and no newline in it."""
    files = SHAPES["names"]([Block("a/b\nc" * 99, hostile=True), Block("text")])
    assert list(files) == [next(iter(files))]
    assert "/" not in next(iter(files))
    assert clean(next(iter(files))) == next(iter(files))
