"""What ``rao bench transfer`` prints: right answers and costs of each arm, and what learning took; or JSON."""

import json
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from typing import TypeVar

from rao_cli.bench.transfer.figures import ALL, Learning, Row, learnings, rows
from rao_cli.bench.transfer.measure import Measured
from rao_cli.cli.columns import columns, rendered
from rao_cli.intervals import Mean
from rao_cli.strategies.costs import Size

T = TypeVar("T")
Sizes = Mapping[str, Size | None]
"""How large the models are by the teacher's name; the student's is empty."""
_HEAD = (
    "arm",
    "asked",
    "right",
    "",
    "gain",
    "",
    "tokens",
    "GFLOP",
    "ratio",
    "",
    "agents",
    "fell back",
    "harmed",
    "helped",
)
_LEARNED = ("arm", "competent", "tokens", "teacher's", "times less", "", "with teacher", "from students on")


def transfer_text(measured: Measured, sizes: Sizes) -> str:
    """Return the figures as tables, one for each cell and one for all."""
    found = rows(measured.taken, sizes.get(""))
    blocks = []
    for place in dict.fromkeys((row.cell, row.size) for row in found):
        some = [row for row in found if (row.cell, row.size) == place]
        blocks.append(_block(_title(*place), _HEAD, some, _cells))
    learned = learnings(measured.taken, sizes.get(""), sizes)
    for place in dict.fromkeys((row.cell, row.size) for row in learned):
        of_place = [row for row in learned if (row.cell, row.size) == place]
        blocks.append(_block(f"learning, {_title(*place)}", _LEARNED, of_place, _learned_cells))
    return "\n".join(blocks) or "nothing was measured to its end yet\n"


def _title(cell: str, size: int) -> str:
    return "all" if cell == ALL else f"{cell}, {size:,} tokens"


def _block(title: str, head: Sequence[str], some: Sequence[T], cells: Callable[[T], Sequence[str]]) -> str:
    table = [(title if not n else name for n, name in enumerate(head)), *map(cells, some)]
    return rendered(columns([tuple(row) for row in table], "l" + "r" * (len(head) - 1), None), color=False)


def _cells(row: Row) -> tuple[str, ...]:
    return (
        row.arm + (f" ({row.anchored} left out)" if row.anchored else ""),
        str(row.asked),
        f"{100 * row.right.value:.0f} %",
        _between(row.right, 100),
        f"{100 * row.gain.value:+.1f}" if row.gain.count else "",
        _between(row.gain, 100),
        f"{row.tokens.value:,.0f}" + (f" +{row.teaching:,.0f}" if row.teaching else ""),
        f"{row.operations / 1e9:,.0f}" if row.operations else "",
        f"{row.ratio.value:.2f}" if row.ratio.count else "",
        _between(row.ratio, 1),
        f"{row.agents:.1f}",
        f"{100 * row.fell_back:.0f} %",
        f"{100 * row.harmed:.0f} %",
        f"{100 * row.helped:.0f} %",
    )


def _learned_cells(row: Learning) -> tuple[str, ...]:
    return (
        row.arm,
        f"{row.competent} of {row.courses}",
        f"{row.student:,.0f}",
        f"{row.teacher:,.0f}",
        f"{row.ratio.value:.2f}" if row.ratio.count else "",
        _between(row.ratio, 1),
        f"{row.with_teacher:.2f}" if row.ratio.count else "",
        ("never" if math.isinf(row.students) else f"{row.students:.1f}") if row.ratio.count else "",
    )


def _between(found: Mean, scale: float) -> str:
    if not found.count:
        return ""
    low, high = found.low * scale, found.high * scale
    return f"{low:.0f} to {high:.0f}" if scale > 1 else f"{low:.2f} to {high:.2f}"


def transfer_json(measured: Measured, sizes: Sizes) -> str:
    """Return the figures as one JSON object."""
    told = {
        "schema": "rao.transfer/1",
        "whole": measured.whole,
        "rows": [asdict(row) for row in rows(measured.taken, sizes.get(""))],
        "learning": [_finite(asdict(row)) for row in learnings(measured.taken, sizes.get(""), sizes)],
    }
    return json.dumps(told, ensure_ascii=False, allow_nan=False) + "\n"


def _finite(told: dict[str, object]) -> dict[str, object]:
    """Return what JSON can say: it has no infinity, so that is none."""
    return {
        name: None if isinstance(value, float) and math.isinf(value) else value for name, value in told.items()
    }
