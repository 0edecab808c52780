"""Tell the words on an answer's form ("Answer with a number.") from the question, and read what they ask for.

Limits: the words are English ones; a question in another language keeps its own words on the form.
"""

import re

from rao_cli.agent.question.model import Option, Shape
from rao_cli.agent.question.options import listed
from rao_cli.agent.question.sentences import masked, sentences

_FORM = re.compile(
    r"""^(?:please\s+|just\s+|only\s+|now\s+)*(?:
        (?:answer|reply|respond)\b(?!\s+(?:the|this|my|a)\s+question)
      | (?:choose|pick|select)\s+(?:one|from|between|among|the\s+(?:correct|right|best)|an?\b|only|exactly)
      | (?:give|return|output|write|print|state|provide|use)\s+(?:me\s+)?(?:only|just|exactly|(?:the|your|a|an)\s+
        (?:(?:short|brief|single|one-word|final|exact|correct|right|plain)\s+)*(?:answer|number\s+(?:only|alone)|letter|option|word))\b
      | (?:options|choices|possible\s+answers)\s*:
      | (?:in\s+)?(?:one|a\s+single|a\s+few|at\s+most\s+\w+|two|three)\s+(?:words?|sentences?)(?:\s+only)?\W*$
      | (?:numbers?|letters?|names?|digits)\s+only\W*$
      | (?:no\s+explanations?|be\s+(?:brief|concise|short)|keep\s+it\s+(?:short|brief))\b
    )""",
    re.IGNORECASE | re.VERBOSE,
)
_IN_BRACKETS = re.compile(
    r"\s*\((?:please\s+)?(?:answer|reply|respond|give|choose|pick|as an?|in one|in at most)\b[^()]{1,120}\)",
    re.IGNORECASE,
)
_LEADING = re.compile(
    r"^(?:(?:in|with|using) (?:one|a single|a few|at most \w+) words?|as a number|briefly|true or false)"
    r"\s*[,:?]\s+",
    re.IGNORECASE,
)
_THEN_ASKED = re.compile(
    r":\s+(?=(?:what|which|who|whose|when|where|why|how|is|are|was|were|does|do|did)\b)", re.IGNORECASE
)
_OFFERS = re.compile(
    r"\b(?:one of|either|from|between|among|with|options|choices|answers?|reply|respond|pick|choose|select)\b"
    r"(?:\s+(?:the|these|following|only|with|either|from|between|options?|choices|one|of|labels?|words?|answers?))*"
    r"\s*:?\s*(.+)$",
    re.IGNORECASE | re.DOTALL,
)
_BEFORE_LIST = re.compile(r":\s*$|\b(?:one of|from|between|among)\b", re.IGNORECASE)
_SHAPES: tuple[tuple[Shape, re.Pattern[str]], ...] = (
    ("letter", re.compile(r"\bletters?\b", re.IGNORECASE)),
    ("yes-no", re.compile(r"\byes\b.{1,12}\bno\b", re.IGNORECASE)),
    ("list", re.compile(r"\blist\b|\bcommas?\b|separated", re.IGNORECASE)),
    ("number", re.compile(r"\bnumbers?\b|\bdigits?\b|\binteger\b|\bfigure\b", re.IGNORECASE)),
    ("time", re.compile(r"\bdates?\b|\byear\b|\btime ?stamp\b|\btime\b", re.IGNORECASE)),
    ("name", re.compile(r"\bnames?\b|\btitle\b", re.IGNORECASE)),
)


def split_form(text: str) -> tuple[list[str], list[str]]:
    """Return the sentences of a question, and apart from them those that only say how to answer."""
    asked: list[str] = []
    form: list[str] = []
    for sentence in sentences(text):
        for part in _parts(sentence):
            (form if _FORM.match(part) else asked).append(part)
    if not asked:  # "Choose one of ..." is all there is
        return form, []
    return asked, form


def _parts(sentence: str) -> list[str]:
    """Cut the words on form in brackets or before the question off a sentence."""
    found = [match.group().strip(" ()") for match in _IN_BRACKETS.finditer(masked(sentence))]
    rest = _IN_BRACKETS.sub("", sentence) if found else sentence
    lead = _LEADING.match(rest)
    if lead:
        found, rest = [*found, "Answer " + lead.group().strip(" ,:")], rest[lead.end() :]
    elif _FORM.match(rest) and (then := _THEN_ASKED.search(rest)):
        found, rest = [*found, rest[: then.start()]], rest[then.end() :]
    asked = [rest] if rest.strip() else []
    return [*asked, *(part if _FORM.match(part) else f"Answer {part}" for part in found)]


def wanted_shape(form: list[str]) -> Shape | None:
    """Return the shape that words on the form name, if they name one."""
    told = masked(" ".join(form))
    return next((shape for shape, pattern in _SHAPES if pattern.search(told)), None)


def wanted_options(form: list[str]) -> tuple[Option, ...]:
    """Return the options that words on the form list: "Answer with one of: a, b, c."."""
    for sentence in form:
        match = _OFFERS.search(sentence)
        body = match.group(1) if match else ""
        shown = masked(body)
        before = sentence[: len(sentence) - len(body)]
        options = listed(body) if " or " in shown or _BEFORE_LIST.search(before) else ()
        if options:
            return options
    return ()
