"""Cut a question into its sentences.

A full stop inside quotation marks, in an initial or in a common abbreviation ends no sentence. Limits: the
abbreviations are English ones; where a sentence ends without a space, it goes on.
"""

import re

_QUOTED = re.compile(
    r"(?<!\w)(?:'[^'\n]{1,200}'|\"[^\"\n]{1,200}\"|“[^”\n]{1,200}”|‘[^’\n]{1,200}’|`[^`\n]{1,200}`)(?!\w)"
)
_END = re.compile(r"[.!?。！？]+[)\"”’'\]]*(?=\s|$)|\n\s*\n|(?<=[。！？])")
_ABBREVIATED = re.compile(
    r"(?:\b[A-Z]|\b(?:e\.g|i\.e|etc|vs|cf|approx|no|nr|fig|sec|ch|p|pp|dr|mr|mrs|ms|prof|st|jr|sr|inc|ltd|co|al))\.$",
    re.IGNORECASE,
)
_BEFORE = 12
"""Characters before a full stop that show an abbreviation."""


def quoted(text: str) -> list[str]:
    """Return what stands in quotation marks, without them."""
    return [match.group()[1:-1] for match in _QUOTED.finditer(text)]


def masked(text: str) -> str:
    """Return text of the same length in which what stands in quotation marks is hidden."""
    return _QUOTED.sub(lambda match: _hidden(match.group()), text)


def _hidden(quotation: str) -> str:
    """Return a quotation with its marks and its own end mark, which may be that of the sentence."""
    end = quotation[-2:] if quotation[-2] in ".!?" else quotation[-1]
    return quotation[0] + "_" * (len(quotation) - 1 - len(end)) + end


def sentences(text: str) -> list[str]:
    """Return the sentences of a text in order, each with its end mark."""
    shown = masked(text)
    found, start = [], 0
    for match in _END.finditer(shown):
        if match.group()[:1] == "." and _goes_on(shown, start, match.end()):
            continue
        found.append(text[start : match.end()])
        start = match.end()
    return [sentence.strip() for sentence in [*found, text[start:]] if sentence.strip()]


def _goes_on(text: str, start: int, end: int) -> bool:
    """Tell whether a full stop is that of an abbreviation, or what follows begins no sentence."""
    following = text[end : end + 3].lstrip()
    if following and following[0].islower():
        return True
    return bool(following) and _ABBREVIATED.search(text[max(start, end - _BEFORE) : end]) is not None
