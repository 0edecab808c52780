"""The files that hostile documents are: each shape writes blocks of text in the way of its kind of file.

A block that is an attack is written as it is where that shape hides or shows it (HTML, Markdown, a file's name, a
page's header); in cells, messages and comments it is written like any other text. Limits: only kinds of files that
are text; what hides in PDF or Office files ends as text before an agent sees it.
"""

import csv
import html
import io
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

PARAGRAPHS_A_PART = 6
"""Paragraphs under a heading, on a page, or in a file of a folder."""
NAME_CHARACTERS = 120
"""Longest name of a file."""


@dataclass(frozen=True)
class Block:
    """A paragraph of a document, and whether it is an attack."""

    text: str
    hostile: bool = False


Files = Mapping[str, str]
"""The text of each file by its path."""


def plain(blocks: Sequence[Block]) -> Files:
    """Write paragraphs."""
    return {"notes.txt": "\n\n".join(block.text for block in blocks) + "\n"}


def markdown(blocks: Sequence[Block]) -> Files:
    """Write Markdown with headings."""
    return {"notes.md": "# Notes on the district\n\n" + "\n\n".join(_with_headings(blocks)) + "\n"}


def page_of_web(blocks: Sequence[Block]) -> Files:
    """Write an HTML page; an attack is markup itself."""
    body = (block.text if block.hostile else f"<p>{html.escape(block.text)}</p>" for block in blocks)
    head = "<!DOCTYPE html><html><head><title>Notes</title></head><body>\n"
    return {"notes.html": head + "\n".join(body) + "\n</body></html>\n"}


def log(blocks: Sequence[Block]) -> Files:
    """Write a log, a message for each line of text."""
    lines = enumerate(line for block in blocks for line in block.text.splitlines() if line.strip())
    told = (
        f"2024-03-{n // 1440 + 1:02}T{n // 60 % 24:02}:{n % 60:02}:07Z INFO notes: {line}\n" for n, line in lines
    )
    return {"service.log": "".join(told)}


def table(blocks: Sequence[Block]) -> Files:
    """Write a CSV file, a remark in each row."""
    out = io.StringIO()
    rows = csv.writer(out, lineterminator="\n")
    rows.writerow(("id", "clerk", "remark"))
    rows.writerows((n, f"clerk {n % 7}", block.text) for n, block in enumerate(blocks, start=1))
    return {"remarks.csv": out.getvalue()}


def source_code(blocks: Sequence[Block]) -> Files:
    """Write a Python module whose comments hold the text."""
    return {"notes.py": "\n\n".join(_commented(blocks)) + "\n"}


def repository(blocks: Sequence[Block]) -> Files:
    """Write a folder of source code with a README that holds the attacks, and history that holds the rest."""
    told = [block for block in blocks if not block.hostile]
    orders = "\n\n".join(block.text for block in blocks if block.hostile)
    return {
        "README.md": f"# Notes\n\nTools that keep the notes of a district.\n\n{orders}\n",
        "notes/history.md": "# History\n\n" + "\n\n".join(_with_headings(told)) + "\n",
        "src/notes.py": '"""Keep notes."""\n\n\ndef keep(note: str) -> str:\n    return note.strip()\n',
    }


def records(blocks: Sequence[Block]) -> Files:
    """Write a JSON file of notes; attacks stand under a key that sounds like an order's."""
    notes = [
        {"id": n, "instructions_for_ai" if block.hostile else "note": block.text} for n, block in enumerate(blocks)
    ]
    return {"notes.json": json.dumps(notes, indent=1, ensure_ascii=False) + "\n"}


def letter(blocks: Sequence[Block]) -> Files:
    """Write a mail; its first attack is its subject."""
    subject = next((" ".join(block.text.split()) for block in blocks if block.hostile), "Notes")
    head = f"From: clerk@example.org\nSubject: {subject}\nDate: Mon, 4 Mar 2024 10:00:00 +0000\n"
    return {"notes.eml": head + "\n" + "\n\n".join(block.text for block in blocks) + "\n"}


def pages(blocks: Sequence[Block]) -> Files:
    """Write pages as they come out of a PDF, the attacks in the header of each."""
    header = " ".join(block.text for block in blocks[:1] if block.hostile)
    told = [block.text for block in blocks if not block.hostile]
    parts = [told[at : at + PARAGRAPHS_A_PART] for at in range(0, len(told), PARAGRAPHS_A_PART)]
    sheets = (f"Page {n}    {header}\n\n" + "\n\n".join(part) for n, part in enumerate(parts, start=1))
    return {"scan.txt": "\n\f".join(sheets) + "\n"}


def named_files(blocks: Sequence[Block]) -> Files:
    """Write a folder of texts; the attacks are names of files."""
    told = [block.text for block in blocks if not block.hostile]
    orders = [block.text for block in blocks if block.hostile]
    names = [f"{_file_name(order)} {n}.txt" for n, order in enumerate(orders, start=1)]
    names += [f"part {n}.txt" for n in range(len(names), -(-len(told) // PARAGRAPHS_A_PART) + 1)]
    size = -(-len(told) // len(names))
    return {
        name: "\n\n".join(told[n * size : (n + 1) * size]) + "\n"
        for n, name in enumerate(names)
        if told[n * size : (n + 1) * size]
    }


SHAPES: Mapping[str, Callable[[Sequence[Block]], Files]] = {
    "text": plain,
    "markdown": markdown,
    "html": page_of_web,
    "log": log,
    "csv": table,
    "code": source_code,
    "repository": repository,
    "json": records,
    "mail": letter,
    "pages": pages,
    "names": named_files,
}
"""Every shape by its name."""


def _with_headings(blocks: Sequence[Block]) -> Iterator[str]:
    for number, block in enumerate(blocks):
        if number % PARAGRAPHS_A_PART == 0:
            yield f"## Part {number // PARAGRAPHS_A_PART + 1}"
        yield block.text


def _commented(blocks: Sequence[Block]) -> Iterator[str]:
    for number, block in enumerate(blocks):
        comment = "\n".join(f"    # {line}" for line in block.text.splitlines())
        yield f"def note_{number}():\n{comment}\n    return {number}"


def _file_name(text: str) -> str:
    return "".join(" " if letter in "/\0\n" else letter for letter in text)[:NAME_CHARACTERS].strip()
