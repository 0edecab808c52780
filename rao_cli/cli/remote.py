"""From options to a remote engine: which server answers, with which key, and how its model is best used.

Models on servers are larger than the embedded one, so agents are shown more at a time; what is read is still
chosen by rules. Limits: nothing is known about a model but its window, so one that reads long texts badly is best
held with ``--window``.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING

from rao_cli.agent.preparing import Settings
from rao_cli.cli.options import Options
from rao_cli.errors import UsageError

if TYPE_CHECKING:
    from rao_cli.engine.remote.engine import RemoteEngine

PARALLEL = 16
LARGEST_WINDOW = 32_768
"""Tokens of one prompt that are used unless --window says more: long prompts are slow, and read less well."""
VIEW_TOKENS = 1024
SUMMARY_TOKENS = 4096
OUTPUT_TOKENS = 160

Connect = Callable[[], "RemoteEngine"]


def find_remote(options: Options) -> Connect:
    """Check what the options say about a server; return what connects to it. Raises UsageError.

    Nothing is contacted before the returned function is called; that raises ModelError when the server fails.
    """
    from rao_cli.engine.remote.address import check_key, read_address
    from rao_cli.engine.remote.keys import read_key

    if options.deterministic or options.adapter:
        name = "--deterministic" if options.deterministic else "--adapter"
        raise UsageError(f"{name} is for models on this machine", hint=f"leave out {name} or --base-url")
    url = options.base_url or ""
    address = read_address(url)
    key = read_key(options.api_key_file, address.host)
    check_key(address, key, insecure=False)

    def connect() -> "RemoteEngine":
        from rao_cli.engine.remote.engine import RemoteEngine

        return RemoteEngine(
            url,
            options.model or "",
            key=key,
            window=options.window,
            parallel=options.parallel or PARALLEL,
        )

    return connect


def remote_settings(options: Options, window: int) -> Settings:
    """Return how a model on a server is used whose engine has this window."""
    window = options.window or min(window, LARGEST_WINDOW)
    return Settings(
        window=window,
        view_tokens=min(VIEW_TOKENS, max(1, window // 4)),
        delegation="rules" if options.delegation == "auto" else options.delegation,
        output_tokens=min(OUTPUT_TOKENS, max(1, window // 8)),
        summary_tokens=min(SUMMARY_TOKENS, max(1, window // 2)),
    )
