"""Pack a document into a reading tree whose leaves each fit one view.

The leaves partition the text exactly and are counted exactly with the model's tokenizer. Structure is kept where
it fits: small neighbours are merged, large sections split at the largest boundary. Every character is counted
about twice, never more with depth.

A leaf depends on the text near it alone, so that an edit leaves the leaves of other files as they are, and what
is added to the end of a text those before it: nothing is spread evenly over the whole, and where one of many
places will do, it is chosen by its name. Limits: a single character larger than a view stays a leaf of its own.
"""

import zlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import accumulate, groupby, pairwise

from rao_cli.documents.boundaries import cut_before, first_words
from rao_cli.documents.model import CONTAINERS, Document, Section, Span, Text
from rao_cli.documents.sections import ANONYMOUS, number
from rao_cli.text import one_line

_TITLE_CHARACTERS = 60
_ELLIPSIS = " … "
# Longer texts than this many characters a token are not counted to see whether they fit one view.
_MOST_CHARACTERS = 12
_SAMPLE_CHARACTERS = 1000


def pack(document: Document, count_tokens: Callable[[str], int], view_tokens: int, fanout: int = 32) -> Section:
    """Return the reading tree of a document: leaves of at most ``view_tokens``, at most ``fanout`` children.

    Raises ValueError for a view below one token or a fanout below two.
    """
    if view_tokens < 1 or fanout < 2:
        raise ValueError("a view needs one token and a node two children")
    text = document.text
    packer = Packer(text, lambda span: count_tokens(text[span.start : span.end]), view_tokens, fanout)
    return number(packer.tree(document.root))


@dataclass(frozen=True, slots=True)
class _Item:
    """Neighbouring text that may become a leaf or join one: its sections' titles and its estimated tokens."""

    span: Span
    tokens: int
    title: str = ""
    kind: str = "paragraph"
    solid: bool = False
    counted: bool = False


class Packer:
    """One packing: the text, what counts or estimates the tokens of a span, the limits."""

    def __init__(self, text: Text, count: Callable[[Span], int], view: int, fanout: int) -> None:
        self._text = text
        self._count = count
        self._view = view
        self._fanout = fanout
        self._tokens: dict[int, int] = {}

    def tree(self, root: Section) -> Section:
        """Return the packed tree below the document's root."""
        if not root.span:
            return replace(root, children=(), tokens=0)
        self._estimate(root)
        packed = self._pack(root)
        if len(packed) == 1:
            return replace(packed[0], title=root.title, kind=root.kind)
        return self._node(root, packed)

    def _estimate(self, section: Section) -> int:
        if section.children:
            tokens = sum(self._estimate(child) for child in section.children)
        elif len(section.span) > self._view * _MOST_CHARACTERS:
            tokens = max(self._view + 1, int(len(section.span) / self._ratio(section.span)))
        else:
            tokens = self._count(section.span)
        self._tokens[id(section)] = tokens
        return tokens

    def _pack(self, section: Section) -> list[Section]:
        """Return the packed sections that replace a section: one, unless it has no title of its own."""
        if self._fits(section):
            return self._settled([self._item(section, section)], section)
        if not section.children:
            return _numbered(self._settled(list(self._cut(section.span)), section), section)
        runs: list[Section] = []
        waiting: list[_Item] = []
        for anonymous, run in groupby(section.children, _is_anonymous):
            if anonymous:
                waiting.extend(self._joined_items(list(run)))
                continue
            for child in run:
                if self._fits(child):
                    waiting.append(self._item(child, section))
                    continue
                runs.extend(self._settled(waiting, section))
                waiting = []
                runs.append(self._packed_child(child))
        runs.extend(self._settled(waiting, section))
        return _numbered(runs, section)

    def _joined_items(self, run: Sequence[Section]) -> Iterator[_Item]:
        """Return items for adjacent text without headings, which may be cut anywhere."""
        if len(run) == 1 and self._fits(run[0]):
            yield _Item(run[0].span, self._tokens[id(run[0])], counted=True)
            return
        span = Span(run[0].span.start, run[-1].span.end)
        tokens = sum(self._tokens[id(section)] for section in run)
        if tokens <= self._view:
            yield _Item(span, tokens)
        else:
            yield from self._cut(span)

    def _packed_child(self, child: Section) -> Section:
        packed = self._pack(child)
        if len(packed) > 1:
            return self._node(child, packed)
        inner = packed[0].title
        return replace(packed[0], title=inner if inner.startswith(child.title) else f"{child.title} / {inner}")

    def _fits(self, section: Section) -> bool:
        return self._tokens[id(section)] <= self._view

    def _item(self, section: Section, parent: Section) -> _Item:
        title = "" if section.kind in ANONYMOUS else section.title
        tokens = self._tokens[id(section)]
        # Files, and the chapters or classes right below them, keep a leaf to themselves once they fill half of it.
        top = section.kind not in ANONYMOUS and parent.kind in CONTAINERS
        solid = top and tokens * 2 >= self._view
        return _Item(section.span, tokens, title, section.kind, solid, counted=not section.children)

    def _cut(self, span: Span) -> Iterator[_Item]:
        """Split a span into counted pieces that fit a view, all but the last two about as large as that allows."""
        at = span.start
        ratio = self._ratio(span)
        while at < span.end:
            left = span.end - at
            most = max(1, int(ratio * self._view * 0.95))
            size = -(-left // 2) if most < left <= 2 * most else most
            cut = cut_before(self._text, at, at + size, span.end)
            tokens = self._count(Span(at, cut))
            while tokens > self._view and cut - at > 1:
                limit = min(cut - 1, at + max(1, int((cut - at) * self._view / tokens * 0.95)))
                cut = cut_before(self._text, at, limit, span.end)
                tokens = self._count(Span(at, cut))
            ratio = max(0.05, (cut - at) / max(1, tokens))
            yield _Item(Span(at, cut), tokens, counted=True)
            at = cut

    def _settled(self, items: Sequence[_Item], parent: Section) -> list[Section]:
        """Return leaves for neighbouring items, merged as far as the view allows."""
        leaves: list[Section] = []
        group: list[_Item] = []
        filled = 0
        for item in items:
            while group and (filled + item.tokens > self._view or _border(group[-1], item)):
                end = self._end(group, item)
                leaves.extend(self._leaves(group[:end], parent))
                group = group[end:]
                filled = sum(one.tokens for one in group)
            group.append(item)
            filled += item.tokens
        if group:
            leaves.extend(self._leaves(group, parent))
        return leaves

    def _end(self, group: Sequence[_Item], after: _Item) -> int:
        """Return how many of a group's items make a leaf: of files as many as end at a place that lasts.

        That is before the name with the smallest checksum once half a leaf is filled, so that a file which is
        added, removed or changed moves the borders next to it and none further on.
        """
        if _border(group[-1], after) or any(item.kind != "file" for item in (*group, after)):
            return len(group)
        names = [item.title for item in (*group[1:], after)]
        filled = [*accumulate(item.tokens for item in group)]
        places = [place for place in range(len(group)) if filled[place] * 2 >= self._view]
        return 1 + min(places or [len(group) - 1], key=lambda place: (_checksum(names[place]), place))

    def _leaves(self, group: Sequence[_Item], parent: Section) -> list[Section]:
        """Return one leaf for a group, or more where its exact count exceeds the view."""
        span = Span(group[0].span.start, group[-1].span.end)
        known = len(group) == 1 and group[0].counted
        tokens = group[0].tokens if known else self._count(span)
        if tokens <= self._view or known:
            return [self._leaf(span, tokens, group, parent)]
        if len(group) == 1:
            return self._settled(list(self._cut(span)), parent)
        half = len(group) // 2
        return [*self._leaves(group[:half], parent), *self._leaves(group[half:], parent)]

    def _leaf(self, span: Span, tokens: int, group: Sequence[_Item], parent: Section) -> Section:
        kind = group[0].kind if len(group) == 1 else "group"
        named = list(dict.fromkeys(item.title for item in group if item.title))
        if not named:
            # A chapter's untitled pieces are numbered once all of them are known.
            title = "" if _is_chapter(parent) else one_line(first_words(self._text, span), _TITLE_CHARACTERS)
            return Section("", title or _untitled(parent), kind, span, tokens=tokens)
        if not group[0].title and _is_chapter(parent) and parent.title not in named:
            named.insert(0, parent.title)
        return Section("", _joined(named), kind, span, tokens=tokens)

    def _node(self, section: Section, children: Sequence[Section]) -> Section:
        while len(children) > self._fanout:
            children = [_group(part) for part in _runs(children, self._fanout)]
        tokens = sum(child.tokens for child in children)
        return replace(section, children=tuple(children), tokens=tokens)

    def _ratio(self, span: Span) -> float:
        """Return characters per token, measured on the start of a span."""
        sample = Span(span.start, min(span.end, span.start + _SAMPLE_CHARACTERS))
        return max(0.05, len(sample) / max(1, self._count(sample)))


def _border(left: _Item, right: _Item) -> bool:
    return bool(left.title and right.title) and (left.solid or right.solid)


def _is_anonymous(section: Section) -> bool:
    return section.kind in ANONYMOUS and not section.children


def _numbered(leaves: Sequence[Section], section: Section) -> list[Section]:
    untitled = [leaf for leaf in leaves if not leaf.title]
    if not untitled:
        return list(leaves)
    position, named = 0, []
    for leaf in leaves:
        if leaf.title:
            named.append(leaf)
            continue
        position += 1
        part = f" ({position})" if len(untitled) > 1 else ""
        named.append(replace(leaf, title=f"{section.title}{part}"))
    return named


def _untitled(parent: Section) -> str:
    return "" if _is_chapter(parent) else parent.title


def _is_chapter(section: Section) -> bool:
    """Tell whether pieces of a section are named after it; those of a log's records begin with their time."""
    return section.kind not in CONTAINERS and section.kind != "records"


def _joined(titles: Sequence[str]) -> str:
    if len(titles) == 1:
        return titles[0]
    between = "; " if len(titles) == 2 else _ELLIPSIS
    return f"{one_line(titles[0], _TITLE_CHARACTERS)}{between}{one_line(titles[-1], _TITLE_CHARACTERS)}"


def _group(sections: Sequence[Section]) -> Section:
    if len(sections) == 1:
        return sections[0]
    span = Span(sections[0].span.start, sections[-1].span.end)
    tokens = sum(section.tokens for section in sections)
    first = sections[0].title.split(_ELLIPSIS, maxsplit=1)[0]
    last = sections[-1].title.rsplit(_ELLIPSIS, maxsplit=1)[-1]
    title = first if first == last else f"{first}{_ELLIPSIS}{last}"
    return Section("", title, "group", span, tuple(sections), tokens)


def _runs(sections: Sequence[Section], most: int) -> Iterator[Sequence[Section]]:
    """Cut sections into runs of at most ``most``, near even places: before the name with the smallest checksum."""
    total, runs = len(sections), -(-len(sections) // max(1, most * 3 // 4))
    if runs > most:
        runs = -(-total // most)
    slack = min((most - -(-total // runs)) // 2, total // runs // 3)
    cuts = [0]
    for run in range(1, runs):
        middle = run * total // runs
        near = range(middle - slack, middle + slack + 1)
        cuts.append(min(near, key=lambda place: (_checksum(sections[place].title), place)))
    for start, end in pairwise([*cuts, total]):
        yield sections[start:end]


def _checksum(name: str) -> int:
    return zlib.crc32(name.encode("utf-8", "surrogatepass"))
