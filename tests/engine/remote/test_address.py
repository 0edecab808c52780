"""Addresses of servers: what may be named, what is local, and where a key may go."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rao_cli.engine.remote.address import check_key, read_address
from rao_cli.errors import UsageError


@pytest.mark.parametrize(
    ("text", "base", "root"),
    [
        ("http://127.0.0.1:8080", "http://127.0.0.1:8080/v1", "http://127.0.0.1:8080"),
        ("http://127.0.0.1:8080/", "http://127.0.0.1:8080/v1", "http://127.0.0.1:8080"),
        ("http://127.0.0.1:8080/v1/", "http://127.0.0.1:8080/v1", "http://127.0.0.1:8080"),
        ("https://a.org/api/v1", "https://a.org/api/v1", "https://a.org/api"),
        ("https://a.org/openai", "https://a.org/openai", "https://a.org/openai"),
        ("https://a.org/v1/chat/completions", "https://a.org/v1", "https://a.org"),
    ],
)
def test_addresses_are_completed(text: str, base: str, root: str) -> None:
    """A bare address gets the usual path; one with a path keeps it."""
    address = read_address(text)
    assert (address.base, address.root) == (base, root)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "127.0.0.1:8080",
        "ftp://a.org",
        "file:///etc/passwd",
        "http://",
        "http://a.org/v1?key=1",
        "http://a.org/#x",
        "http://me:secret@a.org",
        "http://[::1",
        "http://a.org:99999999",
        "http://a\x1b[2J.org",
        "http://a.org/\nX: y",
    ],
)
def test_other_addresses_are_refused(text: str) -> None:
    """What is not the plain address of a web server is refused, and no secret in it is repeated."""
    with pytest.raises(UsageError) as caught:
        read_address(text)
    assert "secret" not in caught.value.message
    assert "\x1b" not in caught.value.message


@given(st.text(max_size=40))
def test_no_text_breaks_the_reading(text: str) -> None:
    """Any text is an address or a UsageError."""
    try:
        address = read_address("http://" + text)
    except UsageError:
        return
    assert address.base.startswith("http://")
    assert not address.base.endswith("/")


@pytest.mark.parametrize(
    ("host", "local"),
    [
        ("127.0.0.1", True),
        ("127.8.9.1", True),
        ("localhost", True),
        ("[::1]", True),
        ("10.0.0.1", False),
        ("localhost.evil.org", False),
        ("127.0.0.1.evil.org", False),
        ("0.0.0.0", False),
    ],
)
def test_only_this_machine_is_local(host: str, local: bool) -> None:
    """Names that only look like this machine's are not."""
    assert read_address(f"http://{host}:1/v1").local == local


def test_keys_cross_networks_encrypted() -> None:
    """A key goes over http to this machine only, unless the user insists."""
    far = read_address("http://10.0.0.1:8000")
    check_key(far, None, insecure=False)
    check_key(far, "sk", insecure=True)
    check_key(read_address("https://a.org"), "sk", insecure=False)
    check_key(read_address("http://[::1]:8000"), "sk", insecure=False)
    with pytest.raises(UsageError, match="unencrypted") as caught:
        check_key(far, "sk-secret", insecure=False)
    assert "sk-secret" not in caught.value.message
