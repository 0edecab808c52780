"""Turn what the user typed after --model into a checked model file.

A known name leads to a file inside an installed package, located without importing that package; anything else
is a path. Every file's header is checked here before an engine may load it.
"""

from dataclasses import dataclass
from difflib import get_close_matches
from fnmatch import fnmatch
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

from rao_cli.errors import ModelError
from rao_cli.models.catalogue import Card, Catalogue, catalogue
from rao_cli.models.gguf import GgufHeader, read_header
from rao_cli.text import one_line

_DEFAULT_WINDOW = 4096


@dataclass(frozen=True, slots=True)
class ModelFile:
    """A model file that exists and whose header is sound, with how to use it."""

    path: Path
    card: Card
    header: GgufHeader


def resolve(name_or_path: str | None = None, *, known: Catalogue | None = None) -> ModelFile:
    """Find a model by catalogue name or path; None is the catalogue's default.

    Raises ModelError when nothing has that name, its package is not installed, or the file is not sound.
    """
    known = known or catalogue()
    wanted = name_or_path if name_or_path is not None else known.default
    if not wanted.strip():
        raise ModelError("the model's name is empty", hint=f"known names: {', '.join(sorted(known.models))}")
    if wanted in known.models or wanted.lower() in known.models:
        card = known.models.get(wanted) or known.models[wanted.lower()]
        path = _packaged_file(card)
        return ModelFile(path, card, read_header(path))
    path = Path(wanted).expanduser()
    if path.exists() or _looks_like_path(wanted):
        header = read_header(path)
        return ModelFile(path, _card_for(path, header), header)
    raise _unknown(wanted, known)


def _looks_like_path(text: str) -> bool:
    return "/" in text or "\\" in text or text.endswith(".gguf")


def _unknown(wanted: str, known: Catalogue) -> ModelError:
    close = get_close_matches(wanted.lower(), known.models, n=1)
    meant = f"did you mean {close[0]}? " if close else ""
    names = ", ".join(sorted(known.models))
    return ModelError(
        f"no model is called {one_line(wanted, 80)!r}",
        hint=f"{meant}known names: {names}; or give a .gguf file's path",
    )


def _packaged_file(card: Card) -> Path:
    hint = f"pip install 'rao-cli[{card.extra}]'" if card.extra else f"pip install {card.package}"
    try:
        files = distribution(card.package).files or []
    except PackageNotFoundError as e:
        raise ModelError(f"the model {card.name} is not installed", hint=hint) from e
    for file in files:
        path = Path(str(file.locate()))
        if fnmatch(file.name, card.file) and path.is_file():
            return path
    raise ModelError(f"the package {card.package} holds no file {card.file}", hint=f"{hint} --force-reinstall")


def _card_for(path: Path, header: GgufHeader) -> Card:
    """Give a file that the catalogue does not know what its header suggests."""
    return Card(
        name=one_line(path.stem, 80) or "model",
        description=header.name,
        licence=header.licence,
        context=header.context_length,
        window=min(_DEFAULT_WINDOW, header.context_length or _DEFAULT_WINDOW),
    )
