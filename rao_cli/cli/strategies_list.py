"""``rao strategies list`` and ``stats``: every strategy on a line, and what came of each."""

from rich.text import Text

from rao_cli.cli.columns import Cell, columns, crop, rendered
from rao_cli.cli.models_known import notices_for, screen_width
from rao_cli.cli.options import Options
from rao_cli.cli.strategies_shown import deliver, meant_for, outcomes, record_of
from rao_cli.cli.strategies_use import strategies
from rao_cli.cli.terminal import Streams, use_color
from rao_cli.strategies.records import Evidence
from rao_cli.strategies.standing import Held

_HEAD: tuple[Cell, ...] = ("name", "standing", "from", "right", "tokens")
_ALIGNED = "lllrr"
_STYLES = {"active": "green", "candidate": "cyan", "quarantined": "yellow", "retired": "dim"}


def show_list(options: Options, streams: Streams) -> int:
    """Print every strategy; return the exit code. Raises RaoError."""
    notices = notices_for(options, streams)
    held = strategies(notices.warning).all()
    width = screen_width(options, streams)
    color = width is not None and use_color(streams.stdout, options.color)
    rows = [_row(one) for one in held]
    text = rendered(_table(held, rows) if width is None else _screen(held, rows, width), color=color)
    code = deliver("list", text, {"strategies": [record_of(one) for one in held]}, options, streams)
    if not options.json:
        notices.line("an active one is used where its outcomes say that it pays")
    return code


def _table(held: list[Held], rows: list[tuple[Cell, ...]]) -> list[Text]:
    """Return a line for each strategy, for programs and wide places."""
    whole = [(*row, meant_for(one.strategy)) for one, row in zip(held, rows, strict=True)]
    return columns([(*_HEAD, "for"), *whole], _ALIGNED + "l", None)


def _screen(held: list[Held], rows: list[tuple[Cell, ...]], width: int) -> list[Text]:
    """Return two lines for each strategy: how it stands, and what it is for."""
    head, *figures = columns([_HEAD, *rows], _ALIGNED, width)
    lines = [Text(head.plain, style="dim")]
    for one, line in zip(held, figures, strict=True):
        lines += [line, Text("  " + crop(meant_for(one.strategy), width - 2), style="dim")]
    return lines


def _row(held: Held) -> tuple[Cell, ...]:
    strategy = held.strategy
    best = max(strategy.evidence, key=lambda one: one.uses, default=None)
    right, _, cost = outcomes(best) if best else ("", "", "")
    standing = Text(held.standing, style=_STYLES[held.standing])
    return (strategy.name, standing, strategy.trust, right, f"{cost}x" if cost else "")


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
