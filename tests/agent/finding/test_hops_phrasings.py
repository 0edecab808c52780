"""Chains of questions, what questions look for, and words of texts: many phrasings and their borders."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rao_cli.agent.compute.chains import solve_chains
from rao_cli.agent.finding.hops import MOST_HOPS, decompose
from rao_cli.agent.finding.sought import understand
from rao_cli.agent.finding.tokens import sentence_spans, stem, tokens
from tests.agent.finding.helpers import asked, reading
from tests.agent.helpers import filler

WORDS = "where was the author of who that in which town Bo Ek born wife is ?"
PERSONS = ("Bo Ek", "Ada Lind", "Ivo Marr", "Una Bell", "Sten Brun")
FACTS = (
    "The author of Grey Water is Bo Ek.",
    "The author of Tall Grass is Ada Lind.",
    "Bo Ek was born in Tarn.",
    "Ada Lind was born in Wick.",
    "The wife of Bo Ek is Una Bell.",
    "The wife of Ivo Marr is Ada Lind.",
    "Una Bell was born in Orlock.",
    "The mayor of Tarn is Ivo Marr.",
    "The mayor of Wick is Sten Brun.",
    "The founder of Nor Works is Bo Ek.",
    "Sten Brun was born in 1861.",
    "Ivo Marr was born in Holm.",
    "The capital of Norrland is Tarn.",
    "The owner of the red mill is Una Bell.",
)
READING = reading("".join(f"{filler(8, 8 * at)}{fact} " for at, fact in enumerate(FACTS)))

ANSWERED = [
    ("Where was the author of Grey Water born?", "Tarn"),
    ("Where was the author of Tall Grass born?", "Wick"),
    ("Where was Grey Water's author born?", "Tarn"),
    ("Where was the wife of Bo Ek born?", "Orlock"),
    ("Where was Bo Ek's wife born?", "Orlock"),
    ("Where was the mayor of Tarn born?", "Holm"),
    ("Where was the founder of Nor Works born?", "Tarn"),
    ("Where was the owner of the red mill born?", "Orlock"),
    ("Who is the wife of the author of Grey Water?", "Una Bell"),
    ("Who is the wife of the mayor of Tarn?", "Ada Lind"),
    ("Who is the mayor of the capital of Norrland?", "Ivo Marr"),
    ("Where was the wife of the author of Grey Water born?", "Orlock"),
    ("Where was the wife of the mayor of Tarn born?", "Wick"),
    ("Where was the wife of the mayor of the capital of Norrland born?", "Wick"),
]
LEFT = [
    "Where was the author of Blue Water born?",
    "Where was the author of Grey Grass born?",
    "Where did the author of Grey Water die?",
    "Who is the husband of the author of Grey Water?",
    "Where was the mayor of Orlock born?",
    "Where was the mayor of Wick born?",
    "Who is the mayor of the capital of Sorrland?",
    "Where was the owner of the blue mill born?",
    "Who is the author of Grey Water?",
    "Where was Bo Ek born?",
    "How many books did the author of Grey Water write?",
    "Why was the mayor of Tarn born?",
]


@pytest.mark.parametrize(("question", "expected"), ANSWERED)
def test_chains_are_answered(question, expected):
    """Two to four statements that lead to each other give the answer, whatever stands between them."""
    found = solve_chains(asked(question), READING)
    assert found is not None
    assert found.answer == expected


@pytest.mark.parametrize("question", LEFT)
def test_broken_chains_are_left(question):
    """A step that no statement makes, or makes of another sort, ends the chain without an answer."""
    assert solve_chains(asked(question), READING) is None


@pytest.mark.parametrize(("question", "expected"), ANSWERED)
def test_the_last_step_is_cited_first(question, expected):
    """Each step is cited once, and the first citation states the answer."""
    found = solve_chains(asked(question), READING)
    texts = [READING.document.read(span) for span in found.evidence]
    assert expected in texts[0]
    assert len(set(texts)) == len(texts) <= MOST_HOPS
    assert set(texts) <= set(FACTS)


@pytest.mark.parametrize("removed", range(4))
def test_a_chain_is_as_strong_as_each_step(removed):
    """Without any one of its statements a chain of four has no answer."""
    steps = [FACTS[12], FACTS[7], FACTS[5], FACTS[3]]
    kept = [fact for at, fact in enumerate(steps) if at != removed]
    question = "Where was the wife of the mayor of the capital of Norrland born?"
    assert solve_chains(asked(question), reading(filler(9) + "\n\n".join(kept) + filler(9, 9))) is None


@pytest.mark.parametrize(
    ("question", "steps"),
    [
        ("Where was the painter of The Mill born?", ["Who is the painter of The Mill?", "Where was {1} born?"]),
        ("When did the founder of Ek Works die?", ["Who is the founder of Ek Works?", "When did {1} die?"]),
        ("Where does the mayor of Tarn live?", ["Who is the mayor of Tarn?", "Where does {1} live?"]),
        (
            "What is the capital of the birthplace of Bo Ek?",
            ["What is the birthplace of Bo Ek?", "What is the capital of {1}?"],
        ),
        (
            "Who is the mayor of the town where Bo Ek was born?",
            ["In which town was Bo Ek born?", "Who is the mayor of {1}?"],
        ),
        (
            "What is the age of the woman who painted the gate?",
            ["Who painted the gate?", "What is the age of {1}?"],
        ),
        (
            "When was the school that Bo Ek built closed?",
            ["Which school is it that Bo Ek built?", "When was {1} closed?"],
        ),
    ],
)
def test_steps(question, steps):
    """The inner question is asked first, and its answer put into the next."""
    assert decompose(question) == steps


@pytest.mark.parametrize(
    "question",
    [
        "Where was Bo Ek born?",
        "Who wrote Grey Water?",
        "What is the toll of Orlock?",
        "How many mayors are there?",
        "Is the mayor of Tarn old?",
        "Which town is the largest?",
        "the author of",
        "Where was born?",
        "{1}",
        "?",
    ],
)
def test_single_questions(question):
    """A question of one step is not taken apart."""
    assert decompose(question) is None


@given(st.lists(st.sampled_from(WORDS.split(" "))))
def test_no_order_of_words_makes_too_many_steps(words):
    """However words are mixed, there are two to four steps, and only later ones name earlier answers."""
    steps = decompose(" ".join(words))
    assert steps is None or (2 <= len(steps) <= MOST_HOPS and "{1}" not in steps[0])


@pytest.mark.parametrize(
    ("question", "sort"),
    [
        ("Who left?", "person"),
        ("Whom did they see?", "person"),
        ("Which author left?", "person"),
        ("When did it end?", "time"),
        ("On what day did it end?", "time"),
        ("In which year did it end?", "year"),
        ("Where is it?", "place"),
        ("In which city is it?", "place"),
        ("How many are there?", "number"),
        ("How far is it?", "number"),
        ("What percentage is it?", "number"),
        ("How much did it cost?", "money"),
        ("What was the price?", "money"),
        ("Which company made it?", "name"),
        ("What is the title of it?", "name"),
        ("Which option hides it?", "code"),
        ("Which function opens it?", "code"),
        ("How did it end?", "manner"),
        ("Why did it end?", "manner"),
        ("What is it?", "thing"),
        ("Name it.", "thing"),
        ("", "thing"),
    ],
)
def test_sorts(question, sort):
    """The asking words, or the noun behind them, tell what sort of thing is looked for."""
    assert understand(question).sort == sort


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("build", "built", True),
        ("founder", "founded", True),
        ("cities", "city", True),
        ("wives", "wifes", False),
        ("paint", "painted", True),
        ("Tarn", "tarn", True),
        ("mill", "mile", False),
        ("A-1", "A-11", False),
        ("2.0", "20", False),
        ("glass", "glas", False),
        ("died", "death", True),
        ("chosen", "choice", True),
        ("man", "men", True),
    ],
)
def test_words_of_one_stem(one, other, same):
    """Forms of a word are one; words and keys that only look alike are not."""
    assert (stem(one) == stem(other)) is same


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("", 0),
        (" \n\t ", 0),
        ("One.", 1),
        ("One. Two. Three.", 3),
        ("Mr. and Mrs. Oss came.", 1),
        ("It cost 3.50 crowns.", 1),
        ("Really?! Yes.", 2),
        ("a\n\nb\n\nc", 3),
        ("J. K. Oss left. He ran.", 2),
        ("...", 1),
    ],
)
def test_how_many_sentences(text, count):
    """Full stops in names and numbers end no sentence; blank lines do."""
    assert len(list(sentence_spans(text))) == count


@given(st.text(max_size=200))
def test_words_stand_in_order(text):
    """Words never overlap, and each stands where it says."""
    end = 0
    for word in tokens(text):
        assert end <= word.start < word.end
        assert text[word.start : word.end] == word.text
        end = word.end


@given(st.text("abcdefghijklmnopqrstuvwxyzABC'-", min_size=1, max_size=20))
def test_a_stem_is_found_again(word):
    """Upper and lower case have one stem, which is never empty."""
    assert stem(word)
    assert stem(word) == stem(word.lower())


@pytest.mark.parametrize("person", PERSONS)
def test_each_person_is_kept_apart(person):
    """What is told of a person is stated of that person."""
    found = solve_chains(asked(f"Where was the wife of {person} born?"), READING)
    expected = {"Bo Ek": "Orlock", "Ivo Marr": "Wick"}
    assert (found.answer if found else None) == expected.get(person)
