"""What holds for the records of every shape: rows in order, values at their places, the same when read again."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rao_cli.documents.data.find import find_records
from rao_cli.documents.model import Span
from tests.documents.data.making import ACCESS, SYSLOG, check, document_of
from tests.documents.logs.lines import LOGS

CARDS = "".join(f"Name: N{n}\nBorn: 19{n:02}-01-01\nTown: T{n}\n\n" for n in range(6))
CSV = "who,age,town\n" + "".join(f"p{n},{20 + n},T{n % 3}\n" for n in range(12))
MARKDOWN = (
    "# Notes\n\n| who | age |\n|---|---|\n" + "".join(f"| p{n} | {n} |\n" for n in range(6)) + "\nThe end.\n"
)
PLAY = "".join(f"ANN: line {n}, and more of it\nBOB: no, not {n} of them\n" for n in range(12))
CHAPTERS = "".join(f"# Chapter {n}\n\nWords of chapter {n} stand here.\n\n" for n in range(6))
PAIRS = "".join(f"time=2024-01-01T00:00:{n:02}Z level=info ms={n}\n" for n in range(12))
JSONL = "".join(f'{{"who": "p{n}", "age": {n}, "tags": ["a"]}}\n' for n in range(12))
JOINED = "==> a.log <==\n" + SYSLOG + "\n==> b.log <==\n" + ACCESS
TEXTS = {
    "access": ACCESS * 3,
    "syslog": SYSLOG * 2,
    "cards": CARDS,
    "csv": CSV,
    "tsv": CSV.replace(",", "\t"),
    "markdown": MARKDOWN,
    "play": PLAY,
    "chapters": CHAPTERS,
    "pairs": PAIRS,
    "jsonl": JSONL,
    "joined": JOINED,
    "prose": "It rained all day. Nobody went out.\n" * 20,
    "empty lines": "\n" * 30,
    "one line": "only this",
    **{f"log {name}": text * 4 for name, text in LOGS.items()},
}
named = pytest.mark.parametrize("name", TEXTS)


def all_rows(document):
    """Return all rows of all records of a document, each checked."""
    return [row for records in find_records(document) for row in check(document, records)]


@named
def test_values_stand_where_they_say(name):
    """Rows of every shape are in order inside their records, and each value is the text at its place."""
    document = document_of(TEXTS[name])
    found = find_records(document)
    assert found
    for records in found:
        assert 0 <= records.span.start <= records.span.end <= len(document.text)
        check(document, records)


@named
def test_rows_read_twice_are_the_same(name):
    """Records can be read as often as wanted, from the beginning each time."""
    for records in find_records(document_of(TEXTS[name])):
        assert list(records.read()) == list(records.read())


@named
def test_columns_have_names_of_their_own(name):
    """No two columns of records share a name, no column is nameless, and each has one of the four kinds."""
    for records in find_records(document_of(TEXTS[name])):
        names = [column.name for column in records.columns]
        assert all(names)
        assert len(set(names)) == len(names)
        assert all(column.kind in ("number", "time", "word", "text") for column in records.columns)


@named
def test_every_line_is_a_record_of_lines(name):
    """Whatever shapes a file has, its lines can be counted, each once and with its text."""
    text = TEXTS[name]
    lines = [records for records in find_records(document_of(text)) if records.shape == "lines"]
    whole = max(lines, key=lambda records: len(records.span))
    assert [row.values[0] for row in whole.read()] == text.removesuffix("\n").split("\n")


@named
def test_records_of_a_file_have_its_path_and_nouns(name):
    """Records tell their file, and what a person calls one of them."""
    for records in find_records(document_of(TEXTS[name], "in/notes.txt")):
        assert records.path == "in/notes.txt"
        assert records.nouns
        assert all(noun == noun.lower().strip() and noun for noun in records.nouns)


@named
@pytest.mark.parametrize("before", ["", "\n\n", "A line of words comes first.\n"])
def test_what_stands_before_moves_the_places(name, before):
    """Lines before a text do not break its places."""
    all_rows(document_of(before + TEXTS[name]))


@named
@pytest.mark.parametrize("share", [0.1, 0.5, 0.9])
def test_a_text_that_is_cut_has_right_places(name, share):
    """A file that ends anywhere, in a line, a cell or a quote, is read to its end."""
    all_rows(document_of(TEXTS[name][: int(len(TEXTS[name]) * share)]))


@pytest.mark.parametrize("name", [name for name, text in TEXTS.items() if text.strip()])
def test_no_newline_at_the_end(name):
    """The last row does not need a newline, and has the same values without it."""
    text = TEXTS[name].rstrip("\n")
    one = [(row.values, row.span) for row in all_rows(document_of(text))]
    other = [(row.values, row.span) for row in all_rows(document_of(text + "\n"))]
    assert one == other


PIECES = ["a,b,c\n", '"x\n', "# T\n", "| a | b |\n", "|---|---|\n", "ANN: x\n", "Name: x\n", "==> f <==\n", "\n"]
PIECES += [
    '{"a": 1}\n',
    "k=v j=w\n",
    "2024-01-01 00:00:00 INFO x: y\n",
    "é漢😀\n",
    "\t\n",
    "---\n",
    "x" * 90 + "\n",
]
pieces = st.sampled_from([*PIECES, "{\n", "x" * 90 + "\n"])


@settings(max_examples=60)
@given(st.lists(st.tuples(pieces, st.integers(1, 6)), max_size=12))
def test_any_mixture_has_right_places(found):
    """Texts of pieces of all shapes, in any order, have rows in order with values where they stand."""
    document = document_of("".join(piece * times for piece, times in found))
    all_rows(document)


@settings(max_examples=60)
@given(st.text(alphabet='ab1 ,;|"\t\n:=#{}[]-é', max_size=300))
def test_any_text_has_right_places(text):
    """No text at all breaks the reading of its records."""
    document = document_of(text)
    for row in all_rows(document):
        assert isinstance(row.span, Span)
