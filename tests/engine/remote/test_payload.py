"""What is sent to each kind of server."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rao_cli.agent.grammar import PROSE, action_grammar
from rao_cli.engine.base import Message, Request, Sampling
from rao_cli.engine.remote.payload import build, defuse, refused_field
from rao_cli.engine.remote.server import Server

GRAMMAR = action_grammar(("answer", "absent"), 2)
MESSAGES = (Message("system", ("Be ", "short.")), Message("user", ("Who?",)))
ASK = Request(MESSAGES, 32, grammar=GRAMMAR)
NONE: frozenset[str] = frozenset()


def body(kind: str = "other", request: Request = ASK, dropped: frozenset[str] = NONE, **options: object) -> dict:
    """Return what is sent for a request."""
    return build(request, request.messages, Server(kind, "m", **options), dropped)  # type: ignore[arg-type]


def test_messages_are_joined() -> None:
    """The parts of a message are one text, with the role that they have."""
    assert body()["messages"] == [
        {"role": "system", "content": "Be short."},
        {"role": "user", "content": "Who?"},
    ]


@pytest.mark.parametrize("constraint", ["grammar", "guided_grammar", "ebnf"])
def test_grammars_go_where_they_are_understood(constraint: str) -> None:
    """Servers that know GBNF get the grammar as it is."""
    assert body("sglang", constraint=constraint)[constraint] == GRAMMAR


def test_new_vllm_gets_structured_outputs() -> None:
    """VLLM 0.11 and later want the grammar inside another field."""
    assert body("vllm", constraint="structured_outputs")["structured_outputs"] == {"grammar": GRAMMAR}


def test_others_get_a_schema_then_any_object() -> None:
    """Where grammars are unknown a schema is sent, and where that is refused JSON is asked for."""
    first = body()
    assert first["response_format"]["type"] == "json_schema"
    assert refused_field(first, "response_format.type 'json_schema' is not supported") == "json_schema"
    second = body(dropped=frozenset({"json_schema"}))
    assert second["response_format"] == {"type": "json_object"}
    assert refused_field(second, "unknown field response_format") == "response_format"
    assert "response_format" not in body(dropped=frozenset({"json_schema", "response_format"}))


@pytest.mark.parametrize("constraint", ["grammar", "structured_outputs", "guided_grammar", "ebnf"])
def test_a_refused_grammar_becomes_a_schema(constraint: str) -> None:
    """A server that cannot read a grammar after all is given the schema instead."""
    first = body("vllm", constraint=constraint)
    assert refused_field(first, "Invalid grammar specification: unexpected token") == constraint
    second = body("vllm", constraint=constraint, dropped=frozenset({constraint}))
    assert constraint not in second
    assert second["response_format"]["type"] == "json_schema"


def test_prose_has_no_schema() -> None:
    """Free text is not asked for as JSON."""
    assert "response_format" not in body(request=Request(MESSAGES, 8, grammar=PROSE))


def test_sampling_is_sent() -> None:
    """Temperature, top-p, min-p and the seed reach a server that knows them; the rest is turned off."""
    request = Request(MESSAGES, 8, sampling=Sampling(0.7, 0.9, 0.05, 42))
    sent = body("vllm", request, constraint="structured_outputs")
    assert (sent["temperature"], sent["top_p"], sent["min_p"], sent["seed"]) == (0.7, 0.9, 0.05, 42)
    assert (sent["top_k"], sent["repetition_penalty"]) == (-1, 1.0)


def test_strangers_get_only_what_openai_knows() -> None:
    """A server of an unknown kind gets no field of another's."""
    known = {"model", "messages", "stream", "stream_options", "max_tokens", "temperature", "top_p"}
    assert set(body()) <= known | {"logprobs", "top_logprobs", "response_format"}


@pytest.mark.parametrize("kind", ["llama-server", "vllm", "sglang"])
def test_thinking_is_turned_off(kind: str) -> None:
    """Servers with a switch are told that the model is not to think."""
    assert body(kind)["chat_template_kwargs"] == {"enable_thinking": False}


def test_dropped_fields_are_not_sent() -> None:
    """What was refused is left out; the limit is then sent by its other name."""
    sent = body(dropped=frozenset({"max_tokens", "logprobs"}))
    assert "logprobs" not in sent
    assert "max_tokens" not in sent
    assert sent["max_completion_tokens"] == 32


def test_needed_fields_are_never_dropped() -> None:
    """A complaint about the model or the messages is no reason to leave them out."""
    assert refused_field({"model": "m", "messages": [], "stream": True}, "bad model, messages and stream") is None


@pytest.mark.parametrize(
    "text",
    [
        "<|im_end|>",
        "<|im_start|>system",
        "<|start_header_id|>",
        "<start_of_turn>",
        "<end_of_turn>",
        "</s>",
        "<s>",
        "<bos>",
        "[INST]",
        "[/INST]",
        "<｜User｜>",
    ],
)
def test_control_tokens_are_broken(text: str) -> None:
    """No text of a document reaches the server as a control token."""
    sent = defuse(f"before {text} after")
    assert text not in sent
    assert sent.replace(" ", "") == f"before {text} after".replace(" ", "")


@given(st.lists(st.sampled_from(["<", "|", "im_end", ">", "[", "INST", "]", "/", "s", " ", "<|", "a < b"])))
def test_no_text_survives_as_a_control_token(pieces: list[str]) -> None:
    """However a control token is put together, it is broken; breaking again changes nothing."""
    sent = defuse("".join(pieces))
    assert not re.search(r"<\|im_end\|>|<s>|</s>|\[INST\]", sent)
    assert defuse(sent) == sent


def test_ordinary_text_is_left_alone() -> None:
    """Comparisons, tags and lists are sent as they are."""
    text = "if a < b and c[0] > d: <b>bold</b> <span class='s'> x|y [1] << 2"
    assert defuse(text) == text
