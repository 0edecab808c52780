"""Decide what a walk leaves out by ignore files, and by --glob.

In one folder .raoignore comes after .ignore, and that after .gitignore: the last rule that matches decides. A
folder's rules come before those of the folders above it; rules of .gitignore end where another repository begins,
those of .ignore and .raoignore do not. Limits: the user's global ignore file is not read.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from rao_cli.documents.walk.patterns import read_pattern
from rao_cli.errors import UsageError
from rao_cli.text import one_line

GIT_FILES = (".gitignore",)
OWN_FILES = (".ignore", ".raoignore")
MOST_RULES = 5_000
"""Rules that may be in force at one place; a real repository has some hundreds."""
# RE2 matches so many expressions together, and for them takes at most so much memory.
_TOGETHER = 200
_TOGETHER_BYTES = 64 << 10
_MEMORY_BYTES = 8 << 20


@dataclass(frozen=True, slots=True)
class _Level:
    """The rules of one folder: its path with a slash, what matches them, which take back, whose they are."""

    base: bytes
    matcher: "_Matcher"
    negated: tuple[bool, ...]
    of_git: bool


@dataclass(frozen=True, slots=True)
class Rules:
    """The ignore rules in force in a folder, the nearest first."""

    levels: tuple[_Level, ...] = ()

    def below(self, folder: str, lines: Sequence[bytes], *, of_git: bool) -> "Rules":
        """Return these rules with those of a folder, given with a slash at its end, before them.

        Raises ValueError when there would be more than MOST_RULES.
        """
        patterns = [pattern for line in lines if (pattern := read_pattern(line))]
        if not patterns:
            return self
        if sum(len(level.negated) for level in self.levels) + len(patterns) > MOST_RULES:
            raise ValueError(f"more than {MOST_RULES:,} ignore rules in force")
        matcher = _Matcher([pattern.itself for pattern in patterns])
        level = _Level(_bytes(folder), matcher, tuple(pattern.negated for pattern in patterns), of_git)
        return Rules((level, *self.levels))

    def in_repository(self) -> "Rules":
        """Return the rules that hold inside another repository: those that are not git's."""
        return Rules(tuple(level for level in self.levels if not level.of_git))

    def ignores(self, path: str, *, folder: bool) -> str:
        """Return why a path is ignored, or an empty string; it lies below all folders whose rules these are."""
        named = _bytes(path) + (b"\0" if folder else b"")
        for level in self.levels:
            last = level.matcher.last(named[len(level.base) :])
            if last >= 0:
                return "" if level.negated[last] else "ignored by an ignore file"
        return ""


@dataclass(frozen=True, slots=True)
class Globs:
    """The patterns of --glob, as in .gitignore: the last one that names a file, or a folder above it, decides."""

    matcher: "_Matcher | None" = None
    negated: tuple[bool, ...] = ()

    def leave_out(self, relative: str) -> str:
        """Return why a file is left out, by its path below the source, or an empty string."""
        if self.matcher is None:
            return ""
        last = self.matcher.last(_bytes(relative))
        # A file that no pattern names is read only where all patterns exclude.
        out = self.negated[last] if last >= 0 else not all(self.negated)
        return "left out by --glob" if out else ""


def read_globs(globs: Sequence[str]) -> Globs:
    """Return the patterns of --glob; raises UsageError for one that can match nothing."""
    patterns = []
    for glob in globs:
        pattern = read_pattern(_bytes(glob))
        if pattern is None:
            hint = "write it as in .gitignore: --glob '*.py'"
            raise UsageError(f"--glob {one_line(glob, 60)!r} is no pattern", hint=hint)
        patterns.append(pattern)
    if not patterns:
        return Globs()
    return Globs(_Matcher([pattern.below for pattern in patterns]), tuple(pattern.negated for pattern in patterns))


def read_lines(data: bytes) -> list[bytes]:
    """Return the lines of an ignore file as git divides them."""
    return [line.removesuffix(b"\r") for line in data.removeprefix(b"\xef\xbb\xbf").split(b"\n")]


class _Matcher:
    """Finds the last of several expressions that matches a whole path."""

    def __init__(self, expressions: Sequence[bytes]) -> None:
        # Each with the number of its first expression, the last first.
        self._sets: list[tuple[int, Any]] = []
        start = size = 0
        for at, expression in enumerate(expressions):
            if at - start == _TOGETHER or (at > start and size + len(expression) > _TOGETHER_BYTES):
                self._sets.insert(0, (start, _compiled(expressions[start:at])))
                start, size = at, 0
            size += len(expression)
        self._sets.insert(0, (start, _compiled(expressions[start:])))

    def last(self, path: bytes) -> int:
        """Return the number of the last expression that matches, or -1."""
        for start, expressions in self._sets:
            matches = expressions.Match(path)
            if matches:
                return int(start + max(matches))
        return -1


def _compiled(expressions: Sequence[bytes]) -> Any:
    import re2

    options = re2.Options()
    options.encoding = re2.Options.Encoding.LATIN1
    options.never_capture = True
    options.dot_nl = True
    options.max_mem = _MEMORY_BYTES
    options.log_errors = False
    together = re2.Set.FullMatchSet(options)
    for expression in expressions:
        together.Add(expression)
    together.Compile()
    return together


def _bytes(path: str) -> bytes:
    return path.encode("utf-8", "surrogateescape")
