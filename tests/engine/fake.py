"""A model and a context that compute nothing: cells are kept in a dictionary, and the next token is a checksum.

Both are given to the scheduler in place of the real ones. The token that follows depends on every token that the
sequence really holds, with its position, so a lost, stale or foreign cell changes the answer. ``expected`` says
what must come out.
"""

import json
from zlib import crc32

import numpy as np

from rao_cli.engine.base import Request
from rao_cli.engine.writing import Job, Run

VOCABULARY = 40
END = 0


def next_token(tokens, window=0):
    """Return the token that follows a text, or its last tokens; about one in forty ends it."""
    return crc32(json.dumps(list(tokens)[-window:]).encode()) % VOCABULARY


def expected(prompt, max_tokens, window=0):
    """Return the text that the model writes after a prompt."""
    tokens, text = list(prompt), ""
    while len(text) < max_tokens and (token := next_token(tokens, window)) != END:
        tokens.append(token)
        text += FakeModel().piece(token).decode()
    return text


class FakeModel:
    """A vocabulary of forty letters, one of which ends the text."""

    vocab_size = VOCABULARY

    def __init__(self, can_share=True, window=0):
        self.can_share, self.sliding_window = can_share, window

    def piece(self, token):
        """Return a letter."""
        return bytes([48 + token])

    def ends(self, token):
        """Tell whether the token is the last."""
        return token == END


class FakeContext:
    """Cells with a token, a position and the sequences that see them; ``statuses`` are returned first.

    With a window, what one sequence alone sees is forgotten once it is further back, as llama.cpp may do.
    """

    def __init__(self, cells=256, sequences=4, batch=16, window=0):
        self.room, self.sequences, self.batch_size, self.window = cells, sequences, batch, window
        self.cells = []
        self.batches = []
        self.statuses = []
        self.loads = True
        self.cuts = True
        self.logit = 1.0

    def decode(self, rows):
        """Store the rows; 1 without room."""
        assert 0 < len(rows) <= self.batch_size
        self.batches.append(list(rows))
        status = self.statuses.pop(0) if self.statuses else 0
        if isinstance(status, Exception):
            raise status
        if status == 0 and len(self.cells) + len(rows) > self.room:
            status = 1
        if status == 0:
            self._forget()
            for row in rows:
                assert 0 <= row.sequence < self.sequences
                assert row.position == len(self.held(row.sequence)), "a position is skipped or taken"
                self.cells.append([row.token, row.position, {row.sequence}])
        return status

    def _forget(self):
        """Lose the tokens that no later one looks at."""
        lengths = [len(self.held(number)) for number in range(self.sequences)] if self.window else []
        for cell in self.cells if self.window else ():
            if len(cell[2]) == 1 and cell[1] <= lengths[min(cell[2])] - self.window:
                cell[0] = None

    def held(self, sequence):
        """Return the tokens of a sequence by position; None for those forgotten."""
        mine = {position: token for token, position, users in self.cells if sequence in users}
        assert sorted(mine) == list(range(sum(sequence in users for _, _, users in self.cells)))
        return [mine[position] for position in range(len(mine))]

    def logits(self, index):
        """Prefer the checksum of everything that the row's sequence holds."""
        row = self.batches[-1][index]
        assert row.logits
        held = self.held(row.sequence)
        assert held[row.position] == row.token
        values = np.zeros(VOCABULARY, np.float32)
        values[next_token(held[: row.position + 1], self.window)] = self.logit
        return values

    def share(self, source, target, length):
        """Let another sequence see the first cells."""
        for _, position, users in self.cells:
            if source in users and position < length:
                users.add(target)

    def drop(self, sequence, start=0):
        """Forget cells from a position on."""
        if start and not self.cuts:
            return False
        for _, position, users in self.cells:
            if position >= start:
                users.discard(sequence)
        self.cells = [cell for cell in self.cells if cell[2]]
        return True

    def save(self, sequence):
        """Write the tokens down."""
        held = self.held(sequence)
        lost = max(0, len(held) - self.window + 1) if self.window else 0
        return json.dumps([None] * lost + held[lost:]).encode()

    def load(self, sequence, data):
        """Store written tokens again, where there is room."""
        tokens = json.loads(data)
        assert not self.held(sequence)
        if not self.loads or len(self.cells) + len(tokens) > self.room:
            return False
        self.cells += [[token, position, {sequence}] for position, token in enumerate(tokens)]
        return True

    def abort(self, *, on):
        """Accept the wish to stop; batches here take no time."""

    def close(self):
        """Forget everything."""
        self.cells = []


class FakeFiles:
    """States by their tokens; ``seconds`` says what each took."""

    def __init__(self):
        self.data, self.seconds, self.asked, self.closed = {}, {}, [], False

    def get(self, tokens):
        """Return a state."""
        self.asked.append(list(tokens))
        return self.data.get(tuple(tokens))

    def put(self, tokens, data, seconds):
        """Keep a state."""
        assert [have or token for have, token in zip(json.loads(data), tokens, strict=True)] == list(tokens)
        self.data[tuple(tokens)], self.seconds[tuple(tokens)] = data, seconds

    def holds(self, tokens):
        """Tell whether there is a state."""
        return tuple(tokens) in self.data

    def close(self):
        """Note that it was closed."""
        self.closed = True


class ForcingSampler:
    """Take the best token; after some of them force what the model would write anyway, up to three tokens."""

    def __init__(self, prompt, window):
        self.held = list(prompt)
        self.window = window
        self.closed = False

    def choose(self, logits):
        """Return the best token."""
        return int(logits.argmax()), -1.0

    def log_probability(self, logits, token):
        """Confirm that the forced token is the best."""
        assert int(logits.argmax()) == token
        return -1.0

    def _force(self):
        forced = []
        while len(forced) < sum(self.held) % 4 and (token := next_token(self.held, self.window)) != END:
            forced.append(token)
            self.held.append(token)
        return forced, next_token(self.held, self.window) == END and bool(forced)

    def begin(self):
        """Force from the start."""
        return self._force()

    def accept(self, token):
        """Step over a token."""
        self.held.append(token)
        return self._force()

    def close(self):
        """Note that it was closed."""
        self.closed = True


class Ticket:
    """A job, and what became of it."""

    def __init__(self, prompt, max_tokens=8, *, forcing=False, boundary=0, window=0):
        self.window = window
        self.done, self.errors, self.seen = [], [], []
        self.job = Job(
            Request((), max_tokens), list(prompt), self.seen.append, self.done.append, self.errors.append
        )
        self.job.boundary = boundary
        if forcing:
            self.job.run = Run(FakeModel(), self.job, ForcingSampler(prompt, window))

    @property
    def right(self):
        """Tell whether the job finished once with the expected text."""
        wanted = expected(self.job.prompt, self.job.request.max_tokens, self.window)
        return not self.errors and [done.text for done in self.done] == [wanted]

    @property
    def phase(self):
        """Return the last phase reported."""
        return self.seen[-1].phase
