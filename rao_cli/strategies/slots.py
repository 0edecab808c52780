"""Fill a plan's slots from a question, by rule: a question that lacks one cannot be worked on by that plan."""

import re
from collections.abc import Sequence

from rao_cli.agent.chaining import dependent
from rao_cli.agent.compute.chains import with_answers
from rao_cli.agent.finding.tokens import tokens
from rao_cli.agent.question.recognise import recognise
from rao_cli.strategies.records import SlotType

_QUOTED = re.compile(r"[\"'`“‘]([^\"'`”’]{2,80})[\"'`”’]")
_IDENTIFIER = re.compile(r"(?<!\w)(?:--?[a-z][\w-]+|[A-Za-z_]\w*(?:[._]\w+)+|[a-z]+[A-Z]\w*|\w+\(\))")


def fill(kind: SlotType, question: str, answers: Sequence[str] = ()) -> str:
    """Return what a slot of this type holds for a question; empty where the question has nothing of the kind.

    ``answers`` are those that were found to the inner questions, for the one that is asked after them.
    """
    match kind:
        case "question":
            return question
        case "subject":
            return " ".join(word.text for word in tokens(recognise(question).stem) if not word.stop)
        case "name":
            return name_in(question)
        case "inner":
            return next(iter(dependent(question)), "")
        case "outer":
            return _outer(question, answers)


def name_in(question: str) -> str:
    """Return what a question quotes, or else the longest word in it that is written as names in code are."""
    quoted = _QUOTED.search(question)
    if quoted:
        return quoted.group(1)
    return max((one.group() for one in _IDENTIFIER.finditer(question)), key=len, default="")


def _outer(question: str, answers: Sequence[str]) -> str:
    """Return the last of the questions that depend on each other, the answers to those before it put in."""
    chain = dependent(question)
    if not chain or len(answers) < len(chain) - 1:
        return ""
    return with_answers(chain[-1], list(answers))
