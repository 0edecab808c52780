"""Keys come from a file or the keyring, are fit for a header, and are never shown."""

import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rao_cli.engine.remote.keys import LONGEST, read_key
from rao_cli.errors import UsageError


def key_file(folder: Path, data: bytes, mode: int = 0o600) -> str:
    """Return the name of a file with this content."""
    path = folder / "key"
    path.write_bytes(data)
    path.chmod(mode)
    return str(path)


def test_a_key_is_read_from_a_file(tmp_path: Path) -> None:
    """White space around a key is no part of it."""
    assert read_key(key_file(tmp_path, b"  sk-abc\n\n"), "host") == "sk-abc"


def test_the_keyring_is_asked_without_a_file() -> None:
    """The keyring holds keys for rao by host; what it lacks is no key."""
    keys = {("rao", "example.org:8000"): "sk-ring"}
    ring = lambda service, user: keys.get((service, user))  # noqa: E731
    assert read_key(None, "example.org:8000", keyring=ring) == "sk-ring"
    assert read_key(None, "example.org", keyring=ring) is None


def test_a_file_goes_before_the_keyring(tmp_path: Path) -> None:
    """A key that was named explicitly is the one that is used."""
    assert read_key(key_file(tmp_path, b"one"), "host", keyring=lambda *_: "two") == "one"


@pytest.mark.parametrize("mode", [0o644, 0o604, 0o602, 0o666])
def test_a_key_that_all_can_read_is_refused(tmp_path: Path, mode: int) -> None:
    """A file that every user can read or change is refused with the remedy."""
    with pytest.raises(UsageError, match="every user") as caught:
        read_key(key_file(tmp_path, b"sk-abc", mode), "host")
    assert "chmod 600" in caught.value.hint


def test_a_key_of_a_group_is_accepted(tmp_path: Path) -> None:
    """Secrets that are mounted for a group, as in clusters, can be used."""
    assert read_key(key_file(tmp_path, b"sk-abc", 0o640), "host") == "sk-abc"


@pytest.mark.parametrize(
    "data", [b"", b"\n", b"a b", b"a\r\nX-Evil: 1", "schlüssel".encode(), b"\xff", b"a" * 9000]
)
def test_what_is_no_key_is_refused(tmp_path: Path, data: bytes) -> None:
    """Nothing that could forge a header is taken, and the message does not hold it."""
    with pytest.raises(UsageError) as caught:
        read_key(key_file(tmp_path, data), "host")
    assert "Evil" not in caught.value.message


@given(st.text(min_size=1, max_size=20))
def test_keys_are_fit_for_headers(text: str) -> None:
    """A key from the keyring is printable ASCII, or refused."""
    try:
        key = read_key(None, "host", keyring=lambda *_: text)
    except UsageError:
        return
    assert key is not None
    assert key.isascii()
    assert key.isprintable()
    assert " " not in key


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    """A file that is not there is an error that names it."""
    with pytest.raises(UsageError, match="none"):
        read_key(str(tmp_path / "none"), "host")


def test_an_endless_file_ends() -> None:
    """A device that never ends is read up to the longest key only."""
    with pytest.raises(UsageError, match="does not hold a key"):
        read_key("/dev/zero", "host")
    assert LONGEST < 10_000


def test_a_pipe_can_hold_a_key(tmp_path: Path) -> None:
    """A key can come through a pipe, as from a password manager."""
    read, write = os.pipe()
    os.write(write, b"sk-pipe\n")
    os.close(write)
    try:
        assert read_key(f"/dev/fd/{read}", "host") == "sk-pipe"
    finally:
        os.close(read)
