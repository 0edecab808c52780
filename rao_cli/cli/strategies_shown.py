"""What the commands about strategies share: how a strategy reads in words, and how results are printed."""

from collections.abc import Iterator, Mapping
from contextlib import closing
from typing import Any

from rao_cli.cli.destination import open_destination, write_all
from rao_cli.cli.options import Options
from rao_cli.cli.output import strategies_json
from rao_cli.cli.terminal import Streams
from rao_cli.strategies.plan import (
    Ask,
    Check,
    Combine,
    Group,
    Operator,
    Recurse,
    Search,
    Select,
    Stop,
)
from rao_cli.strategies.records import Evidence, Strategy
from rao_cli.strategies.standing import Held, expected_cost

_COMBINED = {
    "best": "take the best report",
    "vote": "take what most reports say",
    "list": "list what the reports name",
    "sum": "add the reports up",
    "min": "take the least of the reports",
    "max": "take the greatest of the reports",
    "count": "count the reports that found something",
}
_GROUPED = {
    "section": "give each section to an agent of its own",
    "part": "give the sections of one part to one agent",
    "all": "give all of them to one agent",
}


def record_of(held: Held) -> dict[str, Any]:
    """Return a strategy as JSON has it."""
    return {**held.model_dump(mode="json", by_alias=True), "id": held.strategy.id, "form": held.strategy.form}


def meant_for(strategy: Strategy) -> str:
    """Return what questions and documents a strategy is for, in a few words."""
    applies = strategy.applies
    return f"{', '.join(applies.classes)} on {', '.join(applies.kinds) or 'any document'}"


def steps(operators: tuple[Operator, ...], indent: str = "") -> Iterator[str]:
    """Yield a plan's operators in words."""
    for operator in operators:
        yield indent + _step(operator)
        if isinstance(operator, Recurse):
            yield from steps(operator.plan, indent + "  ")


def _step(operator: Operator) -> str:
    match operator:
        case Search():
            most = "by how much they hold of" if operator.how == "ranked" else "that hold all of"
            return f"order the sections {most} its {operator.slot}"
        case Select():
            return _selected(operator)
        case Group():
            return _GROUPED[operator.by]
        case Ask():
            returns = "" if operator.returns == "text" else f", for a {operator.returns}"
            return f"ask them the {operator.goal}{returns}"
        case Combine():
            return _COMBINED[operator.how]
        case Check():
            return _checked(operator)
        case Recurse():
            inner = "by a plan of their own:" if operator.plan else "by this plan"
            return f"agents with too much to read divide it {inner}"
        case Stop():
            return "answer with it, if that holds"


def _selected(select: Select) -> str:
    conditions = [f"of the kind {' or '.join(select.kinds)}"] if select.kinds else []
    conditions += [f"under a heading with a word of its {select.titled}"] if select.titled else []
    conditions += [f"with a {select.holds} in the text"] if select.holds else []
    rank = "best" if select.of == "found" and select.order == "rank" else "first"
    noun = "section that was found" if select.of == "found" else "part of the outline"
    nouns = noun.replace("section that was", "sections that were").replace("part of", "parts of")
    taken = f"take the {rank} {noun}" if select.first == 1 else f"take the {select.first} {rank} {nouns}"
    return ", ".join([taken, *conditions])


def _checked(check: Check) -> str:
    wanted = [f"it is believed at {check.least:g} or more"]
    wanted += ["its place is found"] if check.verified else []
    wanted += [f"{check.agree} agree"] if check.agree > 1 else []
    return f"see whether {' and '.join(wanted)}"


def outcomes(evidence: Evidence) -> tuple[str, str, str]:
    """Return how often a strategy was right, how often it was left, and its tokens over those without it."""
    count = evidence.successes + evidence.failures
    cost = f"{expected_cost(evidence):.2f}" if evidence.paired else ""
    return (f"{evidence.successes:.0f} of {count:.0f}" if count else "", f"{evidence.fallbacks:.0f}", cost)


def standing_text(held: Held) -> str:
    """Return how a strategy stands and why."""
    return f"{held.standing}: {held.reason}" if held.reason else held.standing


def deliver(command: str, text: str, record: Mapping[str, Any], options: Options, streams: Streams) -> int:
    """Print a command's text, or its record with ``--json``; return the exit code. Raises RaoError."""
    return write(strategies_json(command, record) + "\n" if options.json else text, options, streams)


def write(text: str, options: Options, streams: Streams) -> int:
    """Print text where the options say; return the exit code. Raises RaoError."""
    with closing(open_destination(options.output, streams.stdout, ())) as destination:
        write_all(destination, text, options.output, streams.stdout)
    return 0
