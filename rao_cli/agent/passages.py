"""The text around a citation, for a person who wants to see what an answer rests on."""

from collections.abc import Iterable

from rao_cli.agent.records import Citation
from rao_cli.documents.model import Document, Span
from rao_cli.text import clean

AROUND = 2
"""Lines shown before and after the cited ones."""
MOST_LINES = 12
MOST_CHARACTERS = 1_200
_REACH = 400
"""Characters before and after the cited ones in which the lines around them are looked for."""


def with_passages(document: Document, citations: Iterable[Citation]) -> tuple[Citation, ...]:
    """Return the citations, each with its passage."""
    return tuple(one.model_copy(update={"passage": passage(document, one)}) for one in citations)


def passage(document: Document, citation: Citation) -> str:
    """Return the cited lines and a few around them, of the same file, cleaned and not too many."""
    cited = _trimmed(document, citation)
    around = Span(max(0, cited.start - _REACH), min(len(document), cited.end + _REACH))
    file = next((part for part in document.by_file(around) if part.end > cited.start), cited)
    end = max(cited.end, min(cited.end + _REACH, file.end))
    before = document.read(Span(file.start, cited.start)).split("\n")
    after = document.read(Span(cited.end, end)).split("\n")
    if file.start == around.start > 0:
        before[0] = _after_space(before[0])
    if end == cited.end + _REACH < len(document):
        after[-1] = _before_space(after[-1])
    middle = (before.pop() + document.read(cited) + after.pop(0)).split("\n")
    lines = [*_whole(before)[-AROUND:], *middle, *_whole(after)[:AROUND]]
    return "\n".join(clean(line).rstrip() for line in lines[:MOST_LINES])


def surroundings(document: Document, citation: Citation, reach: int) -> tuple[str, str, str]:
    """Return the cited lines whole, and the lines before and after in the same file, as far as ``reach``."""
    cited = _trimmed(document, citation)
    around = Span(max(0, cited.start - reach), min(len(document), cited.end + reach))
    file = next((part for part in document.by_file(around) if part.end > cited.start), cited)
    before = document.read(Span(file.start, cited.start))
    after = document.read(Span(cited.end, max(cited.end, file.end)))
    if file.start == around.start > 0 and "\n" in before:
        before = before.partition("\n")[2]
    if file.end == around.end < len(document) and "\n" in after:
        after = after.rpartition("\n")[0]
    first, last = before.rfind("\n") + 1, after.find("\n")
    last = len(after) if last < 0 else last
    whole = before[first:] + document.read(cited) + after[:last]
    return before[:first].removesuffix("\n"), whole, after[last + 1 :].removesuffix("\n")


def _trimmed(document: Document, citation: Citation) -> Span:
    """Return a citation's span without white space around it, within the document and not too long."""
    start = max(0, min(citation.start, len(document)))
    text = document.read(Span(start, max(start, min(citation.end, start + MOST_CHARACTERS))))
    start += len(text) - len(text.lstrip())
    return Span(start, start + len(text.strip()))


def _after_space(text: str) -> str:
    """Mark that a line begins earlier, at a word."""
    return f"…{text.partition(' ')[2]}"


def _before_space(text: str) -> str:
    """Mark that a line goes on, at a word."""
    return f"{text.rpartition(' ')[0]}…"


def _whole(lines: list[str]) -> list[str]:
    """Return the lines beside the cited ones that say something and are not cut."""
    return [line for line in lines if line.strip() and not line.startswith("…") and not line.endswith("…")]
