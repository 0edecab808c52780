"""reStructuredText: adornments make chapters, in the order in which their styles occur."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rao_cli.documents.formats.rst import read_rst, rst_marks
from tests.documents.formats.reading import chapters, read

TEXT = """\
=====
Title
=====

intro

First :ref:`part`
=================

.. code-block:: python

   Not a title
   -----------

Inner
-----

text::

    literal
    =======

Second
======
"""


def test_styles_give_levels():
    """Overlined and underlined titles are styles of their own; the first that occurs is the highest."""
    assert chapters(read(read_rst, TEXT)) == [(1, "Title"), (2, "First part"), (3, "Inner"), (2, "Second")]


@pytest.mark.parametrize(
    "text",
    [
        "a paragraph of text\nthat goes on\n-----------\n",
        "text\n\n----------\n\nmore",
        "====  ====\na     b\n====  ====\n",
        "+---+\n| a |\n+---+\n",
        "Long title here\n---\n",
        "  Indented\n  --------\n",
    ],
)
def test_what_looks_like_a_title_is_none(text):
    """Transitions, tables, short rules, indented lines and paragraphs of several lines are no titles."""
    assert rst_marks(text) == []


@pytest.mark.parametrize("text", ["\nTitle\n=====\n", ".. note\nTitle\n=====\n", "Ti\n==", "\n \nTitle\n====="])
def test_a_title_needs_only_a_break_before_it(text):
    """A title may stand at the start, after empty lines or right below a comment."""
    assert len(rst_marks(text)) == 1


@given(
    st.lists(st.sampled_from(["Title", "=====", "-----", "", "  in", ".. x::", "*****", "text here"]), max_size=15)
)
def test_any_lines_are_read(lines):
    """Whatever the order of rules and text, the leaves partition it."""
    read(read_rst, "\n".join(lines) + "x")
