"""The files of a repository as a summary names them: by their paths from its root, what each is and begins with.

Limits: what is a test, a document or a licence is told by English names of files and folders.
"""

import re
from collections.abc import Iterator
from functools import cached_property
from itertools import takewhile
from pathlib import PurePosixPath

from rao_cli.agent.summary.sentences import Sentence, sentences
from rao_cli.documents.code.graph import Codebase
from rao_cli.documents.model import Document, Origin, Section, Span

DATA = frozenset({"json", "yaml", "toml", "xml", "css", "html", "sql", ""})
"""Languages of files that hold data or settings."""
FOLDER_FILES = frozenset({"__init__", "mod", "index", "lib", "main", "doc"})
LEADING = 3_000
"""Characters in which a file's leading comment is looked for."""
LONGEST_LINE = 400

_TEST = re.compile(
    r"(?:^|[/_.-])(?:tests?|testing|testdata|specs?|testenv|fixtures?|benchmarks?)(?:[/_.-]|\d|$)", re.IGNORECASE
)
_ASIDE = re.compile(
    r"(?:^|/)(?:examples?|docs?|contrib|scripts?|vendor|third_party|build\.rs|setup\.py|conftest\.py)(?:/|$)"
)
_LICENCE = re.compile(
    r"copyright|licen[cs]e|spdx|all rights reserved|-\*-|eslint|shellcheck|use strict", re.IGNORECASE
)
_COMMENT = re.compile(
    r"\s*(?:(?:#!.*\n)|(?:package \w+\n)|(?:(?:[rub]{0,2}\"\"\"[\s\S]{1,2500}?\"\"\")"
    r"|(?:[rub]{0,2}'''[\s\S]{1,2500}?''')|(?:/\*[\s\S]{1,2500}?\*/)|(?:(?:[ \t]*(?://|#|--|;|%)[^\n]*\n){1,40}))\s*){1,4}"
)
_MARKS = re.compile(r"^[ \t]*(?:///?!?|/\*+!?|\*+/?|#+!?|--+|;+|%+)|\"\"\"|'''|\*/", re.MULTILINE)


class Files:
    """The files of a document that is a repository."""

    def __init__(self, document: Document) -> None:
        self.document = document
        self.codebase = Codebase(document)
        self._by_path = {self.name(origin.path): origin for origin in document.origins}

    @cached_property
    def _root(self) -> str:
        """Return what the paths of all files begin with: the folder that was named."""
        paths = [PurePosixPath(origin.path).parts for origin in self.document.origins]
        common = list(paths[0][:-1])
        for parts in paths:
            common = [one for one, other in zip(common, parts[:-1], strict=False) if one == other][: len(common)]
            while common and tuple(common) != parts[: len(common)]:
                common.pop()
        return str(PurePosixPath(*common)) + "/" if common else ""

    @property
    def project(self) -> str:
        """Return the project's name, told by the folder's: in small letters, without a version."""
        folder = PurePosixPath(self._root).name or PurePosixPath(self.document.name).name
        return re.split(r"[-_.]?\d", folder.lower())[0] or folder.lower()

    def name(self, path: str) -> str:
        """Return a path from the repository's root."""
        return path.removeprefix(self._root).removeprefix("/")

    def origin(self, name: str) -> Origin:
        """Return the file of a name; raises KeyError for none."""
        return self._by_path[name]

    @property
    def names(self) -> list[str]:
        """Return the names of all files in the order of the text."""
        return list(self._by_path)

    @cached_property
    def sources(self) -> list[str]:
        """Return the names of the files of code, tests and what is beside the program left out."""
        programs = [file for file in self.document.code if file.language not in DATA]
        names = [self.name(self.document.origins[file.origin].path) for file in programs]
        main = [name for name in names if not is_test(name) and not _ASIDE.search(name)]
        return main or [name for name in names if not is_test(name)] or names

    @cached_property
    def program(self) -> frozenset[str]:
        """Return ``sources`` as a set."""
        return frozenset(self.sources)

    @property
    def program_size(self) -> int:
        """Return the characters of all sources together."""
        return sum(len(self.origin(name).span) for name in self.sources) or 1

    @cached_property
    def _branch(self) -> int:
        """Return how many folders all sources share."""
        folders = [name.split("/")[:-1] for name in self.sources]
        shared = takewhile(lambda level: len(set(level)) == 1, zip(*folders, strict=False))
        return sum(1 for _ in shared)

    def group(self, name: str) -> str:
        """Return the part that a file belongs to: the file or folder right below where the sources branch."""
        parts = name.split("/")
        short = "/".join(parts[: self._branch + 1])
        return f"{short}/" if len(parts) > self._branch + 1 else short

    def stands_for_folder(self, name: str) -> bool:
        """Tell whether a file stands for the folder that it is in, by its name."""
        return name.rpartition("/")[2].partition(".")[0] in FOLDER_FILES

    def head(self, name: str) -> tuple[Span, ...]:
        """Return the first line of a file that has text, to cite the file by."""
        span = self.origin(name).span
        text = self.document.read(Span(span.start, min(span.end, span.start + LEADING)))
        start = len(text) - len(text.lstrip())
        end = text.find("\n", start) if "\n" in text[start:] else len(text)
        return (Span(span.start + start, span.start + min(end, start + LONGEST_LINE)),) if text.strip() else ()

    def comment(self, name: str) -> Sentence | None:
        """Return the first sentence of a file's leading comment that is no licence."""
        span = self.origin(name).span
        text = self.document.read(Span(span.start, min(span.end, span.start + LEADING)))
        found = _COMMENT.match(text)
        if not found:
            return None
        blank = _MARKS.sub(lambda match: " " * len(match.group()), found.group())
        told = (one for one in sentences(blank, span.start) if not _LICENCE.search(one.text))
        return next(told, None)

    def lines(self, name: str, most: int = 200_000) -> Iterator[tuple[Span, str]]:
        """Yield the lines of a file's beginning with their places."""
        span = self.origin(name).span
        at = span.start
        for line in self.document.read(Span(span.start, min(span.end, span.start + most))).splitlines(
            keepends=True
        ):
            text = line.rstrip("\n")
            if text.strip() and len(text) <= LONGEST_LINE:
                yield Span(at, at + len(text)), text
            at += len(line)


def is_test(name: str) -> bool:
    """Tell whether a file or folder is part of the tests, by its name."""
    return _TEST.search(name) is not None


def is_repository(document: Document) -> bool:
    """Tell whether a document is a folder of code: programs make up a good part of its text."""
    programs = [file for file in document.code if file.language not in DATA]
    if not programs or len(document.origins) < 2:
        return False
    size = sum(len(document.origins[file.origin].span) for file in programs)
    return len(programs) * 3 >= len(document.origins) or size * 5 >= len(document)


def entries(document: Document) -> tuple[Section, ...]:
    """Return the top-level files and folders."""
    section = document.root
    while len(section.children) == 1 and section.children[0].kind in ("folder", "corpus"):
        section = section.children[0]
    return section.children
