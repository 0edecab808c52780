"""Answer what a repository's manifest names: licence, versions, dependencies, scripts, entry points, authors.

Limits: topics are recognised by English words; of several manifests the one that the question names is read, else
the one nearest to the top; a list of more than _MOST_WORDS words is not told.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from rao_cli.agent.compute.base import Computed
from rao_cli.agent.compute.code_constants import shown
from rao_cli.agent.compute.code_source import Repository
from rao_cli.agent.compute.code_words import likeness, name_parts, words_of
from rao_cli.agent.compute.manifests import Entry, entries, is_manifest
from rao_cli.agent.question.model import Option
from rao_cli.documents.model import Span

_MOST_MANIFESTS = 50
_FIXTURES = 3
_GROUP = re.compile(r"\b(dev|peer|optional|build|test|indirect)(?:elopment)?[ -]?dependenc", re.IGNORECASE)
_DEPENDENCIES = frozenset(
    """dependencies devdependencies dev-dependencies peerdependencies optionaldependencies
    build-dependencies require require-dev optional-dependencies dependency-groups indirect requires
    extras_require packages dev-packages""".split()  # noqa: SIM905
)
_GROUPED = frozenset({"optional-dependencies", "dependency-groups", "extras_require"})
"""Keys under which dependencies stand in groups with names."""
_LICENSES = (
    (re.compile(r"\bApache License\b"), "Apache-2.0"),
    (re.compile(r"\bMIT License\b|Permission is hereby granted, free of charge"), "MIT"),
    (re.compile(r"\bISC License\b|Permission to use, copy, modify, and/or distribute"), "ISC"),
    (re.compile(r"GNU AFFERO GENERAL PUBLIC LICENSE"), "AGPL-3.0"),
    (re.compile(r"GNU LESSER GENERAL PUBLIC LICENSE"), "LGPL"),
    (re.compile(r"GNU GENERAL PUBLIC LICENSE\s+Version 3"), "GPL-3.0"),
    (re.compile(r"GNU GENERAL PUBLIC LICENSE\s+Version 2"), "GPL-2.0"),
    (re.compile(r"Mozilla Public License"), "MPL-2.0"),
    (re.compile(r"Neither the name"), "BSD-3-Clause"),
    (re.compile(r"Redistribution and use in source and binary forms"), "BSD-2-Clause"),
)
_LICENSE_FILE = re.compile(r"(?:^|/)(?:licen[cs]e|copying)[^/]*$", re.IGNORECASE)
_VERSION_OF = re.compile(
    r"\bversions?(?: (?:range|number|constraint|requirement|specifier))?s? (?:of|for) (?:the )?[`'\"]?([@\w./-]+)|"
    r"\b(?:what|which) ([@\w./-]+) versions?\b|\b(?!(?:which|what|the|of|minimum|python|"
    r"node)\b)([@\w./-]+)(?:'s)? version\b",
    re.IGNORECASE,
)
_DEPENDS = re.compile(
    r"\b(?:require[sd]?|requirement|depend(?:s|ed|ency|encies)?|pin(?:s|ned)?|use[sd]?|need(?:s|ed)?|"
    r"devdependenc(?:y|ies)|list(?:s|ed)?)\b",
    re.IGNORECASE,
)
_BARE = re.compile(r"^(?:[\^~]|[<>=!~]=?|==)?\s*v?(\d[\w.+-]*)")


@dataclass(frozen=True, slots=True)
class Manifest:
    """A manifest: its path inside of the top folder, where its text starts, and what it names."""

    path: str
    start: int
    text: str
    entries: Sequence[Entry]

    def line(self, entry: Entry) -> Span:
        """Return the line that names a value, told by its last key and its value."""
        key, value = entry.keys[-1], entry.value.split(", ")[0].splitlines()[0] if entry.value else ""
        best, at, score = Span(self.start, self.start), self.start, -1
        for line in self.text.split("\n"):
            fits = 2 * (key in line) + (bool(value) and value in line)
            if fits > score:
                best, score = Span(at, at + len(line)), fits
            at += len(line) + 1
        return best


class Manifests:
    """The manifests of a repository, those that a question names first."""

    def __init__(self, question: str, repository: Repository) -> None:
        self._repository = repository
        self.question = question
        order = sorted(self._read(), key=lambda one: (one.path.count("/"), repository.standing(one.path)))
        named = [one for one in order if one.path.rpartition("/")[2].lower() in question.lower()]
        self.named = bool(named)
        self.all = named or [one for one in order if repository.standing(one.path) < _FIXTURES]

    def _read(self) -> Iterator[Manifest]:
        paths = [(path, number) for number, path in enumerate(self._repository.paths) if is_manifest(path)]
        for path, number in sorted(paths, key=lambda one: one[0].count("/"))[:_MOST_MANIFESTS]:
            text = self._repository.text(number)
            start = self._repository.document.origins[number].span.start
            yield Manifest(path, start, text, entries(path, text))

    def under(self, *ends: str) -> Iterator[tuple[Manifest, Entry]]:
        """Yield the entries whose keys end in one of these, given as dotted keys."""
        for manifest in self.all:
            for entry in manifest.entries:
                keys = f".{'.'.join(entry.keys).lower()}"
                if entry.value and any(keys.endswith(f".{end}") for end in ends):
                    yield manifest, entry

    def first(self, *ends: str) -> tuple[Manifest, Entry] | None:
        """Return the first entry under one of these keys, the first key first."""
        found = (min(rows, key=self._depth) for end in ends if (rows := list(self.under(end))))
        return next(found, None)

    def _depth(self, row: tuple[Manifest, Entry]) -> tuple[int, int]:
        return self.all.index(row[0]), len(row[1].keys)

    @cached_property
    def dependencies(self) -> list[tuple[Manifest, Entry]]:
        """Return the entries that name a dependency and its version."""
        return [
            (manifest, Entry(keys[:end], entry.value if keys[end:] in ((), ("version",)) else ""))
            for manifest in self.all
            for entry in manifest.entries
            for keys in [entry.keys]
            for at, key in enumerate(keys[:-1])
            if key.lower() in _DEPENDENCIES
            for end in [at + 3 if key.lower() in _GROUPED else at + 2]
            if len(keys) == end or len(keys) == at + 3
        ]


def manifest(question: str, repository: Repository) -> Computed | None:
    """Answer what a manifest names, where the question is about what manifests name."""
    manifests = Manifests(question, repository)
    for topic, answer in _TOPICS:
        if topic.search(question):
            found = answer(question, manifests, repository)
            if found:
                return found
    return _by_key(question, manifests, repository) if manifests.named else None


def dependency_of(options: Sequence[Option], question: str, repository: Repository) -> Computed | None:
    """Answer which one of some packages is a dependency, where exactly one is."""
    if not _DEPENDS.search(question):
        return None
    names = {option.text.lower(): option.text for option in options}
    found = {
        entry.keys[-1].lower(): (manifest, entry)
        for manifest, entry in Manifests(question, repository).dependencies
        if entry.keys[-1].lower() in names and _in_group(question, entry, plain=False)
    }
    if len(found) != 1:
        return None
    name, (manifest, entry) = next(iter(found.items()))
    return _told(manifest, entry, names[name])


def _told(manifest: Manifest, entry: Entry, answer: str | None = None) -> Computed | None:
    text = shown(answer if answer is not None else entry.value)
    how = f"{manifest.path} names {'.'.join(entry.keys)}"
    return Computed(text, how, (manifest.line(entry),)) if text else None


def _license(question: str, manifests: Manifests, repository: Repository) -> Computed | None:
    if re.search(r"\b(?:file|whose|who|year|copyright)\b", question) and not manifests.named:
        return None
    found = manifests.first(
        "license", "project.license.text", "licence", "license.name", "licenses.type", "licenses"
    )
    if found and found[1].value.lower() not in ("unknown", "see license"):
        return _told(*found)
    for number, path in enumerate(repository.paths):
        if _LICENSE_FILE.search(path) and "/" not in path:
            text = repository.text(number)[:20_000]
            name = next((name for pattern, name in _LICENSES if pattern.search(text)), None)
            start = repository.document.origins[number].span.start
            first = len(text) - len(text.lstrip())
            return Computed(name, f"the text of {path}", (repository.line(start + first),)) if name else None
    return None


def _dependency(question: str, manifests: Manifests, _: Repository) -> Computed | None:
    """Answer the version of a dependency that the question names."""
    asked = [word for groups in _VERSION_OF.findall(question) for word in groups if word]
    for name in asked:
        for manifest, entry in manifests.dependencies:
            if entry.value and entry.keys[-1].lower().replace("_", "-") == name.lower().rstrip("?.").replace(
                "_", "-"
            ):
                return _told(manifest, entry)
    return None


def _python(question: str, manifests: Manifests, _: Repository) -> Computed | None:
    if re.search(r"\bconstants?\b", question):
        return None
    found = manifests.first("requires-python", "python_requires", "dependencies.python", "requires-python")
    return _minimum(question, found)


def _minimum(question: str, found: tuple[Manifest, Entry] | None) -> Computed | None:
    """Return a version as it is required, without its sign where the least one is asked for."""
    if found is None:
        return None
    bare = _BARE.match(found[1].value)
    least = re.search(r"\b(?:minimum|lowest|least|oldest|earliest)\b", question, re.IGNORECASE)
    return _told(*found, bare[1] if least and bare else None)


def _engine(question: str, manifests: Manifests, _: Repository) -> Computed | None:
    return _minimum(question, manifests.first("engines.node"))


def _go(question: str, manifests: Manifests, _: Repository) -> Computed | None:
    return _minimum(question, manifests.first("go"))


def _rust(question: str, manifests: Manifests, _: Repository) -> Computed | None:
    edition = re.search(r"\bedition\b", question, re.IGNORECASE)
    return _minimum(question, manifests.first("package.edition" if edition else "package.rust-version"))


def _entry_point(question: str, manifests: Manifests, _: Repository) -> Computed | None:
    found = [
        (manifest, entry)
        for manifest in manifests.all
        for entry in manifest.entries
        if re.search(r"(?:^|\.)(?:scripts|console_scripts|bin)\.[^.]+$|^bin$|^bin\.path$", ".".join(entry.keys))
        and not (manifest.path.endswith(".json") and entry.keys[0] == "scripts")
    ]
    words = question.lower()
    named = [row for row in found if re.search(rf"(?<![\w-]){re.escape(row[1].keys[-1].lower())}(?![\w-])", words)]
    rows = named or found
    if rows and len({entry.value for _, entry in rows}) == 1:
        return _told(*rows[0])
    if rows and len(rows) <= 3:
        return _told(*rows[0], ", ".join(entry.value for _, entry in rows))
    main = manifests.first("main")
    return _told(*main) if main and not rows else None


def _script(question: str, manifests: Manifests, _: Repository) -> Computed | None:
    """Answer the command of a script that the question names."""
    for manifest, entry in manifests.under(*_script_names(question)):
        if entry.keys[:-1] in (("scripts",), ("tool", "poe", "tasks")):
            return _told(manifest, entry)
    return None


def _script_names(question: str) -> list[str]:
    return [f"scripts.{word.lower().strip('.:-')}" for word in re.findall(r"[\w:.-]+", question)]


def _version(question: str, manifests: Manifests, repository: Repository) -> Computed | None:
    """Answer the project's own version, where the question is about no other thing's."""
    named = [entry.value for _, entry in manifests.under("name", "project.name", "package.name")]
    own = "|".join(
        map(re.escape, ("project", "package", "crate", "library", "this", "gem", *repository.project, *named))
    )
    about = re.compile(
        rf"\bversion (?:number )?(?:of|does|is|has) (?:the |this )?(?:{own})(?: (?:package|library|project|"
        rf"crate|itself))?"
        rf"\s*(?:$|[?.,]|\bis\b|\bin\b|\baccording\b|\bhave\b|\bha[sd]\b|\bnamed\b|\bgiven\b)|\b(?:current|"
        rf"{own}) version\b",
        re.IGNORECASE,
    )
    if not manifests.named and not about.search(question):
        return None
    found = manifests.first("project.version", "package.version", "metadata.version", "version")
    return _told(*found) if found and len(found[1].keys) <= 2 else None


def _count(question: str, manifests: Manifests, _: Repository) -> Computed | None:
    rows = _group(question, manifests)
    if not rows:
        return None
    manifest, entry = rows[0]
    return Computed(str(len(rows)), f"{manifest.path} lists {len(rows)}", (manifest.line(entry),))


def _list(question: str, manifests: Manifests, _: Repository) -> Computed | None:
    rows = _group(question, manifests)
    if not rows:
        return None
    return _told(*rows[0], ", ".join(entry.keys[-1] for _, entry in rows))


def _group(question: str, manifests: Manifests) -> list[tuple[Manifest, Entry]]:
    """Return the dependencies of the group that the question means, of the first manifest that has some."""
    for manifest in manifests.all:
        rows: dict[str, tuple[Manifest, Entry]] = {}
        for owner, entry in manifests.dependencies:
            if owner is manifest and _in_group(question, entry, plain=True):
                rows.setdefault(entry.keys[-1], (owner, entry))
        if rows:
            return list(rows.values())
    return []


def _in_group(question: str, entry: Entry, *, plain: bool) -> bool:
    """Tell whether a dependency is of the group that the question names; where it names none, of the plain one."""
    named = _GROUP.search(question)
    group = ".".join(entry.keys[:-1]).lower()
    if named:
        return named[1].lower() in group
    return not plain or group.split(".")[-1] in ("dependencies", "require")


def _key_topic(*ends: str) -> Callable[[str, Manifests, Repository], Computed | None]:
    def answer(_question: str, manifests: Manifests, _: Repository) -> Computed | None:
        found = manifests.first(*ends)
        return _told(*found) if found else None

    return answer


def _author(question: str, manifests: Manifests, _: Repository) -> Computed | None:
    found = manifests.first("authors.name", "author.name", "authors", "author", "maintainers.name")
    if not found:
        return None
    mail = re.search(r"\be-?mail\b", question, re.IGNORECASE)
    if mail:
        found = manifests.first("authors.email", "author.email", "author-email", "author_email") or found
        address = re.search(r"[\w.+-]+@[\w.-]+", found[1].value)
        return _told(*found, address[0]) if address else None
    return _told(*found, re.sub(r"\s*(?:<[^>]*>|\([^)]*\))", "", found[1].value))


def _by_key(question: str, manifests: Manifests, repository: Repository) -> Computed | None:
    """Answer the value under the key whose words the question says, if there is one such key."""
    bare = question
    for one in manifests.all:
        bare = bare.replace(one.path.rpartition("/")[2], " ")
    words = words_of(bare, repository.project)
    rows = [
        (score, manifest, entry)
        for manifest in manifests.all
        for entry in manifest.entries
        if (score := _said(entry, (*words.needed, *words.light)))
    ]
    rows.sort(key=lambda row: -row[0])
    if not rows or any(row[0] >= rows[0][0] and row[2].value != rows[0][2].value for row in rows[1:]):
        return None
    return _told(rows[0][1], rows[0][2])


def _said(entry: Entry, words: Sequence[str]) -> float:
    """Return how many words of a question are in an entry's keys, 0 where they do not say the last one."""

    def stands(word: str, parts: Sequence[str]) -> bool:
        return any(likeness(word, part) >= 0.95 for part in parts)

    last = name_parts(entry.keys[-1]) if entry.keys else []
    if not last or not all(any(likeness(word, part) >= 0.95 for word in words) for part in last):
        return 0.0
    parts = [part for key in entry.keys for part in name_parts(key)]
    return sum(stands(word, parts) for word in words) - 0.01 * len(parts)


_TOPICS: tuple[tuple[re.Pattern[str], Callable[[str, Manifests, Repository], Computed | None]], ...] = tuple(
    (re.compile(pattern, re.IGNORECASE), answer)
    for pattern, answer in (
        (r"\blicen[cs]ed?\b", _license),
        (r"\bhow many\b.*\bdependenc|\bnumber of\b.*\bdependenc", _count),
        (r"\bversions?\b", _dependency),
        (
            r"\bpython versions?\b|\bversions? of python\b(?!-)|\bpython\b(?!-).*\brequire|"
            r"\brequires?[- ]python\b",
            _python,
        ),
        (r"\bnode(?:\.?js)?\b.*\bversion|\bversions?\b.*\bnode|\bengines?\b", _engine),
        (r"\bgo versions?\b|\bversions? of (?:go|golang)\b|\bgolang version", _go),
        (r"\brust edition\b|\bedition\b|\brust versions?\b|\bversions? of rust\b|\bmsrv\b", _rust),
        (r"\bentry[- ]?points?\b|\bconsole scripts?\b|\bbin\b", _entry_point),
        (r"\bcmake\b.*\bversion|\bversion of cmake\b", _key_topic("cmake_minimum_required")),
        (r"\bmodule type\b", _key_topic("type")),
        (r"\bmain (?:file|module|script)\b", _key_topic("main")),
        (r"\b(?:npm|package\.json|yarn)\b.*\bscript|\bscript\b.*\b(?:npm|package\.json|run)\b", _script),
        (r"\b(?:build[- ]backend|build system)\b", _key_topic("build-system.build-backend")),
        (
            r"^(?!.*\bhow (?:many|much)\b).*(?:\bauthors?\b|"
            r"\bwho (?:wrote|made|created) (?:it|this|the (?:project|package|library|program))\b)",
            _author,
        ),
        (r"\bhome ?page\b", _key_topic("homepage", "urls.homepage", "url", "home-page")),
        (r"\bmodule path\b|\bgo module\b", _key_topic("module")),
        (r"\b(?:which|what|list|name) (?:\w+ ){0,5}(?:\w+-)?(?:dev)?dependencies\b", _list),
        (r"\bversion (?:number )?(?:of|is|does|has)\b|\b(?:what|which) version\b|\bcurrent version\b", _version),
    )
)
