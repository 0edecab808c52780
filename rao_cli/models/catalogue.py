"""The models that rao knows by name, and how each is best used.

The catalogue is a TOML file in the top-level models/ folder, packaged into the wheel. Limits: it names files of
installed packages only; downloads are not part of it.
"""

import tomllib
from functools import cache
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from rao_cli.errors import ModelError


class Card(BaseModel):
    """How one model is found and used."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    """What the user calls it."""
    description: str = ""
    """One line for listings."""
    licence: str = ""
    """SPDX name of the licence of the weights."""
    package: str = ""
    """Installed distribution that holds the file; empty for a file the user named."""
    file: str = ""
    """Pattern that the file's name matches inside the package."""
    extra: str = ""
    """Extra of rao-cli that installs the package."""
    context: int = Field(default=0, ge=0)
    """Most tokens the model was trained to read; 0 when its file does not say."""
    window: int = Field(gt=0)
    """Tokens of prompt and output at which it reads best; the default of --window."""
    view_tokens: int = Field(default=512, gt=0)
    """Tokens of text that one agent is shown to answer a question."""
    summary_tokens: int = Field(default=1024, gt=0)
    """Tokens of text that one agent is shown to summarise, where everything is read."""
    output_tokens: int = Field(default=64, gt=0)
    """Tokens that one action may take."""
    delegation: Literal["rules", "model"] = "rules"
    """Who chooses at outlines what is read: plain code, or a model that was trained to."""


class Catalogue(BaseModel):
    """All known models."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    default: str
    """Name of the model used when none is asked for."""
    models: dict[str, Card]
    """Cards by name."""


def shipped_folder() -> Path:
    """Return the folder of shipped model data: inside the package when installed, top-level in a checkout."""
    packaged = Path(__file__).parent / "shipped"
    return packaged if packaged.is_dir() else Path(__file__).parents[2] / "models"


def load_catalogue(path: Path) -> Catalogue:
    """Read a catalogue file; raises ModelError when it is missing or does not have the fields of ``Card``."""
    try:
        data = tomllib.loads(path.read_text("utf-8"))
        for name, entry in data.get("models", {}).items():
            entry["name"] = name
        return Catalogue.model_validate(data)
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError, ValidationError, TypeError, AttributeError) as e:
        raise ModelError("the model catalogue cannot be read", hint="reinstall rao-cli") from e


@cache
def catalogue() -> Catalogue:
    """Return the shipped catalogue, read once."""
    return load_catalogue(shipped_folder() / "catalogue.toml")
