"""Coverage: exactly what was read, counted once, never more than there is."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rao_cli.agent.coverage import Reader
from rao_cli.agent.reading import Reading
from rao_cli.documents.model import Section, Span
from rao_cli.documents.sections import number
from tests.agent.helpers import (
    answer,
    document,
    everywhere,
    filler,
    find,
    made_ready,
    made_to_compute,
    reading_of,
    run,
)

READING = reading_of(document(filler(60)), 100)
SIZE = len(READING.document)
spans = st.lists(st.tuples(st.integers(0, SIZE), st.integers(0, SIZE)).map(sorted).map(lambda pair: Span(*pair)))


def covered(reading, read):
    """Return the coverage after reading some spans."""
    reader = Reader()
    for span in read:
        reader.read(span)
    return reader.coverage(reading)


@given(spans)
def test_tokens_are_counted_exactly(read):
    """The tokens read are the share of each leaf's characters that some span holds, overlaps counted once."""
    seen = set().union(*(range(span.start, span.end) for span in read))
    exact = sum(
        Fraction(sum(at in seen for at in range(leaf.span.start, leaf.span.end)), len(leaf.span)) * leaf.tokens
        for leaf in READING.parts
    )
    coverage = covered(READING, read)
    assert abs(coverage.tokens_read - exact) <= Fraction(1, 2) + Fraction(1, 1000)
    whole = [leaf for leaf in READING.parts if set(range(leaf.span.start, leaf.span.end)) <= seen]
    assert coverage.sections_read == len(whole)


@given(spans)
def test_never_more_than_there_is(read):
    """No reading gives more sections or tokens than the document has."""
    coverage = covered(READING, read)
    assert 0 <= coverage.sections_read <= coverage.sections_total == len(READING.parts)
    assert 0 <= coverage.tokens_read <= coverage.tokens_total


@given(spans, spans)
def test_reading_more_never_covers_less(some, more):
    """Coverage only grows with what is read."""
    few, many = covered(READING, some), covered(READING, some + more)
    assert few.tokens_read <= many.tokens_read
    assert few.sections_read <= many.sections_read


def test_reading_all_is_all():
    """A span over the whole text, or all leaves one by one, covers everything."""
    for read in ([READING.root.span], [leaf.span for leaf in READING.parts]):
        coverage = covered(READING, read)
        assert coverage.sections_read == coverage.sections_total
        assert coverage.tokens_read == coverage.tokens_total


def test_reading_nothing_is_nothing():
    """Without any span nothing is covered."""
    coverage = covered(READING, [])
    assert (coverage.sections_read, coverage.tokens_read) == (0, 0)


def test_blocks_count_in_part():
    """Reading one block of a leaf counts its tokens but not the section."""
    reading = reading_of(document(filler(60)), 400)
    leaf = reading.parts[0]
    block = reading.blocks(leaf)[0]
    coverage = covered(reading, [block.span])
    assert coverage.sections_read == 0
    assert coverage.tokens_read == pytest.approx(leaf.tokens * len(block.span) / len(leaf.span), abs=1)


def test_all_blocks_are_the_section():
    """Reading a leaf block by block covers the section."""
    reading = reading_of(document(filler(60)), 400)
    leaf = reading.parts[0]
    coverage = covered(reading, [block.span for block in reading.blocks(leaf)])
    assert (coverage.sections_read, coverage.tokens_read) == (1, leaf.tokens)


def test_skipped_inputs_are_counted():
    """Inputs that could not be read appear in the coverage."""
    from dataclasses import replace

    from rao_cli.documents.model import Skipped

    source = replace(READING.document, skipped=(Skipped("a.bin", "binary"), Skipped("b.bin", "binary")))
    assert covered(Reading(source, READING.root, 100), []).skipped == 2


def test_an_empty_leaf_is_read():
    """A leaf without text does not keep a document from being read whole."""
    source = document("some words\n")
    leaves = (Section("", "a", "lines", Span(0, 11), tokens=5), Section("", "b", "lines", Span(11, 11)))
    root = number(Section("", "r", "file", Span(0, 11), leaves, 5))
    coverage = covered(Reading(source, root, 100), [Span(0, 11)])
    assert coverage.sections_read == coverage.sections_total == 2


@pytest.mark.parametrize("kind", ["ask", "summarize"])
def test_a_run_that_reads_everything_says_so(kind):
    """A short text, and any text that is summarised thoroughly, are read whole."""
    text = filler(20) if kind == "ask" else filler(200)
    question, thorough = ("Line?", False) if kind == "ask" else ("", True)
    ran = run(question, made_ready(text, lambda _: answer("Line 1 tells", 1)), kind=kind, thorough=thorough)
    coverage = ran.result.coverage
    assert coverage.sections_read == coverage.sections_total
    assert coverage.tokens_read == coverage.tokens_total > 0


def test_a_run_that_reads_a_part_says_which():
    """A run that reads a few sections of a large text covers just those."""
    text = filler(900) + "the code is 7431\n" + filler(900, 900)
    ran = run("What is the code?", made_ready(text, everywhere(find("the code is 7431")), view=200))
    coverage = ran.result.coverage
    assert ran.result.verified
    assert 0 < coverage.sections_read < coverage.sections_total / 2
    assert 0 < coverage.tokens_read < coverage.tokens_total / 2


def test_what_code_went_through_is_counted_apart() -> None:
    """Text that only code looked at counts as examined, not as read."""
    reading = reading_of(document(filler(60)))
    reader = Reader()
    reader.examine(Span(0, len(reading.document)))
    coverage = reader.coverage(reading)
    assert (coverage.sections_read, coverage.sections_examined) == (0, coverage.sections_total)


def test_a_counted_answer_says_that_code_went_through_the_text() -> None:
    """A run whose answer is computed reports what was examined."""
    ran = run("How many lines contain 'matter'?", made_to_compute(filler(60)))
    assert ran.result.answer == "60"
    assert ran.result.coverage.sections_examined == ran.result.coverage.sections_total
    assert ran.result.coverage.sections_read == 0
