"""``rao models rm`` and ``rao models default``: what changes the user's own list."""

from pathlib import Path

from rao_cli.cli.models_known import Models, models_at_hand, notices_for, show
from rao_cli.cli.options import Options
from rao_cli.cli.terminal import Streams, agrees, is_terminal
from rao_cli.cli.words import data_size
from rao_cli.errors import RaoError, UsageError
from rao_cli.models.registry import change_registry
from rao_cli.models.resolve import resolve
from rao_cli.text import one_line


def remove_model(name: str, options: Options, streams: Streams, *, yes: bool) -> int:
    """Forget a model, and delete its file if rao downloaded it; return the exit code. Raises RaoError."""
    models = models_at_hand()
    wanted = name.lower()
    _check_own(wanted, models)
    file = _file_to_delete(wanted, models)
    if file is not None:
        _confirm(file, streams, yes=yes)
    change_registry(models.folders.data, lambda registry: registry.without(wanted))
    if file is not None:
        _delete(file)
    done = f"deleted {one_line(str(file))}" if file else "its file stays where it is"
    if models.own.default == wanted:
        notices_for(options, streams).line(f"the default is {models.known.default} again")
    record = {"name": wanted, "deleted": str(file) if file else None}
    return show("rm", f"forgot {wanted}; {done}\n", record, options, streams)


def _check_own(name: str, models: Models) -> None:
    if name in models.own.models:
        return
    card = models.known.models.get(name)
    if card is not None and card.package:
        raise UsageError(
            f"{name} is not a model that you added: it is in a package", hint=f"pip uninstall {card.package}"
        )
    if card is not None:
        raise UsageError(f"{name} is not installed", hint="rao models list shows what is")
    mine = ", ".join(sorted(models.own.models)) or "none"
    raise UsageError(f"you added no model called {one_line(name, 80)!r}", hint=f"models that you added: {mine}")


def _file_to_delete(name: str, models: Models) -> Path | None:
    """Return the downloaded file of a model, unless another name needs it or it lies where rao puts none."""
    entry = models.own.models[name]
    shared = any(other.path == entry.path for key, other in models.own.models.items() if key != name)
    path = Path(entry.path)
    if not entry.downloaded or shared or path.parent != models.downloads or not path.is_file():
        return None
    return path


def _confirm(file: Path, streams: Streams, *, yes: bool) -> None:
    """Let the file be deleted only if the user says so; raises UsageError otherwise."""
    if yes:
        return
    what = f"this deletes {one_line(str(file))}, {data_size(file.stat().st_size)}"
    if not (is_terminal(streams.stdin) and is_terminal(streams.stderr)):
        raise UsageError(what, hint="use --yes to go on")
    if not agrees(what, streams):
        raise UsageError("nothing was removed", hint="answer y to go on")


def _delete(file: Path) -> None:
    try:
        file.unlink(missing_ok=True)
    except OSError as error:
        raise RaoError(
            f"the model is forgotten, but its file cannot be deleted: {(error.strerror or '').lower()}",
            hint=f"delete it yourself: {file}",
        ) from error


def show_default(options: Options, streams: Streams) -> int:
    """Print which model is in use, and who says so; return the exit code. Raises RaoError."""
    chosen = models_at_hand().chosen
    if chosen.overrides:
        notices_for(options, streams).line(f"{chosen.origin} says so")
    record = {"name": chosen.name, "origin": chosen.origin}
    return show("default", one_line(chosen.name) + "\n", record, options, streams)


def choose_default(name: str, options: Options, streams: Streams) -> int:
    """Use a model when no option names one; return the exit code. Raises RaoError."""
    models = models_at_hand()
    wanted = name.lower()
    resolve(name, known=models.known, own=models.own)
    if wanted not in models.known.models and wanted not in models.own.models:
        raise UsageError(
            f"a default needs a name, and {one_line(name, 80)} is a path",
            hint=f"give it one: rao models add {one_line(name, 200)} --name NAME",
        )
    kept = None if wanted == models.known.default else wanted
    change_registry(models.folders.data, lambda registry: registry.with_default(kept))
    if models.chosen.overrides:
        chosen = models.chosen
        notices_for(options, streams).warning(f"{chosen.origin} goes before it and names {chosen.name}")
    return show("default", f"the default is {wanted}\n", {"name": wanted}, options, streams)
