"""Read the value that a definition gives: a number, a text, a sum of them, a length of time. Nothing is executed.

Limits: what is computed by calls is a value only where one literal stands in the call (Path("x"), from_millis(5))
or where it reads an environment variable with a fallback; a name stands for the constant of the repository.
"""

import ast
import operator
import re
from collections.abc import Callable
from dataclasses import dataclass

from rao_cli.agent.compute.code_scan import closing, pieces_of, without_comment

_LONGEST = 20_000
_DEEPEST = 4
_STRING = re.compile(r"""^(?:[rRbBuUL@]{1,2}|u8)?("\""|'''|["'`])(.*)\1$""", re.DOTALL)
_RAW_RUST = re.compile(r"""^b?r(#{0,8})"(.*)"\1$""", re.DOTALL)
_NUMBER = re.compile(
    r"^([-+]?)(0[xX][0-9a-fA-F_]+|0[bB][01_]+|0[oO][0-7_]+|\d[\d_]*(?:\.[\d_]*)?(?:[eE][-+]?\d+)?|\.\d+)"
    r"(?:_?(?:[iu](?:8|16|32|64|128|size)|f32|f64)|[uUlL]{1,3}|[fFdDn])?$"
)
_PLAIN = re.compile(r"^(?:true|false|null|none|nil|undefined|nullptr)$", re.IGNORECASE)
_NAME = re.compile(r"^[A-Za-z_$][\w$]*(?:(?:::|\.|->)[A-Za-z_$][\w$]*)*$")
_CALL = re.compile(r"^(?:new\s+)?&?([A-Za-z_$][\w$]*(?:(?:::|\.)[A-Za-z_$][\w$]*)*)(?:<[^<>]{0,80}>)?!?\(")
_KEYWORD = re.compile(r"^[a-z_]\w*\s*=\s*(?=[^=])")
_OWNED = re.compile(
    r"\.(?:to_string|to_owned|into|total_seconds|strip|trim|freeze|resolve|expanduser|as_str)\(\)$"
)
_CAST = re.compile(r"\s+as\s+\w+$|^\(\s*(?:unsigned |const )*\w+\s*\*?\s*\)\s*(?=[\d(\"-])")
_TYPED = re.compile(r"^[A-Za-z_]\w*\((?=[\d\"'(])")
_TIMES = re.compile(
    r"^(?:(\d[\d_.]*)\s*\*\s*)?time\.(Nanosecond|Microsecond|Millisecond|Second|Minute|Hour)(?:\s*\*\s*(\d+))?$"
)
_FALLBACK = re.compile(
    r"\b(?:environ\.get|getenv|env\.get|ENV\.fetch|unwrap_or|get)\(|\w\((?=\s*[\"'][A-Z][A-Z0-9_]+[\"']\s*,)"
)
_GIVES = re.compile(r"(?:default|value|code|text)\b")
_READS = re.compile(r"(?:^|\.)(?:get|getenv|fetch|var|var_os|Getenv|LookupEnv)$")
_TO_NUMBER = re.compile(r"(?:^|\.)(?:int|float|Integer|Number|parseInt|parseFloat|Atoi|atoi)$")
_ELSE = re.compile(r"^.{1,200}?\s*(?:\|\||\?\?|\bor\b)\s*(.+)$", re.DOTALL)
UNITS = {
    "nanosecond": 1e-9,
    "microsecond": 1e-6,
    "millisecond": 1e-3,
    "second": 1.0,
    "minute": 60.0,
    "hour": 3600.0,
    "day": 86400.0,
    "week": 604800.0,
}
"""Units of time in seconds."""
_SHORT = {"ms": 1e-3, "us": 1e-6, "ns": 1e-9, "s": 1.0, "hrs": 3600.0, "hr": 3600.0}
_UNIT = re.compile(r"(?:^|_|from|of|time\.)(nano|micro|milli|sec|min|hour|day|week)[a-z]*$", re.IGNORECASE)
_OPERATORS: dict[type[ast.operator], Callable[[int | float, int | float], int | float]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.LShift: operator.lshift,
    ast.FloorDiv: operator.floordiv,
    ast.Div: operator.truediv,
    ast.BitOr: operator.or_,
    ast.Pow: operator.pow,
}
_MOST = 1 << 64

Resolve = Callable[[str], str | None]
"""Return the expression that a named constant stands for, or None."""


@dataclass(frozen=True, slots=True)
class Value:
    """A literal value: its text without quotes, its number if it is one, and the unit of time it is told in."""

    text: str
    number: float | int | None = None
    seconds: float = 0.0
    """Seconds in the unit that the expression names, or 0."""
    quoted: bool = False
    written: str = ""
    """The expression, where it is more than the literal."""


def assigned(definition: str, name: str, language: str) -> str | None:
    """Return the expression that a definition gives to a name, or None where it gives none."""
    definition = definition[:_LONGEST]
    mark = r"\$?" if language == "php" else ""
    found = re.search(rf"(?<![\w$]){mark}{re.escape(name)}(?![\w$])", definition)
    if not found:
        return None
    rest = definition[found.end() :]
    if re.match(r"\s*#\s*define\s", definition):
        value = without_comment(rest.replace("\\\n", " ").partition("\n")[0], "c").strip()
        return value if value and not rest.startswith("(") else None
    at = _equals(rest, language)
    if at is None:
        return None
    stops = ";" if language in ("python", "ruby", "bash") else ";,"
    expression = pieces_of(rest[at:], stops, language)[0]
    return without_comment(expression, language).strip() or None


def _equals(rest: str, language: str) -> int | None:
    """Return where the expression after the name's own equals sign starts."""
    at = 0
    while at < len(rest):
        mark = rest[at]
        if mark in "([{":
            at = closing(rest, at, language) + 1
        elif mark in ";\"'`" or (mark == "\n" and language in ("python", "ruby", "go", "bash")):
            return None
        elif mark == "=":
            plain = rest[at + 1 : at + 2] not in ("=", ">", "~") and rest[at - 1 : at] not in tuple("+-*/|&%^!")
            return at + 1 if plain else None
        elif mark == "," and "<" in rest[:at] and rest[:at].count("<") > rest[:at].count(">"):
            at += 1  # Record<string, number>
        elif mark in ",)":
            return None
        else:
            at += 1
    return None


def evaluate(expression: str, resolve: Resolve, depth: int = 0) -> Value | None:
    """Return the value of an expression, or None where it takes more than reading to know it."""
    text = _CAST.sub("", _OWNED.sub("", expression.strip())).strip()
    if depth > _DEEPEST or not text or len(text) > _LONGEST:
        return None
    found = _literal(text) or _time(text) or _called(text, resolve, depth) or _fallback(text, resolve, depth)
    if found:
        return found
    if _NAME.match(text):
        meant = resolve(text)
        return evaluate(meant, resolve, depth + 1) if meant else None
    return _sum(text, resolve, depth)


def _literal(text: str) -> Value | None:
    for pattern in (_STRING, _RAW_RUST):
        if (match := pattern.match(text)) and not _ends_before(match):
            return Value(match[2], quoted=True)
    if match := _NUMBER.match(text):
        digits = match[1] + match[2].replace("_", "")
        return Value(digits, _number(digits))
    return Value(text) if _PLAIN.match(text) else None


def _ends_before(match: re.Match[str]) -> bool:
    """Tell whether the text is more than one literal: the quotation mark stands inside, too."""
    if match.re is not _STRING:
        return False
    return match[1] in match[2].replace("\\\\", "").replace("\\" + match[1], "")


def _number(digits: str) -> int | float | None:
    try:
        sign, bare = (-1, digits[1:]) if digits.startswith("-") else (1, digits.lstrip("+"))
        if "." in bare or ("e" in bare.lower() and not bare.lower().startswith("0x")):
            return sign * float(bare)
        if re.match(r"0\d+$", bare):
            return sign * int(bare)
        return sign * int(bare, 0)
    except ValueError:
        return None


def _time(text: str) -> Value | None:
    """Return a length of time as Go writes it: 5 * time.Second."""
    match = _TIMES.match(text)
    if not match:
        return None
    digits = (match[1] or match[3] or "1").replace("_", "")
    return Value(digits, _number(digits), _seconds(match[2]), written=text)


def _fallback(text: str, resolve: Resolve, depth: int) -> Value | None:
    """Return what stands for a variable of the environment, or for nothing, where that has no value."""
    match = _FALLBACK.search(text)
    if match:
        end = closing(text, match.end() - 1)
        inner = pieces_of(text[match.end() : end], ",")
        wanted = inner[-1] if len(inner) == (1 if "unwrap_or" in match[0] else 2) else ""
        return evaluate(wanted, resolve, depth + 1) if wanted else None
    other = _ELSE.match(text) if "||" in text or "??" in text or " or " in text else None
    return evaluate(other[1], resolve, depth + 1) if other else None


def _called(text: str, resolve: Resolve, depth: int) -> Value | None:
    """Return the one literal inside of a call, with the unit that the call names."""
    match = _CALL.match(text)
    if not match or _READS.search(match[1]) or closing(text, match.end() - 1) != len(text) - 1:
        return None
    name, inner = _argument(text[match.end() : -1])
    value = evaluate(inner, resolve, depth + 1) if inner else None
    if value is None:
        return None
    if _TO_NUMBER.search(match[1]) and value.number is None:
        return _literal(value.text)
    seconds = _seconds(name) or _seconds(match[1]) or value.seconds
    return Value(value.text, value.number, seconds, value.quoted, text)


def _argument(text: str) -> tuple[str, str]:
    """Return the one argument of a call with the keyword that gives it, if any; nothing where there are more."""
    inner = [piece.strip() for piece in pieces_of(text, ",") if piece.strip()]
    if len(inner) != 1:
        return "", ""
    keyword = _KEYWORD.match(inner[0])
    if not keyword:
        return "", inner[0]
    name = keyword[0].split("=")[0].strip()
    return (name, inner[0][keyword.end() :]) if _seconds(name) or _GIVES.match(name) else ("", "")


def _seconds(name: str) -> float:
    """Return the seconds in the unit of time with which a name ends, or 0."""
    spaced = re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name)
    match = _UNIT.search(spaced)
    start = match[1].lower() if match else "-"
    return next((seconds for unit, seconds in UNITS.items() if unit.startswith(start)), 0.0)


def unit_of(name: str) -> float:
    """Return the seconds in the unit of time that a constant's name ends in (TIMEOUT_MS, maxAgeSeconds), or 0."""
    spaced = re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name).lower()
    last = spaced.rpartition("_")[2]
    if "per_" in spaced:
        return 0.0
    return _SHORT.get(last) or _seconds(last if len(last) > 2 else "")


def _sum(text: str, resolve: Resolve, depth: int) -> Value | None:
    """Return what numbers and named constants come to, joined by + - * / << | and brackets."""
    plain = re.sub(r"(?<=\d)(?:[uUlL]{1,3}|_?[iu](?:8|16|32|64|size)|n)\b", "", text.replace("::", "."))
    if len(plain) > 300 or not re.match(r"^[\w\s.+*/<|()-]+$", plain):
        return None
    try:
        tree = ast.parse(plain, mode="eval")
        number = _computed(tree.body, resolve, depth)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
    if number is None:
        return None
    shown = str(int(number)) if number == int(number) else str(number)
    return Value(shown, number, written=text)


def _computed(node: ast.expr, resolve: Resolve, depth: int) -> int | float | None:
    if isinstance(node, ast.Constant):
        number = node.value
        return number if isinstance(number, int | float) and not isinstance(number, bool) else None
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        inner = _computed(node.operand, resolve, depth)
        return -inner if inner is not None else None
    if isinstance(node, ast.Name | ast.Attribute):
        meant = resolve(ast.unparse(node))
        value = evaluate(meant, resolve, depth + 1) if meant else None
        return value.number if value else None
    if isinstance(node, ast.BinOp) and type(node.op) in _OPERATORS:
        left, right = _computed(node.left, resolve, depth), _computed(node.right, resolve, depth)
        return _applied(type(node.op), left, right)
    return None


def _applied(kind: type[ast.operator], left: float | None, right: float | None) -> int | float | None:
    """Return two numbers joined, or None for what is no number or grows without bounds."""
    if left is None or right is None or (kind in (ast.Div, ast.FloorDiv) and not right):
        return None
    if kind in (ast.LShift, ast.Pow) and not (0 <= right <= 63 and abs(left) < _MOST):
        return None
    whole = kind in (ast.LShift, ast.BitOr)
    if whole and not (isinstance(left, int) and isinstance(right, int)):
        return None
    found = _OPERATORS[kind](left, right)
    return found if isinstance(found, int | float) and abs(found) < _MOST**2 else None
