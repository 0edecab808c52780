"""``rao strategies list`` and ``stats``: every strategy on a line, and what came of each."""

from rich.text import Text

from rao_cli.cli.columns import Cell, columns, rendered
from rao_cli.cli.models_known import notices_for, screen_width
from rao_cli.cli.options import Options
from rao_cli.cli.strategies_shown import deliver, meant_for, outcomes, record_of
from rao_cli.cli.strategies_use import strategies
from rao_cli.cli.terminal import Streams, use_color
from rao_cli.strategies.records import Evidence
from rao_cli.strategies.standing import Held

_STYLES = {"active": "green", "candidate": "cyan", "quarantined": "yellow", "retired": "dim"}


def show_list(options: Options, streams: Streams) -> int:
    """Print every strategy; return the exit code. Raises RaoError."""
    notices = notices_for(options, streams)
    held = strategies(notices.warning).all()
    width = screen_width(options, streams)
    color = width is not None and use_color(streams.stdout, options.color)
    text = rendered(columns(_table(held), "lllrrl", width), color=color)
    code = deliver("list", text, {"strategies": [record_of(one) for one in held]}, options, streams)
    if not options.json:
        notices.line("active ones are used where what came of them says that they pay: rao strategies stats")
    return code


def _table(held: list[Held]) -> list[tuple[Cell, ...]]:
    head: tuple[Cell, ...] = ("name", "standing", "from", "right", "tokens", "for")
    return [head, *map(_row, held)]


def _row(held: Held) -> tuple[Cell, ...]:
    strategy = held.strategy
    best = max(strategy.evidence, key=lambda one: one.uses, default=None)
    right, _, cost = outcomes(best) if best else ("", "", "")
    standing = Text(held.standing, style=_STYLES[held.standing])
    return (strategy.name, standing, strategy.trust, right, f"{cost}x" if cost else "", meant_for(strategy))


def show_stats(options: Options, streams: Streams) -> int:
    """Print what came of each strategy; return the exit code. Raises RaoError."""
    notices = notices_for(options, streams)
    known = [(held, one) for held in strategies(notices.warning).all() for one in held.strategy.evidence]
    rows = [_figures(held, one) for held, one in known]
    head = ("name", "documents", "right", "left", "tokens", "uses", "last use", "model")
    width = screen_width(options, streams)
    text = rendered(columns([head, *rows], "llrrrrll", width), color=False) if rows else ""
    records = [
        {"name": held.strategy.name, "id": held.strategy.id, **one.model_dump(mode="json")} for held, one in known
    ]
    code = deliver("stats", text, {"outcomes": records}, options, streams)
    if not rows and not options.json:
        notices.line("no strategy was used or tried yet: rao strategies try NAME SOURCE QUESTION")
    return code


def _figures(held: Held, evidence: Evidence) -> tuple[str, ...]:
    right, left, cost = outcomes(evidence)
    told = (right, left, f"{cost}x" if cost else "", f"{evidence.uses:,}", evidence.used, evidence.model)
    return (held.strategy.name, evidence.kind, *told)
