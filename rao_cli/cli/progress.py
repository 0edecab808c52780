"""Choose how a run is shown while it goes on: a live tree, plain lines, or nothing."""

from contextlib import AbstractContextManager
from types import TracebackType
from typing import TYPE_CHECKING, Literal, Protocol

from rao_cli.cli.options import Options
from rao_cli.cli.terminal import Notices, Streams, can_redraw, is_terminal, use_color

if TYPE_CHECKING:
    from rao_cli.agent.events import Event


class View(AbstractContextManager["View"], Protocol):
    """What shows a run: entered before it, fed every event, left after it."""

    def handle(self, event: "Event") -> None:
        """Take one event into account."""
        ...


class NoView:
    """Show nothing."""

    def __enter__(self) -> "NoView":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        pass

    def handle(self, event: "Event") -> None:
        """Ignore the event."""


def choose(options: Options, streams: Streams) -> Literal["tree", "plain", "none"]:
    """Decide how to show a run.

    The tree is drawn on a terminal only, and not where lines of JSON go to the same screen.
    """
    if options.quiet:
        return "none"
    if options.progress != "auto":
        return options.progress
    mixed = options.jsonl and options.output == "-" and is_terminal(streams.stdout)
    if mixed:
        return "none"
    return "tree" if can_redraw(streams.stderr) else "plain"


def open_notices(options: Options, streams: Streams) -> Notices:
    """Return where rao's own lines go; a status line is shown only where the tree will be."""
    live = can_redraw(streams.stderr) and choose(options, streams) == "tree"
    return Notices(streams.stderr, quiet=options.quiet, color=use_color(streams.stderr, options.color), live=live)


def open_view(options: Options, streams: Streams, notices: Notices) -> View:
    """Return the view that the options and the terminal call for."""
    kind = choose(options, streams)
    if kind == "tree":
        from rao_cli.cli.tree import TreeView

        return TreeView(streams.stderr, color=use_color(streams.stderr, options.color))
    if kind == "plain":
        from rao_cli.cli.plain import PlainView

        return PlainView(notices)
    return NoView()
