"""``rao runs diff``: what two runs do not share, the one before with ``-`` and the one after with ``+``."""

from collections.abc import Iterator, Sequence
from typing import Any

from pydantic import JsonValue
from rich.text import Text

from rao_cli.cli.columns import crop, prose, rendered
from rao_cli.cli.models_known import notices_for, screen_width
from rao_cli.cli.options import Options
from rao_cli.cli.runs_shown import deliver, open_run
from rao_cli.cli.terminal import Streams, use_color
from rao_cli.runs.compare import Change, Difference, compare, said
from rao_cli.runs.tree import Agent, Run
from rao_cli.text import clean, one_line

SHOWN = 12
"""Agents of each kind that are listed unless all are asked for."""
_PLAIN_WIDTH = 100
_STYLES = {"-": "red", "+": "green", "~": "yellow"}


def show_diff(name: str, other: str, options: Options, streams: Streams, *, everything: bool) -> int:
    """Print how two runs differ; return the exit code. Raises RaoError."""
    notices = notices_for(options, streams)
    before, after = open_run(name, notices), open_run(other, notices)
    found = compare(before, after)
    screen = screen_width(options, streams)
    color = screen is not None and use_color(streams.stdout, options.color)
    lines = _lines(before, after, found, screen or _PLAIN_WIDTH, everything=everything)
    return deliver("diff", rendered(list(lines), color=color), diff_record(before, after, found), options, streams)


def diff_record(before: Run, after: Run, found: Difference) -> dict[str, Any]:
    """Return a difference as JSON has it."""
    return {
        "before": before.kept.run,
        "after": after.kept.run,
        **{
            part: [{"what": one.what, "before": one.before, "after": one.after} for one in changes]
            for part, changes in (("asked", found.asked), ("came", found.came), ("cost", found.cost))
        },
        "agents": {
            "same": found.same,
            "changed": [{"before": _about(one), "after": _about(other)} for one, other in found.changed],
            "removed": [_about(agent) for agent in found.removed],
            "added": [_about(agent) for agent in found.added],
        },
    }


def _about(agent: Agent) -> dict[str, Any]:
    standing, answer, places = said(agent)
    opened = agent.opened
    return {
        "id": agent.id,
        "goal": agent.goal,
        "titles": opened.titles if opened else (),
        "location": opened.location if opened else "",
        "standing": standing,
        "answer": answer,
        "citations": places,
    }


def _lines(before: Run, after: Run, found: Difference, width: int, *, everything: bool) -> Iterator[Text]:
    yield Text(f"- {before.kept.run}", style=_STYLES["-"])
    yield Text(f"+ {after.kept.run}", style=_STYLES["+"])
    for title, changes in (("asked", found.asked), ("came of it", found.came), ("cost", found.cost)):
        yield Text()
        if not changes:
            yield Text(f"{title}: the same", style="dim")
            continue
        yield Text(title, style="bold")
        for change in changes:
            yield from _change(change, width)
    yield Text()
    counts = f"{found.same:,} the same, {len(found.changed):,} changed, {len(found.removed):,} gone"
    yield from prose(f"agents: {counts}, {len(found.added):,} new", width, "bold")
    most = None if everything else SHOWN
    for one, other in found.changed[:most]:
        room = max(12, (width - 40) // 2)  # both sides shall be seen
        yield _line("~", f"{_name(other, room)}: {_said(one, room)} → {_said(other, room)}", width)
    yield from _rest(len(found.changed), "changed", most)
    yield from _listed("-", found.removed, "gone", width, most)
    yield from _listed("+", found.added, "new", width, most)


def _listed(mark: str, agents: Sequence[Agent], word: str, width: int, most: int | None) -> Iterator[Text]:
    for agent in agents[:most]:
        yield _line(mark, f"{_name(agent)}: {_said(agent)}", width)
    yield from _rest(len(agents), word, most)


def _rest(count: int, word: str, most: int | None) -> Iterator[Text]:
    if most is not None and count > most:
        yield Text(f"  … {count - most:,} more {word}: --all shows them", style="dim")


def _change(change: Change, width: int) -> Iterator[Text]:
    """Show both sides of a change: short ones in a line, long ones below each other."""
    what, before, after = one_line(change.what, 40), _value(change.before), _value(change.after)
    short = f"  {what}: {before} → {after}{_share(change)}"
    if "\n" not in short and len(short) <= width:
        yield Text(short)
        return
    yield Text(f"  {what}:")
    for mark, text in (("-", before), ("+", after)):
        for line in text.split("\n"):
            for part in prose(line, width - 6):
                yield Text.assemble((f"    {mark} ", _STYLES[mark]), part)


def _value(value: JsonValue) -> str:
    """Return one side of a change as a person reads it."""
    if value is None or value in ("", []):
        return "none"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, (int, float)):
        return f"{value:,}"
    if isinstance(value, list):
        return "\n".join(one_line(str(one)) for one in value)
    return clean(str(value)).strip()


def _share(change: Change) -> str:
    """Return by how much a number grew."""
    before, after = change.before, change.after
    if isinstance(before, bool) or not isinstance(before, (int, float)) or not isinstance(after, (int, float)):
        return ""
    return f" ({(after - before) / before:+.0%})" if before else ""


def _line(mark: str, text: str, width: int) -> Text:
    return Text.assemble((f"  {mark} ", _STYLES[mark]), crop(text, width - 4))


def _name(agent: Agent, room: int = 40) -> str:
    titles = ", ".join(agent.opened.titles[:3]) if agent.opened else "its beginning is lost"
    return f"{one_line(agent.id, 40)} {one_line(titles, room)}"


def _said(agent: Agent, room: int = 60) -> str:
    standing, answer, _ = said(agent)
    return f'{standing} "{one_line(answer, room)}"' if answer else standing
