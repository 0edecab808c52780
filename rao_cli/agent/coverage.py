"""Which part of the source was really read: spans shown to a model as text, counted in leaves and tokens."""

from bisect import bisect_right
from dataclasses import dataclass, field

from rao_cli.agent.reading import Reading
from rao_cli.agent.records import Coverage
from rao_cli.documents.model import Span, union


@dataclass
class Reader:
    """Collect the spans that agents read and, apart, those that code went through; overlaps count once."""

    spans: set[Span] = field(default_factory=set)
    examined: set[Span] = field(default_factory=set)

    def read(self, span: Span) -> None:
        """Record that a span was shown as text and the model's answer to it came back."""
        self.spans.add(span)

    def examine(self, span: Span) -> None:
        """Record that code went through a span."""
        self.examined.add(span)

    def coverage(self, reading: Reading) -> Coverage:
        """Count the leaves read whole, and the tokens of all that was read.

        A large document's leaves and tokens are estimated where nobody looked.
        """
        merged = union(self.spans)
        leaves = list(reading.leaves())
        shares = [_covered(leaf.span, merged) for leaf in leaves]
        examined = sum(map(len, union(self.examined))) / max(1, len(reading.document))
        return Coverage(
            sections_read=sum(1 for share in shares if share >= 1),
            sections_total=reading.leaf_count,
            tokens_read=round(sum(share * leaf.tokens for share, leaf in zip(shares, leaves, strict=True))),
            tokens_total=reading.root.tokens,
            skipped=len(reading.document.skipped),
            sections_examined=round(reading.leaf_count * min(1.0, examined)),
        )


def _covered(leaf: Span, merged: list[Span]) -> float:
    """Return the share of a leaf that the merged spans cover."""
    at = max(0, bisect_right(merged, leaf.start, key=lambda span: span.start) - 1)
    shared = 0
    while at < len(merged) and merged[at].start < leaf.end:
        shared += leaf.shared(merged[at])
        at += 1
    return shared / len(leaf) if len(leaf) else 1.0
