"""Which sections an outline shows: as many as fit, whole families only, nothing dropped without being counted."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rao_cli.cli.outline_tree import choose, titled
from rao_cli.documents.model import Section, Span
from rao_cli.documents.sections import number
from tests.documents.making import trees


def tree(*children, title="root", kind="chapter", size=0):
    """Return a section around others, or one of a size."""
    start, parts = 0, []
    for child in children:
        parts.append(number(child, shift=start))
        start += len(child.span)
    return number(Section("", title, kind, Span(0, start or size), tuple(parts)))


def leaf(title, size=10):
    """Return a section without parts."""
    return tree(title=title, size=size)


def titles(shown):
    """Return the titles shown, the root's left out."""
    return [one.title for one in shown[1:]]


BOOK = tree(
    tree(leaf("1.1"), leaf("1.2"), title="One"),
    tree(leaf("2.1", 500), leaf("2.2"), leaf("2.3"), title="Two"),
    leaf("Three"),
)


def test_everything_is_shown_where_there_is_room():
    """A small tree is shown whole, in text order."""
    assert titles(choose(BOOK, 99)) == ["One", "1.1", "1.2", "Two", "2.1", "2.2", "2.3", "Three"]


def test_the_largest_section_is_opened_first():
    """Where only one of two can be opened, it is the one with more text."""
    assert titles(choose(BOOK, 6)) == ["One", "Two", "2.1", "2.2", "2.3", "Three"]


def test_a_section_is_opened_whole_or_not_at_all():
    """With room for two more rows the section of three parts stays shut, and the smaller one is opened."""
    shown = choose(BOOK, 5)
    assert titles(shown) == ["One", "1.1", "1.2", "Two", "Three"]
    assert [one.hidden for one in shown] == [0, 0, 0, 0, 3, 0]


def test_a_level_comes_before_the_next():
    """Deep parts of one section are shown after the parts of all sections of a higher level."""
    deep = tree(tree(tree(leaf("deep", 900), title="a.a"), title="a"), tree(leaf("b.a"), title="b"))
    assert titles(choose(deep, 4)) == ["a", "a.a", "b", "b.a"]


def test_too_many_parts_are_cut_and_counted():
    """The first of many chapters are shown, and the root says how many are not."""
    shown = choose(tree(*(leaf(f"chapter {n}") for n in range(100))), 7)
    assert titles(shown) == [f"chapter {n}" for n in range(7)]
    assert shown[0].hidden == 93
    assert not any(one.last for one in shown[1:])


def test_of_a_folder_the_largest_parts_are_shown():
    """Of many files the largest are shown, in the order of their names."""
    files = (leaf(f"file {n}", 500 - n if n % 10 == 0 else 10) for n in range(100))
    shown = choose(tree(*files, kind="folder"), 3)
    assert titles(shown) == ["file 0", "file 10", "file 20"]
    assert shown[0].hidden == 97


def test_a_section_with_most_of_the_text_is_opened_in_part():
    """Where nearly all is in one folder that does not fit, its largest parts are shown and the others counted."""
    files = (leaf(f"{n}.py", 100 + n) for n in range(50))
    shown = choose(tree(leaf("README"), tree(*files, title="src", kind="folder")), 8)
    assert titles(shown) == ["README", "src", "45.py", "46.py", "47.py", "48.py", "49.py"]
    assert [one.hidden for one in shown[:3]] == [0, 0, 45]


@pytest.mark.parametrize(("depth", "count"), [(0, 0), (1, 3), (2, 8), (9, 8)])
def test_a_depth_shows_every_section_down_to_it(depth, count):
    """With a depth the number of rows plays no part."""
    assert len(titles(choose(BOOK, 1, depth))) == count


def test_paragraphs_are_no_rows():
    """Parts without a title are text of the section above them."""
    shown = choose(tree(leaf("", 50), leaf("Chapter"), leaf("", 20)), 9)
    assert titles(shown) == ["Chapter"]
    assert shown[0].hidden == 0


def test_paths_are_shown_from_their_folder_on():
    """In a folder of a tree the file's name is enough; other titles stay as they are."""
    folder = tree(leaf("src/a.py"), leaf("src/"), leaf("srcs"), title="src/", kind="folder")
    assert titles(choose(tree(folder, title="repo"), 9)) == ["src/", "a.py", "src/", "srcs"]


def test_thousands_of_levels_are_no_problem():
    """A tree that is deeper than Python calls may nest is chosen from like any other."""
    section = Section("x", "end", "chapter", Span(0, 1))
    for level in range(5000):
        section = Section(str(level), f"level {level}", "chapter", Span(0, 1), (section,))
    assert len(choose(section, 10_000, 6000)) == 5001
    assert len(choose(section, 10)) == 11


@given(trees(Span(0, 300)), st.integers(0, 30), st.none() | st.integers(0, 4))
def test_nothing_vanishes(root, rows, depth):
    """The rows keep text order and the limit, and each shown section's titled parts are shown or counted."""
    root = number(root)
    shown = choose(root, rows, depth)
    assert shown[0].section is root
    assert [one.section.span.start for one in shown] == sorted(one.section.span.start for one in shown)
    visible = {one.section.id for one in shown}
    assert len(visible) == len(shown)
    for one in shown:
        parts = [part.id in visible for part in titled(one.section)]
        assert one.hidden == parts.count(False)
        assert parts == sorted(parts, reverse=True) or one.section.kind == "folder"
    if depth is None:
        assert len(shown) - 1 <= rows
    else:
        assert max(one.depth for one in shown) <= depth
