"""Guess how many tokens a text has, without the model's tokenizer.

Dividing a text asks for thousands of counts, so none of them asks the server. A text is cut into what
tokenizers cut at - words, digits, marks, gaps, other scripts - and each kind has a weight. Words of English and
of code are known to tokenizers and cheap; other letters are not, and a text that holds few common words is
counted so. The weights are high enough for common tokenizers; a server that counts (``/tokenize``) is asked
once for a sample of each kind, and what it says plus a seventh becomes the weight. So a guess is seldom below
the truth, and a twentieth to a half above it for most text. Equal texts always have equal guesses, and two
engines on one server agree, so that work can be found in the cache. Limits: text made to defeat it can have
more tokens than guessed; the server then refuses the request, and nothing is cut.
"""

import math
import re
from collections.abc import Callable
from dataclasses import dataclass

from rao_cli.engine.base import Message

MARGIN = 1.15
TURN_TOKENS = 8
"""What a chat template adds around a message, at most."""
PROMPT_TOKENS = 32
"""What a chat template adds to a prompt: the model's turn, and the system message that some add themselves."""
_KINDS = re.compile(
    r"(?P<word>[A-Za-z]+)|(?P<digit>[0-9])|(?P<gap>\n| {2,}| (?=[0-9])|[\t\r\f\v]+)|(?P<space> )"
    r"|(?P<mark>[\x00-\x7f])|(?P<alphabet>[\x80-\u07ff])|(?P<script>[\u0800-\uffff])|(?P<symbol>.)",
    re.DOTALL,
)
_LETTERS = 4
"""Letters of a word that make one unit."""
_WORDS = """
the of and to in is that it was for on are as with his they be at one have this from or had by not but what
all were when we there can an your which their said if do will each about how up out them then she many some
so these would other into has more her two him see time could no make than been its who now my over such our
me even most after also did any new may must shall under between def class self return import else none true
false int str void const let var function public private static string null type try except raise while break
case struct func use end error info value name
"""
_COMMON = frozenset(_WORDS.split())
_COMMON_SHARE = 0.15
"""Share of common words from which on a text is English, or code in a common language."""


@dataclass(frozen=True, slots=True)
class Weights:
    """Tokens for one unit of each kind of text."""

    word: float = 1.0
    letters: float = 1.6
    digit: float = 1.0
    gap: float = 1.0
    mark: float = 1.0
    alphabet: float = 1.0
    script: float = 1.5
    symbol: float = 4.0


SAMPLES = {
    "word": "The committee published its annual report on regional transport and asked for written comments "
    "Kestrel Wainwright ordered thirty hydraulic couplings from an unnamed supplier ",
    "letters": "Donaudampfschifffahrt veröffentlichte gewöhnlich Zusammenhänge mahdollisuuksien toteuttaminen "
    "Beschleunigung unterschiedlicher Verkehrsmittel kQzWvXbN tYhJpLrM GfDsAqZx nsJ vTq PaB",
    "digit": "4071 88 16093 2 5514097 310 99 27645 ",
    "gap": "the\n\nthe\n    the\n\t\tthe\n\n\nthe\n        the",
    "mark": '{"the": [of, and], "to": (in - is) * if / it} == <was> != on; as += at % be && or || ~by ^ not # or',
    "alphabet": "Überprüfung größter Maßnahmen предыдущий отчёт комиссии опубликован вчера έκθεση επιτροπής",
    "script": "委员会昨天公布了年度报告並徵求意見 委員会は年次報告書を公表した 위원회는 보고서를 आयोग रिपोर्ट",
    "symbol": "😀🚀🧪🏛🎻",
}
"""A text for each kind of unit; other kinds in it are counted with the weights found before."""


def units(text: str) -> dict[str, int]:
    """Return how many units of each kind a text has."""
    found = dict.fromkeys(SAMPLES, 0)
    words = common = 0
    for piece in _KINDS.finditer(text):
        kind = piece.lastgroup or ""
        if kind == "word":
            found["word"] += math.ceil((piece.end() - piece.start()) / _LETTERS)
            words += 1
            common += piece[0].lower() in _COMMON
        elif kind != "space":  # a single space is part of the word that follows
            found[kind] += 1
    if common < words * _COMMON_SHARE:
        found["word"], found["letters"] = 0, found["word"]
    return found


def guess(text: str, weights: Weights) -> int:
    """Return about how many tokens a text has, seldom too few."""
    return math.ceil(sum(count * float(getattr(weights, kind)) for kind, count in units(text).items()))


def guess_prompt(messages: tuple[Message, ...], weights: Weights) -> int:
    """Return about how many tokens a prompt has with what the server adds, seldom too few."""
    return PROMPT_TOKENS + sum(TURN_TOKENS + guess("".join(m.parts), weights) for m in messages)


def calibrate(count: Callable[[str], int | None]) -> Weights:
    """Return weights that fit a tokenizer; the usual ones where it does not count. ``count`` may return None."""
    weights: dict[str, float] = {}
    for kind, sample in SAMPLES.items():
        said = count(sample)
        if said is None:
            return Weights()
        found = units(sample)
        others = sum(weights.get(other, 0.0) / MARGIN * number for other, number in found.items() if other != kind)
        usual = getattr(Weights(), kind)
        weight = MARGIN * (said - others) / max(1, found[kind])
        weights[kind] = min(max(weight, usual / 2), usual * 2)  # a server that lies cannot move it further
    return Weights(**weights)
