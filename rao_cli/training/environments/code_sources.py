"""The Python sources of installed packages whose licences let anyone train on them: MIT, BSD, Apache, PSF.

A package's own metadata say its licence; a package that names any other is left out. Which packages there are
depends on the installation, so the same seed makes the same episodes only where the same packages are installed.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache, partial
from importlib.metadata import Distribution, distributions
from pathlib import Path

ALLOWED = re.compile(r"\b(MIT|0?BSD|Apache|PSF|Python Software Foundation)\b", re.IGNORECASE)
REFUSED = re.compile(r"\b(A?L?GPL|MPL|Mozilla|General Public|CDDL|EPL|CC-BY|proprietary)\b|GPL", re.IGNORECASE)
TERMS = 200
"""Characters of a licence field that name the licence; some packages put its whole text there."""
LEFT_OUT = re.compile(r"(^|[/_])(tests?|testing|vendor|vendored|extern|third_party)([/_.]|$)")
"""Files that are tests, or that others wrote under other licences."""
SMALLEST, LARGEST = 400, 60_000
"""Characters of a source that is used."""


@dataclass(frozen=True)
class Source:
    """One file of a package: its path as the package names it, and its text."""

    path: str
    text: str


@dataclass(frozen=True)
class Package:
    """A package: its name, the paths of its sources in order, and how one is read, None if it will not do."""

    name: str
    paths: Sequence[str]
    read: Callable[[str], Source | None]


@cache
def installed() -> tuple[Package, ...]:
    """Return the permissively licensed packages of this installation by name; their files are read on demand."""
    found = {one.name.lower(): one for one in distributions() if one.name and permissive(_licences(one))}
    made = [Package(name, _python(one), partial(_source, one)) for name, one in sorted(found.items())]
    return tuple(package for package in made if package.paths)


def permissive(licences: Sequence[str]) -> bool:
    """Tell whether all that a package says of its licence is permissive."""
    return any(map(ALLOWED.search, licences)) and not any(map(REFUSED.search, licences))


def _licences(one: Distribution) -> list[str]:
    stated = [str(one.metadata[name]) for name in ("License-Expression", "License") if name in one.metadata]
    classified = [line for line in one.metadata.get_all("Classifier") or [] if line.startswith("License ::")]
    return [line[:TERMS] for line in (*stated, *classified)]


def _python(one: Distribution) -> list[str]:
    paths = sorted(file.as_posix() for file in one.files or [] if file.suffix == ".py")
    return [path for path in paths if not path.startswith("..") and not LEFT_OUT.search(path)]


def _source(one: Distribution, path: str) -> Source | None:
    try:
        text = Path(str(one.locate_file(path))).read_text("utf-8")
    except (OSError, UnicodeDecodeError):
        return None
    return Source(path, text) if SMALLEST <= len(text) <= LARGEST else None
