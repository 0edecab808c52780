import pytest

from rao_cli.agent.compute.sentences import by_key, solve_sentences, statements, told
from rao_cli.agent.question.model import Asked, Form, Option
from tests.agent.finding.helpers import asked, reading
from tests.agent.helpers import filler

TEXT = (
    filler(30)
    + "One of the door codes for amber-owl is: 7712. "
    + filler(30, 30)
    + "One of the door codes for amber-owls is: 1111. One of the gate codes for amber-owl is: 2222. "
    + filler(30, 60)
    + "One of the door codes for grey-fox is: 5150. "
    + filler(30, 90)
    + "One of the door codes for amber-owl is: 9903. One of the door codes for amber-owl is: 7712. "
    + "The bell at Orlock hangs in a dry well. Mara Voss was born in Tarn. Mara Voss was born in Wick. "
    + filler(30, 120)
)
READING = reading(TEXT)


def answer(question):
    """Return the answer that the solver finds."""
    found = solve_sentences(asked(question), READING)
    return found and found.answer


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("What is the door code for grey-fox mentioned in the text?", "5150"),
        ("What are all the door codes for amber-owl?", "7712, 9903"),
        ("What is the gate code for amber-owl?", "2222"),
        ("What are the door codes for grey-fox and amber-owls?", "5150, 1111"),
        ("Where does the bell at Orlock hang?", "dry well"),
        ("Where was Mara Voss born?", None),
        ("What is the door code for red-fox?", None),
        ("What are the door codes for grey-fox and red-fox?", None),
        ("Line", None),
        ("?", None),
    ],
)
def test_statements_answer(question, expected):
    """All values of a key are told in text order; a contradiction or a missing key leaves it to the readers."""
    assert answer(question) == expected


def test_each_value_is_cited():
    """The evidence of an answer is the sentences that state it."""
    found = solve_sentences(asked("What are all the door codes for amber-owl?"), READING)
    assert [READING.document.read(span) for span in found.evidence] == [
        "One of the door codes for amber-owl is: 7712.",
        "One of the door codes for amber-owl is: 9903.",
    ]
    assert found.confidence > 0.9
    assert "2 sentences" in found.how


def test_options_are_left_to_others():
    """A question with options is none for statements."""
    form = Form(options=(Option(text="5150"), Option(text="7712")))
    question = Asked(text="What is the door code for grey-fox?", stem="", form=form)
    assert solve_sentences(question, READING) is None


def test_kinds_that_are_computed_are_left_to_others():
    """What counts or compares is none for statements."""
    question = asked("What is the door code for grey-fox?").model_copy(update={"kind": "count"})
    assert solve_sentences(question, READING) is None


def test_one_question_for_each_key():
    """Keys joined by commas and and are asked one by one."""
    assert by_key("What are the codes for ash-1, the old bay and oak-2?") == [
        "What are the codes for ash-1?",
        "What are the codes for the old bay?",
        "What are the codes for oak-2?",
    ]
    assert by_key("What is the code for ash-1?") == []


def test_too_many_values_are_cut_and_said():
    """An answer keeps to twelve words and says what it leaves out."""
    text = "".join(f"The code of ox-1 is {number}.\n\n" for number in range(100, 120))
    found = solve_sentences(asked("What are the codes of ox-1?"), reading(text))
    assert len(found.answer.split()) == 12
    assert "8 of them left out" in found.how


def test_a_statement_without_a_name_is_found_by_search():
    """A question of plain words is answered by the best sentences."""
    text = filler(40) + "The colour of the roof is dark green. " + filler(40, 40)
    assert [one.value.text for one in statements("What is the colour of the roof?", reading(text))] == [
        "dark green"
    ]


def test_nothing_is_told_of_nothing():
    """No statement makes no answer."""
    assert told([[]]) is None


@pytest.mark.timeout(20)
def test_a_name_that_is_everywhere_is_left_to_the_readers():
    """A key that stands in too many places is given up at once."""
    text = "The code of A1 is lost. " * 3_000
    assert solve_sentences(asked("What is the code of A1?"), reading(text)) is None
