"""Count what a repository has: files, lines, functions, classes, tests; and name the language it is written in.

Limits: what is counted is what the grammars find; a count of lines is of the file as it was read.
"""

import re
from collections import Counter

from rao_cli.agent.compute.base import Computed
from rao_cli.agent.compute.code_source import Repository
from rao_cli.documents.model import Span

_MANY = re.compile(r"\b(?:how many|number of|count (?:of|the))\b", re.IGNORECASE)
_SORTS = {
    "function": ("function",),
    "method": ("method", "constructor"),
    "class": ("class",),
    "struct": ("struct",),
    "enum": ("enum",),
    "trait": ("trait",),
    "interface": ("interface",),
    "macro": ("macro",),
    "constant": ("constant",),
}
_THING = re.compile(
    r"\b(?:how many|number of|count (?:of )?(?:the )?)\s+(?:different |distinct |source |code |top-level |"
    r"public |the )*"
    r"((?:\w+ )?(?:functions?|methods?|class(?:es)?|structs?|enums?|traits?|interfaces?|macros?|constants?|"
    r"files?|lines?|tests?))\b",
    re.IGNORECASE,
)
_DEFINED = re.compile(
    r"^(?:\s*(?:of code|are|is|does|do|there|has|have|in|the|defined|contain|contains|declared|within|exist))",
    re.IGNORECASE,
)
_LANGUAGE = re.compile(
    r"\b(?:which|what) (?:programming |main |primary )*language\b|\bwritten in\b", re.IGNORECASE
)
_LANGUAGES = {
    "python": "Python",
    "javascript": "JavaScript",
    "typescript": "TypeScript",
    "tsx": "TypeScript",
    "go": "Go",
    "rust": "Rust",
    "java": "Java",
    "c": "C",
    "cpp": "C++",
    "csharp": "C#",
    "ruby": "Ruby",
    "php": "PHP",
    "bash": "Shell",
}
_NAMES = {"c++": "cpp", "c#": "csharp", "golang": "go", "shell": "bash", "js": "javascript", "ts": "typescript"}


def counts(question: str, repository: Repository) -> Computed | None:
    """Answer how many files, lines or definitions there are, in a file if the question names one."""
    asked = _THING.search(question)
    if not asked or not _DEFINED.search(question[asked.end() :] or " are"):
        return None
    *before, thing = asked[1].lower().split()
    sort = re.sub(r"(?<=[sx])es$|s$", "", thing) if thing != "class" else thing
    files = _named_files(question, repository)
    if files is None:
        return None
    if sort == "line":
        return _lines(files, repository)
    if sort == "file":
        return _files("".join(before), repository)
    return _symbols(sort, "".join(before), files, repository)


def _named_files(question: str, repository: Repository) -> list[int] | None:
    """Return the numbers of the one file that a question names, none for none, None for one that is not there."""
    named = re.findall(r"[\w./-]*[\w-]\.[A-Za-z]\w{0,8}\b", question)
    named = [name for name in named if not name[0].isdigit()]
    if not named:
        return []
    found = [
        number for number, path in enumerate(repository.paths) if path == named[0] or path.endswith(f"/{named[0]}")
    ]
    return found if len(found) == 1 else None


def _lines(files: list[int], repository: Repository) -> Computed | None:
    if not files:
        return None
    span = repository.document.origins[files[0]].span
    text = repository.document.read(span)
    count = text.count("\n") + (not text.endswith("\n"))
    return Computed(
        str(count), f"{repository.paths[files[0]]} has {count:,} lines", (repository.line(span.start),)
    )


def _files(kind: str, repository: Repository) -> Computed | None:
    language = _NAMES.get(kind, kind)
    if language and language not in _LANGUAGES:
        return None
    found = [number for number, file in enumerate(repository.files) if not language or file.language == language]
    total = len(found) if language else len(repository.paths)
    return Computed(str(total), f"{total:,} files") if total else None


def _symbols(sort: str, before: str, files: list[int], repository: Repository) -> Computed | None:
    if before and before not in ("test", "python", "rust", "go", "javascript") and sort != "test":
        return None
    kinds = ("function", "method") if sort == "test" or before == "test" else _SORTS.get(sort, ())
    found = [
        one
        for one in repository.symbols(*kinds)
        if (not files or repository.files[one.file].origin == files[0])
        and ((sort != "test" and before != "test") or one.symbol.name.lower().startswith("test"))
    ]
    if not found or not kinds:
        return None
    lines = tuple(repository.line(one.symbol.span.start) for one in found[:3])
    return Computed(str(len(found)), f"{len(found):,} definitions", lines)


def language(question: str, repository: Repository) -> Computed | None:
    """Answer in which language most of the source is written."""
    if not _LANGUAGE.search(question) or re.search(r"\bnatural\b|\bsupport", question):
        return None
    sizes: Counter[str] = Counter()
    for file in repository.files:
        if file.language in _LANGUAGES:
            sizes[_LANGUAGES[file.language]] += len(repository.document.origins[file.origin].span)
    if not sizes:
        return None
    best, size = sizes.most_common(1)[0]
    share = size / sizes.total()
    first = next(file for file in repository.files if _LANGUAGES.get(file.language) == best)
    start = repository.document.origins[first.origin].span.start
    how = f"{share:.0%} of the source text is {best}"
    return Computed(best, how, (Span(start, repository.line(start).end),)) if share > 0.5 else None
