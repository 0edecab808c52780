"""The live delegation tree on a terminal, redrawn about eight times a second on stderr.

All text is built as rich ``Text``, never markup, from titles that were cleaned when they arrived. stdout is not
touched: the answer is printed after the tree is gone.
"""

import threading
import time
from collections.abc import Callable
from types import TracebackType
from typing import TextIO

from rich.cells import cell_len, set_cell_size
from rich.console import Console, Group
from rich.live import Live
from rich.text import Text

from rao_cli.agent.events import Event
from rao_cli.cli.columns import crop
from rao_cli.cli.output import strategy_text
from rao_cli.cli.treestate import Row, State, TreeState

_GLYPHS: dict[State, tuple[str, str]] = {
    "waiting": ("·", "dim"),
    "reading": ("▸", "cyan"),
    "writing": ("✎", "magenta"),
    "delegated": ("◇", "blue"),
    "found": ("✓", "green"),
    "absent": ("–", "dim"),
    "partial": ("◐", "yellow"),
    "failed": ("✗", "red"),
    "more": ("…", "dim"),
}
_PER_SECOND = 8
WIDEST = 110  # cells of a line; a wider gap between title and state is hard to read across


class TreeView:
    """Draw the tree while a run goes on; a context manager around the run, fed by ``handle``.

    Events may come from any thread. When the run ends the tree is taken away. ``clock`` tells the seconds.
    """

    def __init__(
        self,
        stream: TextIO,
        *,
        color: bool,
        width: int | None = None,
        height: int | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._console = Console(
            file=stream,
            force_terminal=True,
            no_color=not color,
            width=width,
            height=height,
            markup=False,
            emoji=False,
            highlight=False,
        )
        self._state = TreeState()
        self._lock = threading.Lock()
        self._clock = clock
        self._start = clock()
        self._live = Live(
            console=self._console,
            get_renderable=self.draw,
            refresh_per_second=_PER_SECOND,
            redirect_stdout=False,
            redirect_stderr=False,
            transient=True,
        )

    def __enter__(self) -> "TreeView":
        self._live.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._live.stop()

    def handle(self, event: Event) -> None:
        """Take an event into the tree; it shows at the next refresh."""
        with self._lock:
            if event.type == "run_started":
                self._start = self._clock() - event.at
            self._state.apply(event)

    def draw(self) -> Group:
        """Return the tree as it stands, cut to the terminal's size."""
        width, height = self._console.size
        now = self._clock() - self._start
        with self._lock:
            strategy, fell_back = self._state.strategy, self._state.fell_back
            rows = self._state.rows(max(1, height - (3 if strategy else 2)), now)
            totals = f"{self._state.totals()}, {now:.0f} s" if rows else ""
        lines = [draw_row(row, width) for row in rows]
        if totals and strategy:
            told = crop(f"strategy {strategy_text(strategy, fell_back)}", width)
            lines.append(Text(told, style="yellow" if fell_back else "dim", no_wrap=True))
        if totals:
            lines.append(Text(set_cell_size(totals, min(cell_len(totals), width)), style="dim", no_wrap=True))
        return Group(*lines)


def draw_row(row: Row, width: int) -> Text:
    """Return a row as one line that is never wider than the terminal; the title gives way first."""
    glyph, style = _GLYPHS[row.state]
    prefix = row.prefix if cell_len(row.prefix) <= width // 3 else "…" + row.prefix[-max(2, width // 3) :]
    head = f"{prefix}{glyph} "
    detail = f"  {row.detail}" if row.detail else ""
    if cell_len(head) + cell_len(detail) + 10 > width:
        detail = detail.partition(" · ")[0]
    room = min(width, WIDEST) - cell_len(head) - cell_len(detail)
    title = crop(row.title, room)
    if detail:
        detail = " " * (room - cell_len(title)) + detail
    text = Text(prefix, style="dim", no_wrap=True, overflow="crop", end="")
    text.append(glyph + " ", style=style)
    text.append(title, style="dim" if row.state in ("absent", "waiting", "more") else "")
    text.append(detail, style=style)
    text.truncate(width)
    text.end = "\n"
    return text
