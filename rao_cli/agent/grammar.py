"""GBNF grammars for actions: what an agent may emit at a step, and nothing else.

Fields have one fixed order and no optional white space, so every forced character costs nothing to think about
and completions are comparable. Entry numbers are spelled out, so a number that the view lacks cannot be written.
Lists and patterns are no longer than ``actions`` accepts.
"""

import json
from collections.abc import Iterable
from functools import lru_cache

from rao_cli.agent.records import Returns

ActionName = str

_STRINGS = r"""
string ::= "\"" char* "\""
char ::= [^"\\\x00-\x1f\x7f] | "\\" ["\\/nt]
digits ::= "\"" "-"? [0-9]+ ("." [0-9]+)? "\""
pattern ::= "\"" char{1,200} "\""
cites ::= number ("," number){0,7}
"""

PROSE = r"root ::= [^\x00-\x1f\x7f]+" + "\n"
"""Free text on one line."""

_RULES = {
    "answer": r'"{\"action\":\"answer\",\"answer\":" VALUE ",\"cite\":[" cites "]}"',
    "absent": r'"{\"action\":\"absent\"}"',
    "delegate": (
        r'"{\"action\":\"delegate\",\"to\":[" target ("," target){0,63} '
        r'"],\"returns\":\"" returns "\",\"combine\":\"" combine "\"}"'
    ),
    "search": r'"{\"action\":\"search\",\"pattern\":" pattern ",\"scope\":[" (numbers)? "]}"',
}

_BRIEF = {
    "delegate": (
        r'"{\"action\":\"delegate\",\"to\":[{\"sections\":[" number "]}" '
        r'(",{\"sections\":[" number "]}"){0,7} "]}"'
    ),
}

_DELEGATE = r"""
target ::= "{\"sections\":[" numbers "],\"goal\":" string ",\"facts\":[" (string ("," string){0,7})? "]}"
returns ::= "text" | "number" | "list" | "choice"
combine ::= "best" | "list" | "sum" | "min" | "max" | "count" | "vote" | "merge"
"""


@lru_cache(maxsize=256)
def action_grammar(
    actions: tuple[ActionName, ...],
    entries: int,
    returns: Returns = "text",
    choices: tuple[str, ...] = (),
    *,
    brief: bool = False,
) -> str:
    """Return the GBNF for the given actions over a view with ``entries`` numbered entries (at least one).

    An answer is one of the ``choices``, where there are any. ``brief`` delegation names sections and nothing else.

    Raises ValueError for an unknown action.
    """
    unknown = set(actions) - set(_RULES)
    if unknown or not actions:
        raise ValueError(f"no such action: {', '.join(sorted(unknown)) or 'none given'}")
    value = "digits" if returns == "number" else "string"
    if choices:
        value = "(" + " | ".join(literal(json.dumps(choice, ensure_ascii=False)) for choice in choices) + ")"
    lines = [f"root ::= {' | '.join(actions)}"]
    rules = _RULES | (_BRIEF if brief else {})
    lines += [f"{name} ::= {rules[name].replace('VALUE', value)}" for name in actions]
    lines.append(f'numbers ::= number ("," number){{0,63}}\nnumber ::= {_alternatives(range(1, entries + 1))}')
    if "delegate" in actions and not brief:
        lines.append(_DELEGATE.strip())
    return "\n".join(lines) + _STRINGS


def literal(text: str) -> str:
    """Write text as a literal of a grammar."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def _alternatives(numbers: Iterable[int]) -> str:
    return " | ".join(f'"{number}"' for number in numbers)
