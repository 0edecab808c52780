"""Answer what a class extends, what a function takes and returns, and how many parameters or members there are.

Limits: of a name that several places define the first is read (code_source.py); a function without a type says
nothing about what it returns.
"""

import re

from rao_cli.agent.compute.base import Computed
from rao_cli.agent.compute.code_constants import Constants, shown
from rao_cli.agent.compute.code_signatures import Signature, bases, signature
from rao_cli.agent.compute.code_source import Found, Repository, names_in, spoken_of

_EXTENDS = re.compile(
    r"\b(?:extend(?:s|ed)?|inherit(?:s|ed)?|subclass(?:es|ed)?(?! of)|base class(?:es)?|"
    r"parent class(?:es)?|super ?class(?:es)?|"
    r"deriv(?:es?|ed)|implement(?:s|ed)?)\b",
    re.IGNORECASE,
)
_CHILDREN = re.compile(
    r"\b(?:which|what) (?:\w+ ){0,2}(?:class(?:es)?|structs?|exceptions?|types?|"
    r"subclass(?:es)?) (?:\w+ )?(?:extends?|inherits?|"
    r"subclass(?:es)?|derives?|implements?)\b|\bsubclass(?:es)? of\b|\b(?:extends?|inherits? from|"
    r"derives? from|implements?) [A-Z_]\w*\s*\?",
    re.IGNORECASE,
)
_RETURNS = re.compile(
    r"\b(?:return type|(?:what|which) (?:type|kind)\b.*\breturn|what does .* return|type .* returned)\b",
    re.IGNORECASE,
)
_PARAMETERS = re.compile(r"\b(?:parameters?|arguments?|args|params?)\b", re.IGNORECASE)
_MANY = re.compile(r"\b(?:how many|number of)\b", re.IGNORECASE)
_TYPE_OF = re.compile(
    r"\b(?:what|which) (?:data ?|python |rust |go )?type\b|\bof (?:what|which) type\b|\btype of\b", re.IGNORECASE
)
_MEMBERS = {
    "method": ("method", "constructor", "prototype", "function"),
    "field": ("field", "property"),
    "attribute": ("field", "property"),
    "member": ("constant", "field", "property"),
    "variant": ("constant",),
    "value": ("constant", "field"),
    "constant": ("constant",),
}
_CLASSES = frozenset({"class", "struct", "interface", "trait", "enum", "type"})
_CALLABLE = frozenset({"function", "method", "constructor", "prototype"})


def shape(question: str, repository: Repository) -> Computed | None:
    """Answer what a class that the question names extends, or what a function takes or returns."""
    for name in names_in(question):
        found = [one for one in repository.named(name.text) if one.symbol.name == name.last]
        classes = [one for one in found if one.symbol.kind in _CLASSES]
        functions = [one for one in found if one.symbol.kind in _CALLABLE]
        if not found or not (name.sure or classes or spoken_of(question, name)):
            continue
        answer = _of_class(question, classes[0], repository) if classes else None
        answer = answer or (_of_function(question, functions[0], repository) if functions else None)
        if answer:
            return answer
    return None


def _of_class(question: str, found: Found, repository: Repository) -> Computed | None:
    symbol, language = found.symbol, repository.files[found.file].language
    if _MANY.search(question):
        return _counted(question, found, repository)
    if not _EXTENDS.search(question):
        return None
    if _CHILDREN.search(question) and not re.search(
        rf"\b(?:do|does|did)\b.*\b{re.escape(symbol.name)}\b", question
    ):
        return _children(symbol.name, repository)
    implements = re.search(r"\bimplement", question, re.IGNORECASE)
    text = Constants(repository).definition(found)
    names = bases(text, symbol.name, language, "implements" if implements else "extends")
    if not names and not implements:
        names = bases(text, symbol.name, language)
    answer = shown(", ".join(names))
    return _told(answer, found, "is declared", repository) if answer else None


def _children(name: str, repository: Repository) -> Computed | None:
    """Answer which classes extend one."""
    constants = Constants(repository)
    found = []
    for one in repository.symbols("class", "struct", "interface"):
        file = repository.files[one.file]
        if one.symbol.name != name and f" {name} " in f" {file.uses}":
            names = bases(constants.definition(one), one.symbol.name, file.language)
            if any(re.split(r"::|\.", base.split("<")[0].split("[")[0])[-1] == name for base in names):
                found.append(one)
    found.sort(key=lambda one: repository.standing(repository.path(one.file)))
    answer = shown(", ".join(dict.fromkeys(one.symbol.name for one in found)))
    lines = tuple(repository.line(one.symbol.span.start) for one in found[:3])
    return Computed(answer, f"{len(found):,} classes extend {name}", lines) if answer else None


def _counted(question: str, found: Found, repository: Repository) -> Computed | None:
    """Answer how many members of a sort a class has."""
    symbol = found.symbol
    inside = f"{symbol.container}.{symbol.name}".lstrip(".")
    sort = next((sort for sort in _MEMBERS if re.search(rf"\b{sort}s\b", question, re.IGNORECASE)), None)
    if sort is None:
        return None
    members = [
        one
        for one in repository.files[found.file].symbols
        if one.container == inside and one.kind in _MEMBERS[sort]
    ]
    count = len({one.name for one in members})
    return _told(str(count), found, f"has {count:,} {sort}s", repository) if count else None


def _of_function(question: str, found: Found, repository: Repository) -> Computed | None:
    symbol = found.symbol
    read = signature(Constants(repository).definition(found), symbol.name, repository.files[found.file].language)
    if read is None:
        return None
    answer = _from(question, read)
    return _told(answer, found, "is declared", repository) if answer else None


def _from(question: str, read: Signature) -> str | None:
    if _PARAMETERS.search(question):
        if _MANY.search(question):
            return str(len(read.parameters))
        named = [one for one in read.parameters if re.search(rf"(?<!\w){re.escape(one.name)}(?!\w)", question)]
        if _TYPE_OF.search(question):
            return shown(named[0].type) if len(named) == 1 else None
        ordinal = _ordinal(question)
        if ordinal is not None and ordinal < len(read.parameters):
            return read.parameters[ordinal].name
        asks = re.search(r"\b(?:what|which|list|name)\b", question, re.IGNORECASE)
        plain = not named and not re.search(r"\b(?:default|controls?|when|if|to|determines?)\b", question)
        return shown(", ".join(one.name for one in read.parameters)) if asks and plain else None
    return shown(read.returns) if _RETURNS.search(question) else None


def _ordinal(question: str) -> int | None:
    words = ("first", "second", "third", "fourth", "fifth")
    return next((at for at, word in enumerate(words) if re.search(rf"\b{word}\b", question, re.IGNORECASE)), None)


def _told(answer: str, found: Found, does: str, repository: Repository) -> Computed:
    at = found.symbol.span.start
    how = f"{found.symbol.name} {does} in {repository.path(found.file)} on line {repository.line_number(at):,}"
    return Computed(answer, how, (repository.line(at),))
