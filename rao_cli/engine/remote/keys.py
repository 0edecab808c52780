"""Find the key for a server: in a file, or in the system's keyring. Never on the command line.

A key on a command line can be read by every user of the machine and stays in the shell's history. Limits: keys are
printable ASCII without spaces, of at most ``LONGEST`` characters.
"""

import logging
import os
import stat
from collections.abc import Callable
from pathlib import Path

from rao_cli.errors import UsageError
from rao_cli.text import one_line

SERVICE = "rao"
LONGEST = 8192
Keyring = Callable[[str, str], str | None]
_LOG = logging.getLogger("rao.remote")
_LOG.addHandler(logging.NullHandler())


def read_key(file: str | None, host: str, *, keyring: Keyring | None = None) -> str | None:
    """Return the key for a host: from a file, or without one from the keyring, as kept for ``rao`` and the host.

    None when there is no key. Raises UsageError when the file cannot be used. ``keyring`` is asked for a service
    and a user name; None is the system's.
    """
    if file:
        return _from_file(Path(file))
    key = (keyring or _system_keyring)(SERVICE, host)
    return _checked(key, f"the keyring's key for {host}") if key else None


def _from_file(path: Path) -> str:
    shown = one_line(str(path), 200)
    try:
        with path.open("rb") as opened:
            mode = os.fstat(opened.fileno()).st_mode
            if stat.S_ISREG(mode) and mode & (stat.S_IROTH | stat.S_IWOTH):
                raise UsageError(f"every user can read the key in {shown}", hint=f"chmod 600 {shown}")
            data = opened.read(LONGEST + 2)
    except OSError as e:
        raise UsageError(
            f"cannot read the key file {shown}: {e.strerror or e}", hint="check --api-key-file"
        ) from e
    return _checked(data.decode("ascii", "replace"), shown)


def _checked(text: str, where: str) -> str:
    """Return a key that is safe inside a header; messages never hold what was read."""
    key = text.strip()
    if not key or len(key) > LONGEST or not all("!" <= character <= "~" for character in key):
        raise UsageError(f"{where} does not hold a key", hint="put the key alone on one line")
    return key


def _system_keyring(service: str, user: str) -> str | None:
    """Ask the system's keyring; one that is missing or locked holds no key."""
    try:
        import keyring
        from keyring.errors import KeyringError
    except ImportError:
        return None
    try:
        return keyring.get_password(service, user)
    except (KeyringError, RuntimeError, OSError) as e:
        _LOG.info("the keyring was not used: %s", one_line(str(e), 200))
        return None
