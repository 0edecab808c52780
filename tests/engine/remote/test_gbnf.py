"""Grammars are read and followed: what they allow, what only begins so, and nothing that hangs."""

import re
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rao_cli.agent.grammar import PROSE, action_grammar
from rao_cli.engine.remote.gbnf import match, read_grammar
from tests.agent.gbnf import strings_of

ACTIONS = ("answer", "absent", "delegate", "search")
GRAMMARS = [action_grammar(ACTIONS, 12), action_grammar(("answer",), 3, "number"), PROSE]
STRINGS = [strings_of(grammar) for grammar in GRAMMARS]


@settings(max_examples=25)
@given(st.data())
def test_what_a_grammar_spells_is_whole(data: st.DataObject) -> None:
    """Each string drawn from a grammar follows it, and each beginning of it is a beginning."""
    which = data.draw(st.integers(0, len(GRAMMARS) - 1))
    rules, text = read_grammar(GRAMMARS[which]), data.draw(STRINGS[which])
    assert match(rules, text) == "whole"
    cut = data.draw(st.integers(0, len(text)))
    assert match(rules, text[:cut]) in ("beginning", "whole")


@settings(max_examples=25)
@given(st.data(), st.characters(categories=["Cc", "Sc", "Lu"]))
def test_a_changed_string_is_not_taken_for_json(data: st.DataObject, character: str) -> None:
    """A character put before or after an action makes it another text."""
    text = data.draw(STRINGS[0])
    rules = read_grammar(GRAMMARS[0])
    assert match(rules, text + character) == "no"
    assert match(rules, character + text) == "no"


@pytest.mark.parametrize(
    ("body", "pattern"),
    [
        ('"a"*', "a*"),
        ('"a"+ "b"?', "a+b?"),
        ('"a"{2,3}', "a{2,3}"),
        ('"a"{2}', "a{2}"),
        ('"ab"{1,}', "(ab)+"),
        ('("a" | "bc")* "d"', "(a|bc)*d"),
        ("[a-c]+ [^a-c]", "[a-c]+[^a-c]"),
        (r"[\x61\]-]+", r"[a\]-]+"),
        ('"a"? "a"? "a"', "a?a?a"),
        ('("a"? "b"*)* "c"', "(a?b*)*c"),
        ('"" "a" | ""', "a|"),
        (". .", r"(?s:..)"),
    ],
)
@given(text=st.text("abcd]-", max_size=6))
def test_each_operator_means_what_it_does_in_patterns(body: str, pattern: str, text: str) -> None:
    """A grammar and the regular expression for the same strings agree on every text."""
    assert (match(read_grammar(f"root ::= {body}"), text) == "whole") == bool(re.fullmatch(pattern, text))


def test_recursion_is_followed() -> None:
    """A rule may stand inside itself, as deep as the text goes."""
    rules = read_grammar('root ::= "(" root ")" | ""')
    assert match(rules, "(" * 500 + ")" * 500) == "whole"
    assert match(rules, "(" * 500 + ")" * 499) == "beginning"
    assert match(rules, "())") == "no"


def test_escapes_are_read() -> None:
    """Escapes in literals and classes stand for their characters."""
    rules = read_grammar(r'root ::= "\"\\\n\x41\u00e9" [\t\U0001F600]')
    assert match(rules, '"\\\nAé😀') == "whole"


@pytest.mark.parametrize(
    "grammar",
    [
        "",
        "other ::= [a]",
        "root ::= missing",
        "root ::= (",
        'root ::= "a" )',
        "root ::= *",
        'root ::= "a"{3,1}',
        "nonsense",
        'root ::= "a',
        'root ::= ("a"{1,9999}){1,9999} ("b"{1,99999}) ("c"{1,99999}) ("d"{1,99999})',
    ],
)
def test_what_is_no_grammar_is_refused(grammar: str) -> None:
    """A grammar that is damaged, incomplete or too large raises ValueError, soon."""
    start = time.monotonic()
    with pytest.raises(ValueError, match="grammar"):
        read_grammar(grammar)
    assert time.monotonic() - start < 5


@pytest.mark.parametrize(
    "grammar", ['root ::= root "a" | "b"', 'root ::= root root | "a" | ""', 'root ::= x\nx ::= x x | "a"']
)
def test_endless_grammars_end(grammar: str) -> None:
    """A grammar that calls itself first is followed or refused, and never hangs."""
    start = time.monotonic()
    try:
        match(read_grammar(grammar), "a" * 50)
    except ValueError as e:
        assert "ambiguous" in str(e)  # noqa: PT017 - both ends are right
    assert time.monotonic() - start < 10


def test_hostile_texts_take_time_in_proportion() -> None:
    """Where patterns would go back for ever, a longer text takes only longer in proportion."""
    rules = read_grammar('root ::= ("a"? ("a"? "a")*)* "b"')
    start = time.monotonic()
    assert match(rules, "a" * 5000) == "beginning"
    assert time.monotonic() - start < 5
