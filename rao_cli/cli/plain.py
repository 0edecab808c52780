"""Progress as plain lines: one for each branch that finished, for logs, pipes and dumb terminals."""

from types import TracebackType

from rao_cli.agent.events import ActionTaken, AgentClosed, AgentOpened, BudgetHit, Event, RunStarted
from rao_cli.cli.output import strategy_text
from rao_cli.cli.terminal import Notices
from rao_cli.cli.words import counted
from rao_cli.text import one_line


class PlainView:
    """Print a line when an agent finishes; a context manager around the run, fed by ``handle``."""

    def __init__(self, notices: Notices) -> None:
        self._notices = notices
        self._opened: dict[str, AgentOpened] = {}
        self._closed = 0
        self._hit: set[str] = set()
        self._strategy = ""

    def __enter__(self) -> "PlainView":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        pass

    def handle(self, event: Event) -> None:
        """Print what an event says, if a person would want to know it in a log."""
        match event:
            case RunStarted():
                self._started(event)
            case ActionTaken() if event.fell_back and self._strategy:
                self._notices.line(f"strategy {strategy_text(self._strategy, event.fell_back)}")
                self._strategy = ""  # told once, although agents below it leave it too
            case AgentOpened():
                self._opened[event.agent] = event
            case AgentClosed():
                self._notices.line(self._closed_line(event))
            case BudgetHit():
                self._warn(event)
            case _:
                pass

    def _started(self, event: RunStarted) -> None:
        self._strategy = event.strategy
        by = f"; strategy {strategy_text(event.strategy, '')}" if event.strategy else ""
        size = f"{counted(event.sections, 'section')}, {counted(event.tokens, 'token')}"
        self._notices.line(f"{size} in {event.document}{by}")

    def _warn(self, event: BudgetHit) -> None:
        """Tell of a limit once, although it stops every agent that comes after."""
        if event.limit not in self._hit:
            self._hit.add(event.limit)
            self._notices.warning(f"limit reached ({event.limit}): {event.message}")

    def _closed_line(self, event: AgentClosed) -> str:
        self._closed += 1
        opened = self._opened.get(event.agent)
        place = f"{opened.location} · {', '.join(opened.titles[:4])}" if opened else ""
        seconds = event.at - opened.at if opened else 0.0
        said = event.report.answer if event.report.status == "found" else event.report.reason
        ending = f": {one_line(said, 80)}" if said else ""
        return (
            f"[{self._closed:,}/{len(self._opened):,}] {one_line(place, 100)}: {event.report.status}"
            f" ({counted(event.usage.tokens, 'token')}, {max(0.0, seconds):.1f} s){ending}"
        )
