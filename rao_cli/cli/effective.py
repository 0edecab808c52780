"""Tell what each setting is when no option changes it, and who said so.

Limits: values are shown as they were written; the commands that use them check them.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from rao_cli.cli.config import KEYS, read_config, variable
from rao_cli.cli.options import Options
from rao_cli.text import one_line


@dataclass(frozen=True)
class Setting:
    """One setting in force."""

    key: str
    """Its name in the settings file."""
    value: str
    """Its value as text."""
    origin: str
    """The variable or file that sets it, or ``default``."""


def effective_settings(config: Path, environment: Mapping[str, str]) -> list[Setting]:
    """Return every setting by the order of precedence; raises UsageError for a wrong settings file."""
    written = read_config(config, named=bool(environment.get("RAO_CONFIG")))
    return [_setting(key, written, config, environment) for key in KEYS]


def _setting(key: str, written: Mapping[str, str], config: Path, environment: Mapping[str, str]) -> Setting:
    name, parameter = variable(key), key.replace("-", "_")
    # An empty variable counts as not set, as it does for the options.
    if value := environment.get(name):
        return Setting(key, value, name)
    if parameter in written:
        return Setting(key, written[parameter], str(config))
    default = getattr(Options(), parameter)
    return Setting(key, "not set" if default is None else str(default), "default")


def settings_text(settings: list[Setting], *, origins: bool) -> str:
    """Return a line for each setting, in columns."""
    values = [one_line(setting.value) for setting in settings]
    if not origins:
        return "".join(f"{setting.key:14}{value}\n" for setting, value in zip(settings, values, strict=True))
    width = max(map(len, values), default=0)
    rows = zip(settings, values, strict=True)
    return "".join(f"{setting.key:14}{value:{width}}  {one_line(setting.origin)}\n" for setting, value in rows)
