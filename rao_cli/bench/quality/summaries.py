"""Check summaries by code: what they claim stands in the sections they cite, no part is missing, the length.

A claim is a number, a name, a path or a symbol (agent/summary/verify.py). It holds where it occurs in a section
that the same line or paragraph cites, in that section's headings or place, or among what code counted of the
cited file: a count need not be written anywhere. Limits: what a sentence says about its claims is not checked.
"""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from rao_cli.agent.records import Citation
from rao_cli.agent.summary.parts import main_parts
from rao_cli.agent.summary.repo_files import entries, is_repository
from rao_cli.agent.summary.verify import Claim, missing
from rao_cli.agent.summary.verify import claims as claims_of
from rao_cli.documents.model import Document, Section, Span
from rao_cli.text import one_line

WITHIN = 0.2
"""Share by which a summary may be longer or shorter than was asked."""
LONGEST_SECTION = 20_000
"""Characters of a cited section that are looked at, around the cited place."""
TITLE_CHARACTERS = 79
"""Of a longer title the beginning has to be named."""

_MARKS = re.compile(r"\[(\d+)\]")
_LEFT_OUT = re.compile(r"^(?:- )?Left out: (.*)$")


@dataclass(frozen=True)
class Checked:
    """What was found about one summary."""

    source: str
    words: int
    asked: int
    claims: tuple[Claim, ...]
    unfounded: tuple[Claim, ...]
    counted: int
    """Claims that only the counts of code show."""
    parts: int
    told: int
    named: int
    """Parts that are named as left out."""
    forgotten: tuple[str, ...]

    @property
    def founded(self) -> float:
        """Return the share of claims that hold; all of none."""
        return 1 - len(self.unfounded) / len(self.claims) if self.claims else 1.0

    @property
    def keeps_length(self) -> bool:
        """Tell whether the summary is about as long as was asked."""
        return abs(self.words - self.asked) <= WITHIN * self.asked

    def by_kind(self) -> dict[str, tuple[int, int]]:
        """Return for each kind how many claims hold, and how many there are."""
        every, wrong = (
            Counter(claim.kind for claim in self.claims),
            Counter(claim.kind for claim in self.unfounded),
        )
        return {kind: (count - wrong[kind], count) for kind, count in sorted(every.items())}


def check(document: Document, text: str, citations: Sequence[Citation], words: int) -> Checked:
    """Check a summary of a document against it."""
    claims, unfounded, counted = [], [], 0
    for block in _blocks(text):
        told = _MARKS.sub("", block)
        cited = [citations[int(n) - 1] for n in _MARKS.findall(block) if 0 < int(n) <= len(citations)]
        shown = "\n".join(_section_text(document, citation) for citation in cited)
        open_claims = missing(told, shown)
        wrong = missing(told, f"{shown}\n{_facts(document, cited)}") if open_claims else []
        claims += claims_of(told)
        unfounded += wrong
        counted += len(open_claims) - len(wrong)
    parts = top_parts(document)
    state = [_state(part, text, citations) for part in parts]
    return Checked(
        source=document.name,
        words=len(text.split()),
        asked=words,
        claims=tuple(claims),
        unfounded=tuple(unfounded),
        counted=counted,
        parts=len(parts),
        told=state.count("told"),
        named=state.count("named"),
        forgotten=tuple(
            one_line(part.title)
            for part, found in zip(parts, _ranged(parts, state, text), strict=True)
            if not found
        ),
    )


def _blocks(text: str) -> Iterator[str]:
    """Yield the lines and paragraphs that make claims; what is left out is checked as parts."""
    for line in text.splitlines():
        if line.strip() and not _LEFT_OUT.match(line):
            yield line


def _section_text(document: Document, citation: Citation) -> str:
    """Return the text of the leaf that holds a citation, and what names it."""
    section = document.root
    while section.children:
        inside = (child for child in section.children if child.span.start <= citation.start < child.span.end)
        found = next(inside, None)
        if found is None:
            break
        section = found
    start = max(section.span.start, citation.start - LONGEST_SECTION // 2)
    end = max(citation.end, min(section.span.end, start + LONGEST_SECTION))
    return f"{document.read(Span(start, end))}\n{citation.label}\n{citation.heading}"


def _facts(document: Document, cited: Sequence[Citation]) -> str:
    """Return what code counted of the cited files, and the titles of their parts."""
    paths = {citation.path for citation in cited}
    cells: list[str] = []
    for facts in document.facts:
        if any(facts.path.startswith(path) for path in paths):
            cells += [f"{facts.kind} {name} {_number(value)}" for name, value in facts.values]
            cells += [
                _number(cell) for table in facts.tables for row in (table.columns, *table.rows) for cell in row
            ]
            cells += [f"{table.total}" for table in facts.tables]
    return "\n".join([*cells, *(part.title for part in document.root.children)])


def _number(cell: str | int | float) -> str:
    return cell if isinstance(cell, str) else f"{cell} {cell:,}"


def top_parts(document: Document) -> tuple[Section, ...]:
    """Return the top-level parts that a summary has to tell of or name."""
    return entries(document) if is_repository(document) else main_parts(document, document.root)


def _state(part: Section, text: str, citations: Sequence[Citation]) -> str:
    if any(part.span.start <= citation.start < part.span.end for citation in citations):
        return "told"
    return "named" if one_line(part.title)[:TITLE_CHARACTERS].rstrip() in text else ""


def _ranged(parts: Sequence[Section], state: Sequence[str], text: str) -> list[bool]:
    """Tell of each part whether it is told, named, or within a run that is named by its ends."""
    found = [bool(one) for one in state]
    titles = [one_line(part.title)[:TITLE_CHARACTERS].rstrip() for part in parts]
    for first, title in enumerate(titles):
        for match in re.finditer(rf"{re.escape(title)}\S* to (.*?) \((\d+) parts\)", text):
            last = first + int(match[2]) - 1
            if last < len(titles) and match[1].startswith(titles[last]):
                found[first : last + 1] = [True] * int(match[2])
    return found
