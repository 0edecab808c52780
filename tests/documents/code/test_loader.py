"""Source files become documents whose leaves partition the text, whatever they hold."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rao_cli.documents.code.loader import read_code, read_code_files
from rao_cli.documents.context import Context
from rao_cli.documents.failures import NoTextError
from rao_cli.documents.model import Document
from rao_cli.documents.workers import WorkerLimits, Workers
from rao_cli.errors import InputError
from tests.documents.code.making import blob
from tests.documents.code.snippets import SNIPPETS
from tests.documents.making import check_partition

JUNK = ["", "    ", "}", "{", ")", "(", '"', "'", "*/", "/*", "<<EOF", "`", "é漢😀", "#", "\\", "<?php", "end"]


def check_symbols(document: Document) -> None:
    """Assert that each symbol's text holds its name."""
    for file in document.code:
        for symbol in file.symbols:
            assert symbol.name in " ".join(document.read(symbol.span).split())


@st.composite
def sources(draw):
    """Return a file name and lines of its language in any order, with lines that belong nowhere."""
    snippet = SNIPPETS[draw(st.sampled_from(sorted(SNIPPETS)))]
    lines = st.sampled_from(snippet.source.split("\n"))
    parts = draw(st.lists(st.one_of(lines, lines, st.sampled_from(JUNK)), min_size=1, max_size=40))
    return snippet.name, draw(st.sampled_from(["\n", "\n", "\n\n", " ", "\r\n"])).join(parts)


@given(sources())
@settings(max_examples=150)
def test_the_leaves_partition_any_source(context, named):
    """Nothing is lost or doubled, and no symbol points beside its name, in sources with errors of all kinds."""
    name, source = named
    if source.strip():
        document = read_code(blob(name, source), context)
        check_partition(document, document.root)
        check_symbols(document)


@pytest.mark.parametrize("language", SNIPPETS)
def test_a_snippet_becomes_a_document(context, language):
    """Each language's text stays as it is, with its table and its path."""
    snippet = SNIPPETS[language]
    document = read_code(blob(snippet.name, snippet.source), context)
    check_partition(document, document.root)
    check_symbols(document)
    assert document.text == snippet.source
    assert (document.root.title, document.root.kind) == (snippet.name, "file")
    [file] = document.code
    assert (file.language, file.imports) == (language, snippet.imports)
    assert len(file.symbols) == len(snippet.symbols)
    assert document.warnings == ()


def test_sections_have_the_kinds_and_titles_of_what_they_define(context):
    """A class is a section with its methods in it; what stands between them are paragraphs."""
    document = read_code(blob("app.py", SNIPPETS["python"].source), context)
    assert [(section.kind, section.title) for section in document.root.walk()] == [
        ("file", "app.py"),
        ("paragraph", ""),
        ("class", "class Shelf(Page)"),
        ("paragraph", ""),
        ("method", "def full(self)"),
        ("method", "async def put(self, page)"),
    ]
    shelf = document.root.children[1]
    assert document.read(shelf.span).startswith("# Keeps pages.\n@final\nclass Shelf")
    assert str(document.locate(document.code[0].symbols[3].span)) == "app.py:16-29"


def test_titles_are_safe_and_short(context):
    """Neither control characters nor the length of a signature get into a title."""
    source = f"def f(a='\x1b[31m', {'b' * 300}=1):\n    pass\n"
    [section] = [part for part in read_code(blob("a.py", source), context).root.walk() if part.kind == "function"]
    assert "\x1b" not in section.title
    assert len(section.title) <= 100


def test_a_language_without_a_grammar_is_divided_at_blank_lines(context):
    """A file that is called for but not known has leaves and no table."""
    source = "all: build\n\n" * 1000
    document = read_code(blob("Makefile", source), context)
    check_partition(document, document.root)
    assert document.code == ()
    assert document.warnings == ()


def test_files_keep_their_order_and_faults_are_theirs_alone(context):
    """Of many files each yields its document, or the error it would raise when read alone."""
    files = [blob(f"a{number}.py", f"def f{number}(): pass\n") for number in range(150)]
    files[3] = blob("a3.py", b"\x00\x01\x02" * 100)
    files[70] = blob("a70.py", "\n \n")
    read = read_code_files(files, context)
    assert isinstance(read[3], InputError)
    assert isinstance(read[70], NoTextError)
    names = [part.code[0].symbols[0].name for part in read if isinstance(part, Document)]
    assert names == [f"f{number}" for number in range(150) if number not in (3, 70)]
    with pytest.raises(NoTextError):
        read_code(files[70], context)


def test_no_files_are_read_as_none(context):
    """An empty folder yields nothing."""
    assert read_code_files([], context) == []


def test_a_crash_costs_only_the_file_that_caused_it(context):
    """YAML nested until its scanner overflows kills the worker; the files beside it are read all the same."""
    bomb = blob("bomb.yaml", "- " * 20_000 + "a")
    read = read_code_files([blob("a.py", "def f(): pass\n"), bomb, blob("b.py", "def g(): pass\n")], context)
    first, middle, last = (part for part in read if isinstance(part, Document))
    assert [first.code[0].symbols[0].name, last.code[0].symbols[0].name] == ["f", "g"]
    check_partition(middle, middle.root)
    assert middle.code == ()
    [warning] = middle.warnings
    assert warning.startswith("bomb.yaml: the code reader died")
    assert warning.endswith("divided at blank lines")


def test_a_worker_without_memory_leaves_blank_line_blocks():
    """Where the grammar cannot have the memory it needs, the text is still read, and it is said why."""
    with Workers(1, WorkerLimits(memory_bytes=200 << 20)) as workers:
        source = "a = [1]\n" * 300_000
        document = read_code(blob("a.py", source), Context(workers=workers))
    check_partition(document, document.root)
    assert document.text == source
    assert len(document.warnings) == 1


def test_a_file_too_large_for_a_tree_is_said_to_be(context):
    """Above eight million characters a file is not parsed."""
    document = read_code(blob("a.json", "[" + "1,\n" * 2_700_000 + "1]"), context)
    assert document.warnings == ("a.json: too large to be parsed; divided at blank lines",)


def test_a_folder_of_bombs_comes_to_its_end():
    """After twenty files that stopped their reader no further one is parsed, which is said of each."""
    with Workers(1) as workers:
        workers.lost["code"] = 19
        bombs = [blob(f"{n}.yaml", "- " * 20_000 + "a") for n in range(3)]
        documents = [read_code(each, Context(workers=workers)) for each in bombs]
        assert workers.lost["code"] == 20
    said = [document.warnings[0] for document in documents]
    assert said[0].startswith("0.yaml: the code reader died")
    assert said[1].startswith("1.yaml: not parsed, because 20 files before it stopped their reader")
    assert said[2].startswith("2.yaml: not parsed")
