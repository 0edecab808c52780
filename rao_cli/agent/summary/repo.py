"""Topics of a repository: what it is, its entry points and main parts, how data flows, how to run and test it.

All of it is what code found: the README's and the comments' own sentences, manifests, imports and the ranking of
files and symbols (documents/code/graph.py). Limits: a file is told by its leading comment, else by what it
defines.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence

from rao_cli.agent.summary.central import Ranker
from rao_cli.agent.summary.model import Statement, Topic
from rao_cli.agent.summary.prose import found_sentences
from rao_cli.agent.summary.repo_commands import description, entry_points, running, testing
from rao_cli.agent.summary.repo_files import Files, entries, is_test
from rao_cli.agent.summary.repo_flow import SYMBOL_KINDS, first_line, flows, joined
from rao_cli.documents.model import Document, Origin, Section, Span, Symbol

README = 12_000
"""Characters of a README in which is looked for what the project is."""
README_SENTENCES = 3
WORDS_A_SENTENCE = 40
"""A README may have one sentence more for each so many words."""
SYMBOLS_NAMED = 3
RANKED = 2_000
"""Symbols that are ranked."""
MANY = 12
"""Files of a part above which its folders are told before them."""
SMALL = 0.3
"""What a part without code of the program is worth."""


def repo_topics(document: Document, words: int) -> tuple[Topic, ...]:
    """Return the topics of a repository: its sides, and among them its top-level files and folders.

    Enough is offered for a summary of ``words`` words.
    """
    repo = _Repo(document, max(README_SENTENCES, words // WORDS_A_SENTENCE))
    sides = (
        ("Entry points", 7.0, entry_points(repo.files)),
        ("How data flows", 6.0, flows(repo.files)),
        ("How to run", 5.5, running(repo.files)),
        ("How to test", 5.5, testing(repo.files)),
    )
    first, *others = (
        Topic(name, document.root.span, _each_once(told), weight, named=False) for name, weight, told in sides
    )
    parts = sorted((repo.part(entry) for entry in entries(document)), key=lambda topic: -topic.weight)
    return tuple(topic for topic in (*repo.whole(), first, *parts, *others) if topic.statements or topic.named)


def _each_once(told: Iterable[Statement]) -> tuple[Statement, ...]:
    return tuple({statement.text: statement for statement in told}.values())


def _highest_and_longest(readme: Origin) -> tuple[int, int]:
    return readme.path.count("/"), -len(readme.span)


class _Repo:
    """Says what is known of one repository."""

    def __init__(self, document: Document, sentences: int) -> None:
        self.files = Files(document)
        self._sentences = sentences
        self._document = document
        self._symbols: dict[str, list[Symbol]] = defaultdict(list)
        for file in document.code:
            name = self.files.name(document.origins[file.origin].path)
            self._symbols[name] += [one for one in file.symbols if one.kind in SYMBOL_KINDS]
        ranks: dict[int, int] = {}
        for place, found in enumerate(self.files.codebase.ranked_symbols(RANKED)):
            ranks.setdefault(id(found.symbol), place)
        for symbols in self._symbols.values():
            symbols.sort(key=lambda one: (ranks.get(id(one), RANKED), one.kind == "method"))
        self._scores = {self.files.name(one.path): one.score for one in self.files.codebase.ranked_files()}

    def whole(self) -> Iterator[Topic]:
        """Yield the topic that says what the project is, if its README or a manifest does."""
        readmes = [name for name in self.files.names if name.rpartition("/")[2].lower().startswith("readme")]
        told = list(description(self.files))
        span, score = self._document.root.span, None
        if readmes:
            span = min((self.files.origin(name) for name in readmes), key=_highest_and_longest).span
            beginning = Span(span.start, min(span.end, span.start + README))
            ranker = Ranker(found_sentences(self._document, beginning, README), {}, self.files.project)
            told += [Statement(one.text, (one.span,)) for one in ranker.ranked()[: self._sentences]]
            score = ranker.score
        if told:
            yield Topic("What it is", span, tuple(told), 9.0, named=False, lead=True, score=score)

    def part(self, entry: Section) -> Topic:
        """Return the topic of a top-level file or folder: its most important files, what each says or defines."""
        names = [name for name in self.files.names if entry.span.contains(self.files.origin(name).span)]
        sources = [name for name in names if name in self.files.program]
        ordered = sorted(sources or names, key=lambda name: (-self._scores.get(name, 0.0), name))
        heading = self._heading(entry, names)
        folders = self._folders(ordered) if len(ordered) > MANY else ()
        files = (said for name in ordered if (said := self._file(name, heading)))
        told = (*folders, *files, *(more for name in ordered[:MANY] if (more := self._further(name))))
        size = sum(len(self.files.origin(name).span) for name in sources) / self.files.program_size
        weight = SMALL if not sources or is_test(heading) else 1.0 + 6.0 * size**0.5
        inner = [self._inner(name) for name in ordered] if entry.kind == "folder" else []
        return Topic(heading, entry.span, told, weight, tuple(topic for topic in inner if topic.statements))

    def _inner(self, name: str) -> Topic:
        said = self._file(name, name)
        weight = 1.0 + 20.0 * self._scores.get(name, 0.0)
        return Topic(name, self.files.origin(name).span, (said,) if said else (), weight)

    def _further(self, name: str) -> Statement | None:
        """Say what else a file defines, as much as can be cited."""
        symbols = self._main_symbols(name)[SYMBOLS_NAMED : 2 * SYMBOLS_NAMED]
        if not symbols:
            return None
        told = f"`{name}` also defines {joined([symbol.name for symbol in symbols])}"
        return Statement(told, tuple(first_line(self.files, one.span) for one in symbols), computed=True)

    def _main_symbols(self, name: str) -> list[Symbol]:
        """Return a file's symbols, each name once, the main ones first; methods only if there is nothing else."""
        every = list({one.name: one for one in reversed(self._symbols[name])}.values())[::-1]
        return [one for one in every if one.kind != "method"] or every

    def _heading(self, entry: Section, names: Sequence[str]) -> str:
        """Return a top-level entry's path from the root."""
        title = self.files.name(entry.title)
        first = names[0] if names else title
        if entry.kind != "folder":
            return first if len(names) == 1 else title
        return first[: first.find(title) + len(title)] if title and title in first else title

    def _folders(self, ordered: Sequence[str]) -> Iterator[Statement]:
        """Yield what the comment of each folder's first file says of it, the most important folder first."""
        groups: dict[str, list[str]] = defaultdict(list)
        for name in ordered:
            groups[self.files.group(name)].append(name)
        score = {group: sum(self._scores.get(name, 0.0) for name in names) for group, names in groups.items()}
        for group in sorted((one for one in groups if one.endswith("/")), key=lambda one: -score[one]):
            for name in (one for one in sorted(groups[group], key=len) if self.files.stands_for_folder(one)):
                comment = self.files.comment(name)
                if comment:
                    yield Statement(f"`{group}`: {comment.text}", (comment.span,), computed=True)
                    break

    def _file(self, name: str, heading: str) -> Statement | None:
        """Say what a file is: by its leading comment, or by what it defines."""
        apart = name != heading
        comment = self.files.comment(name) if name in self._scores else None
        if comment:
            return Statement(
                f"`{name}`: {comment.text}" if apart else comment.text, (comment.span,), computed=apart
            )
        symbols = self._main_symbols(name)[:SYMBOLS_NAMED]
        if not symbols:
            return None
        told = f"{f'`{name}` defines' if apart else 'Defines'} {joined([symbol.name for symbol in symbols])}"
        return Statement(told, tuple(first_line(self.files, one.span) for one in symbols), computed=True)
