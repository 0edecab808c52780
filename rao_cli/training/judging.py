"""Success by program: does an answer say what the evidence says, is its place cited, was absence right?"""

import re
from collections import Counter
from dataclasses import replace

from rao_cli.agent.records import Report
from rao_cli.documents.model import Span
from rao_cli.training.episodes import Episode

LEAST_F1 = 0.8
"""Shared words, as F1, from which on an answer counts as the true one said with other small words."""

_ARTICLES = frozenset({"a", "an", "the"})


def agrees(answer: str, episode: Episode) -> bool:
    """Tell whether an answer is one of the true ones, up to case, articles and punctuation."""
    return any(f1(answer, true) >= LEAST_F1 for true in episode.answers)


def f1(answer: str, true: str) -> float:
    """Return the F1 of shared words, as SQuAD's own scoring has it (arXiv 1606.05250, section 6.1)."""
    mine, theirs = Counter(_words(answer)), Counter(_words(true))
    shared = sum((mine & theirs).values())
    return 2 * shared / (sum(mine.values()) + sum(theirs.values())) if shared else 0.0


def _words(text: str) -> list[str]:
    return [word for word in re.findall(r"\w+", text.casefold()) if word not in _ARTICLES]


def asked_by(goal: str, episode: Episode) -> Episode | None:
    """Return what an agent with a goal is judged by: the episode, or the step that asks for the goal.

    None where the goal is neither, as when it is built on a wrong answer: nobody knows what is right then.
    """
    if goal == episode.question:
        return episode
    step = next((step for step in episode.steps if step.question == goal), None)
    if step is None:
        return None
    return replace(episode, question=goal, answers=(step.answer,), evidence=(step.evidence,), steps=())


def holds(span: Span, episode: Episode) -> bool:
    """Tell whether a stretch of the text holds evidence."""
    return any(span.contains(evidence) for evidence in episode.evidence)


def success(report: Report, spans: tuple[Span, ...], episode: Episode) -> float:
    """Return 1 where an agent that was given spans did right by them, else 0.

    It answers truly and cites the evidence where that lies in its spans; elsewhere it says absent.
    """
    if not any(holds(span, episode) for span in spans):
        return float(report.status == "absent")
    return float(report.status == "found" and agrees(report.answer, episode) and _cites(report, episode))


def _cites(report: Report, episode: Episode) -> bool:
    cited = [Span(one.start, one.end) for one in report.citations if one.verified]
    return any(place.overlaps(evidence) for place in cited for evidence in episode.evidence)
