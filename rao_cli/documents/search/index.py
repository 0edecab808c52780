"""The search index of one document: what agents and commands ask.

Exact matches read the text itself; the full-text index is opened, or built, when a question is first ranked.
"""

import re
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TypeVar

from rao_cli.documents.model import Document, Section, Span
from rao_cli.documents.search.database import DamagedError, Database, Progress, open_database
from rao_cli.documents.search.exact import Found, Pattern, find
from rao_cli.documents.search.ranking import Ranking
from rao_cli.documents.search.terms import storable
from rao_cli.errors import RaoError

COMMON = 20_000
"""Passages up to which those that hold a word are counted: beyond, it is common in any document."""
_WORD = re.compile(r"\w+")
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Hit:
    """A passage that was found, and the leaf that holds its start."""

    span: Span
    section_id: str


class SearchIndex:
    """Searches a document; it may be used from any one thread at a time.

    Hits are named after the ``leaves``. With a ``path`` the index is kept there for the next time.
    """

    def __init__(
        self, document: Document, leaves: Sequence[Section], path: Path | None = None, earlier: Path | None = None
    ) -> None:
        """``earlier`` is where the index of an earlier state of the same source may lie."""
        self._document = document
        self._leaves = sorted(leaves, key=lambda leaf: leaf.span.start)
        self._starts = [leaf.span.start for leaf in self._leaves]
        self._path, self._earlier = path, earlier

    def ranked(self, query: str, limit: int = 10, within: Sequence[Span] | None = None) -> list[Hit]:
        """Return the passages that match a question's content words best, best first.

        With ``within`` each shares a character with one of those spans. Raises RaoError where no index can be
        built.
        """
        spans = self._sound(lambda: self._ranking.best(query, limit, within))
        return [Hit(span, self._leaf_id(span.start)) for span in spans]

    def frequencies(self, words: Sequence[str]) -> tuple[int, list[int]]:
        """Return how many passages there are, and how many of them hold each word (counted to COMMON at most).

        Raises RaoError where no index can be built.
        """
        return self._sound(lambda: self._frequencies(words))

    def _frequencies(self, words: Sequence[str]) -> tuple[int, list[int]]:
        matches = [" ".join(_WORD.findall(storable(word))) for word in words]
        counts = [self._database.passages(f'"{match}"', COMMON) if match else 0 for match in matches]
        return self._database.size(), counts

    def find(
        self,
        pattern: str,
        limit: int = 5,
        within: Sequence[Span] | None = None,
        *,
        expression: bool = False,
        case: bool = False,
        words: bool = False,
    ) -> Found:
        """Count a text, with any white space between its words, or an expression; return the first matches.

        ``case`` tells upper from lower case, ``words`` takes whole words only, and with ``within`` matches lie
        inside those spans. Raises UsageError for a pattern that is no expression, or too long.
        """
        wanted = Pattern(pattern, expression, case, words)
        return find(self._document, wanted, limit, within, self._leaf_id)

    def prepare(self, progress: Progress) -> None:
        """Open the full-text index now, or build it, which takes a minute for 100 MB.

        ``progress`` is called with the share that is done. Raises RaoError where it can be built nowhere.
        """
        if "_database" not in self.__dict__:
            self._database = open_database(self._document, self._leaves, self._path, progress, self._earlier)

    @cached_property
    def _database(self) -> Database:
        return open_database(self._document, self._leaves, self._path, earlier=self._earlier)

    @property
    def _ranking(self) -> Ranking:
        return Ranking(self._document, self._database, self._definitions)

    @cached_property
    def _definitions(self) -> dict[str, list[int]]:
        """Return where each name that the document's code defines is defined."""
        found: dict[str, list[int]] = defaultdict(list)
        for file in self._document.code:
            for symbol in file.symbols:
                found[symbol.name].append(symbol.span.start)
        return dict(found)

    def _forget(self) -> None:
        """Forget an index that turned out to be damaged."""
        self._database.close()
        del self._database
        if self._path is not None:
            with suppress(OSError):
                self._path.unlink(missing_ok=True)

    def _sound(self, ask: Callable[[], T]) -> T:
        """Ask the index, once more after building it anew where it turns out to be damaged."""
        try:
            return ask()
        except DamagedError:
            self._forget()
        try:
            return ask()
        except DamagedError as error:
            raise RaoError("the search index cannot be read", hint="rao cache clear") from error

    def _leaf_id(self, at: int) -> str:
        if not self._leaves:
            return ""
        return self._leaves[max(0, bisect_right(self._starts, at) - 1)].id
