"""Options to a remote engine: what is checked before anything is contacted, and how its model is used."""

from pathlib import Path

import pytest

from rao_cli.cli.options import Options
from rao_cli.cli.remote import LARGEST_WINDOW, find_remote, remote_settings
from rao_cli.errors import ModelError, UsageError
from tests.engine.remote.scripted import serving


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
