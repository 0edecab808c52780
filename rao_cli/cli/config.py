"""The user's settings file: defaults for options, in TOML, read from the user's own folder only.

Nothing is ever read from the working folder or from a source, because whoever wrote those could then
configure the program.
"""

import tomllib
from pathlib import Path

from rao_cli.errors import UsageError

KEYS = (
    "model",
    "adapter",
    "base-url",
    "api-key-file",
    "window",
    "delegation",
    "strategy",
    "max-depth",
    "max-tokens",
    "max-seconds",
    "max-agents",
    "parallel",
    "gpu-layers",
    "threads",
    "progress",
    "color",
)
"""Options that the settings file and ``RAO_*`` variables can set."""
_LARGEST_BYTES = 1 << 20


def variable(key: str) -> str:
    """Return the environment variable of an option."""
    return "RAO_" + key.upper().replace("-", "_")


def read_config(path: Path, *, named: bool) -> dict[str, str]:
    """Return the settings of a file by parameter name, as text that the options check.

    A missing file has no settings, unless the user named it. Raises UsageError, also for more than a megabyte.
    """
    try:
        with path.open("rb") as file:
            data = file.read(_LARGEST_BYTES + 1)
        if len(data) > _LARGEST_BYTES:
            raise UsageError(f"settings file {path} is larger than 1 MB", hint="correct or unset RAO_CONFIG")
        table = tomllib.loads(data.decode())
    except FileNotFoundError:
        if not named:
            return {}
        raise UsageError(f"settings file {path} does not exist", hint="correct or unset RAO_CONFIG") from None
    except OSError as error:
        raise UsageError(f"cannot read the settings file {path}: {error.strerror}") from error
    except (ValueError, RecursionError) as error:
        why = "it is not text" if isinstance(error, UnicodeDecodeError) else error
        raise UsageError(
            f"settings file {path} is not TOML: {why}", hint='a line looks like: model = "smollm2"'
        ) from error
    return {_parameter(key, value, path): str(value) for key, value in table.items()}


def _parameter(key: str, value: object, path: Path) -> str:
    if key not in KEYS:
        raise UsageError(f"{path} sets {key!r}, which is no setting", hint=f"settings are {', '.join(KEYS)}")
    if not isinstance(value, (str, int, float)) or isinstance(value, bool):
        raise UsageError(f"{path} sets {key} to something else than a text or a number")
    return key.replace("-", "_")
