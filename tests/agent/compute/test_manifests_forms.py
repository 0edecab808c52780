"""Questions on manifests of many kinds, whole and damaged, as part of a repository."""

import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rao_cli.agent.compute.code import solve_code
from rao_cli.agent.compute.manifests import entries, is_manifest
from rao_cli.agent.question.recognise import recognise
from tests.agent.compute.code_projects import reading_of

CODE = {"src/a.py": "def run():\n    return 1\n"}
PYPROJECT = """[project]
name = "lantern"
version = "4.0.2"
license = "EUPL-1.2"
requires-python = ">=3.10,<4"
authors = [{name = "Pia Holm", email = "pia@example.org"}]
dependencies = ["wick>=2", "oil[dark]~=1.4", "match"]

[project.urls]
homepage = "https://lantern.example.org"

[project.scripts]
lantern = "lantern.cli:main"

[project.optional-dependencies]
dev = ["polish==3.3"]

[build-system]
requires = ["hatchling"]
build-backend = "hatchling.build"
"""
POETRY = """[tool.poetry]
name = "lamp"
version = "1.1.0"
license = "MIT"
authors = ["Pia Holm <pia@example.org>"]

[tool.poetry.dependencies]
python = "^3.8"
wick = "^2.0"
oil = {version = "1.4", extras = ["dark"]}
"""
SETUP_CFG = """[metadata]
name = lamp
version = 0.9
license = BSD
author = Pia Holm

[options]
python_requires = >=3.7
install_requires =
    wick>=2
    oil

[options.entry_points]
console_scripts =
    lamp = lamp.cli:main
"""
SETUP_PY = """from setuptools import setup

setup(
    name="lamp",
    version="5.5.1",
    license="ISC",
    author="Pia Holm",
    author_email="pia@example.org",
    python_requires=">=3.6",
    install_requires=["wick==2.1", "oil"],
    entry_points={"console_scripts": ["lamp=lamp.cli:main"]},
    url="https://lamp.example.org",
)
"""
CARGO = """[package]
name = "lamp"
version = "0.3.0"
edition = "2018"
rust-version = "1.60"
license = "Unlicense"
authors = ["Pia Holm <pia@example.org>"]

[dependencies]
wick = "2.1"
oil = { features = ["dark"], version = "0.4" }

[dev-dependencies]
polish = "3"
"""
GO_MOD = (
    "module example.org/lamp\n\ngo 1.21\n\nrequire (\n\texample.org/wick v2.1.0\n\texample.org/oil v0.4.0\n)\n"
)
FORMS = {
    "pyproject": {"pyproject.toml": PYPROJECT},
    "poetry": {"pyproject.toml": POETRY},
    "setup.cfg": {"setup.cfg": SETUP_CFG},
    "setup.py": {"setup.py": SETUP_PY},
    "cargo": {"Cargo.toml": CARGO},
    "go": {"go.mod": GO_MOD},
}
READ = {form: reading_of({**files, **CODE}) for form, files in FORMS.items()}

ANSWERED = [
    ("pyproject", "Which license does the project have?", "EUPL-1.2"),
    ("pyproject", "Under which licence is the project released?", "EUPL-1.2"),
    ("pyproject", "What is the version of the project?", "4.0.2"),
    ("pyproject", "Which Python version is required?", ">=3.10,<4"),
    ("pyproject", "What is the minimum Python version?", "3.10"),
    ("pyproject", "Who is the author of the project?", "Pia Holm"),
    ("pyproject", "What is the e-mail address of the author?", "pia@example.org"),
    ("pyproject", "What is the home page of the project?", "https://lantern.example.org"),
    ("pyproject", "Which version of wick is required?", ">=2"),
    ("pyproject", "What version of oil does it depend on?", "~=1.4"),
    ("pyproject", "Which version of polish is required for development?", "==3.3"),
    ("pyproject", "Which dev dependencies are there?", "polish"),
    ("pyproject", "How many dev dependencies does it have?", "1"),
    ("pyproject", "How many dependencies does the project have?", "3"),
    ("pyproject", "Which dependencies does the project have?", "wick, oil, match"),
    ("pyproject", "What is the entry point of lantern?", "lantern.cli:main"),
    ("pyproject", "Which build backend is used?", "hatchling.build"),
    ("poetry", "Which license does the project have?", "MIT"),
    ("poetry", "Which version of wick is required?", "^2.0"),
    ("poetry", "Which version of oil is required?", "1.4"),
    ("poetry", "Which Python version is required?", "^3.8"),
    ("poetry", "Who is the author?", "Pia Holm"),
    ("setup.cfg", "Which license does the project have?", "BSD"),
    ("setup.cfg", "What is the version of the project?", "0.9"),
    ("setup.cfg", "Which version of wick is required?", ">=2"),
    ("setup.cfg", "What is the minimum Python version?", "3.7"),
    ("setup.cfg", "What is the entry point of the console script lamp?", "lamp.cli:main"),
    ("setup.cfg", "Who is the author?", "Pia Holm"),
    ("setup.py", "Which license does the project have?", "ISC"),
    ("setup.py", "What is the version of the project?", "5.5.1"),
    ("setup.py", "Which version of wick is required?", "==2.1"),
    ("setup.py", "What is the minimum Python version?", "3.6"),
    ("setup.py", "What is the entry point?", "lamp.cli:main"),
    ("setup.py", "What is the author's e-mail address?", "pia@example.org"),
    ("setup.py", "What is the homepage?", "https://lamp.example.org"),
    ("setup.py", "How many dependencies are there?", "2"),
    ("cargo", "Which license does the crate have?", "Unlicense"),
    ("cargo", "What is the version of the crate?", "0.3.0"),
    ("cargo", "Which Rust edition does it use?", "2018"),
    ("cargo", "What is the minimum Rust version?", "1.60"),
    ("cargo", "Which version of wick is required?", "2.1"),
    ("cargo", "Which version of oil is required?", "0.4"),
    ("cargo", "How many dev dependencies are there?", "1"),
    ("cargo", "Which dev-dependencies are there?", "polish"),
    ("cargo", "Who is the author of the crate?", "Pia Holm"),
    ("go", "Which Go version is required?", "1.21"),
    ("go", "What is the module path?", "example.org/lamp"),
    ("go", "Which version of example.org/wick is required?", "v2.1.0"),
    ("go", "How many dependencies does the module have?", "2"),
]
LEFT = [
    ("pyproject", "Which version of kerosene is required?"),
    ("pyproject", "Which Rust edition does it use?"),
    ("pyproject", "What is the minimum Node version?"),
    ("pyproject", "How many authors drink tea?"),
    ("pyproject", "Why does it depend on oil?"),
    ("cargo", "Which Python version is required?"),
    ("cargo", "What does the npm script build run?"),
    ("go", "Which license does the project have?"),
    ("go", "Who is the author?"),
    ("setup.cfg", "Which build backend is used?"),
    ("setup.py", "Which version of python-wick is required?"),
    ("poetry", "When was version 1.1.0 released?"),
]


def answer(form, question):
    """Return the answer to a question about a project with one manifest, or None."""
    computed = solve_code(recognise(question), READ[form])
    return computed.answer if computed else None


@pytest.mark.parametrize(("form", "question", "expected"), ANSWERED)
def test_questions_on_manifests(form, question, expected):
    """What a manifest names is told as it is written there."""
    assert answer(form, question) == expected


@pytest.mark.parametrize(("form", "question"), LEFT)
def test_what_a_manifest_does_not_name(form, question):
    """What no manifest names is left to the readers."""
    assert answer(form, question) is None


@pytest.mark.parametrize(("form", "question", "expected"), ANSWERED[::2])
def test_the_line_of_a_value_is_cited(form, question, expected):
    """What is cited is one line of the manifest."""
    computed = solve_code(recognise(question), READ[form])
    lines = [READ[form].document.read(span) for span in computed.evidence]
    assert len(lines) == 1
    assert lines[0].strip()
    assert "\n" not in lines[0]


WHOLE = {path: text for files in FORMS.values() for path, text in files.items()} | {
    "package.json": json.dumps({"name": "a", "dependencies": {"b": "^1"}, "scripts": {"x": "y"}}, indent=1),
    "composer.json": '{"require": {"b": "1"}}',
    "Gemfile": "gem 'b', '1.0'\n",
    "a.gemspec": "s.version = '1'\n",
    "pom.xml": "<project><version>1</version></project>",
    "PKG-INFO": "Name: a\nVersion: 1\n\nText\n",
    "requirements.txt": "b==1\n",
    "CMakeLists.txt": "project(a VERSION 1.0)\n",
    "Makefile": "A = 1\n",
    "tox.ini": "[tox]\nenvlist = a\n",
    "Pipfile": '[packages]\nb = "*"\n',
    "a.cabal": "Name: a\nVersion: 1\n",
}


@pytest.mark.parametrize("path", WHOLE)
def test_each_kind_is_read(path):
    """Each kind of manifest is known by its name and gives entries with keys."""
    assert is_manifest(path)
    found = entries(path, WHOLE[path])
    assert found
    assert all(entry.keys for entry in found)


@pytest.mark.parametrize("path", WHOLE)
def test_a_manifest_in_a_folder_is_read(path):
    """Only the file's own name counts."""
    assert entries(f"deep/er/{path}", WHOLE[path]) == entries(path, WHOLE[path])


@pytest.mark.parametrize("path", WHOLE)
def test_a_manifest_that_is_cut_is_survived(path):
    """A manifest that ends anywhere gives what can be read, or nothing."""
    for end in range(0, len(WHOLE[path]), 7):
        entries(path, WHOLE[path][:end])


@pytest.mark.parametrize("path", WHOLE)
@pytest.mark.parametrize(
    "text",
    [
        "",
        "\x00",
        "\ufeff",
        "null",
        "[]",
        "{}",
        "1",
        '"x"',
        "{" * 900,
        "[" * 900,
        "<a>" * 900,
        "=\n" * 900,
        "\n" * 900,
    ],
)
def test_odd_manifests_are_survived(path, text):
    """What is no manifest at all gives a few entries or none, and no error."""
    assert len(entries(path, text)) <= 900


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.sampled_from(sorted(WHOLE)), st.text(max_size=80), st.integers(0, 400))
def test_inserted_text_is_survived(path, text, at):
    """A manifest with anything in its midst gives no error."""
    entries(path, WHOLE[path][:at] + text + WHOLE[path][at:])


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=12,
)


@given(JSON)
def test_any_json_is_flattened(value):
    """Whatever a package.json holds, its entries are texts under keys that are texts."""
    for entry in entries("package.json", json.dumps(value)):
        assert isinstance(entry.value, str)
        assert all(isinstance(key, str) for key in entry.keys)


@pytest.mark.parametrize("question", [question for _, question, _ in ANSWERED[::4]])
def test_a_damaged_manifest_answers_nothing(question):
    """Where the manifest cannot be read, nothing is made up."""
    read = reading_of({"pyproject.toml": "[project\nname = ", "Cargo.toml": "][", "package.json": "{", **CODE})
    assert not solve_code(recognise(question), read)
