"""Actions: whatever a model writes becomes one of four records or a ValueError."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rao_cli.agent.actions import Absent, Answer, Delegate, Search, parse_action
from tests.agent.helpers import answer, delegate, search

json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)
names = st.sampled_from(["answer", "absent", "delegate", "search", "shell", "", None, 3])
fields = st.sampled_from(
    ["answer", "cite", "to", "returns", "combine", "pattern", "scope", "sections", "goal", "facts", "x"]
)


def only_value_error(text):
    """Parse, and let nothing but ValueError pass for a refusal."""
    try:
        action = parse_action(text)
    except ValueError:
        return
    assert isinstance(action, Answer | Absent | Delegate | Search)


@given(st.text())
def test_any_text_is_an_action_or_a_value_error(text):
    """Arbitrary text never raises anything but ValueError."""
    only_value_error(text)


@given(st.fixed_dictionaries({"action": names}), st.dictionaries(fields, json_values, max_size=4))
def test_any_fields_are_an_action_or_a_value_error(action, rest):
    """A JSON object with the right names and arbitrary values never raises anything but ValueError."""
    only_value_error(json.dumps({**action, **rest}))


@pytest.mark.parametrize(
    "text",
    [
        '{"action":"answer","answer":"x","cite":[NaN]}',
        '{"action":"answer","answer":NaN}',
        '{"action":"answer","answer":"x","cite":[Infinity]}',
        '{"action":"answer","answer":"x","cite":[1e999]}',
        '{"action":"answer","answer":"x","cite":[' + "9" * 100_000 + "]}",
        '{"action":"answer","answer":"x","cite":[0]}',
        '{"action":"answer","answer":"x","cite":[-1]}',
        '{"action":"answer","answer":"x","cite":[1.5]}',
        '{"action":"answer","answer":"\\ud800"}',
        '{"action":"answer","answer":"\ud800"}',
        "[" * 100_000,
        '{"a":' * 100_000,
        '{"action":"delegate","to":' + "[" * 100_000,
        '{"action":"delegate","to":[]}',
        '{"action":"delegate","to":[{"sections":[]}]}',
        '{"action":"search","pattern":""}',
        '{"action":"shell","command":"ls"}',
        '{"answer":"x"}',
        "null",
        "",
        '"answer"',
        "Sure! " + '{"action":"absent"}',
        '{"action":"absent"}{"action":"absent"}',
    ],
    ids=lambda text: text[:48],
)
def test_hostile_output_is_refused(text):
    """Numbers that are none, bottomless nesting, lone surrogates and foreign actions are refused as ValueError."""
    with pytest.raises(ValueError, match="not an action"):
        parse_action(text)


@pytest.mark.parametrize("action", [answer("x"), delegate([1]), search("x"), '{"action":"absent"}'])
def test_unknown_fields_are_refused(action):
    """An action with a field more than it has is no action."""
    with pytest.raises(ValueError, match="not an action"):
        parse_action(action[:-1] + ',"path":"/etc/passwd"}')


def test_unknown_fields_of_a_target_are_refused():
    """A target with a field more than it has is no target."""
    with pytest.raises(ValueError, match="not an action"):
        parse_action('{"action":"delegate","to":[{"sections":[1],"tools":[]}]}')


def test_each_action_is_read_as_its_record():
    """The four actions come back as the four records with their fields."""
    assert parse_action(answer("blue", 2, 3)) == Answer(answer="blue", cite=(2, 3))
    assert parse_action('{"action":"absent"}') == Absent()
    assert parse_action(search("a b", 4)) == Search(pattern="a b", scope=(4,))
    handed = parse_action(delegate([1, 2], [3], goal="g", facts=["f"], combine="sum"))
    assert isinstance(handed, Delegate)
    assert [(target.sections, target.goal, target.facts) for target in handed.to] == [
        ((1, 2), "g", ("f",)),
        ((3,), "g", ("f",)),
    ]
    assert handed.combine == "sum"


@given(st.text(alphabet='ab ,:"\\\n{}[]é', max_size=30), st.lists(st.integers(1, 300), max_size=4))
def test_an_answer_cut_anywhere_is_kept(text, cite):
    """However much of an answer's end is missing, what was written of its text is kept."""
    whole = answer(text, *cite)
    begins = len('{"action":"answer","answer":"')
    ends = whole.rindex(',"cite":[')
    for length in range(begins, len(whole)):
        action = parse_action(whole[:length])
        assert isinstance(action, Answer)
        if length >= ends:
            assert action.answer == text
        else:
            assert len(action.answer) <= len(text) + 1


def test_text_cut_inside_its_words_keeps_every_word():
    """An answer cut in the middle loses only what was never written, commas or not."""
    assert parse_action('{"action":"answer","answer":"one, two, thr').answer == "one, two, thr"


def test_targets_before_a_cut_are_kept():
    """A list of targets that was cut keeps those that were whole; one cut before the first is refused."""
    whole = delegate([1, 2], [3], [4], goal="g")
    for length in range(whole.index("}") + 1, len(whole)):
        action = parse_action(whole[:length])
        assert [target.sections for target in action.to] == [(1, 2), (3,), (4,)][: len(action.to)]
        assert len(action.to) == whole[:length].count("}") - (whole[:length].count("}") > 3)
    with pytest.raises(ValueError, match="not an action"):
        parse_action(whole[: whole.index("}")])


def test_white_space_around_an_action_is_ignored():
    """A newline or spaces after an action do not make it another."""
    assert parse_action('{"action":"absent"} \n\n') == Absent()


def test_an_answer_that_never_began_is_refused():
    """Nothing is made up for an output that was cut before its text."""
    for cut in ('{"action":"answer"', '{"action":"answer","answer":', '{"action":"ans'):
        with pytest.raises(ValueError, match="not an action"):
            parse_action(cut)
