"""What documents and questions are alike in: numbers of the section tree, and classes by rule."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import PurePath
from statistics import median

from rao_cli.agent.chaining import dependent, independent
from rao_cli.agent.question.model import Kind
from rao_cli.agent.question.recognise import recognise
from rao_cli.agent.reading import Reading
from rao_cli.documents.model import CONTAINERS, Document, Section
from rao_cli.strategies.records import Applies, DocumentKind, Range

WIDENING = 4.0
"""How far outside of a range, as a factor, a number counts nothing any more."""
_ENDINGS: dict[DocumentKind, frozenset[str]] = {
    "table": frozenset({".csv", ".tsv", ".tab", ".psv", ".xlsx", ".ods", ".jsonl", ".ndjson"}),
    "markup": frozenset({".md", ".markdown", ".rst", ".html", ".htm", ".xhtml", ".docx", ".epub"}),
    "pdf": frozenset({".pdf"}),
    "log": frozenset({".log"}),
}


@dataclass(frozen=True)
class Shape:
    """A document's kind and the numbers of its section tree that strategies are matched on."""

    kind: DocumentKind
    leaves: float
    depth: float
    fanout: float
    titled: float


def question_class(question: str) -> Kind:
    """Return a question's class: its kind, but by how it is taken apart where it is made of several."""
    if dependent(question):
        return "chain"
    return "several" if independent(question) else recognise(question).kind


def shape_of(reading: Reading) -> Shape:
    """Measure a reading."""
    document, parts = reading.document, reading.parts
    spread = [len(section.children) for section in reading.root.walk() if section.children]
    return Shape(
        document_kind(document),
        leaves=float(reading.leaf_count),
        depth=float(_height(reading.root)),
        fanout=float(median(spread or [0])),
        titled=_titled(document.root, len(parts)),
    )


def document_kind(document: Document) -> DocumentKind:
    """Return what most of a document's files are, by what the loaders found and else by name."""
    if any(facts.kind.endswith("log") for facts in document.facts):
        return "log"
    code = {file.origin for file in document.code}
    kinds = Counter(_kind_of(origin.path, number in code) for number, origin in enumerate(document.origins))
    kind, count = kinds.most_common(1)[0]
    return kind if 2 * count > kinds.total() else "mixed"


def _kind_of(path: str, is_code: bool) -> DocumentKind:
    if is_code:
        return "code"
    ending = PurePath(path).suffix.lower()
    return next((kind for kind, endings in _ENDINGS.items() if ending in endings), "text")


def _titled(root: Section, parts: int) -> float:
    """Return the share of a document's leaves that have a title of their own or of a section of their file."""
    leaves = list(_with_titles(root, titled=False))
    return round(sum(leaves) / len(leaves), 3) if parts and leaves else 0.0


def _with_titles(section: Section, *, titled: bool) -> Iterable[bool]:
    stack = [(section, titled)]
    while stack:
        one, under = stack.pop()
        has = under or bool(one.title and one.kind not in CONTAINERS)
        if not one.children:
            yield has
        stack.extend((child, has) for child in one.children)


def _height(root: Section) -> int:
    """Return the number of levels below the root, without recursion: trees of sources may be deep."""
    deepest, level = -1, [root]
    while level:
        deepest += 1
        level = [child for section in level for child in section.children]
    return deepest


def closeness(applies: Applies, shape: Shape) -> float:
    """Return how near a document comes to those that a strategy is for: 1 within all ranges, 0 of other kinds."""
    if applies.kinds and shape.kind not in applies.kinds:
        return 0.0
    pairs = (
        (applies.leaves, shape.leaves),
        (applies.depth, shape.depth),
        (applies.fanout, shape.fanout),
        (applies.titled, shape.titled),
    )
    return sum(_near(wanted, number) for wanted, number in pairs) / len(pairs)


def _near(wanted: Range, number: float) -> float:
    """Return 1 within a range, less outside, 0 where a number is ``WIDENING`` times too large or small."""
    if wanted.least <= number <= wanted.most:
        return 1.0
    larger, smaller = (number, wanted.most) if number > wanted.most else (wanted.least, number)
    factor = (larger + 1) / (smaller + 1)
    return max(0.0, 1.0 - (factor - 1) / (WIDENING - 1))
