"""The language of a file is told by its name and its first bytes."""

import pytest

from rao_cli.documents.code.languages import language_of
from rao_cli.documents.parsers.code_grammars import GRAMMARS
from tests.documents.code.snippets import SNIPPETS


@pytest.mark.parametrize(
    ("name", "language"),
    [
        ("a.py", "python"),
        ("src/deep/a.PYI", "python"),
        ("a.jsx", "javascript"),
        ("a.min.mjs", "javascript"),
        ("a.d.ts", "typescript"),
        ("a.tsx", "tsx"),
        ("a.h", "c"),
        ("a.hpp", "cpp"),
        ("a.cs", "csharp"),
        ("Rakefile", "ruby"),
        ("a.yml", "yaml"),
        ("Pipfile", "toml"),
        (".bashrc", "bash"),
        ("a.vue", "html"),
        ("Makefile", None),
        ("Dockerfile", None),
        ("a.txt", None),
        (".py", None),
        ("py", None),
        ("", None),
    ],
)
def test_the_name_tells_the_language(name, language):
    """Endings count in any case, and some names without one."""
    assert language_of(name, b"") == language


@pytest.mark.parametrize(
    ("head", "language"),
    [
        (b"#!/bin/sh\n", "bash"),
        (b"#!/usr/bin/env python3\n", "python"),
        (b"#! /usr/bin/env -S python3 -u\n", "python"),
        (b"#!/usr/local/bin/node\n", "javascript"),
        (b"#!/usr/bin/env ruby2.7\n", "ruby"),
        (b"#!/usr/bin/awk -f\n", None),
        (b"#!\n", None),
        (b"python\n", None),
        (b"\xff\xfe", None),
    ],
)
def test_a_first_line_tells_the_language_of_a_file_without_an_ending(head, language):
    """The program that a script names counts, with or without its path and version."""
    assert language_of("tool", head) == language
    assert language_of("tool.txt", head) is None


def test_a_header_with_classes_is_cpp():
    """What .h holds is told by its start."""
    assert language_of("a.h", b"#pragma once\nnamespace a {\n") == "cpp"
    assert language_of("a.h", b"/* a class of things */\nint f(void);\n") == "c"


def test_every_language_that_is_told_has_a_grammar():
    """No name leads to a language that cannot be parsed, and each grammar can be reached."""
    told = {language_of(snippet.name, b"") for snippet in SNIPPETS.values()}
    assert told == GRAMMARS.keys()
