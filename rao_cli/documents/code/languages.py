"""Tell the language of a source file by its name, or by its first line.

Limits: a header ending in .h is taken for C unless its start shows C++; a language that is not listed here has no
grammar either, and its files are read as plain text.
"""

import re
from pathlib import PurePath

_ENDINGS = {
    "python": "py pyi pyw pyx pxd bzl",
    "javascript": "js jsx mjs cjs",
    "typescript": "ts mts cts",
    "tsx": "tsx",
    "go": "go",
    "rust": "rs",
    "java": "java",
    "c": "c h",
    "cpp": "cc cpp cxx c++ hh hpp hxx h++ ipp inl cu cuh",
    "csharp": "cs csx",
    "ruby": "rb rake gemspec ru",
    "php": "php php5 phtml",
    "bash": "sh bash zsh ksh bats ebuild",
    "sql": "sql ddl",
    "json": "json jsonc json5 geojson webmanifest",
    "yaml": "yaml yml",
    "toml": "toml",
    "html": "html htm xhtml vue svelte",
    "css": "css",
}
_NAMES = {
    "python": "sconstruct sconscript wscript",
    "ruby": "gemfile rakefile vagrantfile podfile brewfile guardfile",
    "bash": ".bashrc .bash_profile .profile .zshrc pkgbuild",
    "toml": "pipfile cargo.lock poetry.lock uv.lock",
    "json": ".babelrc .eslintrc .prettierrc composer.lock",
    "yaml": ".clang-format .clang-tidy",
}
_BY_ENDING = {ending: language for language, endings in _ENDINGS.items() for ending in endings.split()}
_BY_NAME = {name: language for language, names in _NAMES.items() for name in names.split()}
_BY_PROGRAM = {
    "python": "python",
    "pypy": "python",
    "node": "javascript",
    "deno": "typescript",
    "ruby": "ruby",
    "php": "php",
    "sh": "bash",
    "bash": "bash",
    "dash": "bash",
    "ksh": "bash",
    "zsh": "bash",
}
_SHEBANG = re.compile(rb"#![ \t]*(?:\S*/)?(?:env[ \t]+(?:-S[ \t]*)?)?(?:\S*/)?([a-z]+)")
_CPP_HEADER = re.compile(
    rb"^[ \t]*(?:class|namespace|template|using|public:|private:|protected:)(?:\W|$)", re.MULTILINE
)


def language_of(name: str, head: bytes) -> str | None:
    """Return the language of a file by its name and its first bytes, or None for one that has no grammar."""
    base = PurePath(name).name.lower()
    ending = base.rpartition(".")[2] if "." in base[1:] else ""
    language = _BY_NAME.get(base) or _BY_ENDING.get(ending)
    if ending == "h" and _CPP_HEADER.search(head):
        return "cpp"
    if language is None and not ending and (shebang := _SHEBANG.match(head)):
        return _BY_PROGRAM.get(shebang[1].decode())
    return language
