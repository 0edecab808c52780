"""``rao models info``: what a model's file says about itself, and how it is run here.

What the file says is text from a stranger: it is cleaned, and shown as data. No template is run for it.
"""

import textwrap
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rao_cli.cli.models_known import Models, hanging, models_at_hand, notices_for, screen_width, show
from rao_cli.cli.options import Options
from rao_cli.cli.terminal import Streams
from rao_cli.cli.words import counted, data_size
from rao_cli.engine.template import known_format
from rao_cli.errors import ModelError
from rao_cli.models.adapters import resolve_adapter
from rao_cli.models.catalogue import Card
from rao_cli.models.resolve import ModelFile, card_file, resolve
from rao_cli.text import clean, one_line

if TYPE_CHECKING:
    from rao_cli.models.fits import FittedModel

_TEMPLATE_LINES, _TEMPLATE_WIDTH, _TEMPLATE_CHARACTERS = 24, 100, 16_000
Fact = tuple[str, str]


def show_info(model: str | None, options: Options, streams: Streams) -> int:
    """Print what is known about a model; return the exit code. Raises RaoError."""
    models = models_at_hand()
    wanted = model if model is not None else models.chosen.name
    card = models.known.models.get(wanted.lower())
    if card is not None and card.name not in models.own.models and not _is_here(card, models):
        return _show_absent(card, models, options, streams)
    notices = notices_for(options, streams)
    try:
        notices.status("reading the model's header")
        file = resolve(wanted, known=models.known, own=models.own)
        from rao_cli.models.tune import kept_fit

        adapter = resolve_adapter(options.adapter or models.adapter, file.card)
        fitted = kept_fit(file, models.folders.fits, adapter=adapter)
    finally:
        notices.clear()
    facts = [*_card_facts(file.card, models), *_file_facts(file), *_fit_facts(fitted, adapter)]
    text = _text(file.card, facts, screen_width(options, streams)) + _template_text(file, fitted)
    return show("info", text, _record(file, fitted, adapter), options, streams)


def _is_here(card: Card, models: Models) -> bool:
    try:
        card_file(card, models.own)
    except ModelError:
        return False
    return True


def _show_absent(card: Card, models: Models, options: Options, streams: Streams) -> int:
    from rao_cli.models.resolve import how_to_get

    facts = [("installed", f"no; {how_to_get(card)}"), ("source", card.source), *_card_facts(card, models)]
    record = {**_card_record(card), "installed": False, "source": card.source, "get": how_to_get(card)}
    return show("info", _text(card, facts, screen_width(options, streams)), record, options, streams)


def _text(card: Card, facts: list[Fact], width: int | None) -> str:
    head = f"{card.name}\n{hanging('', one_line(card.description, 200), width)}\n"
    label = max(len(name) for name, _ in facts) + 2
    return head + "".join(hanging(f"{name:{label}}", value, width) if value else "" for name, value in facts)


def _card_facts(card: Card, models: Models) -> Iterator[Fact]:
    yield "default", "yes" if card.name == models.chosen.name.lower() else ""
    yield "size", data_size(card.size)
    yield "licence", one_line(card.licence, 60) or "the file names none"
    yield "context", f"{card.context:,} tokens" if card.context else "the file does not say"
    how = "measured" if card.measured else "chosen by the model's size, not measured"
    yield "window", f"{card.window:,} tokens, {how}; --window changes it"
    yield "views", f"{card.view_tokens:,} tokens to answer from, {card.summary_tokens:,} to summarize"
    if card.cell_bytes:
        kept = f"{data_size(card.cell_bytes)} for each token"
        yield "memory", f"{data_size(card.memory)} for the file and one agent's window; {kept}"


def _file_facts(file: ModelFile) -> Iterator[Fact]:
    header = file.header
    yield "file", one_line(str(file.path))
    yield "weights", f"{_millions(header.parameters)} in {header.block_count} layers, {header.architecture}"
    yield "format", f"GGUF {header.version}, {header.tensor_count} tensors"


def _millions(number: int) -> str:
    return f"{number / 1e9:,.1f} billion" if number >= 1e9 else f"{number / 1e6:,.0f} million"


def _fit_facts(fitted: "FittedModel | None", adapter: Path | None) -> Iterator[Fact]:
    if adapter is not None:
        merged = ", added to the weights" if fitted and fitted.merged else ""
        yield "adapter", one_line(str(adapter)) + merged
    if fitted is None:
        yield "fit", "not measured here yet; the first run does it, or: rao models tune"
        return
    yield "fit", fit_line(fitted)
    for reason in fitted.reasons:
        yield "", one_line(reason, 300)
    yield "loads", one_line(str(fitted.path))


def fit_line(fitted: "FittedModel") -> str:
    """Return how a model is computed, in one line."""
    fit = fitted.fit
    attention = "flash attention" if fit.flash_attention else "plain attention"
    layers = f", {fit.gpu_layers} layers on the GPU" if fit.gpu_layers else ""
    return (
        f"{counted(fit.threads, 'thread')}, {fit.parallel} agents together, batches of {fit.batch} tokens"
        f" computed {fit.micro_batch} at a time, keys and values in {fit.kv_type}, {attention}{layers}"
    )


def _chat_name(file: ModelFile, fitted: "FittedModel | None") -> str:
    """Name the chat format: of the fit, which ran an unknown template in its sandbox, or by the markers."""
    if fitted is not None:
        return one_line(fitted.chat.name, 40)
    known = known_format(file.header.chat_template)
    if known is not None:
        return known.name
    return "unknown" if file.header.chat_template.strip() else "plain"


def _template_text(file: ModelFile, fitted: "FittedModel | None") -> str:
    """Return the chat format, and the text of a template of no known family, cut to a readable length."""
    name = _chat_name(file, fitted)
    template = clean(file.header.chat_template)
    if known_format(template) is not None or not template.strip():
        return f"\nchat format: {name}\n"
    lines = [
        piece
        for line in template.splitlines()
        for piece in textwrap.wrap(line, _TEMPLATE_WIDTH, drop_whitespace=False) or [""]
    ]
    shown = "".join(f"  | {line.rstrip()}\n" for line in lines[:_TEMPLATE_LINES])
    rest = f"  | … {len(lines) - _TEMPLATE_LINES} more lines\n" if len(lines) > _TEMPLATE_LINES else ""
    note = "the file's template, of no known family; only data here, nothing of it is run to show it:"
    return f"\nchat format: {name}\n{note}\n{shown}{rest}"


def _card_record(card: Card) -> dict[str, Any]:
    return {
        "name": card.name,
        "description": one_line(card.description, 200),
        "licence": one_line(card.licence, 60),
        "size": card.size,
        "memory": card.memory if card.cell_bytes else None,
        "context": card.context or None,
        "window": card.window,
        "measured": card.measured,
        "view_tokens": card.view_tokens,
        "summary_tokens": card.summary_tokens,
    }


def _record(file: ModelFile, fitted: "FittedModel | None", adapter: Path | None) -> dict[str, Any]:
    header = file.header
    known = known_format(header.chat_template) is not None
    return {
        **_card_record(file.card),
        "installed": True,
        "path": str(file.path),
        "architecture": header.architecture,
        "parameters": header.parameters,
        "layers": header.block_count,
        "tensors": header.tensor_count,
        "chat_format": _chat_name(file, fitted),
        "chat_template": None if known else clean(header.chat_template)[:_TEMPLATE_CHARACTERS],
        "fit": fit_record(fitted, adapter) if fitted else None,
    }


def fit_record(fitted: "FittedModel", adapter: Path | None) -> dict[str, Any]:
    """Return how a model is run here as plain values."""
    return {
        **asdict(fitted.fit),
        "path": str(fitted.path),
        "adapter": str(adapter) if adapter else None,
        "merged": fitted.merged,
        "chat_format": one_line(fitted.chat.name, 40),
        "measured": [asdict(one) for one in fitted.measured],
        "reasons": [one_line(reason, 300) for reason in fitted.reasons],
    }
