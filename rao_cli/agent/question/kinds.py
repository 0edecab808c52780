"""Tell the kind of a question from its words.

Rules for English questions, asked in order; the first that matches decides. A rule is sure where its words cannot
mean anything else of a source that is read: "how many lines contain" is counted, "how many people live there" may
be written down somewhere and is only probably a count. A question in another language is a "fact", not sure.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass

from rao_cli.agent.question import vocabulary as v
from rao_cli.agent.question.model import Form, Kind

_BEGIN = re.compile(
    rf"(?:^|[,:;.!?]\s+(?:and |so |then )?)(?:please |can you |could you |would you )*"
    r"((?:(?:in|on|at|from|to|by|for|with|of|under|after|before|until|since|within|during|through|into|about|over|"
    rf"according to|per|and|against|via) )?(?:the )?{v.ASKS}\b|{v.VERB}\b(?=\s+\S)|{v.ORDER}\b)",
    re.IGNORECASE,
)
_INDIRECT = re.compile(
    r"^(?:please |can you |could you |i(?:'d like| want| would like| need) to |do you )*"
    rf"(?:tell (?:me|us)|know|find out|say|determine|check) (?=(?:(?:in|on|at|from|to|by|for|with) )?{v.ASKS}\b)",
    re.IGNORECASE,
)
_ASKING_WORD = re.compile(rf"\b{v.ASKS}$", re.IGNORECASE)
_ORDERS = re.compile(rf"(?:please )?(?:{v.ORDER}|{v.ASKS})\b", re.IGNORECASE)
_ABOUT_RECORDS = re.compile(
    rf"\b{v.RECORDS}\b|\b(?:appears?|occurs?|logged|contains?|distinct|unique|in all|altogether|are there)\b"
    rf"|\bin (?:this|the|these|all) (?:[\w-]+ ){{0,2}}?{v.SOURCES}\b"
)
_SUPERLATIVE = re.compile(
    rf"(?<!at )(?<!at the )\b{v.TOP}\b(?!(?:(?<=most)|(?<=first)|(?<=last)) of\b)"
    r"(?! (?:names?|seen|time|resort|and (?:the )?(?:second|last))\b)"
    r"|\b(?:more|less|fewer) (?:\w+ )?than any other\b"
)
_UNIT_OF = re.compile(rf"\b{v.UNIT} (?:is|was|were|are|did|does|has|had)\b")
_OF_UNITS = re.compile(
    rf"\bhow many (?:\w+ )?{v.UNIT} (?:is|are|was|were|do|does|did|must|can|should|may|at least|at most|to)\b"
)
_HOW_MANY = re.compile(r"^(?:\w+ )?how (?:many|often|much)\b")
_COUNTED = re.compile(
    r"^(?:count|calculate|compute)\b|^how often\b|\bhow many times\b"
    r"|^(?:what(?:'s| is| was| are| were)|give|tell|find|state|report|show)(?: me)? (?:the )?"
    rf"(?:total |overall |exact )?{v.AMOUNT}\b(?: of| between| in)"
    rf"|^what {v.SHARE} of\b|^(?:what(?:'s| is| was)|give) the average\b"
)
_MANY = re.compile(rf"\bhow (?:many|often)\b|\b(?:{v.AMOUNT}|{v.SHARE})\b")
_WHERE = re.compile(
    rf"^(?:in|on|at|under) (?:which|what) (?:source |header |log )?{v.PLACE_IN_SOURCE}\b"
    rf"|^(?:which|what) (?:source |header )?{v.PLACE_IN_SOURCE} {v.DOES_THERE}\b|^where (?:in|on) (?:the|this)\b"
    r"|^(?:what|which) (?:file|page|line|section)(?: number)? (?:is|has) "
)
_WHERE_MADE = re.compile(rf"^where (?:is|are|does|do|can|was|were)\b.*\b{v.DONE_THERE}\b")
_CODE = re.compile(rf"\b{v.CODE}\b")
_SUMMARY = re.compile(
    r"^(?:summari[sz]e|sum up|tl;?dr)\b|^(?:summary|overview) of\b"
    r"|^(?:give|write|show|tell)(?: me| us)? (?:a |an |the )?(?:\w+ ){0,2}(?:summary|overview|gist)\b"
    r"|^(?:what is|what's|what are) (?:this|the|these) "
    rf"(?:(?:\w+ )?{v.WHOLE}(?: (?:mainly|mostly|all))?(?: about)?|about)\W*$"
    rf"|^what (?:are|were|is|was) the (?:main|key|central|most important) {v.MAIN_POINTS}\b"
)
_EXPLAIN = re.compile(
    r"^(?:(?:for what reason|why|explain|describe)\b|in (?:what|which) way\b|what happens\b"
    r"|what (?:is|was|are|were) the (?:\w+ )?"
    r"(?:reasons?|causes?|differences? between|purpose|meaning|role|relationship)\b"
    rf"|how (?:{v.VERB}|to|come)\b)"
)
_SURELY_EXPLAIN = re.compile(r"^(?:why|explain|describe|how (?:do|does|to))\b")
_NAMED_HOW = re.compile(
    r"^how (?:is|are|was|were) (?:[^?]* )?(?:called|named|spelled|written|abbreviated|known)\b"
)
_LIST = re.compile(
    r"^(?:list|enumerate)\b|^(?:what|which|who|where) (?:is |are |were |was |of )?(?:all|every)\b"
    r"|^(?:name|give|find|show|identify|tell)(?: me)? (?:all|every|each|a list of|the list of)\b"
    r"|^(?:what|which) [\w -]{1,40} (?:are|were) all\b"
)
_PLURAL = re.compile(
    r"^(?:(?:in|on|to|for|by|from|with|of) )?(?:which|what) (?!is\b|was\b|has\b|does\b)"
    r"(?:[\w-]+ ){0,2}?[\w-]*[a-hj-rtv-z]s "
    r"(?:are|were|have|do|does|did|can|could|must|may|should|contain|use|import|call)\b"
    r"|^(?:what|who) (?:are|were) the (?!main|key)(?:[\w-]+ ){0,3}[\w-]*[a-rt-z]s\b"
)
_SEVERAL = re.compile(
    r"^(?:what|which|who) (?:are|were) the .+ (?:for|of|in) .+ and |"
    rf"\b{v.ASKS}\b.+?\band (?:in |on |at )?{v.ASKS}\b"
    r"|^(?:what|who|when|where) (?:is|are|was|were) both\b|\brespectively\b"
    r"|^(?:name|give|list|find|in which|on which|which|what) (?:me )?(?:the )?(?:two|three|four|five)\b"
)
_NAME_OF = re.compile(r"\bnames? of (?=the )")
_CHAIN = re.compile(
    r"\b(?:of|in|at|by|to|from|for|with) (?:the|a|an) (?:[\w'-]+ ){1,5}?"
    rf"(?:where|in which|on which|at which|who|whose|that|which|whom) (?:\S+ )*?(?:{v.VERB}|{v.DID})\b"
    rf"|\b(?:the [\w-]+ (?:of|in|by) ){{3}}the\b"
    rf"|\b{v.MAKER} of the (?:[\w'-]+ ){{0,3}}?(?:that|which|who|whose|by|where)\b"
)
_MORE = re.compile(rf"\b{v.COMPARATIVE}\b")
_COMPARED = re.compile(
    rf"^(?:which|what|who)\b.*\b{v.COMPARATIVE}\b.*\bthan\b|^which (?:one )?of (?:the )?(?:two|both)\b"
    rf"|^compare\b|\bthe {v.COMPARATIVE}\b|\bcompared (?:to|with)\b"
)
_MORE_THAN = re.compile(
    r"^(?:are|were|is|was) there (?:more|fewer|less)\b|^(?:does|do|did|has|have|had) .*\b(?:more|fewer) .*\bthan\b"
)


@dataclass(frozen=True)
class _Question:
    """An asking sentence without what stands before its question word, in small letters, and its form."""

    asked: str
    whole: str
    form: Form

    @property
    def begins_with_verb(self) -> bool:
        return re.match(rf"{v.VERB}\b", self.asked) is not None

    @property
    def counts(self) -> bool:
        return bool(_HOW_MANY.match(self.asked) or _COUNTED.search(self.asked))


def asked_part(sentence: str) -> str:
    """Return a sentence from its question word on: "In the log, which user ..." without "In the log"."""
    indirect = _INDIRECT.match(sentence)
    if indirect:
        return sentence[indirect.end() :]
    found = list(_BEGIN.finditer(sentence))
    if not found:
        return sentence
    asking = [match for match in found if _ASKING_WORD.search(match.group(1))]
    chosen = found[0] if found[0].start(1) == 0 or not asking else asking[0]
    return sentence[chosen.start(1) :]


def is_asking(sentence: str) -> bool:
    """Tell whether a sentence asks or orders something."""
    return sentence.rstrip(" \"'”’)").endswith(("?", "？", "؟", ";")) or _ORDERS.match(sentence) is not None


def kind_of(sentence: str, form: Form) -> tuple[Kind, bool]:
    """Return the kind of an asking sentence whose answer shall have this form, and whether it is sure."""
    question = _Question(asked_part(sentence).lower().strip(), sentence.lower(), form)
    for rule in _RULES:
        found = rule(question)
        if found:
            return found
    return "fact", False


_Found = tuple[Kind, bool] | None


def _summary(question: _Question) -> _Found:
    return ("summary", True) if _SUMMARY.search(question.asked) else None


def _where(question: _Question) -> _Found:
    if re.search(r"\b(?:most|least|fewest)\b", question.asked):
        return None
    if _WHERE.search(question.asked):
        return "where", True
    made = _WHERE_MADE.search(question.asked)
    return ("where", bool(_CODE.search(question.asked))) if made else None


def _explain(question: _Question) -> _Found:
    if not _EXPLAIN.search(question.asked) or _NAMED_HOW.search(question.asked):
        return None
    return "explain", _SURELY_EXPLAIN.search(question.asked) is not None


def _all(question: _Question) -> _Found:
    return ("list", True) if _LIST.search(question.asked) else None


def _compare(question: _Question) -> _Found:
    if question.counts:
        return None
    two = len(question.form.options) == 2
    if (two and _MORE.search(question.asked)) or _MORE_THAN.search(question.asked):
        return "compare", bool(_ABOUT_RECORDS.search(question.whole))
    if _COMPARED.search(question.asked):
        return "compare", bool(_ABOUT_RECORDS.search(question.whole)) and " than" in question.asked
    return None


def _yes_no(question: _Question) -> _Found:
    if question.form.shape == "yes-no":
        return "yes-no", True
    return ("yes-no", True) if question.begins_with_verb and not question.form.options else None


def _extreme(question: _Question) -> _Found:
    if not _SUPERLATIVE.search(question.asked):
        return None
    if _HOW_MANY.match(question.asked) and not _UNIT_OF.search(question.asked):
        return None
    return "extreme", bool(_ABOUT_RECORDS.search(question.whole))


def _count(question: _Question) -> _Found:
    if not question.counts:
        return None
    if _OF_UNITS.search(question.asked) or not _MANY.search(question.asked):
        return "fact", False
    return "count", bool(_ABOUT_RECORDS.search(question.whole))


def _several(question: _Question) -> _Found:
    return ("several", False) if _SEVERAL.search(question.asked) else None


def _chain(question: _Question) -> _Found:
    return ("chain", False) if _CHAIN.search(_NAME_OF.sub("", question.asked)) else None


def _plural(question: _Question) -> _Found:
    return ("list", False) if _PLURAL.search(question.asked) else None


_RULES: tuple[Callable[[_Question], _Found], ...] = (
    _summary,
    _all,
    _where,
    _compare,
    _yes_no,
    _extreme,
    _count,
    _explain,
    _several,
    _chain,
    _plural,
)
