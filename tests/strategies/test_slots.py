"""Slots: what each type takes from a question."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rao_cli.strategies.slots import fill, name_in

CHAIN = "Where was the author of Dune born?"


@pytest.mark.parametrize(
    ("question", "name"),
    [
        ("What does the option --dry-run do?", "--dry-run"),
        ("Where is `parse_action` defined?", "parse_action"),
        ('Which page explains "event loop"?', "event loop"),
        ("Which module calls os.path.join?", "os.path.join"),
        ("Where is readConfig called?", "readConfig"),
        ("Who wrote Dune?", ""),
        ("", ""),
    ],
)
def test_names_are_quoted_or_written_as_in_code(question, name):
    """A quoted text comes first, else the longest word that is spelled as names in code are."""
    assert name_in(question) == name


def test_the_subject_has_no_words_that_only_ask():
    """Question words and others that stand anywhere are left out."""
    words = fill("subject", "Which option sets the prefix of the output?").split()
    assert {"prefix", "output"} <= set(words)
    assert not {"Which", "the", "of"} & set(words)


def test_a_chain_gives_its_inner_question_and_then_its_outer():
    """The outer question cannot be asked before the inner one is answered, and holds its answer."""
    assert fill("inner", CHAIN).startswith("Who is the author of Dune")
    assert fill("outer", CHAIN) == ""
    assert "Frank Herbert" in fill("outer", CHAIN, ["Frank Herbert"])
    assert "{1}" not in fill("outer", CHAIN, ["Frank Herbert"])


@pytest.mark.parametrize("kind", ["inner", "outer"])
def test_a_plain_question_is_no_chain(kind):
    """Slots of chains stay empty for a question that is none."""
    assert fill(kind, "Who wrote Dune?", ["x"]) == ""


@given(st.sampled_from(["question", "subject", "name", "inner", "outer"]), st.text(max_size=200))
def test_any_question_fills_or_leaves_a_slot(kind, question):
    """No text makes a slot fail, and what fills one comes from the question."""
    filled = fill(kind, question)
    assert isinstance(filled, str)
    assert kind not in ("subject", "name") or set(filled) <= set(question) | {" "}
