"""What is told of a repository: what it is, where it starts, its parts, flows, how to run and test it."""

import pytest

from rao_cli.agent.summary.repo import repo_topics
from rao_cli.agent.summary.repo_files import Files, is_repository, is_test
from tests.agent.summary.helpers import FILES, repository, told
from tests.documents.reading import document_of


@pytest.fixture
def gulls(tmp_path):
    """Return a small repository, read."""
    return repository(tmp_path / "gulls-1.2")


def statements(document):
    """Return what may be told of a repository, by heading."""
    return {topic.heading: [one.text for one in topic.statements] for topic in repo_topics(document, 120)}


def test_what_it_is(gulls):
    """The manifest's description comes first, then what the README says."""
    found = statements(gulls)["What it is"]
    assert found[0] == "Count the sea birds of a picture"
    assert "gulls is a tool that counts sea birds in pictures." in found


def test_entry_points(gulls):
    """Commands of the manifest and main functions are entry points."""
    assert statements(gulls)["Entry points"] == [
        "The command `gulls` runs `gulls.command:main`",
        "`gulls/command.py` starts in `def main`",
    ]


def test_parts_have_paths(gulls):
    """Top-level files and folders are the parts; their files are told by comments, or by what they define."""
    found = statements(gulls)
    assert {"README.md", "pyproject.toml", "LICENSE", "gulls/", "tests/"} <= set(found)
    assert "`gulls/command.py`: Read the command line and print the count." in found["gulls/"]
    assert "`gulls/shapes.py` defines `Outline`" in found["gulls/"]


def test_how_data_flows(gulls):
    """Imports between parts, and the users of the main symbols, are told."""
    found = statements(gulls)["How data flows"]
    assert "`gulls/command.py` uses `gulls/finder.py`" in found
    assert "`gulls/finder.py` uses `gulls/shapes.py`" in found
    assert any(
        text.startswith("`find_birds` of `gulls/finder.py` is used in `gulls/command.py`") for text in found
    )


def test_how_to_run_and_test(gulls):
    """Commands of the README are told as what they are for."""
    found = statements(gulls)
    assert found["How to run"][0] == "Install: `pip install gulls`"
    assert found["How to test"] == ["Test: `python -m pytest`", "The tests are in `tests/`"]


def test_what_is_told_is_cited_where_it_stands(gulls):
    """The names that a statement tells stand in the lines it cites, or name the cited files."""
    for topic in repo_topics(gulls, 120):
        for statement in topic.statements:
            shown = "".join(gulls.read(span) + gulls.locate(span).path for span in statement.spans)
            names = statement.text.split("`")[1::2]
            assert all(name.rstrip("/") in shown or name.split("(")[0] in shown for name in names), statement


def test_every_top_level_part_is_told_or_named(gulls):
    """Each file and folder at the top is told of or named as left out."""
    text = told(gulls, 120)
    assert all(name in text for name in ("LICENSE", "gulls/", "tests/"))


def test_lengths_are_kept(gulls):
    """A summary of a repository is not longer than asked."""
    for words in (30, 60, 90):
        for style in ("brief", "bullets", "outline"):
            assert len(told(gulls, words, style).split()) <= words * 1.2


def test_an_outline_lists_files_below_folders(gulls):
    """In an outline the files of a folder stand below it."""
    lines = told(gulls, 200, "outline").splitlines()
    assert any(line.startswith("  - gulls/command.py: Read the command line") for line in lines)


@pytest.mark.parametrize(
    ("manifest", "text", "wanted"),
    [
        (
            "package.json",
            '{\n  "name": "gulls",\n  "main": "lib/gulls.js"\n}\n',
            "names `lib/gulls.js` as its main",
        ),
        ("Cargo.toml", '[[bin]]\nname = "gulls"\npath = "src/main.rs"\n', "`Cargo.toml` builds `src/main.rs`"),
        (
            "setup.cfg",
            "[options.entry_points]\nconsole_scripts =\n  gulls = gulls.cli:run\n",
            "runs `gulls.cli:run`",
        ),
    ],
)
def test_manifests_of_other_languages(tmp_path, manifest, text, wanted):
    """Entry points are found in the manifests of several languages."""
    document = repository(
        tmp_path / "g", {manifest: text, "src/a.py": "def f(): pass\n", "src/b.py": "import a\n"}
    )
    assert any(wanted in one for one in statements(document)["Entry points"])


def test_scripts_and_targets_that_test(tmp_path):
    """Test scripts of package.json and targets of a Makefile are ways to test."""
    files = {
        "package.json": '{\n  "scripts": {\n    "test": "tape test/*.js"\n  }\n}\n',
        "Makefile": "all:\n\techo\ntest: all\n\tmake-it\n",
        "index.js": "function hasKey() {}\nmodule.exports = hasKey\n",
        "lib.js": "const x = require('./index')\n",
    }
    found = statements(repository(tmp_path / "g", files))["How to test"]
    assert "The script `test` of `package.json` runs `tape test/*.js`" in found
    assert "`make test` is a target of `Makefile`" in found


def test_large_parts_are_told_by_their_folders(tmp_path):
    """A part of many files is first told by what the comments of its folders say."""
    files = {f"pond/{name}/{n}.py": f"def f{n}(): pass\n" for name in ("ducks", "geese") for n in range(8)}
    files |= {f"pond/{name}/__init__.py": f'"""All about {name} of the pond."""\n' for name in ("ducks", "geese")}
    found = statements(repository(tmp_path / "p", files | {"README.md": "# Pond\n"}))["pond/"]
    assert set(found[:2]) == {f"`pond/{name}/`: All about {name} of the pond." for name in ("ducks", "geese")}


def test_a_licence_is_no_description_of_a_file(tmp_path):
    """The leading comment of a file is passed over where it is a licence."""
    licence = "# Copyright 2024 the gull counters. All rights reserved.\n"
    document = repository(tmp_path / "g", {"a.py": f"{licence}def find_it():\n    pass\n", "b.py": "import a\n"})
    assert statements(document)["a.py"] == ["Defines `find_it`"]


@pytest.mark.parametrize(
    "head",
    [
        "// Package gate opens the gate of the mill.\npackage gate\n",
        "/* Opens the gate of the mill. */\nint x;\n",
        "#!/bin/sh\n# This script opens the gate of the mill.\n",
        '"""Open the gate of the mill."""\n',
        "//! This module opens the gate of the mill.\nfn f() {}\n",
    ],
)
def test_leading_comments_of_languages(tmp_path, head):
    """The first sentence of a file's leading comment is found, whatever its marks."""
    files = Files(repository(tmp_path / "g", {"gate.x": head + "rest\n", "b.py": "x = 1\n"}))
    comment = files.comment("gate.x")
    assert comment is not None
    assert "the gate of the mill." in comment.text
    assert files.document.read(comment.span).strip().startswith(comment.text[:12])


@pytest.mark.parametrize("name", ["tests/a.py", "a_test.go", "src/test_b.py", "spec/c.rb", "b.spec.ts"])
def test_tests_are_known_by_name(name):
    """Files of tests are told by their names."""
    assert is_test(name)
    assert not is_test("src/latest.py")


def test_what_is_a_repository(gulls, tmp_path):
    """A folder with programs is a repository; one program, or a folder of texts, is not."""
    assert is_repository(gulls)
    assert not is_repository(document_of(b"def f(): pass\n", "f.py"))
    assert not is_repository(repository(tmp_path / "t", {"a.txt": "one\n", "b.txt": "two\n", "c.json": "{}\n"}))


def test_names_are_from_the_root(gulls):
    """Paths are told from the folder that was named, and the project is named without its version."""
    files = Files(gulls)
    assert set(files.names) == set(FILES)
    assert files.project == "gulls"


def test_a_hostile_repository(tmp_path):
    """Broken manifests, endless lines and odd names neither fail nor break a line."""
    files = {
        "package.json": "{" * 3000,
        "pyproject.toml": "x = " * 5000,
        "README.md": "`" * 5000 + "\n$ " + "pip install " * 500 + "\n",
        "a\x1b[2J.py": "def f(): pass\n",
        "b.py": '"""' + "a" * 5000,
        "c.py": "# " * 3000,
    }
    text = told(repository(tmp_path / "h", files), 60)
    assert "\x1b" not in text
    assert all(line.startswith("- ") for line in text.splitlines())
