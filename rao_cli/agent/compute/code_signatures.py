"""Read signatures in source text: parameters with types and defaults, the type returned, what a class extends.

Limits: read from the text of a definition by its brackets, not by a grammar; of C declarators only simple ones.
"""

import re
from dataclasses import dataclass

from rao_cli.agent.compute.code_scan import closing, pieces_of, without_comment

_LONGEST = 20_000
_NAME_FIRST = frozenset({"python", "typescript", "tsx", "javascript", "rust", "go", "ruby", "bash", "sql"})
_IDENTIFIER = re.compile(r"[A-Za-z_$][\w$]*")
_SELF = frozenset({"self", "cls", "this", "mut self", "void"})
_LEADS = frozenset({"mut", "readonly", "public", "private", "ref"})
_RECEIVER = re.compile(r"(?:&\s*)?(?:'\w+\s+)?(?:mut\s+)?self\b|this\b")
_RETURNS = {
    "python": re.compile(r"^\s*->\s*(?P<type>.+)$", re.DOTALL),
    "rust": re.compile(r"^\s*->\s*(?P<type>.+?)(?:\s+where\b.*)?$", re.DOTALL),
    "php": re.compile(r"^\s*:\s*(?P<type>.+)$", re.DOTALL),
    "typescript": re.compile(r"^\s*:\s*(?P<type>\(.*|.+?)(?:\s*=>.*)?$", re.DOTALL),
    "tsx": re.compile(r"^\s*:\s*(?P<type>\(.*|.+?)(?:\s*=>.*)?$", re.DOTALL),
    "go": re.compile(r"^\s*(?P<type>\S.*)$", re.DOTALL),
}
_TYPES = r"(?:<(?:->|[^<>()]|\([^()]*\)|<[^<>]*>){0,200}>)?"
"""The type parameters behind a name."""
_GENERIC = frozenset({"typescript", "tsx", "java", "csharp", "cpp", "rust"})
_CLOSES_TYPE = re.compile(r"(?<![-=])>")
_TYPE_BEFORE = frozenset({"c", "cpp", "java", "csharp"})
_MODIFIERS = re.compile(
    r"\b(?:public|private|protected|static|final|inline|extern|virtual|override|abstract|async|"
    r"synchronized|constexpr|"
    r"explicit|friend|native|internal|sealed|partial|export|[A-Z]{2,}_?(?:API|EXPORT|CALL)\w*)\b(?:\([^()]*\))?\s*"
)
_EXPORT = re.compile(r"\b[A-Z][A-Z0-9_]{2,}\((\w[\w *]*)\)")
_EXTENDS = {
    "python": re.compile(r"^\s*(?:\[[^\]]*\])?\s*\((?P<bases>[^()]*(?:\([^()]*\)[^()]*)*)\)"),
    "ruby": re.compile(r"^\s*<\s*(?P<bases>[\w:]+)"),
    "cpp": re.compile(r"^\s*(?:final\s*)?:(?P<bases>[^{;]+)"),
    "csharp": re.compile(r"^[^:{;]*:(?P<bases>[^{;]+)"),
    "rust": re.compile(r"^\s*:(?P<bases>[^{;]+)"),
}
_KEYWORDS = re.compile(
    r"\b(?P<word>extends|implements)\s+(?P<bases>[^{;]+?)(?=\s*(?:\bextends\b|\bimplements\b|\{|;|$))"
)


@dataclass(frozen=True, slots=True)
class Parameter:
    """A parameter: its name, and its default as it is written, or empty."""

    name: str
    default: str = ""
    type: str = ""


@dataclass(frozen=True, slots=True)
class Signature:
    """The parameters of a function and the type that it returns, as it is written or empty."""

    parameters: tuple[Parameter, ...]
    returns: str


def signature(definition: str, name: str, language: str) -> Signature | None:
    """Return the signature in a function's definition, or None where no parameters follow its name."""
    definition = definition[:_LONGEST]
    found = re.search(
        rf"(?<![\w$]){re.escape(name)}(?![\w$]){_TYPES}[^(\n=]{{0,200}}(?:=\s*(?:async\s+)?"
        rf"(?:function\b[^(]{{0,80}})?)?\(",
        definition,
    )
    if not found:
        return None
    end = closing(definition, found.end() - 1, language)
    inner = definition[found.end() : end]
    pieces = [
        without_comment(piece.strip(), language) for piece in _split(_uncommented(inner, language), language)
    ]
    parameters = tuple(one for piece in pieces if (one := _parameter(piece.strip(), language)))
    return Signature(parameters, _returned(definition, found.start(), end, language))


def _split(text: str, language: str) -> list[str]:
    """Split parameters at commas, those between the brackets of a type left out: Map<String, Integer> a."""
    found: list[str] = []
    for piece in pieces_of(text, ",", language):
        if found and language in _GENERIC and found[-1].count("<") > len(_CLOSES_TYPE.findall(found[-1])):
            found[-1] += f",{piece}"
        else:
            found.append(piece)
    return found


def _uncommented(text: str, language: str) -> str:
    """Return lines without the comments that end them."""
    return "\n".join(without_comment(line, language) for line in text.split("\n"))


def _parameter(piece: str, language: str) -> Parameter | None:
    head, *rest = pieces_of(piece, "=", language)
    default = rest[0].strip() if rest else ""
    head = head.strip().lstrip("*&.@$")
    if not head or head in _SELF or head == "/" or _RECEIVER.match(head):
        return None
    if language == "ruby" and ":" in head:
        head, _, default = (part.strip() for part in head.partition(":"))
    if language in _NAME_FIRST:
        return _named_first(head, default, language)
    names = _IDENTIFIER.findall(head.split("[")[0])
    if not names:
        return None
    return Parameter(names[-1].lstrip("$"), default, head.rpartition(names[-1])[0].strip())


def _named_first(head: str, default: str, language: str) -> Parameter | None:
    """Return a parameter that is written with its name before its type."""
    before, _, kind = head.partition(":")
    names = _IDENTIFIER.findall(before.split("[")[0])
    if not names:
        return None
    name = names[-1] if names[0] in _LEADS else names[0]
    if language == "go":
        kind = before.strip().removeprefix(name)
    return Parameter(name, default, kind.strip())


def _returned(definition: str, start: int, end: int, language: str) -> str:
    if language in _TYPE_BEFORE:
        head = re.sub(
            r"(?m)^\s*(?:@\w+(?:\([^()]*\))?|\[\w+\]|#.*|template\s*<[^<>]*>)\s*", "", definition[:start]
        )
        return " ".join(_MODIFIERS.sub("", _EXPORT.sub(r"\1", head)).split())
    pattern = _RETURNS.get(language)
    rest = _until_body(definition[end + 1 :], language)
    found = pattern.match(rest) if pattern else None
    return " ".join(found["type"].split()) if found else ""


def _until_body(text: str, language: str) -> str:
    """Return what stands between the parameters and the body."""
    marks = ":" if language == "python" else ";{" if language != "go" else "{"
    if language == "go":
        text = text.split("\n", 1)[0]
        # interface{} and struct{} are types, no bodies.
        return re.split(r"(?<!interface)(?<!struct)\{", text)[0].strip()
    depth = 0
    for at, mark in enumerate(text[:2000]):
        depth += (mark in "([") - (mark in ")]")
        if mark in marks and not depth:
            return text[:at].strip()
    return text[:2000].partition("\n")[0].strip()


def bases(definition: str, name: str, language: str, word: str = "") -> list[str]:
    """Return what a class extends and implements as it is written; with a ``word`` only what follows that."""
    head = definition[:2000]
    found = re.search(rf"(?<![\w$]){re.escape(name)}(?![\w$])(?:<[^{{]{{0,200}}?>)?", head)
    rest = head[found.end() :] if found else ""
    pattern = _EXTENDS.get(language)
    if pattern:
        match = pattern.match(rest)
        return _bare(match["bases"], language) if match else []
    head = rest.split("{", 1)[0] + "{" if "{" in rest else rest
    return [
        base
        for match in _KEYWORDS.finditer(head)
        if not word or match["word"] == word
        for base in _bare(match["bases"], language)
    ]


def _bare(text: str, language: str) -> list[str]:
    """Return the names in a list of bases, without keywords such as public or metaclass=."""
    marks = "+" if language == "rust" else ","
    found = [
        re.sub(r"^(?:(?:public|private|protected|virtual)\s+)+", "", " ".join(piece.split()))
        for piece in pieces_of(text, marks, language)
    ]
    return [re.sub(r"[<\[].*$", "", one) for one in found if one and "=" not in one]
