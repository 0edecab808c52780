"""Make documents of the kinds that summaries know, and summarise them without a model."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from rao_cli.agent.cite import cite
from rao_cli.agent.records import Citation
from rao_cli.agent.summary.choose import choose
from rao_cli.agent.summary.model import Statement, Topic
from rao_cli.agent.summary.survey import survey
from rao_cli.agent.summary.write import write
from rao_cli.documents.load import ReadOptions, open_sources
from rao_cli.documents.model import Document, Span
from tests.documents.reading import document_of

BOATS = """# Hulls

A hull is the watertight body of a boat. It keeps the water out and carries the load. Most hulls in the harbour
of Nordby are made of steel. Wooden hulls need paint every spring.

# Sails

A sail is a piece of cloth that catches the wind. The mainsail of the Albatross has 42 square metres. Sails are
sewn by the Petersen family in Nordby. Torn sails are mended in winter.

# Anchors

An anchor is a heavy device that holds a boat in place. The anchor of the Albatross weighs 85 kilograms. Anchors
are tested in the harbour of Nordby every year. Chains are longer than ropes.
"""

FILES = {
    "README.md": "# gulls\n\ngulls is a tool that counts sea birds in pictures. It needs no network.\n\n"
    "## Install\n\n```\npip install gulls\ngulls count beach.jpg\n```\n\n## Test\n\n```\npython -m pytest\n```\n",
    "pyproject.toml": '[project]\nname = "gulls"\ndescription = "Count the sea birds of a picture"\n\n'
    '[project.scripts]\ngulls = "gulls.command:main"\n',
    "LICENSE": "Do what you like.\n",
    "gulls/__init__.py": '"""Find and count birds."""\n',
    "gulls/command.py": '"""Read the command line and print the count."""\n\n'
    "from gulls.finder import find_birds\n\n\ndef main():\n    print(len(find_birds('x')))\n",
    "gulls/finder.py": "from gulls.shapes import Outline\n\n\n"
    "def find_birds(picture):\n    return [Outline(picture)]\n",
    "gulls/shapes.py": "class Outline:\n    def __init__(self, picture):\n        self.picture = picture\n",
    "tests/test_finder.py": "from gulls.finder import find_birds\n\n\n"
    "def test_it():\n    assert find_birds('x')\n",
}


def repository(folder: Path, files: Mapping[str, str] | None = None) -> Document:
    """Write files into a folder and read it."""
    for name, text in (files or FILES).items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    return open_sources([str(folder)], ReadOptions())


def log(lines: Sequence[str], name: str = "app.log") -> Document:
    """Read lines as the log that they are."""
    return document_of("".join(f"{line}\n" for line in lines).encode(), name)


def syslog(number: int, message: str, minute: int = -1) -> str:
    """Write one line of a system log, a minute after the one before unless said otherwise."""
    minute = number if minute < 0 else minute
    return f"Mar  3 {8 + minute // 60:02}:{minute % 60:02}:{number % 60:02} mill worker[{100 + number}]: {message}"


def told(document: Document, words: int = 60, style: str = "bullets") -> str:
    """Return a document's summary as code tells it."""
    return written(document, survey(document, words), words, style)[0]


def written(
    document: Document, topics: Sequence[Topic], words: int, style: str
) -> tuple[str, tuple[Citation, ...]]:
    """Choose from topics and write, cited in a document."""

    def citation(span: Span, statement: Statement) -> Citation:
        return cite(document, span, statement.text)

    return write(choose(topics, words, style), style, citation)


def topic(heading: str, *texts: str, at: int = 0, **fields: object) -> Topic:
    """Return a topic whose statements stand side by side from a place on."""
    statements = tuple(Statement(text, (Span(at + n, at + n + 1),)) for n, text in enumerate(texts))
    return Topic(heading, Span(at, at + max(1, len(texts))), statements, **fields)
