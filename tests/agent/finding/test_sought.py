import pytest
from hypothesis import given
from hypothesis import strategies as st

from rao_cli.agent.finding.sought import understand


@pytest.mark.parametrize(
    ("question", "sort"),
    [
        ("Who painted the old mill?", "person"),
        ("When was the mill painted?", "time"),
        ("In which year did the mill burn?", "year"),
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


@pytest.mark.parametrize(
    ("question", "asks", "slot"),
    [
        ("Who painted it?", "who", 0),
        ("In which year was it painted?", "which", 1),
        ("The mill stands between Tarn and what town?", "what", 6),
        ("Until it rains, where do they wait?", "where", 3),
        ("Name the painter.", "", -1),
    ],
)
def test_the_place_of_the_asking_word(question, asks, slot):
    """The asking word is found wherever it stands."""
    sought = understand(question)
    assert (sought.asks, sought.slot) == (asks, slot)


@pytest.mark.parametrize(
    ("question", "noun_words"),
    [
        ("Which town owns it?", ("town",)),
        ("Which small town in Kent owns it?", ("smal", "town")),
        ("Which option stops the clock?", ("opt",)),
        ("Which firm built the bridge?", ("firm",)),
        ("What is the population of Tarn?", ("popul",)),
        ("What are all the codes for Tarn?", ("cod",)),
        ("Whose boat sank?", ("boat",)),
        ("What has Ann seen?", ()),
        ("Who owns it?", ()),
        ("Which Kent owns it?", ("kent",)),
    ],
)
def test_noun_phrases(question, noun_words):
    """A noun phrase ends at a verb, a small word or a name."""
    assert understand(question).noun_words == noun_words


@pytest.mark.parametrize(
    ("question", "sort"),
    [
        ("Which people own it?", "person"),
        ("Which cities own it?", "place"),
        ("What percentage is owned?", "number"),
        ("Which classes are there?", "code"),
        ("How old is it?", "number"),
        ("How late did it start?", "time"),
        ("How much did they pay?", "money"),
        ("How should it be done?", "manner"),
        ("What is the price of it?", "money"),
        ("On what date was it sold?", "time"),
        ("Which newspaper told it?", "name"),
        ("To whom was it sold?", "person"),
    ],
)
def test_more_sorts(question, sort):
    """Plural nouns, measures and nouns after "what is the" tell the sort, too."""
    assert understand(question).sort == sort


@pytest.mark.parametrize(
    ("question", "verb"),
    [
        ("What did Ann buy in Tarn?", "tarn"),
        ("When did the shop open?", "open"),
        ("Who wrote the letter?", "write"),
        ("Which firm built the bridge?", "build"),
        ("Who was it?", ""),
    ],
)
def test_verbs(question, verb):
    """The verb is the first content word after the asking phrase, or the last small-lettered one of an object."""
    found = understand(question).verb
    assert found == verb or (verb == "tarn" and found == "buy")


@pytest.mark.timeout(5)
@pytest.mark.parametrize("text", ["what " * 5_000, "the of " * 5_000, "Which " + "big " * 5_000 + "?"])
def test_endless_questions(text):
    """A question of any length is understood in linear time."""
    assert understand(text).words
