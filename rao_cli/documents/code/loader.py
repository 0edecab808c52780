"""Read source files into documents: sections by class and function, and the table of what each file defines.

The grammars run in worker processes (parsers/code.py), many small files to a job. Limits: a file above
_MOST_CHARACTERS, in a language without a grammar, or that its grammar cannot get through in time is divided at
blank lines, without a table; the last two are told as a warning.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from sys import intern
from typing import Any

from rao_cli.documents.blob import Blob
from rao_cli.documents.code.languages import language_of
from rao_cli.documents.context import Context
from rao_cli.documents.encoding import read_text
from rao_cli.documents.memo import Memo, memo_key
from rao_cli.documents.model import CodeFile, Document, Origin, Section, Span, Symbol, Text
from rao_cli.documents.sections import finish, paragraphs
from rao_cli.documents.workers import WorkerLimits
from rao_cli.errors import InputError
from rao_cli.text import one_line

# A tree takes about thirty times the memory of its text.
_MOST_CHARACTERS = 8_000_000
# A batch (ahead.py) takes a tenth of a second, the largest file ten. Whatever takes longer was made to.
_LEAST_SECONDS = 3
_CHARACTERS_A_SECOND = 400_000
# A folder made of files that no grammar gets through must come to its end as well.
_MOST_LOST = 20
_TOO_MANY = f"not parsed, because {_MOST_LOST} files before it stopped their reader"
_TITLE_CHARACTERS = 100
# A C++ header may start with a long licence and macros.
_HEAD_CHARACTERS = 64 * 1024


def read_code(blob: Blob, context: Context) -> Document:
    """Return the document of a source file.

    Raises NoTextError for a file without text, InputError for one that is binary.
    """
    return _documents([_source(blob, context)], context)[0]


def read_code_files(blobs: Sequence[Blob], context: Context) -> list[Document | InputError]:
    """Return for each source file its document, or the error that reading it alone would raise; all in one job."""
    sources: list[_Source] = []
    results: list[Document | InputError | None] = []
    for blob in blobs:
        try:
            sources.append(_source(blob, context))
            results.append(None)
        except InputError as e:
            results.append(e)
    documents = iter(_documents(sources, context))
    return [next(documents) if result is None else result for result in results]


@dataclass(frozen=True, slots=True)
class _Source:
    """A file's text and its language, if that is to be parsed."""

    blob: Blob
    text: Text
    warnings: tuple[str, ...]
    language: str | None


def _source(blob: Blob, context: Context) -> _Source:
    text, warnings = read_text(blob, context)
    head = text[:_HEAD_CHARACTERS].encode("utf-8", "replace")
    return _Source(blob, text, warnings, language_of(blob.name, head))


def _documents(sources: Sequence[_Source], context: Context) -> list[Document]:
    wanted = [source for source in sources if source.language and len(source.text) <= _MOST_CHARACTERS]
    found = dict(zip(map(id, wanted), _parsed(wanted, context), strict=True))
    return [_document(source, found.get(id(source), "too large to be parsed")) for source in sources]


def _parsed(sources: Sequence[_Source], context: Context) -> list[dict[str, Any] | str]:
    """Return what the parser found in each source, or why it did not get through."""
    if not sources:
        return []
    datas = [source.text[:].encode("utf-8", "replace") for source in sources]
    memo = context.workers.memo
    if memo is None:
        return _found(sources, datas, context)
    keys = [memo_key("code", source.language or "", data) for source, data in zip(sources, datas, strict=True)]
    known = [memo.found(key) for key in keys]
    new = [at for at, one in enumerate(known) if one is None]
    found = iter(_found([sources[at] for at in new], [datas[at] for at in new], context))
    return [one or _kept(memo, key, next(found)) for key, one in zip(keys, known, strict=True)]


def _kept(memo: Memo, key: bytes, found: dict[str, Any] | str) -> dict[str, Any] | str:
    """Remember what was found in a file; a failure may have other causes than the file."""
    if not isinstance(found, str):
        memo.keep(key, found)
    return found


def _found(sources: Sequence[_Source], datas: Sequence[bytes], context: Context) -> list[dict[str, Any] | str]:
    """Let the parser read files, all in one job."""
    if not sources:
        return []
    files = [{"language": source.language, "size": len(data)} for source, data in zip(sources, datas, strict=True)]
    shown = sources[0].blob.path
    if context.workers.lost["code"] >= _MOST_LOST:
        return [_TOO_MANY for _ in sources]
    seconds = _LEAST_SECONDS + sum(map(len, datas)) // _CHARACTERS_A_SECOND
    limits = WorkerLimits(cpu_seconds=seconds, wall_seconds=10 * seconds)
    try:
        answer = context.workers.run(
            "code", b"".join(datas), {"files": files}, shown=shown, limits=limits, remember=False
        )
    except InputError as e:
        if len(sources) == 1:
            return [e.message.removeprefix(one_line(shown)).lstrip(": ")]
        # One of them is to blame; the others are read without it.
        return [_found([one], [data], context)[0] for one, data in zip(sources, datas, strict=True)]
    files_found: list[dict[str, Any] | str] = answer["files"]
    return files_found


def _document(source: _Source, found: dict[str, Any] | str) -> Document:
    """Return the document of what was found in a source, or of its blank-line blocks."""
    blob, text, warnings = source.blob, source.text, source.warnings
    whole = Span(0, len(text))
    origin = Origin(blob.path, whole)
    if isinstance(found, str):
        if source.language:
            warnings = (*warnings, f"{one_line(blob.path)}: {found}; divided at blank lines")
        root = Section("", blob.name, "file", whole, paragraphs(text, whole))
        return finish(text, root, [origin], warnings=warnings)
    root = _section(text, ["file", blob.name, 0, len(text), found["sections"]])
    code = CodeFile(0, source.language or "", _symbols(found["symbols"]), tuple(found["imports"]), found["uses"])
    return finish(text, root, [origin], warnings=warnings, code=[code])


def _section(text: Text, row: list[Any]) -> Section:
    """Return a section with those inside it and, between them, leaves of what belongs to none of them."""
    kind, title, start, end, rows = row
    children: list[Section] = []
    at = start
    for inner in rows:
        children += paragraphs(text, Span(at, inner[2]))
        children.append(_section(text, inner))
        at = inner[3]
    if children or kind == "file":
        children += paragraphs(text, Span(at, end))
    return Section("", one_line(title, _TITLE_CHARACTERS), intern(kind), Span(start, end), tuple(children))


def _symbols(rows: list[list[Any]]) -> tuple[Symbol, ...]:
    # Kinds, containers and many names repeat: kept once each, a large repository takes half the memory.
    return tuple(
        Symbol(intern(name), intern(kind), signature, Span(start, end), intern(container))
        for name, kind, signature, start, end, container in rows
    )
