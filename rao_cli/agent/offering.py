"""What an agent is offered beside its view: sections to choose from, and answers that code proposes."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice

from rao_cli.agent.finding.sentences import sentences_in
from rao_cli.agent.prompts import WHOLE_GOAL
from rao_cli.agent.proposing import Proposal, Proposer
from rao_cli.agent.question.recognise import recognise
from rao_cli.agent.reading import Reading
from rao_cli.agent.records import Task
from rao_cli.agent.summary.telling import Telling
from rao_cli.agent.view import View, outline_entries
from rao_cli.documents.model import Section
from rao_cli.text import one_line

FOUND_CHARACTERS = 110
"""Of the sentence that stands for a section that was found."""
TITLE_CHARACTERS = 30
HITS_RANKED = 80
"""Passages that search ranks for an outline; several of them may lie in one section."""
FIRST_LEAVES = 8
"""Leaves offered in place of search hits where search finds nothing."""
MOST_PARTS = 32
"""Parts that a text is read in; those with parts of their own are divided again."""


@dataclass(frozen=True)
class Offers:
    """Offer sections and proposals of one reading for one task; ``proposer`` is there for readers that weigh."""

    task: Task
    reading: Reading
    telling: Telling | None = None
    proposer: Proposer | None = None

    def sections(self, goal: str, view: View) -> tuple[Section, ...]:
        """Return sections to choose from, where there are several: those that hold proposals, then search's hits.

        For a summary they are what code chose to be read for it.
        """
        if self.telling:
            return self.telling.readings if goal == WHOLE_GOAL else ()
        first = _first_leaves(view)
        if len(first) < 2:
            return ()
        if self.task.thorough:
            return outline_entries(self.reading, view.sections, MOST_PARTS) if view.kind == "text" else ()
        found = self.proposer.leaves(goal, view.spans) if self.proposer else []
        found += self.reading.ranked(goal, limit=HITS_RANKED, within=view.spans)
        # Where no word of the goal occurs ("What is this about?"), the beginning says most.
        return tuple({section.id: section for section in found or first}.values())

    def proposals(self, goal: str, view: View) -> tuple[Proposal, ...]:
        """Return what code proposes as answers in a text view; a summary has no use for them."""
        if self.telling or not self.proposer or view.kind != "text":
            return ()
        return self.proposer.inside(goal, view.spans)


def _first_leaves(view: View) -> Sequence[Section]:
    return list(islice((leaf for section in view.sections for leaf in section.leaves()), FIRST_LEAVES))


def found_lines(reading: Reading, found: Sequence[Section], goal: str) -> list[str]:
    """Write sections found for a goal as numbered lines: a heading and the sentence nearest to the goal."""
    asked = recognise(goal)
    lines = []
    for number, section in enumerate(found, start=1):
        nearest = next(iter(sentences_in(asked, reading, section.span)), None)
        text = nearest.text if nearest else reading.document.read(section.span)
        above = reading.document.headings(section.span.start)
        title = f"{one_line(above[-1], TITLE_CHARACTERS)}: " if above else ""
        lines.append(f"[{number}] {title}{one_line(text, FOUND_CHARACTERS)}")
    return lines
