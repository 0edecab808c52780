"""Take a question apart whose answer depends on another: "Where was the author of Dune born?".

``decompose`` gives the inner question first and puts {1}, {2}, ... in the later ones for the answers of those
before. Limits: English relative clauses (where, in which, who, that, whose), roles (the author of, Dune's author)
and at most four questions; a question that is none of these is not taken apart.
"""

import re
from collections.abc import Callable

from rao_cli.agent.finding.tokens import sentence_spans

MOST_HOPS = 4

_AUXILIARY = r"(?:is|are|was|were|did|does|do|has|have|had|can|could|will|would)"
_ASK = r"(?:(?:in|on|at|from|to|by|for|with|of) )?(?:who|whom|what|which|when|where|how|whose)\b"
_NOUN = r"(?P<noun>(?-i:[a-z][\w-]*(?: [a-z][\w-]*){0,2}?))"
_RELATIVE = r"(?P<relative>where|(?:in|on|at|to|from|by|for|of|with) (?:which|whom)|who|that|which|whose|whom)"
_AT_END = re.compile(
    rf"^(?P<outer>{_ASK} [^?]*?\b)(?:the|a|an) {_NOUN} {_RELATIVE} (?P<clause>[^?]+?)\??$", re.IGNORECASE
)
_INSIDE = re.compile(
    rf"^(?P<outer>{_ASK}(?: [\w-]+){{0,3}}? {_AUXILIARY} )(?:the|a|an) {_NOUN} {_RELATIVE} (?P<clause>[^?]+?)"
    r" (?P<rest>(?:(?:last|first|originally|later|now) )?[\w-]+(?: (?:in|from|to|at|on|of|by|for|with))?)\??$",
    re.IGNORECASE,
)
_ROLES = (
    "author|writer|director|founder|inventor|creator|maker|manufacturer|publisher|producer|composer|painter|singer|"
    "developer|designer|architect|discoverer|owner|captain|leader|head|president|chairman|mayor|king|queen|emperor|"
    "ruler|wife|husband|mother|father|son|daughter|brother|sister|spouse|child|successor|predecessor|teacher|"
    "student|boss|manager|editor|translator|birthplace|capital|home town|hometown|headquarters|employer|company"
)
_ROLE_OF = re.compile(
    rf"^(?P<outer>{_ASK}[^?]*? )the (?P<role>{_ROLES}) of (?P<name>[^?]+?)"
    r"(?P<rest> (?-i:born|live|lives|lived|die|died|buried|educated|founded|located|situated|built|made|work|"
    r"works|worked|come from|from|study|studied|marry|married|based|established|go|grow up))\??$",
    re.IGNORECASE,
)
_ROLE_WITHIN = re.compile(
    rf"^(?P<outer>{_ASK}[^?]*? of )the (?P<role>{_ROLES}) of (?P<name>[^?]+?)(?P<rest>)\??$", re.IGNORECASE
)
_OWNED_ROLE = re.compile(rf"\b(?P<name>[A-Z][\w.-]*(?: [A-Z][\w.-]*){{0,3}})['’]s (?P<role>{_ROLES})\b")
_SUBJECT_FIRST = re.compile(rf"^(?P<subject>.+?) (?P<auxiliary>{_AUXILIARY}) (?P<rest>.+)$")
_ASKS_NAME = re.compile(r"^(?:what|who|which) (?:is|are|was|were) (?:the )?(?:name of )?$", re.IGNORECASE)
_SUBJECT = re.compile(r"[A-Z]|(?:the|a|an|his|her|their|its|my|our|he|she|they|we|you|i)\b")
_CLAUSE = re.compile(r"\w the \w+ (?:who|whose|whom|where)\b")
_PERSONS = re.compile(r"\b(?:man|woman|person|boy|girl|spy|agent|guest|witness)s?$", re.IGNORECASE)


def decompose(question: str) -> list[str] | None:
    """Return the questions to answer one after another, the inner first, or None for one of a single step."""
    question = " ".join(_OWNED_ROLE.sub(r"the \g<role> of \g<name>", question).split())
    if len(list(sentence_spans(question))) != 1:
        return None
    for rule in _RULES:
        parts = rule(question)
        if parts:
            inner, outer = parts
            before = decompose(inner) or [inner]
            found = [*before, outer.replace("{}", "{" + str(len(before)) + "}")]
            return found if len(found) <= MOST_HOPS and not _CLAUSE.search(found[0]) else None
    return None


def _inside(question: str) -> tuple[str, str] | None:
    """Take out a clause in the middle: "In which year was the company that made Y founded?"."""
    found = _INSIDE.match(question)
    if not found or _ends_in_clause(found):
        return None
    inner = _asked(found.group("noun"), found.group("relative"), found.group("clause"))
    return inner, f"{found.group('outer')}{{}} {found.group('rest')}?"


def _ends_in_clause(found: re.Match[str]) -> bool:
    """Tell whether the last word belongs to the clause: what is asked already is, and needs no further verb."""
    outer, rest = found.group("outer").lower(), found.group("rest").lower()
    asks_what = re.match(r"(?:what|who|which) (?:is|are|was|were) $", outer) is not None
    verbless = not re.search(rf"\b{_AUXILIARY}\b|\w(?:ed|s|t|e|w|n)\b", found.group("clause"))
    return asks_what or verbless or not rest


def _at_end(question: str) -> tuple[str, str] | None:
    """Take out a clause at the end: "What is the code of the office in the city where X was seen?"."""
    found = _AT_END.match(question)
    if not found or _ASKS_NAME.match(found.group("outer")):
        return None
    inner = _asked(found.group("noun"), found.group("relative"), found.group("clause"))
    return inner, f"{found.group('outer')}{{}}?"


def _role(question: str) -> tuple[str, str] | None:
    """Take out a role: "Where was the author of X born?", "What is the capital of the birthplace of X?"."""
    found = _ROLE_OF.match(question) or _ROLE_WITHIN.match(question)
    if not found:
        return None
    person = found.group("role").lower() not in ("capital", "birthplace", "hometown", "home town", "headquarters")
    inner = f"{'Who' if person else 'What'} is the {found.group('role')} of {found.group('name')}?"
    return inner, f"{found.group('outer')}{{}}{found.group('rest')}?"


_RULES: tuple[Callable[[str], tuple[str, str] | None], ...] = (_inside, _at_end, _role)


def _asked(noun: str, relative: str, clause: str) -> str:
    """Return what a relative clause asks: "In which city was X seen?" of "the city where X was seen"."""
    relative = relative.lower()
    if relative == "whose":
        return f"Whose {clause}?"
    if relative in ("that", "which", "whom") and _SUBJECT.match(clause):
        return f"Which {noun} is it that {clause}?"
    if relative in ("who", "that", "which", "whom"):
        return f"{'Who' if relative == 'who' or _PERSONS.search(noun) else f'Which {noun}'} {clause}?"
    preposition = "In" if relative == "where" else relative.split()[0].capitalize()
    turned = _SUBJECT_FIRST.match(clause)
    if not turned:
        return f"{preposition} which {noun} {clause}?"
    return f"{preposition} which {noun} {turned['auxiliary']} {turned['subject']} {turned['rest']}?"
