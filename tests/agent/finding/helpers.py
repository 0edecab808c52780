"""Ask questions of small texts in the tests of finding."""

from rao_cli.agent.question.model import Asked
from rao_cli.agent.reading import Reading, prepare_reading
from rao_cli.engine.scripted import ScriptedEngine
from tests.agent.helpers import document


def asked(question: str) -> Asked:
    """Return a question as it is before anything is known of it."""
    return Asked(text=question, stem=question)


def reading(text: str, path: str = "notes.txt") -> Reading:
    """Return a text made ready for agents."""
    return prepare_reading(document(text, path), ScriptedEngine(lambda request: ""), 400, 8)
