"""Decide what a walk leaves out: by ignore files, by --glob, lock files, vendored and generated ones.

In one folder .raoignore comes after .ignore, and that after .gitignore: the last rule that matches decides. A
folder's rules come before those of the folders above it. Limits: an ignore file that is a link, a pipe or larger
than 1 MB is not read.
"""

import contextlib
import os
import re
import stat
import warnings
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

from rao_cli.errors import UsageError
from rao_cli.text import one_line

_IGNORE_FILES = (".gitignore", ".ignore", ".raoignore")
_LARGEST_BYTES = 1 << 20
_NEVER = frozenset({".git", ".hg", ".svn"})
_VENDORED = frozenset(
    {"node_modules", "bower_components", "vendor", "__pycache__", "venv", ".venv", "site-packages"}
)
_LOCKS = frozenset(
    {
        "Cargo.lock",
        "Gemfile.lock",
        "Pipfile.lock",
        "bun.lock",
        "composer.lock",
        "deno.lock",
        "flake.lock",
        "go.sum",
        "gradle.lockfile",
        "mix.lock",
        "npm-shrinkwrap.json",
        "package-lock.json",
        "packages.lock.json",
        "pdm.lock",
        "pnpm-lock.yaml",
        "poetry.lock",
        "uv.lock",
        "yarn.lock",
    }
)
# What the pattern library raises for a rule it cannot read, such as a reversed range.
_PATTERN_ERRORS = (ValueError, re.error)
# The library's expressions for the rules */ and *.
_ANY_FOLDER = "(?P<ps_d>/)"
_ANYTHING = "."
_GENERATED = ("*.min.js", "*.min.css", "*.min.mjs", "*.bundle.js", "*.js.map", "*.css.map")


@dataclass(frozen=True, slots=True)
class Rules:
    """The ignore rules in force in a folder: each folder that has some, the nearest first."""

    nearest_first: tuple[tuple[str, tuple[Any, ...]], ...] = ()

    def below(self, folder: Path) -> "Rules":
        """Return these rules with those of a folder's own ignore files before them."""
        lines = [line for name in _IGNORE_FILES for line in _lines(folder / name)]
        patterns = _patterns(lines) if lines else ()
        if not patterns:
            return self
        return Rules(((str(folder).rstrip("/") + "/", patterns), *self.nearest_first))

    def ignores(self, path: str, *, folder: bool) -> str:
        """Return why an absolute path is ignored, or an empty string."""
        for base, patterns in self.nearest_first:
            relative = path.removeprefix(base) + ("/" if folder else "")
            for pattern in reversed(patterns):
                if _names(pattern.regex, relative):
                    return "ignored by an ignore file" if pattern.include else ""
        return ""


@dataclass(frozen=True, slots=True)
class Globs:
    """The patterns of --glob, as in .gitignore: the last one that names a file, or a folder above it, decides."""

    patterns: tuple[Any, ...] = ()

    def leave_out(self, relative: str) -> str:
        """Return why a file is left out, by its path below the source, or an empty string."""
        named = (pattern.include for pattern in reversed(self.patterns) if pattern.regex.search(relative))
        # A file that no pattern names is read only where all patterns exclude.
        unnamed = not any(pattern.include for pattern in self.patterns)
        return "" if next(named, unnamed) else "left out by --glob"


def read_globs(globs: tuple[str, ...]) -> Globs:
    """Return the patterns of --glob; raises UsageError for one that cannot be read."""
    patterns = []
    for glob in globs:
        try:
            pattern = _pattern(glob)
        except _PATTERN_ERRORS as error:
            raise _no_glob(glob) from error
        if pattern.include is None:
            raise _no_glob(glob)
        patterns.append(pattern)
    return Globs(tuple(patterns))


def _no_glob(glob: str) -> UsageError:
    return UsageError(
        f"--glob {one_line(glob, 60)!r} is no pattern", hint="write it as in .gitignore: --glob '*.py'"
    )


def leading_rules(folder: Path) -> Rules:
    """Return the rules of the folders above an absolute folder, up to the root of its repository."""
    chain = [folder, *folder.parents]
    root = next((at for at, place in enumerate(chain) if os.path.lexists(place / ".git")), 0)
    rules = Rules()
    for place in reversed(chain[1 : root + 1]):
        rules = rules.below(place)
    return rules


def is_version_control(name: str) -> bool:
    """Tell whether a folder of this name is a version control system's own, which is never read."""
    return name in _NEVER


def unwanted(name: str, *, folder: bool) -> str:
    """Return why a name alone leaves a file or folder out, or an empty string."""
    if folder:
        return "vendored or generated folder" if name in _VENDORED else ""
    if name in _LOCKS:
        return "lock file"
    return "minified or generated" if any(fnmatchcase(name, pattern) for pattern in _GENERATED) else ""


def _lines(path: Path) -> list[str]:
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_NOFOLLOW | os.O_CLOEXEC)
    except OSError:
        return []
    with os.fdopen(descriptor, "rb") as file:
        about = os.fstat(descriptor)
        if not stat.S_ISREG(about.st_mode) or about.st_size > _LARGEST_BYTES:
            return []
        return file.read(_LARGEST_BYTES).decode("utf-8", "surrogateescape").splitlines()


def _patterns(lines: list[str]) -> tuple[Any, ...]:
    """Return the rules of ignore files; a line that the library cannot read is passed over, as git does."""
    patterns = []
    for line in lines:
        with contextlib.suppress(*_PATTERN_ERRORS):
            patterns.append(_pattern(line))
    return tuple(pattern for pattern in patterns if pattern.include is not None)


def _pattern(text: str) -> Any:
    """Return one rule; raises one of ``_PATTERN_ERRORS``."""
    from pathspec.patterns.gitignore.spec import GitIgnoreSpecPattern

    with warnings.catch_warnings():
        # A bracket inside brackets, as in [[a], means itself; Python warns that this may change.
        warnings.simplefilter("ignore", FutureWarning)
        return GitIgnoreSpecPattern(text)


def _names(rule: re.Pattern[str], path: str) -> bool:
    """Tell whether a rule names a path itself.

    The library's expressions also match what lies below a named folder. A walk never comes there, and git lets a
    later rule for the folder decide alone.
    """
    match = rule.search(path)
    if match is None:
        return False
    if rule.pattern == _ANY_FOLDER:
        return path.endswith("/")
    if "ps_d" in rule.groupindex:
        return match.end() == len(path)
    return rule.pattern == _ANYTHING or match.end() < len(path)
