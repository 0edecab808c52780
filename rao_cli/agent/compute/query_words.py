"""Cut a question on records into tokens, and know the words that say what is asked: how many, most, first, than.

Limits: the words are English ones. A question is cut by rules that take time linear in it.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from rao_cli.documents.data.times import moment

TokenKind = Literal["word", "quoted", "number", "date", "mark"]

_MONTH = r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]{0,6}\.?"
_CLOCK = r"\d{1,2}:\d\d(?::\d\d(?:[.,]\d{1,9})?)?(?: ?[ap]\.?m\b\.?)?"
_DATE = (
    rf"\d{{4}}-\d\d-\d\d(?:[T ]{_CLOCK})?|\d{{1,2}}/[A-Za-z]{{3}}/\d{{4}}(?::{_CLOCK})?"
    rf"|{_MONTH} \d{{1,2}}(?:st|nd|rd|th)?(?!\d)(?:,? \d{{4}})?(?:,? (?:at )?{_CLOCK})?"
    rf"|\d{{1,2}}(?:st|nd|rd|th)?(?: of)? {_MONTH}(?:,? \d{{4}})?(?:,? (?:at )?{_CLOCK})?"
    rf"|{_MONTH} \d{{4}}|\d{{1,2}}/\d{{1,2}}/\d{{4}}|(?<=in )(?:19|20)\d\d(?!\d)|{_CLOCK}"
)
_INSIDE = r"{1,300}?"
_TOKEN = re.compile(
    rf"(?<!\w)(?:'(?P<a>[^\n]{_INSIDE})'|\"(?P<b>[^\"\n]{_INSIDE})\"|“(?P<c>[^”\n]{_INSIDE})”"
    rf"|‘(?P<d>[^\n]{_INSIDE})’|`(?P<e>[^`\n]{_INSIDE})`|«(?P<f>[^»\n]{_INSIDE})»)(?!\w)"
    rf"|(?<![\w/.])(?P<date>{_DATE})(?![\w/])"
    r"|(?P<number>[-+]?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?)(?=[\s,;:?!)%]|\.(?:\s|$)|$)"
    r"|(?P<word>(?:[^\s,;:?!()\"“”]|[,:;](?=\S)|['’](?=\w))+)|(?P<mark>[,;:?!()])",
    re.IGNORECASE,
)


def words(text: str) -> frozenset[str]:
    """Return the words of a text, each once."""
    return frozenset(text.split())


OPERATORS: dict[str, tuple[str, ...]] = {
    "count": (
        "how many",
        "how many times",
        "how often",
        "how frequently",
        "number of",
        "number of times",
        "total number of",
        "count of",
        "count",
    ),
    "distinct": ("distinct", "different", "unique", "separate"),
    "most": (
        "most",
        "most often",
        "most frequently",
        "most frequent",
        "most common",
        "most commonly",
        "commonest",
        "most numerous",
        "most active",
        "busiest",
        "largest number of",
        "greatest number of",
        "highest number of",
        "biggest number of",
        "highest count",
        "highest count of",
        "more often than any other",
        "more than any other",
        "dominant",
    ),
    "least": (
        "least",
        "least often",
        "least frequently",
        "least frequent",
        "least common",
        "least commonly",
        "least active",
        "fewest",
        "rarest",
        "smallest number of",
        "lowest number of",
        "lowest count",
    ),
    "first": ("first",),
    "last": ("last", "final", "very last"),
    "earliest": ("earliest", "oldest"),
    "latest": ("latest", "most recent", "newest"),
    "max": ("highest", "maximum", "max", "greatest", "top", "peak"),
    "max size": ("largest", "biggest"),
    "max long": ("longest", "slowest"),
    "max price": ("most expensive", "costliest"),
    "min": ("lowest", "minimum", "min", "least value"),
    "min size": ("smallest",),
    "min long": ("shortest", "fastest", "quickest"),
    "min price": ("cheapest", "least expensive"),
    "sum": ("sum of", "sum", "total", "total of", "combined", "sum total of"),
    "overall": (
        "in total",
        "in all",
        "altogether",
        "overall",
        "all together",
        "together",
        "all in all",
        "summed up",
    ),
    "mean": ("average", "mean", "on average", "arithmetic mean"),
    "share": ("percentage", "percent", "share", "fraction", "proportion", "%", "what percentage of"),
    "more": (
        "more",
        "more often",
        "more frequent",
        "more frequently",
        "more common",
        "more commonly",
        "more numerous",
        "higher number of",
        "greater number of",
        "larger number of",
    ),
    "fewer": (
        "fewer",
        "less often",
        "less frequent",
        "less frequently",
        "less common",
        "rarer",
        "smaller number of",
        "lower number of",
    ),
    "gap": ("difference between", "difference in", "difference"),
    "than": ("than",),
    "and": ("and", "as well as", "both"),
    "or": ("or", "either", "versus", "vs"),
    "above": (
        "more than",
        "greater than",
        "larger than",
        "bigger than",
        "higher than",
        "over",
        "above",
        "longer than",
        "exceeding",
        "exceeded",
        "exceeds",
        "exceed",
    ),
    "below": ("less than", "fewer than", "smaller than", "lower than", "under", "below", "shorter than"),
    "at least": ("at least", "no less than", "not less than", "no fewer than"),
    "at most": ("at most", "no more than", "not more than", "up to"),
    "nth 2": ("second",),
    "nth 3": ("third",),
    "nth 4": ("fourth",),
    "before": ("before", "earlier than", "prior to"),
    "after": ("after", "later than"),
    "since": ("since", "on or after", "from", "starting from", "starting on"),
    "until": ("until", "on or before", "up to and including"),
    "between": ("between",),
    "not": (
        "not",
        "doesn't",
        "don't",
        "didn't",
        "isn't",
        "aren't",
        "wasn't",
        "weren't",
        "without",
        "other than",
        "except",
        "excluding",
        "not containing",
        "not contain",
        "not have",
        "no",
    ),
    "which": ("which", "what", "whose"),
    "starts": ("start with", "starts with", "starting with", "begin with", "begins with", "beginning with"),
    "ends": ("end with", "ends with", "ending with"),
    "word": ("word", "the word", "whole word"),
    "who": ("who", "whom"),
    "when": ("when", "at what time", "at which time"),
    "how long": ("how long",),
    "how much": ("how much", "how big", "how large", "how high"),
    "any": ("is there", "are there", "was there", "were there", "did any", "does any", "do any"),
    "it": ("it", "that date", "that day", "then", "this date", "that time"),
    "these": ("these", "the following", "following", "of these", "those"),
    "two": ("of the two", "of the three", "of the four", "of these two", "of both"),
    "kind": ("kind", "kinds", "type", "types", "kind of line", "kinds of line", "kinds of lines", "types of line"),
}
"""Words that say what is computed, by the operation that they stand for."""

FILLERS = words(
    """a an the of in is are was were be been do does did there this that its has have had having by for to at
    on with as i me please tell give name find state report list identify determine compute calculate appear
    appears appeared appearing occur occurs occurred occurring exist exists contain contains contained
    containing include includes included including got get gets getting made make makes making come comes
    came coming returned returning return returns received receive receives resulted result results resulting
    show shows shown showing logged log logs written recorded found seen mention mentions mentioned
    mentioning listed named naming called carry carries say says saying belong belongs belonging sent send
    sends done produced produce generated issued used using use requested accessed visited hit equal equals
    equalling value values all only just exactly one some any you your can if their his her them they where
    dated marked tagged labelled labeled describing described concerning about regarding related stand stands
    whole entire full given text texts match matches matching happened happen happens spoken speak speaks
    spoke being number code response many much ones same answer took take takes wrote write writes writing
    placed ask asks asked asking submitted filed posted entered ordered bought purchased registered raised
    reported among joined within across during inside over itself respectively existed present saw sees
    responsible contributed caused cover covers span spans server site website but tried attempted ended
    phrase string term expression duration length = =="""
)
"""Words that may stand in a question on records without changing what is computed."""


@dataclass(frozen=True, slots=True)
class Token:
    """A word, number, date, quotation or mark of a question; ``text`` is without quotation marks."""

    kind: TokenKind
    text: str

    @property
    def key(self) -> str:
        """Return what is compared: a word in lower case and singular; a quotation never equals a word."""
        return singular(self.text.lower()) if self.kind in ("word", "number", "mark") else ""


def tokens(text: str) -> list[Token]:
    """Return the tokens of a text in order."""
    return list(_tokens(text))


def _tokens(text: str) -> Iterator[Token]:
    for match in _TOKEN.finditer(text):
        if match["word"]:
            yield from _word(match["word"])
        elif match["mark"]:
            yield Token("mark", match["mark"])
        elif match["number"]:
            yield Token("number", match["number"])
        elif match["date"]:
            yield Token("date" if moment(match["date"]) is not None else "word", match["date"])
        else:
            quoted = next(match[name] for name in "abcdef" if match[name])
            yield Token("quoted", quoted)


def _word(word: str) -> Iterator[Token]:
    """Yield a word without the marks around it, and the full stop after it."""
    bare = re.sub(r"['’]s$", "", word.rstrip(".")).strip("'’‘`.")
    if bare:
        yield Token("word", bare)
    if word.endswith("."):
        yield Token("mark", ".")


def singular(word: str) -> str:
    """Return an English word without its plural ending; good enough to compare two words."""
    if word in ("ids", "ips"):
        return word[:-1]
    if len(word) < 4 or not word.endswith("s") or word.endswith(("ss", "us", "is")):
        return word
    if word.endswith("ies") and len(word) > 4:
        return word[:-3] + "y"
    if word.endswith(("sses", "shes", "ches", "xes", "zes")):
        return word[:-2]
    return word[:-1]


def keys(text: str) -> tuple[str, ...]:
    """Return what the words of a name are compared by: "Client IPs", "client_ip" and "clientIp" are the same."""
    spaced = re.sub(r"(?<=[a-z])(?=[A-Z])|[_\s()\[\]/.:-]+", " ", text)
    return tuple(singular(word.lower()) for word in spaced.split())


def phrases(table: dict[str, tuple[str, ...]]) -> dict[tuple[str, ...], str]:
    """Return a table of phrases by what they stand for the other way round, by their keys."""
    return {tuple(map(singular, phrase.split())): name for name, all_of in table.items() for phrase in all_of}


OPERATOR_PHRASES = phrases(OPERATORS)
LONGEST = max(map(len, OPERATOR_PHRASES))


def is_filler(token: Token) -> bool:
    """Tell whether a token changes nothing about what is computed."""
    return token.kind == "mark" or token.text.lower() in FILLERS or token.key in FILLERS


def looks_like_value(token: Token) -> bool:
    """Tell whether a token is rather a value than a word of the language: 10.0.0.1, /index.html, POST."""
    if token.kind != "word":
        return True
    text = token.text
    return (
        bool(re.search(r"[\d/_@\\=<>*-]|\w[.:]\w", text))
        or (len(text) > 1 and text.isupper())
        or text[1:] != text[1:].lower()
    )


def joined(parts: Sequence[Token]) -> str:
    """Return tokens as one text, commas right after what stands before them."""
    return " ".join(part.text for part in parts).replace(" ,", ",")
