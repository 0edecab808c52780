"""``rao strategies show``: one strategy in words: what it is for, its plan, how it stands, what came of it."""

from collections.abc import Iterator

from rich.text import Text

from rao_cli.cli.columns import crop, prose, rendered
from rao_cli.cli.models_known import notices_for, screen_width
from rao_cli.cli.options import Options
from rao_cli.cli.strategies_shown import deliver, meant_for, record_of, standing_text, steps
from rao_cli.cli.strategies_use import strategies
from rao_cli.cli.terminal import Streams, use_color
from rao_cli.cli.words import counted
from rao_cli.strategies.matching import told
from rao_cli.strategies.records import Range, Strategy
from rao_cli.strategies.standing import Held
from rao_cli.text import one_line

_LABEL = 12
_SLOTS = {
    "question": "the whole question",
    "subject": "the words that the question is about",
    "name": "a name that the question gives",
    "inner": "the question inside the question",
    "outer": "the question around that one",
}


def show_strategy(name: str, options: Options, streams: Streams) -> int:
    """Print one strategy; return the exit code. Raises RaoError."""
    held = strategies(notices_for(options, streams).warning).find(name)
    width = screen_width(options, streams)
    color = width is not None and use_color(streams.stdout, options.color)
    text = rendered(list(_lines(held, width)), color=color)
    return deliver("show", text, record_of(held), options, streams)


def _lines(held: Held, width: int | None) -> Iterator[Text]:
    strategy = held.strategy
    yield Text(f"{strategy.name}  {strategy.id}", style="bold")
    yield from prose(one_line(strategy.note), width)
    yield Text()
    yield from _labelled("standing", [standing_text(held)], width)
    yield from _labelled("for", [meant_for(strategy), *_shapes(strategy)], width)
    yield from _labelled("plan", list(steps(strategy.plan.operators)), width)
    yield from _labelled("slots", [f"{slot.name}: {_SLOTS[slot.type]}" for slot in strategy.slots], width)
    needs = [
        f"{one.slot} {'stands in what is found' if one.be == 'found' else 'has a value'}"
        for one in strategy.requires
    ]
    yield from _labelled("begun if", needs, width)
    yield from _labelled("cost", _cost(strategy), width)
    yield from _labelled("outcomes", _outcomes(strategy), width)
    yield from _labelled("from", [_origin(held)], width)


def _labelled(label: str, texts: list[str], width: int | None) -> Iterator[Text]:
    for number, text in enumerate(texts):
        inside = len(text) - len(text.lstrip())
        for line in prose(text.strip(), width and max(20, width - _LABEL - inside)):
            yield Text.assemble((f"{'' if number else label:{_LABEL}}", "dim"), " " * inside, line)
            label = ""


def _shapes(strategy: Strategy) -> Iterator[str]:
    """Yield the ranges of a document's shape that say anything."""
    applies = strategy.applies
    named = (("sections", applies.leaves), ("levels", applies.depth), ("parts a section", applies.fanout))
    for name, wanted in (*named, ("share under headings", applies.titled)):
        if wanted != Range():
            yield f"{name}: {wanted.least:,.4g} to {wanted.most:,.10g}"


def _cost(strategy: Strategy) -> list[str]:
    budget = strategy.budget
    if not budget.tokens_p50:
        return []
    return [
        f"{budget.tokens_p50:,.0f} tokens and {budget.agents_p50:,.0f} agents; one time in ten more than"
        f" {budget.tokens_p90:,.0f} and {budget.agents_p90:,.0f}"
    ]


def _outcomes(strategy: Strategy) -> list[str]:
    lines = [
        f"{crop(one_line(one.model), 60)} on {one.kind}: {told(one)} ({counted(one.uses, 'use')})"
        for one in strategy.evidence
    ]
    return lines or ["none yet: rao strategies try counts them"]


def _origin(held: Held) -> str:
    made = held.strategy.provenance
    learned = f"learned from {counted(len(made.runs), 'run')}" if made.runs else made.mode
    told = [held.strategy.trust, learned if learned != held.strategy.trust else ""]
    told += [f"by {one_line(made.teacher)}" if made.teacher else ""]
    told += [f"rao {one_line(made.version)}" if made.version else "", f"since {held.added}" if held.added else ""]
    return ", ".join(part for part in told if part)
