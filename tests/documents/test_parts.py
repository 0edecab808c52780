"""Large documents: parts that partition the text, and open into leaves that fit, the same every time."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from rao_cli.documents.model import Document, Origin, Section, Span
from rao_cli.documents.parts import PART_CHARACTERS, clip, divide, open_part
from rao_cli.documents.sections import number, paragraphs
from tests.documents.making import check_partition, texts, trees


def quarters(text):
    """Count about as a tokenizer of English does."""
    return -(-len(text) // 4)


def document_of(text, root):
    """Return a document with a given tree."""
    return Document("d", text, number(root), (Origin("d", root.span),), "0")


def book(characters):
    """Return a document of chapters of a thousand characters."""
    text = "".join(f"Chapter {n}\n" + "word " * 200 + "\n" for n in range(characters // 1000))
    step = len(text) // (characters // 1000)
    children = tuple(
        Section("", f"Chapter {at}", "chapter", Span(at, min(at + step, len(text))))
        for at in range(0, len(text), step)
    )
    return document_of(text, Section("", "book", "file", Span(0, len(text)), children))


def test_parts_partition_a_document():
    """The parts are the whole text, each of a bounded size, in a tree of bounded width."""
    document = book(400_000)
    root = divide(document, quarters, 8)
    check_partition(document, root)
    assert max(len(leaf.span) for leaf in root.leaves()) <= PART_CHARACTERS
    assert max(len(section.children) for section in root.walk()) <= 8


def test_dividing_counts_samples_only():
    """Dividing asks for the tokens of a few samples, not of the text."""
    counted = []
    document = book(1_000_000)
    divide(document, lambda text: counted.append(len(text)) or quarters(text), 8)
    assert sum(counted) < len(document) / 10


def test_an_opened_part_is_packed_exactly():
    """A part's leaves partition it, fit the view, are counted, and their ids begin with the part's."""
    document = book(200_000)
    for part in divide(document, quarters, 8).leaves():
        opened = open_part(document, part, quarters, 128, 8)
        assert (opened.id, opened.span, opened.title) == (part.id, part.span, part.title)
        leaves = list(opened.leaves())
        assert leaves[0].span.start == part.span.start
        assert leaves[-1].span.end == part.span.end
        assert all(a.span.end == b.span.start for a, b in pairwise(leaves))
        assert all(leaf.tokens == quarters(document.read(leaf.span)) <= 128 for leaf in leaves)
        assert all(leaf.id.startswith(f"{part.id}.") for leaf in leaves)


def test_opening_is_the_same_every_time():
    """What a part is packed into depends on the document alone."""
    document = book(200_000)
    part = next(divide(document, quarters, 8).leaves())
    assert open_part(document, part, quarters, 128, 8) == open_part(document, part, quarters, 128, 8)


def test_titles_of_the_structure_survive():
    """A leaf of an opened part is named by the chapter it holds."""
    document = book(200_000)
    part = next(divide(document, quarters, 8).leaves())
    titles = [leaf.title for leaf in open_part(document, part, quarters, 300, 8).leaves()]
    assert any(title.startswith("Chapter") for title in titles)


@given(st.data(), texts)
def test_a_clipped_tree_partitions_its_span(data, text):
    """Whatever the tree and the span, the clipped leaves are the span without gap or overlap."""
    root = number(data.draw(trees(Span(0, len(text)))))
    start = data.draw(st.integers(0, len(text) - 1))
    end = data.draw(st.integers(start + 1, len(text)))
    at = start
    for leaf in clip(root, Span(start, end)).leaves():
        assert leaf.span.start == at
        assert leaf.span.end > at
        at = leaf.span.end
    assert at == end


def test_a_single_line_is_divided():
    """A large document without any structure is divided, too."""
    text = "x" * 300_000
    root = Section("", "line", "file", Span(0, len(text)), paragraphs(text, Span(0, len(text))))
    document = document_of(text, root)
    check_partition(document, divide(document, quarters, 4))


def test_an_edit_leaves_other_parts_alone():
    """A change that makes tokens longer on average moves no border of parts."""
    before = book(400_000)
    at = before.root.children[100].span.start
    text = before.text[:at] + "x" * 12 + before.text[at + 12 :]
    after = document_of(text, before.root)
    spans = [
        [part.span for part in divide(one, count, 8).leaves()] for one, count in ((before, quarters), (after, len))
    ]
    assert spans[0] == spans[1]


def test_a_growing_log_keeps_its_parts():
    """What is added to the end of a large text leaves the parts before it."""
    lines = [f"{n} something happened here and was written down\n" for n in range(20_000)]
    texts_ = ["".join(lines[:15_000]), "".join(lines)]
    documents = [
        document_of(text, Section("", "log", "file", Span(0, len(text)), paragraphs(text, Span(0, len(text)))))
        for text in texts_
    ]
    first, second = ([part.span for part in divide(one, quarters, 8).leaves()] for one in documents)
    assert first[:-2] == second[: len(first) - 2]
