"""Where the checkout is and what is in it, for the tests that judge the project as a whole.

The package under test may be an installed wheel; these paths always mean the source tree beside the tests.
"""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import rao_cli

ROOT = Path(__file__).resolve().parents[1]


def python_files(*folders: str) -> Iterator[Path]:
    """Yield the Python files below folders of the checkout, sorted."""
    for folder in folders:
        yield from sorted((ROOT / folder).rglob("*.py"))


def module_sources(package: str = "rao_cli") -> dict[str, str]:
    """Return the text of each module of a package by its dotted name."""
    return {module_name(path.relative_to(ROOT)): path.read_text("utf-8") for path in python_files(package)}


def module_name(path: Path) -> str:
    """Turn ``rao_cli/agent/__init__.py`` into ``rao_cli.agent``."""
    parts = path.with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def run_python(*arguments: str, tests: bool = False, seconds: float = 120) -> subprocess.CompletedProcess[str]:
    """Run another Python that imports the tests' ``rao_cli`` and nothing from the working folder.

    With ``tests`` it finds the package of the tests as well, after the others.
    """
    places = [str(Path(rao_cli.__file__).parents[1]), *([str(ROOT)] if tests else [])]
    return subprocess.run(
        [sys.executable, "-P", *arguments],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(places)},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=seconds,
        check=False,
    )
