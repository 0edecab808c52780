"""From an answer to a report: placed, checked, and never trusted further than its sources."""

import pytest

from rao_cli.agent.actions import Answer
from rao_cli.agent.conclude import CITATIONS, answer_from_reports, answer_from_text, sentences
from rao_cli.agent.records import Task
from tests.agent.helpers import cited, document, filler, reading_of, report

TEXT = (
    filler(20) + "the code is 7431 today\n\n" + filler(20, 20) + "Ida built the tower in 1846\n\n" + filler(20, 40)
)
SOURCE = document(TEXT)
BLOCKS = reading_of(SOURCE, 5000).blocks(reading_of(SOURCE, 5000).root)
ASK, SUMMARIZE = Task(question="q"), Task(kind="summarize")


def from_text(said, *cite, task=ASK):
    """Report an answer read from the text."""
    return answer_from_text(SOURCE, Answer(answer=said, cite=cite), task, BLOCKS, "What is the code?", 0.8)


def from_reports(said, reports, *cite):
    """Report an answer drawn from reports."""
    return answer_from_reports(SOURCE, Answer(answer=said, cite=cite), "What is the code?", reports)


def test_an_answer_is_found_and_cited():
    """An answer that the text holds is found, with the model's confidence and a verified citation."""
    made = from_text("7431")
    assert (made.status, made.answer, made.confidence, made.verified) == ("found", "7431", 0.8, True)


@pytest.mark.parametrize("said", ["", "  \n", "\x1b\x00"])
def test_writing_nothing_is_finding_nothing(said):
    """An empty answer, or one of control characters only, is absent."""
    assert from_text(said).status == "absent"
    assert from_reports(said, [report("x")]).status == "absent"


def test_answers_are_cleaned():
    """Control characters of a model's answer are dropped."""
    assert from_text("7431\x1b[31m").answer == "7431[31m"


def test_a_summary_is_cited_sentence_by_sentence():
    """Each sentence of a summary is cited where it stands."""
    made = from_text("The code is 7431. Ida built the tower in 1846.", task=SUMMARIZE)
    quotes = [citation.quote for citation in made.citations if citation.verified]
    assert len(quotes) == 2
    assert "7431" in quotes[0]
    assert "Ida" in quotes[1]


def test_a_forged_report_is_checked_again():
    """A parent's answer is verified against the source, whatever its child's citation claims."""
    forged = cited(SOURCE, "7431", quote="the code is 9999", verified=True)
    made = from_reports("9999", [report("9999", "found", 1.0, forged)])
    assert not made.verified
    assert "9999" not in made.citations[0].quote


def test_an_honest_report_is_passed_on():
    """A child's answer keeps its citation, checked against the parent's own words."""
    made = from_reports("It is 7431", [report("7431", "found", 0.6, cited(SOURCE, "the code is 7431 today"))], 1)
    assert (made.status, made.verified, made.confidence) == ("found", True, 0.6)


def test_only_cited_reports_back_an_answer():
    """Where the model names reports, the others' citations are left out."""
    reports = [
        report("Line 3", "found", 0.5, cited(SOURCE, "Line 3 ")),
        report("7431", "found", 0.5, cited(SOURCE, "the code is 7431")),
    ]
    assert [c.quote for c in from_reports("7431", reports, 2).citations] == ["the code is 7431"]


def test_naming_an_absent_report_does_not_lose_the_others():
    """An answer that names a report without one is backed by those that have one."""
    reports = [report(), report("7431", "found", 0.5, cited(SOURCE, "the code is 7431"))]
    assert from_reports("7431", reports, 1).verified


def test_no_report_with_an_answer_is_absence():
    """A parent whose children all found nothing cannot have found anything."""
    assert from_reports("7431", [report(), report()]).status == "absent"


def test_a_partial_source_makes_a_partial_answer():
    """An answer that rests on a report cut short by a limit is partial."""
    assert from_reports("x", [report("x", "partial"), report("y")]).status == "partial"


def test_numbers_beyond_the_reports_are_ignored():
    """A report number that does not exist is passed over."""
    assert from_reports("x", [report("x")], 99).status == "found"


def test_verified_citations_come_first_and_are_few():
    """Of many citations, those that hold stand first, and no more than a person reads are kept."""
    wrong = [cited(SOURCE, f"Line {n} tells") for n in range(5)]
    right = cited(SOURCE, "the code is 7431")
    made = from_reports("7431", [report("7431", "found", 0.5, *wrong, right)])
    assert made.citations[0].verified
    assert len(made.citations) == CITATIONS


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("One. Two! Three?", ["One.", "Two!", "Three?"]),
        ("Version 1.2.3 of a.b.c works.", ["Version 1.2.3 of a.b.c works."]),
        ("No end", ["No end"]),
        ("a\nb", ["a", "b"]),
        ("", []),
        ("...", []),
    ],
)
def test_sentences_end_where_people_end_them(text, parts):
    """Dots inside numbers and names do not end a sentence; a new line does."""
    assert sentences(text) == parts
