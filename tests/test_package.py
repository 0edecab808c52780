"""What is in the wheel, built for real from the checkout."""

import importlib
import subprocess
import sys
import zipfile
from configparser import ConfigParser
from email import message_from_string
from pathlib import PurePosixPath

import pytest

import rao_cli
from tests.checkout import ROOT, module_sources

SHIPPED = "rao_cli/models/shipped"
BUILD = (
    "import os, sys, hatchling.build as backend; os.chdir(sys.argv[1]); print(backend.build_wheel(sys.argv[2]))"
)
LARGEST = 1_500_000
LARGEST_ADAPTERS = 24 << 20


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    """Build the wheel once with its own build backend and open it."""
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-c", BUILD, str(ROOT), str(folder)]
    done = subprocess.run(
        command, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=120, check=False
    )
    assert done.returncode == 0, done.stderr
    with zipfile.ZipFile(folder / done.stdout.split()[-1]) as archive:
        yield archive


@pytest.fixture(scope="module")
def names(wheel):
    """Return the names of the files in the wheel."""
    return set(wheel.namelist())


def meta(wheel, name):
    """Read one file of the wheel's metadata folder."""
    (path,) = [path for path in wheel.namelist() if path.endswith(f".dist-info/{name}")]
    return wheel.read(path).decode("utf-8")


def test_every_module_is_packaged(names):
    """The wheel holds each Python file of the package."""
    modules = {path.relative_to(ROOT).as_posix() for path in (ROOT / "rao_cli").rglob("*.py")}
    assert modules - names == set()


def test_models_folder_is_packaged(names):
    """Each file of the top-level models folder lies below the package, where a user's installation finds it."""
    files = [path.relative_to(ROOT / "models") for path in (ROOT / "models").rglob("*") if path.is_file()]
    assert f"{SHIPPED}/catalogue.toml" in names
    assert {f"{SHIPPED}/{path.as_posix()}" for path in files} - names == set()


def test_types_are_marked(names):
    """Type checkers of users see that the package is typed."""
    assert "rao_cli/py.typed" in names


def test_nothing_else_is_packaged(names):
    """The wheel holds the package and its metadata; no tests, documents, caches or bytecode."""
    tops = {PurePosixPath(name).parts[0] for name in names}
    assert {top for top in tops if not top.endswith(".dist-info")} == {"rao_cli"}
    assert [name for name in names if name.endswith((".pdf", ".pyc"))] == []
    assert [name for name in names if "tests" in PurePosixPath(name).parts] == []


def test_wheel_is_small(wheel):
    """Without the adapters, the wheel stays below a megabyte and a half; it holds no whole model."""
    others = [entry for entry in wheel.infolist() if not entry.filename.endswith(".gguf")]
    assert sum(entry.compress_size for entry in others) < LARGEST


def test_adapters_are_small(wheel):
    """The only weights are adapters below the models folder, of 24 MB in all at most."""
    weights = [entry for entry in wheel.infolist() if entry.filename.endswith(".gguf")]
    assert all(entry.filename.startswith(f"{SHIPPED}/") for entry in weights)
    assert sum(entry.file_size for entry in weights) <= LARGEST_ADAPTERS


def test_command_is_declared(wheel):
    """Installing gives the command ``rao``, and what it points to can be called."""
    entries = ConfigParser()
    entries.read_string(meta(wheel, "entry_points.txt"))
    module, _, function = entries["console_scripts"]["rao"].partition(":")
    assert callable(getattr(importlib.import_module(module), function))


def test_licence_is_packaged(wheel):
    """The wheel carries the licence text."""
    assert "MIT License" in meta(wheel, "licenses/LICENSE")


def test_metadata_is_complete(wheel):
    """Name, version, licence and the Python floor are what pyproject.toml and the package say."""
    fields = message_from_string(meta(wheel, "METADATA"))
    assert fields["Name"] == "rao-cli"
    assert fields["Version"] == rao_cli.__version__
    assert fields["License-Expression"] == "MIT"
    assert fields["Requires-Python"] == ">=3.11"
    assert {"smollm2", "test"} <= set(fields.get_all("Provides-Extra"))
    assert "Ask" in fields["Summary"]
    assert fields.get_payload().strip() or fields["Description"]


@pytest.mark.parametrize("name", sorted(module_sources()))
def test_exported_names_exist(name):
    """Each name that a module exports exists, once, and is public."""
    exported = getattr(importlib.import_module(name), "__all__", []) if not name.endswith("__main__") else []
    assert len(exported) == len(set(exported))
    assert [word for word in exported if word.startswith("_") or not hasattr(sys.modules[name], word)] == []
