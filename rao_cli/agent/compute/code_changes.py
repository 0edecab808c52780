"""Answer from a change log: when a version was released, which was the latest, in which one something changed.

A release is a heading, or a line that starts with a version, with its date in it or on one of the next lines.
Limits: dates of English months and of numbers, year first or last.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from rao_cli.agent.compute.base import Computed
from rao_cli.agent.compute.code_source import Repository
from rao_cli.agent.compute.code_words import likeness, name_parts, words_of
from rao_cli.documents.model import Span

_LOG = re.compile(
    r"(?:^|/)(?:change[-_ ]?(?:log|s)|history|news|releases?|release[-_ ]?notes)(?:\.[a-z]+)?$", re.IGNORECASE
)
_MONTH = r"(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]*\.?"
_DATE = re.compile(
    rf"\b\d{{4}}[-/.]\d{{1,2}}[-/.]\d{{1,2}}\b|\b{_MONTH} \d{{1,2}}(?:st|nd|rd|th)?,? \d{{4}}\b|"
    rf"\b\d{{1,2}}(?:st|nd|rd|th)?[ -]{_MONTH}[ -]\d{{4}}\b|\b\d{{1,2}}[./]\d{{1,2}}[./]\d{{4}}\b"
)
_VERSION = re.compile(
    r"(?<![\w.])v?(\d+(?:\.\d+)+(?:[-.+]?(?:a|b|rc|alpha|beta|post|dev|pre)[.\d]*)?)(?![\w]|\.\d)"
)
_START = re.compile(
    r"^\s*(?:#{1,4}|={1,4}|\*{1,2}|-{1,2})?\s*\[?(?:version |release |v|[\w-]+[ -])?v?\d+\.\d", re.IGNORECASE
)
_ASKS_DATE = re.compile(
    r"\b(?:when|(?:on )?(?:which|what) (?:date|day|month|year)|release date|date of (?:the )?release)\b",
    re.IGNORECASE,
)
_RELEASED = re.compile(r"\b(?:release[sd]?|published|came out|dated|version|change ?log)\b", re.IGNORECASE)
_ASKS_VERSION = re.compile(r"\b(?:which|what) (?:\w+ ){0,4}?(?:version|release)\b", re.IGNORECASE)
_LATEST = re.compile(r"\b(?:latest|newest|most recent|last)\b", re.IGNORECASE)
_FIRST = re.compile(r"\b(?:first|oldest|earliest|initial)\b", re.IGNORECASE)
_CHANGED = re.compile(
    r"\b(?:added|introduced|fixed|removed|dropped|deprecated|renamed|changed|gained|repaired|implemented|replaced)\b",
    re.IGNORECASE,
)
_ENTRY = re.compile(r"^[ \t]*[-*+•] [^\n]*(?:\n[ \t]+(?![-*+• \t])[^\n]+){0,8}", re.MULTILINE)
_LITERAL = re.compile(r"(?<![\w-])--[\w-]+")
_NEW = frozenset({"added", "introduced"})
_LONGEST_LOG = 1_000_000
_LEAST_SHARE = 0.75
_MARGIN = 0.2
_BETWEEN = 3
"""Lines below a version in which its date may stand."""


@dataclass(frozen=True, slots=True)
class Release:
    """A version of a change log, its date as it is written, or empty, and where they stand."""

    version: str
    date: str
    at: int
    date_at: int


def changes(question: str, repository: Repository) -> Computed | None:
    """Answer when a version was released, or which version was released when."""
    asks_date = _ASKS_DATE.search(question) and _RELEASED.search(question)
    asks_version = _ASKS_VERSION.search(question)
    if not asks_date and not asks_version:
        return None
    wanted = _VERSION.search(question)
    date = _DATE.search(question)
    for number, path in _logs(repository):
        start = repository.document.origins[number].span.start
        releases = list(_releases(repository.text(number), start))
        if asks_date and wanted and not date:
            found = _dated(wanted[1], releases, path, repository)
        elif asks_version and date:
            found = _on(date[0], releases, path, repository)
        else:
            found = _edge(question, releases, path, repository, date=bool(asks_date))
            found = found or _changed(question, releases, number, repository)
        if found:
            return found
    return None


def _logs(repository: Repository) -> list[tuple[int, str]]:
    found = [(number, path) for number, path in enumerate(repository.paths) if _LOG.search(path)]
    return sorted(found, key=lambda one: (one[1].count("/"), one[0]))


def _releases(text: str, start: int) -> Iterator[Release]:
    lines = text.split("\n")
    at = start
    for number, line in enumerate(lines):
        version = _VERSION.search(line) if _START.match(line) and len(line) < 300 else None
        if version:
            date, date_at = _date_near(lines, number, at)
            yield Release(version[1], date, at, date_at)
        at += len(line) + 1


def _date_near(lines: list[str], number: int, at: int) -> tuple[str, int]:
    """Return the date in a line or in those below it, up to the next version, and where that line starts."""
    for below, line in enumerate(lines[number : number + 1 + _BETWEEN]):
        if below and _START.match(line):
            break
        if match := _DATE.search(line[:300]):
            return match[0], at
        at += len(line) + 1
    return "", at


def _told(answer: str, release: Release, at: int, path: str, repository: Repository) -> Computed:
    line = repository.line(at)
    return Computed(answer, f"{path} lists version {release.version}", (Span(line.start, line.end),))


def _dated(version: str, releases: list[Release], path: str, repository: Repository) -> Computed | None:
    found = next((one for one in releases if one.version == version and one.date), None)
    return _told(found.date, found, found.date_at, path, repository) if found else None


def _on(date: str, releases: list[Release], path: str, repository: Repository) -> Computed | None:
    found = [one for one in releases if one.date == date]
    return (
        _told(", ".join(one.version for one in found[:3]), found[0], found[0].at, path, repository)
        if found
        else None
    )


def _edge(
    question: str, releases: list[Release], path: str, repository: Repository, *, date: bool
) -> Computed | None:
    """Return the latest or the first version that the change log lists, or its date."""
    if not releases or not re.search(r"change ?log|releas|history", question, re.IGNORECASE):
        return None
    latest, first = _LATEST.search(question), _FIRST.search(question)
    if bool(latest) == bool(first):
        return None
    one = releases[0 if latest else -1]
    answer = one.date if date else one.version
    return _told(answer, one, one.date_at if date else one.at, path, repository) if answer else None


def _changed(question: str, releases: list[Release], number: int, repository: Repository) -> Computed | None:
    """Return the version whose entry says what the question says was changed, if one stands out."""
    verb = _CHANGED.search(question)
    if not verb or not releases or not _ASKS_VERSION.search(question):
        return None
    span = repository.document.origins[number].span
    literal = _LITERAL.findall(question)
    words = words_of(_LITERAL.sub(" ", question.replace(verb[0], " ")), repository.project).needed
    words = tuple(word for word in words if word not in ("version", "release"))
    if not words and not literal:
        return None
    read = repository.document.read
    entries = [(_fit(words, literal, verb[0], read(one)), one) for one in _entries(span, repository)]
    best = max(entries, key=lambda one: one[0], default=(0.0, span))
    release = next((one for one in reversed(releases) if one.at <= best[1].start), None)
    if release is None or best[0] < _LEAST_SHARE:
        return None
    end = min((one.at for one in releases if one.at > release.at), default=span.end)
    rivals = [share for share, entry in entries if not release.at <= entry.start < end]
    if max(rivals, default=0.0) > best[0] - _MARGIN:
        return None
    return _told(release.version, release, best[1].start, repository.paths[number], repository)


def _entries(span: Span, repository: Repository) -> Iterator[Span]:
    """Yield the entries of a change log: lines with a bullet and those that go on below."""
    text = repository.document.read(Span(span.start, min(span.end, span.start + _LONGEST_LOG)))
    for match in _ENTRY.finditer(text):
        yield Span(span.start + match.start(), span.start + match.end())


def _fit(words: Sequence[str], literal: Sequence[str], verb: str, text: str) -> float:
    """Return how well an entry fits: by the share of words in it, 0 without the options of the question."""
    if not all(re.search(rf"(?<![\w-]){re.escape(one)}(?![\w-])", text) for one in literal):
        return 0.0
    there = set(name_parts(text))
    held = sum(max((likeness(word, part) for part in there), default=0.0) for word in words)
    share = held / len(words) if words else 1.0
    told = any(likeness(verb.lower(), part) == 1 for part in there) or (verb in _NEW and "new" in there)
    return share + 0.3 * told
