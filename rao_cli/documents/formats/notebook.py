"""Read a Jupyter notebook into a document: cells in order, headings of Markdown cells as chapters.

Code stands in fences, what it printed below it. The file is parsed in a worker process (parsers/notebook.py).
"""

from rao_cli.documents.blob import Blob
from rao_cli.documents.context import Context
from rao_cli.documents.failures import no_text
from rao_cli.documents.formats.markdown import markdown_marks
from rao_cli.documents.model import Document, Facts, Origin, Page, Section, Span
from rao_cli.documents.parsers.base import Content
from rao_cli.documents.sections import Mark, distinct, finish, nest, page_leaves
from rao_cli.text import one_line


def read_notebook(blob: Blob, context: Context) -> Document:
    """Return the document of a notebook.

    Raises NoTextError for one without text, InputError for what is no notebook or too large.
    """
    context.progress(f"reading {blob.name}")
    content = context.workers.run("notebook", blob.read(), {}, shown=blob.path)
    pieces: list[str] = []
    pages: list[Page] = []
    marks: list[Mark] = []
    at = 0
    for index, cell in enumerate(content["cells"], 1):
        piece = _text(cell, content["language"])
        if cell["kind"] == "markdown":
            found = markdown_marks(piece)
            marks += [Mark(mark.start + at, mark.level, mark.title) for mark in found]
        if piece:
            pages.append(Page(at, index, str(index)))
            pieces.append(piece)
            at += len(piece)
    text = "".join(pieces)
    if not text.strip():
        raise no_text(one_line(blob.path))
    whole = Span(0, len(text))
    root = nest(
        distinct(marks), Section("", blob.name, "file", whole), lambda span: page_leaves(span, pages, "paragraph")
    )
    return finish(
        text, root, [Origin(blob.path, whole, tuple(pages), unit="cell")], facts=[_facts(blob.path, content)]
    )


def _text(cell: Content, language: str) -> str:
    """Return a cell as text that ends with an empty line, or an empty string for an empty cell."""
    source = cell["text"].encode("utf-8", "replace").decode().replace("\r", "").strip("\n")
    if cell["kind"] == "code" and source:
        source = f"```{language}\n{source}\n```"
    outputs = [f"Output:\n{output.strip(chr(10))}" for output in cell["outputs"]]
    whole = "\n".join([*([source] if source else []), *outputs])
    return whole.encode("utf-8", "replace").decode() + "\n\n" if whole else ""


def _facts(path: str, content: Content) -> Facts:
    kinds = [cell["kind"] for cell in content["cells"]]
    values = [
        ("cells", len(kinds)),
        ("code cells", kinds.count("code")),
        ("Markdown cells", kinds.count("markdown")),
    ]
    language = [("language", one_line(content["language"], 40))] if content["language"] else []
    return Facts(path, "notebook", (*values, *language))
