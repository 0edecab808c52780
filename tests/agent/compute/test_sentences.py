import pytest
from hypothesis import given
from hypothesis import strategies as st

from rao_cli.agent.compute.sentences import by_key, solve_sentences, statements, told
from rao_cli.agent.question.model import Asked, Form, Option
from rao_cli.documents.model import Span
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


@pytest.mark.parametrize(
    ("question", "questions"),
    [
        (
            "What did the tolls for ash-1 and oak-2 come to?",
            ["What did the tolls for ash-1 come to?", "What did the tolls for oak-2 come to?"],
        ),
        (
            "What are the heights of Tarn and Wick?",
            ["What are the heights of Tarn?", "What are the heights of Wick?"],
        ),
        (
            "What are the codes for both ash-1 and oak-2 mentioned in the text?",
            ["What are the codes for both ash-1?", "What are the codes for both oak-2?"],
        ),
        ("Who came and went?", []),
        ("", []),
    ],
)
def test_keys_anywhere_in_the_question(question, questions):
    """Keys are found at the end of a question or within it."""
    found = by_key(question)
    assert found == questions or [one.replace("both ", "") for one in questions] == found


def test_every_key_is_answered_in_the_order_of_the_question():
    """Values come in the order of the keys, not of the text."""
    read = reading("The toll for ash-1 came to 12.\n\n" + filler(20) + "The toll for oak-2 came to 30.\n")
    found = solve_sentences(asked("What did the tolls for oak-2 and ash-1 come to?"), read)
    assert found.answer == "30, 12"


def test_a_full_stop_of_an_abbreviation_may_end_a_sentence():
    """A statement between two abbreviations is found, and cited alone."""
    read = reading(
        filler(10)
        + "he told all of the sad story to Mrs. The toll for ash-1 came to 12. Mr. Oss left.\n"
        + filler(10, 10)
    )
    found = solve_sentences(asked("What did the toll for ash-1 come to?"), read)
    assert found.answer == "12"
    assert read.document.read(found.evidence[0]).strip() == "The toll for ash-1 came to 12."


def test_what_was_gone_through_is_the_whole_text():
    """Where a name was searched for, everything was examined; else only what search found."""
    found = solve_sentences(asked("What is the door code for grey-fox?"), READING)
    assert found.examined == (Span(0, len(READING.document)),)


def test_words_of_their_own_make_less_sure():
    """A value that "is" ties to the question is surer than one that a verb leads to."""
    tied = solve_sentences(asked("What is the door code for grey-fox?"), READING)
    led = solve_sentences(asked("Where does the bell at Orlock hang?"), READING)
    assert tied.confidence > led.confidence


@pytest.mark.parametrize("case", [str.lower, str.upper, str.title])
def test_upper_and_lower_case_are_one(case):
    """A key is found in whatever case it is written."""
    text = filler(5) + case("the door code for grey-fox is 5150.") + "\n" + filler(5, 5)
    assert solve_sentences(asked("What is the door code for grey-fox?"), reading(text)).answer == "5150"


def test_values_over_lines_are_put_on_one():
    """A value that a line break cuts is told with a space."""
    text = "The keeper of grey-fox is Mara\nVoss.\n"
    assert solve_sentences(asked("Who is the keeper of grey-fox?"), reading(text)).answer == "Mara Voss"


@given(st.text(max_size=100))
def test_any_question_is_answered_or_left(question):
    """No question makes the solver fail, and what it tells stands in the text."""
    found = solve_sentences(asked(question), READING)
    assert found is None or all(part in TEXT for part in found.answer.split(", "))
