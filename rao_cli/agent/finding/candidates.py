"""Cut a sentence into the short spans that may answer a question, each with named features.

A candidate is a run of words that crosses no strong punctuation, begins and ends with a word that carries meaning
and does not only repeat the question. Every feature is a number or a name that stands for 1; ``weights.py`` says
what each is worth. Limits: runs of at most LONGEST words; what English words stand beside an answer is learned.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from rao_cli.agent.finding.sought import Sought, understand
from rao_cli.agent.finding.tokens import Token, alike, tokens
from rao_cli.agent.question.model import Asked
from rao_cli.documents.model import Span

LONGEST = 8
"""Most words of a candidate."""
_MOST_WORDS = 120
"""Words of a sentence that are looked at."""
_BREAK = re.compile(r"[;:()\[\]{}—…|]|\.\s|[!?]")
_MONTHS = frozenset(
    "january february march april may june july august september october november december".split()  # noqa: SIM905
)
_NUMBER_WORDS = frozenset(
    """zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen
    seventeen eighteen nineteen twenty thirty forty fifty sixty seventy eighty ninety hundred thousand million
    billion trillion dozen half""".split()  # noqa: SIM905
)
_YEAR = re.compile(r"(?:1\d|20)\d\d(?:s|[–-]\d{2,4})?")
_DIGITS = re.compile(r"[-+~]?\d[\d.,]*(?:st|nd|rd|th)?")
_MONEY = re.compile(r"[$£€¥]|^(?:dollars?|pounds?|euros?|cents?|shillings?)$", re.IGNORECASE)
_PERCENT = re.compile(r"%|^per ?cent$", re.IGNORECASE)
_CODE = re.compile(
    r"^[-−]{1,2}\w|^[~.]?/|^\.\w|\w[_/\\=@:]+\w|[a-z][A-Z]|\w\(\)?$|^[$@#\\]\w|\w\.[a-zA-Z]\w|\d[a-z]|[a-z]\d"
)
_BESIDE = frozenset(
    """a an and are as at be became because been between by called during for from had has have in including into
    is its known named not of on or over said since such than that the their through to under until was were when
    where which while who with within""".split()  # noqa: SIM905
)
_CLAUSE = frozenset(
    """am are be because been being did do does had has have he i if is it not she since than that they was we were
    when where whether which while who whom whose will would you could can should might may""".split()  # noqa: SIM905
)
"""Words that an answer goes across only where a whole clause is asked for."""
_PREPOSITIONS = frozenset("about after against at by for from in into of on over to under with".split())  # noqa: SIM905
_QUOTES = '"“”«»'
_ENDS = ("ing", "ed", "ly", "ion", "s")
_REACH = 8
"""Words over which a question's words beside a candidate count, each step by _FADING of the one before."""
_FADING = 0.75


@dataclass(frozen=True)
class Candidate:
    """A span of a sentence that may be the answer."""

    span: Span
    """Characters of the sentence."""
    text: str
    stems: tuple[str, ...]
    """Stems of its words that carry meaning."""
    features: Mapping[str, float]


@dataclass(frozen=True)
class _Read:
    """A sentence read for a question: its words and what each is worth there."""

    words: Sequence[Token]
    worth: Sequence[float]
    sought: Sought
    left: Sequence[float]
    """For each word, what the question's words before it are worth, nearer ones more."""
    right: Sequence[float]
    before: Sequence[float]
    """For each word, the plain sum of what all before it are worth."""


def candidates(asked: Asked, sentence: str, weights: Mapping[str, float] | None = None) -> list[Candidate]:
    """Return a sentence's candidates in text order; ``weights`` says what each stem of the question is worth."""
    sought = understand(asked.stem or asked.text)
    even = dict.fromkeys(sought.stems, 1 / len(sought.stems)) if sought.stems else {}
    read = _read(sentence, sought, weights if weights is not None else even)
    return [_candidate(sentence, read, first, last) for first, last in _runs(read)]


def _candidate(sentence: str, read: _Read, first: int, last: int) -> Candidate:
    span = Span(read.words[first].start, read.words[last].end)
    stems = tuple(word.stem for word in read.words[first : last + 1] if not word.stop)
    return Candidate(span, " ".join(sentence[span.start : span.end].split()), stems, _features(read, first, last))


def _read(sentence: str, sought: Sought, weights: Mapping[str, float]) -> _Read:
    words = tokens(sentence)[:_MOST_WORDS]
    worth = [_worth(word, weights) for word in words]
    left = list(_faded(worth))
    right = list(_faded(worth[::-1]))[::-1]
    before = [0.0]
    for each in worth:
        before.append(before[-1] + each)
    return _Read(words, worth, sought, left, right, before)


def _worth(word: Token, weights: Mapping[str, float]) -> float:
    if word.stop:
        return 0.0
    exact = weights.get(word.stem)
    if exact is not None:
        return exact
    return 0.6 * max((weight for one, weight in weights.items() if alike(one, word.stem)), default=0.0)


def _faded(worth: Sequence[float]) -> Iterator[float]:
    """Yield for each place what stands before it is worth, each step away by a factor less."""
    total = 0.0
    for each in worth:
        yield total
        total = (total + each) * _FADING


def _runs(read: _Read) -> Iterator[tuple[int, int]]:
    """Yield the first and the last word of each candidate."""
    words, numeric = read.words, read.sought.sort in ("number", "money")
    barred = () if read.sought.sort == "manner" or read.sought.asks == "" else _CLAUSE
    for first, word in enumerate(words):
        if _blank(word, numeric):
            continue
        new = False
        for last in range(first, min(len(words), first + LONGEST)):
            if last > first and (_BREAK.search(words[last].before) or words[last].text.lower() in barred):
                break
            blank = _blank(words[last], numeric)
            new = new or not (blank or read.worth[last])
            if new and not blank:
                yield first, last


def _blank(word: Token, numeric: bool) -> bool:
    """Tell whether a candidate may neither begin nor end with a word."""
    return word.stop and not (numeric and word.text.lower() in _NUMBER_WORDS)


def kind_of(words: Sequence[Token]) -> str:
    """Return what a run of words looks like: year, date, money, percent, number, quantity, code, name, ..."""
    lower = [word.text.lower() for word in words]
    if any(_MONEY.search(text) for text in lower):
        return "money"
    if any(_PERCENT.search(text) for text in lower):
        return "percent"
    return _time_kind(words, lower) or _number_kind(lower) or _worded_kind(words)


def _time_kind(words: Sequence[Token], lower: Sequence[str]) -> str:
    """Return year, date or dated (words among which one is), or an empty string."""
    if len(words) == 1 and _YEAR.fullmatch(lower[0]):
        return "year"
    if any(text in _MONTHS and word.capital for text, word in zip(lower, words, strict=True)):
        return "date" if len(words) < 5 and all(map(_datelike, words)) else "dated"
    return "dated" if "century" in lower or any(_YEAR.fullmatch(text) for text in lower) else ""


def _number_kind(lower: Sequence[str]) -> str:
    """Return number, quantity (a number and its unit), or an empty string."""
    numeric = [bool(_DIGITS.fullmatch(text)) or text in _NUMBER_WORDS for text in lower]
    if not numeric[0]:
        return ""
    return "number" if all(numeric) else "quantity"


def _datelike(word: Token) -> bool:
    return word.digit or word.text.lower() in _MONTHS or word.text.lower() in ("of", "the")


def _worded_kind(words: Sequence[Token]) -> str:
    if any(_CODE.search(word.text) for word in words):
        return "code"
    capitals = [word.capital for word in words if not word.stop]
    if all(capitals):
        if len(words) == 1:
            return "capitals" if words[0].text.isupper() and len(words[0].text) > 1 else "capital"
        return "name" if not any(word.stop for word in words) else "title"
    if not any(capitals):
        return "lower"
    return "capital-first" if words[0].capital else "mixed"


def _features(read: _Read, first: int, last: int) -> dict[str, float]:
    sought, words = read.sought, read.words[first : last + 1]
    kind, size = kind_of(words), last - first + 1
    found = {
        f"kind:{kind}": 1.0,
        f"{sought.sort}:{kind}": 1.0,
        f"{sought.asks}?{kind}": 1.0,
        f"size:{size}": 1.0,
        f"{sought.sort}:size:{min(size, 5)}": 1.0,
        f"{kind}:size": float(size),
        "left": read.left[first],
        "right": read.right[last],
        "inside": read.before[last + 1] - read.before[first],
        "side": read.before[first],
        f"{'object' if sought.object else 'subject'}:side": read.before[first],
    }
    for name in (*_beside(read, first, last), *_shape(words), *_links(read, first, last)):
        found[name] = found.get(name, 0.0) + 1.0
    return found


def _beside(read: _Read, first: int, last: int) -> Iterator[str]:
    """Yield what stands directly before and after a candidate, alone and with the sort sought."""
    sort = read.sought.sort
    previous = read.words[first - 1] if first else None
    following = read.words[last + 1] if last + 1 < len(read.words) else None
    before = _neighbour(previous, read.words[first].before, read, first - 1)
    after = _neighbour(following, read.words[last].after, read, last + 1)
    yield f"before:{before}"
    yield f"after:{after}"
    yield f"{sort}:before:{before}"
    if first > 1 and before in ("a", "an", "the"):
        beyond = _neighbour(read.words[first - 2], previous.before if previous else "", read, first - 2)
        yield f"beyond:{beyond}"
        yield f"{sort}:beyond:{beyond}"
    yield f"{sort}:after:{after}"
    yield from _cuts(previous, read.words[first], "before")
    yield from _cuts(read.words[last], following, "after")
    yield from _enclosed(read.words[first].before, read.words[last].after)


def _cuts(one: Token | None, other: Token | None, side: str) -> Iterator[str]:
    """Yield what is cut in two where a candidate ends between two words: a name, a quantity, a date."""
    if one is None or other is None:
        return
    if other.before == "." and len(one.text.rpartition(".")[2]) == 1 and one.capital and other.capital:
        yield f"cut:name-{side}"
    if other.before == "," and one.digit and _YEAR.fullmatch(other.text):
        yield f"cut:number-{side}"
    if other.before:
        return
    if one.capital and other.capital:
        yield f"cut:name-{side}"
    if _measures(one) and _measures(other):
        yield f"cut:number-{side}"


def _enclosed(before: str, after: str) -> Iterator[str]:
    """Yield whether a candidate stands in quotation marks or brackets, or only begins in them."""
    if any(mark in before for mark in _QUOTES):
        yield "quoted" if any(mark in after for mark in _QUOTES) else "quote-cut"
    if "(" in before and ")" in after:
        yield "bracketed"


def _measures(word: Token) -> bool:
    lower = word.text.lower()
    return word.digit or lower in _NUMBER_WORDS or lower in _MONTHS or bool(_PERCENT.search(lower))


def _neighbour(word: Token | None, gap: str, read: _Read, at: int) -> str:
    """Return what a neighbour is: punctuation first, then a small word, then what sort of word."""
    marks = gap.replace("'s", "").replace("’s", "").strip()
    if word is None:
        return "edge"
    if marks:
        return marks[0]
    if gap:
        return "possessive"
    lower = word.text.lower()
    if lower in _BESIDE:
        return lower
    if word.stop:
        return "stop"
    if read.worth[at]:
        return "asked"
    return "capital" if word.capital else "digit" if word.digit else _ending(lower)


def _ending(lower: str) -> str:
    return next((f"-{end}" for end in _ENDS if lower.endswith(end)), "word")


def _shape(words: Sequence[Token]) -> Iterator[str]:
    """Yield what a candidate's own words look like."""
    inner = words[1:-1]
    if not words[0].capital and not words[0].digit:
        yield f"first:{_ending(words[0].text.lower())}"
    if not words[-1].capital and not words[-1].digit:
        yield f"last:{_ending(words[-1].text.lower())}"
    for word in inner:
        if word.stop:
            lower = word.text.lower()
            yield f"inner:{lower}" if lower in ("of", "the", "and", "in", "to", "for", "a", "by") else "inner:stop"
        elif not word.capital:
            yield f"inner:{_ending(word.text.lower())}"
    commas = sum("," in word.before for word in words[1:])
    if commas:
        yield "inner:comma" if commas == 1 else "inner:commas"
    if any(_marked(word.before) for word in words[1:]):
        yield "inner:mark"


def _marked(gap: str) -> bool:
    return bool(gap.strip(", ")) and gap not in ("'s", "’s")


def _links(read: _Read, first: int, last: int) -> Iterator[str]:
    """Yield how a candidate is tied to the question's noun, verb and preposition."""
    yield from _noun_links(read, first, last)
    sought, words = read.sought, read.words
    side = "object" if sought.object else "subject"
    if sought.verb and sought.verb in [word.stem for word in words[last + 1 : last + 4]]:
        yield f"{side}:verb-next"
    if sought.verb and sought.verb in [word.stem for word in words[max(0, first - 4) : first]]:
        yield f"{side}:verb-before"
    if first and _tie(sought) == words[first - 1].text.lower():
        yield "same-preposition"
    if read.worth[first]:
        yield "asked-first"
    if read.worth[last]:
        yield "asked-last"


def _noun_links(read: _Read, first: int, last: int) -> Iterator[str]:
    """Yield where the noun that names the answer stands: in the candidate or beside it."""
    noun, words = read.sought.noun, read.words
    places = {
        "noun-last": words[last].stem == noun,
        "noun-next": last + 1 < len(words) and words[last + 1].stem == noun,
        "noun-before": first > 0 and words[first - 1].stem == noun,
        "noun-first": first < last and words[first].stem == noun,
    }
    for name, there in places.items():
        if noun and there:
            yield name
            yield f"{read.sought.sort}:{name}"


def _tie(sought: Sought) -> str:
    """Return the preposition that ties the asking word to the question: "in which", "isolated from?"."""
    if sought.slot > 0:
        before = sought.words[sought.slot - 1].text.lower()
        return before if before in _PREPOSITIONS else ""
    ending = sought.words[-1].text.lower() if sought.words else ""
    return ending if ending in _PREPOSITIONS else ""
