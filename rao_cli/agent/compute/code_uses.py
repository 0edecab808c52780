"""Answer who calls, uses or imports what a question names, and which environment variable it describes.

Limits: a use is told by the name alone; a list of more than _MOST names is not told.
"""

import re
from collections import Counter
from collections.abc import Iterator

from rao_cli.agent.compute.base import Computed
from rao_cli.agent.compute.code_phrases import Candidate, Phrase
from rao_cli.agent.compute.code_source import Found, Name, Repository, names_in, spoken_of
from rao_cli.agent.compute.code_words import words_of
from rao_cli.documents.model import Span

_MOST = 4
_MOST_HITS = 400
_CALLS = re.compile(
    r"\b(?:which|what) (?:other )?(functions?|methods?|files?|modules?|class(?:es)?) (?:\w+ )?(?:calls?|"
    r"uses?|invokes?|imports?)\b|"
    r"\b(?:in|by|from) (?:which|what) (functions?|methods?|files?|modules?|class(?:es)?) (?:is|are|"
    r"does)\b.*\b(?:called|used|invoked|imported)\b|"
    r"\bwhere (?:is|are)\b.*\b(called|used|invoked|imported)\b|\bwho (calls|uses|invokes|imports)\b",
    re.IGNORECASE,
)
_IMPORT = re.compile(r"\bimport", re.IGNORECASE)
_IMPORTING = re.compile(
    r"^\s*(?:import|from|use|#\s*include|require|using|mod|extern|export .* from|.*\brequire\()", re.MULTILINE
)
_VARIABLE = re.compile(r"\benvironment variables?\b|\benv(?:ironment)? vars?\b", re.IGNORECASE)
_READ = re.compile(
    r"""(?:environ(?:\.get)?[\[(]|getenv\(|LookupEnv\(|Getenv\(|env::var(?:_os)?\(|process\.env\.?\[?|ENV(?:\.fetch)?[\[(]|"""
    r"""environ\.setdefault\(|\benv\w*\.\w+\(|envvar\s*=\s*|env\s*=\s*|[\w.]*environ\.get\()\s*["'`]?([A-Z][A-Z0-9_]{2,})\b"""
)
_LEAST = 0.45
_MARGIN = 0.08


def uses(question: str, repository: Repository) -> Computed | None:
    """Answer which functions or files call, use or import a name."""
    asked = _CALLS.search(question)
    if not asked:
        return None
    for name in names_in(question):
        found = [one for one in repository.named(name.text) if one.symbol.name == name.last]
        if found and (name.sure or spoken_of(question, name)):
            by_file = not re.search(
                r"\b(?:which|what) (?:other )?(?:function|method|class)|\bwho\b", question, re.IGNORECASE
            )
            return _users(question, name, found, repository, by_file=by_file)
    return None


def _users(
    question: str, name: Name, found: list[Found], repository: Repository, *, by_file: bool
) -> Computed | None:
    counts: Counter[str] = Counter()
    first: dict[str, Span] = {}
    for at, who in _places(question, name.last, found, repository, by_file=by_file):
        counts[who] += 1
        first.setdefault(who, repository.line(at))
    if not counts or len(counts) > _MOST:
        return None
    order = [who for who, _ in counts.most_common()]
    how = f"{name.last} is used {counts.total():,} times, in {len(order):,} places"
    return Computed(", ".join(order), how, tuple(first[who] for who in order[:3]), confidence=0.8)


def _places(
    question: str, name: str, found: list[Found], repository: Repository, *, by_file: bool
) -> Iterator[tuple[int, str]]:
    """Yield where a name is used in the project's own code, and the function or the file that does."""
    inside = [one.symbol.span for one in found]
    imported = _IMPORT.search(question)
    tests = bool(re.search(r"\btests?\b", question, re.IGNORECASE))
    for hit in repository.reading.index.find(name, limit=_MOST_HITS, case=True, words=True).hits:
        path, at = repository.shown(hit.location.path), hit.span.start
        number = repository.file_at(at)
        defines = any(span.start <= at < span.end for span in inside)
        if number < 0 or not repository.is_code(path) or defines or (not tests and repository.standing(path) == 3):
            continue
        is_import = bool(_IMPORTING.match(repository.document.read(repository.line(at))))
        if bool(imported) != is_import:
            continue
        user = repository.enclosing(repository.files[number], at)
        if by_file or user:
            yield at, path if by_file or user is None else user.name


def environment(question: str, repository: Repository) -> Computed | None:
    """Answer which variable of the environment the question describes, if one stands out."""
    if not _VARIABLE.search(question) or not re.search(r"\b(?:which|what|name)\b", question, re.IGNORECASE):
        return None
    if any(re.fullmatch(r"[A-Z][A-Z0-9]*_[A-Z0-9_]+", name.text) for name in names_in(question)):
        return None
    places = dict(_variables(repository))
    words = words_of(_VARIABLE.sub(" ", question), repository.project)
    candidates = [Candidate(name, at, number) for number, (name, at) in enumerate(places.items())]
    if not candidates:
        return None
    scored = Phrase(words, candidates).best(lambda one: _around(one.at, repository))
    rival = scored[1].score if len(scored) > 1 else 0.0
    if not scored or scored[0].score < _LEAST or rival > scored[0].score - _MARGIN:
        return None
    best = scored[0].candidate
    how = f"one of {len(candidates):,} environment variables in the source"
    return Computed(best.name, how, (repository.line(best.at),), confidence=0.8)


def _around(at: int, repository: Repository) -> str:
    return repository.document.text[max(0, at - 200) : at + 200]


def _variables(repository: Repository) -> Iterator[tuple[str, int]]:
    """Yield the variables of the environment that source files read, and the first place of each last."""
    for number in reversed(range(len(repository.files))):
        path = repository.path(number)
        if (
            repository.is_code(path)
            and repository.standing(path) < 2
            and "env" in repository.files[number].uses.lower()
        ):
            text = repository.text(repository.files[number].origin)
            start = repository.document.origins[repository.files[number].origin].span.start
            for match in reversed(list(_READ.finditer(text))):
                yield match[1], start + match.start(1)
