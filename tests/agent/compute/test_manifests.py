"""Manifests read as data."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rao_cli.agent.compute.manifests import entries, is_manifest


def named(path, text):
    """Return what a manifest names, by dotted keys."""
    return {".".join(entry.keys): entry.value for entry in entries(path, text)}


@pytest.mark.parametrize(
    ("path", "text", "key", "value"),
    [
        ("package.json", '{"scripts": {"test": "marble"}}', "scripts.test", "marble"),
        ("package.json", '{"private": true}', "private", "true"),
        ("package.json", '{"files": ["a", "b"]}', "files", "a, b"),
        ("composer.json", '{"require": {"php": ">=8"}}', "require.php", ">=8"),
        ("pyproject.toml", '[project]\ndependencies = ["a>=1; x"]', "project.dependencies.a", ">=1"),
        ("pyproject.toml", '[project]\nauthors = [{name = "Ada"}]', "project.authors.name", "Ada"),
        ("Cargo.toml", '[dependencies]\na = "1"', "dependencies.a", "1"),
        ("Cargo.toml", '[dependencies.a]\nversion = "2"', "dependencies.a.version", "2"),
        ("setup.cfg", "[metadata]\nname = x", "metadata.name", "x"),
        ("setup.cfg", "[options]\ninstall_requires =\n  a>=1\n  b", "dependencies.a", ">=1"),
        (
            "setup.cfg",
            "[options.entry_points]\nconsole_scripts =\n  x = y:z",
            "options.entry_points.console_scripts.x",
            "y:z",
        ),
        ("setup.py", "from setuptools import setup\nsetup(name='x', version='1')", "version", "1"),
        ("setup.py", "setup(install_requires=['a==1'])", "dependencies.a", "==1"),
        (
            "setup.py",
            "setup(entry_points={'console_scripts': ['x=y:z']})",
            "entry_points.console_scripts.x",
            "y:z",
        ),
        ("go.mod", "module m\n\ngo 1.20\n", "go", "1.20"),
        ("go.mod", "require a.org/b v1.2.3\n", "require.a.org/b", "v1.2.3"),
        ("go.mod", "require (\n\ta.org/b v1.2.3 // indirect\n)\n", "indirect.a.org/b", "v1.2.3"),
        ("requirements-dev.txt", "# all\na[x]==1.0  # pinned\n-r other.txt\n", "dependencies.a", "==1.0"),
        ("PKG-INFO", "Metadata-Version: 2\nVersion: 3.4\n\nVersion: 9\n", "Version", "3.4"),
        ("x.gemspec", "  s.add_development_dependency 'a', '~> 2'\n", "devDependencies.a", "~> 2"),
        ("x.gemspec", '  s.license = "MIT"\n', "license", "MIT"),
        ("Gemfile", "gem 'a', '1.0'\n", "dependencies.a", "1.0"),
        (
            "pom.xml",
            "<version>1</version>\n<dependency>\n<artifactId>a</artifactId>\n<version>2</version>\n</dependency>",
            "dependencies.a",
            "2",
        ),
        ("Makefile", "PREFIX ?= /usr # where\n\tX = 1\n", "PREFIX", "/usr"),
        ("CMakeLists.txt", "cmake_minimum_required(VERSION 3.1)\nset(A 5)\n", "cmake_minimum_required", "3.1"),
        ("CMakeLists.txt", "project(x VERSION 1.4 LANGUAGES C)\n", "version", "1.4"),
    ],
)
def test_a_manifest_is_read(path, text, key, value):
    """Each sort of manifest gives its values under their keys."""
    assert named(path, text)[key] == value


@pytest.mark.parametrize("path", ["README.md", "data.json", "main.py", "config.yaml", "Cargo.lock"])
def test_other_files_are_no_manifests(path):
    """What is not known to be a manifest is not read as one."""
    assert not is_manifest(path)
    assert entries(path, "{}") == []


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("package.json", '{"a": '),
        ("package.json", "[" * 100_000),
        ("pyproject.toml", "[project\n"),
        ("setup.cfg", "no section\n"),
        ("setup.py", "def ("),
        ("setup.py", "setup(name=open('/etc/passwd').read())"),
        ("Cargo.toml", "x" * 1_000_001),
    ],
)
def test_a_damaged_manifest_names_nothing(path, text):
    """What cannot be parsed, or would have to be executed, gives no entries and no error."""
    assert entries(path, text) == []


def test_deep_nesting_ends():
    """Mappings in mappings are followed to a depth."""
    text = '{"a": ' * 500 + "1" + "}" * 500
    assert all(len(entry.keys) <= 8 for entry in entries("package.json", text))


@given(st.dictionaries(st.text(min_size=1, max_size=5), st.text(max_size=10), max_size=5))
def test_every_plain_value_is_found(data):
    """A flat mapping of texts comes back as it is."""
    assert {entry.keys: entry.value for entry in entries("package.json", json.dumps(data))} == {
        (key,): value for key, value in data.items()
    }


@given(
    st.text(max_size=200), st.sampled_from(["setup.cfg", "go.mod", "pom.xml", "Makefile", "x.gemspec", "PKG-INFO"])
)
def test_any_text_is_survived(text, path):
    """No manifest, however broken, raises an error."""
    entries(path, text)
