"""Turn HTML into plain text with its headings: what a person would read on the page.

Left out and counted: what is hidden (hidden, aria-hidden, display:none and the like in the element itself) and the
page's furniture (navigation, site header and footer, sidebars, cookie banners). Tables become lines with cells
between bars, lists keep their marks, preformatted text its lines. Limits: style sheets are not applied; elements
deeper than DEEPEST are read as if they were inline.
"""

import contextlib
from typing import Any

from rao_cli.documents.parsers.base import Content, Options
from rao_cli.documents.parsers.html_rules import (
    BLOCKS,
    DROPPED,
    HEADINGS,
    LISTS,
    MAIN,
    PARAGRAPHS,
    Attributes,
    is_furniture,
    is_hidden,
)
from rao_cli.documents.parsers.html_writer import Writer

DEEPEST = 512
_LAYOUT = "table table, table h1, table h2, table h3, table h4, table pre"


def parse(data: bytes, options: Options) -> Content:
    """Return what ``convert`` makes of UTF-8 bytes."""
    return convert(data.decode("utf-8", "replace"), options)


def convert(html: str, options: Options) -> Content:
    """Return ``text``, ``headings`` (start, level, title), ``title``, and how much is ``hidden`` or ``furniture``.

    Raises RefusedError for more text than is allowed.
    """
    from selectolax.lexbor import LexborHTMLParser

    tree = LexborHTMLParser(html)
    page = _Page(tree, options, keep=False)
    # Where nearly everything looks like furniture, the page is built in an unusual way.
    if page.furniture > 10 * len(page.text):
        page = _Page(tree, options, keep=True)
    head = tree.css_first("title")
    return {
        "text": page.text,
        "headings": page.headings,
        "title": " ".join(head.text().split()) if head else "",
        "hidden": page.hidden,
        "furniture": page.furniture,
    }


class _Page:
    """One walk over the tree, without recursion."""

    def __init__(self, tree: Any, options: Options, *, keep: bool) -> None:
        self.hidden = self.furniture = 0
        self._keep = keep
        self._writer = Writer(options)
        self._main = self._header = 0
        self._lists: list[int] = []
        """For each open list the number of its next item, or -1 where items have no number."""
        self._layout = _layout_tables(tree)
        self._tables: list[bool] = []
        """For each open table whether it holds data; otherwise it lays out the page."""
        if tree.body is not None:
            self._walk(tree.body)
        self.text = self._writer.finish()
        self.headings = self._writer.headings

    def _walk(self, node: Any) -> None:
        above: list[Any] = []
        while True:
            if self._enter(node, len(above)):
                inner = node.first_child
                if inner is not None:
                    above.append(node)
                    node = inner
                    continue
                self._leave(node, len(above))
            while above and node.next is None:
                node = above.pop()
                self._leave(node, len(above))
            if not above:
                return
            node = node.next

    def _enter(self, node: Any, depth: int) -> bool:
        """Take in a node's start, and tell whether to go inside."""
        if node.is_text_node:
            self._writer.text(node.text_content or "")
            return False
        if not node.is_element_node or node.tag in DROPPED:
            return False
        attributes = node.attributes
        if is_hidden(attributes):
            self.hidden += _letters(node)
            return False
        menu = self._header > 0 and node.tag in LISTS
        if not self._keep and (menu or is_furniture(node, attributes, inside=self._main > 0)):
            self.furniture += _letters(node)
            return False
        if depth <= DEEPEST:
            self._open(node, node.tag, attributes)
        return True

    def _open(self, node: Any, tag: str, attributes: Attributes) -> None:
        writer = self._writer
        self._main += tag in MAIN
        # A header that was not left out holds the page's title, and maybe menus.
        self._header += tag == "header" and not self._main
        if tag in HEADINGS:
            writer.open_heading(int(tag[1]))
        elif tag in LISTS:
            writer.end_line(1 if self._lists else 2)
            self._lists.append(_first_number(attributes) if tag == "ol" else -1)
        elif tag == "li":
            self._open_item()
        elif tag in {"table", "tr", "td", "th"}:
            self._open_table(node, tag, attributes)
        elif tag == "pre":
            writer.open_pre()
        elif tag == "code":
            writer.open_code()
        elif tag == "br":
            writer.end_line(1, forced=True)
        elif tag == "img":
            writer.text(f" {attributes.get('alt') or ''} ")
        else:
            self._end_line(tag, before=True)

    def _open_table(self, node: Any, tag: str, attributes: Attributes) -> None:
        if tag == "table":
            self._writer.end_line(2)
            self._tables.append(node.mem_id not in self._layout and attributes.get("role") != "presentation")
        elif not self._in_data:
            self._end_line(tag)
        elif tag == "tr":
            self._writer.open_row()
        else:
            self._writer.open_cell()

    def _leave(self, node: Any, depth: int) -> None:
        """Take in the end of an element that was entered."""
        if depth > DEEPEST:
            return
        tag, writer = node.tag, self._writer
        self._header -= tag == "header" and not self._main
        self._main -= tag in MAIN
        if tag in HEADINGS:
            writer.close_heading()
        elif tag in LISTS:
            self._lists.pop()
            writer.end_line(1 if self._lists else 2)
        elif tag == "li":
            writer.prefix("")
            writer.end_line(1)
        elif tag == "pre":
            writer.close_pre()
        elif tag == "table":
            self._tables.pop()
            writer.close_row()
            writer.end_line(2)
        elif tag == "tr" and self._in_data:
            writer.close_row()
        elif tag not in {"td", "th"} or not self._in_data:
            self._end_line(tag)

    @property
    def _in_data(self) -> bool:
        return bool(self._tables) and self._tables[-1]

    def _open_item(self) -> None:
        self._writer.end_line(1)
        mark = "- "
        if self._lists and self._lists[-1] >= 0:
            mark = f"{self._lists[-1]}. "
            self._lists[-1] += 1
        self._writer.prefix("  " * (len(self._lists) - 1) + mark)

    def _end_line(self, tag: str, *, before: bool = False) -> None:
        if tag in PARAGRAPHS or (before and tag == "dt"):
            self._writer.end_line(1 if self._lists else 2)
        elif tag in BLOCKS:
            self._writer.end_line(1)


def _layout_tables(tree: Any) -> frozenset[int]:
    """Return the tables that hold other tables, headings or preformatted text: no lines of cells."""
    found = set()
    for inner in tree.css(_LAYOUT):
        node = inner.parent
        for _ in range(DEEPEST):
            if node is None or node.tag == "table":
                break
            node = node.parent
        if node is not None and node.tag == "table":
            found.add(node.mem_id)
    return frozenset(found)


def _first_number(attributes: Attributes) -> int:
    with contextlib.suppress(ValueError):
        return max(0, int((attributes.get("start") or "1")[:9]))
    return 1


def _letters(node: Any) -> int:
    return len("".join((node.text(deep=True) or "").split()))
