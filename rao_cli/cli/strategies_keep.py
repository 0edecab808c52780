"""``rao strategies export``, ``import`` and ``retire``: share strategies, and say which may be used."""

from pathlib import Path

from rao_cli.cli.models_known import notices_for
from rao_cli.cli.options import Options
from rao_cli.cli.strategies_shown import deliver, record_of, standing_text, write
from rao_cli.cli.strategies_use import strategies
from rao_cli.cli.terminal import Streams
from rao_cli.errors import UsageError
from rao_cli.strategies.importing import read_strategy
from rao_cli.strategies.ratios import shared
from rao_cli.strategies.upkeep import BY_HAND, retired, taken_back
from rao_cli.text import one_line


def export_strategy(name: str, options: Options, streams: Streams) -> int:
    """Write a strategy out as canonical JSON; return the exit code. Raises RaoError."""
    notices = notices_for(options, streams)
    held = strategies(notices.warning).find(name)
    code = write(shared(held.strategy) + "\n", options, streams)
    if options.output != "-":
        notices.line(f"wrote {held.strategy.name} to {one_line(options.output)}")
    return code


def import_strategy(file: str, options: Options, streams: Streams) -> int:
    """Take in the strategy of a file; return the exit code. Raises RaoError."""
    notices = notices_for(options, streams)
    strategy = read_strategy(Path(file))
    added = strategies(notices.warning).add(strategy)
    name = added.held.strategy.name
    if added.known:
        text = f"you have it already: {name} ({standing_text(added.held)})\n"
    else:
        other = "" if name == strategy.name else f" ({strategy.name} is the name of another)"
        text = f"imported {name}{other}, {standing_text(added.held)}\n"
    code = deliver("import", text, {**record_of(added.held), "known": added.known}, options, streams)
    if added.held.standing == "quarantined":
        notices.line(f'compare it with work without it: rao strategies try {name} SOURCE "QUESTION"')
    return code


def retire_strategy(name: str, options: Options, streams: Streams, *, undo: bool) -> int:
    """Retire a strategy or take it back; return the exit code. Raises RaoError."""
    library = strategies(notices_for(options, streams).warning)
    held = library.find(name)
    called = held.strategy.name
    if undo != (held.standing == "retired"):
        stands = "was not retired" if undo else f"is retired already: {held.reason}"
        raise UsageError(f"the strategy {called} {stands}", hint=f"rao strategies show {called}")
    kept = library.replace(taken_back(held) if undo else retired(held, BY_HAND))
    text = f"{called} is {standing_text(kept)}\n"
    code = deliver("retire", text, record_of(kept), options, streams)
    if not undo and not options.json:
        notices_for(options, streams).line(f"take it back: rao strategies retire {called} --undo")
    return code
