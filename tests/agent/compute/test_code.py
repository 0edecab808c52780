"""Questions about code: what is taken, what is left, options."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rao_cli.agent.compute.code import solve_code
from rao_cli.agent.compute.solve import SOLVERS
from rao_cli.agent.question.model import Asked, Form, Option
from rao_cli.agent.question.recognise import recognise
from tests.agent.compute.code_projects import answer, reading, reading_of


def test_the_solver_is_asked():
    """The solver of code questions is one of those that are asked."""
    assert solve_code in SOLVERS


@pytest.mark.parametrize(
    "lead",
    [
        "In the project kettle: ",
        "In the repository kettle, ",
        "For the package kettle: ",
        "In kettle-2.7.1: ",
        "In the source code of kettle: ",
    ],
)
def test_a_lead_is_left_out(lead):
    """What names the project before the question changes nothing."""
    assert answer("kettle", f"{lead}What is the value of BOILING_POINT?") == "100"


@pytest.mark.parametrize(
    "question",
    [
        "How does the kettle boil water?",
        "Why is there a lid?",
        "Is BOILING_POINT 100?",
        "Summarize the project.",
        "What is this project about?",
        "Who drinks tea?",
        "Where can I find help?",
        "What happens when the lid is open?",
        "",
        "?",
    ],
)
def test_other_questions_are_left_alone(question):
    """What asks for an explanation, a summary or what only prose tells is not answered."""
    assert answer("kettle", question) is None


def test_prose_is_left_alone():
    """A document without source code is nothing for this solver."""
    found = solve_code(
        recognise("What is the value of BOILING_POINT?"), reading_of({"a.md": "BOILING_POINT = 100\n"})
    )
    assert found is None


def chosen(question, *options):
    """Answer a question about kettle with one of some options."""
    form = Form(shape="option", options=tuple(Option(text=option) for option in options))
    found = solve_code(Asked(text=question, stem=question, kind="choice", form=form), reading("kettle"))
    return found.answer if found else None


def test_the_computed_option_is_chosen():
    """An option in another case is answered as the question writes it."""
    assert chosen("What is the default speed of the pour_water function?", "Fast", "Slow") == "Slow"


def test_no_option_is_made_up():
    """Where what was computed is no option, nothing is answered."""
    assert chosen("What is the default speed of the pour_water function?", "fast", "warm") is None


def test_the_one_dependency_is_chosen():
    """Of packages, the one that the manifest names is the answer."""
    assert chosen("Which package does kettle depend on?", "steam", "cloud") == "steam"


def test_two_dependencies_are_not_told_apart():
    """Where the manifest names two of the packages, nothing is chosen."""
    assert chosen("Which package does kettle depend on?", "steam", "spout") is None


def test_answers_are_short():
    """No answer of a project has more than twelve words."""
    questions = ["What are the parameters of pour_water?", "Which classes extend HeatError?", "Who is the author?"]
    assert all(len(answer("kettle", question).split()) <= 12 for question in questions)


def test_evidence_is_one_line_each():
    """What is cited is at most three spans, none with a newline."""
    found = solve_code(recognise("How many test functions are there?"), reading("kettle"))
    lines = [reading("kettle").document.read(span) for span in found.evidence]
    assert 0 < len(lines) <= 3
    assert not any("\n" in line for line in lines)


def test_hostile_source_is_survived():
    """Source that is no program gives no error, and what it does define is found."""
    source = (
        "def f(" + "(" * 3000 + "\nX_Y = " + "[" * 3000 + "\n" + "'" * 3001 + '\nLID_SIZE = 4\nclass A("' + "\n"
    )
    files = {"a.py": source, "b.py": "LID_SIZE = 4\n", "package.json": "{" * 3000, "CHANGES": "1.2.3 " * 3000}
    document = reading_of(files)
    assert solve_code(recognise("What is the value of LID_SIZE?"), document).answer == "4"
    for question in ("What is the default of f?", "When was 1.2.3 released?", "Which class does A extend?"):
        solve_code(recognise(question), document)


WORDS = (
    "what which where how many is the default value of defined file function class pour_water Heater version",
    "exit code license released environment variable calls returns parameters in ' \" ( ) ? --minutes . \\",
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.sampled_from(" ".join(WORDS).split()), max_size=14))
def test_any_question_is_survived(words):
    """No question, however it is put together, raises an error."""
    question = " ".join(words)
    solve_code(Asked(text=question, stem=question), reading("kettle"))
