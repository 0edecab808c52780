"""From an answer action to a report: place it in the source, check it, and say how sure it is."""

import re
from collections.abc import Sequence

from rao_cli.agent.actions import Answer
from rao_cli.agent.cite import align, cite, recheck, telling_lines
from rao_cli.agent.combine import combine
from rao_cli.agent.proposing import Proposal
from rao_cli.agent.records import Citation, Report, Task
from rao_cli.documents.model import Document, Section
from rao_cli.text import clean

CITATIONS = 3
SUMMARY_CITATIONS = 8
STATEMENTS = 50
"""Sentences of an answer that are checked one by one; summaries have far fewer."""

_SENTENCE = re.compile(r"[^.!?\n]+(?:[.!?](?!\s)[^.!?\n]*)*[.!?]*")


def answer_from_text(
    document: Document, action: Answer, task: Task, entries: Sequence[Section], goal: str, confidence: float
) -> Report:
    """Report an answer that was read from numbered text, cited where the text backs it.

    An empty answer is absent: a model that writes nothing has found nothing.
    """
    answer = clean(action.answer).strip()
    if not answer:
        return Report(status="absent", confidence=confidence)
    if task.kind == "summarize":
        citations = _by_sentence(document, answer, entries, action.cite)
    else:
        citations = align(document, answer, goal, entries, action.cite, CITATIONS)
    return Report(status="found", answer=answer, citations=citations, confidence=confidence)


def answer_from_proposal(document: Document, proposal: Proposal, question: str, confidence: float) -> Report:
    """Report a proposed answer that a reader chose, cited where it stands."""
    span = telling_lines(document, proposal.sentence, proposal.span, question)
    citation = cite(document, span, proposal.text, question)
    return Report(status="found", answer=clean(proposal.text), citations=(citation,), confidence=confidence)


def _by_sentence(
    document: Document, answer: str, entries: Sequence[Section], cited: Sequence[int]
) -> tuple[Citation, ...]:
    found: dict[int, Citation] = {}
    for sentence in sentences(answer):
        for citation in align(document, sentence, "", entries, cited, 1):
            found.setdefault(citation.start, citation)
    return tuple(found.values())[:CITATIONS]


def sentences(text: str) -> list[str]:
    """Split text at the ends of sentences; a dot inside a name or number does not end one."""
    return [match.group().strip() for match in _SENTENCE.finditer(text) if match.group().strip()]


def tidy(answer: str, *, cut_off: bool) -> str:
    """Return an answer without sentences said before and, if cut off, without the unfinished last one."""
    told = sentences(answer)
    kept = list(dict.fromkeys(told))
    if cut_off and len(kept) > 1 and kept[-1] == told[-1] and kept[-1][-1] not in ".!?":
        kept.pop()
    return answer if kept == told else " ".join(kept)


def answer_from_reports(document: Document, action: Answer, goal: str, reports: Sequence[Report]) -> Report:
    """Report an answer drawn from reports: their citations, each checked again against the new answer."""
    answer = clean(action.answer).strip()
    cited = _named(reports, action.cite)
    if len(cited) == 1 and cited[0].how:
        return cited[0]  # what code computed need not stand anywhere in the text
    backing = [report for report in cited if report.answer] or [report for report in reports if report.answer]
    if not answer or not backing:
        return Report(status="absent")
    merged = len(backing) > 1 and all(report.answer != answer for report in backing)
    return Report(
        status="partial" if any(report.status == "partial" for report in backing) else "found",
        answer=answer,
        citations=_recheck(document, answer, goal, backing)[: SUMMARY_CITATIONS if merged else CITATIONS],
        confidence=max(report.confidence for report in backing),
        conflicts=_conflicts(answer, reports),
    )


def _conflicts(answer: str, reports: Sequence[Report]) -> tuple[str, ...]:
    """Return what speaks against an answer that is the best of some reports."""
    best = combine(reports, "best")
    return best.conflicts if best.answer == answer else ()


def _named(reports: Sequence[Report], numbers: Sequence[int]) -> list[Report]:
    return [reports[number - 1] for number in numbers if number <= len(reports)] or list(reports)


def _recheck(document: Document, answer: str, goal: str, reports: Sequence[Report]) -> tuple[Citation, ...]:
    """Check citations against the whole answer or one of its sentences; those that hold come first."""
    statements = [answer, *sentences(answer)[:STATEMENTS]]
    checked: dict[tuple[int, int], Citation] = {}
    for report in reports:
        told = [report.answer] if report.answer and report.answer in answer else []
        for citation in report.citations:
            if (citation.start, citation.end) not in checked:
                tried = (recheck(document, citation, statement, goal) for statement in statements + told)
                best = next((one for one in tried if one.verified), None)
                checked[citation.start, citation.end] = best or recheck(document, citation, answer, goal)
    return tuple(sorted(checked.values(), key=lambda citation: not citation.verified))
