"""Find the options that a question offers: letters before them, a list, or "x or y".

Limits: options without letters are found by English words ("one of", "or"); an option has at most a few words
there, and letters or numbers must begin with the first of their kind and leave none out.
"""

import re
from collections.abc import Sequence

from rao_cli.agent.question.model import Option
from rao_cli.agent.question.sentences import masked

LONGEST_SENTENCE = 1_500
"""Characters at the end of a sentence in which options are looked for."""
LONGEST_LISTED = 10
"""Words of an option that is told from its neighbours by commas alone."""

_LINE_KEY = re.compile(r"^[ \t]*[(\[]?([A-Za-z]|\d{1,2})[)\].:、．：][ \t]*(?=\S)", re.MULTILINE)
_BRACKET_KEY = re.compile(r"(?:(?<=\s)|(?<=^)|(?<=[;,?:]))[(\[]([A-Za-z]|\d{1,2})[)\]]\s*(?=\S)")
_BARE_KEY = re.compile(r"(?:(?<=\s)|(?<=^))([A-Z]|[a-z](?=\))|\d{1,2}(?=\)))[).:]\s+(?=\S)")
_BEFORE_OPTIONS = re.compile(r"[?:.;,…][\"'”’)]?\s*\Z")
"""How the question ends before options in the same line: "What did A. Smith tell B. Jones?" has none."""
_BULLET = re.compile(r"^[ \t]*[-*•][ \t]+(\S.*)$", re.MULTILINE)
_HEADING = re.compile(
    r"(?:^|\n|(?<=[.?!:]) )[ \t]*(?:options?|choices|answers?|possible answers)[ \t]*:[ \t]*$", re.IGNORECASE
)
_FORM_FOLLOWS = re.compile(r"[.?;]?\s+(?=(?:Answer|Reply|Respond|Choose|Pick|Select|Give)\b)")
_QUOTED_ITEM = re.compile(r"[\"'“‘`]([^\"“”‘’`\n]{1,200}?)[\"'”’`](?!\w)")
_SEPARATOR = re.compile(r"\s*(?:,\s*(?:or|and)\s+|,\s+|;\s*|\s+or\s+|\s+and\s+|\s*/\s*|\n)\s*")
_COMMA = re.compile(r"\s*,\s+|\s*/\s*")
_CONJUNCTION = re.compile(r"\s+(?:or|and)\s+")
_JOINED_LAST = re.compile(r"(?:or|and)\s|[A-Z][\w'-]* and [A-Z][\w'-]*(?: [A-Z][\w'-]*)+\Z")
"""A last item with its own "and": "a, b, and c" or "a, b, French and Indian War"."""
_STATES = frozenset(
    """
    Alabama, Alaska, Arizona, Arkansas, California, Colorado, Connecticut, Delaware, Florida, Georgia, Hawaii,
    Idaho, Illinois, Indiana, Iowa, Kansas, Kentucky, Louisiana, Maine, Maryland, Massachusetts, Michigan,
    Minnesota, Mississippi, Missouri, Montana, Nebraska, Nevada, New Hampshire, New Jersey, New Mexico, New York,
    North Carolina, North Dakota, Ohio, Oklahoma, Oregon, Pennsylvania, Rhode Island, South Carolina,
    South Dakota, Tennessee, Texas, Utah, Vermont, Virginia, Washington, West Virginia, Wisconsin, Wyoming
    """.strip()
    .replace("\n    ", " ")
    .split(", ")
)
"""What follows the comma in names of places such as "Springfield, Illinois"."""
_HARD_SEPARATOR = re.compile(r"\s*[;\n]\s*")
_LEAD = re.compile(r"^(?:either|or|and|of|in|the option)\s+", re.IGNORECASE)
_ASKING = re.compile(r"\b(?:what|which|who|whom|whose|where|when|why|how)\b", re.IGNORECASE)


def keyed(text: str) -> tuple[str, tuple[Option, ...]]:
    """Split text into what stands around its lettered or numbered options, and these.

    Without at least two such options the text comes back whole, with none.
    """
    for pattern in (_LINE_KEY, _BRACKET_KEY, _BARE_KEY):
        keys = _consecutive(list(pattern.finditer(text)))
        if len(keys) >= 2 and (pattern is _LINE_KEY or _BEFORE_OPTIONS.search(text, 0, keys[0].start())):
            return _cut(text, keys, by_line=pattern is _LINE_KEY)
    return _bulleted(text)


def _consecutive(matches: Sequence[re.Match[str]]) -> list[re.Match[str]]:
    """Return the matches whose keys go A, B, C; a, b, c; or 1, 2, 3."""
    found: list[re.Match[str]] = []
    for match in matches:
        expected = (_next(found[-1].group(1)),) if found else ("A", "a", "1")
        if match.group(1) in expected:
            found.append(match)
    return found


def _next(key: str) -> str:
    return str(int(key) + 1) if key.isdigit() else chr(ord(key) + 1)


def _cut(text: str, keys: Sequence[re.Match[str]], *, by_line: bool) -> tuple[str, tuple[Option, ...]]:
    ends = [key.start() for key in keys[1:]] + [_last_end(text, keys[-1].end(), by_line=by_line)]
    options = tuple(
        Option(text=" ".join(text[key.end() : end].split()).rstrip(",;"), key=key.group(1))
        for key, end in zip(keys, ends, strict=True)
    )
    if not all(option.text for option in options):
        return text, ()
    before = _HEADING.sub("", text[: keys[0].start()].rstrip())
    return f"{before.strip()}\n\n{text[ends[-1] :].lstrip(' .;?').strip()}".strip(), options


def _last_end(text: str, start: int, *, by_line: bool) -> int:
    """Return where the last option ends: at its line's end, or before words on the answer's form."""
    line_end = text.find("\n", start)
    line_end = len(text) if line_end < 0 else line_end
    if by_line:
        return line_end
    form = _FORM_FOLLOWS.search(text, start, line_end)
    return form.start() if form else line_end


def _bulleted(text: str) -> tuple[str, tuple[Option, ...]]:
    lines = list(_BULLET.finditer(text))
    before = text[: lines[0].start()].rstrip() if lines else ""
    if len(lines) < 2 or not before.endswith(("?", ":")):
        return text, ()
    options = tuple(Option(text=line.group(1).strip()) for line in lines)
    return f"{_HEADING.sub('', before).strip()}\n\n{text[lines[-1].end() :].strip()}".strip(), options


def listed(text: str) -> tuple[Option, ...]:
    """Return the options that a list spells: what is quoted, else what commas, semicolons and "or" separate.

    Empty unless there are at least two, all of them short.
    """
    found = [item.strip() for item in _QUOTED_ITEM.findall(text)]
    if len(found) < 2:
        body = text.strip().rstrip(".?!").strip()
        parts = _HARD_SEPARATOR.split(body) if _HARD_SEPARATOR.search(body) else _items(body)
        found = [_LEAD.sub("", part).strip(" '\"`“”‘’") for part in parts]
    found = list(dict.fromkeys(item for item in found if item))
    short = all(len(item.split()) <= LONGEST_LISTED and not _ASKING.search(item) for item in found)
    return tuple(Option(text=item) for item in found) if len(found) >= 2 and short else ()


def _items(body: str) -> list[str]:
    """Split a list at its commas; where these are several, "and" and "or" separate its last two items only."""
    parts = _COMMA.split(body)
    if len(parts) < 3:
        return _SEPARATOR.split(body)
    *first, last = parts
    items = [*first, last] if _JOINED_LAST.match(last) else [*first, *_CONJUNCTION.split(last)]
    return _with_states(items)


def _with_states(items: Sequence[str]) -> list[str]:
    """Put a state behind the place that it belongs to; a list of states stays one."""
    joined: list[str] = []
    for item in items:
        if item in _STATES and joined and joined[-1] not in _STATES and joined[-1][:1].isupper():
            joined[-1] += f", {item}"
        else:
            joined.append(item)
    return joined


_AFTER_COLON = re.compile(
    r"\b(?:which|what|who|of these|following)\b[^:]{0,300}:\s*(.{3,1000})\?\s*$", re.IGNORECASE | re.DOTALL
)
_IN_BRACKETS = re.compile(r"\(([^()]{3,200}\bor\b[^()]{1,100})\)")
_BETWEEN = re.compile(
    r"^(?:between|of|out of|among) ([^,?]{1,120}? (?:and|or) [^,?]{1,120}), (?=which|who|what|whose)",
    re.IGNORECASE,
)
_AT_END = re.compile(r"[,:]\s*((?:[^,:?]{1,80},\s*){0,8}[^,:?]{1,80}?,?\s+or\s+[^,:?]{1,80})\?\s*$", re.IGNORECASE)
_ALTERNATIVES = re.compile(
    r"(['\"“`][^'\"“”`]{1,120}['\"”`])\s+or\s+(?:\w+ ){0,3}?(['\"“`][^'\"“”`]{1,120}['\"”`])", re.IGNORECASE
)
_NAME = r"([A-Z0-9][\w.'-]*(?: [A-Z0-9][\w.'-]*){0,4})"
_NAMES = re.compile(rf"(?<![\w'-]){_NAME} or (?:the )?{_NAME}")
_SIDE = "(before|after|above|below|earlier|later|more|less|inside|outside)"
_OPPOSITES = re.compile(rf"\b{_SIDE} or {_SIDE}\b", re.IGNORECASE)
_PAIR = re.compile(r"(?<!to )\b([\w.-]+) or ([\w.-]+)\?\s*$")
_STARTS_WITH_VERB = re.compile(
    r"^(?:is|are|was|were|do|does|did|has|have|had|can|could|will|would|should|must|may|might)\b", re.IGNORECASE
)


def offered(sentence: str) -> tuple[Option, ...]:
    """Return the options inside an asking sentence: after a colon, in brackets, or joined by "or" at its end."""
    sentence = sentence[-LONGEST_SENTENCE:]
    for pattern in (_AFTER_COLON, _IN_BRACKETS, _BETWEEN, _AT_END):
        match = pattern.search(sentence)
        options = listed(match.group(1)) if match and _is_list(match.group(1)) else ()
        if options:
            return options
    return _alternatives(sentence)


def _is_list(text: str) -> bool:
    shown = masked(text)
    return "," in shown or ";" in shown or " or " in shown or " and " in shown


def _alternatives(sentence: str) -> tuple[Option, ...]:
    """Return the two sides of an "or" between quotations or names, or that ends a question without "which"."""
    verb = _STARTS_WITH_VERB.match(sentence)
    patterns = (_ALTERNATIVES, _NAMES, _OPPOSITES, _PAIR) if verb else (_ALTERNATIVES, _NAMES)
    for pattern in patterns:
        match = pattern.search(sentence, verb.end() if verb else 0)
        if match and match.group(2).lower() != "not":
            sides = (side.strip("'\"“”`").rstrip("?.,") for side in match.groups())
            return tuple(Option(text=side) for side in sides)
    return ()
