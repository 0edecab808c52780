"""The made prompts: the same for everyone, new for each run, alike only where agents' prompts are."""

import re

import pytest

from rao_cli.bench.engine.workload import ENDLESS, make_tree, write_report


def test_equal_seeds_give_equal_prompts():
    """Every contender, and every machine, reads the same words."""
    assert make_tree(5, 7).prompts == make_tree(5, 7).prompts


def test_agents_share_the_protocol_and_nothing_else():
    """The first message of all agents is one text; their own texts differ from the first sentences on."""
    prompts = make_tree(8, 1).prompts
    assert len({prompt[0] for prompt in prompts}) == 1
    assert len({prompt[1].parts[0][:60] for prompt in prompts}) == 8


def test_runs_share_nothing():
    """Another seed's protocol differs in its first words, so that no cache helps the next run."""
    first, second = (make_tree(1, seed).protocol for seed in (1, 2))
    assert first[:12] != second[:12]
    assert first.split()[2:20] != second.split()[2:20]


@pytest.mark.parametrize("words", [30, 165, 400])
def test_texts_have_their_size(words):
    """A text has the words asked for, and at most a sentence more."""
    for text in make_tree(4, 3, words=words).texts:
        assert words <= len(text.split()) <= words + 14
        assert text.endswith(".")


def test_answers_have_their_length():
    """Each request may write so many tokens and, unless told otherwise, may not end before."""
    tree = make_tree(3, 1)
    assert {(r.max_tokens, r.grammar) for r in tree.requests(24)} == {(24, ENDLESS)}
    assert {r.grammar for r in tree.requests(24, endless=False)} == {""}


def test_a_report_is_as_long_as_wanted(tmp_path):
    """A report has chapters, paragraphs and about the tokens asked for, and another for each seed."""
    text = write_report(tmp_path / "a.txt", 9_000, 1).read_text()
    assert len(text.split()) * 1.5 == pytest.approx(9_000, rel=0.15)
    assert len(re.findall(r"^# Chapter \d+$", text, re.MULTILINE)) >= 10
    assert write_report(tmp_path / "b.txt", 9_000, 2).read_text() != text
