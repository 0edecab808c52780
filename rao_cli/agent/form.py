"""Put an answer into the form that was asked for: a number alone, a name, a date, an option, a letter, a list.

Words are only taken away, or exchanged for an option's own, so what the source backs stays backed.
Limits: what an English sentence merely repeats of the question is told by the same words; an answer from which
nothing sure can be cut stays as it is.
"""

import re
from collections.abc import Iterable, Sequence

from rao_cli.agent.cite import words
from rao_cli.agent.finding.tokens import stem
from rao_cli.agent.question.model import Asked, Option
from rao_cli.agent.question.recognise import recognise
from rao_cli.agent.question.sentences import sentences
from rao_cli.agent.records import Report

SHORT = 3
"""Words up to which an answer holds nothing to cut off."""
LONGEST_ITEM = 8
"""Words of an item of a list; what has longer ones is a sentence."""

_LEAD = re.compile(r"^(?:(?:the )?(?:correct |final )?answer(?: is)?\s*:?|a\s*:)\s+", re.IGNORECASE)
_KEY = re.compile(
    r"^\W*(?:(?:the )?(?:correct )?(?:answer|option|choice)(?: is)?\W*)?[(\[]?([A-Za-z]|\d{1,2})(?:[)\].:]|\W*$)"
)
_MONTH = (
    r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|"
    r"nov(?:ember)?|dec(?:ember)?)\.?"
)
_CLOCK = (
    r"(?:[ T:,]+(?:at )?\d{1,2}:\d{2}(?::\d{2})?(?:[.,]\d+)?(?: ?[ap]\.?m\b\.?)?(?: ?(?:Z\b|[+-]\d{2}:?\d{2}))?)"
)
_TIME = re.compile(
    rf"\d{{4}}-\d{{2}}-\d{{2}}{_CLOCK}?"
    rf"|\d{{1,2}}[/.](?:\d{{1,2}}|[A-Za-z]{{3}})[/.]\d{{4}}{_CLOCK}?"
    rf"|(?:\b\d{{1,2}}(?:st|nd|rd|th)? (?:of )?)?\b{_MONTH} \d{{1,2}}(?:st|nd|rd|th)?\b(?:,? \d{{4}}\b)?{_CLOCK}?"
    rf"|(?:\b\d{{1,2}}(?:st|nd|rd|th)? (?:of )?)?\b{_MONTH},? \d{{3,4}}\b"
    r"|\b(?:early |mid-?|late )?\d{1,2}(?:st|nd|rd|th) century(?: bce?| ad)?\b"
    r"|\b\d{3,4}s\b|\b\d{1,4}(?: ?(?:bce?|ad|ce)\b)|\b[12]\d{3}\b"
    r"|\b\d{1,2}:\d{2}(?::\d{2})?(?: ?[ap]\.?m\b\.?)?",
    re.IGNORECASE,
)
_YEAR = re.compile(r"\b[12]\d{3}\b")
_ASKS_YEAR = re.compile(r"\b(?:what|which) year\b", re.IGNORECASE)
_NUMBER = re.compile(
    r"(?<![\w.])[-−]?\d+(?:[.,]\d+)*(?![\w]*\d)"
    r"(?:[ -](?:hundred|thousand|million|billion|trillion)s?\b)?(?: ?%| percent\b)?"
)
_NUMBER_WORD = re.compile(
    r"\b(?:zero|none|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|fourteen|fifteen|sixteen|"
    r"seventeen|eighteen|nineteen|twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety|hundred|thousand|million|dozen)"
    r"(?:[ -](?:and )?(?:one|two|three|four|five|six|seven|eight|nine|hundred|thousand|million|billion|dozen))*\b",
    re.IGNORECASE,
)
_INITIAL = re.compile(r"\b\w\.$")
_PIECE = re.compile(r"\S+")
_ITEM_END = re.compile(r"\s*(?:[;\n]|,\s+(?:and\s+)?|\s+and\s+)\s*")
_HARD_END = re.compile(r"\s*[;\n]\s*")
_APPOSITION = re.compile(
    r",\s+(?:an?|the|who|which|one of|then|later|son|daughter)\b.*$|\s+\([^()]*\)$", re.DOTALL
)
_CLAUSE = re.compile(r",\s+(?:which|who|whose|where|when|while|but|although|because)\b.*$", re.DOTALL)
_TAIL = re.compile(r",?\s+(?:respectively|as follows)\W*$", re.IGNORECASE)
_BRACKETS = re.compile(r"^\([^()]*\)\s*")
_UP_TO_PLACE = re.compile(
    r"^(?:[a-z'’-]+ ){1,6}?(?=(?:in|at|on|inside|near|under|behind|into|beneath|beside|within) )"
)
_AT = re.compile(r"^(?:at|in|on) (?:the )?(?=\S)")
_FILLING = frozenset(
    """a an the is are was were be been being has have had do does did by of in at on to for from with as that this
    it its he she they his her their there who which what where when would will can could may might also only
    called named located known because used how many much""".split()  # noqa: SIM905  quoted words are harder to read
)


def formed(report: Report, question: str) -> Report:
    """Return a report with its answer in the form that a question asks for; what code computed has it already."""
    asked = recognise(question)
    if not report.answer or (report.how and not asked.form.options):
        return report
    passage = " ".join(citation.quote for citation in report.citations)
    return report.model_copy(update={"answer": in_form(report.answer, asked, passage)})


def in_form(answer: str, asked: Asked, passage: str = "") -> str:
    """Return an answer in the form that was asked for; ``passage`` is the text that backs it, if any."""
    text = _LEAD.sub("", answer.strip()).strip()
    if not text:
        return answer.strip()
    shape, options = asked.form.shape, asked.form.options
    if shape == "yes-no":
        return said_yes_or_no(text, asked) or text
    if options:
        chosen = option_in(text, options)
        return text if chosen is None else (chosen.key if shape == "letter" else chosen.text) or chosen.text
    if shape == "list":
        several = _HARD_END.search(text) is not None
        told = _TAIL.sub("", _told(text if several else _first_that_tells(text, asked), asked))
        return as_list(told) if several or asked.sure else told
    return text if asked.kind in ("summary", "explain") else _single(text, asked, passage)


def _single(text: str, asked: Asked, passage: str) -> str:
    """Return the one number, time or name of an answer, or what it says that the question does not."""
    shape = asked.form.shape
    if shape == "number":
        return _number(text, asked, passage) or text
    if shape == "time":
        return _time(text, asked) or _told(text, asked)
    told = _BRACKETS.sub("", _told(_first_that_tells(text, asked), asked))
    shorter = (_APPOSITION if shape == "name" else _CLAUSE).sub("", told).strip(" ,")
    if shape == "place":
        shorter = _AT.sub("", _UP_TO_PLACE.sub("", shorter))
    return shorter or told or text


def _first_that_tells(text: str, asked: Asked) -> str:
    """Return the first sentence of an answer that says more than its question."""
    known = _stems(asked.stem) | _FILLING
    return next((one for one in sentences(text) if not _stems(one) <= known), text)


def _stems(text: str) -> set[str]:
    return {word if word in _FILLING else stem(word) for word in words(text)}


def option_in(text: str, options: Sequence[Option]) -> Option | None:
    """Return the option that a text names: by its words, else by its letter; None for none or several."""
    said = f" {' '.join(words(text))} "
    named = [option for option in options if f" {' '.join(words(option.text))} " in said]
    named = [one for one in named if not any(one is not other and words_in(one, other) for other in named)]
    if len(named) == 1:
        return named[0]
    letter = _KEY.match(text)
    keyed = [option for option in options if letter and option.key.lower() == letter.group(1).lower()]
    if not named and keyed:
        return keyed[0]
    inside = [option for option in options if len(said) > 4 and said in f" {' '.join(words(option.text))} "]
    return inside[0] if not named and len(inside) == 1 else None


def words_in(one: Option, other: Option) -> bool:
    """Tell whether an option's words stand in a longer option's."""
    shorter, longer = words(one.text), words(other.text)
    return len(shorter) < len(longer) and f" {' '.join(shorter)} " in f" {' '.join(longer)} "


def yes_or_no(text: str) -> str:
    """Return "yes" or "no" where an answer begins so or says true or false; else nothing."""
    first = next(iter(words(text)), "")
    return {"yes": "yes", "true": "yes", "no": "no", "false": "no"}.get(first, "")


def said_yes_or_no(text: str, asked: Asked) -> str:
    """Return what stands for yes or no in the asked form where an answer says one of them; else nothing."""
    said = yes_or_no(text)
    if said and asked.form.options:
        return asked.form.options[0 if said == "yes" else 1].text
    return said


def as_list(text: str) -> str:
    """Return the items of a list, each once; semicolons between them where the text has such, else commas."""
    return ("; " if _HARD_END.search(text) else ", ").join(items_of(text)) or text


def items_of(text: str) -> list[str]:
    """Return the items of a list, each once; none where the text is no list of short items."""
    ends = _HARD_END if _HARD_END.search(text) else _ITEM_END
    items = [item.strip(" .-*•") for item in ends.split(text)]
    distinct = list({item.lower(): item for item in items if item}.values())
    short = all(len(item.split()) <= LONGEST_ITEM for item in distinct)
    return distinct if short and len(distinct) > 1 else []


def _number(text: str, asked: Asked, passage: str) -> str:
    """Return the number of an answer that the question does not name itself, in digits if it has any."""
    for pattern in (_NUMBER, _NUMBER_WORD):
        found = [match.group().strip() for match in pattern.finditer(text)]
        known = [match.group().strip() for match in pattern.finditer(asked.stem)]
        fresh = [number for number in found if number not in known] or found
        backed = [number for number in fresh if number in passage] or fresh
        if backed:
            return _before_noun(text, backed, asked) or backed[0]
    return ""


def _before_noun(text: str, numbers: Iterable[str], asked: Asked) -> str:
    """Return the number that stands right before what was counted, as in "213 records"."""
    counted = re.search(r"\bhow many (?:of (?:the )?)?(\w{3,})", asked.stem, re.IGNORECASE)
    if not counted:
        return ""
    noun = counted.group(1)[:6].lower()
    return next(
        (one for one in numbers if re.search(rf"{re.escape(one)} (?:\w+ )?{re.escape(noun)}", text.lower())), ""
    )


def _time(text: str, asked: Asked) -> str:
    """Return the one time of an answer that the question does not name, or nothing."""
    if _ASKS_YEAR.search(asked.stem):
        years = [year for year in _YEAR.findall(text) if year not in asked.stem]
        if len(set(years)) == 1:
            return str(years[0])
    found = [match.group().strip(" ,") for match in _TIME.finditer(text)]
    fresh = list(dict.fromkeys(time for time in found if time not in asked.stem))
    return fresh[0] if len(fresh) == 1 else ""


def _told(text: str, asked: Asked) -> str:
    """Return what an answer says that its question does not: without what it repeats at its ends."""
    pieces = [(match.start(), match.end()) for match in _PIECE.finditer(text)]
    if len(pieces) <= SHORT:
        return text if _INITIAL.search(text) else text.rstrip(". ")
    known = _stems(asked.stem) | _FILLING
    repeated = [_stems(text[start:end]) <= known for start, end in pieces]
    if not _stems(text) & (known - _FILLING):  # no sentence that repeats its question
        return text.rstrip(". ") if text.count(". ") == 0 and not _INITIAL.search(text) else text
    first, last = _runs(repeated)
    return text[pieces[first][0] : pieces[last][1]].strip(" .,;:") if first <= last else text


def _runs(repeated: Sequence[bool]) -> tuple[int, int]:
    """Return the first and the last place that is not repeated."""
    new = [number for number, one in enumerate(repeated) if not one]
    return (new[0], new[-1]) if new else (1, 0)
