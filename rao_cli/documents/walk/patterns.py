"""Translate the patterns of .gitignore into expressions for RE2, exactly as git matches them.

Git compares bytes, so the expressions do, too. RE2 takes linear time, whatever a hostile ignore file holds. What a
pattern is matched against is a path below the ignore file's folder, with a NUL byte after that of a folder: no
name contains one. Limits: case counts; patterns of more than 1,024 bytes are passed over.

Source: wildmatch.c and dir.c of git 2.39.
"""

import string
from collections.abc import Callable
from dataclasses import dataclass

_LONGEST = 1024
_SPECIAL = b"*?[\\"
_NAME_BYTE = rb"[^/\x00]"
_FOLDERS = rb"(?:[^\x00]*/)?"
_CLASSES: dict[bytes, Callable[[int], bool]] = {
    b"alnum": lambda byte: chr(byte) in string.ascii_letters + string.digits,
    b"alpha": lambda byte: chr(byte) in string.ascii_letters,
    b"blank": lambda byte: byte in b" \t",
    b"cntrl": lambda byte: byte < 32 or byte == 127,
    b"digit": lambda byte: chr(byte) in string.digits,
    b"graph": lambda byte: 32 < byte < 127,
    b"lower": lambda byte: chr(byte) in string.ascii_lowercase,
    b"print": lambda byte: 32 <= byte < 127,
    b"punct": lambda byte: chr(byte) in string.punctuation,
    b"space": lambda byte: byte in b" \t\n\v\f\r",
    b"upper": lambda byte: chr(byte) in string.ascii_uppercase,
    b"xdigit": lambda byte: chr(byte) in string.hexdigits,
}


@dataclass(frozen=True, slots=True)
class Pattern:
    """One rule: the expression of the paths it names, whether it takes back, whether it names folders only."""

    expression: bytes
    negated: bool
    folders_only: bool

    @property
    def itself(self) -> bytes:
        """Return the expression of what the rule names itself; a folder's path ends in a NUL byte."""
        return self.expression + (rb"\x00" if self.folders_only else rb"\x00?")

    @property
    def below(self) -> bytes:
        """Return the expression of the files that the rule names, and of all files below folders that it names."""
        return self.expression + (rb"/[^\x00]*" if self.folders_only else rb"(?:/[^\x00]*)?")


def read_pattern(line: bytes) -> Pattern | None:
    """Return the rule on a line, or None for a comment, a blank line and a rule that cannot match anything."""
    if line.startswith(b"#") or len(line) > _LONGEST:
        return None
    line = _trimmed(line.split(b"\0")[0])
    negated = line.startswith(b"!")
    glob = line[negated:]
    folders_only = glob.endswith(b"/")
    if folders_only:
        glob = glob[:-1]
    expression = _expression(glob)
    return None if expression is None else Pattern(expression, negated, folders_only)


def _trimmed(line: bytes) -> bytes:
    """Return a line without the spaces at its end, except one after a backslash."""
    kept = line.rstrip(b" ")
    backslashes = len(kept) - len(kept.rstrip(b"\\"))
    return line[: len(kept) + 1] if backslashes % 2 and len(kept) < len(line) else kept


def _expression(glob: bytes) -> bytes | None:
    """Return the expression of a glob, or None where it can match nothing."""
    if b"/" not in glob:
        # Without a slash it is compared with names alone, in which two stars are as good as one.
        inner = _translated(glob, -1) if glob else None
        return None if inner is None else _FOLDERS + inner
    glob = glob.removeprefix(b"/")
    # Git compares the plain beginning apart from the rest, so that ** counts as standing at the rest's start.
    start = next((at for at, byte in enumerate(glob) if byte in _SPECIAL), len(glob))
    inner = _translated(glob, start)
    return inner or None


def _translated(glob: bytes, start: int) -> bytes | None:
    """Translate a glob; ``start`` is where two stars may stand as if after a slash."""
    out: list[bytes] = []
    at = 0
    while at < len(glob):
        byte = glob[at : at + 1]
        if byte == b"*":
            end = len(glob) - len(glob[at:].lstrip(b"*"))
            expression, at = _stars(glob, at, end, alone=at == start or glob[at - 1 : at] == b"/")
        elif byte == b"?":
            expression, at = _NAME_BYTE, at + 1
        elif byte == b"[":
            found = _bracket(glob, at + 1)
            if found is None:
                return None
            expression, at = found
        else:
            at += byte == b"\\"
            if at == len(glob):
                return None
            expression, at = _literal(glob[at]), at + 1
        out.append(expression)
    return b"".join(out)


def _stars(glob: bytes, at: int, end: int, *, alone: bool) -> tuple[bytes, int]:
    """Return the expression of the stars from ``at`` to ``end``, and where to go on."""
    rest = glob[end : end + 2]
    if end - at < 2 or not alone or (rest[:1] not in (b"", b"/") and rest != b"\\/"):
        return _NAME_BYTE + b"*", end
    return (_FOLDERS, end + 1) if rest[:1] == b"/" else (rb"[^\x00]*", end)


def _bracket(glob: bytes, at: int) -> tuple[bytes, int] | None:
    """Return the expression of the set that starts at ``at``, and where to go on; None where it is empty."""
    negated = glob[at : at + 1] in (b"!", b"^")
    at += negated
    members: set[int] = set()
    before = 0
    first = True
    while first or glob[at : at + 1] != b"]":
        first = False
        item = _item(glob, at, before)
        if item is None:
            return None
        found, before, at = item
        members |= found
    chosen = (set(range(256)) - members if negated else members) - {0, ord("/")}
    return (b"[" + _ranges(chosen) + b"]", at + 1) if chosen else None


def _item(glob: bytes, at: int, before: int) -> tuple[set[int], int, int] | None:
    """Read one member of a set: the bytes it adds, the byte a range may start from, where to go on."""
    if at >= len(glob):
        return None
    byte = glob[at]
    following = glob[at + 1 : at + 2]
    if byte == ord("\\"):
        return ({glob[at + 1]}, glob[at + 1], at + 2) if following else None
    if byte == ord("-") and before and following not in (b"", b"]"):
        at += 2 if following == b"\\" else 1
        return (set(range(before, glob[at] + 1)), 0, at + 1) if at < len(glob) else None
    if byte == ord("[") and following == b":":
        end = glob.find(b"]", at + 2)
        if end < 0:
            return None
        if end > at + 2 and glob[end - 1] == ord(":"):
            return _named(glob[at + 2 : end - 1], end + 1)
    return {byte}, byte, at + 1


def _named(name: bytes, after: int) -> tuple[set[int], int, int] | None:
    test = _CLASSES.get(name)
    return None if test is None else ({byte for byte in range(1, 128) if test(byte)}, 0, after)


def _ranges(members: set[int]) -> bytes:
    starts = sorted(byte for byte in members if byte - 1 not in members)
    ends = sorted(byte for byte in members if byte + 1 not in members)
    return b"".join(_literal(start) + b"-" + _literal(end) for start, end in zip(starts, ends, strict=True))


def _literal(byte: int) -> bytes:
    return bytes([byte]) if chr(byte) in string.ascii_letters + string.digits else b"\\x%02x" % byte
