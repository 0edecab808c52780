"""``rao models add``: give a file a name, after a download where it is not here yet."""

import time
from dataclasses import dataclass
from pathlib import Path

from rao_cli.cli.interrupts import Interrupts
from rao_cli.cli.models_known import Models, models_at_hand, notices_for, show
from rao_cli.cli.options import Options
from rao_cli.cli.terminal import Notices, Streams, can_redraw
from rao_cli.cli.words import data_size
from rao_cli.errors import UsageError
from rao_cli.models.catalogue import Card
from rao_cli.models.download import ADDRESS, SCHEME, HubFile, download, parse_hub_file
from rao_cli.models.gguf import read_header
from rao_cli.models.registry import Entry, Registry, change_registry, check_name, name_for
from rao_cli.models.resolve import card_file, looks_like_path, unknown_model
from rao_cli.text import one_line

_AGAIN = "add it again to go on: what was downloaded is kept"
_STEP = 0.1
_SECONDS = 0.2


def add_model(text: str, name: str | None, options: Options, streams: Streams) -> int:
    """Add a model of the catalogue, of the hub, or of this machine; return the exit code. Raises RaoError."""
    models = models_at_hand()
    notices = notices_for(options, streams)
    card = models.known.models.get(text.lower())
    if card is not None and name is not None:
        raise UsageError(f"{card.name} keeps its name", hint=f"rao models add {card.name}")
    if card is not None and (path := _installed(card, models)) is not None:
        return _show(card.name, Entry(path=str(path)), f"{card.name} is installed already", options, streams)
    if card is not None or text.startswith((SCHEME, ADDRESS)):
        called, entry = _download(_wanted(text, name, card, models), models, notices, streams)
    else:
        called, entry = _local(text, name, models)
    change_registry(models.folders.data, lambda own: _checked(called, entry, own).with_entry(called, entry))
    code = _show(called, entry, f"added {called}", options, streams)
    notices.line(f"use it with -m {called}, or always: rao models default {called}")
    return code


def _show(name: str, entry: Entry, done: str, options: Options, streams: Streams) -> int:
    record = {"name": name, "path": entry.path, "source": entry.source or None, "sha256": entry.sha256 or None}
    return show("add", f"{done}: {one_line(entry.path)}\n", record, options, streams)


def _installed(card: Card, models: Models) -> Path | None:
    """Return a catalogued model's file if it is here; raises ModelError for one that pip must install."""
    entry = models.own.models.get(card.name)
    return card_file(card, models.own) if card.package or (entry and Path(entry.path).exists()) else None


def _local(text: str, name: str | None, models: Models) -> tuple[str, Entry]:
    """Return the name and entry of a file of this machine, its header checked."""
    path = Path(text).expanduser().absolute()
    if not path.exists() and not looks_like_path(text):
        raise unknown_model(text, models.known, models.own)
    try:
        str(path).encode()
    except UnicodeEncodeError as error:
        raise UsageError(
            f"the name of {one_line(text, 80)} is not UTF-8, so it cannot be kept", hint="rename the file"
        ) from error
    entry = Entry(path=str(path))
    called = _own_name(name or name_for(path.name), models)
    _checked(called, entry, models.own)
    read_header(path)
    return called, entry


@dataclass(frozen=True)
class _Wanted:
    """A file to download under a name."""

    name: str
    source: HubFile
    sha256: str = ""


def _wanted(text: str, name: str | None, card: Card | None, models: Models) -> _Wanted:
    """Tell which file is meant; a catalogued one that gets no other name is the catalogue's model."""
    source = parse_hub_file(card.source if card else text)
    card = card or (None if name else _catalogued(source, models))
    if card is not None:
        return _Wanted(card.name, parse_hub_file(card.source), card.sha256)
    return _Wanted(_own_name(name or name_for(Path(source.file).name), models), source)


def _catalogued(source: HubFile, models: Models) -> Card | None:
    """Return the card of a file that the catalogue knows, at the same or no particular revision."""
    for card in models.known.models.values():
        same = card.hub == f"{source.repository}/{source.file}"
        if same and source.revision in ("main", card.revision):
            return card
    return None


def _own_name(name: str, models: Models) -> str:
    checked = check_name(name)
    if checked in models.known.models:
        raise UsageError(f"{checked} is the name of a model that rao knows", hint="choose another with --name")
    return checked


def _checked(name: str, entry: Entry, own: Registry) -> Registry:
    """Return the registry if a name is free in it, or stands for the same model; raises UsageError."""
    there = own.models.get(name)
    if there is None or there.path == entry.path or (there.downloaded and _place(there) == _place(entry)):
        return own
    raise UsageError(
        f"you have another model called {name}: {one_line(there.path, 200)}",
        hint=f"choose another name with --name, or first: rao models rm {name}",
    )


def _place(entry: Entry) -> str:
    """Return where a file was downloaded from, whichever revision it was."""
    return entry.source.partition("@")[0]


def _download(wanted: _Wanted, models: Models, notices: Notices, streams: Streams) -> tuple[str, Entry]:
    """Download a file; return its name and entry."""
    source = wanted.source
    expected = Entry(path=source.file, source=f"{SCHEME}{source.repository}/{source.file}")
    _checked(wanted.name, expected, models.own)
    notices.status(f"asking the hub about {source.file}")
    shown = Shown(notices, live=can_redraw(streams.stderr))
    try:
        with Interrupts(streams.stderr, hint=_AGAIN):
            found = download(source, models.downloads, sha256=wanted.sha256, progress=shown.update)
    finally:
        notices.clear()
    return wanted.name, Entry(path=str(found.path), source=found.source, sha256=found.sha256)


class Shown:
    """How far a download is: a line that is drawn over, or one for each tenth where none can be."""

    def __init__(self, notices: Notices, *, live: bool) -> None:
        self._notices = notices
        self._live = live
        self._started = time.monotonic()
        self._first: int | None = None
        self._next = 0.0

    def update(self, done: int, size: int) -> None:
        """Show that so many bytes of all are there, if it is time to."""
        self._first = done if self._first is None else self._first
        now = time.monotonic()
        due = now if self._live else done / size
        if due < self._next and done < size:
            return
        self._next = due + (_SECONDS if self._live else _STEP)
        text = f"{data_size(size)} downloaded; checking" if done == size else self._how_far(done, size, now)
        self._notices.status(text) if self._live else self._notices.line(text)

    def _how_far(self, done: int, size: int, now: float) -> str:
        text = f"{done / size:4.0%} of {data_size(size)}"
        speed = (done - (self._first or 0)) / max(now - self._started, 1e-3)
        if not speed:
            return text
        left = (size - done) / speed
        return (
            f"{text}, {data_size(speed)}/s, {f'{left / 60:,.0f} minutes' if left > 90 else f'{left:.0f} s'} left"
        )
