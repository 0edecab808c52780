"""What an outline says of a document: sizes, places, kinds, facts, and everything that was left out."""

import pytest

from rao_cli.cli.outline_select import Wanted, select, tokens
from tests.cli.outlines import book, code_file, log, plain, repository, skipped

EVERYTHING = Wanted(depth=99, files=True, symbols=True, facts=True)


def outline(document, **wanted):
    """Return the outline of a document."""
    return select(document, Wanted(**wanted), 0.5)


@pytest.mark.parametrize(("characters", "estimate"), [(0, 0), (1, 1), (4, 1), (5, 2), (4000, 1000)])
def test_tokens_are_estimated_from_characters(characters, estimate):
    """Four characters count as a token, a begun one as one."""
    assert tokens(characters) == estimate


def test_the_whole_has_a_size():
    """A PDF's extent is its pages, and its characters and tokens are counted."""
    shown = outline(book())
    assert (shown.name, shown.extent, shown.seconds) == ("book.pdf", "6 pages", 0.5)
    assert (shown.characters, shown.tokens) == (len(book()), tokens(len(book())))


def test_sections_have_places():
    """A chapter says which pages it covers."""
    assert [(row.title, row.depth, row.where) for row in outline(book()).sections] == [
        ("book.pdf", 0, "6 pages"),
        ("Chapter 1", 1, "pp. 1-2"),
        ("Chapter 2", 1, "pp. 3-4"),
        ("Chapter 3", 1, "pp. 5-6"),
    ]


def test_places_can_be_opened():
    """A section in one file has its path and pages apart; one over several files has none."""
    location = outline(book()).sections[2].location
    assert (location.path, location.first_page, location.last_page) == ("book.pdf", 3, 4)
    assert outline(repository({"a": "x\n", "b": "y\n"})).sections[0].location is None


def test_a_whole_file_has_an_extent_instead_of_a_place():
    """In a folder each file says how long it is."""
    rows = outline(repository({"a.py": "x\n" * 12, "b.py": "y\n"})).sections
    assert [(row.title, row.where) for row in rows[1:]] == [("a.py", "12 lines"), ("b.py", "1 line")]
    assert rows[0].where == "2 files"


def test_a_part_of_a_text_file_has_lines():
    """Sections of a file without pages are placed by their lines."""
    rows = outline(book(paged=False)).sections
    assert [row.where for row in rows] == ["24 lines", "lines 1-8", "lines 9-16", "lines 17-24"]


def test_a_text_without_headings_is_sampled():
    """Where there is no tree, evenly spread beginnings show what is there, the first among them."""
    samples = outline(plain(20)).samples
    assert 5 <= len(samples) <= 8
    assert samples[0].where == "line 1"
    assert samples[0].text == "Paragraph 0 begins here. It goes on."
    assert outline(book()).samples == ()


def test_kinds_are_counted():
    """Languages come from the parsers, other kinds from the endings; the one with most text is first."""
    files = {"a.py": "x\n", "b.py": "y\n", "README": "z" * 99, "c.MD": "c\n"}
    document = repository(files, code=[code_file(0), code_file(1)])
    kinds = [(kind.name, kind.files, kind.characters) for kind in outline(document).kinds]
    assert kinds == [("no ending", 1, 99), ("python", 2, 4), (".md", 1, 2)]


def test_files_are_listed_on_request():
    """Each file then has its path, kind and size."""
    document = repository({"a.py": "x\n" * 8, "b.txt": "y\n"}, code=[code_file(0)])
    assert outline(document).files == ()
    listed = [(file.path, file.kind, file.extent, file.tokens) for file in outline(document, files=True).files]
    assert listed == [("repo/a.py", "python", "8 lines", 4), ("repo/b.txt", ".txt", "1 line", 1)]


def test_facts_are_cut_and_counted():
    """Without --facts a table shows its first rows and knows how many there are."""
    (facts,) = outline(log(rows=50)).facts
    (table,) = facts.tables
    assert facts.values == log().facts[0].values
    assert 2 <= len(table.rows) < 50
    assert table.rows == log().facts[0].tables[0].rows[: len(table.rows)]
    assert table.total == 50


def test_facts_are_whole_on_request():
    """--facts shows every row."""
    assert outline(log(rows=50), facts=True).facts == log(rows=50).facts


def test_facts_of_many_files_are_counted():
    """In a folder of many tables the first are shown and the others counted."""
    document = repository({"a": "x\n"}, facts=log().facts * 40)
    shown = outline(document)
    assert 0 < len(shown.facts) < 40
    assert shown.more_facts == 40 - len(shown.facts)


def test_what_was_left_out_is_grouped():
    """Failures come first, then the most frequent reason; each has a count and an example."""
    document = repository(
        {"a": "x\n"}, skipped=skipped(("hidden", False, 2), ("ignored", False, 9), ("damaged", True, 1))
    )
    assert [(why.reason, why.count, why.failed, why.example) for why in outline(document).reasons] == [
        ("damaged", 1, True, "repo/damaged/0"),
        ("ignored", 9, False, "repo/ignored/0"),
        ("hidden", 2, False, "repo/hidden/0"),
    ]


@pytest.mark.parametrize("rows", [1, 10, 21, 47])
@pytest.mark.parametrize("document", [book(600, 300), log(tables=4), plain(5000)], ids=["book", "log", "plain"])
def test_few_lines_are_wanted_and_few_are_chosen(document, rows):
    """On a small screen the choice stays within a few lines of it."""
    shown = outline(document, rows=rows)
    tables = sum(len(table.rows) + 2 for facts in shown.facts for table in facts.tables)
    assert len(shown.sections) + len(shown.samples) + tables <= max(18, rows + 4)
