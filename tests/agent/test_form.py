"""An answer is put into the form that its question asks for, and never gains a word."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rao_cli.agent.cite import words
from rao_cli.agent.form import as_list, in_form, option_in
from rao_cli.agent.question.model import Option
from rao_cli.agent.question.recognise import recognise

FORMED = [
    ("How many sheep did the farm have?", "The farm had 213 sheep in 1901.", "213"),
    ("How many sheep were sold in 1901?", "In 1901 they sold 40 sheep.", "40"),
    ("How many people came?", "About 3.5 million people came.", "3.5 million"),
    ("How many wheels has the cart?", "The cart has four wheels.", "four"),
    ("How many rows are red? Answer with a number.", "213", "213"),
    ("How many cows and goats did he own?", "He owned 12 goats and 30 cows.", "30"),
    ("When was the mill built?", "The mill was built in 1846 by a brewer.", "1846"),
    ("When did the fire start?", "The fire started on 3 May 1901, at night.", "3 May 1901"),
    ("On which date was it sold?", "It was sold on October 6, 1973.", "October 6, 1973"),
    ("What year did the war of 1812 end?", "The war of 1812 ended in 1815.", "1815"),
    (
        "What is the time stamp of the crash?",
        "It crashed at 2016-12-19T19:27:48.197+0100.",
        "2016-12-19T19:27:48.197+0100",
    ),
    ("When was it founded?", "It was founded in the 12th century.", "12th century"),
    ("Who built the mill?", "The mill was built by Jonas Weber, a brewer from Ulm.", "Jonas Weber"),
    ("Who was the mayor in 1990?", "The mayor in 1990 was Ada Krol.", "Ada Krol"),
    ("Who wrote it?", "J. R. Weber.", "J. R. Weber"),
    (
        "Where does the keeper store the fuse?",
        "The keeper stores the fuse inside an old drum.",
        "inside an old drum",
    ),
    ("Where was she born?", "She was born at Merrit Isle in Florida.", "Merrit Isle in Florida"),
    ("What is the code of the north gate?", "The code of the north gate is: a1-77.", "a1-77"),
    ("Which system does the box use?", "The box uses OpenBox, which is a system for boxes.", "OpenBox"),
    ("Which option stops the shell?", "--stop", "--stop"),
    ("Which version made it?", "It was made by Foo 1.9.4.", "Foo 1.9.4"),
    ("What did it eat?", "Answer: a pear", "a pear"),
    ("List all ships.", "The ships are Ada, Berta and Cleo.", "Ada, Berta, Cleo"),
    ("What are the codes for the gate and the door?", "77; 78; 77", "77; 78"),
    ("List all firms.", "Weber, Sons; Krol", "Weber, Sons; Krol"),
    ("Is it open?", "Yes, it is open.", "yes"),
    ("Is it open?", "No.", "no"),
    ("Is it open?", "It is open at noon.", "It is open at noon."),
    ("True or false: it is open.", "No, it is closed.", "false"),
    ("Which men wrote it?", "Jonas Weber and Ada Krol", "Jonas Weber and Ada Krol"),
    ("What are the codes for A and B?", "77\n78", "77; 78"),
    ("Why did it burn?", "It burned because a lamp fell.", "It burned because a lamp fell."),
    ("Summarize the text.", "It is about a mill.", "It is about a mill."),
    ("What burned?", "", ""),
    ("Wer baute die Mühle?", "Jonas Weber", "Jonas Weber"),
]


@pytest.mark.parametrize(("question", "answer", "formed"), FORMED)
def test_an_answer_in_its_form(question, answer, formed):
    """What merely repeats the question is cut off; a number, a date, a name or a place is left alone."""
    assert in_form(answer, recognise(question)) == formed


LETTERED = "Who won?\n(A) the north\n(B) the north and the south\n(C) nobody\n"


@pytest.mark.parametrize(
    ("answer", "letter"),
    [
        ("B", "B"),
        ("(b)", "B"),
        ("The answer is C.", "C"),
        ("A) the north", "A"),
        ("the north and the south", "B"),
        ("The north won.", "A"),
        ("nobody won", "C"),
        ("someone else", "someone else"),
    ],
)
def test_a_letter(answer, letter):
    """A lettered option is answered with its letter, whether the letter or its text was written."""
    assert in_form(answer, recognise(LETTERED)) == letter


def test_an_option_as_it_was_offered():
    """An option is answered in the question's spelling."""
    asked = recognise("Which is rarest? Answer with one of: Red Kite, Grey Heron.")
    assert in_form("It is the red kite.", asked) == "Red Kite"


def test_two_options_are_none():
    """A text that names two options chooses neither."""
    options = (Option(text="red"), Option(text="blue"))
    assert option_in("red or blue", options) is None
    assert option_in("", options) is None


def test_a_number_of_the_passage_comes_first():
    """Of several numbers the one that the cited text holds is meant."""
    asked = recognise("How many sheep were there?")
    assert in_form("Of 900 animals 40 were left", asked, passage="Only 40 remained.") == "40"


def test_a_sentence_is_no_list():
    """A sentence with commas stays as it is."""
    text = "The miller, who had lived there since the great flood of the year, left it to her"
    assert as_list(text) == text


@given(st.text(max_size=120), st.text(max_size=120))
def test_no_word_is_added(answer, question):
    """Without options every word of the result stands in the answer, and an answer never vanishes."""
    asked = recognise(question)
    formed = in_form(answer, asked)
    assert bool(formed.strip()) == bool(answer.strip())
    if not asked.form.options and asked.form.shape != "yes-no":
        assert all(word in answer.lower() for word in words(formed))


@pytest.mark.parametrize("piece", ["a ", "1,", "may ", ", who", "(", "12:00 ", "; ", "2nd century "])
def test_hostile_answers_take_no_time(piece):
    """A long answer made to be slow is formed at once."""
    import time

    start = time.perf_counter()
    for question in ("Who won?", "How many won?", "When?", "List all.", "Where?"):
        in_form(piece * 2_000, recognise(question))
    assert time.perf_counter() - start < 1.0
