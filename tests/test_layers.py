"""The import rules of DESIGN: down only, no cycles, and loading a module does nothing."""

import json
import sys
import tomllib
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

from tests.checkout import ROOT, module_name, module_sources, run_python
from tests.import_graph import faults, outside

HEAVY = {
    "charset_normalizer",
    "dulwich",
    "gguf",
    "httpx2",
    "huggingface_hub",
    "jinja2",
    "keyring",
    "llama_cpp",
    "matplotlib",
    "numpy",
    "prompt_toolkit",
    "pypdf",
    "pypdfium2",
    "rapidfuzz",
    "re2",
    "safetensors",
    "selectolax",
    "sqlite3",
    "torch",
    "transformers",
    "tree_sitter",
}

CLEAN = {
    "rao_cli": "",
    "rao_cli.errors": "",
    "rao_cli.text": "import re",
    "rao_cli.engine": "",
    "rao_cli.engine.base": "from rao_cli.errors import RaoError",
    "rao_cli.documents": "",
    "rao_cli.documents.model": "from rao_cli.text import clean",
    "rao_cli.agent": "",
    "rao_cli.agent.runner": "from rao_cli.documents import model\nfrom rao_cli.engine.base import Engine",
    "rao_cli.runs": "from rao_cli.agent.runner import run",
    "rao_cli.cli": "import rao_cli.runs",
    "rao_cli.__main__": "from rao_cli.cli import main",
}

PLANTED = {
    "upward": ({"rao_cli.engine.base": "from rao_cli.agent import runner"}, "lies above"),
    "upward from the base": ({"rao_cli.text": "import rao_cli.documents.model"}, "lies above"),
    "upward inside a function": ({"rao_cli.agent": "def f():\n    from rao_cli.cli import main"}, "lies above"),
    "upward by a relative import": ({"rao_cli.engine.base": "from ..agent import runner"}, "lies above"),
    "upward for types only": (
        {"rao_cli.engine": "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    import rao_cli.cli"},
        "lies above",
    ),
    "sibling": ({"rao_cli.engine.base": "from rao_cli.documents.model import Span"}, "sibling"),
    "cycle of two": (
        {"rao_cli.agent.a": "from rao_cli.agent.b import x", "rao_cli.agent.b": "from rao_cli.agent import a"},
        "cycle",
    ),
    "cycle of three": (
        {
            "rao_cli.agent.a": "from . import b",
            "rao_cli.agent.b": "def f():\n    from .c import x",
            "rao_cli.agent.c": "import rao_cli.agent.a",
        },
        "cycle",
    ),
    "unknown part": ({"rao_cli.misc": ""}, "no layer"),
}


def test_imports_of_the_package_keep_the_layers():
    """No module imports upward, a forbidden sibling, or in a circle."""
    assert faults(module_sources()) == []


def test_checker_accepts_a_tree_without_faults():
    """Downward imports in every form are allowed."""
    assert faults(CLEAN) == []


@pytest.mark.parametrize(("planted", "word"), PLANTED.values(), ids=PLANTED)
def test_checker_catches_a_planted_fault(planted, word):
    """Each kind of fault, planted in a clean tree, is found and named."""
    assert any(word in fault for fault in faults({**CLEAN, **planted}))


def test_checker_reads_the_whole_package():
    """The checked sources are those on disk, so an empty tree cannot pass."""
    assert {"rao_cli", "rao_cli.errors", "rao_cli.engine.base", "rao_cli.agent.records"} <= set(module_sources())


def test_module_names_drop_init():
    """A package is named by its folder."""
    assert module_name(Path("rao_cli/agent/__init__.py")) == "rao_cli.agent"
    assert module_name(Path("rao_cli/text.py")) == "rao_cli.text"


def test_every_library_is_declared():
    """Each third-party package that is imported is a dependency in pyproject.toml, core or extra."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    wanted = [
        *project["dependencies"],
        *(line for extra in project["optional-dependencies"].values() for line in extra),
    ]
    declared = {_distribution(line) for line in wanted}
    providers = packages_distributions()
    # Newer Pythons bring zstd; on older ones its backport stands in.
    foreign = outside(module_sources()) - sys.stdlib_module_names - {"compression"}
    undeclared = {
        name for name in foreign if not declared & {_distribution(d) for d in providers.get(name, [name])}
    }
    assert undeclared == set()


def _distribution(requirement: str) -> str:
    name = requirement
    for mark in "[><=!~; ":
        name = name.partition(mark)[0]
    return name.lower().replace("_", "-")


def test_starting_the_command_loads_no_heavy_library():
    """Importing the command line leaves the libraries of PDF, search and inference unloaded."""
    done = run_python("-c", "import rao_cli.__main__, sys, json; print(json.dumps(sorted(sys.modules)))")
    assert done.returncode == 0, done.stderr
    loaded = {name.partition(".")[0] for name in json.loads(done.stdout)}
    assert HEAVY & loaded == set()


def test_importing_any_module_does_nothing():
    """Importing all modules prints nothing and starts no thread."""
    names = [name for name in module_sources() if not name.endswith("__main__")]
    done = run_python(
        "-c",
        "import importlib, threading\n"
        f"for name in {names!r}: importlib.import_module(name)\n"
        "assert threading.active_count() == 1, threading.enumerate()",
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
