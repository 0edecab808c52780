"""Topics of a repository: what it is, its entry points and main parts, how data flows, how to run and test it.

All of it is what code found: the README's and the comments' own sentences, manifests, imports and the ranking of
files and symbols (documents/code/graph.py). Limits: what flows where is told by imports and by the use of names.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence

from rao_cli.agent.summary.central import Ranker
from rao_cli.agent.summary.model import Statement, Topic
from rao_cli.agent.summary.prose import found_sentences
from rao_cli.agent.summary.repo_commands import description, entry_points, running, testing
from rao_cli.agent.summary.repo_files import Files, entries, is_test
from rao_cli.documents.code.graph import Definition
from rao_cli.documents.model import Document, Section, Span, Symbol

README = 12_000
"""Characters of a README in which is looked for what the project is."""
SYMBOLS_NAMED = 3
RANKED = 2_000
"""Symbols that are ranked."""
MOST_EDGES = 8
MOST_TARGETS = 3
_KINDS = frozenset(
    {"class", "struct", "enum", "interface", "trait", "function", "type", "method", "object", "protocol"}
)
_IMPORTS = re.compile(r"\b(?:import|from|use|mod|require|include|using|extern|source|export)\b")


def repo_topics(document: Document) -> tuple[Topic, ...]:
    """Return the topics of a repository: its sides, then its top-level files and folders."""
    repo = _Repo(document)
    sides = (
        ("Entry points", 7.0, entry_points(repo.files)),
        ("How data flows", 6.0, repo.flows()),
        ("How to run", 5.5, running(repo.files)),
        ("How to test", 5.5, testing(repo.files)),
    )
    topics = [
        Topic(name, document.root.span, tuple(_each_once(told)), weight, named=False)
        for name, weight, told in sides
    ]
    parts = [repo.part(entry) for entry in entries(document)]
    main = sorted(parts, key=lambda topic: -topic.weight)
    return (
        *repo.whole(),
        *(topic for topic in (topics[0], *main, *topics[1:]) if topic.statements or topic.named),
    )


def _each_once(told: Iterator[Statement]) -> Iterator[Statement]:
    seen: set[str] = set()
    for statement in told:
        if statement.text not in seen:
            seen.add(statement.text)
            yield statement


class _Repo:
    """Says what is known of one repository."""

    def __init__(self, document: Document) -> None:
        self.files = Files(document)
        self._document = document
        self._codebase = self.files.codebase
        self._symbols: dict[str, list[Definition]] = defaultdict(list)
        for found in self._codebase.ranked_symbols(RANKED):
            self._symbols[self.files.name(found.path)].append(found)
        self._scores = {self.files.name(one.path): one.score for one in self._codebase.ranked_files()}

    def whole(self) -> Iterator[Topic]:
        """Yield the topic that says what the project is, if its README or a manifest does."""
        readmes = [name for name in self.files.names if name.rpartition("/")[2].lower().startswith("readme")]
        told = list(description(self.files))
        span, score = self._document.root.span, None
        if readmes:
            span = self.files.origin(min(readmes, key=lambda name: (name.count("/"), len(name), name))).span
            found = found_sentences(self._document, Span(span.start, min(span.end, span.start + README)), README)
            ranker = Ranker(found, {}, self._document.name)
            told += [Statement(one.text, (one.span,)) for one in ranker.ranked()[:MOST_EDGES]]
            score = ranker.score
        if told:
            yield Topic("What it is", span, tuple(told), 9.0, named=False, lead=True, score=score)

    def part(self, entry: Section) -> Topic:
        """Return the topic of a top-level file or folder: its most important files, what each says or defines."""
        names = [name for name in self.files.names if entry.span.contains(self.files.origin(name).span)]
        sources = [name for name in names if name in set(self.files.sources)]
        ordered = sorted(sources or names, key=lambda name: (-self._scores.get(name, 0.0), name))
        heading = self._heading(entry, names)
        statements = tuple(said for name in ordered[:RANKED] if (said := self._file(name, heading)))
        size = sum(len(self.files.origin(name).span) for name in sources)
        whole = sum(len(self.files.origin(name).span) for name in self.files.sources) or 1
        weight = 0.3 if not sources or is_test(heading) else 1.0 + 6.0 * (size / whole) ** 0.5
        inner = [self._inner(name) for name in ordered] if entry.kind == "folder" else []
        return Topic(heading, entry.span, statements, weight, tuple(topic for topic in inner if topic.statements))

    def _inner(self, name: str) -> Topic:
        said = self._file(name, name)
        score = self._scores.get(name, 0.0)
        return Topic(name, self.files.origin(name).span, (said,) if said else (), 1.0 + 20.0 * score)

    def _heading(self, entry: Section, names: Sequence[str]) -> str:
        """Return a top-level entry's path from the root."""
        title = self.files.name(entry.title)
        first = names[0] if names else title
        if entry.kind != "folder":
            return first if len(names) == 1 else title
        return first[: first.find(title) + len(title)] if title and title in first else title

    def _file(self, name: str, heading: str) -> Statement | None:
        """Say what a file is: by its leading comment, or by what it defines."""
        prefix = "" if name == heading else f"`{name}`: "
        comment = self.files.comment(name) if name in self._scores else None
        if comment:
            return Statement(f"{prefix}{comment.text}", (comment.span,), computed=bool(prefix))
        symbols = self._defined(name)
        if not symbols:
            return None
        named = _and([f"`{symbol.name}`" for symbol in symbols])
        spans = tuple(self._line(symbol.span) for symbol in symbols)
        return Statement(f"`{name}` defines {named}" if prefix else f"Defines {named}", spans, computed=True)

    def _defined(self, name: str) -> list[Symbol]:
        """Return the most important symbols of a file; where none is used elsewhere, the first."""
        ranked = [one.symbol for one in self._symbols.get(name, ()) if one.symbol.kind in _KINDS]
        if not ranked and name in self._scores:
            origin = self.files.origin(name)
            ranked = [
                one
                for file in self._document.code
                if self._document.origins[file.origin] is origin
                for one in file.symbols
            ]
        named = {one.name: one for one in reversed(ranked) if one.kind in _KINDS}
        return [one for one in ranked if named.get(one.name) is one][:SYMBOLS_NAMED]

    def _line(self, span: Span) -> Span:
        """Return the first line of a definition."""
        text = self._document.read(Span(span.start, min(span.end, span.start + 200)))
        return Span(span.start, span.start + len(text.split("\n", 1)[0]))

    def flows(self) -> Iterator[Statement]:
        """Say which parts use which, by their imports, and where the most important symbols are used."""
        group = _grouping(self.files.sources)
        edges: dict[str, Counter[str]] = defaultdict(Counter)
        shown: dict[tuple[str, str], tuple[str, str]] = {}
        for name in self.files.sources:
            for path in self._codebase.imports(self.files.origin(name).path):
                target = self.files.name(path)
                here, there = group(name), group(target)
                if here != there and target in set(self.files.sources):
                    edges[here][there] += 1
                    shown.setdefault((here, there), (name, target))
        order = sorted(edges, key=lambda here: -sum(edges[here].values()))
        for here in order[:MOST_EDGES]:
            targets = [there for there, _ in edges[here].most_common(MOST_TARGETS)]
            spans = [span for there in targets for span in self._import(*shown[here, there])]
            yield Statement(
                f"`{here}` uses {_and([f'`{there}`' for there in targets])}",
                tuple(dict.fromkeys(spans)),
                computed=True,
            )
        yield from self._uses()

    def _import(self, name: str, target: str) -> tuple[Span, ...]:
        """Return the line of a file that imports another, and the other's first line."""
        stem = target.rpartition("/")[2].partition(".")[0]
        folder = target.split("/")[-2] if "/" in target else stem
        wanted = folder if stem in ("__init__", "mod", "index", "lib", "main") else stem
        lines = (span for span, line in self.files.lines(name) if wanted in line and _IMPORTS.search(line))
        return (
            (next(lines, None) or self.files.head(name)[0], *self.files.head(target))
            if self.files.head(name)
            else ()
        )

    def _uses(self) -> Iterator[Statement]:
        """Say where the most important symbols are used."""
        main = set(self.files.sources)
        best = [one for one in self._codebase.ranked_symbols(MOST_EDGES * 4) if self.files.name(one.path) in main]
        for found in [one for one in best if one.symbol.kind in _KINDS][:MOST_EDGES]:
            name = self.files.name(found.path)
            users = [self.files.name(path) for path, _ in self._codebase.users(found.symbol.name)]
            others = [user for user in users if user in main and user != name][:MOST_TARGETS]
            if others:
                spans = (
                    self._line(found.symbol.span),
                    *(span for user in others for span in self._use(user, found)),
                )
                told = f"`{found.symbol.name}` of `{name}` is used in {_and([f'`{user}`' for user in others])}"
                yield Statement(told, spans, computed=True)

    def _use(self, name: str, found: Definition) -> tuple[Span, ...]:
        pattern = re.compile(rf"\b{re.escape(found.symbol.name)}\b")
        return next(
            ((span,) for span, line in self.files.lines(name) if pattern.search(line)), self.files.head(name)
        )


class _grouping:  # noqa: N801  used as a function
    """Names the part that a file belongs to: the file or folder right below where the sources branch."""

    def __init__(self, names: Sequence[str]) -> None:
        folder: list[str] = []
        while len({name.split("/")[len(folder)] for name in names}) == 1 and all(
            name.count("/") > len(folder) for name in names
        ):
            folder.append(names[0].split("/")[len(folder)])
        self._depth = len(folder)

    def __call__(self, name: str) -> str:
        parts = name.split("/")
        short = "/".join(parts[: self._depth + 1])
        return f"{short}/" if len(parts) > self._depth + 1 else short


def _and(names: Sequence[str]) -> str:
    """Join names: a, b and c."""
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
