"""Choose the sections that a plan's ``search`` and ``select`` name, out of those that an agent can hand down.

Selectors name structure: the order of search, a section's kind, the headings above it, what stands in it.
"""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from rao_cli.agent.actions import Target
from rao_cli.agent.finding.tokens import stem, tokens
from rao_cli.agent.policy import State
from rao_cli.agent.reading import Reading
from rao_cli.documents.model import Section
from rao_cli.strategies.plan import Group, Search, Select

_HOLDS = {
    "number": re.compile(r"\d"),
    "time": re.compile(r"\b(?:\d{1,2}:\d\d|\d{4}-\d\d-\d\d|(?:1[5-9]|20)\d\d)\b"),
}


@dataclass(frozen=True)
class Chooser:
    """Chooses among what one agent was shown; ``slots`` are the plan's, filled for the agent's goal."""

    state: State
    reading: Reading
    slots: Mapping[str, str]

    def found(self, search: Search | None) -> list[int]:
        """Return the numbers of the sections that search found, in the order that a plan asks for."""
        first = len(self.state.view.entries) + 1
        numbers = list(range(first, len(self.state.numbered) + 1))
        if search is None:
            return numbers
        value = self.slots[search.slot]
        if search.how == "exact":
            return [number for number in numbers if value.casefold() in self._text(number).casefold()]
        if value == self.state.handoff.goal:
            return numbers  # which is what they are ranked for
        words = {word.stem for word in tokens(value)}
        held = {number: len(words & {stem(w.text) for w in tokens(self._text(number))}) for number in numbers}
        return sorted((number for number in numbers if held[number]), key=lambda number: -held[number])

    def choose(self, select: Select, search: Search | None, read: Collection[str]) -> list[int]:
        """Return the numbers of the sections that are selected and were not read, the best first."""
        parts = range(1, len(self.state.view.entries) + 1)
        numbers = list(parts) if select.of == "parts" else self.found(search)
        fitting = [
            number for number in numbers if self._section(number).id not in read and self._fits(select, number)
        ]
        if select.order == "text":
            fitting.sort(key=lambda number: self._section(number).span)
        return fitting[: select.first]

    def group(self, numbers: Sequence[int], group: Group | None) -> tuple[Target, ...]:
        """Return what the children are given."""
        by = group.by if group else "section"
        if by == "section":
            return tuple(Target(sections=(number,)) for number in numbers)
        if by == "all":
            return (Target(sections=tuple(sorted(numbers))),)
        groups: dict[int, list[int]] = {}
        for number in numbers:
            groups.setdefault(self._part(number), []).append(number)
        return tuple(Target(sections=tuple(sorted(members))) for members in groups.values())

    def _part(self, number: int) -> int:
        """Return the number of the outline's part that a section lies in, or its own below zero."""
        span = self._section(number).span
        entries = enumerate(self.state.view.entries, start=1)
        return next((n for n, entry in entries if entry.span.contains(span)), -number)

    def _section(self, number: int) -> Section:
        return self.state.numbered[number - 1]

    def _text(self, number: int) -> str:
        return self.reading.document.read(self._section(number).span)

    def _fits(self, select: Select, number: int) -> bool:
        section = self._section(number)
        if select.kinds and section.kind not in select.kinds:
            return False
        if select.titled and not self._is_titled(section, self.slots[select.titled]):
            return False
        return not select.holds or _HOLDS[select.holds].search(self._text(number)) is not None

    def _is_titled(self, section: Section, value: str) -> bool:
        """Tell whether the headings at a section hold a word of a slot."""
        above = " ".join([*self.reading.document.headings(section.span.start), section.title])
        return bool({word.stem for word in tokens(value) if not word.stop} & {word.stem for word in tokens(above)})
