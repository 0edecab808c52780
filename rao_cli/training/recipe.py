"""The recipe of a training run: one tree of settings, read from TOML and kept as TOML with the run's results.

    [lora]
    rank = 16

    [sft]
    rate = 0.0004

    [data.train]
    reading = 2000

Each section is a record of settings, and what is not given has its default. Unknown names and impossible values
are refused with the file and the name. Limits: an optional number that is not set has no line, since TOML has no
null.
"""

import json
import math
import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields, is_dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Any, TypeVar, cast, get_type_hints

from pydantic import BaseModel, TypeAdapter, ValidationError

from rao_cli.errors import InputError, RaoError, UsageError
from rao_cli.text import one_line
from rao_cli.training.base_model import LoraSettings
from rao_cli.training.demonstrations import Shown
from rao_cli.training.rl import RlSettings
from rao_cli.training.sft import SftSettings

T = TypeVar("T")

_AT_LEAST_ONE = frozenset(
    (
        *("rank", "epochs", "packs", "capacity", "steps", "prompts", "attempts"),
        *("window", "view_tokens", "questions", "smallest", "largest", "facts"),
    )
)
_ABOVE_ZERO = frozenset(("rate", "alpha", "save_seconds"))
_SHARES = frozenset(("absent", "chained", "several", "explicit", "outlines", "meetings", "writing"))
_BARE = re.compile(r"[A-Za-z0-9_-]+")


@dataclass(frozen=True)
class Run:
    """What a run was of; written by rao, so that the run can go on and its results be understood."""

    command: str = ""
    version: str = ""
    base: str = ""
    """The base model as it was named."""
    base_sha256: str = ""
    vocabulary_sha256: str = ""
    """Digest of the vocabulary that splits text."""
    inputs: tuple[str, ...] = ()
    """Digests and names of the files that were learned from."""


@dataclass(frozen=True)
class ReadingTexts:
    """Documents of whole paragraphs, and the questions on them that a file holds."""

    smallest: int = 2_000
    """Tokens of a text, of about four characters each."""
    largest: int = 15_000


@dataclass(frozen=True)
class StatementTexts:
    """Paragraphs with invented facts among them; the shares are those of environments/statements.py."""

    smallest: int = 300
    largest: int = 6_000
    absent: float = 0.25
    chained: float = 0.0
    several: float = 0.0
    questions: int = 4


@dataclass(frozen=True)
class WholeTexts:
    """Texts of which all is of one sort: sources of installed packages, or logs."""

    smallest: int = 300
    largest: int = 6_000
    absent: float = 0.25
    questions: int = 4


@dataclass(frozen=True)
class RecordTexts:
    """Sheets of labelled records; ``explicit`` is the share whose labels are written in them."""

    smallest: int = 300
    largest: int = 6_000
    absent: float = 0.08
    explicit: float = 0.3
    questions: int = 4


@dataclass(frozen=True)
class ToyTexts:
    """Texts of a few dozen words, for tiny policies; ``steps`` are the lengths of chains that are asked."""

    facts: int = 24
    steps: tuple[int, ...] = (1,)
    absent: float = 0.2
    meetings: float = 0.2
    questions: int = 4


@dataclass(frozen=True)
class Texts:
    """How each environment makes its texts."""

    reading: ReadingTexts = field(default_factory=ReadingTexts)
    statements: StatementTexts = field(default_factory=StatementTexts)
    code: WholeTexts = field(default_factory=WholeTexts)
    logs: WholeTexts = field(default_factory=WholeTexts)
    records: RecordTexts = field(default_factory=RecordTexts)
    toy: ToyTexts = field(default_factory=ToyTexts)


@dataclass(frozen=True)
class Mix:
    """How many episodes of each environment, or in which proportion."""

    reading: int = 0
    statements: int = 0
    code: int = 0
    logs: int = 0
    records: int = 0
    toy: int = 0

    def counts(self) -> dict[str, int]:
        """Return the environments that occur, with their numbers."""
        return {one.name: number for one in fields(self) if (number := getattr(self, one.name))}


@dataclass(frozen=True)
class DataSettings:
    """What demonstrations are made of."""

    seed: int = 1
    left_out: tuple[str, ...] = ()
    """Titles of articles that are for validation only."""
    left_out_share: float = 0.02
    """Share of the articles that is left out where no titles are given; at least one is."""
    train: Mix = field(default_factory=lambda: Mix(reading=2_000, statements=1_000))
    valid: Mix = field(default_factory=lambda: Mix(reading=60, statements=60))
    ordinary: int = 500
    """Samples of ordinary text among the demonstrations."""


@dataclass(frozen=True)
class Acting:
    """What agents of rollouts and of evaluations see."""

    window: int = 2_048
    view_tokens: int = 160
    """Size of the leaf views that texts are packed into."""


@dataclass(frozen=True)
class Recipe:
    """Everything that can be set, each part a section of the file."""

    run: Run = field(default_factory=Run)
    texts: Texts = field(default_factory=Texts)
    data: DataSettings = field(default_factory=DataSettings)
    shown: Shown = field(default_factory=Shown)
    lora: LoraSettings = field(default_factory=LoraSettings)
    sft: SftSettings = field(default_factory=SftSettings)
    acting: Acting = field(default_factory=Acting)
    episodes: Mix = field(default_factory=lambda: Mix(reading=1))
    """What is practised in rl, and asked in eval: the proportions of environments."""
    rl: RlSettings = field(default_factory=RlSettings)


def read_recipe(path: Path) -> Recipe:
    """Return the recipe in a file. Raises InputError where it cannot be read, and UsageError for what it says."""
    shown = one_line(str(path), 200)
    try:
        told = tomllib.loads(path.read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise InputError(
            f"cannot read the recipe {shown}: {one_line(str(error), 120)}", hint="a recipe is a TOML file"
        ) from error
    return _record(Recipe, told, shown, "")


def changed(kept: "Recipe", wanted: "Recipe", sections: Sequence[str]) -> str:
    """Return the first setting of the sections that differs, with both values; empty where none does."""
    before, after = (dict(_leaves(recipe, sections)) for recipe in (kept, wanted))
    for name in {**before, **after}:
        if before.get(name) != after.get(name):
            return f"{name} was {_shown(before.get(name))} and is now {_shown(after.get(name))}"
    return ""


def written(recipe: Recipe, sections: Sequence[str]) -> str:
    """Return the sections of a recipe as TOML."""
    return "\n".join(part for name in sections for part in _section(getattr(recipe, name), (name,)) if part)


def _shown(value: object) -> str:
    return "not set" if value is None else one_line(_value(value), 80)


def _leaves(recipe: Recipe, sections: Sequence[str]) -> Iterator[tuple[str, object]]:
    for name in sections:
        yield from _flat(getattr(recipe, name), name)


def _flat(value: Any, name: str) -> Iterator[tuple[str, object]]:
    if not _is_record(type(value)):
        yield name, value
        return
    for key in _types(type(value)):
        yield from _flat(getattr(value, key), f"{name}.{key}")


def _section(record: Any, path: tuple[str, ...]) -> Iterator[str]:
    """Yield a record as the table that it is, then those in it; what is None has no line."""
    values = {key: getattr(record, key) for key in _types(type(record))}
    plain = {key: value for key, value in values.items() if not _is_record(type(value)) and value is not None}
    lines = [f"{_key(key)} = {_value(value)}\n" for key, value in plain.items()]
    yield f"[{'.'.join(map(_key, path))}]\n" + "".join(lines)
    for key, value in values.items():
        if _is_record(type(value)):
            yield from _section(value, (*path, key))


def _key(name: str) -> str:
    return name if _BARE.fullmatch(name) else _value(name)


def _value(value: object) -> str:
    """Write a value; TOML's strings are JSON's, but for one character."""
    if isinstance(value, (tuple, list)):
        return "[" + ", ".join(map(_value, value)) + "]"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
    return repr(value)


def _record(kind: type[T], told: object, file: str, name: str) -> T:
    """Make a record of a table; what is not in the table has its default."""
    if not isinstance(told, Mapping):
        raise UsageError(f"{file}: {name} is no section", hint=f"write its settings under [{name}]")
    types = _types(kind)
    values: dict[str, Any] = {}
    for key, value in told.items():
        full = f"{name}.{key}".lstrip(".")
        if key not in types:
            raise _unknown(key, full, types, file)
        part = types[key]
        values[key] = _record(part, value, file, full) if _is_record(part) else _setting(part, value, file, full)
    try:
        return kind(**values)
    except RaoError as error:
        raise UsageError(f"{file}: {name}: {error.message}", hint=error.hint) from error
    except ValidationError as error:
        raise _impossible(file, name, error) from error


def _unknown(key: str, full: str, types: Mapping[str, object], file: str) -> UsageError:
    close = get_close_matches(key, types, n=1)
    meant = f"did you mean {close[0]}? " if close else ""
    return UsageError(
        f"{file}: there is no setting {one_line(full, 80)}", hint=f"{meant}known here are {', '.join(types)}"
    )


def _setting(kind: Any, value: object, file: str, name: str) -> Any:
    """Return a value of a type, from JSON's point of view: a list is a tuple, a whole number also a float."""
    try:
        made = cast("Any", TypeAdapter(kind)).validate_json(json.dumps(value), strict=True)
    except TypeError as error:
        raise UsageError(f"{file}: {name} cannot be a date or time") from error
    except ValidationError as error:
        raise _impossible(file, name, error) from error
    wanted = _wanted(name.rpartition(".")[2], made)
    if wanted:
        raise UsageError(f"{file}: {name} is {_value(made)}", hint=f"it is {wanted}")
    return made


def _wanted(name: str, value: object) -> str:
    """Return what a number has to be, where it is not."""
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return ""
    if not math.isfinite(value) or value < 0:
        return "a number from 0"
    if name in _AT_LEAST_ONE and value < 1:
        return "a number from 1"
    if name in _ABOVE_ZERO and value <= 0:
        return "a number above 0"
    return "a share, from 0 to 1" if name in _SHARES and value > 1 else ""


def _impossible(file: str, name: str, error: ValidationError) -> UsageError:
    first = error.errors()[0]
    place = ".".join([name, *map(str, first["loc"])]).strip(".")
    return UsageError(f"{file}: {one_line(place, 100)}: {one_line(first['msg'], 160).lower()}")


def _is_record(kind: object) -> bool:
    return isinstance(kind, type) and (is_dataclass(kind) or issubclass(kind, BaseModel))


def _types(kind: type) -> dict[str, Any]:
    """Return the types of a record's settings by name."""
    names = (
        list(kind.model_fields) if issubclass(kind, BaseModel) else [one.name for one in fields(kind)]  # type: ignore[arg-type]
    )
    hints = get_type_hints(kind)
    return {name: hints[name] for name in names}
