"""What a test source is, and what a reader would say that it defines, imports and uses."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Snippet:
    """A source; its symbols as (line, kind, dotted name); its imports; some of its uses with their counts."""

    name: str
    source: str
    symbols: tuple[tuple[int, str, str], ...]
    imports: tuple[str, ...] = ()
    uses: tuple[tuple[str, int], ...] = ()
