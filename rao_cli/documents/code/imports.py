"""Find which files of a codebase an import names.

An import becomes path segments, and these are looked up among the paths of the files, without their endings.
Limits: build files, search paths and module aliases are not read, so an import that is not relative is matched by
how a file's path ends; C# namespaces name no files and are not followed.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

_FAMILIES = {"typescript": "javascript", "tsx": "javascript", "cpp": "c"}
_WITHOUT_FILES = frozenset({"csharp", "sql", "json", "yaml", "toml"})
# A file of this name stands for its folder.
_FOLDER_FILES = frozenset({"__init__", "index", "mod", "lib", "main"})
# Folders that hold sources without being part of a module's name.
_SOURCE_FOLDERS = frozenset({"src", "lib", "source", "include", "java", "main"})
# A package of more files than this says little about any one of them.
_MOST_FILES = 50
# And an import whose last name so many files have, however they are called before it.
_MOST_ALIKE = 2000
_QUOTED = re.compile(r"""["']([^"'\n]+)["']""")
_ENDING = re.compile(r"\.(?:[cm]?[jt]sx?|h(?:h|pp|xx)?|cuh?|inc|inl|rb|php|sh|css)$")
_ALIAS = re.compile(r"^@?/|^~/")
_USE_PARTS = re.compile(r"[{},]|[^{},]+")
_RUST_ROOTS = frozenset({"crate", "self", "super"})


def family(language: str) -> str:
    """Return the name shared by languages whose files use each other's definitions."""
    return _FAMILIES.get(language, language)


@dataclass(frozen=True, slots=True)
class _Import:
    """What an import may mean, most likely first; ``up`` folders above the importing file's, or None: anywhere."""

    up: int | None
    meanings: tuple[tuple[str, ...], ...]


class Resolver:
    """Looks imports up among the files of a codebase, given by path and language."""

    def __init__(self, files: Sequence[tuple[str, str]]) -> None:
        self._families = [family(language) for _, language in files]
        self._folders = [_folder(path) for path, _ in files]
        self._modules = [_module(path) for path, _ in files]
        self._by_last: dict[str, list[int]] = defaultdict(list)
        self._by_module: dict[tuple[str, tuple[str, ...]], list[int]] = defaultdict(list)
        # The folders that hold Go files, by their own names, with those files.
        self._packages: dict[str, dict[tuple[str, ...], list[int]]] = defaultdict(lambda: defaultdict(list))
        for number, module in enumerate(self._modules):
            self._by_last["".join(module[-1:])].append(number)
            self._by_module[self._families[number], module].append(number)
            folder = self._folders[number]
            if folder and self._families[number] == "go":
                self._packages[folder[-1]][folder].append(number)

    def resolve(self, importing: int, imports: Iterable[str]) -> list[int]:
        """Return the numbers of the files that a file imports, each once, without itself."""
        language = self._families[importing]
        if language in _WITHOUT_FILES:
            return []
        found: dict[int, None] = {}
        for text in imports:
            numbers = self._package(text) if language == "go" else self._named(importing, text)
            found.update(dict.fromkeys(numbers[:_MOST_FILES]))
        found.pop(importing, None)
        return list(found)

    def _named(self, importing: int, text: str) -> list[int]:
        return [
            number for one in _parsed(text, self._families[importing]) for number in self._files(importing, one)
        ]

    def _files(self, importing: int, one: _Import) -> list[int]:
        """Return the files of the first meaning that has some."""
        for meaning in one.meanings:
            found = (
                self._anywhere(importing, meaning) if one.up is None else self._below(importing, one.up, meaning)
            )
            if found:
                return found
        return []

    def _below(self, importing: int, up: int, segments: tuple[str, ...]) -> list[int]:
        folder = self._folders[importing]
        if self._families[importing] == "rust":
            # A Rust file is the folder of its own modules.
            folder = self._modules[importing]
        wanted = folder[: max(0, len(folder) - up)] + segments
        return self._by_module.get((self._families[importing], wanted), [])

    def _anywhere(self, importing: int, segments: tuple[str, ...]) -> list[int]:
        """Return the files whose path ends in the segments; of several, those nearest to the importing file."""
        if not segments:
            return []
        own = self._folders[importing]
        found: dict[int, list[int]] = defaultdict(list)
        for number in self._ending_in(importing, segments):
            before = self._modules[number][: -len(segments) or None]
            # A single name, such as "json", means a file only where the importing file would look for it.
            if len(segments) > 1 or before == own[: len(before)] or before[-1] in _SOURCE_FOLDERS:
                found[_shared(before, own)].append(number)
        return found[max(found)] if found else []

    def _ending_in(self, importing: int, segments: tuple[str, ...]) -> Iterator[int]:
        language = self._families[importing]
        for number in self._by_last.get("".join(segments[-1:]), [])[:_MOST_ALIKE]:
            if self._families[number] == language and self._modules[number][-len(segments) :] == segments:
                yield number

    def _package(self, text: str) -> list[int]:
        """Return the files of the Go package whose folder has most of the import's last segments."""
        segments = tuple(text.split("/"))
        # Only an import from a host, unlike one of the standard library, can be of this codebase.
        if "." not in segments[0]:
            return []
        folders = self._packages.get(segments[-1], {})
        best = max(folders, key=lambda folder: _shared(folder[::-1], segments[::-1]), default=())
        return folders.get(best, [])


def _parsed(text: str, language: str) -> Iterator[_Import]:
    if language == "rust":
        yield from map(_rust, _uses(text))
    elif language == "python":
        name = text.lstrip(".")
        dots = len(text) - len(name)
        yield _Import(dots - 1 if dots else None, _shorter([part for part in name.split(".") if part], 1))
    elif language == "java":
        yield _Import(None, _shorter(text.split("."), 2))
    elif language == "php" and "\\" in text:
        segments = tuple(filter(None, text.split("\\")))
        # The first segments may stand for a folder such as src.
        yield _Import(None, tuple(segments[at:] for at in range(min(3, len(segments)))))
    else:
        yield from _path(text, language)


def _path(text: str, language: str) -> Iterator[_Import]:
    quoted = _QUOTED.search(text)
    path = _ENDING.sub("", quoted[1] if quoted else text)
    parts = _ALIAS.sub("", path).split("/")
    segments = tuple(part for part in parts if part not in ("", ".", ".."))
    if not segments:
        return
    if path.startswith(".") or language != "javascript":
        yield _Import(parts.count(".."), (segments,))
    # In JavaScript a bare name is an installed package.
    elif len(segments) > 1:
        yield _Import(None, (segments,))
    if language != "javascript" and not path.startswith("."):
        yield _Import(None, (segments,))


def _rust(path: str) -> _Import:
    segments = [part for part in re.split(r"::|\s+as\s+.*|[\s*]+", path) if part]
    roots = 0
    while roots < len(segments) and segments[roots] in _RUST_ROOTS:
        roots += 1
    up = segments[:roots].count("super")
    # "mod name;" is one segment; a path without a root starts at the crate or at another one.
    relative = "self" in segments[:roots] or up or len(segments) == 1
    return _Import(up if relative else None, _shorter(segments[roots:], 2))


def _uses(text: str) -> Iterator[str]:
    """Yield the paths of a Rust use declaration, with its braces multiplied out."""
    prefixes, path = [""], ""
    for part in _USE_PARTS.findall(text):
        if part == "{":
            prefixes.append(path)
        elif part in ",}":
            if path:
                yield path
            path = ""
            if part == "}" and len(prefixes) > 1:
                prefixes.pop()
        elif part.strip():
            path = prefixes[-1] + part.strip()
    if path:
        yield path


def _shorter(segments: Sequence[str], most: int) -> tuple[tuple[str, ...], ...]:
    """Return the segments, and without up to ``most`` of the last of them, which name something in the file."""
    return tuple(tuple(segments[: len(segments) - cut]) for cut in range(min(most, len(segments)) + 1))


def _folder(path: str) -> tuple[str, ...]:
    return tuple(part for part in path.split("/")[:-1] if part not in ("", "."))


def _module(path: str) -> tuple[str, ...]:
    name = path.rpartition("/")[2]
    stem = name.rpartition(".")[0] or name
    return _folder(path) if stem in _FOLDER_FILES else (*_folder(path), stem)


def _shared(first: Sequence[str], second: Sequence[str]) -> int:
    """Return how many segments two paths share from their start."""
    return next(
        (at for at, (a, b) in enumerate(zip(first, second, strict=False)) if a != b), min(len(first), len(second))
    )
