import pytest
from hypothesis import given
from hypothesis import strategies as st

from rao_cli.agent.finding.statements import stated, wanted, without_source


def value(question, sentence):
    """Return what a sentence states for a question."""
    found = stated(wanted(question), sentence)
    return found and found.text


@pytest.mark.parametrize(
    ("question", "sentence", "answer"),
    [
        ("What is the door code for amber-owl?", "One of the door codes for amber-owl is: 8841.", "8841"),
        ("What is the door code for amber-owl mentioned in the text?", "Door code for amber-owl: 88.", "88"),
        ("What is the door code of the Turin office?", "The door code of the office in Turin is 17-B.", "17-B"),
        (
            "What is Ada Lind's title?",
            "Remember this: the title of Ada Lind is Chief Beekeeper.",
            "Chief Beekeeper",
        ),
        ("Who is the keeper of Orlock?", "Mara Voss is the keeper of Orlock.", "Mara Voss"),
        (
            "Where does the keeper of Orlock hide the key?",
            "The keeper of Orlock hides the key under a tile.",
            "under a tile",
        ),
        ("In which town was Piet Halm last seen?", "Piet Halm was last seen in Tarn.", "Tarn"),
        ("Who painted the mill at Tarn?", "The mill at Tarn was painted by Olaf Brun.", "Olaf Brun"),
        ("Who painted the mill at Tarn?", "Olaf Brun painted the mill at Tarn.", "Olaf Brun"),
        ("What did Olaf Brun paint in Tarn?", "In Tarn Olaf Brun painted the mill.", "mill"),
        ("Which tag does red-elk carry?", "By the books, red-elk carries the tag 77-AX.", "77-AX"),
        ("List every value that the dial of red-elk showed.", "The dial of red-elk once showed 411.", "411"),
        ("What did the toll for red-elk come to?", "The toll for red-elk came to 18.", "18"),
        ("Where did Ivo Marr take rooms?", "Ivo Marr took rooms in Tarn that summer.", "Tarn"),
        ("How many boats did Ivo Marr sell?", "The boats that Ivo Marr sold were 12.", "12"),
        ("What is the motto of Tarn?", 'The motto of Tarn is "Ever Onward".', "Ever Onward"),
        ("What are all the pass words for red-elk?", "Pass word for red-elk: swordfish", "swordfish"),
        ("Please tell me the pass word for red-elk.", "The pass word for red-elk is swordfish.", "swordfish"),
    ],
)
def test_what_is_stated_is_read(question, sentence, answer):
    """A sentence with all of a question's words states what is left over."""
    assert value(question, sentence) == answer


@pytest.mark.parametrize(
    ("question", "sentence"),
    [
        ("What is the door code for amber-owl?", "The door code for amber-owls is: 8841."),
        ("What is the door code for amber-owl?", "The door code for grey-amber-owl is: 8841."),
        ("What is the door code for amber-owl?", "The gate code for amber-owl is: 8841."),
        ("What is the door code for amber-owl?", "The door code for amber-owl is not 8841."),
        ("What is the door number for amber-owl?", "The door number for amber-owl is secret."),
        ("What is the code of Ada Lind?", "The code of Lind, not of Ada, is 5."),
        ("What is the code of Ada Lind?", "Lind knows the code, and Ada has been there."),
        ("Who painted the mill at Tarn?", "The mill at Tarn was painted in 1803."),
        ("Where was the mill painted by Olaf Brun?", "Olaf Brun painted the mill in 1803."),
        ("Who painted the mill at Tarn?", "He painted the mill at Tarn."),
        ("When was the mill at Tarn painted?", "The mill at Tarn was painted in blue."),
        ("What is the roof of the mill made of?", "The roof of the mill is made well."),
        ("Where did Ivo Marr sell boats?", "Ivo Marr sold boats in 1803."),
        ("What did Ivo Marr win in Tarn?", "Ivo Marr won in Tarn in 1803."),
        ("How much oil came from Tarn?", "The oil came from Tarn in 1970."),
        ("Who was seen in Tarn?", "Ivo Marr has never been seen in Tarn."),
        ("What is the code of Bay 4?", "The code of Bay 14 is 5."),
        ("What is the code of Bay 4?", "The code of Bay 5 is 4."),
        ("What is the code of A1?", "Who knows what the code of A1 is?"),
        ("What is the code of A1?", "The code of A1 is the one that he wrote when it was lost."),
        ("", "Nothing is asked."),
    ],
)
def test_other_things_are_not_taken_for_it(question, sentence):
    """Near names, denials, values of another sort and sentences that point elsewhere state nothing."""
    assert value(question, sentence) is None


def test_the_source_is_no_part_of_a_question():
    """Words on where to look are left out."""
    assert without_source("What is the code for A1 mentioned in the provided text?") == "What is the code for A1?"


def test_a_value_has_its_place():
    """The span of a value holds it."""
    sentence = "The code of Bay 4 is:  9 9 1."
    found = stated(wanted("What is the code of Bay 4?"), sentence)
    assert sentence[found.span.start : found.span.end] == "9 9 1"


@given(st.text(max_size=80), st.text(max_size=120))
def test_any_question_and_sentence(question, sentence):
    """Whatever is read, a value is a part of the sentence."""
    found = stated(wanted(question), sentence)
    assert found is None or 0 <= found.span.start < found.span.end <= len(sentence)


@pytest.mark.timeout(5)
@pytest.mark.parametrize("text", ["in the text " * 20_000, "mentioned " * 20_000, "the of " * 20_000])
def test_long_questions_take_linear_time(text):
    """A question of any length is understood at once."""
    wanted(text)


@pytest.mark.parametrize(
    ("question", "sentence", "linked"),
    [
        ("What is the code of A1?", "The code of A1 is 5.", True),
        ("What is the code of A1?", "The code of A1: blue", True),
        ("Where did Ivo Marr hide the coin?", "Ivo Marr hid the coin inside a lamp.", False),
    ],
)
def test_is_or_a_colon_link_a_value(question, sentence, linked):
    """A value that "is" or a colon ties to the question is told from one that a verb leads to."""
    assert stated(wanted(question), sentence).linked == linked


@pytest.mark.parametrize(
    ("question", "keys"),
    [
        ("What is the code of amber-owl?", ("amber-owl",)),
        ("What is the code of Bay 4?", ("Bay", "4")),
        ("Which NATO code is it?", ("NATO",)),
        ("What is the colour of the roof?", ()),
        ("Where is it?", ()),
    ],
)
def test_names_by_their_form(question, keys):
    """Capitals, digits and hyphens make a key; the first word of a question is none."""
    assert wanted(question).keys == keys


@pytest.mark.parametrize(
    ("question", "plain"),
    [
        ("What is the code as stated in the document?", "What is the code?"),
        ("What are the codes of A1 found in the text above?", "What are the codes of A1?"),
        ("According to the passage, who left?", ", who left?"),
        ("What is in the text box?", "What is box?"),
        ("What is in the box?", "What is in the box?"),
    ],
)
def test_words_on_the_source(question, plain):
    """What only says where to look is cut out wherever it stands."""
    assert without_source(question) == plain
