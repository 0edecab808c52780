"""Answer a question that depends on another by what the text states for each: "Where was the author of X born?".

Each step's answer is put into the next question. Limits: those of hops.py and sentences.py; a step that the text
does not state in the question's own words, or states in two ways, leaves the whole to the readers.
"""

from rao_cli.agent.compute.base import Computed
from rao_cli.agent.compute.sentences import Statement, statements
from rao_cli.agent.finding.hops import decompose
from rao_cli.agent.question.model import Asked
from rao_cli.agent.reading import Reading

_STEP = 0.95
"""What a step's confidence is multiplied by."""


def solve_chains(asked: Asked, reading: Reading) -> Computed | None:
    """Answer a chain of dependent questions, up to four, each from one sentence's statement."""
    questions = decompose(asked.stem or asked.text) if not asked.form.options else None
    if not questions:
        return None
    found: list[Statement] = []
    for question in questions:
        step = statements(with_answers(question, [one.value.text for one in found]), reading)
        if len(step) != 1:
            return None
        found += step
    answer = found[-1].value.text
    return Computed(
        answer=answer,
        how=" → ".join(one.value.text for one in found)
        + f": {len(found)} sentences, each found by the one before",
        evidence=tuple(one.span for one in found[::-1]),
        examined=tuple(one.span for one in found),
        confidence=_STEP ** len(found),
    )


def with_answers(question: str, answers: list[str]) -> str:
    """Return a question with {1}, {2}, ... replaced by the answers of the questions before it."""
    for number, answer in enumerate(answers, start=1):
        question = question.replace(f"{{{number}}}", answer)
    return question
