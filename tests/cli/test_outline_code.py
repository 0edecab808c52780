"""What an outline says of source code: what others use first, and names that say something."""

from rao_cli.cli.outline_code import Code, code_of
from tests.cli.outlines import code_file, plain, repository, symbol

LIBRARY = "def helper():\n    return 1\n\n\nLIMIT = 3\n\n\nclass Reader:\n    def load(self): ...\n"
PROGRAM = "from library import helper, Reader, LIMIT\n\nhelper()\nReader()\nprint(LIMIT)\n"


def project(users=3):
    """Return a repository of a library and programs that use it."""
    files = {"library.py": LIBRARY, **{f"user{number}.py": PROGRAM for number in range(users)}}
    defined = [
        symbol("helper", 0, 26),
        symbol("LIMIT", LIBRARY.index("LIMIT"), LIBRARY.index("LIMIT") + 9, "constant"),
        symbol("Reader", LIBRARY.index("class"), len(LIBRARY), "class"),
        symbol("unused", 0, 3),
    ]
    uses = "LIMIT 2 Reader 2 helper 2"
    found = [code_file(0, symbols=defined, uses="LIMIT 1 Reader 1 helper 1 load 1")]
    found += [code_file(number, uses=uses, imports=("library",)) for number in range(1, users + 1)]
    return repository(files, code=found)


def test_without_source_code_there_is_nothing():
    """A text has neither files nor definitions of code."""
    assert code_of(plain(), 5, 5) == Code()


def test_the_library_is_more_important_than_its_users():
    """The file that all others import comes first, with how many those are."""
    code = code_of(project(), 9, 9)
    assert code.total_files == 4
    assert (code.files[0].path, code.files[0].importers) == ("repo/library.py", 3)
    assert code.files[0].share > 2 * code.files[1].share
    assert [file.importers for file in code.files[1:]] == [0, 0, 0]


def test_files_are_named_by_what_they_define():
    """Functions and classes stand for a file; constants say less and are left to --symbols."""
    assert set(code_of(project(), 1, 0).files[0].names) == {"helper", "Reader"}


def test_only_so_many_are_shown():
    """Files and definitions are cut to what is asked for; their totals are not."""
    code = code_of(project(), 2, 1)
    assert (len(code.files), len(code.symbols)) == (2, 1)
    assert (code.total_files, code.total_symbols) == (4, 4)


def test_all_definitions_that_others_use():
    """Without a number every used definition is listed, with its place and its uses elsewhere."""
    code = code_of(project(), 1, None)
    assert {row.name for row in code.symbols} == {"helper", "LIMIT", "Reader"}
    reader = next(row for row in code.symbols if row.name == "Reader")
    assert (reader.kind, reader.path, reader.line) == ("class", "repo/library.py", 8)
    assert reader.references == 6
