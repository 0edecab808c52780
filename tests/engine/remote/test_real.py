"""The engine before a real llama-server: what every engine promises, and what only a real model shows."""

import asyncio
import time

import pytest

from rao_cli.agent.grammar import action_grammar
from rao_cli.agent.preparing import Settings, prepare
from rao_cli.agent.records import Limits, Task
from rao_cli.agent.run import run_task
from rao_cli.engine.base import Message, Progress, Request
from rao_cli.engine.llama import LlamaEngine
from rao_cli.engine.remote.engine import RemoteEngine
from rao_cli.errors import ModelError
from tests.agent.helpers import document
from tests.engine import test_contract as contract
from tests.engine.test_contract import ask

pytestmark = pytest.mark.model

GUESSED = {"test_prompt_is_counted", "test_concurrent_requests_keep_their_order"}
"""Facts about exact counts, which a remote engine does not have; what it has instead is tested below."""
PROMISES = [name for name in dir(contract) if name.startswith("test_") and name not in GUESSED]


@pytest.mark.parametrize("promise", PROMISES)
def test_contract(promise: str, remote: RemoteEngine) -> None:
    """What every engine promises holds for a remote one."""
    getattr(contract, promise)(remote)


def test_prompts_are_not_counted_too_low(remote: RemoteEngine) -> None:
    """The guess is at least what the server counts, chat template included, and not twice as much."""
    text = "The committee met on 3 May 2021 and voted 7:2 for the plan. " * 12
    for request in (ask("How many tokens is this?", 1), ask(text, 1), ask("{'a': [1, 2.5]}\n" * 30, 1)):
        told = asyncio.run(remote.generate(request)).prompt_tokens
        assert told <= remote.count_prompt(request.messages) <= 2 * told


@pytest.mark.parametrize(
    "text",
    [
        "Der Ausschuss veröffentlichte gestern einen ausführlichen Bericht über Verkehrsmittel. " * 20,
        "def read(path: Path) -> str:\n    return path.read_text('utf-8')\n\n\n" * 20,
        "2024-03-05T12:33:10.123Z ERROR db.pool: connection 0x7ffe3a refused after 3021ms retry=4\n" * 20,
        "图书馆昨天开放了新的阅览室,市民可以免费进入。" * 20,
        "Вчера в городе открылась новая библиотека, и жители пришли посмотреть. " * 20,
        "4f9a77c1e0b2d8" * 60,
        "a\n\n\nb\t\tc    d\n" * 60,
    ],
)
def test_texts_are_not_counted_too_low(text: str, remote: RemoteEngine, smollm2: LlamaEngine) -> None:
    """For prose, code, logs, other scripts and digits the guess is at least the truth."""
    assert remote.count_tokens(text) >= smollm2.count_tokens(text)


def test_each_of_many_gets_its_own(remote: RemoteEngine) -> None:
    """Twelve requests at once on four slots are all answered, each with its own prompt's size."""

    async def run() -> None:
        requests = [ask(f"Repeat: {'x ' * 20 * n}", 2) for n in range(1, 13)]
        done = await asyncio.gather(*(remote.generate(r) for r in requests))
        sizes = [d.prompt_tokens for d in done]
        assert sizes == sorted(set(sizes))

    asyncio.run(run())


def test_the_server_is_known(remote: RemoteEngine) -> None:
    """A llama-server is recognised, takes grammars and counts tokens."""
    server = remote.server
    assert (server.kind, server.constraint, server.counts) == ("llama-server", "grammar", True)
    assert remote.server.window >= 2048
    assert "SmolLM2" in remote.identity


def test_grammars_are_followed(remote: RemoteEngine) -> None:
    """The server keeps to the grammar of an action, and nothing has to be asked for again."""
    request = ask("[1] The mill was built in 1846.\nQuestion: When was the mill built?", 48)
    grammar = action_grammar(("answer", "absent"), 1)
    done = asyncio.run(remote.generate(Request(request.messages, 48, grammar=grammar)))
    assert done.text.startswith('{"action":"a')
    assert done.prompt_tokens < 120


def test_an_invalid_grammar_is_refused(remote: RemoteEngine) -> None:
    """A grammar that is none raises ModelError before anything is sent."""
    with pytest.raises(ModelError, match="grammar"):
        asyncio.run(remote.generate(ask("x", 4, grammar="root ::= (")))


def test_prefixes_are_read_once(remote: RemoteEngine) -> None:
    """A second question about the same text finds it in the server's cache, and says so."""
    text = "The harbour was closed in the winter of 1963 because of the ice. " * 8

    async def run() -> list[int]:
        questions = ("When was it closed?", "Why was it closed?")
        done = [await remote.generate(Request((Message("user", (text, q)),), 2)) for q in questions]
        return [d.cached_tokens for d in done]

    assert asyncio.run(run())[1] > 100


def test_cancelling_frees_the_server(remote: RemoteEngine) -> None:
    """Eight long requests that are cancelled do not hold up the next one."""

    async def run() -> float:
        tasks = [asyncio.create_task(remote.generate(ask(f"Write a long story {n}.", 1500))) for n in range(8)]
        await asyncio.sleep(0.3)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        start = time.monotonic()
        await remote.generate(ask("Hello.", 2))
        return time.monotonic() - start

    assert asyncio.run(run()) < 5


def test_two_event_loops_share_an_engine(remote: RemoteEngine) -> None:
    """Requests of several threads, each with its own loop, are answered on their own loops."""

    async def one(number: int) -> str:
        return await asyncio.to_thread(lambda: asyncio.run(remote.generate(ask(f"Say {number}.", 4))).text)

    async def run() -> list[str]:
        return await asyncio.gather(*(one(n) for n in range(3)))

    assert all(asyncio.run(run()))


def test_reading_is_reported(remote: RemoteEngine) -> None:
    """The server's own progress through a prompt is passed on."""
    seen: list[Progress] = []
    asyncio.run(remote.generate(ask("Count these words please. " * 110, 2), seen.append))
    reading = [p.done for p in seen if p.phase == "reading"]
    assert len(reading) >= 2
    assert reading == sorted(reading)


def test_a_task_is_answered(remote: RemoteEngine) -> None:
    """A question about a small document is answered through the server, with a citation that was checked."""
    text = "# Mill\n\nThe mill was built by Jonas Weber, a brewer from Ulm.\n\n# Bridge\n\nIt fell in 1931.\n"
    settings = Settings(window=1024, view_tokens=128, delegation="rules", output_tokens=64, summary_tokens=256)

    async def run() -> object:
        prepared = prepare(document(text), remote, settings)
        task = Task(kind="ask", question="Who built the mill?")
        return await run_task(task, prepared, limits=Limits(), emit=lambda _: None)

    result = asyncio.run(run())
    assert result.status == "found"  # type: ignore[attr-defined]
    assert "Weber" in result.answer  # type: ignore[attr-defined]
