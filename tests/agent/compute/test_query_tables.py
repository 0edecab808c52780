"""One table in eight written forms: the same question has the same answer, and what is not in it is not told."""

import pytest

from rao_cli.agent.compute.base import Computed
from tests.agent.compute.asking import PLAY, answer, found
from tests.agent.compute.ships import COLUMNS, FORMS, SHIPS
from tests.agent.helpers import document

IN_ALL = [
    ("How many ships have the flag Norway?", "4"),
    ("How many ships carry timber?", "3"),
    ("How many rows have the cargo 'coal'?", "2"),
    ("How many different flags are there?", "4"),
    ("How many distinct cargo values are there?", "5"),
    ("Which ship has the highest tons?", "Elbe"),
    ("Which ship has the lowest tons?", "Iris"),
    ("What is the highest tons?", "7100"),
    ("What is the smallest tons?", "275"),
    ("What is the total tons?", "29945"),
    ("What is the sum of tons for flag Sweden?", "12000"),
    ("Which flag has the highest total tons?", "Germany"),
    ("Which cargo has the lowest average tons?", "cork"),
    ("Which berth has the highest total tons?", "B1"),
    ("What is the most common cargo for flag Germany?", "coal"),
    ("How many ships arrived on 2019-03-04?", "3"),
    ("How many ships arrived in May 2019?", "3"),
    ("How many ships arrived before 2019-03-04?", "3"),
    ("How many ships arrived after April 1, 2019?", "6"),
    ("How many ships arrived since 12 April 2019?", "5"),
    ("How many ships arrived until 2019-03-02?", "3"),
    ("How many ships arrived between 2019-03-02 and 2019-04-11?", "5"),
    ("What is the ship of the first row with cargo 'fish'?", "Dagny"),
    ("Which ship is the last with flag Sweden?", "Karin"),
    ("How many ships have tons between 300 and 600?", "4"),
    ("How many ships have more than 5,000 tons?", "4"),
    ("How many ships have at least 5,400 tons?", "3"),
    ("How many ships have at most 310 tons?", "3"),
    ("How many ships have fewer than 300 tons?", "1"),
    ("How many ships with flag Germany have cargo coal?", "2"),
    ("How many ships have flag Norway or Sweden?", "7"),
    ("How many ships do not have the flag Norway?", "8"),
    ("Which is more common, cargo 'fish' or cargo 'ore'?", "fish"),
    ("How many ships are there?", "12"),
    ("Count the ships with berth B1.", "4"),
    ("How many ships are at berth B3?", "4"),
]
IN_ROWS = [
    ("In which berth is the ship with the highest tons?", "B1"),
    ("What is the flag of the ship with the lowest tons?", "Germany"),
    ("What is the average tons of ships with flag Portugal?", "305"),
    ("Which flag has the most ships?", "Norway"),
    ("Which flag has the fewest ships?", "Portugal"),
    ("How many more ships have cargo 'timber' than cargo 'ore'?", "1"),
    ("What percentage of ships have the flag Norway?", "33.33%"),
    ("What share of the ships have berth B2?", "33.33%"),
    ("Is there a ship with cargo 'wine'?", "no"),
    ("Is there a ship with the flag Germany?", "yes"),
    ("Which cargo is the most frequent among ships with flag Norway?", "timber"),
    ("What is the highest tons among ships with cargo 'timber'?", "1500"),
    ("What is the lowest tons among ships with flag Sweden?", "1500"),
    ("Are there more ships with flag Norway than with flag Germany?", "yes"),
    ("Are there fewer ships with flag Norway than with flag Germany?", "no"),
]
NOT_IN_IT = [
    "Which ship was the fastest?",
    "How many ships sank?",
    "Which captain has the most ships?",
    "How many ships does each flag have?",
    "How many sailors are on the ships?",
    "Which ship has the second highest tons?",
    "List all ships with the flag Norway.",
    "Why did Elbe arrive?",
    "How many ships have three masts?",
    "What colour is the Aurora?",
    "Which ships arrived late?",
    "Name the three ships with the highest tons.",
    "How many tons of fish were eaten?",
    "How long did the Aurora stay?",
    "What is the median tons?",
    "How many ships left after loading timber?",
    "Which two flags have the most ships together?",
    "How many ships are heavier than the Aurora?",
    "Who owns the Falk?",
    "Is the Aurora larger than the Brita?",
    "What is the total tons per flag?",
    "How many ships arrived with a broken mast?",
    "How many Norwegian ships are there?",
    "What was the weather on 2019-03-04?",
    "How many ships arrived on the day after the Falk?",
]


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize(("question", "expected"), IN_ALL)
def test_any_written_form(question, expected, form):
    """The answer does not depend on how the table is written."""
    path, text = FORMS[form]
    assert answer(question, text, path) == expected


@pytest.mark.parametrize("form", [form for form in FORMS if form != "markdown"])
@pytest.mark.parametrize(("question", "expected"), IN_ROWS)
def test_rows_have_a_name(question, expected, form):
    """Where a row is called a ship, questions on ships are counted in rows."""
    path, text = FORMS[form]
    assert answer(question, text, path) == expected


@pytest.mark.parametrize("form", ["comma", "markdown"])
@pytest.mark.parametrize("question", NOT_IN_IT)
def test_what_the_table_does_not_tell(question, form):
    """A question with a word that no column, value or row explains is left to the readers."""
    path, text = FORMS[form]
    assert found(question, text, path) is None


def test_an_extreme_value_is_told_not_its_row():
    """Asked for the highest value "among ships" of a text's table, no ship is told in its place."""
    path, text = FORMS["markdown"]
    assert answer("What is the highest tons among ships with cargo 'timber'?", text, path) in (None, "1500")


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("flag", sorted({row[1] for row in SHIPS}))
def test_counts_equal_a_naive_count(flag, form):
    """For each value of a column the count is how many rows have it."""
    path, text = FORMS[form]
    expected = sum(row[1] == flag for row in SHIPS)
    assert answer(f"How many ships have the flag {flag}?", text, path) == str(expected)


@pytest.mark.parametrize("column", ["flag", "cargo", "berth"])
def test_groups_sum_up_to_all(column):
    """The counts of all values of a column are as many as there are rows."""
    path, text = FORMS["comma"]
    place = COLUMNS.index(column)
    counts = [
        answer(f"How many rows have {column} '{value}'?", text, path) for value in {row[place] for row in SHIPS}
    ]
    assert sum(map(int, counts)) == len(SHIPS)


@pytest.mark.parametrize("column", ["flag", "cargo", "berth"])
def test_sums_of_groups_are_the_total(column):
    """What the values of a column sum up to is the total of all rows."""
    path, text = FORMS["semicolon"]
    place = COLUMNS.index(column)
    sums = [
        answer(f"What is the sum of tons for {column} '{value}'?", text, path)
        for value in {row[place] for row in SHIPS}
    ]
    assert sum(map(int, sums)) == sum(row[3] for row in SHIPS)


@pytest.mark.parametrize("column", ["flag", "cargo", "berth", "ship"])
def test_there_are_no_more_values_than_rows(column):
    """How many different values there are is at most how many rows there are."""
    path, text = FORMS["tab"]
    place = COLUMNS.index(column)
    told = int(answer(f"How many different {column} values are there?", text, path))
    assert told == len({row[place] for row in SHIPS}) <= len(SHIPS)


@pytest.mark.parametrize(("one", "other"), [("timber", "ore"), ("fish", "coal"), ("cork", "fish")])
def test_a_difference_turns_its_sign(one, other):
    """How many more of one than of the other is the opposite the other way round."""
    path, text = FORMS["comma"]
    asked = "How many more ships have cargo '{}' than cargo '{}'?"
    there, back = (answer(asked.format(*pair), text, path) for pair in ((one, other), (other, one)))
    assert int(there) == -int(back)


@pytest.mark.parametrize("value", ["Norway", "Sweden", "Portugal", "Germany"])
def test_with_and_without_are_all(value):
    """Rows that have a value and rows that do not are all rows."""
    path, text = FORMS["bar"]
    has = answer(f"How many ships have the flag {value}?", text, path)
    has_not = answer(f"How many ships do not have the flag {value}?", text, path)
    assert int(has) + int(has_not) == len(SHIPS)


@pytest.mark.parametrize("bound", [0, 275, 276, 1000, 5400, 7100, 7101])
def test_bounds_split_the_rows(bound):
    """More than a number and at most that number are all rows, at each border."""
    path, text = FORMS["comma"]
    over = answer(f"How many ships have more than {bound} tons?", text, path)
    rest = answer(f"How many ships have at most {bound} tons?", text, path)
    assert int(over) + int(rest) == len(SHIPS)
    assert int(over) == sum(row[3] > bound for row in SHIPS)


@pytest.mark.parametrize("day", sorted({row[5] for row in SHIPS}))
def test_days_split_the_rows(day):
    """Before, on and after a day are all rows."""
    path, text = FORMS["labelled lines"]
    counts = [answer(f"How many ships arrived {word} {day}?", text, path) for word in ("before", "on", "after")]
    assert sum(map(int, counts)) == len(SHIPS)


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize(
    "question", ["How many ships have cargo 'ore'?", "How many ships have the flag Portugal?"]
)
def test_evidence_is_the_rows_counted(question, form):
    """Each cited span lies in a row that was counted, on one line."""
    path, text = FORMS[form]
    result = found(question, text, path)
    assert isinstance(result, Computed)
    lines = [document(text, path).read(span) for span in result.evidence]
    assert len(lines) == 2
    names = [row[0] for row in SHIPS if "ore" in row or "Portugal" in row]
    assert all(any(name in line for name in names) and "\n" not in line for line in lines)


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize(("question", "_"), IN_ALL[::5])
def test_answers_are_short_and_explained(question, _, form):
    """No answer has more than twelve words, and how it was found is one line."""
    path, text = FORMS[form]
    result = found(question, text, path)
    assert isinstance(result, Computed)
    assert len(result.answer.split()) <= 12
    assert result.how
    assert "\n" not in result.how


@pytest.mark.parametrize("ending", ["\n", "\r\n"])
@pytest.mark.parametrize(("question", "expected"), IN_ALL[::4])
def test_line_endings_do_not_matter(question, expected, ending):
    """A table from another system has the same answers."""
    path, text = FORMS["comma"]
    assert answer(question, text.replace("\n", ending), path) == expected


@pytest.mark.parametrize(
    "question",
    [
        "HOW MANY SHIPS HAVE THE FLAG NORWAY?",
        "how many ships have the flag norway",
        "How many ships have the flag 'Norway'?",
        'How many ships have the flag "Norway"?',
        "How many ships have the flag Norway? Answer with a number only.",
        "Please tell me how many ships have the flag Norway.",
        "In this table, how many ships have the flag Norway?",
        "What is the number of ships with the flag Norway?",
        "Count the ships whose flag is Norway.",
        "How many ships are there with flag = Norway?",
        "How many ships have a flag equal to Norway?",
    ],
)
def test_one_question_in_many_words(question):
    """However it is worded, the count is the same."""
    path, text = FORMS["comma"]
    assert answer(question, text, path) == "4"


@pytest.mark.parametrize(
    "question",
    [
        "Which flag has the highest total tons?",
        "Which flag has the greatest total tons?",
        "Which flag has the largest sum of tons?",
        "What flag has the maximum total of tons?",
        "Which flag has the highest combined tons?",
    ],
)
def test_sums_are_compared_in_many_words(question):
    """The group with the greatest sum is the same in all wordings."""
    path, text = FORMS["comma"]
    assert answer(question, text, path) == "Germany"


@pytest.mark.parametrize("name", ["miller.txt", "the-miller.txt", "plays.txt"])
def test_a_file_named_after_a_speaker_is_no_noun(name):
    """A name that rows hold is a condition, also where the file bears it."""
    assert answer("How many speeches does Miller have?", PLAY, name) == str(PLAY.count("\nMILLER:"))
