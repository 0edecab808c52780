import pytest

from rao_cli.agent.compute.chains import solve_chains, with_answers
from rao_cli.agent.question.model import Form, Option
from tests.agent.finding.helpers import asked, reading
from tests.agent.helpers import filler

TEXT = (
    filler(20)
    + "The door code of the Wick depot is: 5531. "
    + filler(20, 20)
    + "The clerk known as Ivo Marr was last seen in Tarn. The author of Tin Moon is Ada Lind. "
    + filler(20, 40)
    + "The door code of the Tarn depot is: 9020. Ada Lind was born in Wick. "
    + filler(20, 60)
    + "The clerk known as Una Bell was last seen in Wick. Sten Works built the Orlock bridge. "
    + "Sten Works was founded in 1881. The spy known as Oz was last seen in Wick. "
    + "The spy known as Oz was last seen in Tarn."
)
READING = reading(TEXT)


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        (
            "What is the door code of the depot in the town where the clerk known as Ivo Marr was last seen?",
            "9020",
        ),
        (
            "What is the door code of the depot in the town where the clerk known as Una Bell was last seen?",
            "5531",
        ),
        ("Where was the author of Tin Moon born?", "Wick"),
        ("In which year was the firm that built the Orlock bridge founded?", "1881"),
        ("What is the door code of the depot in the town where the author of Tin Moon was born?", "5531"),
        ("What is the door code of the depot in the town where the spy known as Oz was last seen?", None),
        ("What is the door code of the depot in the town where the clerk known as Max Orr was last seen?", None),
        ("Who is the author of Tin Moon?", None),
    ],
)
def test_chains(question, answer):
    """Each step's answer leads to the next; a step that is missing or stated twice ends the chain."""
    found = solve_chains(asked(question), READING)
    assert (found and found.answer) == answer


def test_every_step_is_cited_the_last_first():
    """The evidence holds a sentence for each step, and the way is told."""
    found = solve_chains(asked("Where was the author of Tin Moon born?"), READING)
    texts = [READING.document.read(span) for span in found.evidence]
    assert texts == ["Ada Lind was born in Wick.", "The author of Tin Moon is Ada Lind."]
    assert found.how.startswith("Ada Lind → Wick")


def test_answers_take_their_places():
    """Every step may use every answer before it."""
    assert with_answers("{1} and {2}?", ["a", "b"]) == "a and b?"


def test_four_steps_are_followed():
    """A chain of four statements is answered, its way told."""
    text = (
        "The maker of the Orlock bell is Sten Brun.\n\nThe wife of Sten Brun is Ada Lind.\n\n"
        "The birthplace of Ada Lind is Wick.\n\nThe mayor of Wick is Ivo Marr.\n\n"
    )
    question = "Who is the mayor of the birthplace of the wife of the maker of the Orlock bell?"
    found = solve_chains(asked(question), reading(text + filler(20)))
    assert found.answer == "Ivo Marr"
    assert found.how.startswith("Sten Brun → Ada Lind → Wick → Ivo Marr")


def test_longer_chains_are_less_sure():
    """Each step takes a little confidence."""
    short = solve_chains(asked("Where was the author of Tin Moon born?"), READING)
    question = "What is the door code of the depot in the town where the author of Tin Moon was born?"
    assert solve_chains(asked(question), READING).confidence < short.confidence < 1


@pytest.mark.parametrize("question", ["", "Who?", "Where was the author of {1} born?", "the the the who who"])
def test_odd_questions_are_left(question):
    """What is no chain, or only looks like one, is left to others."""
    assert solve_chains(asked(question), READING) is None


def test_options_are_left_to_others():
    """A question with options is chosen from, not chained."""
    form = Form(options=(Option(text="Wick"), Option(text="Tarn")))
    question = asked("Where was the author of Tin Moon born?").model_copy(update={"form": form})
    assert solve_chains(question, READING) is None
