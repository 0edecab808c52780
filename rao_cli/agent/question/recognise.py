"""Recognise what a question asks for, by rule."""

from rao_cli.agent.question.model import Asked


def recognise(text: str) -> Asked:
    """Return a question with its kind, its own words and the form that its answer shall have."""
    return Asked(text=text, stem=text)
