"""A cited passage with what stands around it, for a screen: the cited lines are marked."""

import textwrap
from collections.abc import Iterator

from rao_cli.agent.passages import surroundings
from rao_cli.agent.records import Citation
from rao_cli.documents.model import Document
from rao_cli.text import clean, one_line

AROUND = 4_000
"""Characters shown before and after the cited lines."""
_USUAL, _NARROWEST = 80, 20


def passage_text(document: Document, citation: Citation, width: int | None = None) -> tuple[str, int]:
    """Return a passage below its place and the number of its first cited line, in lines of at most ``width``.

    Cited lines begin with >, all others with a space.
    """
    before, cited, after = surroundings(document, citation, AROUND)
    place = one_line(citation.label) or one_line(citation.path)
    heading = [one_line(citation.heading)] if citation.heading else []
    room = max(_NARROWEST, (width or _USUAL) - 3)
    above = [place, *heading, "", *_marked(before, " ", room)]
    return "\n".join([*above, *_marked(cited, ">", room), *_marked(after, " ", room)]) + "\n", len(above) + 1


def _marked(text: str, mark: str, room: int) -> Iterator[str]:
    for line in clean(text).expandtabs(4).split("\n") if text else ():
        for part in textwrap.wrap(line, room) or [""]:
            yield f"{mark} {part}".rstrip()
