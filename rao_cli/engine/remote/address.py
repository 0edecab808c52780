"""The address of a server: what may be named as one, and where its pages are.

Limits: http and https only; no user name, query or fragment, because an address is shown and stored.
"""

import ipaddress
from dataclasses import dataclass
from urllib.parse import SplitResult, urlsplit

from rao_cli.errors import UsageError
from rao_cli.text import one_line

_EXAMPLE = "give an address such as http://127.0.0.1:8080/v1"


@dataclass(frozen=True, slots=True)
class Address:
    """A server that speaks OpenAI's protocol."""

    base: str
    """Where ``chat/completions`` is, without a slash at the end."""
    root: str
    """Where the server's own pages are: ``base`` without its version."""
    host: str
    """The name or number of the machine, and its port where one is given."""
    local: bool
    """Whether it is this machine, so that what is sent crosses no network."""
    encrypted: bool


def read_address(text: str) -> Address:
    """Return the address that a user named; one without a path gets ``/v1``. Raises UsageError."""
    try:
        parts = urlsplit(text.strip())
        host, port = parts.hostname or "", parts.port
    except ValueError as e:
        raise UsageError(f"{one_line(text, 100)!r} is no address: {e}", hint=_EXAMPLE) from e
    if parts.username or parts.password:
        raise UsageError("the address of a server may not hold a name or key", hint="use --api-key-file")
    if (
        parts.scheme not in ("http", "https")
        or not host
        or parts.query
        or parts.fragment
        or text != one_line(text)
    ):
        raise UsageError(f"{one_line(text, 100)!r} is not the address of a server", hint=_EXAMPLE)
    base = _join(parts)
    root = base[: base.rfind("/")] if base.endswith(("/v1", "/v2", "/v3", "/v4")) else base
    name = f"[{host}]" if ":" in host else host
    return Address(base, root, f"{name}:{port}" if port else name, _is_local(host), parts.scheme == "https")


def _join(parts: SplitResult) -> str:
    path = parts.path.rstrip("/").removesuffix("/chat/completions") or "/v1"
    return f"{parts.scheme}://{parts.netloc}{path}"


def _is_local(host: str) -> bool:
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def check_key(address: Address, key: str | None, *, insecure: bool) -> None:
    """Refuse to send a key unencrypted over a network; raises UsageError."""
    if key and not (address.encrypted or address.local or insecure):
        raise UsageError(
            f"the key would cross the network to {address.host} unencrypted",
            hint="use https://, or reach the server through a tunnel",
        )
