"""The packing promises: an exact partition into leaves that fit, small nodes, and speed."""

import random
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rao_cli.documents.model import Document, Origin, Section, Span
from rao_cli.documents.packing import pack
from rao_cli.documents.sections import number
from tests.documents.making import check_partition, texts, trees
from tests.documents.reading import text_document


def characters(text: str) -> int:
    """Count characters as tokens."""
    return len(text)


def words(text: str) -> int:
    """Count words and newlines as tokens, so that the count of a sum can differ from the sum of counts."""
    return len(text.split()) + text.count("\n")


def quarters(text: str) -> int:
    """Count about as a tokenizer of English does."""
    return -(-len(text) // 4)


def document_of(text: str, root: Section) -> Document:
    """Return a document with a given tree."""
    return Document("d", text, number(root), (Origin("d", root.span),), "0")


def chapters(*texts_: str, kind: str = "chapter") -> Document:
    """Return a document with one section for each text."""
    sections, at = [], 0
    for position, text in enumerate(texts_, 1):
        sections.append(Section("", f"T{position}", kind, Span(at, at + len(text))))
        at += len(text)
    return document_of("".join(texts_), Section("", "root", "file", Span(0, at), tuple(sections)))


def leaf_titles(root: Section) -> list[str]:
    """Return the titles of the leaves."""
    return [leaf.title for leaf in root.leaves()]


@given(st.data(), texts, st.integers(1, 60), st.integers(2, 5), st.sampled_from([characters, words, quarters]))
def test_any_tree_packs_exactly(data, text, view, fanout, count):
    """Whatever the tree, the tokenizer and the budget, leaves partition the text, fit and are counted."""
    document = document_of(text, data.draw(trees(Span(0, len(text)))))
    root = pack(document, count, view, fanout)
    check_partition(document, root)
    for leaf in root.leaves():
        assert leaf.tokens == count(document.read(leaf.span))
        assert leaf.tokens <= view


@given(st.data(), texts, st.integers(1, 60), st.integers(2, 5))
def test_inner_nodes_are_small_and_summed(data, text, view, fanout):
    """An inner node has two to fanout children, a title, and the sum of their tokens."""
    document = document_of(text, data.draw(trees(Span(0, len(text)))))
    for section in pack(document, characters, view, fanout).walk():
        if section.children:
            assert 2 <= len(section.children) <= fanout
            assert section.tokens == sum(child.tokens for child in section.children)


@given(st.data(), texts, st.integers(1, 60))
def test_packing_is_stable(data, text, view):
    """The same document packs into the same tree, ids included."""
    document = document_of(text, data.draw(trees(Span(0, len(text)))))
    assert pack(document, words, view) == pack(document, words, view)


def test_ids_are_positions():
    """The root is 0, its children 1, 2, …, theirs 1.1, 1.2, …."""
    root = pack(chapters("a" * 30, "b" * 30), characters, 20)
    assert [section.id for section in root.walk()] == ["0", "1", "1.1", "1.2", "2", "2.1", "2.2"]


def test_text_that_fits_is_one_leaf():
    """A document within the budget is one leaf with the document's title."""
    root = pack(chapters("one\n", "two\n"), characters, 100)
    assert (root.id, root.title, root.children, root.tokens) == ("0", "root", (), 8)


def test_small_neighbours_merge():
    """Small neighbouring chapters share a leaf that names both."""
    root = pack(chapters("a" * 10, "b" * 10, "c" * 100), characters, 50)
    assert root.children[0].title == "T1; T2"
    assert root.children[0].span == Span(0, 20)


def test_half_full_files_stay_apart():
    """A file that fills half a leaf is not merged with its neighbour."""
    root = pack(chapters("a" * 30, "b" * 15, "c" * 60, kind="file"), characters, 50)
    assert leaf_titles(root)[:2] == ["T1", "T2"]


def test_pieces_of_a_chapter_are_numbered():
    """The pieces of a chapter that is too large carry its title and their number."""
    root = pack(chapters("word " * 30, "x" * 99), characters, 100)
    assert leaf_titles(root) == ["T1 (1)", "T1 (2)", "T2"]


def test_plain_pieces_are_named_by_their_words():
    """A leaf of text without headings is named by its first words, cleaned."""
    document = text_document("\n\nHello\x1b[2J there\nsecond\n\n" + "filler text\n" * 40)
    assert leaf_titles(pack(document, characters, 200))[0] == "Hello[2J there"


def test_many_children_are_grouped():
    """More children than the fanout become balanced groups named from the first to the last title."""
    root = pack(chapters(*["x" * 30] * 100), characters, 40, fanout=10)
    assert len(root.children) == 10
    assert [len(group.children) for group in root.children] == [10] * 10
    assert root.children[1].title == "T11 … T20"
    assert root.children[1].kind == "group"


@pytest.mark.parametrize("unit", ["x", "word ", "漢字。", "ab\n"])
def test_a_long_text_packs_quickly_and_is_counted_about_twice(unit):
    """A megabyte packs in seconds, its characters counted at most three times."""
    document = text_document(unit * (1_000_000 // len(unit)))
    counted = 0

    def count(text: str) -> int:
        nonlocal counted
        counted += len(text)
        return quarters(text)

    start = time.process_time()
    root = pack(document, count, 1400)
    assert time.process_time() - start < 5
    assert counted < 3 * len(document)
    leaves = list(root.leaves())
    assert sum(leaf.tokens for leaf in leaves) > 0.8 * 1400 * len(leaves)


def test_a_character_larger_than_a_view_ends():
    """A tokenizer that gives every character more tokens than a view leaves single characters."""
    document = text_document("abcdef" * 5)
    leaves = list(pack(document, lambda text: 10 * len(text), 5).leaves())
    assert {len(leaf.span) for leaf in leaves} == {1}


def test_uneven_tokens_still_fit():
    """A text whose second half has far more tokens per character is still cut to fit."""
    document = text_document("a " * 5000 + "漢" * 5000)

    def count(text: str) -> int:
        return text.count("a") + 3 * text.count("漢")

    assert all(leaf.tokens <= 100 for leaf in pack(document, count, 100).leaves())


@pytest.mark.parametrize(("view", "fanout"), [(0, 32), (100, 1)])
def test_nonsense_limits_are_refused(view, fanout):
    """A view below one token and a fanout below two are programming errors."""
    with pytest.raises(ValueError, match="needs"):
        pack(chapters("a"), characters, view, fanout)


def test_a_chapter_with_one_inner_chapter_keeps_both_titles():
    """A chapter whose only content is a large inner chapter is one node with both titles."""
    inner = Section("", "Inner", "chapter", Span(0, 90))
    outer = Section("", "Outer", "chapter", Span(0, 90), (inner,))
    last = Section("", "Last", "chapter", Span(90, 120))
    document = document_of("x" * 120, Section("", "root", "file", Span(0, 120), (outer, last)))
    root = pack(document, characters, 40)
    assert [child.title for child in root.children] == ["Outer / Inner", "Last"]


def test_an_introduction_joins_the_chapter_after_it():
    """A few words before an inner chapter share its leaf, under both titles."""
    words_ = Section("", "", "paragraph", Span(0, 5))
    inner = Section("", "Inner", "chapter", Span(5, 35))
    rest = Section("", "Rest", "chapter", Span(35, 75))
    outer = Section("", "Outer", "chapter", Span(0, 75), (words_, inner, rest))
    document = document_of("x" * 75, Section("", "root", "file", Span(0, 75), (outer,)))
    root = pack(document, characters, 40)
    assert leaf_titles(root) == ["Outer; Inner", "Rest"]


def repository(sizes: dict[str, int]) -> Document:
    """Return a folder of files with so many words each, every word naming its file."""
    sections, at, text = [], 0, ""
    for name, size in sorted(sizes.items()):
        body = "".join(f"{name} {n}\n" for n in range(size))
        sections.append(Section("", name, "file", Span(at, at + len(body))))
        text += body
        at += len(body)
    return document_of(text, Section("", "repo", "folder", Span(0, at), tuple(sections)))


def shown(document: Document, view: int = 60) -> set[str]:
    """Return the texts of a packed document's leaves."""
    return {document.read(leaf.span) for leaf in pack(document, words, view, 8).leaves()}


names = st.integers(0, 10**6).map("f{:06}".format)


@given(st.dictionaries(names, st.integers(1, 90), min_size=2, max_size=120), st.data())
def test_an_edit_leaves_other_files_alone(sizes, data):
    """After one file changed, only leaves that hold it, or are next to them, read otherwise."""
    name = data.draw(st.sampled_from(sorted(sizes)))
    before = shown(repository(sizes))
    after = shown(repository({**sizes, name: data.draw(st.integers(1, 90))}))
    strange = {leaf for leaf in after - before if f"{name} " not in leaf}
    assert len(strange) <= 6


def test_edits_hardly_ever_reach_other_files():
    """Over many edits, fewer than one leaf without the changed file reads otherwise for each."""
    chance = random.Random(4)
    strange = 0
    for _ in range(200):
        sizes = {f"f{chance.randrange(10**6):06}": chance.randint(1, 30) for _ in range(60)}
        name = chance.choice(sorted(sizes))
        before = shown(repository(sizes))
        changed = {**sizes, name: chance.randint(1, 30)} if chance.random() < 0.7 else {**sizes, "f5": 7}
        after = shown(repository(changed))
        strange += sum(f"{name} " not in leaf and "f5 " not in leaf for leaf in after - before)
    assert strange < 200


@pytest.mark.parametrize("unit", ["word ", "a line of words\n", "A paragraph. It ends.\n\n"])
def test_what_is_added_to_the_end_changes_the_end(unit):
    """All leaves but the last two of a text are the same once more is written below it."""
    lines = [f"{n} {unit}" for n in range(2000)]
    before = [text_document("".join(lines[:1700])), text_document("".join(lines))]
    first, second = ([doc.read(leaf.span) for leaf in pack(doc, words, 300).leaves()] for doc in before)
    same = sum(a == b for a, b in zip(first, second, strict=False))
    assert same >= len(first) - 3


def test_one_more_child_moves_one_border():
    """A file more in a folder of many leaves nearly all groups of files as they were."""
    sizes = {f"f{n:03}": 60 for n in range(200)}
    before, after = (
        {group.title for group in pack(repository(one), words, 60, 32).walk() if group.kind == "group"}
        for one in (sizes, {**sizes, "f0995": 60})
    )
    assert len(after - before) <= 3
