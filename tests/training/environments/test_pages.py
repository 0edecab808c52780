"""Pieces of text keep the places of what stands in them, however they are put together."""

from hypothesis import given
from hypothesis import strategies as st

from rao_cli.documents.model import Span
from rao_cli.training.environments.invented import chance_of
from rao_cli.training.environments.pages import Piece, inside, join, lead_in, mixed, plain

MARKED = st.lists(
    st.tuples(st.text(max_size=9), st.text(min_size=1, max_size=9), st.text(max_size=9)), min_size=1, max_size=6
)


def marked(parts):
    """Return pieces with the middle of each marked, and what is marked by its key."""
    pieces = [
        Piece("".join(part), {(n, "a"): Span(len(part[0]), len(part[0]) + len(part[1]))})
        for n, part in enumerate(parts)
    ]
    return pieces, {(n, "a"): part[1] for n, part in enumerate(parts)}


def told(piece):
    """Return what stands at the marks of a piece."""
    return {key: piece.text[span.start : span.end] for key, span in piece.marks.items()}


@given(MARKED, st.text(max_size=3))
def test_joined_pieces_keep_their_marks(parts, between):
    """After joining, each mark still stands at its value."""
    pieces, values = marked(parts)
    assert told(join(pieces, between)) == values


@given(MARKED, st.text(max_size=60), st.integers())
def test_sentences_inside_keep_their_marks(parts, paragraph, seed):
    """A sentence between those of a paragraph keeps its marks."""
    pieces, values = marked(parts)
    assert told(inside(paragraph, pieces, chance_of(seed))) == values


@given(MARKED, MARKED, st.lists(st.text(max_size=30), max_size=4), st.integers())
def test_a_text_has_all_its_pieces(sentences, blocks, paragraphs, seed):
    """Every sentence and block is in the text, with its marks."""
    pieces, values = marked([*sentences, *blocks])
    count = len(sentences)
    assert told(mixed(paragraphs, pieces[:count], pieces[count:], chance_of(seed))) == values


def test_the_first_place_counts():
    """Where a value stands twice, the first place is told."""
    piece = Piece("x", {(0, "a"): Span(0, 1)})
    assert join((piece, piece), "-").marks == {(0, "a"): Span(0, 1)}


def test_words_before_a_sentence():
    """Behind other words a sentence begins small, but a name stays as it is."""
    assert lead_in(plain("The fire is out."), chance_of(1)).text.endswith(" the fire is out.")
    name = Piece("Ada left.", {(0, "person"): Span(0, 3)})
    assert told(lead_in(name, chance_of(1))) == {(0, "person"): "Ada"}


def test_a_paragraph_alone_stays():
    """Without sentences for it a paragraph is kept but for its line breaks between sentences."""
    assert inside("One. Two!\nThree? four.", [], chance_of(1)).text == "One. Two! Three? four."
