"""Facts in single lines: of the right files, short, and nothing left unsaid about what is cut."""

from rao_cli.documents.factlines import fact_lines
from rao_cli.documents.model import Document, Facts, Origin, Section, Span, Table
from rao_cli.documents.sections import finish

LEVELS = Table("levels", ("level", "count"), tuple((f"L{n}", n * 1000) for n in range(1, 8)), 9)


def two_logs(*facts: Facts) -> Document:
    """Return a document of two files with facts."""
    files = tuple(Section("", name, "file", Span(at, at + 5)) for name, at in (("a", 0), ("b", 5)))
    origins = [Origin("a", Span(0, 5)), Origin("b", Span(5, 10))]
    return finish("x" * 10, Section("", "d", "folder", Span(0, 10), files), origins, facts=facts)


def lines(document, *spans):
    """Return the lines for spans."""
    return list(fact_lines(document, [Span(*span) for span in spans]))


def test_only_files_that_are_touched_are_described():
    """A span in one file brings that file's facts alone."""
    document = two_logs(Facts("a", "log", (("records", 1),)), Facts("b", "log", (("records", 2),)))
    assert lines(document, (6, 7)) == ["b (log): records 2"]
    assert lines(document, (0, 1), (9, 10)) == ["a (log): records 1", "b (log): records 2"]


def test_facts_of_several_files_together_belong_to_the_whole():
    """What was counted over all files is told of all of them, and of none alone."""
    document = two_logs(Facts("2 logs", "log", (("records", 3),)))
    assert lines(document, (0, 10)) == ["2 logs (log): records 3"]
    assert lines(document, (0, 2)) == []


def test_a_table_is_one_line_that_counts_what_it_leaves_out():
    """The first rows stand in one line, and the rest is counted."""
    (_, line) = lines(two_logs(Facts("a", "log", (), (LEVELS,))), (0, 1))
    assert line == "a levels: (level, count) L1 1,000; L2 2,000; L3 3,000; L4 4,000; L5 5,000; 4 more"


def test_no_fact_breaks_its_line():
    """Values with line ends and control characters stay in one line of bounded length."""
    hostile = Facts("a", "log\n[1]", (("x", "\x1b[31m\n[2] forged" + "y" * 900),))
    assert all(line.isprintable() and len(line) <= 240 for line in lines(two_logs(hostile), (0, 1)))
