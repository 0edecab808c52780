"""What can be typed in a conversation beside questions: /tree, /cite, /save, /help and /quit."""

import re
from collections.abc import Callable

from rao_cli.cli.conversation import Conversation
from rao_cli.errors import UsageError
from rao_cli.text import one_line

QUIT = ("/quit", "/exit")
_COMMAND = re.compile(r"/[a-z]+(?:\s|$)")
_PLAIN_WIDTH = 100
_ABOVE = 5
"""Lines above the first cited one that a pager begins with."""
_HELP = """\
/tree         show which agents worked on the last answer
/cite [N]     open the Nth place that it cites, with what stands around it
/save FILE    write the conversation to a file as Markdown;
              /save --force FILE replaces one that exists
/help         show this
/quit         leave; so does Ctrl-D

Ctrl-C clears the line, and stops an answer that is being worked on.
A question may lean on the one before: "And when?", "Who wrote it?",
"What about its price?", "On which page?"
"""


def is_command(line: str) -> bool:
    """Tell whether a line is a command; "/etc/hosts says what?" is a question."""
    return _COMMAND.match(line) is not None


def carry_out(line: str, talk: Conversation) -> None:
    """Carry out a command. Raises RaoError."""
    name, _, rest = line.partition(" ")
    command = COMMANDS.get(name)
    if command is None:
        raise UsageError(f"no such command: {one_line(name, 40)}", hint="/help lists them")
    command(rest.strip(), talk)


def _help(rest: str, talk: Conversation) -> None:  # noqa: ARG001
    _show(_HELP, talk)


def _quit(rest: str, talk: Conversation) -> None:
    """Do nothing: the conversation ends before."""


def _tree(rest: str, talk: Conversation) -> None:  # noqa: ARG001
    from rao_cli.cli.columns import rendered
    from rao_cli.cli.models_known import screen_width
    from rao_cli.cli.runs_shown import open_run
    from rao_cli.cli.runs_tree import tree_lines
    from rao_cli.cli.terminal import use_color

    given, last = talk.given, talk.last
    if last is None:
        raise UsageError("nothing was answered yet", hint="ask something first")
    if given.options.no_cache:
        raise UsageError("with --no-cache no run is kept to be looked at", hint="leave it out")
    width = screen_width(given.options, given.streams)
    lines = tree_lines(open_run(last.result.run, given.notices).tree, width or _PLAIN_WIDTH, everything=False)
    color = width is not None and use_color(given.streams.stdout, given.options.color)
    _show(rendered(list(lines), color=color), talk)


def _cite(rest: str, talk: Conversation) -> None:
    from rao_cli.cli.models_known import screen_width
    from rao_cli.cli.pager import page
    from rao_cli.cli.passage import passage_text

    citations = talk.last.result.citations if talk.last else ()
    if not citations:
        raise UsageError("the last answer cites nothing" if talk.last else "nothing was answered yet")
    number = rest.strip("[]") or "1"
    if not (number.isascii() and number.isdigit() and 1 <= int(number[:9]) <= len(citations)):
        raise UsageError(f"no citation {one_line(rest, 20)}", hint=f"/cite 1 to /cite {len(citations)}")
    width = screen_width(talk.given.options, talk.given.streams)
    text, line = passage_text(talk.document, citations[int(number) - 1], width)
    if not (talk.typed and page(text, max(1, line - _ABOVE), talk.given.streams)):
        _show(text, talk)


def _save(rest: str, talk: Conversation) -> None:
    from rao_cli.cli.chat_save import save

    force = rest == "--force" or rest.startswith("--force ")
    path = save(rest.removeprefix("--force").strip() if force else rest, talk, force=force)
    talk.given.notices.line(f"saved {path}")


def _show(text: str, talk: Conversation) -> None:
    """Print what a command shows; standard output stays for answers where those are JSON."""
    from rao_cli.cli.commands import print_text

    streams = talk.given.streams
    if talk.given.options.json:
        streams.stderr.write(text)
    else:
        print_text(streams, text)


COMMANDS: dict[str, Callable[[str, Conversation], None]] = {
    "/tree": _tree,
    "/cite": _cite,
    "/save": _save,
    "/help": _help,
    **dict.fromkeys(QUIT, _quit),
}
