"""Options to a remote engine: what is checked before anything is contacted, and how its model is used."""

import json
import re
from pathlib import Path

import pytest

from rao_cli.cli.engines import find_engine
from rao_cli.cli.options import Options
from rao_cli.cli.remote import LARGEST_WINDOW, find_remote, remote_settings
from rao_cli.engine.base import Message, Request
from rao_cli.errors import ModelError, UsageError
from tests.cli.console import Done, long_text, rao, reader
from tests.engine.remote.scripted import Call, serving, stream


def test_nothing_is_contacted_before_it_is_time(tmp_path: Path) -> None:
    """Finding a server reads the key and the address only; connecting uses both."""
    key = tmp_path / "key"
    key.write_text("sk-file")
    key.chmod(0o600)
    with serving() as server:
        connect = find_remote(Options(base_url=server.url, api_key_file=str(key), window=900, parallel=2))
        assert server.pages == []
        engine = connect()
        engine.close()
    assert engine.window == 900
    assert server.pages[0].headers["Authorization"] == "Bearer sk-file"


@pytest.mark.parametrize("url", ["nowhere", "http://me:pw@a.org", ""])
def test_bad_addresses_are_refused_at_once(url: str) -> None:
    """An address that is none is refused before sources are read."""
    with pytest.raises(UsageError):
        find_remote(Options(base_url=url))


def test_a_key_for_all_to_see_is_refused_at_once(tmp_path: Path) -> None:
    """A key that would cross a network unencrypted never leaves."""
    key = tmp_path / "key"
    key.write_text("sk-file")
    key.chmod(0o600)
    with pytest.raises(UsageError, match="unencrypted"):
        find_remote(Options(base_url="http://192.0.2.1/v1", api_key_file=str(key)))


def test_the_model_is_passed_on() -> None:
    """--model names the model on the server."""
    with serving() as server:
        engine = find_remote(Options(base_url=server.url, model="tiny"))()
        engine.close()
        assert engine.server.model == "tiny"
    with pytest.raises(ModelError, match="cannot reach"):
        find_remote(Options(base_url=server.url))()


@pytest.mark.parametrize("window", [256, 1920, 4096, 32_768, 1_000_000])
def test_settings_fit_the_window(window: int) -> None:
    """Views and answers take their share of any window, and giant windows are not filled."""
    settings = remote_settings(Options(), window)
    assert settings.window <= LARGEST_WINDOW
    assert settings.view_tokens + settings.output_tokens <= settings.window // 2
    assert settings.delegation == "rules"


def test_options_override_settings() -> None:
    """What the user says of window and delegation counts."""
    settings = remote_settings(Options(window=100_000, delegation="model"), 1_000_000)
    assert (settings.window, settings.delegation) == (100_000, "model")


def chat(call: Call) -> None:
    """Answer over HTTP as the scripted reader answers in this process."""
    messages = tuple(Message(m["role"], (m["content"],)) for m in call.body["messages"])
    stream(call, *re.findall(r"\s*\S+|\s+", reader(Request(messages, 8))))


def ask(*argv: str) -> Done:
    """Run ``rao ask`` with the engine that the options name."""
    return rao("ask", *argv, find_model=lambda options: find_engine(options, lambda _: None))


def question_files(folder: Path) -> tuple[str, str]:
    """Return the names of a long text and of a key file."""
    text, key = folder / "long.txt", folder / "key"
    text.write_text(long_text())
    key.write_text("sk-very-secret")
    key.chmod(0o600)
    return str(text), str(key)


def test_a_long_text_is_read_through_a_server(tmp_path: Path) -> None:
    """Agents on a server find what stands in the middle of a text, with a citation that was checked."""
    text, _ = question_files(tmp_path)
    with serving(chat) as server:
        done = ask("--base-url", server.url, "--thorough", "--json", text, "What is the code?")
    assert done.code == 0, done.err
    answer = json.loads(done.out)
    assert (answer["answer"], answer["verified"]) == ("7431", True)
    assert len(server.calls) > 1


def test_the_key_stays_where_it_belongs(tmp_path: Path) -> None:
    """The key is in the requests and nowhere else: not in what is printed, and not in what is kept."""
    text, key = question_files(tmp_path)
    with serving(chat) as server:
        done = ask("--base-url", server.url, "--api-key-file", key, "-v", "--jsonl", text, "What is the code?")
    assert server.calls[0].headers["Authorization"] == "Bearer sk-very-secret"
    kept = [path for path in tmp_path.rglob("*") if path.is_file() and path.name != "key"]
    assert any(path.suffix == ".sqlite3" for path in kept)
    assert "sk-very-secret" not in done.out + done.err
    assert not [path for path in kept if b"sk-very-secret" in path.read_bytes()]


def test_finished_answers_of_a_server_are_kept(tmp_path: Path) -> None:
    """The same question again asks the server what it is, and nothing else."""
    text, _ = question_files(tmp_path)
    with serving(chat) as server:
        first = ask("--base-url", server.url, text, "What is the code?")
        asked = len(server.calls)
        second = ask("--base-url", server.url, text, "What is the code?")
    assert first.out == second.out
    assert len(server.calls) == asked > 0


@pytest.mark.parametrize("status", [401, 404, 418])
def test_refusals_end_a_run_in_order(tmp_path: Path, status: int) -> None:
    """A server that refuses is one clean line, a hint, and exit code 4."""
    text, _ = question_files(tmp_path)
    with serving(lambda call: call.send(status, b"\x1b]0;evil\x07<b>no</b>", "text/html")) as server:
        done = ask("--base-url", server.url, text, "What is the code?")
    assert done.code == 4
    assert "hint:" in done.err
    assert "\x1b" not in done.err
    assert "Traceback" not in done.err


def test_nothing_is_contacted_unasked(tmp_path: Path) -> None:
    """A dry run asks the server for its window, and for no answer."""
    text, _ = question_files(tmp_path)
    with serving(chat) as server:
        assert ask("--dry-run", "--base-url", server.url, text, "What is the code?").code == 0
    assert server.calls == []
