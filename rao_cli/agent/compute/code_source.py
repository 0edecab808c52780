"""The source files of a document as the solvers of code questions see them: paths, lines, symbols, names.

Limits: a file above _LARGEST characters is looked into up to there only.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import PurePosixPath

from rao_cli.agent.reading import Reading
from rao_cli.documents.code.graph import Codebase
from rao_cli.documents.model import CodeFile, Document, Span, Symbol

_LARGEST = 4_000_000
_LONGEST_NAME = 200
_DATA = frozenset({"json", "yaml", "toml", "html", "css", "sql"})
_TEST = re.compile(r"(?:^|[/_.-])(?:tests?|specs?|testing|testdata|fixtures?|bench(?:es|marks?)?)(?=[/_.-]|$)")
_ASIDE = re.compile(
    r"(?:^|/)(?:examples?|docs?|vendor|third_party|node_modules|contrib|scripts|tools|debian|dist|build)/"
)
_DECLARES = re.compile(r"\.(?:pyi|d\.[cm]?ts|h|hh|hpp)$")
_TYPED = re.compile(r"(?<!\.d)\.[cm]?tsx?$")
_MADE = re.compile(r"(?:\.min)?\.[cm]?jsx?$")
_TOKEN = re.compile(r"[A-Za-z_$][\w$]*(?:(?:::|->|[.#])[A-Za-z_$][\w$]*)*")
_CODED = re.compile(r"[a-z0-9][A-Z]|[A-Z]{2}[a-z]|\w_\w|^_|_$|^[A-Z][A-Z0-9]{2,}$|::|->|\w[.#]\w|\$")
_SORT = (
    r"functions?|methods?|class(?:es)?|structs?|types?|interfaces?|traits?|enums?|constants?|variables?|"
    r"macros?|fields?|"
    r"procedures?|modules?|members?|decorators?|fixtures?|exceptions?|tests?|symbols?|subroutines?|mixins?|hooks?|"
    r"components?|typedefs?|unions?|aliases|alias|variants?|properties|property|attributes?|parameters?|"
    r"arguments?|"
    r"options?|keywords?"
)
_BEFORE = re.compile(rf"\b(?:{_SORT})[ ]+[`'\"“‘]?$", re.IGNORECASE)
_AFTER = re.compile(rf"^[`'\"”’]?(?:\(\))?[ ]+(?:{_SORT})\b", re.IGNORECASE)
_PLAIN = frozenset(
    """the a an this that which what each every any some one is are was has have had does do did can it
    default static public private new first last same other all and or of in to for with by from on at
    as if when where return returns take takes call calls use uses named called user main no its""".split()  # noqa: SIM905
)
_PLURAL = re.compile(r"[A-Z]{2,}s")
_ACRONYM = re.compile(r"[A-Z]{2,6}")
_QUOTES = re.compile(r"[`'\"“‘]$")
_VERSION = re.compile(r"[-_]v?\d[\w.+~-]*$")


@dataclass(frozen=True, slots=True)
class Found:
    """A symbol and the number of its file among the document's source files."""

    file: int
    symbol: Symbol


class Repository:
    """A document's source files; what is not asked for is not computed."""

    def __init__(self, reading: Reading) -> None:
        self.reading = reading
        self.document: Document = reading.document
        self.codebase = Codebase(reading.document)
        self.files = reading.document.code

    @property
    def has_code(self) -> bool:
        """Tell whether any file is written in a programming language."""
        return any(file.language not in _DATA for file in self.files)

    @cached_property
    def paths(self) -> tuple[str, ...]:
        """Return the path of each of the document's files inside of its top folder."""
        full = [origin.path.split("/") for origin in self.document.origins]
        shared = _shared([path[:-1] for path in full])
        title = self.document.root.title
        if title in shared:
            del shared[len(shared) - shared[::-1].index(title) :]
        return tuple("/".join(path[len(shared) :]) for path in full)

    @cached_property
    def project(self) -> tuple[str, ...]:
        """Return the words in the name of the top folder, without its version."""
        title = _VERSION.sub("", PurePosixPath(self.document.root.title).name)
        return tuple(re.findall(r"[a-z]+", title.lower()))

    def path(self, file: int) -> str:
        """Return the path of a source file inside of the top folder."""
        return self.paths[self.files[file].origin]

    def shown(self, path: str) -> str:
        """Return the path inside of the top folder for the full path of one of the document's files."""
        return self._shown.get(path, path)

    def is_code(self, path: str) -> bool:
        """Tell whether the file of a path inside of the top folder is written in a programming language."""
        return path in self._code_paths

    def is_python(self, path: str) -> bool:
        """Tell whether the file of a path inside of the top folder is in Python, where a colon gives a type."""
        return path in self._code_paths and path.endswith((".py", ".pyi"))

    @cached_property
    def _shown(self) -> dict[str, str]:
        full = (origin.path for origin in self.document.origins)
        return dict(zip(full, self.paths, strict=True))

    @cached_property
    def _code_paths(self) -> frozenset[str]:
        return frozenset(self.paths[file.origin] for file in self.files if file.language not in _DATA)

    def text(self, origin: int) -> str:
        """Return the text of one of the document's files."""
        span = self.document.origins[origin].span
        return self.document.text[span.start : min(span.end, span.start + _LARGEST)]

    def line(self, at: int) -> Span:
        """Return the line around a place, without its newline."""
        before = self.document.text[max(0, at - 2000) : at].rpartition("\n")[2]
        after = self.document.text[at : at + 2000].partition("\n")[0]
        return Span(at - len(before), at + len(after))

    def line_number(self, at: int) -> int:
        """Return the number of the line around a place in its file."""
        return self.document.locate(Span(at, at + 1)).first_line

    def symbols(self, *kinds: str) -> Iterator[Found]:
        """Yield the symbols of some kinds, or all, of programming languages."""
        for number, file in enumerate(self.files):
            if file.language not in _DATA:
                yield from (Found(number, one) for one in file.symbols if not kinds or one.kind in kinds)

    def named(self, name: str) -> list[Found]:
        """Return the symbols of a name in programming languages, those that a person would mean first."""
        found = [Found(number, symbol) for number, symbol in self.codebase.named(name)]
        found = [one for one in found if self.files[one.file].language not in _DATA]
        return sorted(found, key=self._standing)

    def file_at(self, at: int) -> int:
        """Return the number of the source file that holds a place, or -1."""
        for number, file in enumerate(self.files):
            span = self.document.origins[file.origin].span
            if span.start <= at < span.end:
                return number
        return -1

    def enclosing(self, file: CodeFile, at: int) -> Symbol | None:
        """Return the innermost function or class of a file around a place."""
        kinds = ("function", "method", "constructor", "class", "struct", "macro")
        around = [one for one in file.symbols if one.kind in kinds and one.span.start <= at < one.span.end]
        return min(around, key=lambda one: len(one.span), default=None)

    def standing(self, path: str) -> int:
        """Return how far a file is from the project's own code: 0 for a source, more for tests and samples."""
        lower = path.lower()
        if _TEST.search(lower):
            return 3
        made = _MADE.search(path)
        if _ASIDE.search(lower) or (made and _tail(path[: made.start()]) in self._typed):
            return 2
        return int(bool(_DECLARES.search(lower)))

    @cached_property
    def _typed(self) -> frozenset[str]:
        """Return the ends of the paths of TypeScript files: JavaScript of the same name is made of them."""
        typed = ((path, _TYPED.search(path)) for path in self.paths)
        return frozenset(_tail(path[: found.start()]) for path, found in typed if found)

    def _standing(self, found: Found) -> tuple[bool, int, int, int]:
        symbol = found.symbol
        return (
            symbol.kind == "prototype",
            self.standing(self.path(found.file)),
            symbol.container.count(".") + bool(symbol.container),
            found.file,
        )


@dataclass(frozen=True, slots=True)
class Name:
    """An identifier in a question; ``sure`` where its form, quotes or the word beside it show that it is one."""

    text: str
    sure: bool
    start: int
    end: int

    @property
    def last(self) -> str:
        """Return the identifier without what qualifies it."""
        return re.split(r"::|->|[.#]", self.text)[-1]


def names_in(question: str) -> list[Name]:
    """Return the identifiers that a question may name, in its order; what is longer than a name is none."""
    found = []
    for match in _TOKEN.finditer(question):
        if len(match[0]) > _LONGEST_NAME:
            continue
        before, after = (
            question[max(0, match.start() - 40) : match.start()],
            question[match.end() : match.end() + 40],
        )
        coded = bool(_CODED.search(match[0]) and not _PLURAL.fullmatch(match[0])) or after.startswith("()")
        beside = bool(_BEFORE.search(before) or _AFTER.search(after) or _QUOTES.search(before))
        sure = (coded or beside) and match[0].lower() not in _PLAIN
        found.append(Name(match[0], sure, match.start(), match.end()))
    return found


def spoken_of(question: str, name: Name) -> bool:
    """Tell whether a question speaks of a plain word as of something in code: "of tabulate", "the Config"."""
    before, after = question[: name.start].rstrip().lower(), question[name.end :]
    before = re.sub(r" (?:the|a|an)$", "", before)
    said = before.endswith((" of", " by", " in", " for", " with", " does")) or after.startswith("'s")
    return said or (name.start > 0 and name.text[0].isupper())


def coded_names(question: str) -> list[str]:
    """Return the identifiers of a question that can be nothing else by their form, without what qualifies them."""
    names = [name for name in names_in(question) if name.sure and _CODED.search(name.text)]
    return [name.last for name in names if not _ACRONYM.fullmatch(name.text)]


def _tail(path: str) -> str:
    """Return the last two segments of a path."""
    return "/".join(path.split("/")[-2:])


def _shared(paths: list[list[str]]) -> list[str]:
    """Return the segments with which all paths begin."""
    first, last = min(paths, default=[]), max(paths, default=[])
    count = next(
        (at for at, (a, b) in enumerate(zip(first, last, strict=False)) if a != b), min(len(first), len(last))
    )
    return first[:count]
