"""Topics of what changed in a repository: what the commits say, then each part with the files that changed in it.

Counts and places are code's; the subjects of the commits are their authors'. Limits: what a commit message says is
taken for what was done.
"""

import re
from collections.abc import Iterator, Sequence
from itertools import islice

from rao_cli.agent.summary.model import Statement, Topic
from rao_cli.agent.summary.parts import titled_parts
from rao_cli.documents.history.layout import KIND
from rao_cli.documents.model import Document, Facts, Section, Span
from rao_cli.text import one_line

MOST_COMMITS = 40
"""Commits whose subjects may be told."""
MOST_NAMED = 3
"""Functions or sections that are named of a file."""
MOST_LISTED = 12
TESTS = 0.3
"""What a part with tests alone is worth."""
Row = Sequence[str | int | float]


def changes(document: Document) -> Facts | None:
    """Return what was counted of changes, if that is what a document holds."""
    return next((facts for facts in document.facts if facts.kind == KIND), None)


def change_topics(document: Document, facts: Facts) -> tuple[Topic, ...]:
    """Return the topics: the whole with the commits, and the parts that changed, the most first."""
    parts = [part for part in titled_parts(document.root) if part.title != "Commits"]
    commits = [origin for origin in document.origins if origin.unit == "commit"]
    span = commits[0].span if commits else document.root.span
    subjects = tuple(_subjects(document, span)) if commits else ()
    whole = Statement(_counted(facts), (_first_line(document, span),), computed=True)
    lead = Topic("What changed", document.root.span, (whole, *subjects), 9.0, named=False, lead=True)
    topics = [_part(document, part, facts) for part in parts]
    return (lead, *sorted(topics, key=lambda topic: -topic.weight))


def _counted(facts: Facts) -> str:
    values = {name: int(value) for name, value in facts.values if name != "since"}
    commits, files = (
        f"{values[name]:,} {name[: None if values[name] != 1 else -1]}" for name in ("commits", "files")
    )
    added, removed = _many(values["lines added"], "line"), values["lines removed"]
    return f"{commits} changed {files}: {added} added and {removed:,} removed"


def _subjects(document: Document, span: Span) -> Iterator[Statement]:
    """Yield the subject of each commit, the newest first."""
    pages = next(origin.pages for origin in document.origins if origin.span == span)
    for page in pages[:MOST_COMMITS]:
        line = _first_line(document, Span(page.start, span.end))
        if text := one_line(document.read(line)).strip():
            yield Statement(text, (line,))


def _part(document: Document, part: Section, facts: Facts) -> Topic:
    """Return the topic of a top-level file or folder: its files, those that changed most first."""
    places = {file.title: file for file in part.walk() if file.kind == "file"}
    told, lines, values = list[Statement](), 0, dict(facts.values)
    for path, change, added, removed, inside in facts.tables[0].rows:
        file = places.get(one_line(f"{path} ({change})", 160))
        if file is None:
            continue
        lines += int(added) + int(removed)
        if len(told) < MOST_LISTED:
            lines_told = tuple(_places(document, file.span, str(inside), str(values["since"])))
            told.append(Statement(_file((path, change, added, removed, inside)), lines_told, computed=True))
    heading = one_line(part.title if part.kind == "folder" else part.title.rpartition(" (")[0], 80)
    tests = "test" in heading.lower().split("/")[0]
    share = lines / max(1, int(values["lines added"]) + int(values["lines removed"]))
    return Topic(heading, part.span, tuple(told), (TESTS if tests else 1.0) * (1.0 + 6.0 * share**0.5))


def _places(document: Document, span: Span, inside: str, old: str) -> Iterator[Span]:
    """Yield the lines that begin what is named of a file, in its new version; else its first line."""
    text = document.read(span)
    found = set[int]()
    for name in _names(inside)[:MOST_NAMED]:
        places = (span.start + match.start() for match in re.finditer(re.escape(name), text))
        new = (place for place in places if f"@{old}" not in document.locate(Span(place, place + 1)).path)
        found.update(islice(new, 1))
    for place in sorted(found) or [span.start]:
        yield _first_line(document, Span(place, span.end))


def _file(row: Row) -> str:
    """Say what happened to a file."""
    path, change, added, removed, inside = row
    counts = f"{_many(int(added), 'line')} added, {removed} removed"
    if change == "added":
        return f"`{path}` is new, {_many(int(added), 'line')}{_with(str(inside), 'with')}"
    if change == "deleted":
        return f"`{path}` was deleted, {_many(int(removed), 'line')}"
    if str(change).startswith("renamed"):
        return f"`{path}` was {change}"
    return f"`{path}` changed{_with(str(inside), 'in')}: {counts}"


def _many(count: int, one: str) -> str:
    return f"{count:,} {one}{'' if count == 1 else 's'}"


def _with(inside: str, word: str) -> str:
    names = _names(inside)
    if not names:
        return ""
    more = f" and {len(names) - MOST_NAMED} more" if len(names) > MOST_NAMED else ""
    return f" {word} " + ", ".join(f"`{name}`" for name in names[:MOST_NAMED]) + more


def _names(inside: str) -> list[str]:
    """Return the names of functions and sections, without parameters; groups of several have none."""
    names = (one.partition("(")[0].strip() for one in inside.split("; ") if "…" not in one.partition("(")[0])
    return list(dict.fromkeys(name for name in names if name))


def _first_line(document: Document, span: Span) -> Span:
    """Return the first line of a span that is not blank."""
    text = document.read(Span(span.start, min(span.end, span.start + 2_000)))
    start = len(text) - len(text.lstrip())
    end = text.find("\n", start)
    return Span(span.start + start, span.start + (end if end >= 0 else len(text)))
