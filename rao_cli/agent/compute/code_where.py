"""Say in which file, or on which line, of a repository something is defined, or a text stands.

A name that the grammars found is where they found it; one that they do not know (a build target, a language
without a grammar) is where a line defines it by its look. Limits: verbs and kinds are English words; a name that
stands nowhere in the text is answered as absent.
"""

import re
from collections.abc import Sequence

from rao_cli.agent.compute.base import Computed
from rao_cli.agent.compute.code_source import Found, Name, Repository, coded_names, names_in
from rao_cli.agent.compute.code_words import likeness, name_parts, words_of
from rao_cli.documents.model import Span

_MOST_FILES = 3
_ALIKE = 0.9
_ASKS_PLACE = re.compile(
    r"\b(?:in|on|at|from|of|under|inside)? ?(?:which|what)(?: \w+){0,2}? (?:file|module|line|script|header|"
    r"path|folder|"
    r"directory|location|place|package)s?\b|\bwhere\b|\b(?:file|module|path|line)s? (?:that |"
    r"which )?(?:defines?|declares?|"
    r"implements?|contains?|holds?|registers?)\b|\b(?:find|locate|show|give|name) (?:me )?(?:the )?(?:file|module|"
    r"definition|path|location)\b",
    re.IGNORECASE,
)
_DEFINES = re.compile(
    r"\b(?:define[sd]?|defining|definitions?|declare[sd]?|declarations?|implement(?:s|ed|ation|ing)?|"
    r"located?|lives?|"
    r"found|find|introduced|written|coded|created?|resides?|resid(?:e|ing)|lie|stands?|is|are|kept|placed|"
    r"home|sits?|"
    r"contain(?:s|ed|ing)?|hold(?:s|ing)?|provides?)\b",
    re.IGNORECASE,
)
_ASKS_LINE = re.compile(r"\b(?:which|what|on) (?:source )?line\b|\bline number\b", re.IGNORECASE)
_ONLY = re.compile(
    r"^(?:where|in (?:which|what) file) (?:is|was) (?:the (?:function|method|class|constant|struct|macro|type) )?"
    r"(?P<name>[A-Za-z_]\w*(?:(?:::|[.#])\w+)*)(?:\(\))? (?:defined|declared|implemented)\??$",
    re.IGNORECASE,
)
"""A question that says nothing but a name and that it is defined: then even an everyday word is one."""
_USES = re.compile(
    r"\b(?:call(?:s|ed|ers?|ing)?|invoke[sd]?|import(?:s|ed|ing)?|use[sdr]?|using|usages?|refer(?:s|red|"
    r"ences?)?|tested)\b",
    re.IGNORECASE,
)
_KINDS = {
    "function": {"function", "method", "constructor", "macro", "prototype", "constant"},
    "method": {"method", "function", "constructor", "prototype"},
    "class": {"class", "struct"},
    "exception": {"class"},
    "struct": {"struct", "type", "class"},
    "type": {"type", "struct", "interface", "class", "enum", "trait"},
    "interface": {"interface", "trait"},
    "trait": {"trait"},
    "enum": {"enum", "class"},
    "constant": {"constant", "variable", "field"},
    "variable": {"variable", "constant", "field"},
    "macro": {"macro", "constant"},
    "field": {"field", "property", "constant"},
    "property": {"property", "field", "method", "function"},
    "module": {"module", "namespace"},
    "test": {"function", "method"},
}
_QUOTED = re.compile(r"(?<!\w)'([^'\n]{2,80})'(?!\w)|\"([^\"\n]{2,80})\"|`([^`\n]{2,80})`|[“‘]([^”’\n]{2,80})[”’]")
_LOOKS_DEFINED = (
    r"(?:\b(?:def|defun|define|defmacro|fn|func|function|sub|proc|class|struct|enum|trait|interface|type|"
    r"typedef|module|"
    r"package|const|let|var|val|static|macro_rules!|procedure|data|newtype|instance|local|export|namespace|"
    r"object|record|"
    r"protocol|extension|union|rule|task|target|section|theorem|"
    r"lemma)\b[^\n=(]{{0,60}}(?<![\w$.-]){name}(?![\w$-])"
    r"|^[ \t]*(?:\w+\.)*{name}[ \t]*(?::=|:(?![:\w])|=(?![=~])|\(\)[ \t]*\{{))"
)


def where(question: str, repository: Repository) -> Computed | None:
    """Answer in which file, or on which line, something named is defined or a quoted text stands."""
    if not _ASKS_PLACE.search(question):
        return None
    names = _meant(question, repository)
    if names and not _USES.search(question) and _DEFINES.search(question):
        found = _defined(question, names, repository)
        if found:
            return found
    quoted = ["".join(groups) for groups in _QUOTED.findall(question)]
    if quoted:
        return _holding(question, quoted[0], repository)
    return None


def _meant(question: str, repository: Repository) -> list[Name]:
    """Return the names in a question that mean something defined, those that look like names first."""
    only = _ONLY.match(question)
    if only:
        return [Name(only["name"], True, only.start("name"), only.end("name"))]
    names = [name for name in names_in(question) if not _is_path(name.text, repository)]
    sure = [name for name in names if name.sure and len(name.last) > 1]
    known = [name for name in sure if repository.named(name.text)]
    forms = coded_names(question)
    coded = [name for name in sure if name.last in forms or _is_quoted(question, name)]
    return known or coded


def _is_quoted(question: str, name: Name) -> bool:
    return question[max(0, name.start - 1) : name.start] in tuple("`'\"“‘")


def _is_path(text: str, repository: Repository) -> bool:
    return any(path.endswith(text) for path in repository.paths) if "." in text else False


def _defined(question: str, names: Sequence[Name], repository: Repository) -> Computed | None:
    for name in names:
        found = _of_kind(question, repository.named(name.text))
        if found:
            free = bool(re.search(r"\bfunction\b", question, re.IGNORECASE))
            return _answer(question, name.text, _best(name.last, found, repository, free=free), repository)
    name = names[0]
    places = _by_look(name.last, repository)
    if places:
        return _told(question, name.text, places, repository)
    return None if _occurs(name.last, repository) else Computed("", f"nothing here is called {name.text}")


def _of_kind(question: str, found: list[Found]) -> list[Found]:
    """Return the symbols of the kind that the question names, or all where none is of that kind."""
    asked = [kinds for word, kinds in _KINDS.items() if re.search(rf"\b{word}(?:e?s)?\b", question, re.IGNORECASE)]
    wanted = set().union(*asked)
    return [one for one in found if one.symbol.kind in wanted] or found


def _best(name: str, found: list[Found], repository: Repository, *, free: bool) -> list[Found]:
    """Return the definitions that stand nearest to the project's own code; ``free`` ones go before members."""
    exact = [one for one in found if one.symbol.name == name] or found

    def rank(one: Found) -> tuple[bool, int, bool, bool]:
        standing = repository.standing(repository.path(one.file))
        kind, inside = one.symbol.kind, bool(one.symbol.container)
        return kind == "prototype", standing, free and inside, free and kind == "constant"

    nearest = min(map(rank, exact))
    return [one for one in exact if rank(one) == nearest]


def _answer(question: str, name: str, found: list[Found], repository: Repository) -> Computed:
    return _told(question, name, [_name_at(one, repository) for one in found], repository)


def _name_at(found: Found, repository: Repository) -> int:
    """Return where the name of a symbol stands in its definition."""
    span = found.symbol.span
    head = repository.document.text[span.start : min(span.end, span.start + 2000)]
    match = re.search(rf"(?<![\w$]){re.escape(found.symbol.name)}(?![\w$])", head)
    return span.start + (match.start() if match else 0)


def _told(question: str, name: str, places: list[int], repository: Repository) -> Computed:
    """Return the files of some places, or their lines where the question asks for these."""
    locations = [repository.document.locate(Span(at, at + 1)) for at in places]
    paths = [repository.shown(location.path) for location in locations]
    lines = [location.first_line for location in locations]
    how = f"{name} is defined in {paths[0]} on line {lines[0]:,}"
    if len(places) > 1:
        how += f", and {len(places) - 1:,} more times"
    if _ASKS_LINE.search(question):
        files = len(set(paths)) > 1 or not any(path.rpartition("/")[2] in question for path in paths)
        told = [f"line {line} of {path}" if files else str(line) for line, path in zip(lines, paths, strict=True)]
        answer = ", ".join(told[:_MOST_FILES] if not files else told[:1])
    else:
        answer = ", ".join(list(dict.fromkeys(paths))[:_MOST_FILES])
    evidence = tuple(repository.line(at) for at in places[:_MOST_FILES])
    return Computed(answer, how, evidence, confidence=1.0 if len(set(paths)) == 1 else 0.8)


def _occurs(name: str, repository: Repository) -> bool:
    return repository.reading.index.find(name, limit=1).total > 0


def _by_look(name: str, repository: Repository) -> list[int]:
    """Return where lines define a name by their look, in files that stand nearest to the project's own code."""
    pattern = re.compile(_LOOKS_DEFINED.format(name=re.escape(name)), re.MULTILINE)
    found = []
    for hit in repository.reading.index.find(name, limit=300, case=True, words=True).hits:
        line = repository.line(hit.span.start)
        if pattern.search(repository.document.read(line)):
            found.append((repository.standing(repository.shown(hit.location.path)), hit.span.start))
    best = min(found, default=(0, 0))[0]
    return sorted(at for standing, at in found if standing == best)


def _holding(question: str, text: str, repository: Repository) -> Computed | None:
    """Answer which file holds a text, by how often it does and what the question says about it."""
    hits = repository.reading.index.find(text, limit=300, case=True, words=True).hits
    hits = hits or repository.reading.index.find(text, limit=300).hits
    if not hits:
        return Computed("", f"{text!r} stands nowhere in the source")
    words = [word for word in words_of(question, repository.project).needed if word not in name_parts(text)]
    best: dict[str, tuple[float, int]] = {}
    for hit in hits:
        path = repository.shown(hit.location.path)
        score = _fits(hit.span, words, repository) / (1 + 2 * repository.standing(path))
        score = score if repository.is_code(path) else score / 4
        best[path] = max(best.get(path, (-1.0, 0)), (score, -hit.span.start))
    return _fullest(question, text, best, repository)


def _fits(span: Span, words: Sequence[str], repository: Repository) -> float:
    """Return how well a place fits the words of a question: by its line, what is around, quotation marks."""
    document = repository.document
    around = document.text[max(0, span.start - 250) : span.end + 250]
    quoted = document.text[span.start - 1 : span.start] in ("'", '"', "`") and document.text[
        span.end : span.end + 1
    ] in (
        "'",
        '"',
        "`",
    )
    line = document.read(repository.line(span.start))
    parts, near = set(name_parts(line)), set(name_parts(around))
    held = sum(max((likeness(word, part) for part in parts), default=0.0) for word in words)
    beside = sum(max((likeness(word, part) for part in near), default=0.0) for word in words)
    return 1.0 + quoted + held + 0.6 * beside


def _fullest(
    question: str, text: str, best: dict[str, tuple[float, int]], repository: Repository
) -> Computed | None:
    """Return the files whose best places fit as well as any, None for more than a few."""
    top = max(score for score, _ in best.values())
    order = sorted((-score, -at) for score, at in best.values() if score >= _ALIKE * top)
    if len(order) > _MOST_FILES:
        return None
    found = _told(question, repr(text), [at for _, at in order], repository)
    return Computed(found.answer, found.how.replace("is defined", "stands"), found.evidence, confidence=0.8)
