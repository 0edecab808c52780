"""Which way of showing a run is chosen."""

import io

import pytest

from rao_cli.cli.options import Options
from rao_cli.cli.plain import PlainView
from rao_cli.cli.progress import NoView, choose, open_view
from rao_cli.cli.terminal import Notices, Streams
from rao_cli.cli.tree import TreeView
from tests.cli.console import Screen
from tests.cli.stream import a_run

PIPE, TERMINAL = io.StringIO, Screen


def streams(out, err):
    """Return streams of two kinds."""
    return Streams(io.BytesIO(), out(), err())


@pytest.mark.parametrize(
    ("options", "out", "err", "kind"),
    [
        (Options(), TERMINAL, TERMINAL, "tree"),
        (Options(), PIPE, TERMINAL, "tree"),
        (Options(), TERMINAL, PIPE, "plain"),
        (Options(), PIPE, PIPE, "plain"),
        (Options(quiet=True), TERMINAL, TERMINAL, "none"),
        (Options(quiet=True, progress="tree"), TERMINAL, TERMINAL, "none"),
        (Options(progress="none"), TERMINAL, TERMINAL, "none"),
        (Options(progress="plain"), TERMINAL, TERMINAL, "plain"),
        (Options(progress="tree"), PIPE, PIPE, "tree"),
        (Options(jsonl=True), PIPE, TERMINAL, "tree"),
        (Options(jsonl=True), TERMINAL, TERMINAL, "none"),
        (Options(jsonl=True, output="x.jsonl"), TERMINAL, TERMINAL, "tree"),
    ],
)
def test_choice(options, out, err, kind):
    """The option decides; otherwise the terminal behind stderr does."""
    assert choose(options, streams(out, err)) == kind


def test_a_dumb_terminal_gets_lines(monkeypatch):
    """TERM=dumb cannot be drawn over."""
    monkeypatch.setenv("TERM", "dumb")
    assert choose(Options(), streams(TERMINAL, TERMINAL)) == "plain"


@pytest.mark.parametrize(("progress", "kind"), [("tree", TreeView), ("plain", PlainView), ("none", NoView)])
def test_every_view_takes_a_whole_run(progress, kind):
    """Each view is entered, fed every event and left without an error."""
    both = streams(PIPE, PIPE)
    notices = Notices(both.stderr, quiet=False, color=False, live=False)
    with open_view(Options(progress=progress), both, notices) as view:
        assert isinstance(view, kind)
        for event in a_run(30):
            view.handle(event)
    assert both.stdout.getvalue() == ""
