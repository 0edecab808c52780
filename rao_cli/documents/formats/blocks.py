"""Find the headings of a Markdown text by its blocks, as CommonMark 0.31 divides them, line by line.

Quotes, lists, code and HTML are followed only as far as they decide what is a heading and what is not, so that
time stays linear and depth costs nothing. Headings inside quotes and lists are left out. Limits: containers
nested deeper than DEEPEST are read as text.
"""

import re
from dataclasses import dataclass, field
from enum import Enum, auto

DEEPEST = 32
_QUOTE = -1
_SPACES = re.compile(" *")
_ATX = re.compile(r"(#{1,6})(?=[ \t]|$)")
_SETEXT = re.compile(r"(=+|-+)[ \t]*$")
_BREAK = re.compile(r"(?:(?:\*[ \t]*){3,}+|(?:_[ \t]*){3,}+|(?:-[ \t]*){3,}+)$")
_FENCE = re.compile(r"(`{3,})[^`]*$|(~{3,})")
_BULLET = re.compile(r"([*+-]|(\d{1,9})[.)])( +|$)")
_LINK = r" {0,3}\[(?!\s*\])(?:[^\[\]\\]|\\.){1,999}+\]:[ \t]*\n?[ \t]*(?:<[^<>\n]*>|[^<\s]\S*+)"
_REFERENCE = re.compile(
    rf"{_LINK}(?:[ \t]+|[ \t]*\n[ \t]*)"
    r"(?:\"(?:[^\"\\]|\\.)*+\"|'(?:[^'\\]|\\.)*+'|\((?:[^()\\]|\\.)*+\))[ \t]*(?:\n|$)"
)
_BARE_REFERENCE = re.compile(rf"{_LINK}[ \t]*(?:\n|$)")
_EMPTY_LINES = re.compile(r"\n+")
_TAGS = (
    "address|article|aside|base|basefont|blockquote|body|caption|center|col|colgroup|dd|details|dialog|dir|div|dl|dt"
    "|fieldset|figcaption|figure|footer|form|frame|frameset|h[1-6]|head|header|hr|html|iframe|legend|li|link|main"
    "|menu|menuitem|nav|noframes|ol|optgroup|option|p|param|search|section|summary|table|tbody|td|tfoot|th|thead"
    "|title|tr|track|ul"
)
_ATTRIBUTE = r"[ \t]++[A-Za-z_:][\w.:-]*+(?:[ \t]*=[ \t]*(?:[^ \t\"'=<>`]++|'[^']*+'|\"[^\"]*+\"))?+"
_BLANK = re.compile(r"[ \t]*$")
_HTML = tuple(
    (re.compile(start, re.IGNORECASE), re.compile(end, re.IGNORECASE))
    for start, end in (
        (r"<(?:script|pre|style|textarea)(?:[ \t>]|$)", r"</(?:script|pre|style|textarea)>"),
        (r"<!--", r"-->"),
        (r"<\?", r"\?>"),
        (r"<![A-Z]", r">"),
        (r"<!\[CDATA\[", r"\]\]>"),
        (rf"</?(?:{_TAGS})(?:[ \t]|/?>|$)", r"\A[ \t]*$"),
        (
            rf"(?:<[A-Za-z][A-Za-z0-9-]*+(?:{_ATTRIBUTE})*+[ \t]*/?>|</[A-Za-z][A-Za-z0-9-]*+[ \t]*>)[ \t]*$",
            r"\A[ \t]*$",
        ),
    )
)
# The last kind of HTML, any tag alone on its line, does not end a paragraph.
_ANY_TAG = 6


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading outside quotes and lists: where its first line starts, its level and its text."""

    start: int
    level: int
    text: str


def headings(text: str, start: int = 0) -> list[Heading]:
    """Return the headings of a Markdown text from an offset on."""
    scan = _Scan()
    at = start
    while at < len(text):
        # A third empty line in a row changes nothing that the first two did not.
        if text.startswith("\n\n\n", at) and (empty := _EMPTY_LINES.match(text, at)):
            at = empty.end() - 2
        end = text.find("\n", at)
        end = len(text) if end < 0 else end
        scan.line(text[at:end], at)
        at = end + 1
    return scan.found


class _Leaf(Enum):
    """What kind of block is open inside the innermost container."""

    NONE = auto()
    PARAGRAPH = auto()
    FENCE = auto()
    HTML = auto()
    INDENTED = auto()


@dataclass(slots=True)
class _Scan:
    """The state between lines: open containers, the open leaf and what it needs to end."""

    found: list[Heading] = field(default_factory=list)
    _containers: list[int] = field(default_factory=list)
    """For a list item the column of its content, for a quote _QUOTE."""
    _leaf: _Leaf = _Leaf.NONE
    _fence: str = ""
    _html_end: re.Pattern[str] = _BLANK
    _paragraph: list[tuple[int, str]] = field(default_factory=list)
    """Starts and texts of the lines of the open paragraph."""
    _fresh_item: bool = False
    """The innermost list item has had no content yet."""

    def line(self, line: str, at: int) -> None:
        """Take in the next line, which starts at an offset of the text."""
        if self._paragraph and self._paragraph[0][1].startswith("["):
            self._end_definitions(line)
        # Most lines go on with a paragraph and start with a letter, which nothing else does.
        if self._leaf is _Leaf.PARAGRAPH and not self._containers and line[:1].isalpha():
            self._paragraph.append((at, line))
            return
        if "\t" in line:
            line = line.expandtabs(4)
        matched, pos = self._matched(line)
        whole = matched == len(self._containers)
        if whole and self._goes_on(line, pos):
            return
        if not whole and self._leaf is not _Leaf.PARAGRAPH:
            self._close(matched)
        elif self._leaf is _Leaf.INDENTED:
            self._leaf = _Leaf.NONE
        self._open(line, at, matched, pos)

    def _end_definitions(self, line: str) -> None:
        """Close a paragraph that only defines links, unless the line may be the title of the last one."""
        if len(self._paragraph) > 3 or line.lstrip()[:1] in {'"', "'", "("}:
            return
        if not _without_references(self._paragraph):
            self._leaf = _Leaf.NONE
            self._paragraph = []

    def _matched(self, line: str) -> tuple[int, int]:
        """Return how many of the open containers the line continues, and where its content starts."""
        pos = 0
        blank = not line.strip(" ")
        if blank and not self._fresh_item and _QUOTE not in self._containers:
            return len(self._containers), 0
        for number, content in enumerate(self._containers):
            first = _first(line, pos)
            if content == _QUOTE:
                if first - pos > 3 or line[first : first + 1] != ">":
                    return number, pos
                pos = first + 1
                pos += line[pos : pos + 1] == " "
            elif blank or first == len(line):
                last = number == len(self._containers) - 1
                if last and self._fresh_item:
                    return number, pos
            elif first < content:
                return number, pos
            else:
                pos = content
        return len(self._containers), pos

    def _goes_on(self, line: str, pos: int) -> bool:
        """Tell whether the line belongs to the open code or HTML."""
        first = _first(line, pos)
        if self._leaf is _Leaf.FENCE:
            rest = line[first:].rstrip()
            if first - pos < 4 and len(rest) >= len(self._fence) and not rest.strip(self._fence[0]):
                self._leaf = _Leaf.NONE
            return True
        if self._leaf is _Leaf.HTML:
            if self._html_end.search(line[pos:]):
                self._leaf = _Leaf.NONE
            return True
        return self._leaf is _Leaf.INDENTED and (first == len(line) or first - pos >= 4)

    def _close(self, kept: int) -> None:
        """Close all containers but the outermost ``kept``, and the leaf."""
        del self._containers[kept:]
        self._leaf = _Leaf.NONE
        self._paragraph = []

    def _open(self, line: str, at: int, matched: int, pos: int) -> None:
        """Open what the line starts: containers, then a leaf; or go on with the open paragraph."""
        while True:
            first = _first(line, pos)
            direct = self._leaf is _Leaf.PARAGRAPH and matched == len(self._containers)
            if first == len(line):
                self._blank(matched)
                return
            if first - pos >= 4:
                if self._leaf is not _Leaf.PARAGRAPH:
                    self._start(_Leaf.INDENTED, matched)
                    return
                break
            inside = self._container(line, first, direct=direct)
            if inside is None or matched >= DEEPEST:
                break
            column, pos = inside
            self._close(matched)
            self._containers.append(column)
            matched += 1
            self._fresh_item = column != _QUOTE
            if self._fresh_item and _first(line, pos) == len(line):
                return
        if first - pos < 4 and self._block(line, at, first, matched, direct=direct):
            return
        self._text(line, at, first, matched)

    def _container(self, line: str, first: int, *, direct: bool) -> tuple[int, int] | None:
        """Return the content column of a container that starts here (_QUOTE for a quote) and where it goes on."""
        if line[first] == ">":
            return _QUOTE, first + 1 + (line[first + 1 : first + 2] == " ")
        item = _BULLET.match(line, first)
        if not item or _BREAK.match(line, first) or (direct and _SETEXT.match(line, first)):
            return None
        empty = item.end() >= len(line) and not line[item.end(1) :].strip()
        # Only an item with content, and a list that starts with 1, may interrupt a paragraph.
        if direct and (empty or item[2] not in {None, "1"}):
            return None
        spaces = len(item[3])
        column = item.end(1) + (1 if empty or spaces > 4 else spaces)
        return column, min(column, len(line))

    def _block(self, line: str, at: int, first: int, matched: int, *, direct: bool) -> bool:
        """Open the leaf that starts here, and tell whether one does."""
        mark = line[first]
        under = _SETEXT.match(line, first) if direct and mark in "=-" else None
        if under and self._setext(1 if mark == "=" else 2):
            return True
        if mark == "#" and (atx := _ATX.match(line, first)):
            if not matched:
                self.found.append(Heading(at, len(atx[1]), _unclosed(line[atx.end() :])))
            self._start(_Leaf.NONE, matched)
            return True
        if mark in "`~" and (fence := _FENCE.match(line, first)):
            self._start(_Leaf.FENCE, matched)
            self._fence = fence[1] or fence[2]
            return True
        if mark in "*_-" and _BREAK.match(line, first):
            self._start(_Leaf.NONE, matched)
            return True
        return mark == "<" and self._html(line, first, matched)

    def _html(self, line: str, first: int, matched: int) -> bool:
        for number, (start, end) in enumerate(_HTML):
            if not start.match(line, first) or (number == _ANY_TAG and self._leaf is _Leaf.PARAGRAPH):
                continue
            closed = end.search(line[first:])
            self._start(_Leaf.NONE if closed else _Leaf.HTML, matched)
            self._html_end = end
            return True
        return False

    def _setext(self, level: int) -> bool:
        """Turn the open paragraph into a heading, unless it only defines links."""
        lines = self._paragraph
        if lines[0][1].lstrip().startswith("["):
            lines = _without_references(lines)
        if not lines:
            return False
        if not self._containers:
            self.found.append(Heading(lines[0][0], level, " ".join(text.strip() for _, text in lines)))
        self._leaf = _Leaf.NONE
        self._paragraph = []
        return True

    def _start(self, leaf: _Leaf, matched: int) -> None:
        self._close(matched)
        self._leaf = leaf
        self._fresh_item = False

    def _blank(self, matched: int) -> None:
        self._close(matched)
        self._fresh_item = False

    def _text(self, line: str, at: int, first: int, matched: int) -> None:
        """Take the line as text: of the open paragraph, also where it lacks that one's marks, or of a new one."""
        if self._leaf is not _Leaf.PARAGRAPH:
            self._close(matched)
            self._leaf = _Leaf.PARAGRAPH
        self._paragraph.append((at, line[first:]))
        self._fresh_item = False


def _unclosed(title: str) -> str:
    """Return the text of a heading without the number signs that may close it."""
    title = title.strip()
    rest = title.rstrip("#")
    return rest.rstrip() if not rest or rest[-1] in " \t" else title


def _first(line: str, pos: int) -> int:
    """Return where the first character that is no space stands, or the line's length."""
    spaces = _SPACES.match(line, pos)
    return spaces.end() if spaces else len(line)


def _without_references(lines: list[tuple[int, str]]) -> list[tuple[int, str]]:
    """Return the lines of a paragraph after the link definitions at its start."""
    text = "\n".join(line for _, line in lines)
    at = 0
    while found := _REFERENCE.match(text, at) or _BARE_REFERENCE.match(text, at):
        at = found.end()
    return lines[text.count("\n", 0, at) + (at == len(text)) :]
