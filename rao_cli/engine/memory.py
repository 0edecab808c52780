"""Which sequences of a context are taken, and an exact count of the cells they fill.

Sequences that share a beginning share its cells, so cells are counted by pieces: runs of positions that the same
sequences see. Limits: one thread; what is in a cell is not known here.
"""

from dataclasses import dataclass

from rao_cli.engine.context import Context


@dataclass(eq=False, slots=True)
class _Piece:
    """Cells that follow each other in every sequence that sees them."""

    length: int
    users: int = 1


class Memory:
    """The sequences of a context by number, taken and given back; ``free`` cells are left."""

    def __init__(self, context: Context, *, cells: int, sequences: int) -> None:
        self._context = context
        self._pieces: dict[int, list[_Piece]] = {}
        self.numbers = list(range(sequences))
        """Sequence numbers that nobody uses."""
        self.free = cells

    def take(self) -> int:
        """Return the number of an empty sequence."""
        number = self.numbers.pop()
        self._pieces[number] = []
        return number

    def grow(self, number: int, count: int) -> None:
        """Note that so many tokens were computed at the end of a sequence."""
        pieces = self._pieces[number]
        if pieces and pieces[-1].users == 1:
            pieces[-1].length += count
        else:
            pieces.append(_Piece(count))
        self.free -= count

    def share(self, source: int, target: int, length: int) -> None:
        """Let an empty sequence start with the first tokens of another; they stay stored once."""
        self._context.share(source, target, length)
        self._pieces[target] = self._pieces[source][: self._boundary(source, length)]
        for piece in self._pieces[target]:
            piece.users += 1

    def cut(self, number: int, start: int = 0) -> bool:
        """Forget a sequence from a position on; False when this kind of model cannot cut it there."""
        if not self._context.drop(number, start):
            return False
        pieces = self._pieces[number]
        at = self._boundary(number, start)
        for piece in pieces[at:]:
            piece.users -= 1
            self.free += 0 if piece.users else piece.length
        del pieces[at:]
        return True

    def load(self, number: int, data: bytes, count: int) -> bool:
        """Copy a saved state of so many tokens into an empty sequence; False when that does not work."""
        if count > self.free:
            return False
        if not self._context.load(number, data):
            self._context.drop(number)
            return False
        self.grow(number, count)
        return True

    def save(self, number: int) -> bytes:
        """Copy out the state of a sequence; empty when llama.cpp cannot."""
        return self._context.save(number)

    def give(self, number: int) -> None:
        """Empty a sequence and give its number back."""
        self.cut(number)
        del self._pieces[number]
        self.numbers.append(number)

    def _boundary(self, number: int, length: int) -> int:
        """Return the index of the first piece behind so many tokens, splitting the one that crosses there."""
        at = 0
        for index, piece in enumerate(self._pieces[number]):
            if at == length:
                return index
            if at + piece.length > length:
                self._split(piece, length - at)
                return index + 1
            at += piece.length
        return len(self._pieces[number])

    def _split(self, piece: _Piece, length: int) -> None:
        rest = _Piece(piece.length - length, piece.users)
        piece.length = length
        for pieces in self._pieces.values():
            if piece in pieces:
                pieces.insert(pieces.index(piece) + 1, rest)
