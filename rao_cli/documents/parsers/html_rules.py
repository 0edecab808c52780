"""Which elements of a page are text, which are its furniture, and which are hidden from the person who reads it.

Limits: style sheets and scripts are not applied, so what only they hide or move is read; furniture is told by
element, role and, for cookie banners and the like, by class and id.
"""

import re
from collections.abc import Mapping
from typing import Any

Attributes = Mapping[str, str | None]


def _names(listed: str) -> frozenset[str]:
    """Return the names of elements in a list."""
    return frozenset(listed.split())


HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
LISTS = frozenset({"ul", "ol", "menu", "dir"})
MAIN = frozenset({"main", "article"})
PARAGRAPHS = frozenset({"p", "blockquote", "hr", "figure"})
"""Elements with an empty line before and after."""
BLOCKS = _names(
    "address article aside body caption center dd details dialog div dl dt fieldset figcaption footer form "
    "header hgroup legend main nav section summary table tbody thead tfoot tr td th option"
)
"""Elements on lines of their own."""
DROPPED = _names(
    "annotation annotation-xml applet area audio base button canvas datalist embed head iframe input link map "
    "meta noembed noframes noscript object param progress rp script select source style svg template textarea "
    "title track video"
)
"""Elements without text for a reader."""
_FURNITURE_TAGS = frozenset({"nav", "header", "footer", "aside"})
_FURNITURE_ROLES = frozenset({"navigation", "banner", "contentinfo", "search", "complementary"})
_PAGE_ONLY = frozenset({"header", "footer", "aside", "banner", "contentinfo", "complementary"})
"""Furniture of the page, but text where they stand inside an article."""
_ANCHORS = frozenset({"¶", "§", "#", "🔗"})
"""Texts of links from a heading to itself."""
_BANNER = re.compile(
    r"(?:cookie|consent|gdpr)[\w-]{0,20}(?:banner|notice|bar|popup|modal|dialog|overlay|message)|\bskip-?(?:to|link|nav|main)"
    r"|\bheaderlink\b|\blinenos\b|\blinenodiv\b",
    re.IGNORECASE,
)
_INVISIBLE = re.compile(
    r"display\s*:\s*none|visibility\s*:\s*(?:hidden|collapse)|(?:font-size|opacity)\s*:\s*0*\.?0*\s*(?:[a-z%]+\s*)?(?:;|!|$)",
    re.IGNORECASE,
)


def is_hidden(attributes: Attributes) -> bool:
    """Tell whether an element says of itself that it is not shown."""
    if not attributes:
        return False
    if "hidden" in attributes and attributes["hidden"] != "until-found":
        return True
    return attributes.get("aria-hidden") == "true" or bool(_INVISIBLE.search(attributes.get("style") or ""))


def is_furniture(node: Any, attributes: Attributes, *, inside: bool) -> bool:
    """Tell whether an element is not part of what the page says; ``inside`` an article less is taken for that."""
    if node.tag == "a" and (node.text(deep=True) or "").strip() in _ANCHORS:
        return True
    role = attributes.get("role") or ""
    kind = node.tag if node.tag in _FURNITURE_TAGS else role if role in _FURNITURE_ROLES else ""
    if kind in _PAGE_ONLY:
        # The title of the page may stand in its header.
        return not inside and not (kind in {"header", "banner"} and node.css_first("h1"))
    if kind:
        return True
    names = f"{attributes.get('class') or ''} {attributes.get('id') or ''}"
    return len(names) > 1 and bool(_BANNER.search(names))
