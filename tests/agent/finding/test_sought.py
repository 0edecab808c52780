import pytest
from hypothesis import given
from hypothesis import strategies as st

from rao_cli.agent.finding.sought import understand


@pytest.mark.parametrize(
    ("question", "sort"),
    [
        ("Who painted the old mill?", "person"),
        ("When was the mill painted?", "time"),
        ("In which year did the mill burn?", "time"),
        ("Where is the mill?", "place"),
        ("Which small town owns the mill?", "place"),
        ("How many mills are there?", "number"),
        ("How much did the mill cost?", "money"),
        ("How much flour was ground?", "number"),
        ("Which option of the mill command prints dust?", "code"),
        ("What company bought the mill?", "name"),
        ("Why did the mill burn?", "manner"),
        ("How did the mill burn?", "manner"),
        ("What stands beside the mill?", "thing"),
        ("In which direction does the wheel turn?", "thing"),
        ("The mill was painted.", "thing"),
        ("", "thing"),
    ],
)
def test_sort_of_answer(question, sort):
    """The asking word and its noun tell what sort of answer is looked for."""
    assert understand(question).sort == sort


def test_the_verb_and_its_side():
    """After do, does and did the answer is the verb's object; else it is its subject."""
    bought, sold = understand("What did the miller buy?"), understand("Who sold the mill?")
    assert (bought.verb, bought.object) == ("buy", True)
    assert (sold.verb, sold.object) == ("sell", False)


def test_the_noun_phrase_of_the_answer():
    """What the answer is a kind of stands after what or which, or after what is the."""
    assert understand("Which small boat company left?").noun_words == ("smal", "boat", "compan")
    assert understand("What is the colour of the mill?").noun == understand("colour").stems[0]
    assert understand("What did the miller buy?").noun == ""


def test_content_words_come_once():
    """A question's content words are its stems without small words, each once."""
    assert understand("Did the mill, the Mill or the mills burn?").stems == ("mill", "burn")


@given(st.text(max_size=200))
def test_any_text_is_understood(text):
    """Nothing that is asked makes understanding fail."""
    assert understand(text).sort
