"""Words of questions and parts of names, and which name a question describes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rao_cli.agent.compute.code_phrases import Candidate, Phrase, comment_above
from rao_cli.agent.compute.code_words import forms, joined, likeness, name_parts, stem, words_of


@pytest.mark.parametrize(
    ("word", "part"),
    [
        ("maximum", "max"),
        ("columns", "cols"),
        ("temporary", "temp"),
        ("milliseconds", "ms"),
        ("directory", "dir"),
        ("expire", "expiration"),
        ("libraries", "libs"),
        ("configuration", "config"),
        ("retries", "retry"),
        ("license", "licence"),
        ("concurrency", "concurrent"),
        ("floating", "float"),
        ("characters", "chars"),
    ],
)
def test_short_forms_are_alike(word, part):
    """A word and its usual short form in code mean the same."""
    assert likeness(word, part) >= 0.8


@pytest.mark.parametrize(
    ("word", "part"),
    [
        ("maximum", "min"),
        ("port", "export"),
        ("in", "integer"),
        ("12", "128"),
        ("tea", "teapot"),
        ("lid", "solid"),
    ],
)
def test_other_words_are_not_alike(word, part):
    """Words that only share letters do not mean the same."""
    assert likeness(word, part) == 0


@given(st.text(alphabet="abcdefghijklmnopqrstuvwxyz", min_size=1, max_size=12))
def test_every_word_is_like_itself(word):
    """Nothing is more alike than a word and itself, and no stem is longer than its word."""
    assert likeness(word, word) == 1
    assert word.startswith(stem(word))


@pytest.mark.parametrize(
    ("question", "needed"),
    [
        ("What is the maximum length of the kettle's lid?", ("maximum", "length", "lid")),
        ("How many cups are poured at most?", ("cups", "poured", "maximum")),
        ("After how many days is a virtual environment too old?", ("venv", "maximum", "age")),
        ("How old may it be?", ("old",)),
        ("Which URLs does it use?", ("urls",)),
        ("What is it?", ()),
    ],
)
def test_words_of_a_question_are_those_that_tell(question, needed):
    """Words of every question, units and the project's name need not be in a name."""
    assert words_of(question, ["kettle"]).needed == needed


def test_light_words_may_be_said():
    """The project's name, units and sorts of things are kept as words that a name may hold."""
    words = words_of("How many days does the kettle file stay?", ["kettle"])
    assert set(words.light) == {"days", "kettle", "file"}


@pytest.mark.parametrize(
    ("part", "words", "expected"),
    [
        ("floatfmt", ["floating", "format"], ("floating", "format")),
        ("filename", ["file", "name"], ("file", "name")),
        ("tabletop", ["table"], None),
        ("fmt", ["format"], None),
    ],
)
def test_two_words_may_be_written_as_one(part, words, expected):
    """A part of a name that joins two words of the question stands for both."""
    assert joined(part, forms(words)) == expected


def test_names_are_split_into_words():
    """Capitals and underscores divide a name."""
    assert name_parts("maxHTTPRetries_perHost2") == ["max", "http", "retries", "per", "host", "2"]


def ranked(question, names, around=None):
    """Rank names by how well a question describes them."""
    candidates = [Candidate(name, 0, number) for number, name in enumerate(names)]
    scored = Phrase(words_of(question), candidates).best(lambda one: (around or {}).get(one.name, ""))
    return [(one.candidate.name, one.score) for one in scored]


def test_the_described_name_stands_out():
    """The name that holds all words goes first, well before those that hold some."""
    names = ["MAX_BUFFER_TIME", "MAX_BUFFER_LENGTH", "BUFFER", "TIME_ZONE", "COLOUR"]
    order = ranked("What is the maximum buffer time?", names)
    assert order[0][0] == "MAX_BUFFER_TIME"
    assert order[0][1] > order[1][1] + 0.1


def test_the_shorter_of_two_names_that_fit_goes_first():
    """A name that says more than the question does fits it less."""
    order = ranked("What is the maximum length?", ["MAX_SAFE_LENGTH", "MAX_LENGTH"])
    assert [name for name, _ in order] == ["MAX_LENGTH", "MAX_SAFE_LENGTH"]


def test_what_stands_around_a_name_counts_less():
    """A word in a comment tells equal names apart, but a word in the name outweighs it."""
    names = ["TIMEOUT", "LIMIT"]
    assert ranked("What is the socket timeout?", names, {"LIMIT": "of the socket"})[0][0] == "TIMEOUT"
    assert ranked("What is the socket limit?", names, {"LIMIT": "# of the socket"})[0][1] > 0.5


def test_a_name_without_any_word_is_not_ranked():
    """Names that share nothing with the question are left out."""
    assert ranked("What is the colour of tea?", ["MAX_LENGTH"]) == []


def test_nothing_to_rank_is_no_error():
    """Without names, or without words, nothing is described."""
    assert ranked("What is the colour?", []) == []
    assert ranked("What is it?", ["MAX_LENGTH"]) == []


@given(st.text(max_size=60), st.lists(st.text(max_size=20), max_size=6))
def test_scores_are_in_order(question, names):
    """Whatever is asked, the best comes first and no score is negative."""
    scores = [score for _, score in ranked(question, names)]
    assert scores == sorted(scores, reverse=True)
    assert all(score > 0 for score in scores)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("x = 1\n# one\n# two\n", "# one\n# two"),
        ("/// one\n#[derive(A)]\n", "/// one\n#[derive(A)]"),
        ("x = 1\n", ""),
        ("", ""),
        ("# one\n\n", ""),
    ],
)
def test_the_comment_above_is_found(text, expected):
    """Comment lines and annotations right above belong to what follows."""
    assert comment_above(text) == expected
