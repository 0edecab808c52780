"""Find how source text declares a command line option: its default, its short form, its help.

An option is declared by a call that holds its name in quotation marks (argparse, click, clap, pflag, commander),
by a literal of its keys (urfave/cli), or by an attribute above a field of that name (clap). Limits: what is put
together at run time is not seen.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from rao_cli.agent.compute.base import Computed
from rao_cli.agent.compute.code_constants import Constants, shown
from rao_cli.agent.compute.code_literals import evaluate
from rao_cli.agent.compute.code_scan import closing, pieces_of
from rao_cli.agent.compute.code_source import Repository
from rao_cli.agent.compute.code_words import name_parts

_LONGEST = 3000
_BEFORE = 400
_MOST_HITS = 200
_NAMED = re.compile(r"(?<![\w-])--?([A-Za-z][\w-]{0,100})(?![\w-])")
_ASKS_SHORT = re.compile(
    r"\bshort(?:er|hand)?[- ](?:form|flag|option|version|name|alias|switch|spelling)\b|"
    r"\b(?:shorthand|abbreviat\w+|one-letter)\b",
    re.IGNORECASE,
)
_ASKS_HELP = re.compile(
    r"\b(?:help(?: text| message| string)?|usage(?: text)?|description)\b.*--?\w|"
    r"--?[\w-]+\b.*\b(?:help text|usage text|description)\b",
    re.IGNORECASE,
)
_QUOTED = re.compile(
    r"[\"'`](?:-\w, ?)?-{0,2}$|[\"']-\w[\"'], [\"']--$|[\"'](?:-\w, )?--$|[\"'`](?:[\w-]+, ?)?(?:-{1,2})?$"
)
_SHORT = re.compile(
    r"""["'](-\w)["']|["'](-\w),|\bshort(?:_name)?\s*[=(]\s*["'](\w)["']|"""
    r"""["'][\w-]+, ?(\w)["']|aliases\S*\s*\{?\s*["'](\w)["']""",
    re.IGNORECASE,
)
_HELP = re.compile(r"\b(?:help|about|description|describe|usage)\s*(?:=|:|\()\s*(?=[\"'`fr])", re.IGNORECASE)
_DEFAULT = re.compile(
    r"\bdefault(?:_value|_missing_value|_value_t|Value)?\s*(?:=|:|\()\s*(?=\S)|\.default\(\s*|\bdefault_factory\s*=\s*|"
    r"\bValue:\s*"
)
_PFLAG = re.compile(
    r"\.?\b(?:Bool|Int\d*|Uint\d*|Float\d*|String|Duration|Count|StringSlice)(?P<var>Var)?(?P<short>P)?\($"
)
_NO_VALUE = re.compile(r"[({]|\w+\s*=[^=]")
_VARIANT = re.compile(r"(?:\w+::)+(\w+)")
_COMMANDER = re.compile(r"\.(?:option|addOption)\($")


@dataclass(frozen=True, slots=True)
class Declared:
    """Where an option is declared: the text inside of the brackets, what stands before and behind it."""

    name: str
    inner: str
    before: str
    after: str
    at: int
    file: int


def option_named(question: str) -> str:
    """Return the option that a question writes with its dashes, without these, or nothing."""
    match = _NAMED.search(question)
    return match[1] if match else ""


def declarations(option: str, repository: Repository) -> list[Declared]:
    """Return where an option is declared, the project's own code first."""
    found = [*_in_calls(option, repository), *_in_attributes(option, repository)]
    return sorted(found, key=lambda one: repository.standing(repository.path(one.file)))


def default_of(declared: Declared) -> str:
    """Return the default that a declaration gives, as it is written, or nothing."""
    placed = _by_place(declared)
    if placed:
        return placed
    for text in (declared.inner, declared.after):
        if match := _DEFAULT.search(text):
            written = pieces_of(text[match.end() :], ",\n")[0].strip()
            variant = _VARIANT.fullmatch(written) if "value_t" in match[0] else None
            return f'"{"-".join(name_parts(variant[1]))}"' if variant else written
    return ""


def option(question: str, repository: Repository) -> Computed | None:
    """Answer the short form or the help of an option that the question names."""
    name = option_named(question)
    asks_short, asks_help = _ASKS_SHORT.search(question), _ASKS_HELP.search(question)
    if not name or not (asks_short or asks_help):
        return None
    for declared in declarations(name, repository):
        answer = _short(declared) if asks_short else _help(declared, repository)
        if answer:
            line = repository.line(declared.at)
            how = f"--{name} is declared in {repository.path(declared.file)}"
            return Computed(answer, f"{how} on line {repository.line_number(declared.at):,}", (line,))
    return None


def _in_calls(option: str, repository: Repository) -> Iterator[Declared]:
    document = repository.document
    for hit in repository.reading.index.find(option, limit=_MOST_HITS, case=True, words=True).hits:
        at = hit.span.start
        file = repository.file_at(at)
        before = document.text[max(0, at - _BEFORE) : at]
        quote = _QUOTED.search(before)
        opening = _opening(before[: quote.start()]) if quote else -1
        if file < 0 or not repository.is_code(repository.path(file)) or opening < 0:
            continue
        start = at - len(before) + opening
        text = document.text[start : start + _LONGEST]
        inner = text[1 : closing(text, 0)]
        yield Declared(option, inner, before[: opening + 1], _chained(text[len(inner) + 1 :]), at, file)


def _chained(text: str) -> str:
    """Return the calls that are chained to one which ends here."""
    match = re.match(r"\)(?:\s*\.\w+\((?:[^()]|\([^()]*\))*\)){0,12}", text[:1500])
    return match[0] if match else ""


def _in_attributes(option: str, repository: Repository) -> Iterator[Declared]:
    """Yield the attributes of Rust above a field with the name of an option that takes its name from it."""
    for found in repository.named(option.replace("-", "_")):
        if found.symbol.kind == "field" and repository.files[found.file].language == "rust":
            start = repository.line(found.symbol.span.start).start
            before = repository.document.text[max(0, start - 1500) : start]
            at = before.rfind("#[")
            inner = before[at + 2 : before.rfind("]")] if at >= 0 else ""
            if re.search(r"\blong\b", inner):
                yield Declared(option, inner, "", "", found.symbol.span.start, found.file)


def _opening(text: str) -> int:
    """Return where the bracket opens that is still open at the end of a text, or -1."""
    depth = 0
    for at in range(len(text) - 1, -1, -1):
        depth += (text[at] in ")]}") - (text[at] in "([{")
        if depth < 0:
            return at
    return -1


def _pieces(declared: Declared) -> list[str]:
    return [piece.strip() for piece in pieces_of(declared.inner, ",")]


def _by_place(declared: Declared) -> str:
    """Return a default that is told by its place: after the name of a flag of Go, or a description."""
    pieces = _pieces(declared)
    flag = _PFLAG.search(declared.before)
    if flag:
        name = next((at for at, piece in enumerate(pieces) if piece.strip("\"'`") == declared.name), -1)
        at = name + (2 if flag["short"] else 1)
        return pieces[at] if name >= 0 and at < len(pieces) else ""
    placed = _COMMANDER.search(declared.before) and len(pieces) > 2 and not _NO_VALUE.match(pieces[2])
    return pieces[2] if placed else ""


def _short(declared: Declared) -> str | None:
    flag = _PFLAG.search(declared.before)
    if flag and flag["short"]:
        pieces = [piece.strip("\"'`") for piece in _pieces(declared)]
        letter = pieces[pieces.index(declared.name) + 1] if declared.name in pieces[:-1] else ""
        return f"-{letter}" if letter else None
    for text in (declared.inner, declared.after):
        match = _SHORT.search(text)
        if match:
            return "-" + next(group for group in match.groups() if group).lstrip("-")
    return None


def _help(declared: Declared, repository: Repository) -> str | None:
    for text in (declared.inner, declared.after):
        if match := _HELP.search(text):
            value = evaluate(pieces_of(text[match.end() :], ",")[0], Constants(repository).resolver(declared.file))
            return shown(value.text) if value else None
    if _PFLAG.search(declared.before) or _COMMANDER.search(declared.before):
        pieces = _pieces(declared)
        value = (
            evaluate(pieces[-1 if _PFLAG.search(declared.before) else 1], lambda _: None) if pieces[1:] else None
        )
        return shown(value.text) if value else None
    return None
