import pytest
from hypothesis import given
from hypothesis import strategies as st

from rao_cli.agent.finding.hops import MOST_HOPS, decompose


@pytest.mark.parametrize(
    ("question", "steps"),
    [
        (
            "What is the door code of the depot in the town where the clerk known as P. Halm was last seen?",
            [
                "In which town was the clerk known as P. Halm last seen?",
                "What is the door code of the depot in {1}?",
            ],
        ),
        ("Where was the author of Tin Moon born?", ["Who is the author of Tin Moon?", "Where was {1} born?"]),
        ("Where was Ivanhoe's author born?", ["Who is the author of Ivanhoe?", "Where was {1} born?"]),
        (
            "In which year was the firm that built the Orlock bridge founded?",
            ["Which firm built the Orlock bridge?", "In which year was {1} founded?"],
        ),
        (
            "What is the capital of the country in which Ada Lind was born?",
            ["In which country was Ada Lind born?", "What is the capital of {1}?"],
        ),
        (
            "When did the woman who painted the mill die?",
            ["Who painted the mill?", "When did {1} die?"],
        ),
        (
            "What colour is the boat of the man who lives in the house that Tom Reed built?",
            ["Which house is it that Tom Reed built?", "Who lives in {1}?", "What colour is the boat of {2}?"],
        ),
        (
            "What is the number of the person whose desk is red?",
            ["Whose desk is red?", "What is the number of {1}?"],
        ),
    ],
)
def test_dependent_questions_are_taken_apart(question, steps):
    """The inner question comes first; its answer has a place in the next."""
    assert decompose(question) == steps


@pytest.mark.parametrize(
    "question",
    [
        "Who is the author of Tin Moon?",
        "What is the name of the town where Ada lives?",
        "How many lines contain 'the man who'?",
        "What is the door code for amber-owl?",
        "A block is a part that starts with a name. How many blocks are there?",
        "",
    ],
)
def test_questions_of_one_step_stay_whole(question):
    """What depends on nothing is not taken apart."""
    assert decompose(question) is None


def test_roles_of_roles():
    """The role of the role of a name is asked from the inside out."""
    assert decompose("What is the capital of the birthplace of the author of Tin Moon?") == [
        "Who is the author of Tin Moon?",
        "What is the birthplace of {1}?",
        "What is the capital of {2}?",
    ]


@pytest.mark.parametrize(
    ("question", "inner"),
    [
        ("Where does the miller who owns the red boat live?", "Who owns the red boat?"),
        ("What is the code of the room in which Ada sleeps?", "In which room Ada sleeps?"),
        ("What is the age of the woman that Ivo met?", "Which woman is it that Ivo met?"),
        ("Who leads the guild that mends the clock?", "Which guild mends the clock?"),
        ("What is the size of the city from which Ada came?", "From which city Ada came?"),
        ("When was the inventor of the Orlock lamp born?", "Who is the inventor of the Orlock lamp?"),
    ],
)
def test_inner_questions(question, inner):
    """A relative clause becomes a question of its own, by its relative word."""
    steps = decompose(question)
    assert steps is not None
    assert steps[0] == inner
    assert "{1}" in steps[1]


def test_too_many_steps_are_left_alone():
    """More than four questions in one are not followed."""
    clause = "the man who met " * 6 + "Ada Lind"
    assert decompose(f"Where is the house of {clause}?") is None


WORDS = [
    "where",
    "was",
    "the",
    "author",
    "of",
    "city",
    "in",
    "which",
    "who",
    "that",
    "whose",
    "A",
    "b",
    "?",
    ".",
    "is",
]


@given(st.lists(st.sampled_from(WORDS), max_size=25))
def test_any_words(words):
    """Of whatever words, there are two to four steps or none, and each later one has a place for an answer."""
    steps = decompose(" ".join(words))
    assert steps is None or 2 <= len(steps) <= MOST_HOPS


@pytest.mark.timeout(5)
@pytest.mark.parametrize("text", ["the a that " * 9_000, "who is the author of " * 5_000, "A's author " * 9_000])
def test_hostile_questions_take_bounded_time(text):
    """A question of endless clauses is given up at once."""
    assert decompose(text) is None
