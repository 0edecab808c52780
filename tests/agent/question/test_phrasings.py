"""Options, forms and kinds in many phrasings: what is offered is found whole, and nothing else is."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rao_cli.agent.question.model import choices_of
from rao_cli.agent.question.options import keyed, listed, offered
from rao_cli.agent.question.recognise import recognise
from rao_cli.agent.question.sentences import masked, quoted, sentences

OFFERED = [
    ("Which is larger, the mill or the barn?", ["the mill", "the barn"]),
    ("Who left first: Ann, Bob or Cy?", ["Ann", "Bob", "Cy"]),
    ("Which of these is a fruit: plum, spoon, chair?", ["plum", "spoon", "chair"]),
    ("What is it (a dog or a cat)?", ["a dog", "a cat"]),
    ("Is the door open or closed?", ["open", "closed"]),
    ("Was it before or after the war?", ["before", "after"]),
    ("Between Ann and Bob, who is older?", ["Ann", "Bob"]),
    ("Which occurs more often, 'open' or 'shut'?", ["open", "shut"]),
]


@pytest.mark.parametrize(("question", "options"), OFFERED)
def test_options_inside_of_a_question(question, options):
    """What "or" and commas join at the end of a question is what it offers."""
    found = [option.text for option in offered(question)]
    assert [one.removeprefix("the ").removeprefix("a ") for one in found] == [
        one.removeprefix("the ").removeprefix("a ") for one in options
    ]


@pytest.mark.parametrize(
    "question",
    [
        "Who wrote the book?",
        "How many lines contain 'a' and 'b'?",
        "When did Ann, who was old, leave the town?",
        "What is the capital of the country?",
        "Why did the wheel stop?",
        "Which town did he leave?",
        "List all names.",
        "",
        "?",
        "or",
    ],
)
def test_questions_that_offer_nothing(question):
    """A question without alternatives offers none."""
    assert offered(question) == ()


STYLES = {
    "bracket": "({})",
    "half bracket": "{})",
    "full stop": "{}.",
    "square": "[{}]",
}


@pytest.mark.parametrize("style", STYLES.values(), ids=STYLES)
@pytest.mark.parametrize("letters", ["ABCD", "abcd", "1234"])
def test_keys_of_options(style, letters):
    """Letters and numbers on lines of their own are keys in each usual style."""
    names = ["north wind", "south wind", "east wind", "west wind"]
    lines = [f"{style.format(letter)} {name}" for letter, name in zip(letters, names, strict=True)]
    rest, options = keyed("Which wind blew?\n" + "\n".join(lines))
    assert rest.strip() == "Which wind blew?"
    assert [(option.key, option.text) for option in options] == list(zip(letters, names, strict=True))


@pytest.mark.parametrize("count", [2, 3, 5, 8, 12, 26])
def test_any_number_of_options(count):
    """From two options up to a whole alphabet all are found."""
    letters = [chr(ord("A") + at) for at in range(count)]
    _, options = keyed("Which?\n" + "\n".join(f"{letter}) word {letter}" for letter in letters))
    assert [option.key for option in options] == letters


@pytest.mark.parametrize(
    ("text", "items"),
    [
        ("red, green, blue", ["red", "green", "blue"]),
        ("red, green and blue", ["red", "green", "blue"]),
        ("red, green, or blue", ["red", "green", "blue"]),
        ("red or green", ["red", "green"]),
        ("red; green; blue", ["red", "green", "blue"]),
        ("'red', 'green'", ["red", "green"]),
        ("“red”, “green” or “blue”", ["red", "green", "blue"]),
        ("either red or green", ["red", "green"]),
        ("red / green / blue", ["red", "green", "blue"]),
        ("red, red, green", ["red", "green"]),
        ("red\ngreen\nblue", ["red", "green", "blue"]),
        ("very true, true, false.", ["very true", "true", "false"]),
        ("red", []),
        ("", []),
        (",,,", []),
    ],
)
def test_lists(text, items):
    """Commas, semicolons, slashes, lines and "or" divide a list; each item is there once."""
    assert [option.text for option in listed(text)] == items


@pytest.mark.parametrize(
    ("question", "kind"),
    [
        ("How many wheels are there in this table?", "count"),
        ("How often does 'tick' occur in the log?", "count"),
        ("Count the rows with colour red.", "count"),
        ("What is the total number of rows in the table?", "count"),
        ("Which user has the most lines?", "extreme"),
        ("What is the time stamp of the first line?", "extreme"),
        ("Which row has the lowest price?", "extreme"),
        ("Is the mill old?", "yes-no"),
        ("Does the wheel turn?", "yes-no"),
        ("Can the gate be closed at night?", "yes-no"),
        ("Why does the wheel turn?", "explain"),
        ("How does the wheel turn?", "explain"),
        ("Explain the wheel.", "explain"),
        ("Summarize the document.", "summary"),
        ("What is this document about?", "summary"),
        ("Give me a short summary of the text.", "summary"),
        ("List all wheels.", "list"),
        ("Name all wheels that turn.", "list"),
        ("In which file is the function turn defined?", "where"),
        ("On which page is the wheel described?", "where"),
        ("Who built the mill?", "fact"),
        ("What is the name of the miller?", "fact"),
        ("When was the mill built?", "fact"),
    ],
)
def test_kinds(question, kind):
    """The first words of a question tell its kind."""
    assert recognise(question).kind == kind


@pytest.mark.parametrize(
    ("question", "shape"),
    [
        ("How many rows are there in the table?", "number"),
        ("When was the mill built?", "time"),
        ("In which year was the mill built?", "time"),
        ("Who built the mill?", "name"),
        ("Where is the mill?", "place"),
        ("Is the mill old?", "yes-no"),
        ("List all mills.", "list"),
        ("Who built it? Answer with a name.", "name"),
        ("How old is it? Answer with a number.", "number"),
        ("Is it old? Answer yes or no.", "yes-no"),
        ("What turns? Answer with one of: wheel, stone.", "option"),
        ("What turns?\nA) wheel\nB) stone", "letter"),
    ],
)
def test_shapes(question, shape):
    """The form of the answer follows from the question, or from what it says about the answer."""
    assert recognise(question).form.shape == shape


@pytest.mark.parametrize(
    ("question", "choices"),
    [
        ("Is it old? Answer yes or no.", ("yes", "no")),
        ("True or false: the wheel turns.", ("true", "false")),
        ("What turns? Answer with one of: wheel, stone.", ("wheel", "stone")),
        ("What turns?\nA) wheel\nB) stone", ("A", "B")),
        ("What turns?", ()),
    ],
)
def test_choices(question, choices):
    """What an answer must be one of is letters, options, or yes and no."""
    assert choices_of(recognise(question).form) == choices


@pytest.mark.parametrize(
    "ending",
    [
        " Answer with a number.",
        " Answer in one word.",
        " Reply with the name only.",
        " Give only the answer.",
        " Keep it short.",
        " No explanation.",
        " Please answer briefly.",
        " (Answer with a number.)",
    ],
)
def test_words_on_the_form_are_no_part_of_the_stem(ending):
    """How to answer is left out of the question's own words."""
    assert recognise(f"Who built the mill?{ending}").stem == "Who built the mill?"


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("One. Two.", ["One.", "Two."]),
        ("Is it? Yes!", ["Is it?", "Yes!"]),
        ("He said 'a. b.' and left. Then?", ["He said 'a. b.' and left.", "Then?"]),
        ("Mr. Oss left. Why?", ["Mr. Oss left.", "Why?"]),
        ("See e.g. Ann. Why?", ["See e.g. Ann.", "Why?"]),
        ("Version 1.2.3 is out. When?", ["Version 1.2.3 is out.", "When?"]),
        ("a\n\nb", ["a", "b"]),
        ("这是什么？那是什么？", ["这是什么？", "那是什么？"]),
        ("no end", ["no end"]),
        ("", []),
    ],
)
def test_sentences_of_questions(text, parts):
    """End marks divide, but not in quotations, abbreviations and numbers."""
    assert sentences(text) == parts


@pytest.mark.parametrize(
    ("text", "inside"),
    [
        ("'a' and \"b\"", ["a", "b"]),
        ("it's Ann's", []),
        ("“a b”, `c`", ["a b", "c"]),
        ("'a", []),
        ("''", []),
        ("x'a'x", []),
    ],
)
def test_quotations(text, inside):
    """What stands between quotation marks is found; apostrophes quote nothing."""
    assert quoted(text) == inside


@given(st.text(alphabet="ab '\"“”‘’`.?!\n", max_size=80))
def test_masking_keeps_places(text):
    """Hiding quotations changes no place in a text."""
    assert len(masked(text)) == len(text)


@given(st.text(max_size=120))
def test_no_sentence_is_lost(text):
    """The sentences of a text hold all of it but white space."""
    assert "".join("".join(sentences(text)).split()) == "".join(text.split())


@given(st.lists(st.text("abcdefgh", min_size=1, max_size=8), min_size=2, max_size=8, unique=True))
def test_listed_options_come_back(words):
    """Plain words joined by commas are the options, in their order."""
    names = [f"{word}x" for word in words]
    assert [option.text for option in listed(", ".join(names))] == names


@pytest.mark.timeout(10)
@pytest.mark.parametrize(
    "text",
    ["a or " * 2000, "A) " * 2000, "'a', " * 1500, "which: " * 1000, "(" * 5000, "or, " * 1500, "- a\n" * 1500],
)
def test_endless_options(text):
    """Endless lists and keys are read at once."""
    recognise(text)
    recognise(f"Which is it: {text}?")
