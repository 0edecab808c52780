"""Read a reply as it comes: server-sent events, or one JSON object from servers that do not stream.

Bytes that are not UTF-8 become replacement marks. Limits: a reply of more than the given bytes is refused,
whatever it holds, so an endless one ends.
"""

import json
from collections.abc import AsyncIterator
from typing import Any

from rao_cli.engine.remote.failures import broken

Event = dict[str, Any]


async def read_events(chunks: AsyncIterator[bytes], limit: int, host: str) -> AsyncIterator[Event]:
    """Yield the objects of a stream up to its end mark; raises RefusedError when it is damaged or too long."""
    data: list[bytes] = []
    async for line in _lines(chunks, limit, host):
        if line.startswith(b"data:"):
            data.append(line[5:].removeprefix(b" "))
        elif not line and data:  # an empty line ends an event; other fields and comments mean nothing here
            text, data = b"\n".join(data), []
            if text.strip() == b"[DONE]":
                return
            yield _object(text, host)
    if data and (text := b"\n".join(data)).strip() != b"[DONE]":
        yield _object(text, host)


async def read_all(chunks: AsyncIterator[bytes], limit: int, host: str) -> bytes:
    """Return a whole body; raises RefusedError when it is longer than the limit."""
    parts, size = [], 0
    async for chunk in chunks:
        size += len(chunk)
        if size > limit:
            raise broken(host, f"sent more than {limit:,} bytes", status=413)
        parts.append(chunk)
    return b"".join(parts)


async def read_whole(chunks: AsyncIterator[bytes], limit: int, host: str) -> Event:
    """Return a reply that was sent at once, in the form of the last event of a stream."""
    event = _object(await read_all(chunks, limit, host), host)
    for choice in choices(event):
        if isinstance(choice.get("message"), dict):
            choice["delta"] = choice["message"]
    return event


def choices(event: Event) -> list[Event]:
    """Return the alternatives that an event brings; rao asks for one."""
    found = event.get("choices")
    return [choice for choice in found if isinstance(choice, dict)] if isinstance(found, list) else []


async def _lines(chunks: AsyncIterator[bytes], limit: int, host: str) -> AsyncIterator[bytes]:
    rest, size = bytearray(), 0
    async for chunk in chunks:
        size += len(chunk)
        if size > limit:
            raise broken(host, f"sent more than {limit:,} bytes", status=413)
        rest += chunk
        if b"\n" in chunk:  # else a long line that comes in small pieces would be searched again and again
            *lines, rest = rest.split(b"\n")
            for line in lines:
                yield bytes(line.removesuffix(b"\r"))
    if rest:
        yield bytes(rest.removesuffix(b"\r"))


def _object(text: bytes, host: str) -> Event:
    try:
        value = json.loads(text.decode("utf-8", "replace"))
    except (ValueError, RecursionError) as e:
        raise broken(host, "sent something that is not JSON") from e
    if not isinstance(value, dict):
        raise broken(host, "sent something that is no reply")
    return value
