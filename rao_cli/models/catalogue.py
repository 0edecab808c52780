"""The models that rao knows by name, and how each is best used.

The catalogue is a TOML file in the top-level models/ folder, packaged into the wheel. It names files of installed
packages, and files that ``rao models add`` downloads; the user's own models are in the registry. Limits: a model
is one file.
"""

import tomllib
from functools import cache
from pathlib import Path
from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

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
    hub: str = ""
    """Where the file is downloaded from, as ORG/REPO/FILE on the Hugging Face hub; empty for other models."""
    revision: str = ""
    """Commit or branch of that repository; empty is its main branch."""
    sha256: str = Field(default="", pattern="^([0-9a-f]{64})?$")
    """Checksum of the downloaded file; empty trusts the one that the hub reports."""
    size: int = Field(default=0, ge=0)
    """Bytes of the file."""
    cell_bytes: int = Field(default=0, ge=0)
    """Bytes of keys and values per token of context, 16 bits each; 0 where the file does not say."""
    context: int = Field(default=0, ge=0)
    """Most tokens the model was trained to read; 0 when its file does not say."""
    window: int = Field(gt=0)
    """Tokens of prompt and output at which it reads best; the default of --window."""
    measured: bool = False
    """Whether the window and the sizes of views were measured; otherwise they were chosen by the model's size."""
    view_tokens: int = Field(default=512, gt=0)
    """Tokens of text that one agent is shown to answer a question."""
    summary_tokens: int = Field(default=1024, gt=0)
    """Tokens of text that one agent is shown to summarise, where everything is read."""
    output_tokens: int = Field(default=64, gt=0)
    """Tokens that one action may take."""
    delegation: Literal["rules", "model"] = "rules"
    """Who chooses at outlines what is read: plain code, or a model that was trained to."""
    answers: Literal["written", "weighed", "chosen"] = "written"
    """How a reader answers that does not delegate: it writes, or weighs the answers that code proposes."""
    adapter: str = ""
    """LoRA adapter in models/ that is applied unless the user names another; empty for none."""

    @property
    def memory(self) -> int:
        """Return the bytes that the weights and one agent's window take, the least that it runs in."""
        return self.size + self.window * self.cell_bytes

    @property
    def source(self) -> str:
        """Return what ``rao models add`` calls the place that the file is downloaded from; empty for none."""
        return f"hf:{self.hub}{f'@{self.revision}' if self.revision else ''}" if self.hub else ""


class Catalogue(BaseModel):
    """All known models."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    default: str
    """Name of the model used when none is asked for."""
    models: dict[str, Card]
    """Cards by name, which is in small letters."""

    @model_validator(mode="after")
    def _is_complete(self) -> Self:
        if self.default not in self.models:
            raise ValueError(f"the default {self.default} has no card")
        for name, card in self.models.items():
            if name != name.lower() or bool(card.package) == bool(card.hub):
                raise ValueError(f"{name} needs a name in small letters, and either a package or a hub")
        return self


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
