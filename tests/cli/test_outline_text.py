"""An outline as a person reads it: complete in a pipe, fitting on a screen, and harmless."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.cells import cell_len

from rao_cli.cli.outline_select import Wanted, select
from rao_cli.cli.outline_text import outline_text
from rao_cli.documents.model import Facts, Table
from tests.cli.outlines import book, code_file, log, plain, repository, skipped, symbol
from tests.cli.stream import FORBIDDEN, nasty

EVERYTHING = Wanted(depth=9, files=True, symbols=True, facts=True)


def shown(document, wanted=None, width=None):
    """Return the outline of a document as it is printed."""
    wanted = wanted or Wanted()
    return outline_text(select(document, wanted, 0.5), width, color=False, symbols=wanted.symbols)


def code(count=3):
    """Return a repository in which each file uses the one before it."""
    files = {f"m{n}.py": f"def step{n}():\n    return step{n - 1}()\n" for n in range(count)}
    size = len(files["m0.py"])
    found = [
        code_file(
            number,
            symbols=[symbol(f"step{number}", number * size, (number + 1) * size)],
            uses=f"step{number - 1} 1 step{number} 1" if number else "step0 1",
        )
        for number in range(count)
    ]
    return repository(files, code=found)


def test_a_book_is_shown_with_its_chapters():
    """The whole outline of a small PDF."""
    text = shown(book())
    size = len(book())
    assert text == (
        "book.pdf\n"
        f"6 pages, {size} characters, ~{-(-size // 4)} tokens (estimated), read in 500 ms\n"
        "\n"
        "sections      where    tokens\n"
        f"├─ Chapter 1  pp. 1-2     ~{size // 12}\n"
        f"├─ Chapter 2  pp. 3-4     ~{size // 12}\n"
        f"└─ Chapter 3  pp. 5-6     ~{size // 12}\n"
    )


def test_what_is_cut_is_counted_and_says_how_to_see_it():
    """Of many chapters the first are shown, with the number of the others and the option that shows them."""
    lines = shown(book(600, 300)).splitlines()
    assert lines[-1] == f"└─ … {300 - (len(lines) - 5)} more (--depth 1 shows them)"
    assert len(shown(book(600, 300), Wanted(depth=1)).splitlines()) == 300 + 4


def test_shut_sections_count_their_parts():
    """A file whose definitions are not shown says how many there are, and how to see them."""
    document = book(100, 3)
    first, *others = document.root.children
    parts = tuple(replace(first, id=f"1.{number}", title=f"1.{number}") for number in range(40))
    root = replace(document.root, children=(replace(first, children=parts), *others))
    text = shown(replace(document, root=root))
    assert "├─ Chapter 1 · 40 parts" in text
    assert text.endswith("--depth 2 shows all sections of 2 levels\n")


def test_a_text_without_headings_shows_beginnings():
    """Instead of a tree there are places and how the text goes on there."""
    text = shown(plain())
    assert "line 1   Paragraph 0 begins here. It goes on." in text
    assert "sections" not in text


def test_facts_are_shown_as_tables():
    """Values stand in a line, numbers at the right of their column, and cut rows are counted."""
    text = shown(log(rows=50))
    assert "\nsyslog · records 10,000 · first 2015-05-17 10:05:03\n\ntable 0      count\n" in text
    assert "template 0      50\n" in text
    assert " more (--facts shows them)\n" in text
    assert "more" not in shown(log(rows=50), Wanted(facts=True))


def test_tables_that_do_not_fit_are_named():
    """Of many tables the first are shown; the others are named with their numbers of rows."""
    text = shown(log(rows=50, tables=9))
    assert "table 0 " in text
    assert "also counted: table" in text
    assert text.count("template 0 ") < 9
    assert "table 8 (50); --facts shows them\n" in text
    assert shown(log(rows=50, tables=9), Wanted(facts=True)).count("template 49 ") == 9


def test_columns_that_do_not_fit_are_counted():
    """On a narrow screen a table of many columns keeps those that can be read, and says how many it has more."""
    names = tuple(f"column {number}" for number in range(12))
    table = Table("wide", names, (names,), 1)
    document = repository({"a": "x\n"}, facts=[Facts("a", "log", (), (table,))])
    text = shown(document, width=80)
    assert "column 5" in text
    assert "column 11" not in text
    assert "more columns (a pipe or --json has them)" in text
    assert "column 11" in shown(document)


def test_numbers_stand_at_the_right():
    """Percentages and numbers with commas are aligned as numbers; addresses and names are not."""
    rows = (("10.0.0.1", "1,234", "5.0 %"), ("192.168.100.1", "7", "15.0 %"))
    document = repository({"a": "x\n"}, facts=[Facts("a", "log", (), (Table("by", ("", "n", "share"), rows, 2),))])
    assert "by             n      share\n" not in shown(document)
    assert "10.0.0.1       1,234   5.0 %\n192.168.100.1      7  15.0 %\n" in shown(document)


def test_parts_that_an_open_folder_hides_are_counted_below_it():
    """A folder with most of the text is opened in part, and its last line counts the others."""
    files = {f"src/{number:02}.py": "x = 1\n" * (number + 1) for number in range(80)}
    document = repository({"README": "x\n", **files})
    readme, *parts = document.root.children
    inner = replace(readme, id="9", title="src/", kind="folder", children=tuple(parts))
    inner = replace(inner, span=replace(inner.span, start=parts[0].span.start, end=parts[-1].span.end))
    text = shown(replace(document, root=replace(document.root, children=(readme, inner))))
    assert "├─ README" in text
    assert "└─ src/" in text
    assert "   ├─ 79.py" in text
    assert "   └─ … " in text
    assert " more (--depth 2 shows them)\n" in text


def test_facts_of_several_files_name_them():
    """Where several files have facts each says its values, and on request the tables follow under its name."""
    facts = [Facts(f"repo/{name}", "syslog", (("records", 7),), log().facts[0].tables) for name in ("a", "b")]
    document = repository({"a": "x\n", "b": "y\n"}, facts=facts)
    text = shown(document)
    assert (
        "\na           syslog · records 7\nb           syslog · records 7\n--facts shows the tables of each"
        in text
    )
    assert "template 0" not in text
    whole = shown(document, Wanted(facts=True))
    assert "\n\na\ntable 0" in whole
    assert whole.count("template 49") == 2


def test_used_files_come_before_the_tree():
    """The file that others use most is the first thing said of a repository."""
    text = shown(code())
    assert text.index("most important source files") < text.index("sections")
    assert text.splitlines()[2] == "python 3 files"
    assert "imported by" not in text


def test_definitions_are_shown_on_request():
    """--symbols lists what other files use with its place, and counts the others."""
    text = shown(code(), Wanted(symbols=True))
    assert "step0  function" in text
    assert "m0.py:1" in text
    assert "… 1 more definition that no other file uses\n" in text
    assert "definitions that" not in shown(code())


def test_paths_leave_out_what_all_begin_with():
    """A folder's own name is not repeated in each line of the list of files."""
    text = shown(repository({"a/x.py": "x\n", "b/y.txt": "y\n"}), Wanted(files=True))
    assert "\na/x.py   .py   1 line" in text
    assert "repo/" not in text


def test_what_was_not_read_is_listed_by_reason():
    """Each reason has its number and an example; rare ones are counted together."""
    reasons = [(f"reason {number}", False, 20 - number) for number in range(9)]
    text = shown(repository({"a": "x\n"}, skipped=skipped(*reasons)))
    assert "not read  144 files  for example\n" in text
    assert "reason 0         20  repo/reason 0/0\n" in text
    assert "… 54 more for other reasons (-v lists them)\n" in text


@pytest.mark.parametrize("width", [20, 40, 80, 100, 200])
@pytest.mark.parametrize("document", [book(600, 300), log(tables=3), plain(), code(20)], ids=["b", "l", "p", "c"])
def test_lines_fit_the_screen(document, width):
    """On a terminal no table is wider than it, and never wider than can be read across."""
    head, *lines = shown(document, EVERYTHING, width).split("\n\n", 1)
    assert head
    tables = [line for line in "".join(lines).splitlines() if not line.startswith(("…", "--", "records"))]
    assert max(map(cell_len, tables)) <= min(width, 120) or width < 24


def test_in_a_pipe_nothing_is_cut():
    """Without a terminal long titles and cells are whole."""
    table = Table("templates", ("template", "count"), (("x" * 500, 3),), 1)
    assert "x" * 500 in shown(repository({"a": "x\n"}, facts=[Facts("a", "log", (), (table,))]))


@settings(max_examples=60)
@given(nasty, nasty, st.sampled_from([None, 80]))
def test_nothing_hostile_is_printed(name, text, width):
    """Names, titles, reasons, facts and text of any kind leave only printable characters."""
    table = Table(text, (text, name), ((text, 1), (name, 2)), 9)
    document = repository(
        {f"{name}.py": text + "x\n", f"b{text}.py": "y\n"},
        facts=[Facts(name, text, ((name, text),), (table,))],
        skipped=skipped((text, True, 1), (name, False, 2)),
        code=[code_file(0, text, [symbol(name, 0, 1)], ""), code_file(1, name, (), "")],
    )
    assert FORBIDDEN & set(shown(document, EVERYTHING, width)) == set()
