"""Tell lock files, vendored folders and generated files: by their names, or by what they start with.

Limits: names and marks that are common, not all; a file that only tells further down that it is generated is read.
"""

import re
from pathlib import PurePath

from rao_cli.documents.blob import Blob

GENERATED = "minified or generated"
_NEVER = frozenset({".git", ".hg", ".svn"})
_VENDORED = frozenset(
    {
        "node_modules",
        "bower_components",
        "jspm_packages",
        "vendor",
        "__pycache__",
        "__pypackages__",
        "venv",
        ".venv",
        ".tox",
        ".nox",
        "site-packages",
        "Pods",
    }
)
_LOCKS = frozenset(
    {
        "Cargo.lock",
        "Gemfile.lock",
        "Pipfile.lock",
        "Podfile.lock",
        "bun.lock",
        "composer.lock",
        "deno.lock",
        "flake.lock",
        "go.sum",
        "gradle.lockfile",
        "mix.lock",
        "npm-shrinkwrap.json",
        "package-lock.json",
        "packages.lock.json",
        "pdm.lock",
        "pnpm-lock.yaml",
        "poetry.lock",
        "pubspec.lock",
        "uv.lock",
        "yarn.lock",
    }
)
_ENDINGS = (
    ".min.js",
    ".min.mjs",
    ".min.css",
    ".bundle.js",
    ".js.map",
    ".mjs.map",
    ".css.map",
    ".pb.go",
    ".pb.cc",
    ".pb.h",
    "_pb2.py",
    "_pb2.pyi",
    "_pb2_grpc.py",
    ".g.cs",
    ".g.dart",
    ".designer.cs",
)
# Prose may speak of these marks; source code has them in a comment of its own because a program put them there.
_CODE = frozenset(
    {
        ".c",
        ".cc",
        ".cpp",
        ".cs",
        ".css",
        ".cxx",
        ".dart",
        ".ex",
        ".go",
        ".h",
        ".hh",
        ".hpp",
        ".java",
        ".js",
        ".jsx",
    }
    | {".kt", ".lua", ".m", ".mjs", ".php", ".proto", ".py", ".pyi", ".rb", ".rs", ".scala", ".sh", ".sql"}
    | {".swift", ".ts", ".tsx"}
)
_MARK = re.compile(
    rb"^[ \t]*(?://|#|/?\*|--|;|%)[^\n]{0,40}?(?:@generated\b|\bgenerated\b[^\n]{0,200}\bdo not (?:edit|modify)\b"
    rb"|\bdo not (?:edit|modify)\b[^\n]{0,200}\bgenerated\b)",
    re.IGNORECASE | re.MULTILINE,
)
_MARKED_WITHIN = 2048
_SHORTENED = frozenset({".js", ".mjs", ".cjs", ".css"})
# Written by hand, even long lines stay far below this on average; a minified file has a handful of lines.
_MINIFIED_LINE = 500
_SAMPLE = 1 << 16
_SMALLEST_MINIFIED = 2000


def is_version_control(name: str) -> bool:
    """Tell whether a folder of this name is a version control system's own, which is never read."""
    return name in _NEVER


def unwanted(name: str, *, folder: bool) -> str:
    """Return why a name alone leaves a file or folder out, or an empty string."""
    if folder:
        return "vendored or generated folder" if name in _VENDORED else ""
    if name in _LOCKS:
        return "lock file"
    return GENERATED if name.endswith(_ENDINGS) else ""


def is_generated(blob: Blob) -> bool:
    """Tell whether a source file says at its start that a program wrote it, or is minified.

    Raises OSError or InputError when it cannot be opened.
    """
    ending = PurePath(blob.name).suffix.lower()
    if ending in _CODE and _MARK.search(blob.head(_MARKED_WITHIN)):
        return True
    if ending in _SHORTENED and blob.size >= _SMALLEST_MINIFIED:
        sample = blob.head(_SAMPLE)
        return len(sample) > _MINIFIED_LINE * (sample.count(b"\n") + 1)
    return False
