"""Puzzles of variables: chains, reassignments and circles inside of prose, against a run of the lines by hand."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rao_cli.agent.compute.assignments import assignments, solve_assignments
from tests.agent.finding.helpers import asked, reading
from tests.agent.helpers import document, filler

FORMS = {
    "VAR": ("VAR {} = {}. ", "VAR {} = VAR {}. "),
    "let": ("let {} := {}. ", "let {} := {}. "),
    "equals": ("{}={}\n", "{}=${}\n"),
    "set": ("set {} to {}. ", "set {} to {}. "),
    "arrow": ("{} <- {}\n", "{} <- {}\n"),
}
NAMES = ("AMB", "BOR", "CYD", "DAX", "EVO")


def puzzle(form, lines, prose=0):
    """Write assignments in a form, with prose between them."""
    number, copy = FORMS[form]
    parts = ((number if held.isdigit() else copy).format(name, held) for name, held in lines)
    return "".join(f"{filler(prose, prose * at)}{part}" for at, part in enumerate(parts))


def run_by_hand(lines):
    """Return what the variables hold after the lines have run in their order."""
    values = {}
    for name, held in lines:
        values[name] = held if held.isdigit() else values[held]
    return values


def answer(question, text):
    """Return the answer that the solver finds in a text."""
    found = solve_assignments(asked(question), reading(text))
    return found and found.answer


CHAIN = [("AMB", "4821"), ("BOR", "AMB"), ("CYD", "77"), ("DAX", "BOR"), ("EVO", "CYD")]
CHANGED = [("AMB", "4821"), ("BOR", "AMB"), ("AMB", "77"), ("CYD", "AMB"), ("BOR", "CYD"), ("DAX", "4821")]


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("prose", [0, 3])
@pytest.mark.parametrize(("value", "names"), [("4821", "AMB, BOR, DAX"), ("77", "CYD, EVO")])
def test_a_chain_in_each_form(form, prose, value, names):
    """All variables that hold a value are told, however assignments are written and whatever is between."""
    text = puzzle(form, CHAIN, prose)
    assert answer(f"Which variables have the value {value}?", text) == names


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize(("value", "names"), [("4821", "DAX"), ("77", "AMB, BOR, CYD")])
def test_the_last_assignment_counts(form, value, names):
    """A variable that is assigned anew holds the new value, its copies what it held then."""
    assert answer(f"Which variables have the value {value}?", puzzle(form, CHANGED)) == names


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize(("name", "value"), [("AMB", "77"), ("BOR", "77"), ("CYD", "77"), ("DAX", "4821")])
def test_the_value_of_a_variable(form, name, value):
    """The value of one variable is what it holds in the end."""
    assert answer(f"What is the value of the variable {name}?", puzzle(form, CHANGED)) == value


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize(("value", "count"), [("4821", "3"), ("77", "2")])
def test_how_many_variables(form, value, count):
    """How many variables hold a value is as many as are told."""
    assert answer(f"How many variables have the value {value}?", puzzle(form, CHAIN)) == count


@pytest.mark.parametrize(
    "question",
    [
        "Which variables have the value 48210?",
        "Which variables have the value 482?",
        "Which variables have the value -4821?",
        "What is the value of the variable AMBO?",
        "What is the value of the variable AM?",
        "What is the value of the variable FEN?",
        "Which variables are the most useful?",
        "Why do variables have values?",
        "Who assigned the variable AMB?",
    ],
)
def test_what_is_not_assigned(question):
    """Values and names that only look like assigned ones, and other questions, are left to the readers."""
    assert answer(question, puzzle("VAR", CHAIN)) is None


@pytest.mark.parametrize("size", [2, 3, 5])
def test_circles_hold_no_number(size):
    """Variables that only copy each other hold no value that was asked for, and end."""
    lines = [(NAMES[at], NAMES[(at + 1) % size]) for at in range(size)]
    assert answer("Which variables have the value 4821?", puzzle("VAR", lines)) is None


def test_a_circle_does_not_stop_the_others():
    """Beside a circle the other variables are followed as ever."""
    text = puzzle("VAR", [("AMB", "BOR"), ("BOR", "AMB"), ("CYD", "9"), ("DAX", "CYD")])
    assert answer("Which variables have the value 9?", text) == "CYD, DAX"


@pytest.mark.parametrize("length", [1, 2, 10, 11])
def test_long_chains(length):
    """A chain of copies holds its first value to its end."""
    lines = [("N0", "4821")] + [(f"N{at}", f"N{at - 1}") for at in range(1, length)]
    told = answer("Which variables have the value 4821?", puzzle("VAR", lines, 2))
    assert told == ", ".join(f"N{at}" for at in range(length))


ORDERS = st.lists(st.tuples(st.sampled_from(NAMES), st.sampled_from(("1", "2", "3", *NAMES))), max_size=14)


@settings(deadline=None, max_examples=50)
@given(ORDERS, st.sampled_from(sorted(FORMS)))
def test_any_puzzle_as_by_hand(orders, form):
    """For any lines whose copies are of variables assigned before, the answer is what running them gives."""
    lines = []
    for name, held in orders:
        if held.isdigit() or (held in {known for known, _ in lines} and held != name):
            lines.append((name, held))
    values = run_by_hand(lines)
    expected = [name for name in dict.fromkeys(name for name, _ in lines) if values[name] == "2"]
    assert answer("Which variables have the value 2?", puzzle(form, lines) or ".") == (
        ", ".join(expected) if expected else None
    )


@pytest.mark.parametrize("form", FORMS)
def test_evidence_is_in_the_text(form):
    """Each cited span names a variable that is told."""
    read = reading(puzzle(form, CHAIN, 2))
    found = solve_assignments(asked("Which variables have the value 77?"), read)
    texts = [read.document.read(span) for span in found.evidence]
    assert texts
    assert all("CYD" in text or "EVO" in text for text in texts)


@pytest.mark.parametrize(
    ("text", "pairs"),
    [
        ("VAR A1 = 5. VAR B1 = VAR A1.", [("A1", "5"), ("B1", "A1")]),
        ("x = 5; y = x", [("x", "5"), ("y", "x")]),
        ("let a be b. let b be 2.", [("a", "b"), ("b", "2")]),
        ("A_B=${C_D}\nC_D='two'\n", [("A_B", "C_D"), ("C_D", "two")]),
        ("He wants to go to sea, to be free.", []),
        ("if x == 5 then y != 6", []),
        ("f(x) = 5", []),
        ("", []),
    ],
)
def test_what_assigns(text, pairs):
    """Assignments are told from prose, comparisons and functions."""
    assert [(one.name, one.held) for one in assignments(document(text or "."))] == pairs


@pytest.mark.timeout(10)
@pytest.mark.parametrize(
    "text", ["VAR " * 20_000, "= " * 20_000, "x = y " * 10_000, "a=" * 20_000, "set x to " * 9_000]
)
def test_endless_signs(text):
    """Endless halves of assignments are gone through once."""
    answer("Which variables have the value 5?", text)
