"""A cited passage with what stands around it, for a screen: the cited lines are marked."""

import textwrap
from collections.abc import Iterator

from rao_cli.agent.passages import surroundings
from rao_cli.agent.records import Citation
from rao_cli.documents.model import Document
from rao_cli.text import clean, one_line

AROUND = 4_000
"""Characters shown before and after the cited lines."""
_WIDTH = 76


def passage_text(document: Document, citation: Citation) -> tuple[str, int]:
    """Return a passage below its place and the number of its first cited line; long lines are wrapped.

    Cited lines begin with >, all others with a space.
    """
    before, cited, after = surroundings(document, citation, AROUND)
    place = one_line(citation.label) or one_line(citation.path)
    heading = [one_line(citation.heading)] if citation.heading else []
    above = [place, *heading, "", *_marked(before, " ")]
    return "\n".join([*above, *_marked(cited, ">"), *_marked(after, " ")]) + "\n", len(above) + 1


def _marked(text: str, mark: str) -> Iterator[str]:
    for line in clean(text).expandtabs(4).split("\n") if text else ():
        for part in textwrap.wrap(line, _WIDTH) or [""]:
            yield f"{mark} {part}".rstrip()
