"""Turn a question into search terms, and text into what is indexed of it.

Identifiers are searched whole and by their parts: parseConfig, parse_config and "parse config" find each other.
Limits: stop words and stems are English; parts are found in ASCII letters only.
"""

import re

_MOST_TERMS = 64
_WORD = re.compile(r"\w+")
_COMPOUND = re.compile(r"\b\w++(?:[-./:]\w++)+")
# An apostrophe inside a word is no quotation mark.
_QUOTED = re.compile(r"(?<!\w)'([^'\n]{3,80})'(?!\w)|\"([^\"\n]{3,80})\"|`([^`\n]{3,80})`")
_PART = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+|[^\W\d_a-zA-Z]+")
# What is rare stands first: an expression that joins the two is searched for three times as slowly.
_INNER_BORDERS = (re.compile(r"[A-Z](?<=[a-z].)"), re.compile(r"[A-Z][A-Z][a-z]"))
_KINDS = "function|method|class|struct|type|interface|trait|enum|constant|variable|macro|field|procedure"
_BEHIND_KIND = re.compile(rf"\b(?:{_KINDS})s? ([^\W\d]\w*+)")
_BEFORE_KIND = re.compile(rf"\b([^\W\d]\w*+) (?=(?:{_KINDS})\b)")
_LOOKS_CODED = re.compile(r"[a-z][A-Z]|[A-Z]{2}[a-z]|\w_\w|^_|^[A-Z]{3,}$")
_NUMBERS = "year|date|day|month|century|age|number|percentage|percent|version|value|size|port|amount|total"
_ASKS_NUMBER = re.compile(
    r"\bhow (?:many|much|long|old|far|fast|often|large|big|high|tall|deep)\b|\bwhen\b|"
    rf"\b(?:what|which|whose) (?:\w+ )?(?:{_NUMBERS})s?\b",
    re.IGNORECASE,
)
_STOP_WORDS = frozenset(
    """a about according after all also am an and any are as at be been before being between both but by can
    could did do does doing done document each for from further get give given had has have having he her here
    hers him his how i if in into is it its itself just list many may me might more most much must my name no nor
    not of off on once one only or other our out over own project repository s same shall she should so some such
    t tell text than that the their them then there these they this those through to too under up used using very
    was we were what when where which while who whom whose why will with would you your""".split()  # noqa: SIM905
)


def terms(query: str) -> list[str]:
    """Return the query's distinct content words, or all of its words if there are no others."""
    words: dict[str, None] = {}
    for word in _WORD.findall(storable(query)):
        for part in (word, *parts(word)):
            words.setdefault(part.lower())
    content = [word for word in words if word not in _STOP_WORDS and word.strip("_")]
    return (content or [word for word in words if word.strip("_")])[:_MOST_TERMS]


def parts(name: str) -> list[str]:
    """Return the words in an identifier: parse, Http and Config of parseHttp_Config."""
    return _PART.findall(name)


def phrases(query: str) -> list[str]:
    """Return what a query joins by hyphens, dots, slashes or quotation marks, as words that follow each other."""
    query = storable(query)
    found = _COMPOUND.findall(query) + ["".join(groups) for groups in _QUOTED.findall(query)]
    split = (" ".join(_WORD.findall(phrase)).lower().replace("_", " ").split() for phrase in found)
    return list(dict.fromkeys(" ".join(words) for words in split if len(words) > 1))[:_MOST_TERMS]


def names(query: str) -> set[str]:
    """Return the words of a query that name something in code: by their form, quotation marks or what they are."""
    found = {word for word in _WORD.findall(query) if _LOOKS_CODED.search(word)}
    beside = (*_BEHIND_KIND.findall(query), *_BEFORE_KIND.findall(query))
    found.update(name for name in beside if name.lower() not in _STOP_WORDS)
    found.update(word for groups in _QUOTED.findall(query) for word in _WORD.findall("".join(groups)))
    return found


def asks_number(query: str) -> bool:
    """Tell whether the answer to a question is likely to have digits."""
    return _ASKS_NUMBER.search(query) is not None


def inner_words(text: str) -> str:
    """Return the words inside the identifiers of a text, such as parse and config of parseConfig."""
    words: dict[int, int] = {}
    for border in _INNER_BORDERS:
        done = 0
        for match in border.finditer(text):
            if match.start() >= done:
                start, done = _word_around(text, match.start())
                words[start] = done
    return " ".join(part for start, end in words.items() for part in _PART.findall(text, start, end))


def _word_around(text: str, at: int) -> tuple[int, int]:
    start = end = at
    while start and text[start - 1].isalnum():
        start -= 1
    while end < len(text) and text[end].isalnum():
        end += 1
    return start, end


def storable(text: str) -> str:
    """Return the text without what SQLite refuses: NUL characters and lone surrogates."""
    return text.replace("\0", " ").encode("utf-8", "replace").decode("utf-8")
