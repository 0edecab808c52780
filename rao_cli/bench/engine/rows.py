"""The rows of the table by their names, and how they are run one after the other."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from rao_cli.bench.engine.again import again, rerun
from rao_cli.bench.engine.busy import busy
from rao_cli.bench.engine.figures import Figure
from rao_cli.bench.engine.growth import growth
from rao_cli.bench.engine.limit import limit
from rao_cli.bench.engine.loop import loop
from rao_cli.bench.engine.others import server, tree
from rao_cli.bench.engine.setup import Setup
from rao_cli.errors import RaoError, UsageError


@dataclass(frozen=True, slots=True)
class Row:
    """A comparison, with one or more figures."""

    title: str
    measure: Callable[[Setup], Iterator[Figure]]


ROWS: dict[str, Row] = {
    "loop": Row("our loop / the bare llama_decode loop", loop),
    "server": Row("our engine / xllamacpp's server", server),
    "tree": Row("a tree of agents: ours / Llama, one after another", tree),
    "again": Row("everything read: second question / first", again),
    "rerun": Row("identical rerun", rerun),
    "busy": Row("one process busy: ours as installed / stock Llama", busy),
    "growth": Row("how cost grows", growth),
    "limit": Row("share of the machine's limit", limit),
}


def measure(setup: Setup, only: Sequence[str] = ()) -> Iterator[Figure]:
    """Yield the figures of all rows, or of those named; a row that fails is a figure that says why.

    Raises UsageError for what the user has to change, such as a Python that cannot be run.
    """
    for name, row in ROWS.items():
        if only and name not in only:
            continue
        try:
            yield from row.measure(setup)
        except UsageError:
            raise
        except RaoError as error:
            yield Figure(name, "failed", problem=error.message)
