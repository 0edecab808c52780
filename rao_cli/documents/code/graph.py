"""What uses what in a codebase: definitions with their places, counted references, imports, and what matters most.

References are identifiers by name: what is used is told by the name, by what the using file imports, and by where
the name is defined; a name that several files define counts for each of them by its share. Files and symbols are
ranked over imports and references (ranking.py), as in aider's map of a repository. Limits: no types are inferred,
so two methods of one name share their references.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from math import sqrt

from rao_cli.documents.code.imports import Resolver, family
from rao_cli.documents.code.ranking import Edges
from rao_cli.documents.model import Document, Span, Symbol
from rao_cli.documents.search.terms import parts

# A name defined in more files than this, such as "main" or "run", means none of them, but for those that are
# imported, or as few in the same folder.
_MOST_DEFINERS = 20
# They have names of everyday words, or stand for something that other symbols define.
_UNRANKED = frozenset({"key", "field", "rule", "element", "prototype", "namespace", "module"})
_CALLABLE = frozenset({"function", "method", "constructor"})
_MEMBERS = frozenset({"method", "constructor", "field", "property"})
# A shorter name is mostly that of a local variable, and so are these.
_LEAST_NAME = 3
_LOCAL_NAMES = frozenset({"self", "cls", "this"})
# What a name is worth that neither an imported file nor one in the same folder defines: it may be anything.
_GUESS = 0.1
# What a name is worth that only members of classes have: which class is meant is not known.
_MEMBER = 0.3
_NO_LETTER = re.compile(r"[\W_]+")
_QUALIFIED = re.compile(r"::|->|[.#\\]")


_Place = tuple[int, int]
"""A symbol: the number of its file, and its own in that file."""


@dataclass(frozen=True, slots=True)
class Definition:
    """A symbol, the file that defines it, its first line there, and how often its name is used anywhere."""

    symbol: Symbol
    path: str
    line: int
    references: int


@dataclass(frozen=True, slots=True)
class Ranked:
    """A file and its share of all importance."""

    path: str
    score: float


class Codebase:
    """The source files of a document; what is not asked for is not computed."""

    def __init__(self, document: Document) -> None:
        self._document = document
        self._files = document.code
        self.paths = tuple(document.origins[file.origin].path for file in document.code)
        """The path of each source file."""

    def definitions(self, name: str) -> list[Definition]:
        """Return where a name is defined: as it is written, else in any case, else by the words in it.

        A qualified name (Class.method, module::function) finds what it is defined in, too.
        """
        return [self._definition(place) for place in self._found(name)]

    def named(self, name: str) -> list[tuple[int, Symbol]]:
        """Return the symbols of a name, as it is written or in any case, each with the number of its file."""
        return [(place[0], self._symbol(place)) for place in self._found(name, by_words=False)]

    def users(self, name: str) -> list[tuple[str, int]]:
        """Return the files that use what a name means and how often, most first; a definition is no use."""
        found = self._found(name)
        counts: Counter[int] = Counter()
        for one in {self._symbol(place).name for place in found} or {name}:
            pattern = re.compile(rf"(?:^| ){re.escape(one)} (\d+)")
            for number, file in enumerate(self._files):
                match = pattern.search(file.uses) if one in file.uses else None
                if match:
                    counts[number] += int(match[1])
            counts.subtract(number for number, _ in self._by_name.get(one, ()))
        users = [(self.paths[number], count) for number, count in counts.items() if count > 0]
        return sorted(users, key=lambda user: (-user[1], user[0]))

    def imports(self, path: str) -> list[str]:
        """Return the files that a file imports; a path that is not of this codebase imports none."""
        at = [number for number, one in enumerate(self.paths) if one == path]
        return [self.paths[found] for number in at for found in self._imported[number]]

    def importers(self, path: str) -> list[str]:
        """Return the files that import a file."""
        return [
            self.paths[number]
            for number, imported in enumerate(self._imported)
            if any(self.paths[found] == path for found in imported)
        ]

    def ranked_files(self) -> list[Ranked]:
        """Return the files, most important first."""
        scores = self._ranks[0]
        order = sorted(range(len(scores)), key=lambda number: (-scores[number], self.paths[number]))
        return [Ranked(self.paths[number], scores[number]) for number in order]

    def ranked_symbols(self, limit: int) -> list[Definition]:
        """Return the symbols that matter most in what uses them, most important first."""
        scores = self._ranks[1]
        first: dict[tuple[int, str], _Place] = {}
        for number, file in enumerate(self._files):
            visible = set(map(id, _visible(file.symbols)))
            for at, symbol in enumerate(file.symbols):
                if id(symbol) in visible and (number, symbol.name) in scores:
                    first.setdefault((number, symbol.name), (number, at))
        best = sorted(first, key=lambda key: (-scores[key], key))[:limit]
        return [self._definition(first[key]) for key in best]

    def _found(self, name: str, *, by_words: bool = True) -> list[_Place]:
        """Return the symbols that a name means, declarations without a body last."""
        *outer, last = [part for part in _QUALIFIED.split(name.strip().removesuffix("()")) if part] or [""]
        found = self._by_name.get(last) or self._by_folded.get(_folded(last), [])
        found = found or (self._by_words(last) if by_words else [])
        inside = [place for place in found if _is_in(self._symbol(place).container, outer)] if outer else found
        return sorted(inside or found, key=lambda place: (self._symbol(place).kind == "prototype", place))

    def _places(self) -> Iterator[_Place]:
        """Yield every symbol by the numbers of its file and of itself in it."""
        for number, file in enumerate(self._files):
            for at in range(len(file.symbols)):
                yield number, at

    def _symbol(self, place: _Place) -> Symbol:
        return self._files[place[0]].symbols[place[1]]

    def _definition(self, place: _Place) -> Definition:
        symbol = self._symbol(place)
        line = self._document.locate(Span(symbol.span.start, symbol.span.start + 1)).first_line
        return Definition(symbol, self.paths[place[0]], line, self._references[symbol.name])

    @cached_property
    def _by_name(self) -> dict[str, list[_Place]]:
        found: dict[str, list[_Place]] = defaultdict(list)
        for place in self._places():
            found[self._symbol(place).name].append(place)
        return found

    @cached_property
    def _by_folded(self) -> dict[str, list[_Place]]:
        found: dict[str, list[_Place]] = defaultdict(list)
        for name, places in self._by_name.items():
            found[_folded(name)] += places
        return found

    def _by_words(self, query: str) -> list[_Place]:
        """Return the symbols whose names hold all words of the query."""
        words = _words(query)
        if not words:
            return []
        return [place for name, places in self._by_name.items() if words <= _words(name) for place in places]

    @cached_property
    def _imported(self) -> list[list[int]]:
        """Return for each file the numbers of the files that it imports."""
        resolver = Resolver([(path, file.language) for path, file in zip(self.paths, self._files, strict=True)])
        return [resolver.resolve(number, file.imports) for number, file in enumerate(self._files)]

    @cached_property
    def _references(self) -> Counter[str]:
        """Return how often each defined name is used, its definitions not counted."""
        total: Counter[str] = Counter()
        for file in self._files:
            for name, count in _pairs(file.uses):
                if name in self._by_name:
                    total[name] += count
        for name, places in self._by_name.items():
            total[name] = max(0, total[name] - len(places))
        return total

    @cached_property
    def _ranks(self) -> tuple[list[float], dict[tuple[int, str], float]]:
        edges = Edges(len(self._files))
        for number, file in enumerate(self._files):
            imported = self._imported[number]
            for target in imported:
                edges.add(number, target, 1 / len(imported))
            near = frozenset(imported)
            for name, count in _pairs(file.uses):
                targets, share = self._meant(number, name, near)
                for target in targets:
                    edges.add(number, target, share * sqrt(count) / len(targets), name)
        return edges.rank()

    def _meant(self, number: int, name: str, imported: frozenset[int]) -> tuple[list[int], float]:
        """Return the files whose definition a file may mean by a name that it does not define, and how surely."""
        share = 1 if name in self._free_names else _MEMBER
        if name in self._common:
            return self._near(self._common[name], number, imported), share
        definers = self._definers.get(name, [])
        if number in definers:
            return [], share
        folder = self._folders[number]
        near = [definer for definer in definers if definer in imported or self._folders[definer] == folder]
        return (near, share) if near else (definers, share * _GUESS)

    def _near(self, definers: Mapping[str, set[int]], number: int, imported: frozenset[int]) -> list[int]:
        """Return which of many definers, given by folder, a file imports or has beside it, if these are few."""
        beside = definers.get(self._folders[number], set())
        if number in beside:
            return []
        found = {one for one in imported if one in definers.get(self._folders[one], ())}
        return sorted(found | beside if len(beside) <= _MOST_DEFINERS else found)

    @cached_property
    def _common(self) -> dict[str, dict[str, set[int]]]:
        """Return the files, by folder, that define a name which too many define for each to be looked at."""
        common: dict[str, dict[str, set[int]]] = {}
        for name, definers in self._definers.items():
            if len(definers) > _MOST_DEFINERS:
                folders = common[name] = defaultdict(set)
                for definer in definers:
                    folders[self._folders[definer]].add(definer)
        return common

    @cached_property
    def _free_names(self) -> frozenset[str]:
        """Return the names that something defines which is no member of a class."""
        return frozenset(
            symbol.name for file in self._files for symbol in file.symbols if symbol.kind not in _MEMBERS
        )

    @cached_property
    def _folders(self) -> list[str]:
        """Return the folder of each file, for each family of languages another."""
        return [
            f"{path.rpartition('/')[0]}\0{family(file.language)}"
            for path, file in zip(self.paths, self._files, strict=True)
        ]

    @cached_property
    def _definers(self) -> dict[str, list[int]]:
        """Return the files that define each name so that others can use it."""
        found: dict[str, list[int]] = defaultdict(list)
        for number, file in enumerate(self._files):
            names = {symbol.name for symbol in _visible(file.symbols)}
            for name in names:
                found[name].append(number)
        return found


def _visible(symbols: Sequence[Symbol]) -> Iterator[Symbol]:
    """Yield the symbols that are ranked: not the everyday names, nor what is inside of functions."""
    inside = {f"{one.container}.{one.name}".lstrip(".") for one in symbols if one.kind in _CALLABLE}
    for one in symbols:
        named = len(one.name) >= _LEAST_NAME and one.name not in _LOCAL_NAMES
        if named and one.kind not in _UNRANKED and one.container not in inside:
            yield one


def _pairs(uses: str) -> Iterator[tuple[str, int]]:
    """Yield the names and counts of a CodeFile's uses."""
    words = uses.split(" ") if uses else []
    return zip(words[::2], map(int, words[1::2]), strict=True)


def _folded(name: str) -> str:
    return _NO_LETTER.sub("", name).casefold()


def _words(name: str) -> frozenset[str]:
    return frozenset(word.casefold() for word in parts(name))


def _is_in(container: str, outer: list[str]) -> bool:
    """Tell whether a container ends in these names."""
    return f".{container}".casefold().endswith("." + ".".join(outer).casefold())
