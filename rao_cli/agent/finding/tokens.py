"""Cut text into sentences and words, and bring words to a form in which a question's and a text's can be compared.

A word is what stands between white space, without the punctuation around it: "--norc", "debian/patches",
"misty-umbrella" and "$960" are one word each. Limits: stop words, stems and abbreviations are English; sentences
are told by punctuation and blank lines.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

LONGEST_SENTENCE = 600
"""Characters at which a text without punctuation is cut, so that no sentence grows without bound."""

_PIECE = re.compile(r"[^\s—]+")
_OPENING = "([{<\"'“‘«`*"
_CLOSING = ".,;:!?)]}>\"'”’»`…*"
_END = re.compile(r"(?<![.!?…])[.!?…]++[\"'”’)\]]*+\s+|\n[ \t]*\n\s*|\n(?=[ \t]*(?:[-*•·]|\d{1,2}[.)])[ \t])")
_LAST_WORD = re.compile(r"[\w.&]+$")
_POSSESSIVE = re.compile(r"['’](?:s|S)?$")
_REFERENCE = re.compile(r"[\[(]\w{0,3}$")
"""What is left of "(1)" of a manual's page, "[12]" of a note or "()" of a call, its end being cut off."""
_PLAIN = str.maketrans({"−": "-", "˜": "~", "‐": "-", "‑": "-", "’": "'"})
"""Marks that typesetting puts in the place of plain ones."""
_JOINED = re.compile(r"(?<=\w)--(?=\w)")
_ABBREVIATIONS = frozenset(
    """approx b c ca capt cf co col corp d dr ed eds e.g esp est etc fig gen gov hon i.e inc jr lt ltd maj messrs
    mr mrs ms mt no nos op p pp prof r rep rev sen sgt sr st v viz vol vols vs""".split()  # noqa: SIM905
)
STOP_WORDS = frozenset(
    """a about also am an and any are as at be because been being both but by can could did do does doing done for
    from get had has have having he her hers him his how i if in into is it its itself just may me might more most
    much must my no nor not of off on once one or other our out over own s same shall she should so some such t
    than that the their them then there these they this those though through to too under until up upon us very was
    we were what when where whether which while who whom whose why will with within would you your""".split()  # noqa: SIM905
)
_IRREGULAR = {
    form: words.split()[0]
    for words in (
        "bear born borne bore",
        "become became",
        "begin began begun",
        "break broke broken",
        "bring brought",
        "build built",
        "buy bought",
        "catch caught",
        "choose chose chosen choice",
        "come came",
        "create creation",
        "die dead death died dies",
        "draw drew drawn",
        "drive drove driven",
        "eat ate eaten",
        "fall fell fallen",
        "fight fought",
        "find found",
        "flee fled",
        "fly flew flown flight",
        "forget forgot forgotten",
        "freeze froze frozen",
        "give gave given",
        "go went gone goes",
        "grow grew grown growth",
        "hear heard",
        "hide hid hidden",
        "hold held",
        "keep kept",
        "know knew known",
        "lay laid",
        "lead led",
        "leave left",
        "lose lost loss",
        "make made",
        "man men",
        "mean meant",
        "meet met",
        "pay paid",
        "person people persons",
        "rise rose risen",
        "run ran",
        "say said",
        "see saw seen",
        "seek sought",
        "sell sold",
        "send sent",
        "set sets setting",
        "show shown showed",
        "sing sang sung",
        "sink sank sunk",
        "speak spoke spoken",
        "spend spent",
        "stand stood",
        "steal stole stolen",
        "store stored stores storing",
        "swim swam swum",
        "take took taken",
        "teach taught",
        "tell told",
        "think thought",
        "throw threw thrown",
        "wear wore worn",
        "win won",
        "woman women",
        "write wrote written",
    )
    for form in words.split()
}
PAST_FORMS = (
    frozenset(_IRREGULAR)
    - frozenset(_IRREGULAR.values())
    - frozenset(
        "choice creation dead death dies flight goes growth loss men people persons women".split()  # noqa: SIM905
    )
)
"""Irregular forms of verbs that are no nouns."""
_ENDINGS = tuple(
    "ations ation ments ment ings ing ions ion ers ors er or ies ied ed es ly al s e y".split()  # noqa: SIM905
)


@dataclass(frozen=True, slots=True)
class Token:
    """A word of a text: where it is, its stem, and the punctuation between it and the words beside it."""

    start: int
    end: int
    text: str
    stem: str
    before: str
    """Punctuation between the word before and this one."""
    after: str

    @property
    def stop(self) -> bool:
        """Tell whether it is one of the words that every text has; US and the month of May are not."""
        return self.text not in ("May", "US") and self.text.lower() in STOP_WORDS

    @property
    def capital(self) -> bool:
        """Tell whether it begins with a capital letter."""
        return self.text[0].isupper()

    @property
    def digit(self) -> bool:
        """Tell whether it holds a digit."""
        return any(character.isdigit() for character in self.text)


def tokens(text: str) -> list[Token]:
    """Return the words of a text in their order."""
    found = list(_words(text))
    ends = [0, *(end for _, end in found)]
    starts = [*(start for start, _ in found), len(text)]
    gaps = [" ".join(text[end:start].split()) for end, start in zip(ends, starts, strict=True)]
    return [
        Token(start, end, text[start:end], stem(text[start:end]), gaps[number], gaps[number + 1])
        for number, (start, end) in enumerate(found)
    ]


def _words(text: str) -> Iterator[tuple[int, int]]:
    for piece in _PIECE.finditer(text):
        at, whole = piece.start(), piece.group()
        for joint in [*_JOINED.finditer(whole), None]:
            last = piece.start() + joint.start() if joint else piece.end()
            start, end = _stripped(text, at, last)
            if start < end:
                yield start, end
            at = piece.start() + joint.end() if joint else last


def _stripped(text: str, start: int, end: int) -> tuple[int, int]:
    """Return a piece without the punctuation around it; a possessive ending is none of its word."""
    while start < end and text[start] in _OPENING:
        start += 1
    while start < end and text[end - 1] in _CLOSING:
        end -= 1
    reference = _REFERENCE.search(text, max(start, end - 4), end)
    end = reference.start() if reference and reference.start() > start else end
    ending = _POSSESSIVE.search(text, max(start, end - 2), end)
    end = ending.start() if ending and ending.start() > start else end
    return (start, end) if any(character.isalnum() for character in text[start:end]) else (start, start)


@lru_cache(maxsize=1 << 16)
def stem(word: str) -> str:
    """Return what a word's forms have in common; a word with marks or digits in it is kept whole."""
    word = word.lower().translate(_PLAIN)
    if not word.isalpha():
        return word
    for form in (word, word.removesuffix("s"), word.removesuffix("ing"), word.removesuffix("ing") + "e"):
        if form in _IRREGULAR:
            return _IRREGULAR[form]
    for ending in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= 3 and not word.endswith("ss"):
            word = word[: -len(ending)]
            break
    # Stopped and stop, founded and founder, city and cities.
    return word[:-1] if len(word) > 4 and word[-1] == word[-2] else word.rstrip("ie") if len(word) > 4 else word


def alike(one: str, other: str) -> bool:
    """Tell whether two stems that differ begin alike for so long that they are likely forms of one word."""
    shorter = min(len(one), len(other))
    return shorter >= 5 and one[: max(5, shorter - 2)] == other[: max(5, shorter - 2)] and one.isalpha()


def sentence_spans(text: str) -> Iterator[tuple[int, int]]:
    """Yield start and end of the sentences of a text, without the white space around them."""
    start = 0
    for end in [*_END.finditer(text), None]:
        stop = end.start() + len(end.group().rstrip()) if end else len(text)
        if end and not _ends(text, start, end):
            continue
        yield from _cut(text, start, stop)
        start = end.end() if end else stop


def _ends(text: str, start: int, end: re.Match[str]) -> bool:
    """Tell whether punctuation ends a sentence, rather than an abbreviation or an initial."""
    mark = end.group()
    if not mark.startswith(".") or "\n\n" in mark:
        return True
    follows = text[end.end() : end.end() + 1]
    if follows.islower():
        return False
    word = _LAST_WORD.search(text, max(start, end.start() - 12), end.start())
    last = word.group() if word else ""
    initial = len(last.rpartition(".")[2]) == 1 and last[-1].isupper()
    return not initial and last.lower() not in _ABBREVIATIONS


def _cut(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Yield a sentence, or the parts of one that is too long."""
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    while end - start > LONGEST_SENTENCE:
        space = text.rfind(" ", start + LONGEST_SENTENCE // 2, start + LONGEST_SENTENCE)
        cut = space if space > start else start + LONGEST_SENTENCE
        yield start, cut
        start = cut + 1 if space > start else cut
    if start < end:
        yield start, end
