"""HTTP with one server: what is sent, how much is read, and how failures look.

Nothing is sent anywhere but to the address the user named: redirects are not followed, and cookies are not kept.
Certificates are checked against the system's. Proxies come from the environment, except for this machine, which no
proxy can reach. Compressed replies are refused, because a few bytes of one can become gigabytes.
"""

import asyncio
import random
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from types import ModuleType
from typing import TYPE_CHECKING, Any, TypeVar

from rao_cli.engine.remote.address import Address
from rao_cli.engine.remote.events import Event, read_events, read_whole
from rao_cli.engine.remote.failures import RefusedError, broken, refused, unreachable
from rao_cli.engine.remote.waiting import ATTEMPTS, delay, read_retry_after
from rao_cli.errors import ModelError

if TYPE_CHECKING:
    import ssl

    import httpx2

CONNECT_SECONDS = 10.0
PAGE_SECONDS = 15.0
_PAGE_BYTES = 4 << 20
_ERROR_BYTES = 64 << 10
_T = TypeVar("_T")


def load_library() -> ModuleType:
    """Import the HTTP library; raises ModelError that says how to install it."""
    try:
        import httpx2
    except ImportError as e:
        raise ModelError("remote models need httpx2", hint="pip install 'rao-cli[remote]'") from e
    return httpx2


class Transport:
    """Requests to one server, on one event loop; ``close`` ends them. Raises RefusedError for whatever fails."""

    def __init__(self, address: Address, key: str | None, *, connections: int, seconds: float) -> None:
        """``seconds`` bounds one request from sending it to the last byte of its reply."""
        self.host = address.host
        self._address = address
        self._key = key
        self._seconds = seconds
        self._library: Any = load_library()
        self._client = self._open(connections)

    def _open(self, connections: int) -> "httpx2.AsyncClient":
        headers = {"Accept-Encoding": "identity", "User-Agent": "rao"}
        if self._key:
            headers["Authorization"] = f"Bearer {self._key}"
        return self._library.AsyncClient(  # type: ignore[no-any-return]
            headers=headers,
            timeout=self._library.Timeout(self._seconds, connect=min(CONNECT_SECONDS, self._seconds)),
            limits=self._library.Limits(max_connections=connections, max_keepalive_connections=connections),
            trust_env=not self._address.local,
            verify=_certificates(self._address),
            follow_redirects=False,
        )

    async def close(self) -> None:
        """Close all connections."""
        await self._client.aclose()

    async def page(self, url: str, body: Event | None = None) -> Event:
        """Return the JSON object of a page, small and soon; with a body it is posted."""
        async with self._sent(url, body, min(PAGE_SECONDS, self._seconds)) as response:
            return await read_whole(response.aiter_raw(), _PAGE_BYTES, self.host)

    async def reply(self, url: str, body: Event, limit: int) -> AsyncGenerator[Event]:
        """Yield the events of a reply of at most ``limit`` bytes; leaving early closes the connection."""
        async with self._sent(url, body, self._seconds) as response:
            if "event-stream" in response.headers.get("content-type", ""):
                async for event in read_events(response.aiter_raw(), limit, self.host):
                    yield event
            else:
                yield await read_whole(response.aiter_raw(), limit, self.host)

    @asynccontextmanager
    async def _sent(self, url: str, body: Event | None, seconds: float) -> AsyncIterator["httpx2.Response"]:
        """Send a request and hold its reply open; translates every failure on the way."""
        try:
            async with (
                asyncio.timeout(seconds),
                self._client.stream("GET" if body is None else "POST", url, json=body) as response,
            ):
                await self._check(response)
                yield response
        except TimeoutError as e:
            raise unreachable(self.host, f"no answer within {seconds:g} seconds") from e
        except (self._library.HTTPError, self._library.InvalidURL, OSError) as e:
            raise unreachable(self.host, str(e) or type(e).__name__) from e

    async def _check(self, response: "httpx2.Response") -> None:
        """Raise RefusedError for a reply that holds no answer."""
        encoding = response.headers.get("content-encoding", "identity")
        if encoding.lower() != "identity":
            raise broken(self.host, "sent a compressed reply, which was not asked for", status=406)
        if response.status_code == 200:
            return
        parts, size = [], 0
        async for chunk in response.aiter_raw():
            parts.append(chunk)
            size += len(chunk)
            if size > _ERROR_BYTES:
                break
        after = read_retry_after(response.headers.get("retry-after"))
        text = b"".join(parts).decode("utf-8", "replace")
        raise refused(self.host, response.status_code, text, after=after, key=self._key)


def _certificates(address: Address) -> "ssl.SSLContext | bool":
    """Return what certificates are checked against; none is ever accepted where none can come."""
    import ssl

    # Loading the system's takes a tenth of a second.
    return ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT) if address.local and not address.encrypted else True


async def retried(
    send: Callable[[], Awaitable[_T]], *, attempts: int = ATTEMPTS, pause: Callable[[float], Awaitable[None]]
) -> _T:
    """Return what ``send`` returns, trying again after failures that may pass; raises the last RefusedError."""
    for attempt in range(attempts):
        try:
            return await send()
        except RefusedError as error:
            if not error.passing or error.too_long or attempt + 1 == attempts:
                raise
            await pause(delay(attempt, error.after, random.random()))  # noqa: S311 - no secret, only spread
    raise AssertionError("attempts are positive")
