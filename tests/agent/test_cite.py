"""Citations: verified means that the cited text says it, and a place is always one that exists."""

import re
import time

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from rao_cli.agent.cite import align, cite, recheck, supports, telling_lines, words
from rao_cli.documents.model import Span
from tests.agent.helpers import cited, document, filler, paged, reading_of

BLOCK = "The committee approved the annual budget of 4,500 euros for Paris on 3 May.\n"
vocabulary = st.sampled_from(
    ["river", "stone", "12", "7.5", "Anna", "kettle", "1,000", "x-ray", "don't", "état", "山", "3:20"]
)
prose = st.lists(vocabulary, min_size=3, max_size=20)


def blocks_of(source):
    """Return all blocks of a document's text view."""
    reading = reading_of(source, 2000)
    return [block for leaf in reading.leaves() for block in reading.blocks(leaf)]


@given(prose, st.data())
def test_words_taken_from_a_text_are_supported(told, data):
    """Any run of a text's own words is verified by it."""
    start = data.draw(st.integers(0, len(told) - 1))
    end = data.draw(st.integers(start + 1, len(told)))
    assert supports(" ".join(told[start:end]), " ".join(told))


@given(prose, st.lists(st.text(alphabet="qwzjkv", min_size=4, max_size=9), min_size=1, max_size=6))
def test_words_that_are_not_there_are_not_supported(told, foreign):
    """Words that a text does not hold are never verified by it."""
    assert not supports(" ".join(foreign), " ".join(told))


@given(prose, st.integers(2000, 10**9))
def test_a_changed_number_is_not_supported(told, number):
    """However much else of an answer is quoted, a number that the text lacks makes it unverified."""
    text = " ".join(told)
    assert not supports(f"{text} {number}", text)


@pytest.mark.parametrize("said", ["yes", "no", "Yes.", "No, no", "true", "FALSE", "", "!", "..."])
def test_yes_and_no_are_never_verified(said):
    """What cannot be checked against words is not verified, even where the word stands in the text."""
    assert not supports(said, f"yes no true false {said}")


@pytest.mark.parametrize(
    "said",
    [
        "4,500 euros",
        "the annual budget of 4,500 euros",
        "The committee approved 4,500 euros for Paris.",
        "On 3 May the committee approved the annual budget for Paris",
    ],
)
def test_what_the_text_says_is_verified(said):
    """Quotations, and sentences built of a text's own words, names and numbers, are verified."""
    assert supports(said, BLOCK)


@pytest.mark.parametrize(
    "said",
    [
        "4,600 euros",
        "450 euros",
        "The committee approved the annual budget of 4,500 euros for London on 3 May",
        "The committee never approved the annual budget of 4,500 euros for Paris on 3 May",
        "The committee didn't approve the annual budget of 4,500 euros for Paris",
        "-4,500 euros",
        "an unrelated claim",
    ],
)
def test_a_changed_fact_is_not_verified(said):
    """A number, a sign, a name or a negation that the text does not have is not verified by it."""
    assert not supports(said, BLOCK)


def test_repeating_the_question_proves_nothing():
    """An answer that shares only the question's words with the text is not verified."""
    question = "Which colour does the kettle in the kitchen have?"
    assert not supports("The kettle in the kitchen has the colour crimson", "the kettle in the kitchen", question)


def test_names_of_the_question_need_not_be_repeated():
    """A name that the question gave may be missing from the text that answers it; any other may not."""
    question = "What is the capital of France?"
    assert supports("The capital of France is Paris", "Paris is where the government sits.", question)
    assert not supports("The capital of France is Lyon", "Paris is where the government sits.", question)


def test_a_long_quote_may_have_small_damage():
    """A letter lost in a long quotation does not unverify it."""
    text = "in the beginning there were several kinds of remarkable instruments upon the table"
    assert supports("severl kinds of remrkable instruments upon the table", text)
    assert not supports(
        "severl kinds of remrkable instruments upon the roof garden", "nothing of the sort is here at all, dear"
    )


def test_scripts_without_spaces_can_be_verified():
    """A name inside a run of Chinese or Japanese characters is found."""
    assert supports("東京", "日本の首都は東京です。")
    assert not supports("京都", "日本の首都は東京です。")


@given(st.integers(0, 500), st.integers(0, 500))
def test_every_citation_resolves(start, end):
    """Whatever span is cited, its quote, page or line are those of text that exists."""
    source = document(filler(12))
    span = Span(min(start, end, len(source)), min(max(start, end), len(source)))
    made = cite(source, span, "x")
    assert 0 <= made.start <= made.end <= len(source)
    lines = source.text.splitlines()
    assert 1 <= made.first_line <= made.last_line <= len(lines) + 1
    assert made.label == f"{made.path}:{made.first_line}" + (
        f"-{made.last_line}" if made.last_line > made.first_line else ""
    )


def test_lines_are_the_ones_an_editor_shows():
    """The cited line is the line on which the answer stands, counted from one."""
    text = filler(30) + "the code is 7431\n" + filler(30, 30)
    source = document(text)
    [found] = align(source, "7431", "What is the code?", blocks_of(source), [])
    assert found.first_line == found.last_line == text.splitlines().index("the code is 7431") + 1
    assert found.verified


def test_pages_are_those_of_the_file():
    """The cited page is the page on which the answer stands."""
    pages = [filler(6, 6 * n) for n in range(9)]
    pages[6] += "the code is 7431\n"
    source = paged(pages)
    [found] = align(source, "7431", "What is the code?", blocks_of(source), [])
    assert (found.first_page, found.last_page, found.label) == (7, 7, "book.pdf p. 7")
    assert "7431" in found.quote


def test_the_models_number_decides_between_equals():
    """Where several blocks say the same, the one that the model named is cited."""
    source = document("\n\n".join(f"{filler(4, 4 * n)}the code is 7431" for n in range(4)))
    entries = blocks_of(source)
    holders = [n for n, entry in enumerate(entries, 1) if "7431" in source.read(entry.span)]
    assert len(holders) > 2
    for number in holders:
        [found] = align(source, "7431", "", entries, [number])
        assert entries[number - 1].span.contains(Span(found.start, found.end))
    [found] = align(source, "7431", "", entries, [])
    assert entries[holders[0] - 1].span.contains(Span(found.start, found.end))


def test_a_wrong_number_of_the_model_is_corrected():
    """Where the model names a block that does not say it, the block that does is cited."""
    source = document(filler(20) + "the code is 7431\n" + filler(20, 20))
    [found] = align(source, "7431", "", blocks_of(source), [1])
    assert found.verified
    assert "7431" in found.quote


def test_numbers_beyond_the_view_are_ignored():
    """A block number that does not exist cites nothing by itself."""
    source = document(filler(5))
    assert align(source, "zzzz", "", blocks_of(source), [99]) == ()


def test_what_nothing_backs_is_cited_unverified():
    """The block that a model names for an invented answer is shown, but not as verified."""
    source = document(filler(20))
    [found] = align(source, "quux", "", blocks_of(source), [2])
    assert not found.verified


def test_several_named_blocks_are_cited():
    """An answer that stands in several named blocks is cited in each, up to the limit."""
    source = document("\n\n".join(f"{filler(4, 4 * n)}the code is 7431" for n in range(6)))
    entries = blocks_of(source)
    holders = [n for n, entry in enumerate(entries, 1) if "7431" in source.read(entry.span)]
    found = align(source, "7431", "", entries, holders, limit=3)
    assert len(found) == 3
    assert all(citation.verified for citation in found)


@given(st.integers(-(10**6), 10**6), st.integers(-(10**6), 10**6))
def test_forged_places_never_stand(start, end):
    """A report's own word on where and whether something stands is replaced by what the source says there."""
    source = document(filler(10) + "the code is 7431\n")
    forged = cited(source, "7431", start=start, end=end, quote="the code is 9999", verified=True)
    checked = recheck(source, forged, "9999")
    assert 0 <= checked.start <= checked.end <= len(source)
    assert not checked.verified
    assert "9999" not in checked.quote


def test_forged_paths_and_pages_never_stand():
    """Path, page and label of a checked citation come from the source, not from the report."""
    source = paged([filler(4), filler(4, 4)])
    honest = cited(source, "Line 5")
    forged = honest.model_copy(update={"path": "/etc/passwd", "first_page": 77, "label": "x", "verified": False})
    assert recheck(source, forged, "Line 5") == honest.model_copy(update={"quote": honest.quote})


def test_the_shortest_lines_are_cited():
    """Of a block, the fewest lines that back the answer are cited."""
    source = document("alpha beta\ngamma delta\nepsilon the code\nis 7431 indeed\nzeta\n")
    [found] = align(source, "the code is 7431", "", blocks_of(source), [])
    assert (found.first_line, found.last_line) == (3, 4)


def test_narrowing_many_short_lines_is_quick():
    """A block of hundreds of one-word lines is narrowed in linear time."""
    text = "".join(f"w{n}\n" for n in range(800))
    source = document(text)
    section = source.root
    started = time.monotonic()
    [found] = align(source, "w10 w790", "", [section], [1])
    assert found.verified
    align(source, "w10 missing", "", [section], [1])
    assert time.monotonic() - started < 3


def test_a_path_that_is_no_text_can_be_cited():
    """A file whose name is not valid UTF-8 is cited instead of failing."""
    source = document("the code is 7431\n", path="bad\udcff.txt")
    assert cite(source, Span(0, 16), "7431").label.startswith("bad")
    assert cite(source, Span(0, 16), "7431").model_dump_json()


@given(st.text(max_size=60), st.text(max_size=60))
def test_support_never_fails(said, text):
    """Any two texts can be compared."""
    assert supports(said, text) in (True, False)


@given(st.text(alphabet="abé漢1.-' \n", max_size=40))
def test_words_hold_all_letters(text):
    """No letter or digit is lost when text is cut into words."""
    assume(text)
    assert sorted(re.sub(r"\W", "", "".join(words(text)))) == sorted(re.sub(r"\W", "", text.lower()))


@pytest.mark.parametrize(
    ("text", "quote"),
    [
        ("alpha\nthe code is 7431\nomega\n", "the code is 7431"),
        ("the secret\ncode, as they say,\nis 7431\n", "code, as they say,\nis 7431"),
        ("7431\nis nothing but\nthe code\n", "7431\nis nothing but\nthe code"),
        ("7431\n", "7431"),
    ],
)
def test_lines_that_tell_hold_the_answer_and_the_question(text, quote):
    """Of a sentence those lines are cited that lie between the answer and the question's words."""
    source = document(text)
    at = text.index("7431")
    span = telling_lines(source, Span(0, len(text)), Span(at, at + 4), "What is the code?")
    assert source.read(span).strip() == quote
