"""The written forms of a summary: paragraphs, lists and outlines, with numbers that lead to citations."""

import re

import pytest

from rao_cli.agent.summary.choose import choose
from rao_cli.agent.summary.model import Statement, Topic
from rao_cli.agent.summary.write import write
from rao_cli.documents.model import Span
from tests.agent.helpers import document
from tests.agent.summary.helpers import BOATS, told, topic, written
from tests.documents.reading import document_of

SOURCE = document("The mill is old. The gate is new. The river is deep.\n" * 20)


def test_a_list_has_a_line_for_each_part():
    """Bullets are one line for each part that is told, with its heading."""
    lines = told(document_of(BOATS.encode(), "boats.md"), 60).splitlines()
    assert [line.split(":")[0] for line in lines] == ["- Hulls", "- Sails", "- Anchors"]


def test_every_line_ends_with_its_citations():
    """Each line of a list, and each paragraph, ends with numbers in brackets."""
    for style in ("brief", "bullets", "outline"):
        blocks = told(document_of(BOATS.encode(), "boats.md"), 60, style).splitlines()
        assert all(re.search(r"\[\d+\]$", block) for block in blocks if block)


def test_a_brief_summary_is_one_or_two_paragraphs():
    """A few sentences are one paragraph, many are two; neither has headings."""
    short, long = (told(document_of(BOATS.encode(), "boats.md"), words, "brief") for words in (30, 110))
    assert len(short.split("\n\n")) <= 2
    assert len(long.split("\n\n")) == 2
    assert "Hulls:" not in long


def test_numbers_count_up_and_none_is_missing():
    """Citations are numbered as they come, each place once."""
    one, two = Statement("The mill is old.", (Span(0, 16),)), Statement("The gate is new.", (Span(17, 33),))
    again = Statement("A mill that is old.", (Span(0, 16), Span(17, 33)))
    topics = [Topic("A", Span(0, 40), (one, two)), Topic("B", Span(0, 40), (again,))]
    text, citations = written(SOURCE, topics, 60, "bullets")
    assert [re.findall(r"\[\d+\]", line) for line in text.splitlines()] == [["[1]", "[2]"], ["[1]", "[2]"]]
    assert [citation.quote for citation in citations] == ["The mill is old.", "The gate is new."]


def test_an_outline_is_indented():
    """What belongs to a part stands below it, two spaces in."""
    inner = (topic("Wheel", "The wheel turns all day long.", at=5),)
    text, _ = written(SOURCE, [topic("Mill", "The mill is by the river.", topics=inner)], 60, "outline")
    assert [line[:8] for line in text.splitlines()] == ["- Mill: ", "  - Whee"]


def test_what_is_left_out_is_the_last_line():
    """Parts that are not told are named at the end."""
    topics = [topic("Told", "The mill is by the river.", weight=5.0), topic("Silent", at=9)]
    for style, line in (("bullets", "- Left out: Silent."), ("brief", "Left out: Silent.")):
        assert written(SOURCE, topics, 60, style)[0].splitlines()[-1] == line


def test_every_sentence_ends():
    """A statement without a full stop gets one; one that ends in a bracket does, too; quoted ends stay."""
    topics = [topic("A", "one thing", "two (things)", "three.", "four …", '"five."', weight=3.0)]
    text, _ = written(SOURCE, topics, 60, "brief")
    assert text.startswith('one thing. two (things). three. four … "five."')


@pytest.mark.parametrize("forged", ["It is so [7].", "It is so [1, 2].", "It is so [3–5]."])
def test_numbers_of_the_text_are_no_citations(forged):
    """A number in brackets that the source writes is left out, so that only checked places have numbers."""
    text, citations = written(SOURCE, [topic("A", forged)], 60, "brief")
    assert re.findall(r"\[\d+", text) == ["[1"]
    assert len(citations) == 1
    assert text.startswith("It is so.")


def test_nothing_of_a_source_breaks_a_line():
    """Headings and sentences with line breaks and control characters stay on their line."""
    topics = [topic("A\n- B\x1b[2J", "one\n- two\x1b[31m.", weight=2.0), topic("C\nD", at=9)]
    text, _ = written(SOURCE, topics, 60, "bullets")
    assert len(text.splitlines()) == 2
    assert "\x1b" not in text


def test_a_computed_statement_may_show_several_places():
    """At most a few places are cited for one statement."""
    spans = tuple(Span(n, n + 1) for n in range(10))
    choice = choose([Topic("A", Span(0, 20), (Statement("x.", spans, computed=True),))], 20, "bullets")
    _, citations = write(choice, "bullets", lambda span, _: span)
    assert 1 < len(citations) <= 4


def test_a_place_is_no_heading():
    """A part that is only known by where it stands has no heading in a list, but is named so when left out."""
    topics = [
        topic("lines 1-9", "The mill is by the river.", titled=False),
        topic("lines 10-19", at=9, titled=False),
    ]
    text, _ = written(SOURCE, topics, 30, "bullets")
    assert text == "- The mill is by the river. [1]\n- Left out: lines 10-19."


def test_what_code_found_of_a_part_names_it_in_running_text():
    """In paragraphs what code found of a part stands behind the part's heading, unless it names it itself."""
    found = [Statement("Defines `gate`", (Span(0, 3),), computed=True)]
    named = [Statement("`b.py` defines `door`", (Span(4, 7),), computed=True)]
    topics = [Topic("a.py", Span(0, 4), tuple(found)), Topic("b.py", Span(4, 8), tuple(named))]
    text, _ = written(SOURCE, topics, 30, "brief")
    assert text == "a.py: Defines `gate`. `b.py` defines `door`. [1][2]"
