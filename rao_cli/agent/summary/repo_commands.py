"""How a repository is entered, run and tested, from its manifests and the commands that its documents write.

Limits: commands are known by the names of common tools; manifests are searched by patterns, not parsed, so what
they compute is not seen.
"""

import re
from collections.abc import Iterator
from itertools import islice, zip_longest

from rao_cli.agent.summary.model import Statement
from rao_cli.agent.summary.repo_files import Files, is_test
from rao_cli.documents.model import Span

MOST = 6
"""Statements of one kind that are looked for."""
LONGEST_COMMAND = 100

_TOOLS = (
    r"pip3?|pipx|python3?|uv|poetry|conda|npm|npx|yarn|pnpm|node|deno|cargo|go|make|cmake|docker|brew|apt|apt-get|gem"
    r"|bundle|mvn|gradle|dotnet|composer|pytest|tox|nox|bash|sh|\./[\w./-]+"
)
_COMMAND = re.compile(
    rf"^\s*(?:[$>%#] )?((?:sudo )?(?:{_TOOLS}) [\w./@=\"'\[\]:<>{{}}*+~-][^`|;]*?)\s*$|`((?:{_TOOLS}) [^`]+)`"
)
_TESTS = re.compile(
    r"\b(?:pytest|tox|nox|unittest|(?:npm|yarn|pnpm|cargo|go|make|mvn|gradle|dotnet)(?: run)? (?:test|check)\w*)\b"
    r"|\btest\b"
)
_INSTALLS = re.compile(r"\b(?:install|add|get|build)\b")
_DOCUMENT = re.compile(
    r"(?:^|/)(?:readme|contributing|install|howto|hacking|development|usage|getting)[^/]*$", re.IGNORECASE
)
_TEST_FOLDER = re.compile(r"(?:tests?|specs?|__tests__)/", re.IGNORECASE)
_TEST_FILE = re.compile(r"(?:^|/)(?:tests?|specs?|__tests__)/.*\.\w+$|[._-]?tests?[._-][^/]*$|Test\.\w+$")
_SCRIPT = re.compile(r"^\s*[\"']?([\w.-]+)[\"']?\s*=\s*[\"']?([\w.]+:[\w.]+)[\"']?,?\s*$")
_NODE = re.compile(r"^\s*\"(main|bin|module|start|test)\"\s*:\s*\"([^\"\n]{1,120})\"")
_BINARY = re.compile(r"^\s*path\s*=\s*\"([^\"\n]+)\"")
_TARGET = re.compile(r"^(test|check|tests)\s*:(?!=)")
_DESCRIPTION = re.compile(
    r"^\s*\"?(?:description|summary)\"?\s*[:=]\s*[\"']?([^\"'\n]{15,300})[\"']?,?\s*$", re.IGNORECASE
)


def description(files: Files) -> Iterator[Statement]:
    """Yield what a manifest says that the project is."""
    manifests = ("pyproject.toml", "setup.cfg", "Cargo.toml", "package.json", "PKG-INFO", "composer.json")
    for _, span, found in islice(_matches(files, _DESCRIPTION, *manifests), 1):
        yield _said(found[1].strip(), span)


def entry_points(files: Files) -> Iterator[Statement]:
    """Yield the commands that manifests name, then the files that start a program."""
    for _, span, found in _matches(files, _SCRIPT, "pyproject.toml", "setup.cfg", "setup.py"):
        yield _said(f"The command `{found[1].rpartition('.')[2]}` runs `{found[2]}`", span)
    for name, span, found in _matches(files, _NODE, "package.json"):
        if found[1] in ("main", "bin", "module"):
            yield _said(f"`{name}` names `{found[2]}` as its {found[1]}", span)
    for name, span, found in _matches(files, _BINARY, "Cargo.toml"):
        yield _said(f"`{name}` builds `{found[1]}`", span)
    yield from _mains(files)


def _mains(files: Files) -> Iterator[Statement]:
    for file in files.document.code:
        name = files.name(files.document.origins[file.origin].path)
        if name not in files.sources:
            continue
        if name.endswith("__main__.py"):
            for span in files.head(name):
                yield _said(f"`{name}` runs it as a module", span)
        for symbol in file.symbols:
            if symbol.name == "main" and symbol.kind == "function" and not symbol.container:
                end = files.document.read(symbol.span).find("\n")
                at = Span(symbol.span.start, symbol.span.start + end if end > 0 else symbol.span.end)
                yield _said(f"`{name}` starts in `{symbol.signature.split('(')[0].strip()}`", at)


def running(files: Files) -> Iterator[Statement]:
    """Yield the commands that install and run the project, those that name it first."""
    found = [(command, span) for command, span in _commands(files) if not _is_test(command)]
    found.sort(key=lambda pair: files.project not in pair[0].lower())
    installs = [pair for pair in found if _INSTALLS.search(pair[0])]
    runs = [pair for pair in found if not _INSTALLS.search(pair[0])]
    for pairs in zip_longest(installs[:MOST], runs[:MOST]):
        for command, span in filter(None, pairs):
            yield _said(f"{'Install' if _INSTALLS.search(command) else 'Run'}: `{command}`", span)


def _is_test(command: str) -> bool:
    return bool(_TESTS.search(command)) and not _INSTALLS.search(command)


def testing(files: Files) -> Iterator[Statement]:
    """Yield the commands that test the project, and where its tests are."""
    for command, span in [pair for pair in _commands(files) if _is_test(pair[0])][:MOST]:
        yield _said(f"Test: `{command}`", span)
    for name, span, found in _matches(files, _NODE, "package.json"):
        if found[1] == "test":
            yield _said(f"The script `test` of `{name}` runs `{found[2]}`", span)
    for name, span, found in _matches(files, _TARGET, "Makefile", "makefile", "justfile"):
        yield _said(f"`make {found[1]}` is a target of `{name}`", span)
    for name in _named(files, "tox.ini", "noxfile.py"):
        for span in files.head(name):
            yield _said(f"`{name}` sets up the tests", span)
    yield from _test_places(files)


def _test_places(files: Files) -> Iterator[Statement]:
    """Yield the folders of tests, or else one file of them."""
    tests = [name for name in files.names if _TEST_FILE.search(name)]
    folders = {f"`{name.split('/')[0]}/`": name for name in tests if _TEST_FOLDER.match(name)}
    beside = {f"files such as `{name}`": name for name in tests[:1]}
    for place, name in (folders or beside).items():
        for span in files.head(name):
            yield _said(f"The tests are in {place}", span)


def _matches(files: Files, pattern: re.Pattern[str], *bases: str) -> Iterator[tuple[str, Span, re.Match[str]]]:
    """Yield the lines of files of these names that a pattern matches."""
    for name in _named(files, *bases):
        for span, line in files.lines(name):
            if found := pattern.match(line):
                yield name, span, found


def _commands(files: Files) -> Iterator[tuple[str, Span]]:
    """Yield the commands that documents write, each once, those of the highest document first."""
    seen: set[str] = set()
    # A line of prose may begin with the project's name as well; behind a prompt it is a command.
    short = files.project.partition("-")[0]
    own = re.compile(rf"^\s*[$>%] ((?:{re.escape(files.project)}|{re.escape(short)}) [^`|;]+)()$")
    names = sorted((name for name in files.names if _DOCUMENT.search(name)), key=lambda name: name.count("/"))
    for name in names:
        for span, line in files.lines(name):
            found = _COMMAND.search(line) or own.search(line)
            command = (found[1] or found[2] or "").strip() if found else ""
            if (
                command
                and len(command) <= LONGEST_COMMAND
                and command not in seen
                and not command.endswith((":", "."))
            ):
                seen.add(command)
                yield command, span


def _named(files: Files, *bases: str) -> list[str]:
    """Return the files of these names, those nearest to the root first."""
    found = [name for name in files.names if name.rpartition("/")[2] in bases and not is_test(name)]
    return sorted(found, key=lambda name: (name.count("/"), bases.index(name.rpartition("/")[2])))[:MOST]


def _said(text: str, span: Span) -> Statement:
    return Statement(text, (span,), computed=True)
