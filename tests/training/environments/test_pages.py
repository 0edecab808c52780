"""Pieces of text keep the places of what stands in them, however they are put together."""

from hypothesis import given
from hypothesis import strategies as st

from rao_cli.documents.model import Span
from rao_cli.training.environments.asked import Asked, Asking
from rao_cli.training.environments.facts import Book, Template, fact_kinds
from rao_cli.training.environments.invented import chance_of
from rao_cli.training.environments.pages import Piece, inside, join, lead_in, mixed, page, plain

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


def facts_of(name, number, seed=1):
    """Return facts of one kind."""
    book = Book(chance_of(seed))
    kind = next(kind for kind in fact_kinds() if kind.name == name)
    return [book.add(kind) for _ in range(number)]


def pages_of(facts, asked=(), number=60):
    """Return what is made of some facts: sentences and blocks, in many ways."""
    return [page(facts, asked, chance_of("page", seed)) for seed in range(number)]


def test_facts_of_lists_stand_below_one_another():
    """Several facts of a kind of lists mostly make one block, a line or two each, in one form."""
    facts = facts_of("setting_default", 4)
    made = pages_of(facts)
    blocks = [blocks[0] for _, blocks in made if blocks]
    assert 30 < len(blocks) < 60
    for block in blocks:
        assert {number for number, _ in block.marks} == {0, 1, 2, 3}
        assert len(block.text.split("\n")) in (4, 5)


def test_other_facts_stand_alone():
    """Facts of other kinds, and one of a list alone, are sentences."""
    for facts in (facts_of("birth", 3), facts_of("setting_default", 1)):
        for sentences, blocks in pages_of(facts, number=20):
            assert not blocks
            assert len(sentences) == len(facts)


def test_asked_facts_tell_what_is_asked():
    """However it is put, a fact that is asked for has the answer, and all that the question gives."""
    facts = facts_of("option_does", 3)
    asking = Asking(1, "option", Template("Which option {action}?"))
    for sentences, blocks in pages_of(facts, [Asked((asking,), False, None)]):
        whole = join((*sentences, *blocks), "\n")
        assert told(whole)[1, "option"] == facts[1].values["option"].text


def test_left_out_facts_are_not_told():
    """A fact that a question is to miss is in no sentence and in no block."""
    facts = facts_of("option_does", 3)
    asked = Asked((Asking(1, "option", Template("Which option {action}?")),), False, 0)
    for sentences, blocks in pages_of(facts, [asked]):
        assert {number for piece in (*sentences, *blocks) for number, _ in piece.marks} <= {0, 2}


def test_two_questions_on_one_list():
    """Where two questions ask different slots of one list, all of them can be answered."""
    facts = facts_of("host_address", 2)
    asked = [
        Asked((Asking(0, "address", Template("Which address has {host}?")),), False, None),
        Asked((Asking(1, "host", Template("Which host has {address}?")),), False, None),
    ]
    for sentences, blocks in pages_of(facts, asked):
        held = told(join((*sentences, *blocks), "\n"))
        assert held[0, "address"] == facts[0].values["address"].text
        assert held[1, "host"] == facts[1].values["host"].text
