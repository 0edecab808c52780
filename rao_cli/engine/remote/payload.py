"""The body of a request: what is asked of each kind of server, and what to leave out where one refuses it.

Servers differ in what they understand. Those that are known get all that makes a completion the same as a local
one: no other sampling than asked for, no thinking, the grammar. Others get OpenAI's own fields; a field that the
server names in a refusal is not sent again.
"""

import re
from functools import lru_cache
from typing import Any

from rao_cli.engine.base import Message, Request
from rao_cli.engine.remote.gbnf import read_grammar
from rao_cli.engine.remote.schema import schema_of
from rao_cli.engine.remote.server import Kind, Server

Body = dict[str, Any]

_NO_THINKING: Body = {"chat_template_kwargs": {"enable_thinking": False}}
_ALL_TOKENS: Body = {"top_k": -1, "repetition_penalty": 1.0}
_EXTRA: dict[Kind, Body] = {
    "llama-server": {**_NO_THINKING, "top_k": -1, "return_progress": True, "cache_prompt": True},
    "vllm": {**_NO_THINKING, **_ALL_TOKENS},
    "sglang": {**_NO_THINKING, **_ALL_TOKENS},
    "ollama": {"reasoning_effort": "none"},
    "lmstudio": {},
    "other": {},
}
_SCHEMA = "json_schema"
_NEEDED = frozenset({"model", "messages", "stream"})
_SAME: dict[str, tuple[str, ...]] = {
    "top_logprobs": ("logprobs",),
    "response_format": ("json_schema", "json_object"),
    "structured_outputs": ("structured output", "grammar"),
    "guided_grammar": ("grammar",),
    "ebnf": ("grammar",),
}
"""Other names by which servers complain about a field."""
# A control token written in a document must stay text, but servers read whole prompts for them.
_CONTROL = re.compile(
    r"<(?=\|[\w ]{1,40}\|?>|(?:start|end)_of_\w{1,20}>|/?s>|[be]os>|｜)"
    r"|\[(?=/?(?:INST|SYSTEM_PROMPT|AVAILABLE_TOOLS)\])"
)


def build(request: Request, messages: tuple[Message, ...], server: Server, dropped: frozenset[str]) -> Body:
    """Return the body for a request with these messages, without the fields that the server refused."""
    sampling = request.sampling
    body: Body = {
        "model": server.model,
        "messages": [{"role": m.role, "content": defuse("".join(m.parts))} for m in messages],
        "stream": True,
        "stream_options": {"include_usage": True},
        "max_tokens": request.max_tokens,
        "temperature": sampling.temperature,
        "top_p": sampling.top_p,
        "logprobs": True,
        "top_logprobs": 1,
        **_EXTRA[server.kind],
    }
    if sampling.temperature > 0:
        body["seed"] = sampling.seed
    if sampling.min_p or server.kind in ("llama-server", "vllm", "sglang"):
        body["min_p"] = sampling.min_p
    if request.stop:
        body["stop"] = list(request.stop[:4])  # more are refused by some; the rest is cut here
    body.update(_constraint(request.grammar, server, dropped))
    if "max_tokens" in dropped:
        body["max_completion_tokens"] = request.max_tokens
    return {name: value for name, value in body.items() if name not in dropped}


def _constraint(grammar: str, server: Server, dropped: frozenset[str]) -> Body:
    """Return what makes a server keep to a grammar, as far as it can."""
    if not grammar:
        return {}
    if server.constraint == "response_format" or server.constraint in dropped:
        return _response_format(grammar, dropped)
    if server.constraint == "structured_outputs":
        return {"structured_outputs": {"grammar": grammar}}
    return {server.constraint: grammar}


@lru_cache(maxsize=256)
def _response_format(grammar: str, dropped: frozenset[str]) -> Body:
    schema = schema_of(read_grammar(grammar))
    if schema is None:
        return {}
    if _SCHEMA in dropped:
        return {"response_format": {"type": "json_object"}}
    return {"response_format": {"type": _SCHEMA, _SCHEMA: {"name": "reply", "schema": schema}}}


def defuse(text: str) -> str:
    """Return text in which no part can be taken for the control token of a model: a space breaks each."""
    return _CONTROL.sub(lambda found: found[0] + " ", text)


def refused_field(body: Body, said: str) -> str | None:
    """Return the field of a request that a server's complaint is about, None when it names none.

    A schema is a field of its own: without it any JSON object is asked for.
    """
    text = said.lower()
    for name in body.keys() - _NEEDED:
        if any(re.search(rf"\b{re.escape(word)}\b", text) for word in (name, *_SAME.get(name, ()))):
            format_type = body[name]["type"] if name == "response_format" else ""
            return _SCHEMA if format_type == _SCHEMA else name
    return None
