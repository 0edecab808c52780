"""What is known of a range: its ends and commits, and of each file the passages that changed."""

from dataclasses import dataclass
from typing import Any

SHORT = 8
"""Characters of a commit's id that are shown."""


@dataclass(frozen=True)
class Piece:
    """Neighbouring lines of one version of a file, from line ``line`` on."""

    path: str
    line: int
    text: str


@dataclass(frozen=True)
class Range:
    """A range that was read: its repository, the revision as it was given, and what the reader found."""

    source: str
    since: str
    found: dict[str, Any]

    @property
    def old(self) -> str:
        """Return the older end, short."""
        return str(self.found["old"])[:SHORT]

    @property
    def new(self) -> str:
        """Return the newer end, short."""
        return str(self.found["new"])[:SHORT]

    def now(self, path: str) -> str:
        """Return what locations show of a file's new version: its path, with the commit where that is not HEAD."""
        shown = f"{self.source.rstrip('/')}/{path}"
        return shown if self.found["head"] else f"{shown}@{self.new}"

    def then(self, path: str, *, deleted: bool) -> str:
        """Return what locations show of a file's old version: its path with the commit, and whether it is gone."""
        shown = f"{self.source.rstrip('/')}/{path}@{self.old}"
        return f"{shown} (deleted)" if deleted else shown

    @property
    def warnings(self) -> tuple[str, ...]:
        """Return what a person has to know of it."""
        told = []
        if self.found["diverged"]:
            told.append(f"the two ends have grown apart: what is told changed since {self.old}, where they parted")
        if self.found["more"]:
            told.append(f"{self.found['more']:,} older commits of the range are not told")
        return tuple(told)


@dataclass(frozen=True)
class Passage:
    """Lines of one place that changed, named after what they stand in."""

    title: str
    pieces: tuple[Piece, ...]


@dataclass(frozen=True)
class Changed:
    """One file: its path, what happened to it, the lines that came and went, and its changed passages."""

    path: str
    change: str
    before: str
    """Its path until then, where it was renamed."""
    added: int
    removed: int
    passages: tuple[Passage, ...] = ()
    inside: tuple[str, ...] = ()
    """The functions or sections that were changed, each once."""
