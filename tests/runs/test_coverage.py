"""What a run covered of its source."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rao_cli.agent.records import Citation
from rao_cli.runs.coverage import Covered, covered
from rao_cli.runs.store import Contents, Stored
from rao_cli.runs.tree import tree_of
from tests.runs.making import acted, finished, opened

RANGES = st.lists(st.tuples(st.integers(-5, 130), st.integers(-5, 130)), max_size=8)


def cover(*events):
    """Return what the events say was covered."""
    return covered(tree_of(Contents(tuple(Stored(1, event) for event in events), 0)))


def root(*spans):
    """Return the opening of a root that was given spans."""
    return opened("1", spans=spans)


def citation(start, end):
    """Return a citation of a place."""
    return Citation(path="a.txt", start=start, end=end, quote="q", verified=True, label="a.txt")


def test_model_and_code_are_told_apart():
    """What a model read is not what code went through."""
    found = cover(
        root((0, 100)),
        acted("1", by="rules", read=((0, 50),)),
        acted("1", by="model", read=((60, 70),)),
        finished(citations=(citation(62, 65),)),
    )
    assert found == Covered(0, 100, cited=((62, 65),), read=((60, 70),), examined=((0, 50),))


def test_parts_that_touch_are_joined():
    """Neighbours and overlaps read by several agents are one part."""
    found = cover(root((0, 100)), acted("1", read=((10, 20), (40, 50))), acted("1", read=((20, 30), (5, 12))))
    assert found.read == ((5, 30), (40, 50))


def test_a_run_that_does_not_tell_has_no_map():
    """Old runs, and runs without a root, have none."""
    assert cover(opened("1")) is None
    assert cover() is None
    assert cover(root((5, 5))) is None


def test_a_run_on_one_part_is_measured_by_it():
    """Where the root was given a part of the source, the map is of that part."""
    found = cover(root((50, 60), (80, 90)), acted("1", read=((0, 55), (85, 200))))
    assert (found.start, found.end, found.read) == (50, 90, ((50, 55), (85, 90)))


def test_marks_show_the_most_telling():
    """A cited cell counts as cited although it was read too; the smallest part fills its cell."""
    found = Covered(0, 100, cited=((55, 56),), read=((40, 60),), examined=((0, 45),))
    assert found.marks(10) == ["examined"] * 4 + ["read", "cited"] + ["skipped"] * 4


@pytest.mark.parametrize("cells", [1, 7, 60, 300])
@given(read=RANGES, cited=RANGES)
def test_marks_fill_the_line_whatever_is_told(cells, read, cited):
    """Whatever places a file names, a map has as many cells as were asked for, and reading shows."""
    found = cover(
        root((0, 100)), acted("1", read=read), finished(citations=tuple(citation(*one) for one in cited))
    )
    marks = found.marks(cells)
    assert len(marks) == cells
    assert ("read" in marks or "cited" in marks) == bool(found.read or found.cited)
