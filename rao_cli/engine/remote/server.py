"""Find out, once, what a server is and what it can.

``/v1/models`` names the models, how long their context is, and by ``owned_by`` which program serves them; that
program's own pages tell the rest. An unknown one is asked nothing more. Limits: Ollama cuts prompts silently to a
context that it does not show before the model is loaded; its usual 4,096 tokens are assumed then.
"""

import hashlib
import json
import re
from dataclasses import dataclass, replace
from typing import Any, Literal
from urllib.parse import quote

from rao_cli.engine.remote.address import Address
from rao_cli.engine.remote.failures import RefusedError
from rao_cli.engine.remote.transport import Transport
from rao_cli.errors import ModelError, UsageError
from rao_cli.text import one_line

DEFAULT_WINDOW = 4096
"""For servers that do not say: few models in use today hold less, and one too large loses text or requests."""
MOST_WINDOW = 1 << 24

Kind = Literal["llama-server", "vllm", "sglang", "ollama", "lmstudio", "other"]
Constraint = Literal["grammar", "structured_outputs", "guided_grammar", "ebnf", "response_format"]

_OWNERS: dict[str, Kind] = {
    "llamacpp": "llama-server",
    "vllm": "vllm",
    "sglang": "sglang",
    "library": "ollama",
    "organization_owner": "lmstudio",
}
_WINDOWS = ("max_model_len", "context_length", "max_context_length", "context_window", "max_input_tokens")
_CONSTRAINTS: dict[Kind, Constraint] = {
    "llama-server": "grammar",
    "vllm": "structured_outputs",
    "sglang": "ebnf",
}


@dataclass(frozen=True, slots=True)
class Server:
    """What is known about a server and the model on it."""

    kind: Kind
    model: str
    window: int = 0
    """Most tokens of prompt and output; 0 when it does not say."""
    constraint: Constraint = "response_format"
    """The field of a request that tells it which form a reply must have."""
    counts: bool = False
    """Whether it counts tokens."""
    facts: str = ""
    """What tells this model on this server from another, as a digest."""


async def find_server(transport: Transport, address: Address, model: str) -> Server:
    """Ask a server what it is; raises RefusedError when it does not say, UsageError when a model must be named."""
    entry = await _entry(transport, address, model)
    kind = _OWNERS.get(str(entry.get("owned_by", "")).lower(), "other")
    name = model or str(entry["id"])
    entry = {key: value for key, value in entry.items() if key not in ("created", "permission")}
    server = Server(
        kind, name, _first_number(entry, _WINDOWS), _CONSTRAINTS.get(kind, "response_format"), facts=_digest(entry)
    )
    if kind == "llama-server":
        return await _llama_server(transport, address, server)
    if kind == "vllm":
        return await _vllm(transport, address, server)
    if kind == "ollama":
        return await _ollama(transport, address, server)
    return await _lmstudio(transport, address, server) if kind == "lmstudio" else server


async def _entry(transport: Transport, address: Address, model: str) -> dict[str, Any]:
    """Return what the list of models says about the one to use."""
    try:
        found = (await transport.page(f"{address.base}/models")).get("data")
    except RefusedError as error:
        if error.status in (404, 405, 501) and model:  # no list; the model will show
            return {"id": model}
        raise
    entries = (
        [e for e in found if isinstance(e, dict) and _is_name(e.get("id"))] if isinstance(found, list) else []
    )
    if model:
        named = [e for e in entries if model == e["id"] or f"{model}:latest" == e["id"]]
        # A llama-server answers to any name; others say at the first request when they do not know it.
        return named[0] if named else {**(entries[0] if len(entries) == 1 else {}), "id": model, "asked": model}
    if len(entries) == 1:
        return entries[0]
    names = ", ".join(one_line(e["id"], 60) for e in entries[:8])
    raise UsageError(
        f"{address.host} serves {len(entries)} models{': ' + names if names else ''}",
        hint="choose one with --model",
    )


def _is_name(value: object) -> bool:
    return isinstance(value, str) and 0 < len(value) <= 512


async def _llama_server(transport: Transport, address: Address, server: Server) -> Server:
    page = await _optional(transport, f"{address.root}/props")
    settings = page.get("default_generation_settings")
    window = _first_number(settings if isinstance(settings, dict) else {}, ("n_ctx",))
    known = {key: page.get(key) for key in ("build_info", "model_path", "chat_template", "model_ftype")}
    return replace(server, window=window or server.window, counts=True, facts=_digest(server.facts, known))


async def _vllm(transport: Transport, address: Address, server: Server) -> Server:
    page = await _optional(transport, f"{address.root}/version")
    version = re.match(r"(\d+)\.(\d+)", str(page.get("version", "")))
    old = version is not None and (int(version[1]), int(version[2])) < (0, 11)
    return replace(
        server,
        constraint="guided_grammar" if old else "structured_outputs",
        counts=True,
        facts=_digest(server.facts, page.get("version")),
    )


async def _ollama(transport: Transport, address: Address, server: Server) -> Server:
    loaded = (await _optional(transport, f"{address.root}/api/ps")).get("models")
    running = [m for m in loaded if isinstance(m, dict) and m.get("model") == server.model] if loaded else []
    window = _first_number(running[0], ("context_length",)) if running else 0
    page = await _optional(transport, f"{address.root}/api/show", {"model": server.model})
    asked = re.search(r"^num_ctx\s+(\d{1,9})\s*$", str(page.get("parameters", "")), re.MULTILINE)
    if asked and not window:
        window = _bounded(int(asked[1]))
    known = {key: page.get(key) for key in ("details", "modified_at", "template", "parameters")}
    return replace(server, window=window, facts=_digest(server.facts, known))


async def _lmstudio(transport: Transport, address: Address, server: Server) -> Server:
    page = await _optional(transport, f"{address.root}/api/v0/models/{quote(server.model)}")
    window = _first_number(page, ("loaded_context_length",))
    known = {key: page.get(key) for key in ("quantization", "arch", "publisher", "compatibility_type")}
    return replace(server, window=window or server.window, facts=_digest(server.facts, known))


async def _optional(transport: Transport, url: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
    """Return a page that need not exist."""
    try:
        return await transport.page(url, body)
    except ModelError:
        return {}


def _first_number(values: dict[str, Any], names: tuple[str, ...]) -> int:
    found = (values.get(name) for name in names)
    return next((_bounded(n) for n in found if isinstance(n, int) and n > 0), 0)


def _bounded(number: int) -> int:
    return min(number, MOST_WINDOW)


def _digest(*values: object) -> str:
    return hashlib.sha256(json.dumps(values, sort_keys=True, default=str).encode()).hexdigest()[:32]
