"""``rao models tune``: measure how a model runs fastest here, and show the figures and the choice."""

from itertools import groupby
from typing import TYPE_CHECKING

from rao_cli.cli.columns import columns, rendered
from rao_cli.cli.interrupts import Interrupts
from rao_cli.cli.models_info import fit_line, fit_record
from rao_cli.cli.models_known import hanging, models_at_hand, notices_for, screen_width, show
from rao_cli.cli.options import Options
from rao_cli.cli.terminal import Streams
from rao_cli.models.adapters import resolve_adapter
from rao_cli.models.resolve import resolve
from rao_cli.text import one_line

if TYPE_CHECKING:
    from rao_cli.models.fits import FittedModel


def show_tuning(model: str | None, options: Options, streams: Streams) -> int:
    """Measure a model again and print what was found; return the exit code. Raises RaoError."""
    models = models_at_hand()
    file = resolve(model or models.chosen.name, known=models.known, own=models.own)
    adapter = resolve_adapter(options.adapter or models.adapter, file.card)
    notices = notices_for(options, streams)
    notices.status("measuring")
    from rao_cli.models.tune import fit_model

    try:
        with Interrupts(streams.stderr, hint="what was kept before still holds"):
            fitted = fit_model(file, models.folders.fits, adapter=adapter, retune=True, status=notices.status)
    finally:
        notices.clear()
    text = tuning_text(file.card.name, fitted, screen_width(options, streams))
    return show("tune", text, {"name": file.card.name, **fit_record(fitted, adapter)}, options, streams)


def tuning_text(name: str, fitted: "FittedModel", width: int | None) -> str:
    """Return what was measured as a table, and the choices with their reasons."""
    table: list[tuple[str, ...]] = [("tokens a second", "reading", "writing", "differs by")]
    for kind, ways in groupby(fitted.measured, lambda one: one.kind):
        table.append((kind, "", "", ""))
        table += [
            (f"  {one_line(way.name, 40)}", f"{way.reading:,.0f}", f"{way.writing:,.0f}", _nats(way.divergence))
            for way in ways
        ]
    shown = rendered(columns(table, "lrrr", width), color=False) + "\n" if fitted.measured else ""
    reasons = "".join(hanging("- ", one_line(reason), width) for reason in fitted.reasons)
    kept = hanging("", f"{name} is run with {fit_line(fitted)}; loaded is {one_line(str(fitted.path))}", width)
    return f"{shown}{reasons}{kept}"


def _nats(divergence: float) -> str:
    return f"{divergence:.3f} nats" if divergence else ""
