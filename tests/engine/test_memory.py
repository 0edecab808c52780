"""The count of cells against a fake that stores every one."""

from hypothesis import given
from hypothesis import strategies as st

from rao_cli.engine.context import Row
from rao_cli.engine.memory import Memory
from tests.engine.fake import FakeContext

STEPS = st.lists(
    st.tuples(st.integers(0, 4), st.integers(0, 3), st.integers(0, 3), st.integers(0, 9)), max_size=60
)


def act(memory: Memory, context: FakeContext, step: tuple[int, int, int, int]) -> None:
    """Do one thing with a sequence, where it is possible."""
    kind, number, other, size = step
    held = len(context.held(number))
    if kind == 0 and size and memory.free >= size:
        context.decode([Row(size, held + n, number, logits=False) for n in range(size)])
        memory.grow(number, size)
    elif kind == 1 and number != other and not context.held(other):
        memory.share(number, other, min(size, held))
    elif kind == 2:
        memory.cut(number, min(size, held))
    elif kind == 3 and not held:
        memory.load(number, str(list(range(size))).encode(), size)
    elif kind == 4:
        memory.give(number)
        assert memory.take() == number


@given(STEPS)
def test_free_cells_are_counted_exactly(steps: list[tuple[int, int, int, int]]) -> None:
    """After any growing, sharing, cutting, loading and emptying the count is that of the cells really taken."""
    context = FakeContext(cells=24, sequences=4, batch=24)
    memory = Memory(context, cells=24, sequences=4)  # type: ignore[arg-type]
    for _ in range(4):
        memory.take()
    for step in steps:
        act(memory, context, step)
        assert memory.free == 24 - len(context.cells)
    for number in range(4):
        memory.give(number)
    assert (memory.free, sorted(memory.numbers)) == (24, [0, 1, 2, 3])


def test_state_larger_than_the_room_is_not_loaded() -> None:
    """A state that does not fit is refused before the context is asked."""
    context = FakeContext(cells=4)
    memory = Memory(context, cells=4, sequences=1)  # type: ignore[arg-type]
    number = memory.take()
    assert not memory.load(number, b"[1, 2, 3, 4, 5]", 5)
    assert (memory.free, context.cells) == (4, [])


def test_refused_state_leaves_an_empty_sequence() -> None:
    """A state that the context refuses takes no cells."""
    context = FakeContext(cells=8)
    context.loads = False
    memory = Memory(context, cells=8, sequences=1)  # type: ignore[arg-type]
    number = memory.take()
    assert not memory.load(number, b"[1, 2]", 2)
    assert (memory.free, context.cells) == (8, [])


def test_what_cannot_be_cut_stays_counted() -> None:
    """Where a model's state cannot be cut, nothing is forgotten."""
    context = FakeContext(cells=8)
    context.cuts = False
    memory = Memory(context, cells=8, sequences=1)  # type: ignore[arg-type]
    number = memory.take()
    memory.load(number, b"[1, 2, 3]", 3)
    assert not memory.cut(number, 1)
    assert memory.free == 5
