"""Each kind of server is recognised by what it says, asked no more than needed, and its lies are bounded."""

import asyncio

import pytest

from rao_cli.engine.base import Message, Request
from rao_cli.engine.remote.engine import RemoteEngine
from rao_cli.engine.remote.server import DEFAULT_WINDOW, MOST_WINDOW
from rao_cli.errors import ModelError, UsageError
from tests.engine.remote.scripted import MODEL, Server, serving

ASK = Request((Message("user", ("Say hello.",)),), 8)


def found(pages: dict, model: str = "", **options: object) -> tuple[RemoteEngine, Server]:
    """Return a closed engine that has met a server with these pages, and the server."""
    with serving(pages=pages) as server:
        engine = RemoteEngine(server.url, model, **options)  # type: ignore[arg-type]
        engine.close()
    return engine, server


def models(**values: object) -> dict:
    """Return a list of one model."""
    return {"/v1/models": {"data": [{"id": "m", **values}]}}


def test_a_stranger_is_asked_for_its_models_only() -> None:
    """A hosted endpoint sees one request before the first question."""
    engine, server = found({})
    assert [call.path for call in server.pages] == ["/v1/models"]
    assert (engine.server.kind, engine.server.model, engine.window) == ("other", "tiny", 4096 - 4096 // 16)


def test_llama_server() -> None:
    """llama-server tells the context of a slot, takes GBNF and counts tokens."""
    pages = {
        **models(owned_by="llamacpp", meta={"n_ctx": 99}),
        "/props": {"default_generation_settings": {"n_ctx": 3200}, "build_info": "b1", "model_path": "/m.gguf"},
        "/tokenize": lambda call: call.send(200, {"tokens": [1] * (len(call.body["content"]) // 3)}),
    }
    engine, server = found(pages)
    assert (engine.server.kind, engine.server.constraint, engine.window) == ("llama-server", "grammar", 3000)
    assert sum(call.path == "/tokenize" for call in server.pages) == 8


@pytest.mark.parametrize(
    ("version", "constraint"),
    [
        ("0.12.1", "structured_outputs"),
        ("0.9.2", "guided_grammar"),
        ("1.0", "structured_outputs"),
        ("?", "structured_outputs"),
    ],
)
def test_vllm(version: str, constraint: str) -> None:
    """VLLM tells its longest context; how it takes grammars depends on its version."""
    engine, _ = found({**models(owned_by="vllm", max_model_len=32768), "/version": {"version": version}})
    assert (engine.server.kind, engine.server.constraint, engine.window) == ("vllm", constraint, 30720)


def test_sglang() -> None:
    """SGLang takes EBNF."""
    engine, _ = found(models(owned_by="sglang", max_model_len=1600))
    assert (engine.server.constraint, engine.window) == ("ebnf", 1500)


@pytest.mark.parametrize(
    ("pages", "window"),
    [
        ({}, DEFAULT_WINDOW),
        ({"/api/show": {"parameters": "stop x\nnum_ctx                8000\n"}}, 7500),
        ({"/api/ps": {"models": [{"model": "m", "context_length": 1600}]}}, 1500),
        ({"/api/ps": {"models": [{"model": "other", "context_length": 1600}]}}, DEFAULT_WINDOW),
        ({"/api/ps": {"models": "none"}, "/api/show": {"parameters": 7}}, DEFAULT_WINDOW),
    ],
)
def test_ollama(pages: dict, window: int) -> None:
    """Ollama cuts prompts to a context that only a loaded or configured model shows; else its usual one holds."""
    engine, _ = found({**models(owned_by="library"), **pages})
    assert (engine.server.kind, engine.window) == ("ollama", window)


def test_lm_studio() -> None:
    """LM Studio tells the context that a model was loaded with on a page of its own."""
    engine, _ = found(
        {**models(owned_by="organization_owner"), "/api/v0/models/m": {"loaded_context_length": 3200}}
    )
    assert (engine.server.kind, engine.window) == ("lmstudio", 3000)


@pytest.mark.parametrize(
    ("told", "window"), [(10**30, MOST_WINDOW - MOST_WINDOW // 16), (-5, 4096), ("big", 4096)]
)
def test_impossible_windows_are_not_believed(told: object, window: int) -> None:
    """A window that cannot be is bounded, or taken for none."""
    assert found(models(max_model_len=told))[0].window == window


def test_the_users_window_counts() -> None:
    """What the user says goes before what the server says."""
    assert found({}, window=777)[0].window == 777


def test_several_models_must_be_chosen_from() -> None:
    """Without a name, and with several models, the choice is listed, cleaned."""
    pages = {"/v1/models": {"data": [{"id": "a\x1b[2J"}, {"id": "b"}]}}
    with pytest.raises(UsageError, match=r"serves 2 models: a\[2J, b") as caught:
        found(pages)
    assert "--model" in caught.value.hint


def test_a_named_model_is_used() -> None:
    """A name is sent as it is, also when the server does not list it."""
    pages = {"/v1/models": {"data": [{"id": "a", "context_length": 1600}, {"id": "b"}]}}
    assert found(pages, "a")[0].window == 1500
    assert found(pages, "c")[0].server.model == "c"


@pytest.mark.parametrize("status", [404, 405])
def test_no_list_of_models_is_no_obstacle(status: int) -> None:
    """An endpoint without a list works with a model's name."""
    pages = {"/v1/models": lambda call: call.send(status, {})}
    assert found(pages, "gpt")[0].server.model == "gpt"
    with pytest.raises(ModelError):
        found(pages)


@pytest.mark.parametrize("page", [{}, {"data": {}}, {"data": []}, {"data": [7, {"id": ""}, {"id": "x" * 600}]}])
def test_a_list_without_models_is_explained(page: dict) -> None:
    """A list that names no model leads to --model."""
    with pytest.raises(UsageError, match="serves 0 models"):
        found({"/v1/models": page})


def test_identities_differ_where_servers_do() -> None:
    """Another address, model, file or build is another identity; the same server has the same."""
    with serving(pages=models(meta={"size": 1})) as server:
        one, two = RemoteEngine(server.url, key="sk-secret"), RemoteEngine(server.url)
        one.close()
        two.close()
    other, _ = found(models(meta={"size": 1}))
    assert one.identity == two.identity
    assert "sk-secret" not in one.identity + repr(
        vars(one.server) if hasattr(one.server, "__dict__") else one.server
    )
    assert other.identity != one.identity

    def facts(**values: object) -> str:
        return found(models(**values))[0].server.facts

    assert facts(meta={"size": 1}, created=1) == facts(meta={"size": 1}, created=2)
    assert facts(meta={"size": 1}) != facts(meta={"size": 2})


def test_a_key_is_sent_with_every_request() -> None:
    """The key is in the header of each request to the server, and nothing else of the user is."""
    with serving() as server:
        engine = RemoteEngine(server.url, key="sk-1")
        asyncio.run(engine.generate(ASK))
        engine.close()
    for call in server.calls + server.pages:
        assert call.headers["Authorization"] == "Bearer sk-1"
        assert call.headers["User-Agent"] == "rao"
        assert "Cookie" not in call.headers


def test_no_key_no_header() -> None:
    """Without a key nothing is said about one, also where the user has a netrc."""
    with serving() as server:
        RemoteEngine(server.url).close()
    assert "Authorization" not in server.pages[0].headers


def test_local_servers_need_no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    """A proxy in the environment is not asked for this machine."""
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("ALL_PROXY", "http://127.0.0.1:9")
    assert found({})[0].server.model == MODEL["id"]


def test_a_key_never_goes_unencrypted_to_another_machine() -> None:
    """Nothing is contacted when the key would be readable on the way."""
    with pytest.raises(UsageError, match="unencrypted"):
        RemoteEngine("http://192.0.2.1:8000", key="sk-1")


@pytest.mark.parametrize("options", [{"parallel": 0}, {"parallel": 257}, {"window": 0}])
def test_impossible_options_are_refused(options: dict) -> None:
    """Numbers that make no sense are refused before anything is contacted."""
    with pytest.raises(UsageError, match="not possible"):
        RemoteEngine("http://192.0.2.1:8000", **options)
