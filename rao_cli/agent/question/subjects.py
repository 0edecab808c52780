"""Find what a question is about: the one thing or person that a next question may call "it" or "she".

    subject("How much does the pump weigh?")  ->  "the pump"
    subject("What is the price of the pump?")  ->  "the pump"
    subject("Who wrote Moby Dick?")  ->  "Moby Dick"

Only what is sure is found; None is the usual outcome for long and nested questions. Limits: English; without a
dictionary, names are told by capitals and signs, and where a noun ends and its verb begins by common verbs.
"""

import re
from collections.abc import Sequence

from rao_cli.agent.question import vocabulary as v
from rao_cli.agent.question.sentences import quoted


def _set(words: str) -> frozenset[str]:
    return frozenset(words.split())


LONGEST = 8
"""Words of a subject."""
DETERMINERS = _set("the a an this that these those")
PRONOUNS = _set(
    "it its they them their theirs he him his she her hers this that these those i you we us me my your our "
    "one there here"
)
MEASURES = (
    "price prices cost costs weight height length width depth size age speed population area temperature capacity "
    "volume colour color name title purpose meaning author writer director founder inventor owner maintainer "
    "capital mayor birthplace publisher architect designer manufacturer maker date year birthday"
)
"""What a thing or person has, and what nobody asks about in its own right."""
_ASKING = re.compile(rf"{v.ASKS}$|how$", re.IGNORECASE)
_BE = _set("is are was were 's")
_DO = _set("does do did can could will would should must may has have had")
_VERBS = _set(
    "accept affect allow apply appear arrive ask become begin belong break bring burn buy call carry cause "
    "change check choose clean close come connect consist contain control cost count cover create cut deal "
    "deliver depend describe design develop die do draw drink drive eat end exist expire explain fail fall "
    "fill find finish fly follow get give go grow handle happen have hold implement import include install "
    "keep know last lead learn leave let lie like live look lose make marry mean measure meet move need occur "
    "open own pass pay play print produce propose protect provide publish put reach read receive refer "
    "register remove replace represent require reset return rise run say see sell send serve set show sleep "
    "sound spend stand start stay stop store study support take teach tell think throw touch travel try turn "
    "understand use vary wait want watch wear weigh win work write"
)
_PARTICIPLES = _set(
    "built made held found led won written born known set sold bought sent kept lost seen taken given driven "
    "drawn grown shown thrown worn torn begun run done put cut meant spent laid paid said told taught caught "
    "broken chosen spoken stolen hidden forgotten spelled"
)
_PREPOSITIONS = _set(
    "about above as at before behind below between beyond by during for from in inside into like near on onto "
    "over through to under until via with within without"
)
_MONTHS = _set("january february march april may june july august september october november december")
_NO_THING = _set("wrong right new next possible allowed required needed missing left true different")
_CLAUSE = _set("that which who whom whose where when while if because after before during since until and or but")
_NESTED = _set("when if because after before while until")
_RELATIVE = _set("who whom whose where which")
_JOINS = _set("of the de la van von der del di du")
_MEASURE_OF = re.compile(rf"^(?:the|a|an) (?:[\w-]+ )?{v.any_of(MEASURES)} of (?P<owner>.+)$", re.IGNORECASE)
_OWNED = re.compile(rf"^(?P<owner>.+?)['’]s? (?:[\w-]+ )?{v.any_of(MEASURES)}$", re.IGNORECASE)
_AMOUNT_IN = re.compile(
    r"^how (?:many|much) .+? (?:are|is|were|was) (?:there )?(?:in|on|at) (?P<place>.+)$", re.IGNORECASE
)


def subject(question: str) -> str | None:
    """Return what a question is about, in its own words; None where that is not sure."""
    found = _subject(question.strip().rstrip(" ?!."))
    if found is None or len(found.split()) > LONGEST:
        return None
    words = {word.lower().strip(",;:") for word in found.split()}
    return None if words & ((PRONOUNS - DETERMINERS) | {"and", "or"}) or "," in found else found


def _subject(question: str) -> str | None:
    quotations = quoted(question)
    if quotations:
        at = question.find(quotations[0])
        return question[at - 1 : at + len(quotations[0]) + 1] if len(quotations) == 1 else None
    amount = _AMOUNT_IN.match(question)
    if amount:
        return _noun(amount["place"].split())
    words = question.split()
    if not words or _NESTED & {word.lower() for word in words[1:]} or _RELATIVE & {*words[2:]}:
        return None
    return owner(_framed(words) or _only_name(words) or _last_noun(words))


def owner(phrase: str | None) -> str | None:
    """Return what a measure is of: "the price of the pump" is about the pump; other phrases stay."""
    match = phrase and (_MEASURE_OF.match(phrase) or _OWNED.match(phrase))
    return owner(match["owner"]) if match else phrase


def is_name(phrase: str) -> bool:
    """Tell whether a phrase is a name or a word of code, with nothing around it."""
    words = phrase.split()
    return bool(words) and is_named(words[0]) and all(is_named(word) or word in _JOINS for word in words)


def is_named(word: str) -> bool:
    """Tell whether a word is part of a name, a number or a word of code: by a capital, a digit or a sign."""
    core = word.strip("\"'“”‘’`()[],;:")
    if core == "I":
        return False
    signs = core.startswith("-") or any(sign in core[1:-1] for sign in "_./:()@#") or core.endswith("()")
    return bool(core) and (core[0].isupper() or signs or any(sign.isdigit() for sign in core))


def begins_noun(word: str) -> bool:
    """Tell whether a word begins a noun phrase for sure."""
    return word.lower() in DETERMINERS or is_named(word)


def _framed(words: Sequence[str]) -> str | None:
    """Return the noun phrase that a question's form shows: behind its verb, or between its verbs."""
    if words[0].lower() in _BE | _DO:
        return _noun(words[1:]) if words[0].lower() in _BE else _before_verb(words[1:])
    at = next((n for n, word in enumerate(words) if n and word.lower() in _BE | _DO), 0)
    if at and _ASKING.match(words[0]) and words[at].lower() in _BE:
        return _noun(words[at + 1 :]) or (_bare(words[at + 1 :]) if at == 1 else None)
    if at and _ASKING.match(words[0]):
        return _before_verb(words[at + 1 :])
    if len(words) > 2 and words[0].lower() in {"who", "what"}:
        return _noun(words[2:])
    return None


def _bare(words: Sequence[str]) -> str | None:
    """Return what a question asks of that names a thing without an article and says no more: "What is zsh?"."""
    plain = len(words) == 1 and words[0].isalnum() and words[0].lower() not in _NO_THING | PRONOUNS
    return words[0] if plain and not words[0].endswith("ed") else None


def _before_verb(words: Sequence[str]) -> str | None:
    end = next((n for n, word in enumerate(words) if n and word.lower() in _VERBS), 0)
    named = next((n for n, word in enumerate(words) if not (is_named(word) or word in _JOINS)), 0)
    if named and is_named(words[0]):
        return None if _is_owner(words[named - 1]) else " ".join(words[:named])
    return _noun(words[:end]) if end else None


def _noun(words: Sequence[str]) -> str | None:
    """Return the noun phrase that words begin with; it ends before what is said of it."""
    if not words or not begins_noun(words[0]):
        return None
    end = noun_size(words)
    if end < len(words) and (words[end].lower() in {"and", "or"} or _goes_on(words, end)):
        return None
    phrase = words[:end]
    return " ".join(phrase) if len(phrase) > 1 or is_named(phrase[0]) else None


def noun_size(words: Sequence[str]) -> int:
    """Return how many words the noun phrase has that words begin with, at least one."""
    return next((n for n in range(1, len(words)) if _ends_noun(words, n)), len(words))


def _ends_noun(words: Sequence[str], at: int) -> bool:
    word = words[at].lower().strip(",;:")
    if is_named(words[at]):
        return False
    if word in _PREPOSITIONS:
        return _goes_on(words, at) or at + 1 == len(words) or _is_time(words[at + 1])
    return word in _CLAUSE | _BE | _DO or word in _PARTICIPLES or (word.endswith("ed") and len(word) > 3)


def _goes_on(words: Sequence[str], at: int) -> bool:
    """Tell whether a preposition leads on to something that is neither a noun phrase for sure nor a time."""
    leads = words[at].lower() in _PREPOSITIONS and at + 1 < len(words)
    return leads and not begins_noun(words[at + 1]) and not _is_time(words[at + 1])


def _is_time(word: str) -> bool:
    return word[0].isdigit() or word.lower().strip(",") in _MONTHS


def _only_name(words: Sequence[str]) -> str | None:
    """Return the only name that stands in a question, whatever its form."""
    named = [n for n, word in enumerate(words) if n and is_named(word)]
    if not named:
        return None
    first, last = named[0], named[-1]
    phrase = " ".join(words[first : last + 1])
    part = words[first - 1].lower() in DETERMINERS and last + 1 < len(words) and not _ends_noun(words, last + 1)
    return phrase if is_name(phrase) and not part and not _is_owner(words[last]) else None


def _is_owner(word: str) -> bool:
    return word.endswith(("'s", "’s"))


def _last_noun(words: Sequence[str]) -> str | None:
    """Return the only thing that is named with an article, where a question ends with it and no verb follows."""
    starts = [n for n, word in enumerate(words) if word.lower() in {"the", "a", "an"}]
    if starts and words[starts[0] - 1].lower() in _DO:
        return None
    return _noun(words[starts[0] :]) if len(starts) == 1 and len(words) - starts[0] <= 4 else None
