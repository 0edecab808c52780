"""``rao models list``: every model with what matters for choosing one, and how to get it."""

from collections.abc import Iterator
from dataclasses import asdict, dataclass

from rao_cli.cli.columns import columns, rendered
from rao_cli.cli.models_known import Models, hanging, models_at_hand, screen_width, show
from rao_cli.cli.options import Options
from rao_cli.cli.terminal import Streams
from rao_cli.cli.words import data_size
from rao_cli.errors import ModelError
from rao_cli.models.catalogue import Card
from rao_cli.models.resolve import card_file, resolve
from rao_cli.text import one_line


@dataclass(frozen=True)
class Row:
    """One model of the list; figures are 0 where they are not known."""

    name: str
    installed: bool
    default: bool
    """Whether it is used when no option names one."""
    own: bool
    """Whether the user added it."""
    description: str = ""
    path: str = ""
    size: int = 0
    memory: int = 0
    """Bytes of the weights and one agent's window."""
    context: int = 0
    window: int = 0
    measured: bool = False
    """Whether the window was measured."""
    licence: str = ""
    problem: str = ""
    """Why it cannot be used."""
    get: str = ""
    """What to do about that."""


def show_list(options: Options, streams: Streams) -> int:
    """Print every model; return the exit code. Raises RaoError."""
    models = models_at_hand()
    rows = list(rows_of(models))
    chosen = {"name": models.chosen.name, "origin": models.chosen.origin}
    record = {"default": chosen, "models": [asdict(row) for row in rows]}
    text = list_text(rows, models, screen_width(options, streams))
    return show("list", text, record, options, streams)


def rows_of(models: Models) -> Iterator[Row]:
    """Yield the catalogue's models, then the user's by name."""
    for card in models.known.models.values():
        try:
            path, problem, get = str(card_file(card, models.own)), "", ""
        except ModelError as error:
            path, problem, get = "", error.message, error.hint
        yield _row(models, card, path, problem, get)
    for name in sorted(set(models.own.models) - set(models.known.models)):
        try:
            found = resolve(name, known=models.known, own=models.own)
            yield _row(models, found.card, str(found.path), own=True)
        except ModelError as error:
            path = models.own.models[name].path
            yield _row(models, Card(name=name, window=1), path, error.message, error.hint, own=True)


def _row(models: Models, card: Card, path: str, problem: str = "", get: str = "", *, own: bool = False) -> Row:
    known = card.size > 0
    return Row(
        name=card.name,
        installed=not problem,
        default=card.name == models.chosen.name.lower(),
        own=own,
        description=card.description,
        path=path,
        size=card.size,
        memory=card.memory if known else 0,
        context=card.context,
        window=card.window if known else 0,
        measured=card.measured,
        licence=card.licence,
        problem=problem,
        get=get,
    )


def list_text(rows: list[Row], models: Models, width: int | None) -> str:
    """Return the models as a table with a legend."""
    table: list[tuple[str, ...]] = [("", "name", "installed", "size", "memory", "window", "licence")]
    table += [_cells(row) for row in rows]
    # In a pipe each remark is one line, which programs can look for.
    legend = "".join(hanging(start, text, width or 10_000) for start, text in _legend(rows, models))
    return rendered(columns(table, "lllrrrl", width), color=False) + "\n" + legend


def _cells(row: Row) -> tuple[str, ...]:
    return (
        "*" if row.default else "",
        row.name,
        "yes" if row.installed else "no",
        data_size(row.size) if row.size else "",
        data_size(row.memory) if row.memory else "",
        ("" if row.measured else "~") + f"{row.window:,}" if row.window else "",
        one_line(row.licence, 30) or "unknown",
    )


def _legend(rows: list[Row], models: Models) -> Iterator[tuple[str, str]]:
    chosen = models.chosen
    says = "" if chosen.origin == "rao" else f" ({one_line(chosen.origin)} says so)"
    if any(row.default for row in rows):
        yield "*  ", f"used when no option names a model{says}"
    else:
        yield "", f"in use when no option names a model: {one_line(chosen.name)}{says}"
    yield "~  ", "chosen by the model's size, not measured"
    yield "", "memory is that of the file and one agent's window"
    for row in rows:
        if row.problem and row.get != f"rao models add {row.name}":
            yield "", f"{row.name}: {one_line(row.problem)}; {one_line(row.get)}"
    if any(row.get == f"rao models add {row.name}" for row in rows):
        yield "", "rao models add NAME downloads one that is not installed; rao models info NAME shows more"
