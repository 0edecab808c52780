"""Documents made by hand for the tests of outlines."""

from rao_cli.documents.model import CodeFile, Facts, Origin, Page, Section, Skipped, Span, Symbol, Table
from rao_cli.documents.sections import finish


def book(pages=6, chapters=3, lines=4, *, paged=True):
    """Return a PDF of chapters of equal length, each page of some lines; or, not paged, the text of one."""
    page = "".join(f"line {number} of a page\n" for number in range(lines))
    text = page * pages
    size = len(text) // chapters
    parts = tuple(
        Section("", f"Chapter {number + 1}", "chapter", Span(number * size, (number + 1) * size))
        for number in range(chapters)
    )
    starts = tuple(Page(number * len(page), number + 1, str(number + 1)) for number in range(pages))
    origin = Origin("book.pdf", Span(0, len(text)), starts if paged else ())
    return finish(text, Section("", "book.pdf", "file", Span(0, len(text)), parts), [origin])


def repository(files, **more):
    """Return a folder of files by path, each with a text; ``more`` is what else the document holds."""
    at, text, origins, parts = 0, "", [], []
    for path, content in files.items():
        span = Span(at, at + len(content))
        origins.append(Origin(f"repo/{path}", span))
        parts.append(Section("", path, "file", span))
        text, at = text + content, span.end
    return finish(text, Section("", "repo", "folder", Span(0, at), tuple(parts)), origins, **more)


def log(rows=50, tables=1, kind="syslog"):
    """Return a log with tables of facts."""
    text = "Mar  1 00:00:00 host app: something happened\n" * 10
    counted = tuple((f"template {number}", rows - number) for number in range(rows))
    made = tuple(Table(f"table {number}", ("template", "count"), counted, rows) for number in range(tables))
    facts = Facts("app.log", kind, (("records", 10_000), ("first", "2015-05-17 10:05:03")), made)
    origin = Origin("app.log", Span(0, len(text)))
    return finish(text, Section("", "app.log", "file", Span(0, len(text))), [origin], facts=[facts])


def plain(paragraphs=20):
    """Return a text without headings, of numbered paragraphs."""
    texts = [f"Paragraph {number} begins here.\nIt goes on.\n\n" for number in range(paragraphs)]
    at, parts = 0, []
    for text in texts:
        parts.append(Section("", "", "paragraph", Span(at, at + len(text))))
        at += len(text)
    whole = "".join(texts)
    root = Section("", "plain.txt", "file", Span(0, at), tuple(parts))
    return finish(whole, root, [Origin("plain.txt", Span(0, at))])


def symbol(name, start, end, kind="function"):
    """Return a definition."""
    return Symbol(name, kind, f"def {name}()", Span(start, end))


def code_file(origin, language="python", symbols=(), uses="", imports=()):
    """Return what a source file holds."""
    return CodeFile(origin, language, tuple(symbols), tuple(imports), uses)


def skipped(*counts):
    """Return inputs that were left out: (reason, failed, how many) each."""
    return [
        Skipped(f"repo/{reason}/{number}", reason, failed)
        for reason, failed, count in counts
        for number in range(count)
    ]
