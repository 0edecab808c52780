"""Read mail into a document: a message (.eml), or the messages of a mailbox (.mbox) one after another.

Each message is its main headers, its text and the names of its attachments. Messages are parsed in worker
processes (parsers/mail.py), in batches, so a mailbox may be larger than memory. Limits: a mailbox divides at
lines that start with "From " after an empty line.
"""

from collections.abc import Iterator

from rao_cli.documents.blob import Blob
from rao_cli.documents.context import Context
from rao_cli.documents.formats.tree import Parts
from rao_cli.documents.model import Document, Facts
from rao_cli.errors import InputError
from rao_cli.text import one_line

_BATCH_BYTES = 16 << 20
_LARGEST_MESSAGE = 512 << 20
_LINE_BYTES = 1 << 20


def read_mail(blob: Blob, context: Context) -> Document:
    """Return the document of one message. Raises InputError for one that is too large."""
    context.progress(f"reading {blob.name}")
    return _read(blob, context, [[blob.read()]])


def read_mbox(blob: Blob, context: Context) -> Document:
    """Return the document of a mailbox, a section for each message. Raises InputError for a message too large."""
    context.progress(f"reading {blob.name}")
    return _read(blob, context, _batches(blob))


def _read(blob: Blob, context: Context, batches: Iterator[list[bytes]] | list[list[bytes]]) -> Document:
    parts = Parts()
    count = attachments = hidden = 0
    for batch in batches:
        options = {"sizes": [len(message) for message in batch]}
        content = context.workers.run("mail", b"".join(batch), options, shown=blob.path)
        for message in content["messages"]:
            count += 1
            attachments += len(message["attachments"])
            hidden += message["hidden"]
            text = _text(message)
            if text.strip():
                parts.add(message["subject"] or "(no subject)", text)
        context.progress(f"reading {blob.name}, {count} messages")
    values = [("messages", count), ("attachments", attachments), ("hidden characters left out", hidden)]
    facts = Facts(blob.path, "mail", tuple((name, value) for name, value in values if value))
    return parts.finish(blob, "message", facts=[facts])


def _text(message: dict[str, list[str]]) -> str:
    lines = [*message["headers"], *(f"Attachment: {name}" for name in message["attachments"])]
    whole = "\n".join([*lines, "", str(message["text"])])
    return whole.encode("utf-8", "replace").decode().replace("\0", "")


def _batches(blob: Blob) -> Iterator[list[bytes]]:
    """Yield the messages of a mailbox in batches of about the same size."""
    batch: list[bytes] = []
    size = 0
    for message in _messages(blob):
        batch.append(message)
        size += len(message)
        if size >= _BATCH_BYTES:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch


def _messages(blob: Blob) -> Iterator[bytes]:
    lines: list[bytes] = []
    size = 0
    at_start, after_blank = True, True
    with blob.open() as file:
        while line := file.readline(_LINE_BYTES):
            if at_start and after_blank and line.startswith(b"From ") and lines:
                yield b"".join(lines)
                lines, size = [], 0
            # Mailboxes mark lines of the text that could be taken for a new message.
            lines.append(line[1:] if at_start and line.startswith(b">From ") else line)
            size += len(line)
            if size > _LARGEST_MESSAGE:
                raise InputError(f"{one_line(blob.path)}: a message of more than 512 MB", hint="split it")
            at_start = line.endswith(b"\n")
            after_blank = line in {b"\n", b"\r\n"}
    if lines:
        yield b"".join(lines)
