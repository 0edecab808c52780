"""Invented values: what each sort looks like, and how patterns are filled in."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rao_cli.training.environments.invented import Value, chance_of, compose, invent, near, read_data, words

SHAPES = {
    "address": r"10(\.\d{1,3}){3}",
    "clock": r"\d\d?[:.]\d\d( [ap]\.m\.| h)?",
    "code": r"\d{7}|[A-Z]{2}-\d{4}|[A-Z]{3}\d\d[A-Z]|[0-9a-f]{8}((-[0-9a-f]{4}){3}-[0-9a-f]{12})?|(\d{3}-){2}\d\d",
    "date": r"\d\d? [A-Z][a-z]+ \d{4}|[A-Z][a-z]+ \d\d?, \d{4}|\d{4}-\d\d-\d\d",
    "error": r"E\d{4}|ERR-\d{3}|[A-Z]+_[A-Z]+|SIG[A-Z]+",
    "file": r"\.?[a-z]+([-_][a-z]+)?\.[a-z]+",
    "function": r"[a-z]+_?[A-Za-z]+",
    "host": r"[a-z]+\d\d\.[a-z.]+",
    "key": r"[a-z]+-[a-z]+",
    "machine": r"[A-Z]{1,3}[- ]\d{2,4}",
    "money": r"[$£][\d,]+|[\d,]+ crowns|EUR \d+\.50|\d+ pounds",
    "number": r"\d+|\d{1,3}(,\d{3})+",
    "option": r"-[a-zA-Z]|--[a-z-]+",
    "path": r"/[a-z]+/[a-z]+/[a-z]+\.[a-z]+",
    "percent": r"\d+(\.\d)?( ?%| per ?cent)",
    "person": r"([A-Z][a-z]+ ){1,2}([A-Z]\. )?[A-Z][a-z]+",
    "port": r"\d{4,5}",
    "setting": r"[a-z]+([A-Z][a-z]+)+|[a-z]+([-_.][a-z]+)+|[A-Z]+(_[A-Z]+)+",
    "thing": r"an? [a-z'-]+ ([a-z'-]+ )?[a-z-]+",
    "town": r"[A-Z][a-z]+( [A-Z][a-z]+)?",
    "version": r"v?\d+(\.\d+){1,2}",
    "year": r"(1[789]|20)\d\d",
}
LOG_SHAPES = {
    "mac": r"[0-9a-f]{2}(:[0-9a-f]{2}){5}",
    "mail": r"[a-z.0-9]+@[a-z]+\d\d\.[a-z.]+",
    "unit": r"[a-z]+(-[a-z]+|@\d)?\.(service|timer|socket)",
    "url": r"/[a-z]+/[a-z]+(\.html|\.png|\?id=\d+|/\d+)?",
    "job": r"[a-z0-9-]+-\d{2,5}",
    "company": r'"[A-Z][a-z]+ [A-Z][a-z]+"',
    "code": r"E\d{3,4}",
    "user": r"[a-z]+(\.[a-z]+|\d+)?",
    "person": r"([A-Z][a-z]+ ){1,2}([A-Z]\. )?[A-Z][a-z]+",
}


@pytest.mark.parametrize("sort", SHAPES)
def test_values_have_their_shape(sort):
    """A value of a sort looks like one."""
    chance = chance_of("shape", sort)
    for _ in range(200):
        text = invent(sort, chance).text
        assert re.fullmatch(SHAPES[sort], text), text


@pytest.mark.parametrize("sort", LOG_SHAPES)
def test_log_values_have_their_shape(sort):
    """In logs a sort may look otherwise."""
    chance = chance_of("shape", sort)
    for _ in range(100):
        text = invent(sort, chance, "log").text
        assert re.fullmatch(LOG_SHAPES[sort], text), text


@pytest.mark.parametrize(
    ("pattern", "shape"),
    [
        ("plain words.", r"plain words\."),
        ("##-^^", r"\d\d-[A-Z]{2}"),
        ("<7-7>", "7"),
        ("<5-5:03>", "005"),
        ("<1000-1000:,>", "1,000"),
        ("{hex:6}", r"[0-9a-f]{6}"),
        ("{days}", r"[A-Z][a-z]+day"),
        ("{days:up} {days:low}", r"[A-Z]+DAY [a-z]+day"),
        ("{nouns:cap}", r"[A-Z][a-z]+"),
        ("{year}", r"\d{4}"),
    ],
)
def test_patterns_are_filled_in(pattern, shape):
    """Each sign of a pattern stands for what data/values.toml says."""
    assert re.fullmatch(shape, compose(pattern, chance_of(pattern)))


def test_every_pattern_can_be_filled_in():
    """No list names a sort that there is not."""
    data = read_data("values.toml")
    for name in {*data, *data["log"]} - {"log", "verbs", "objects", "tails"}:
        for pattern in words(name, "log"):
            assert compose(pattern, chance_of(pattern), "log")


def test_an_unknown_sort_is_an_error():
    """A sort that no list is for is refused."""
    with pytest.raises(KeyError):
        invent("unicorn", chance_of(1))


def test_an_action_says_the_same_twice():
    """What a program does comes in its grammatical forms, and in other words."""
    for seed in range(60):
        action = invent("action", chance_of(seed))
        assert action.form("cap") == action.form("base")[0].upper() + action.form("base")[1:]
        assert action.form("ing").split()[0].endswith("ing")
        assert action.form("other") != action.form("base")
        assert action.text.split()[0] != action.form("others").split()[0]


def test_all_verbs_and_objects_come_in_all_forms():
    """A verb has five forms; objects and tails have two sides."""
    assert all(len(verb.split("|")) == 5 for verb in words("verbs"))
    assert all(pair.count("=") == 1 for pair in (*words("objects"), *words("tails")))


def test_forms_of_things():
    """A thing has an article that fits, and a bare form; a form that a value lacks is its text."""
    thing = invent("thing", chance_of(1))
    assert thing.text in (f"a {thing.form('bare')}", f"an {thing.form('bare')}")
    assert thing.form("the") == f"The {thing.form('bare')}"
    assert Value("x", "text").form("other") == "text"


def test_forms_do_not_count():
    """Values with one text are the same."""
    assert Value("x", "text", {"a": "b"}) == Value("x", "text")


@given(st.integers(), st.sampled_from(["person", "town", "machine", "room", "title", "action", "code"]))
def test_near_values_are_of_one_sort(seed, sort):
    """A value to be taken for another has its sort, and a text of its own shape."""
    chance = chance_of(seed)
    value = invent(sort, chance)
    other = near(value, chance)
    assert other.sort == sort
    assert other.text


@given(st.lists(st.one_of(st.integers(), st.text(max_size=5)), max_size=4))
def test_chance_is_told_by_its_parts(parts):
    """The same parts make the same chance."""
    assert chance_of(*parts).random() == chance_of(*parts).random()


def test_data_is_read_once():
    """A data file is read once, and lists are split at blanks or kept."""
    assert read_data("values.toml") is read_data("values.toml")
    assert words("days")[0] == "Monday"
    assert words("reasons")[0] == "the disk was full"
    assert words("code", "log") != words("code")
