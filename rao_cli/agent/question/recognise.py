"""Recognise what a question asks for, by rule.

    recognise("Which is larger, A or B? Answer with a letter.").kind

Limits: the words that are looked for are English; of another language only lettered options are understood, and
its questions are of the kind "fact", not sure.
"""

import re
from functools import lru_cache

from rao_cli.agent.question import vocabulary as v
from rao_cli.agent.question.kinds import asked_part, is_asking, kind_of
from rao_cli.agent.question.model import Asked, Form, Kind, Option, Shape
from rao_cli.agent.question.options import keyed, offered
from rao_cli.agent.question.wanted import split_form, wanted_options, wanted_shape

LONGEST = 8_000
"""Characters beyond which a question is not looked at: no person asks so."""
LONGEST_SENTENCE = 1_000
"""Characters of an asking sentence that the rules look at."""

_YES_NO = frozenset({"yes", "no"})
_TRUE_FALSE = (Option(text="true"), Option(text="false"))
_DEFINES = re.compile(
    r"^(?:an? [\w -]{1,40} (?:is|are|means|consists|starts|begins)\b"
    r"|(?:the|this|these|each|every|some|all) (?:\w+ ){0,2}?"
    rf"(?:{v.SOURCES}|{v.RECORDS}|{v.WHOLE}|blocks?|plays?)\b)",
    re.IGNORECASE,
)
_SHAPES: tuple[tuple[Shape, re.Pattern[str]], ...] = (
    ("number", re.compile(rf"^(?:\w+ )?how (?:many|often)\b|\bin {v.UNIT}\?", re.IGNORECASE)),
    (
        "time",
        re.compile(
            r"^(?:(?:since|until|by|from) )?when\b|^(?:at |by )?what time\b|\b(?:what|which|the) (?:exact |same )?"
            r"(?:year|date|day|month|century|decade|time ?stamp)\b",
            re.IGNORECASE,
        ),
    ),
    (
        "name",
        re.compile(
            r"^(?:(?:by|to|for|from|with) )?who(?:m|se)?\b|\bnames? of\b|^which (?:user|person|character)\b",
            re.IGNORECASE,
        ),
    ),
    (
        "place",
        re.compile(
            r"^(?:from |to )?where\b|^(?:(?:in|at|to|from|of) )?(?:what|which) "
            r"(?:city|country|town|place|state|island|river|street|file|page)\b",
            re.IGNORECASE,
        ),
    ),
)
_BEGINS_WITH_VERB = re.compile(rf"{v.VERB}\b", re.IGNORECASE)


def recognise(text: str) -> Asked:
    """Return a question with its kind, its own words and the form that its answer shall have."""
    return _recognised(text) if len(text) <= LONGEST else Asked(text=text, stem=text.strip())


@lru_cache(maxsize=256)
def _recognised(text: str) -> Asked:
    """Return what ``recognise`` does; every agent of a run asks for the same few questions."""
    rest, options = keyed(text)
    parts, told = split_form(rest)
    stem, last = _stem(parts)
    form = _form(options, told, last)
    kind, sure = _with_options(*kind_of(last[:LONGEST_SENTENCE], form), form)
    if form.shape == "text":
        form = form.model_copy(update={"shape": _shape(kind, asked_part(last))})
    if sum(map(is_asking, parts)) > 1 and kind == "fact":
        kind = "several"
    return Asked(text=text, stem=stem, kind=kind, sure=sure, form=form)


def _stem(parts: list[str]) -> tuple[str, str]:
    """Return the question's own words, and the sentence of them that asks."""
    asking = [part for part in parts if is_asking(part)]
    kept = [part for part in parts if part in asking or not _DEFINES.match(part)] if asking else parts
    stem = " ".join(kept or parts)
    return stem, (asking or [stem])[-1]


def _form(keyed_options: tuple[Option, ...], told: list[str], sentence: str) -> Form:
    """Return the form that the words on it ask for, with the options that stand anywhere in the question."""
    shape = wanted_shape(told)
    options = keyed_options or wanted_options(told) or offered(sentence)
    if not keyed_options and {option.text.lower() for option in options} == _YES_NO:
        return Form(shape="yes-no")
    if sorted(option.text.lower() for option in options) == ["false", "true"]:
        return Form(shape="yes-no", options=_TRUE_FALSE)
    if keyed_options and shape != "name":
        return Form(shape="letter" if all(option.key for option in options) else "option", options=options)
    if options:
        return Form(shape="option", options=options)
    return Form(shape="text" if shape in (None, "letter") else shape)


def _with_options(kind: Kind, sure: bool, form: Form) -> tuple[Kind, bool]:
    """Return the kind of a question that may offer options: its own one where code can compute the answer."""
    computed = kind in ("count", "extreme", "compare") and form.shape != "letter"
    if computed or not form.options or form.shape == "yes-no":
        return kind, sure
    return "choice", True


def _shape(kind: Kind, asked: str) -> Shape:
    """Return what an answer to such a question looks like, where the question does not say it apart."""
    if kind in ("list", "several"):
        return "list"
    if kind == "yes-no" or (kind == "compare" and _BEGINS_WITH_VERB.match(asked)):
        return "yes-no"
    if kind in ("summary", "explain"):
        return "text"
    usual: Shape = "number" if kind == "count" else "place" if kind == "where" else "text"
    return next((shape for shape, pattern in _SHAPES if pattern.search(asked)), usual)
