"""Make the document of one text from its headings, the part that most loaders share.

Headings become nested chapters; what lies between them stays whole, since packing cuts where a reader needs it.
"""

from collections.abc import Callable, Sequence

from rao_cli.documents.blob import Blob
from rao_cli.documents.failures import no_text
from rao_cli.documents.model import Document, Facts, Origin, Page, Section, Span, Text
from rao_cli.documents.sections import Mark, distinct, finish, nest, stretched
from rao_cli.documents.stored import TextWriter
from rao_cli.text import one_line

_LABEL_CHARACTERS = 120
_TITLE_CHARACTERS = 50


def headed(
    blob: Blob, text: Text, marks: Sequence[Mark], *, warnings: Sequence[str] = (), facts: Sequence[Facts] = ()
) -> Document:
    """Return the document of a text with these headings, located by its lines."""
    whole = Span(0, len(text))
    root = chapters(blob.name, marks, whole)
    return finish(text, root, [Origin(blob.path, whole)], warnings=warnings, facts=facts)


def chapters(title: str, marks: Sequence[Mark], span: Span) -> Section:
    """Return the section of a file with a chapter for each heading."""
    return nest(distinct(marks), Section("", title, "file", span), one_leaf)


def one_leaf(span: Span) -> tuple[Section, ...]:
    """Return a span as one leaf."""
    return (Section("", "", "paragraph", span),)


def heading_pages(marks: Sequence[Mark], first_title: str) -> tuple[Page, ...]:
    """Return a page for each heading, labelled with the path of headings to it, such as "Install › Linux".

    What stands before the first heading is labelled with ``first_title``.
    """
    marks = distinct(marks)
    pages: list[Page] = []
    if not marks or marks[0].start > 0:
        pages.append(Page(0, 1, one_line(first_title, _LABEL_CHARACTERS)))
    path: list[Mark] = []
    for mark in marks:
        while path and path[-1].level >= mark.level:
            path.pop()
        path.append(mark)
        label = " › ".join(one_line(above.title, _TITLE_CHARACTERS) for above in path)
        pages.append(Page(mark.start, len(pages) + 1, one_line(label, _LABEL_CHARACTERS)))
    return tuple(pages)


class Parts:
    """Puts the slides, sheets, messages or cells of a file one after another, each a page and a section."""

    def __init__(self) -> None:
        self._writer = TextWriter()
        self._pages: list[Page] = []
        self._sections: list[Section] = []

    @property
    def end(self) -> int:
        """Return the length of the text so far."""
        return self._writer.length

    def add(self, title: str, text: str, children: Callable[[Span], Sequence[Section]] | None = None) -> None:
        """Append a part that is not empty, with a newline at its end and an empty line before the next one.

        ``children`` makes the sections inside it from its place.
        """
        if self._sections:
            self._writer.write("\n")
            last = self._sections[-1]
            self._sections[-1] = stretched(last, self.end)
        start = self.end
        self._writer.write(text.rstrip("\n") + "\n")
        span = Span(start, self.end)
        shown = one_line(title, _LABEL_CHARACTERS)
        self._pages.append(Page(start, len(self._pages) + 1, shown))
        inner = tuple(children(span)) if children else ()
        self._sections.append(Section("", shown, "chapter", span, inner if len(inner) > 1 else ()))

    def finish(
        self, blob: Blob, unit: str, *, warnings: Sequence[str] = (), facts: Sequence[Facts] = ()
    ) -> Document:
        """Return the document of all parts. Raises NoTextError when there is none."""
        if not self._sections:
            raise no_text(one_line(blob.path))
        whole = Span(0, self.end)
        sections = self._sections if len(self._sections) > 1 else self._sections[0].children
        root = Section("", blob.name, "file", whole, tuple(sections))
        origin = Origin(blob.path, whole, tuple(self._pages), unit=unit)
        return finish(self._writer.finish(), root, [origin], warnings=warnings, facts=facts)
