"""Understand a question that leans on the one before it, by rule, where that is sure.

    following("And when was it built?", Turn(question="Who built the bridge?", answer="Ada"))
        ->  "When was the bridge built?"

Recognised, and put into words that stand alone:

- it, its, they, them, their: what the question before was about ("the bridge"; "the pump" of "the price of the
  pump"); he, she, him, his, her: the person that answered it, or the only name in it;
- what about X, how about X, and X: the question before with X in place of what it was about; where X is its or the
  price, author and the like, what that is;
- and in 1995, and 1995: the question before with another year;
- and when, where, why, how, by whom: the question before, asked so.

Everything else stays as it was typed: a question with a thing of its own before the pronoun ("If the lid is open,
does it ..."), "it" that means nothing ("is it possible to"), a question after one that named two things or asked
which thing did something. ``asks_place`` tells a question on where the last answer stands, which needs no reading.
Limits: English; one question back; what was talked about is told by the rules of subjects.py.
"""

import re

from rao_cli.agent.question import vocabulary as v
from rao_cli.agent.question.subjects import MEASURES, PRONOUNS, begins_noun, is_name, is_named, noun_size, subject
from rao_cli.agent.records import Record

LONGEST = 240
"""Characters beyond which a question is not taken to lean on another."""

_LEAD = re.compile(r"^(?:(?:ok(?:ay)?|and|but|so|then|also|now|well)\b,?\s+)+", re.IGNORECASE)
_END = re.compile(r"[\s?!.]+$")
_THING = re.compile(r"\b(?P<word>it|they|them)\b(?!['’-])", re.IGNORECASE)
_PERSON = re.compile(r"\b(?P<word>he|she|him|her(?!\s+\w))\b(?!['’-])", re.IGNORECASE)
_THINGS_OWN = re.compile(r"\b(?:its|their)\s+(?P<what>[\w-]+(?: [\w-]+)*)", re.IGNORECASE)
_PERSONS_OWN = re.compile(r"\b(?:his|her)\s+(?P<what>[\w-]+(?: [\w-]+)*)", re.IGNORECASE)
_MANY = re.compile(r"\b(?:they|them|their)\b", re.IGNORECASE)
_EMPTY = re.compile(
    r"\bit (?:\w+ ){1,3}(?:to|that|if|whether)\b|\bit mean for\b"
    r"|\b(?:does|did|will|would) it take\b|\btime (?:is|was) it\b"
    r"|\bit (?:seems?|appears?|rains?|snows?)\b|\bis it that\b",
    re.IGNORECASE,
)
_WHOLE = re.compile(rf"\b(?:the|this|that|these) (?:{v.WHOLE}|manual|guide|handbook|author)\b", re.IGNORECASE)
_ABOUT = re.compile(r"^(?:what|how) (?:about|of) (?P<thing>.+)$", re.IGNORECASE)
_OWN = re.compile(r"^(?:its|their|his|her|the) (?P<what>(?:[\w-]+ )?[\w-]+)$", re.IGNORECASE)
_YEAR = re.compile(r"^(?:(?P<word>in|since|before|after|by|until|from) )?(?P<year>[12]\d{3})$", re.IGNORECASE)
_ANY_YEAR = re.compile(r"\b(?:(?:in|since|before|after|by|until|from) )?[12]\d{3}\b", re.IGNORECASE)
_ANYONE = frozenset({"i", "you", "we", "people", "someone", "anyone"})
_ASKS = re.compile(rf"(?!ha[sd]|have){v.VERB}")
_VERB_LATER = re.compile(r"\b(?:do|does|did|can|could|will|would|should|must)\b", re.IGNORECASE)
_OBJECT = re.compile(r"(?:it|them|him|her(?! \w))\b", re.IGNORECASE)
_BARE = re.compile(r"^(?P<word>when|where|why|how|by whom)(?: exactly| then)?$", re.IGNORECASE)
_ADVERBIAL = re.compile(
    rf"^(?:when|where|why|how|(?:in|on|at|by) (?:what|which|whom)(?: \w+)?) (?P<rest>{v.VERB} .+)$", re.IGNORECASE
)
_WHO_DID = re.compile(r"^who (?P<did>\w+) (?P<what>.+)$", re.IGNORECASE)
_DONE = {
    **{"wrote": "written", "took": "taken", "gave": "given", "drew": "drawn", "began": "begun", "chose": "chosen"},
    **{
        word: word for word in ("built", "made", "held", "found", "founded", "led", "won", "sold", "bought", "set")
    },
}
_ROLE = re.compile(rf"^(?:\w+ )?(?:{v.MAKER}|publisher|architect|designer|manufacturer|maker)$", re.IGNORECASE)
_MEASURE = re.compile(rf"^(?:[\w-]+ )?{v.any_of(MEASURES)}$", re.IGNORECASE)
_WHICH = re.compile(
    r"^(?:(?:in|on|at|for|from|to|with|by) )?(?:which|what) (?!is\b|are\b|was\b|were\b|do\b|does\b|did\b)\w+",
    re.IGNORECASE,
)
_MADE_BY = re.compile(r"^what (?:do|does|did) (?:.+) (?!do$|mean$|say$|contain$|look like$)\w+$", re.IGNORECASE)
_WHO = re.compile(r"^(?:(?:by|to|for|from|with) )?(?:who|whom|whose)\b|\bname of the\b", re.IGNORECASE)
_PLACE_KINDS = r"(?P<kind>page|line|file|section|chapter|slide|sheet|document|source)s?(?: numbers?)?"
_SAYS = r"(?:it|that|this|he|she|they|you|the answer)"
_SO = "(?:so|it|that|this)"
_PLACE = re.compile(
    rf"^(?:(?:on|in|at|from) )?(?:which|what) {_PLACE_KINDS}"
    rf"(?: (?:(?:is|was|are) {_SAYS}|(?:does|did|do) {_SAYS} (?:say|state|stand|come|find|get|read)(?: {_SO})?)"
    r"(?: (?:on|in|at|from|written|said|stated|found|mentioned|there))?)?$"
    rf"|^where (?:exactly )?(?:is|was|does|do|did) {_SAYS}"
    rf" (?:say(?: {_SO})?|stand|stated?|written|said|mentioned|come from|from|(?:find|get|read) {_SO})$"
    r"|^(?:says who|(?:what(?:'s| is) )?(?:the|your) source)$",
    re.IGNORECASE,
)


class Turn(Record):
    """A question as it was understood, and the answer it got; empty where nothing was found."""

    question: str
    answer: str = ""


def following(question: str, before: Turn | None) -> str:
    """Return a question in words that stand alone, where it surely leans on the one before; else as it is."""
    if before is None or len(question) > LONGEST:
        return question
    bare = _END.sub("", _LEAD.sub("", question.strip()))
    understood = _about(bare, question, before) or _asked_so(bare, before) or _spelled_out(bare, before)
    return f"{understood[0].upper()}{understood[1:]}?" if understood else question


def asks_place(question: str) -> str | None:
    """Return what kind of place of the last answer is asked for, "" for any; None where it is not asked for."""
    match = _PLACE.match(_END.sub("", _LEAD.sub("", question.strip())))
    return (match["kind"] or "").lower() if match else None


def _about(bare: str, question: str, before: Turn) -> str | None:
    match = _ABOUT.match(bare)
    if not match and not (_LEAD.match(question.strip()) and len(bare.split()) <= 5 and _names_only(bare)):
        return None
    thing = match["thing"].strip() if match else bare
    year = _YEAR.match(thing)
    if year:
        return _with_year(before.question, thing)
    own = _OWN.match(thing)
    if own and (_MEASURE.match(own["what"]) or _ROLE.match(own["what"])):
        return _measure(own["what"], thing, before)
    return _with_subject(before.question, thing)


def _names_only(bare: str) -> bool:
    """Tell whether words name something and say nothing of it."""
    words = bare.split()
    return bool(words) and (
        begins_noun(words[0])
        or words[0].lower() in {"its", "their", "his", "her"}
        or _YEAR.match(bare) is not None
    )


def _with_year(question: str, year: str) -> str | None:
    years = list(_ANY_YEAR.finditer(question))
    if len(years) != 1:
        return None
    word = years[0].group().rpartition(" ")[0]
    told = year if " " in year or not word else f"{word} {year}"
    return _END.sub("", question[: years[0].start()] + told + question[years[0].end() :])


def _measure(what: str, thing: str, before: Turn) -> str | None:
    person = thing.lower().startswith(("his ", "her "))
    owner = _person(before) if person else subject(before.question)
    if owner is None:
        return None
    asks = "who" if _ROLE.match(what) else "what"
    verb = "are" if what.endswith("s") else "is"
    return f"{asks} {verb} the {what} of {owner}"


def _with_subject(question: str, thing: str) -> str | None:
    """Return the question on another thing of the same sort: a name for a name, "the filter" for "the pump"."""
    old, words = subject(question), thing.split()
    if old is None or not words or len(words) > 6 or question.count(old) != 1:
        return None
    article = words[0].lower() in {"the", "a", "an"}
    alike = article == (old.split()[0].lower() in {"the", "a", "an"}) or is_name(thing)
    owned = {word.lower() for word in words} & PRONOUNS
    if not alike or owned or not begins_noun(words[0]):
        return None
    return _END.sub("", question.replace(old, thing))


def _asked_so(bare: str, before: Turn) -> str | None:
    """Return the question before with another question word: "Who built X?", "When?" - "When was X built?"."""
    match, asked = _BARE.match(bare), _END.sub("", before.question.strip())
    if not match:
        return None
    adverbial = _ADVERBIAL.match(asked)
    if adverbial:
        return f"{match['word']} {adverbial['rest']}"
    who = _WHO_DID.match(asked)
    thing = subject(asked)
    if not who or thing is None or who["what"] != thing:
        return None
    did = who["did"].lower()
    done = _DONE.get(did, did if did.endswith("ed") else "")
    return f"{match['word']} was {thing} {done}" if done else None


def _spelled_out(bare: str, before: Turn) -> str | None:
    """Return a question with what its pronouns stand for."""
    for pronoun, own, referent in ((_PERSON, _PERSONS_OWN, _person), (_THING, _THINGS_OWN, _thing)):
        first = min((m.start() for m in (pronoun.search(bare), own.search(bare)) if m), default=None)
        if first is None:
            continue
        found = referent(before) if _leans(bare, first) and not _EMPTY.search(bare) else None
        if found is None or (_MANY.search(bare) and not found.endswith("s")) or _names_again(bare, found):
            return None
        return _filled(bare, pronoun, own, found)
    return None


def _filled(bare: str, pronoun: re.Pattern[str], own: re.Pattern[str], found: str) -> str:
    """Return a question with what was found in the pronoun's place."""
    whole = _VERB_LATER.search(bare) is None
    return pronoun.sub(lambda _: found, own.sub(lambda match: _owned(match["what"], found, whole=whole), bare))


def _owned(what: str, owner: str, *, whole: bool) -> str:
    """Return "the price of the pump" for "its price"; "the pump's" where a verb may stand in it."""
    words = what.split()
    size = noun_size(words)
    if size > 2 or not whole:
        return f"{owner}'s {what}"
    return " ".join(("the", *words[:size], "of", owner, *words[size:]))


def _names_again(bare: str, found: str) -> bool:
    """Tell whether a question names already what its pronoun would stand for."""
    return bool(
        {word for word in bare.split() if is_named(word)} & {word for word in found.split() if is_named(word)}
    )


def _leans(bare: str, start: int) -> bool:
    """Tell whether nothing that is named before the pronoun at ``start`` can be what it means.

    It stands right behind the verb that asks ("is it", "can I open it"), or what asks does something to it ("who
    wrote it"), or it is in an order.
    """
    before = _WHOLE.sub("someone", bare[:start]).lower().split()
    if not before or "," in bare[:start]:
        return False
    asks = next((n for n, word in enumerate(before) if _ASKS.fullmatch(word)), None)
    if asks is not None:
        behind = before[asks + 1 :]
        return not behind or behind[0] in _ANYONE
    size = 3 if before[0] == "which" else 2
    done_to_it = before[0] in {"who", "what", "which"} and len(before) == size and _OBJECT.match(bare[start:])
    ordered = len(before) <= 4 and re.fullmatch(v.ORDER, before[0])
    return bool(done_to_it or ordered) or " ".join(before) in {"what happened to", "what happens to"}


def _thing(before: Turn) -> str | None:
    """Return what a question was about, unless what it asked for may be meant as well."""
    asked = _END.sub("", before.question.strip())
    if _WHICH.match(asked) or _MADE_BY.match(asked):
        return None
    return subject(asked)


def _person(before: Turn) -> str | None:
    """Return who answered a question, or else the only name in it; None where both may be meant."""
    about = subject(before.question)
    asks_who = _WHO.search(before.question) is not None
    answered = before.answer if asks_who and len(before.answer.split()) <= 5 and is_name(before.answer) else None
    other = re.match(r"^who(?:m)? (?:do|does|did)\b", before.question, re.IGNORECASE) is not None
    if answered:
        return None if other else answered
    return about if about and is_name(about) and not asks_who else None
