"""What an agent is shown: the text of its sections in numbered blocks, or an outline when that does not fit.

A view depends on the document and the sections only, never on the question, so its KV state and its completions
can be used again. An outline always fits: titles are shortened, then dropped, until it does. Only lines that begin
with a number in brackets are entries, and no text of the document can begin a line. Below them an outline carries
what code counted: the numbers of a log, the columns of a table.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

from rao_cli.agent.reading import Reading
from rao_cli.documents.factlines import fact_lines
from rao_cli.documents.model import Section, Span
from rao_cli.errors import UsageError
from rao_cli.text import clean, one_line

TITLE_LENGTHS = (72, 40, 20, 0)
FACTS_SHARE = 4
"""Facts may take one in this many tokens of an outline."""


@dataclass(frozen=True)
class View:
    """A rendered view; ``entries[n - 1]`` is the section behind the number n that the agent sees."""

    kind: Literal["text", "outline"]
    sections: tuple[Section, ...]
    entries: tuple[Section, ...]
    text: str
    prose: str = ""
    """The text of a text view as it runs on, without headings and numbers."""

    @property
    def spans(self) -> tuple[Span, ...]:
        """Return the spans of the sections that the agent was given."""
        return tuple(section.span for section in self.sections)


@dataclass(frozen=True)
class ViewBudget:
    """How many tokens a view may have: any view, and text that is put together from several sections."""

    view: int
    joined: int
    divided: int | None = None
    """For text of one section that has leaves, which is not opened then; None where that is as for any view."""


def build_view(
    reading: Reading,
    sections: Sequence[Section],
    tokens: ViewBudget,
    count_tokens: Callable[[str], int],
    fanout: int,
) -> View:
    """Show sections as text if that is within the budget, else as an outline.

    Raises UsageError when not even an outline without titles fits: the window is too small to work in.
    """
    budget = tokens.view
    if sum(section.tokens for section in sections) <= _most(sections, tokens):
        for length in TITLE_LENGTHS:
            view = _text_view(reading, sections, length)
            if count_tokens(view.text) <= budget:
                return view
    entries = outline_entries(reading, sections, fanout, tokens.divided or 0)
    for length in TITLE_LENGTHS:
        text = _outline(reading, entries, length)
        used = count_tokens(text)
        if used <= budget:
            left = min(budget - used, budget // FACTS_SHARE)
            return View("outline", tuple(sections), entries, text + _facts(reading, sections, left, count_tokens))
    raise UsageError(
        f"the window leaves {budget} tokens for an outline of {len(entries)} sections, which is too small",
        hint="give a larger --window",
    )


def _most(sections: Sequence[Section], tokens: ViewBudget) -> int:
    """Return how many tokens of text may be shown of sections."""
    if len(sections) > 1:
        return tokens.joined
    return tokens.view if tokens.divided is None or not sections[0].children else tokens.divided


def outline_entries(
    reading: Reading, sections: Sequence[Section], fanout: int, whole: int = 0
) -> tuple[Section, ...]:
    """List what an outline of sections shows: their parts, opened level by level while there are few.

    Sections of up to ``whole`` tokens are not opened.
    """
    entries = list(sections)
    while True:
        parts = [entry.children if entry.tokens > whole else () for entry in entries]
        opened = [part for entry, inner in zip(entries, parts, strict=True) for part in inner or (entry,)]
        if not any(parts) or (len(opened) > fanout and len(entries) > 1):
            break
        entries = opened
    return reading.blocks(entries[0]) if len(entries) == 1 else tuple(entries)


def _text_view(reading: Reading, sections: Sequence[Section], title_length: int) -> View:
    entries: list[Section] = []
    lines: list[str] = []
    blocks: list[str] = []
    path = ""
    for section in sections:
        if title_length:
            lines.append(f"# {heading(reading, section, title_length)}")
        for leaf in section.leaves():
            for block in reading.blocks(leaf):
                above, path = path, reading.document.locate(block.span).path
                if title_length and entries and path != above:
                    lines.append(f"# {one_line(path, title_length)}")
                entries.append(block)
                blocks.append(_block_text(reading, block))
                lines.append(f"[{len(entries)}] {blocks[-1]}".rstrip())
    return View("text", tuple(sections), tuple(entries), "\n".join(lines) + "\n", " ".join(blocks))


def heading(reading: Reading, section: Section, length: int = TITLE_LENGTHS[0]) -> str:
    """Name a section in one line: its title and where it can be opened, each in ``length`` characters or fewer."""
    place = str(reading.document.locate(section.span))
    return f"{one_line(section.title, length)} ({one_line(place, length)})"


def _block_text(reading: Reading, block: Section) -> str:
    # One line a block: a line that looks like another block's number cannot be forged.
    return " ".join(clean(reading.document.read(block.span)).split())


def _outline(reading: Reading, entries: Sequence[Section], title_length: int) -> str:
    lines = [
        f"[{number}] {_entry(reading, entry, title_length)}".rstrip()
        for number, entry in enumerate(entries, start=1)
    ]
    return "\n".join(lines) + "\n"


def _facts(reading: Reading, sections: Sequence[Section], tokens: int, count_tokens: Callable[[str], int]) -> str:
    """Return lines of what code counted in the sections' files, as many as fit."""
    text = ""
    for line in fact_lines(reading.document, [section.span for section in sections]):
        longer = f"{text}- {line}\n"
        if count_tokens(longer) > tokens:
            break
        text = longer
    return text


def _entry(reading: Reading, entry: Section, title_length: int) -> str:
    if not title_length:
        return ""
    place = reading.document.locate(entry.span)
    where = place.pages if place.first_page else f"line {place.first_line}"
    return f"{one_line(entry.title, title_length)} ({where}, {entry.tokens} tokens)"


def hit_lines(reading: Reading, hits: Sequence[Section], first: int) -> list[str]:
    """Write search hits as numbered lines, from number ``first`` on: each one's heading and how it begins."""
    return [
        f"[{number}] {heading(reading, hit)}: {one_line(reading.document.read(hit.span), 100)}"
        for number, hit in enumerate(hits, start=first)
    ]
