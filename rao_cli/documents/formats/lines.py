"""Go through a text line by line without holding it: the text may lie on disk, and a line may be very long."""

from collections.abc import Iterator
from typing import Self

from rao_cli.documents.model import Text
from rao_cli.documents.stored import windows


class Lines:
    """Iterates over the lines of a text, each with its newline; ``end`` is where the last one given ends."""

    def __init__(self, text: Text) -> None:
        self.end = 0
        self._lines = _lines(text)

    def __iter__(self) -> Self:
        return self

    def __next__(self) -> str:
        line = next(self._lines)
        self.end += len(line)
        return line


def _lines(text: Text) -> Iterator[str]:
    unfinished: list[str] = []
    for _, piece in windows(text):
        *whole, last = piece.split("\n")
        for line in whole:
            yield "".join([*unfinished, line, "\n"]) if unfinished else line + "\n"
            unfinished = []
        if last:
            unfinished.append(last)
    if unfinished:
        yield "".join(unfinished)
