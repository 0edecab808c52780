"""Judge an answer to a task: right or wrong, exact match, and F1, with SQuAD's normalisation.

Metrics (the normalisation and F1 are those of Rajpurkar et al., 2016):

- contains: a true answer's words stand together and in order in the answer, which may have ``max_words`` words;
- exact: the answer and a true one are the same, normalised;
- f1: the words of the answer and of a true one overlap with F1 >= 0.5;
- number: the first number that the question does not hold itself is the true one, within the tolerance;
- choice: the letter, or the one choice whose words are named.

Limits: an answer is compared by its words, so a right paraphrase is wrong.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from rao_cli.bench.tasks import BenchTask

MAX_WORDS = 12
"""Words that an answer may have where it must contain the true one."""
_ENOUGH_F1 = 0.5
_ARTICLE = re.compile(r"\b(?:a|an|the)\b")
_SYMBOLS = frozenset("$+<=>^`|~\u2212")
"""What is dropped like punctuation, besides what Unicode calls so."""
_LONGEST = 10_000
"""Characters of an answer that are looked at: no right one is longer."""
_LONGEST_LETTER = 400
"""Characters in which a letter is looked for; the patterns take quadratic time."""
_GROUPS = re.compile(r"(?<=\d)[,_](?=\d{3}\b)")
_NUMBER = re.compile(r"(?<![\w.])[-+]?\d+(?:\.\d+)?")
_NUMBER_WORDS = tuple(
    """zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen
    seventeen eighteen nineteen twenty""".split()  # noqa: SIM905
)
_FIRST_LETTER = re.compile(
    r"\W*(?:the\s+)?(?:correct\s+)?(?:final\s+)?(?:answer|option|choice)?\W*(?:is\W*)?\(?([A-H])\b", re.IGNORECASE
)
_ANY_LETTER = re.compile(r"\(([A-H])\)|\b(?:answer|option|choice)\s*(?:is|:)?\s*\(?([A-H])\b")
_ABSENT = re.compile(
    r"\W*(?:absent|unknown|unanswerable|(?:it |this )?(?:is )?not (?:found|mentioned|stated|given|known|specified)"
    r"|not in the text|no answer|(?:the )?text does(?: not|n't) (?:say|mention))\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What an answer is worth."""

    right: bool
    exact: bool
    f1: float


def judge(task: BenchTask, answer: str, *, absent: bool = False, max_words: int = MAX_WORDS) -> Verdict:
    """Judge an answer; ``absent`` says that the source was said not to hold one. No ``max_words`` is 0."""
    if task.absent or absent:
        right = task.absent and absent
        return Verdict(right, right, float(right))
    text = answer[:_LONGEST]
    if not text.strip():
        return Verdict(False, False, 0.0)
    exact = any(normal(text) == normal(each) for each in task.answers)
    return Verdict(_is_right(task, text, exact, max_words), exact, _best_f1(task, text))


def says_absent(answer: str) -> bool:
    """Tell whether plain text says that there is no answer."""
    return bool(_ABSENT.match(answer[:_LONGEST]))


def normal(text: str) -> str:
    """Return text in lower case, without punctuation and articles, with single spaces."""
    kept = "".join(c for c in text.lower() if c not in _SYMBOLS and unicodedata.category(c)[0] != "P")
    return " ".join(_ARTICLE.sub(" ", kept).split())


def f1(answer: str, true: str) -> float:
    """Return the F1 of the words of two texts; 1 where neither has any."""
    ours, theirs = normal(answer).split(), normal(true).split()
    if not ours or not theirs:
        return float(ours == theirs)
    shared = sum((Counter(ours) & Counter(theirs)).values())
    return 2 * shared / (len(ours) + len(theirs))


def numbers(text: str) -> list[float]:
    """Return the numbers of a text in order; words from zero to twenty count only where it has no digits."""
    plain = _GROUPS.sub("", text.replace("\u2212", "-"))
    found = [float(match.group()) for match in _NUMBER.finditer(plain)]
    if found:
        return found
    return [float(_NUMBER_WORDS.index(word)) for word in re.findall(r"\w+", text.lower()) if word in _NUMBER_WORDS]


def _is_right(task: BenchTask, answer: str, exact: bool, max_words: int) -> bool:
    if task.metric == "contains":
        return _contains(task, answer, max_words)
    if task.metric == "number":
        return _is_number(task, answer)
    if task.metric == "choice":
        return _is_choice(task, answer)
    return exact if task.metric == "exact" else _best_f1(task, answer) >= _ENOUGH_F1


def _best_f1(task: BenchTask, answer: str) -> float:
    return max(f1(answer, each) for each in task.answers)


def _contains(task: BenchTask, answer: str, max_words: int) -> bool:
    if 0 < max_words < len(answer.split()):
        return False
    if task.match_all:
        return all(any(_holds(answer, form) for form in each.split("|")) for each in task.answers)
    return any(_holds(answer, each) for each in task.answers)


def _holds(answer: str, true: str) -> bool:
    """Tell whether an answer holds a true one, slashes and hyphens dropped, or taken as spaces."""
    for separators in ("", "/", "/-\u2013"):
        table = dict.fromkeys(map(ord, separators), " ")
        if _has_run(normal(answer.translate(table)).split(), normal(true.translate(table)).split()):
            return True
    return False


def _has_run(words: Sequence[str], run: Sequence[str]) -> bool:
    return bool(run) and f" {' '.join(run)} " in f" {' '.join(words)} "


def _is_number(task: BenchTask, answer: str) -> bool:
    told, asked = numbers(answer), set(numbers(task.question))
    fresh = [value for value in told if value not in asked] or told
    if not fresh:
        return False
    true = [float(each.replace(",", "")) for each in task.answers]
    # A true number that the question mentions too can still be told.
    candidates = fresh[:1] + (told[:1] if asked & set(true) else [])
    return any(abs(one - other) <= task.tolerance + 1e-9 for one in candidates for other in true)


def _is_choice(task: BenchTask, answer: str) -> bool:
    letter = _letter(answer) if task.letters else ""
    if letter:
        return letter in task.answers
    words = normal(answer).split()
    named = [normal(each) for each in task.choices or task.answers]
    named = [each for each in named if _has_run(words, each.split())]
    # A choice that is part of a longer named one was not named by itself.
    whole = [each for each in named if not any(_is_part(each, other) for other in named)]
    return len(whole) == 1 and whole[0] in {normal(each) for each in task.answers}


def _is_part(choice: str, other: str) -> bool:
    return choice != other and _has_run(other.split(), choice.split())


def _letter(answer: str) -> str:
    answer = answer.strip()[:_LONGEST_LETTER]
    first = _FIRST_LETTER.match(answer)
    if first:
        return first[1].upper()
    others = _ANY_LETTER.findall(answer)
    return "".join(others[-1]) if others else ""
