"""Turn what the user typed after --model into a checked model file.

A known name leads to a file inside an installed package, located without importing that package, or to one that
the user added or downloaded; anything else is a path. Every file's header is checked here before an engine may
load it.
"""

from dataclasses import dataclass
from difflib import get_close_matches
from fnmatch import fnmatch
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

from rao_cli.errors import ModelError
from rao_cli.models.catalogue import Card, Catalogue, catalogue
from rao_cli.models.gguf import GgufHeader, read_header
from rao_cli.models.registry import Entry, Registry
from rao_cli.text import one_line

_DEFAULT_WINDOW = 4096
_NOTHING_ADDED = Registry()
_KV_BYTES = 2  # keys and values are counted in 16 bits each


@dataclass(frozen=True, slots=True)
class ModelFile:
    """A model file that exists and whose header is sound, with how to use it."""

    path: Path
    card: Card
    header: GgufHeader


def resolve(
    name_or_path: str | None = None, *, known: Catalogue | None = None, own: Registry = _NOTHING_ADDED
) -> ModelFile:
    """Find a model by name or path; None is the user's default, or else the catalogue's.

    Names are looked up in the catalogue, then among ``own``. Raises ModelError when nothing has that name, its
    file is not there, or the file is not sound.
    """
    known = known or catalogue()
    wanted = name_or_path if name_or_path is not None else own.default or known.default
    if not wanted.strip():
        raise ModelError("the model's name is empty", hint=f"known names: {_names(known, own)}")
    name = wanted.lower()
    if name in known.models:
        card = known.models[name]
        path = card_file(card, own)
        return ModelFile(path, card, read_header(path))
    if name in own.models:
        path = entry_file(name, own.models[name])
        header = read_header(path)
        return ModelFile(path, _card_for(name, header), header)
    path = Path(wanted).expanduser()
    if path.exists() or looks_like_path(wanted):
        header = read_header(path)
        return ModelFile(path, _card_for(one_line(path.stem, 80) or "model", header), header)
    raise unknown_model(wanted, known, own)


def card_file(card: Card, own: Registry) -> Path:
    """Return where a catalogued model's file is; raises ModelError that says how to get it."""
    entry = own.models.get(card.name)
    if entry is not None and (not card.hub or not entry.source.startswith(f"hf:{card.hub}@")):
        raise ModelError(
            f"{card.name} is a model that rao knows, and also one of your own",
            hint=f"give yours another name: rao models rm {card.name}, then rao models add PATH --name NAME",
        )
    if card.package:
        return _packaged_file(card)
    if entry is None:
        raise ModelError(f"the model {card.name} is not installed", hint=how_to_get(card))
    return entry_file(card.name, entry)


def entry_file(name: str, entry: Entry) -> Path:
    """Return where a model that the user added is; raises ModelError when its file is gone."""
    path = Path(entry.path)
    if not path.exists():
        raise ModelError(
            f"the file of the model {name} is gone: {one_line(entry.path, 200)}",
            hint=f"put it back, or forget the model: rao models rm {name}",
        )
    return path


def how_to_get(card: Card) -> str:
    """Return the command that installs a catalogued model."""
    if card.hub:
        return f"rao models add {card.name}"
    return f"pip install 'rao-cli[{card.extra}]'" if card.extra else f"pip install {card.package}"


def looks_like_path(text: str) -> bool:
    """Tell whether what the user typed can only be a path."""
    return "/" in text or "\\" in text or text.endswith(".gguf")


def _names(known: Catalogue, own: Registry) -> str:
    return ", ".join(sorted({*known.models, *own.models}))


def unknown_model(wanted: str, known: Catalogue, own: Registry) -> ModelError:
    """Return the error of a name that nothing has, with the closest one."""
    close = get_close_matches(wanted.lower(), {*known.models, *own.models}, n=1)
    meant = f"did you mean {close[0]}? " if close else ""
    return ModelError(
        f"no model is called {one_line(wanted, 80)!r}",
        hint=f"{meant}known names: {_names(known, own)}; or give a .gguf file's path",
    )


def _packaged_file(card: Card) -> Path:
    hint = how_to_get(card)
    try:
        files = distribution(card.package).files or []
    except PackageNotFoundError as e:
        raise ModelError(f"the model {card.name} is not installed", hint=hint) from e
    for file in files:
        path = Path(str(file.locate()))
        if fnmatch(file.name, card.file) and path.is_file():
            return path
    raise ModelError(f"the package {card.package} holds no file {card.file}", hint=f"{hint} --force-reinstall")


def _card_for(name: str, header: GgufHeader) -> Card:
    """Give a file that the catalogue does not know what its header suggests."""
    return Card(
        name=name,
        description=header.name,
        licence=header.licence,
        size=header.file_size,
        cell_bytes=_cell_bytes(header),
        context=header.context_length,
        window=min(_DEFAULT_WINDOW, header.context_length or _DEFAULT_WINDOW),
    )


def _cell_bytes(header: GgufHeader) -> int:
    """Return the bytes of keys and values per token; 0 where the header does not say, or for each layer apart."""
    facts = {
        name: value
        for name in ("head_count", "head_count_kv", "key_length", "value_length")
        if isinstance(value := header.metadata.get(f"{header.architecture}.attention.{name}", 0), int)
    }
    heads = facts.get("head_count", 0)
    width = header.metadata.get(f"{header.architecture}.embedding_length", 0)
    head = int(width) // heads if heads and isinstance(width, int) else 0
    lengths = (facts.get("key_length") or head) + (facts.get("value_length") or head)
    return max(0, header.block_count * facts.get("head_count_kv", 0) * lengths * _KV_BYTES)
