"""Write running text as plain text: white space joined, lines ended where blocks end, headings noted.

Limits: none of its own; the caller keeps calls to open and close in pairs.
"""

import re

from rao_cli.documents.parsers.base import Options, checked

_SPACES = re.compile(r"\s+")
# Soft hyphens and spaces of no width stand inside words.
_NOTHING = dict.fromkeys(map(ord, "\u00ad\u200b\ufeff\0"))


class Writer:
    """Collects the text of one page."""

    def __init__(self, options: Options) -> None:
        self._options = options
        self._pieces: list[str] = []
        self.length = 0
        self.headings: list[tuple[int, int, str]] = []
        """Start, level and title of each heading."""
        self._newlines = 0
        self._space = False
        self._prefix = ""
        self._pre = 0
        self._cells = -1
        """Cells of the open row of a table of data, or -1 outside of one."""
        self._heading: tuple[int, int] | None = None

    def text(self, text: str) -> None:
        """Write running text."""
        text = text.translate(_NOTHING)
        if self._pre and self._cells < 0:
            self._verbatim(text)
            return
        joined = _SPACES.sub(" ", text)
        if joined.startswith(" "):
            self._space = True
        word = joined.strip(" ")
        if word:
            self._write(word)
            self._space = joined.endswith(" ")

    def end_line(self, newlines: int, *, forced: bool = False) -> None:
        """Let the next text start on a new line, after an empty one if ``newlines`` is two.

        A forced end adds to those before it, as a line break does.
        """
        self._space = True
        if self._cells < 0:
            self._newlines = min(2, self._newlines + 1) if forced else max(self._newlines, newlines)

    def prefix(self, prefix: str) -> None:
        """Start the next text with a mark of its own, if there is any."""
        self._prefix = prefix

    def open_heading(self, level: int) -> None:
        """Start a heading."""
        self.end_line(2)
        self._heading = (len(self._pieces), level) if self._cells < 0 else None

    def close_heading(self) -> None:
        """End the heading; one without text is none."""
        if self._heading:
            first, level = self._heading
            written = "".join(self._pieces[first:])
            if title := written.strip():
                self.headings.append((self.length - len(written.lstrip()), level, title))
        self._heading = None
        self.end_line(2)

    def open_pre(self) -> None:
        """Start text whose lines stay as they are."""
        self.end_line(2)
        self._pre += 1

    def open_code(self) -> None:
        """Start code: on a line of its own in preformatted text, where several variants may follow each other."""
        if self._pre and self._pieces and not self._newlines and not self._pieces[-1].endswith("\n"):
            self.end_line(1)

    def close_pre(self) -> None:
        """End text whose lines stay as they are."""
        self._pre -= 1
        self._newlines = 0
        self.end_line(2)

    def open_row(self) -> None:
        """Start a row of a table of data."""
        self.close_row()
        self.end_line(1)
        self._cells = 0

    def open_cell(self) -> None:
        """Start a cell: after a bar, unless it is the row's first."""
        if self._cells < 0:
            self.open_row()
        if self._cells:
            self._space = False
            self._write(" | ")
        self._space = False
        self._cells += 1

    def close_row(self) -> None:
        """End the row, if one is open."""
        if self._cells >= 0:
            self._cells = -1
            self.end_line(1)

    def finish(self) -> str:
        """Return the text, with a newline at its end if it is not empty."""
        text = "".join(self._pieces)
        return text + "\n" if text and not text.endswith("\n") else text

    def _verbatim(self, text: str) -> None:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
        body = text.rstrip("\n")
        if body:
            self._space = False
            self._write(body)
        # Newlines at the end count only if more text follows.
        self._newlines += len(text) - len(body)

    def _write(self, text: str) -> None:
        if not self._pieces:
            self._newlines, self._space = 0, False
        elif self._newlines:
            self._put("\n" * self._newlines)
        elif self._space and not self._pieces[-1].endswith((" ", "\n")):
            self._put(" ")
        if self._prefix:
            self._put(self._prefix)
        self._newlines, self._space, self._prefix = 0, False, ""
        self._put(text)

    def _put(self, text: str) -> None:
        self._pieces.append(text)
        self.length = checked(self.length + len(text), self._options)
