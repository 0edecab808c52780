"""Statements with keys that differ in little are never mixed up, however many there are."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rao_cli.agent.compute.sentences import solve_sentences, statements
from rao_cli.agent.finding.statements import stated, wanted
from tests.agent.finding.helpers import asked, reading
from tests.agent.helpers import filler

KEYS = {
    "blue-heron": "4410",
    "blue-herons": "4411",
    "blue-heron-2": "4412",
    "pale-blue-heron": "4413",
    "blue-hern": "4414",
    "blue heron": "4415",
    "heron-blue": "4416",
    "Bay 4": "5501",
    "Bay 14": "5502",
    "Bay 40": "5503",
    "Bay 4B": "5504",
    "Dock 4": "5505",
    "A-1": "6601",
    "A-11": "6602",
    "B-1": "6603",
    "A1": "6604",
    "Ada Lind": "7701",
    "Ada Lindt": "7702",
    "Ada Lund": "7703",
    "Ida Lind": "7704",
    "Unit 7/b": "8801",
    "Unit 7/c": "8802",
    "x.y.z": "9901",
    "x.y.zz": "9902",
}
READING = reading(
    "".join(
        f"{filler(6, 6 * at)}The locker number of {key} is {value}. "
        for at, (key, value) in enumerate(KEYS.items())
    )
)
WORDINGS = [
    "What is the locker number of {}?",
    "What is the locker number of {} mentioned in the text?",
    "Which locker number is that of {}?",
    "Tell me the locker number of {}.",
    "What is {}'s locker number?",
]


def answer(question, read=READING):
    """Return the answer that the solver finds."""
    found = solve_sentences(asked(question), read)
    return found and found.answer


@pytest.mark.parametrize("key", KEYS)
def test_each_key_has_its_own_value(key):
    """The value of a key is told, or nothing: never that of a key that looks like it."""
    assert answer(f"What is the locker number of {key}?") in (KEYS[key], None)


@pytest.mark.parametrize(
    "key", ["blue-heron", "pale-blue-heron", "A-11", "B-1", "Ada Lindt", "Ida Lind", "Bay 14"]
)
def test_clear_keys_are_found(key):
    """A key that is written like a name has its value."""
    assert answer(f"What is the locker number of {key}?") == KEYS[key]


@pytest.mark.parametrize("wording", WORDINGS)
@pytest.mark.parametrize("key", ["blue-heron", "A-1", "Ada Lind", "Bay 40"])
def test_each_key_in_many_words(key, wording):
    """However it is asked, no other key's value is told."""
    assert answer(wording.format(key)) in (KEYS[key], None)


@pytest.mark.parametrize(
    "key",
    [
        "blue-herron",
        "green-heron",
        "Bay 5",
        "Bay 400",
        "A-2",
        "Ada Linde",
        "Ada",
        "C-1",
        "Unit 7/d",
        "x.y",
        "heron",
    ],
)
def test_keys_that_are_not_there(key):
    """A key that no statement has gets no other key's value."""
    assert answer(f"What is the locker number of {key}?") is None


@pytest.mark.parametrize("thing", ["key", "door number", "locker colour", "safe number", "locker size"])
def test_other_things_of_a_key(thing):
    """What is stated of a key is not told for another thing of it."""
    assert answer(f"What is the {thing} of blue-heron?") is None


@pytest.mark.parametrize(
    ("one", "other"), [("blue-heron", "A-11"), ("Ada Lindt", "Ida Lind"), ("B-1", "pale-blue-heron")]
)
def test_two_keys_in_the_asked_order(one, other):
    """Two keys have their values in the order of the question."""
    found = answer(f"What are the locker numbers of {one} and {other}?")
    assert found in (f"{KEYS[one]}, {KEYS[other]}", None)


@given(st.sampled_from(sorted(KEYS)), st.sampled_from(WORDINGS))
def test_values_are_of_the_key_or_nothing(key, wording):
    """For every key and wording the answer is that key's value or none."""
    assert answer(wording.format(key)) in (KEYS[key], None)


STATED = st.text("abcdefgh", min_size=3, max_size=8)


@settings(deadline=None, max_examples=40)
@given(st.lists(st.tuples(STATED, STATED), min_size=2, max_size=6, unique=True), st.data())
def test_invented_keys(pairs, data):
    """Of any keys with hyphens the asked one's value is told."""
    keys = {f"{one}-{other}": str(1000 + at) for at, (one, other) in enumerate(pairs)}
    read = reading("".join(f"The seal of {key} is {value}.\n\n" for key, value in keys.items()))
    key = data.draw(st.sampled_from(sorted(keys)))
    assert answer(f"What is the seal of {key}?", read) == keys[key]


@pytest.mark.parametrize("values", [["11"], ["11", "12"], ["11", "12", "13"], ["12", "11"], ["11", "11"]])
def test_all_values_of_a_key_in_text_order(values):
    """Each value of a key is told once, in the order of the text."""
    read = reading("".join(f"One of the marks of ash-9 is: {each}. {filler(4)}" for each in values))
    assert answer("What are all the marks of ash-9?", read) == ", ".join(dict.fromkeys(values))


@pytest.mark.parametrize(
    ("question", "sentence", "value"),
    [
        ("What is the toll of Orlock?", "The toll of Orlock is 12 crowns.", "12 crowns"),
        ("What is the toll of Orlock?", "The toll of Orlock was 12.", "12"),
        ("What is the toll of Orlock?", "Toll of Orlock = 12", "12"),
        ("What is the toll of Orlock?", "12 is the toll of Orlock.", "12"),
        ("What is the colour of the Orlock gate?", "The colour of the Orlock gate is dark green.", "dark green"),
        ("Who is the warden of Orlock?", "The warden of Orlock is Bo Ek.", "Bo Ek"),
        ("Who is the warden of Orlock?", "Bo Ek is the warden of Orlock.", "Bo Ek"),
        ("Who built the gate of Orlock?", "Bo Ek built the gate of Orlock.", "Bo Ek"),
        ("Who built the gate of Orlock?", "The gate of Orlock was built by Bo Ek.", "Bo Ek"),
        ("Where was Bo Ek born?", "Bo Ek was born in Tarn.", "Tarn"),
        ("In which town was Bo Ek born?", "Bo Ek was born in Tarn.", "Tarn"),
        ("When was Bo Ek born?", "Bo Ek was born in 1844.", "1844"),
        ("In which year was Bo Ek born?", "Bo Ek was born in 1844.", "1844"),
        ("What did Bo Ek buy?", "Bo Ek bought a red boat.", "red boat"),
        ("What is the pass phrase of Orlock?", "The pass phrase of Orlock is: seven wet dogs.", "seven wet dogs"),
    ],
)
def test_forms_of_statements(question, sentence, value):
    """What a sentence says of the asked thing is told without the question's words."""
    found = stated(wanted(question), sentence)
    assert found is not None
    assert found.text == value


@pytest.mark.parametrize(
    ("question", "sentence"),
    [
        ("What is the toll of Orlock?", "The toll of Orlock is not known."),
        ("What is the toll of Orlock?", "Nobody knows the toll of Orlock."),
        ("What is the toll of Orlock?", "Is the toll of Orlock 12?"),
        ("What is the toll of Orlock?", "The toll of Tarn is 12, not that of Orlock."),
        ("What is the toll of Orlock?", "The toll of Orlock Bridge is 12."),
        ("What is the toll of Orlock?", "If it rains, the toll of Orlock is 12."),
        ("Who is the warden of Orlock?", "The warden of Orlock is 12."),
        ("Who is the warden of Orlock?", "The warden of Orlock was born in 1844."),
        ("Where was Bo Ek born?", "Bo Ek was born in 1844."),
        ("When was Bo Ek born?", "Bo Ek was born in Tarn."),
        ("Where was Bo Ek born?", "Bo Ekman was born in Tarn."),
        ("Where was Bo Ek born?", "Bo Ek was never born in Tarn."),
        ("Where was Bo Ek born?", "Where was Bo Ek born?"),
        ("How many boats has Bo Ek?", "Bo Ek has red boats."),
        ("What is the toll of Orlock?", ""),
        ("Who is the founder of Ek Works?", "The founder of Ek Works is Bo Ek."),
        ("Who founded the Ek Works?", "The Ek Works was founded by Bo Ek."),
        ("Who is the owner of Lind Hall?", "Ada Lind is the owner of Lind Hall."),
    ],
)
def test_what_states_nothing(question, sentence):
    """Denials, questions, other names, values of another sort, and half a name, state nothing."""
    assert stated(wanted(question), sentence) is None


@pytest.mark.parametrize("ending", ["\n", "\r\n", "\n\n"])
def test_line_ends_do_not_matter(ending):
    """Statements on lines of their own are found with any line ends."""
    read = reading(ending.join(["The seal of ash-1 is 12.", "The seal of ash-2 is 13.", "End."]))
    assert answer("What is the seal of ash-2?", read) == "13"


@pytest.mark.parametrize("place", [0, 10, 200])
def test_a_statement_is_found_anywhere(place):
    """At the start, in the middle and at the end of a long text a statement is found alike."""
    text = filler(place) + "The seal of ash-1 is 12. " + filler(200 - place, place)
    assert answer("What is the seal of ash-1?", reading(text)) == "12"


@pytest.mark.parametrize(
    "question", ["What is the locker number of blue-heron?", "What is the locker number of A-11?"]
)
def test_evidence_states_the_answer(question):
    """The cited sentence has the key and the value."""
    found = solve_sentences(asked(question), READING)
    lines = [READING.document.read(span) for span in found.evidence]
    assert len(lines) == 1
    assert found.answer in lines[0]
    assert question.split()[-1].rstrip("?") in lines[0]


def test_a_contradiction_is_told_with_both_values():
    """Two values that "is" ties to a key are both told, for a person to see."""
    read = reading("The seal of ash-1 is 12.\n\n" + filler(10) + "The seal of ash-1 is 99.\n")
    assert [one.value.text for one in statements("What is the seal of ash-1?", read)] == ["12", "99"]
