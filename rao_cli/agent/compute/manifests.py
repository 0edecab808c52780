"""Read the manifests of packages as data: what a package.json, pyproject.toml, Cargo.toml, go.mod and others name.

Nothing is executed: a setup.py or gemspec gives only what it writes as literals. Limits: a file above _LARGEST
characters is not read; XML is read by its simple elements; one that is damaged gives nothing.
"""

import ast
import configparser
import json
import re
import tomllib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any

_LARGEST = 1_000_000
_DEEPEST = 8
_GO_LINE = re.compile(r"^(?:require\s+)?([\w./~-]+\.[\w./~-]+)\s+(v[\w.+-]+)(?:\s*//\s*(indirect))?\s*$")
_GO_WORD = re.compile(r"^(module|go|toolchain)\s+(\S+)\s*$")
_REQUIREMENT = re.compile(r"^\s*([A-Za-z0-9][\w.-]*)(?:\[[^\]]*\])?\s*([^;#]*)")
_HEADER = re.compile(r"^([A-Z][\w-]*):[ \t]*(\S.*)$")
_RUBY_SET = re.compile(r"""^\s*\w+\.(\w+)\s*=\s*\[?\s*%?[qQ]?["'{(]([^"'})]+)["'})]""")
_RUBY_DEPENDENCY = re.compile(
    r"""^\s*(?:\w+\.add_(\w+_)?dependency|gem)[\s(]+["']([^"']+)["'](?:\s*,\s*["']([^"']+)["'])?"""
)
_XML = re.compile(r"<([\w.-]+)>([^<>]+)</\1>")
_MAKE = re.compile(r"^(?:export\s+)?([A-Za-z_][\w.-]*)\s*(?:[:?+]?:?=)\s*(\S.*)$")
_CMAKE = re.compile(
    r"^[ \t]*(set|project|cmake_minimum_required)\s*\(\s*([^\s()]+)([^()]{0,300})\)", re.MULTILINE | re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Entry:
    """A value of a manifest under its keys, the outermost first."""

    keys: tuple[str, ...]
    value: str


def is_manifest(path: str) -> bool:
    """Tell by its name whether a file is a manifest that can be read."""
    return _reader(path) is not None


def entries(path: str, text: str) -> list[Entry]:
    """Return what a manifest names; nothing for one that is damaged, too large, or of a kind that is not known."""
    reader = _reader(path)
    if reader is None or len(text) > _LARGEST:
        return []
    try:
        return list(reader(text))
    except (ValueError, SyntaxError, RecursionError, MemoryError, configparser.Error):
        return []


def _reader(path: str) -> Callable[[str], Iterator[Entry]] | None:
    name = PurePosixPath(path).name.lower()
    if name in _READERS:
        return _READERS[name]
    if name.startswith("requirements") and name.endswith((".txt", ".in")):
        return _requirements
    return next((reader for ending, reader in _BY_ENDING.items() if name.endswith(ending)), None)


def _flat(value: Any, keys: tuple[str, ...] = ()) -> Iterator[Entry]:
    """Yield the values of nested mappings and lists; a list of plain values is one value."""
    if isinstance(value, dict) and len(keys) < _DEEPEST:
        for key, inner in value.items():
            yield from _flat(inner, (*keys, str(key)))
    elif isinstance(value, list | tuple) and any(isinstance(one, dict) for one in value):
        for one in value:
            yield from _flat(one, keys)
    elif isinstance(value, list | tuple):
        yield Entry(keys, ", ".join(map(str, value)))
        if _is_requirements(keys):
            yield from (one for item in value for one in _required(str(item), keys))
    elif value is not None:
        yield Entry(keys, str(value).lower() if isinstance(value, bool) else str(value))


def _is_requirements(keys: tuple[str, ...]) -> bool:
    return any("dependencies" in key or "require" in key for key in keys)


def _required(text: str, keys: tuple[str, ...] = ("dependencies",)) -> Iterator[Entry]:
    match = _REQUIREMENT.match(text)
    if match:
        yield Entry((*keys, match[1]), match[2].strip())


def _json(text: str) -> Iterator[Entry]:
    yield from _flat(json.loads(text))


def _toml(text: str) -> Iterator[Entry]:
    yield from _flat(tomllib.loads(text))


def _ini(text: str) -> Iterator[Entry]:
    parser = configparser.ConfigParser(interpolation=None, strict=False, allow_no_value=True)
    parser.read_string(text)
    for section in parser.sections():
        for key, value in parser.items(section):
            lines = [line.strip() for line in (value or "").splitlines() if line.strip()]
            yield from _ini_lines((section, key), lines)


def _ini_lines(keys: tuple[str, str], lines: list[str]) -> Iterator[Entry]:
    several = len(lines) > 1 or keys[1] == "install_requires" or "entry_points" in keys[0]
    if not several:
        yield Entry(keys, "".join(lines))
    for line in lines if several else ():
        name, equals, value = line.partition("=")
        if "entry_points" in keys[0]:
            yield Entry((*keys, name.strip()), value.strip() if equals else "")
        else:
            yield from _required(line, ("dependencies",) if "require" in keys[1] else keys)


def _setup(text: str) -> Iterator[Entry]:
    """Yield the literal arguments of the call of setup."""
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Call) and getattr(node.func, "id", getattr(node.func, "attr", "")) == "setup":
            for keyword in node.keywords:
                yield from _literal(keyword.arg or "", keyword.value)


def _literal(key: str, node: ast.expr) -> Iterator[Entry]:
    try:
        value = ast.literal_eval(node)
    except (ValueError, TypeError):
        return
    if key == "entry_points" and isinstance(value, dict):
        value = {
            group: dict(_pair(line) for line in lines) for group, lines in value.items() if isinstance(lines, list)
        }
    yield from _flat(value, ("dependencies" if key == "install_requires" else key,))


def _pair(line: Any) -> tuple[str, str]:
    name, _, value = str(line).partition("=")
    return name.strip(), value.strip()


def _go(text: str) -> Iterator[Entry]:
    for line in text.splitlines():
        if match := _GO_WORD.match(line.strip()):
            yield Entry((match[1],), match[2])
        elif match := _GO_LINE.match(line.strip()):
            yield Entry(("indirect" if match[3] else "require", match[1]), match[2])


def _requirements(text: str) -> Iterator[Entry]:
    for line in text.splitlines():
        if line.strip()[:1] not in ("", "#", "-"):
            yield from _required(line)


def _headers(text: str) -> Iterator[Entry]:
    for line in text.split("\n\n", 1)[0].splitlines():
        if match := _HEADER.match(line):
            if match[1] == "Requires-Dist":
                yield from _required(match[2].replace("(", "").replace(")", ""))
            else:
                yield Entry((match[1],), match[2].strip())


def _ruby(text: str) -> Iterator[Entry]:
    for line in text.splitlines():
        if match := _RUBY_DEPENDENCY.match(line):
            group = "devDependencies" if match[1] == "development_" else "dependencies"
            yield Entry((group, match[2]), match[3] or "")
        elif match := _RUBY_SET.match(line):
            yield Entry((match[1],), match[2])


def _xml(text: str) -> Iterator[Entry]:
    """Yield the simple elements; of a dependency its version under its name."""
    artifact, inside = "", False
    for line in text.splitlines():
        inside = "<dependency>" in line or (inside and "</dependency>" not in line)
        for key, value in _XML.findall(line[:1000]):
            if inside and key == "artifactId":
                artifact = value.strip()
            elif inside and key == "version":
                yield Entry(("dependencies", artifact), value.strip())
            elif not inside:
                yield Entry((key,), value.strip())


def _make(text: str) -> Iterator[Entry]:
    for line in text.splitlines():
        if match := _MAKE.match(line):
            yield Entry((match[1],), match[2].partition(" #")[0].strip())


def _cmake(text: str) -> Iterator[Entry]:
    for match in _CMAKE.finditer(text):
        if match[1].lower() == "set":
            yield Entry((match[2],), match[3].strip().strip('"'))
        elif version := re.search(r"\bVERSION\s+([\w.]+)", match[0]):
            key = "version" if match[1].lower() == "project" else match[1].lower()
            yield Entry((key,), version[1])


_READERS: dict[str, Callable[[str], Iterator[Entry]]] = {
    "package.json": _json,
    "composer.json": _json,
    "manifest.json": _json,
    "deno.json": _json,
    "tsconfig.json": _json,
    "bower.json": _json,
    "pyproject.toml": _toml,
    "cargo.toml": _toml,
    "cargo.toml.orig": _toml,
    "pipfile": _toml,
    "rustfmt.toml": _toml,
    "clippy.toml": _toml,
    "ruff.toml": _toml,
    "setup.cfg": _ini,
    "tox.ini": _ini,
    "pytest.ini": _ini,
    ".editorconfig": _ini,
    "setup.py": _setup,
    "go.mod": _go,
    "pkg-info": _headers,
    "metadata": _headers,
    "gemfile": _ruby,
    "pom.xml": _xml,
    "cmakelists.txt": _cmake,
    "makefile": _make,
    "gnumakefile": _make,
}
_BY_ENDING: dict[str, Callable[[str], Iterator[Entry]]] = {".gemspec": _ruby, ".cabal": _headers, ".mk": _make}
