"""Read logs of any size: counted part by part, in worker processes when it is large.

``looks_like_log`` tells logs from other text, and rather takes a log for text than the reverse. Limits: parts are
read in their order, so what a worker finds waits for those before it; a line longer than PART is cut.
"""

from collections import deque
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import PurePath
from typing import Any

from rao_cli.documents.blob import Blob
from rao_cli.documents.context import Context
from rao_cli.documents.encoding import SAMPLE_BYTES, TextDecoder
from rao_cli.documents.failures import no_text
from rao_cli.documents.logs.facts import log_facts
from rao_cli.documents.logs.lines import Lines
from rao_cli.documents.logs.summary import Summary
from rao_cli.documents.logs.tree import log_section
from rao_cli.documents.model import Document, Facts, Origin, Span, Text
from rao_cli.documents.parsers.log import read_part
from rao_cli.documents.parsers.log_rows import detect, split_rows, told
from rao_cli.documents.sections import finish
from rao_cli.text import one_line

PART = 8 << 20
"""Characters that are read at once; a log that has no more is read without a worker."""
_PIECE_BYTES = 1 << 20
_SAMPLE_LINES = 300
# Kinds that have readers of their own, or hold prose about logs.
_PROSE_ENDINGS = frozenset({".md", ".markdown", ".rst", ".tex", ".html", ".htm", ".xml", ".eml", ".mbox", ".ics"})
_DATA_ENDINGS = frozenset({".csv", ".tsv", ".yaml", ".yml", ".toml", ".ipynb", ".json", ".srt", ".diff", ".patch"})
_CODE_ENDINGS = frozenset(
    {".py", ".js", ".ts", ".go", ".rs", ".java", ".c", ".h", ".cpp", ".cs", ".rb", ".php", ".sh", ".sql", ".css"}
)
_OTHER_ENDINGS = _PROSE_ENDINGS | _DATA_ENDINGS | _CODE_ENDINGS
_LOG_ENDINGS = frozenset({".log", ".out", ".err", ".trace"})


def read_log(blob: Blob, context: Context) -> Document:
    """Return the document of a log with its facts.

    Raises NoTextError for white space only, InputError for noise.
    """
    writer, summary, shown = context.writer(), Summary(), one_line(blob.path)
    decoder = TextDecoder(blob.head(SAMPLE_BYTES))
    blank = True
    parts = _Parts(context, summary, shown)
    with parts:
        for part in _texts(blob, decoder):
            blank = blank and part.isspace()
            writer.write(part)
            parts.add(part)
            if blob.size > PART:
                context.progress(f"reading {shown}, {min(99, 100 * summary.characters // blob.size)}%")
    decoder.check(shown)
    if blank:
        raise no_text(shown)
    text = writer.finish()
    warning = decoder.warning(shown)
    return finish(
        text,
        log_section(summary, blob.name),
        [Origin(blob.path, Span(0, len(text)))],
        warnings=[warning] if warning else [],
        facts=_facts(summary, text, blob.path),
    )


def looks_like_log(head: str, name: str) -> bool:
    """Tell whether a file that starts so is a log, by most of its lines; ``name`` is the file's."""
    ending = PurePath(name).suffix.lower()
    if ending in _OTHER_ENDINGS:
        return False
    lines = head.split("\n")
    # The last line may be cut.
    lines = (lines[:-1] if len(lines) > 1 else lines)[:_SAMPLE_LINES]
    filled = [line for line in lines if line.strip()]
    form, records = detect(filled)
    if not records:
        return ending in _LOG_ENDINGS and bool(filled)
    if not _has_times(form, filled) or _is_table(form, filled):
        return ending in _LOG_ENDINGS
    least = 1 if ending in _LOG_ENDINGS or len(filled) < 3 else 3
    return records >= least and told(form, filled) >= (0.5 if ending in _LOG_ENDINGS else 0.8)


def _has_times(form: str, lines: list[str]) -> bool:
    return any(split_rows(form, lines).columns.get("time", ())) or form.startswith("labelled")


def _is_table(form: str, lines: list[str]) -> bool:
    """Tell whether lines that only start with a time are rows of values: the same commas or tabs in each."""
    if form != "iso":
        return False
    for mark in ",;\t":
        counts = {line.count(mark) for line in lines}
        if len(counts) == 1 and counts.pop() > 1 and not any(" " in line.split(mark, 1)[1] for line in lines):
            return True
    return False


class _Parts:
    """The parts of a log on their way through the workers; what is found of them is added in their order."""

    def __init__(self, context: Context, summary: Summary, shown: str) -> None:
        self._workers, self._summary, self._shown = context.workers, summary, shown
        self._pool = ThreadPoolExecutor(self._workers.size)
        self._waiting: deque[Future[dict[str, Any]]] = deque()
        self._only: str | None = None
        self._form = ""

    def add(self, text: str) -> None:
        """Take the next part; wait for an earlier one if enough are under way."""
        if not self._form:
            self._form = detect(text[:SAMPLE_BYTES].split("\n")[:_SAMPLE_LINES])[0]
            self._only = text
            return
        if self._only is not None:
            self._send(self._only)
            self._only = None
        self._send(text)
        while len(self._waiting) > self._workers.size:
            self._summary.add(self._waiting.popleft().result())

    def _send(self, text: str) -> None:
        data = text.encode("utf-8", "surrogatepass")
        options = {"form": self._form}
        self._waiting.append(self._pool.submit(self._workers.run, "log", data, options, shown=self._shown))

    def __enter__(self) -> "_Parts":
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        try:
            if kind is None and self._only is not None:
                self._summary.add(read_part(self._only, self._form))
            while kind is None and self._waiting:
                self._summary.add(self._waiting.popleft().result())
        finally:
            # Whoever is interrupted waits for nothing: the workers are closed next.
            self._pool.shutdown(wait=kind is None, cancel_futures=True)


def _texts(blob: Blob, decoder: TextDecoder) -> Iterator[str]:
    """Yield the text in parts that end at a line's end."""
    pieces: list[str] = []
    size = 0
    with blob.open() as file:
        while data := file.read(_PIECE_BYTES):
            pieces.append(decoder.decode(data))
            size += len(pieces[-1])
            if size >= PART:
                text = "".join(pieces)
                cut = text.rfind("\n") + 1 or len(text)
                yield text[:cut]
                pieces, size = [text[cut:]], len(text) - cut
    pieces.append(decoder.decode(b"", final=True))
    if last := "".join(pieces):
        yield last


def _facts(summary: Summary, text: Text, path: str) -> list[Facts]:
    lines = Lines(text, summary)
    several = len(summary.streams) > 1
    facts = [
        log_facts(stream, lines, f"{path}: {stream.name or f'{stream.form} lines'}" if several else path)
        for stream in summary.streams
    ]
    if not several:
        return facts
    values = (
        ("logs", len(facts)),
        ("records", sum(stream.records for stream in summary.streams)),
        ("lines", summary.lines),
        ("errors", sum(stream.alarms for stream in summary.streams)),
    )
    return [Facts(path, "joined logs", values), *facts]
