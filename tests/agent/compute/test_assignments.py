import pytest
from hypothesis import given
from hypothesis import strategies as st

from rao_cli.agent.compute.assignments import PIECE, Assignment, assignments, resolved, solve_assignments
from rao_cli.documents.model import Span
from tests.agent.finding.helpers import asked, reading
from tests.agent.helpers import document, filler

TEXT = (
    "VAR DUB = VAR ALP. "
    + filler(20)
    + "VAR ALP = 7719. "
    + filler(20, 20)
    + "VAR ECK = 7719. x = 7719 in this prose. "
    + filler(20, 40)
    + "VAR FOX = VAR DUB. VAR GNU = 12. VAR ECK = 40."
)
EXAMPLES = "Lines such as 'VAR X = 5.' or 'VAR Y = VAR X.' assign variables. "


def answer(question, text=TEXT):
    """Return the answer that the solver finds in a text."""
    found = solve_assignments(asked(question), reading(text))
    return found and found.answer


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        (EXAMPLES + "List all variables that have the value 7719.", "DUB, ALP, FOX"),
        (EXAMPLES + "Which variables hold 40?", "ECK"),
        (EXAMPLES + "How many variables have the value 7719?", "3"),
        (EXAMPLES + "What is the value of FOX?", "7719"),
        (EXAMPLES + "What is the value of the variable ECK?", "40"),
        ("Find all variables that are assigned the value 12 in the text above.", "GNU"),
        (EXAMPLES + "Which variables have the value 99?", None),
        (EXAMPLES + "What is the value of HEN?", None),
        ("What is the value of FOX?", None),
        ("Which variables are named in the text?", None),
    ],
)
def test_variables_and_values(question, expected):
    """Copies are followed in whatever order they stand; a later assignment replaces an earlier one."""
    assert answer(question) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("let a := 5. let b := a. let c := 6.", "a, b"),
        ("A=5\nB=$A\nC=6\n", "A, B"),
        ("set a to 5. set b to a. set c to 6.", "a, b"),
        ("let a be 5; let b be a; let c be b; let b be 9.", "a, c"),
        ("a <- 5\nb <- a\n", "a, b"),
        ('a = "5"\nb = a\n', "a, b"),
    ],
)
def test_usual_forms(text, expected):
    """Without an example in the question the usual forms of an assignment are known."""
    assert answer("Which variables have the value 5?", text) == expected


def test_comparisons_assign_nothing():
    """What tests a value gives none."""
    text = "if a == 5 or b >= 5 or c != 5 or d <= 5 then e = 5."
    assert answer("Which variables have the value 5?", text) == "e"


def test_words_of_the_examples_are_needed():
    """Where the question's examples begin with a word, only such assignments count."""
    found = solve_assignments(asked(EXAMPLES + "Which variables have the value 7719?"), reading(TEXT))
    assert "x" not in found.answer.split(", ")
    assert "3 of 5 variables" in found.how


def test_source_code_is_left_to_others():
    """The variables of a program are not a text's."""
    code = reading("total = 5\ncopy = total\n\n\ndef run() -> int:\n    return total\n", "app.py")
    assert solve_assignments(asked("Which variables have the value 5?"), code) is None


def test_evidence_is_the_assignments():
    """What is cited assigns the variables that are told."""
    read = reading(TEXT)
    found = solve_assignments(asked(EXAMPLES + "Which variables hold 12?"), read)
    assert [read.document.read(span) for span in found.evidence] == ["VAR GNU = 12"]


def test_a_circle_ends():
    """Variables that only copy each other hold a name, and nothing hangs."""
    found = [Assignment(Span(n, n + 1), name, held) for n, (name, held) in enumerate(["ab", "bc", "ca"])]
    assert set(resolved(found)) == {"a", "b", "c"}


@given(st.lists(st.tuples(st.sampled_from("abcd"), st.sampled_from(["a", "b", "c", "1", "2"])), max_size=30))
def test_values_in_the_order_of_the_text(pairs):
    """Where every copied name is assigned before, the values are those that running the lines gives."""
    values: dict[str, str] = {}
    run = []
    for name, held in pairs:
        if held.isdigit() or held in values:
            run.append((name, held))
            values[name] = values.get(held, held)
    found = [Assignment(Span(n, n + 1), name, held) for n, (name, held) in enumerate(run)]
    assert resolved(found) == values


@pytest.mark.timeout(20)
def test_long_chains_and_hostile_texts():
    """Thousands of copies of copies, and signs without names, take linear time."""
    text = "".join(f"v{n} = v{n + 1}. " for n in range(20_000)) + "v20000 = 5. " + "= " * 200_000
    found = list(assignments(document(text)))
    assert set(resolved(found).values()) == {"5"}


@pytest.mark.parametrize("ahead", range(0, 24, 3))
def test_pieces_of_a_large_text_join(ahead):
    """An assignment at the border of two pieces is found once."""
    text = " " * (PIECE - ahead) + "VAR amber = 5. VAR blue = 6."
    assert [one.name for one in assignments(document(text))] == ["amber", "blue"]


@pytest.mark.parametrize(
    "question",
    [
        "Which variables are 7719?",
        "Find the variables holding 7719.",
        "What variables end up with 7719?",
        "List the names of all variables that store the value 7719.",
        "Which variables resolve to 7719?",
        "Which variables are assigned the value 7719 in the text?",
        "Which variables equal 7,719?",
    ],
)
def test_ways_of_asking(question):
    """Which variables have a value is asked in many words."""
    assert answer(EXAMPLES + question) == "DUB, ALP, FOX"


@pytest.mark.parametrize(
    ("example", "keyword"),
    [("'SET A = 1.'", "SET"), ('"def A = 1"', "def"), ("`let A := 1`", "let"), ("“VAR A = VAR B.”", "VAR")],
)
def test_examples_tell_the_form(example, keyword):
    """The word before an example's variable is needed in the text as well."""
    sign = ":=" if keyword == "let" else "="
    text = f"{keyword} K1 {sign} 8. other K2 {sign} 8. {keyword} K3 {sign} K1. "
    assert answer(f"Lines like {example} assign. Which variables have the value 8?", text) == "K1, K3"


@pytest.mark.parametrize(
    ("text", "name", "held"),
    [
        ("let total be 5.", "total", "5"),
        ("set total to 5", "total", "5"),
        ("total := -5;", "total", "-5"),
        ("PATH_A=${PATH_B}", "PATH_A", "PATH_B"),
        ("x = 'two words'", "x", "two words"),
        ("VAR X = 1,000.", "X", "1,000"),
    ],
)
def test_forms_of_an_assignment(text, name, held):
    """Signs, words and quotation marks give a name and what it holds."""
    assert [(one.name, one.held) for one in assignments(document(text))] == [(name, held)]


@pytest.mark.parametrize("text", ["he wants to be 5", "go to 5", "a == b", "= 5", "x =", "1 = 2", "a => b"])
def test_what_assigns_nothing(text):
    """Prose with to and be, comparisons and halves are no assignments."""
    assert list(assignments(document(text))) == []


def test_a_copy_keeps_the_value_it_was_made_of():
    """A later value of the copied variable does not change the copy."""
    found = [Assignment(Span(n, n + 1), *pair) for n, pair in enumerate([("a", "1"), ("b", "a"), ("a", "2")])]
    assert resolved(found) == {"a": "2", "b": "1"}


def test_too_many_variables_are_left_to_the_readers():
    """More names than an answer may have are not told."""
    text = "".join(f"VAR k{n} = 5. " for n in range(13))
    assert answer(EXAMPLES + "Which variables hold 5?", text) is None


def test_everything_was_gone_through():
    """The whole text is what was examined."""
    read = reading(TEXT)
    found = solve_assignments(asked(EXAMPLES + "Which variables hold 12?"), read)
    assert found.examined == (Span(0, len(read.document)),)
