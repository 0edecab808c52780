"""What moves a passage up: definitions, numbers, phrases, paths, and words meant by misspelt ones."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rao_cli.documents.model import CodeFile, Span, Symbol
from rao_cli.documents.search import SearchIndex, terms
from tests.documents.search.making import document_of, files_of, index_of, leaves_of

FILLER = "Plain words about nothing in particular stand on this line.\n" * 40


def best(text, query):
    """Return the best passage of a text."""
    document, index = index_of(text)
    hits = index.ranked(query, 1)
    return document.read(hits[0].span) if hits else ""


def coded(text, *names):
    """Return a document in which code defines names, each where it is preceded by def."""
    document = document_of(text)
    symbols = tuple(
        Symbol(name, "function", f"def {name}()", Span(text.index(f"def {name}"), text.index(f"def {name}") + 40))
        for name in names
    )
    return replace(document, code=(CodeFile(0, "python", symbols, (), ""),))


def first_of(document, query):
    """Return the best passage of a document."""
    (hit,) = SearchIndex(document, leaves_of(document, 100)).ranked(query, 1)
    return document.read(hit.span)


@pytest.mark.parametrize(
    "query",
    ["Where is loadTable defined?", "What does the function loadTable do?", "What is 'loadTable' for?"],
)
def test_a_definition_comes_before_its_uses(query):
    """A question that names an identifier is led to where it is defined, however often others name it."""
    uses = "loadTable(loadTable(loadTable))\n" * 3
    text = (
        FILLER
        + uses
        + FILLER
        + "def loadTable(path):\n    return open(path).read().split() + [1, 2, 3]\n"
        + FILLER
        + uses
    )
    assert "def loadTable" in first_of(coded(text, "loadTable"), query)
    assert "def loadTable" not in first_of(document_of(text), query)


def test_a_plain_word_is_no_name():
    """A definition that happens to be called like a word of the question does not come forward."""
    text = "They run a mill and run it well, and the mill will run.\n" + FILLER + "def run(self):\n    return 0\n"
    assert "mill" in first_of(coded(text, "run"), "Who can run a mill?")
    assert "def run" in first_of(coded(text, "run"), "What does the method run return?")


def test_definitions_keep_to_the_spans():
    """A definition outside the spans that are searched is not returned."""
    text = "loadTable is called here\n" + FILLER + "def loadTable(path):\n    pass\n"
    index = SearchIndex(document := coded(text, "loadTable"), leaves_of(document, 100))
    hits = index.ranked("loadTable", within=[Span(0, 20)])
    assert hits
    assert all(hit.span.start < 20 for hit in hits)


@pytest.mark.parametrize("question", ["When was the bridge opened?", "How many arches has the bridge?"])
def test_numbers_are_preferred_where_one_is_asked_for(question):
    """Of passages that match alike, the one with a number of its own answers a question for a number."""
    without, telling = "The bridge opened with arches in spring.\n", "The bridge opened with 7 arches in 1894.\n"
    text = FILLER + without + FILLER + telling + FILLER
    assert "1894" in best(text, question)


def test_numbers_of_the_question_prefer_nothing():
    """A number that the question already has is not what is asked for."""
    assert terms.asks_number("In which year did it end?")
    text = f"{FILLER}The war of 1812 went on in the north.\n{FILLER}The war ended in 1815 in the north.\n{FILLER}"
    assert "1815" in best(text, "In which year did the war of 1812 in the north end?")


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("Which part is about tape-recorder?", {"tape recorder"}),
        ("Lines with 'Failed password' in auth.log", {"failed password", "auth log"}),
        ("a_b-c is `x y z`", {"a b c", "x y z"}),
        ("nothing joined", set()),
    ],
)
def test_joined_words_are_phrases(query, expected):
    """Words joined by hyphens, dots or quotation marks are also looked for as they follow each other."""
    assert set(terms.phrases(query)) == expected


def test_a_phrase_counts_more_than_its_words():
    """A passage with the words side by side comes before one with the same words apart."""
    apart = "The tape was on the recorder, and a recorder was on the tape, as it were.\n"
    text = (
        apart + FILLER + "He found the tape-recorder which they had, as it were, and a few lines more.\n" + FILLER
    )
    assert "tape-recorder" in best(text, "tape-recorder")


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("exponentation", "exponentiation"),
        ("acommodation", "accommodation"),
        ("configur", "configuration"),
        ("zzzzqqq", ""),
        ("x1y2z3w4", ""),
    ],
)
def test_misspelt_words_find_what_is_meant(query, found):
    """A word that occurs nowhere stands for one that begins with it, or is spelt nearly so; else for nothing."""
    text = FILLER + "exponentiation, accommodation and configuration\n" + FILLER
    assert found in best(text, query)
    assert bool(best(text, query)) == bool(found)


def test_words_that_occur_are_not_replaced():
    """A word of the text is taken as it is, even if another is spelt alike."""
    text = FILLER + "affect\n" + FILLER * 3 + "effect effect effect\n" + FILLER
    assert "affect" in best(text, "affect")


def test_file_names_are_searched():
    """A file is found by its name, though its text does not have it; the folder above all is no help."""
    document = files_of(
        {"top/src/parse_config.py": FILLER, "top/src/HttpServer.py": FILLER, "top/other.md": FILLER}
    )
    index = SearchIndex(document, leaves_of(document))
    for query, path in (("config parser", "top/src/parse_config.py"), ("http server", "top/src/HttpServer.py")):
        assert document.locate(index.ranked(query, 1)[0].span).path == path
    assert index.ranked("top") == []
    assert index.ranked("src")


@pytest.mark.parametrize(
    ("text", "inner"),
    [
        ("parseConfig", ["parse", "Config"]),
        ("HTTPServer2", ["HTTP", "Server", "2"]),
        ("getURLForID ok", ["get", "URL", "For", "ID"]),
        ("plain words, UPPER and snake_case", []),
        ("", []),
    ],
)
def test_identifiers_are_taken_apart(text, inner):
    """Words are found inside identifiers that are written together."""
    assert terms.inner_words(text).split() == inner


@given(st.text(max_size=100))
def test_any_query_has_few_terms(query):
    """Terms, phrases and names of any query are bounded and can be stored."""
    found = terms.terms(query) + terms.phrases(query)
    assert len(found) <= 128
    assert all(term and '"' not in term for term in found)
    " ".join(found).encode()


@given(st.text(alphabet="aB1_ é\n", max_size=120))
def test_passages_are_all_of_the_text(text):
    """Whatever the text, every word of it belongs to a passage of the leaf that holds it."""
    document = document_of(text)
    index = SearchIndex(document, [document.root])
    for word in {word for word in text.split() if word.isalpha()}:
        assert any(word in document.read(hit.span) for hit in index.ranked(word, 100))
