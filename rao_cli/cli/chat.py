"""``rao chat``: one question after another about the same sources, which are read once.

Each question is a run of its own. Typed on a terminal, lines are edited and remembered, and a run can be stopped
without leaving; piped in, each line is a question, and the exit code is that of the worst answer.
"""

import time
from collections.abc import Callable
from contextlib import ExitStack, closing
from typing import TYPE_CHECKING, Annotated

import typer

from rao_cli.cli.commands import help_text, print_text
from rao_cli.cli.options import Options, takes_chat_options
from rao_cli.cli.terminal import Streams

if TYPE_CHECKING:
    from rao_cli.agent.records import RunResult
    from rao_cli.cli.assemble import Given, Session
    from rao_cli.cli.chat_input import Lines
    from rao_cli.cli.conversation import Conversation
    from rao_cli.cli.engines import FindModel
    from rao_cli.errors import RaoError

HELP = help_text(
    "Ask one question after another about the same sources.",
    "rao chat manual.pdf",
    "printf 'Who wrote it?\\nAnd when?\\n' | rao chat book.pdf --json",
)
_BEST_FIRST = (0, 6, 5)
"""Exit codes from an answer to a partial one; every other is worse."""


@takes_chat_options
def chat(
    sources: Annotated[
        list[str] | None, typer.Argument(metavar="SOURCE", help="Files, folders, or - for standard input.")
    ] = None,
    thorough: Annotated[
        bool, typer.Option("--thorough", help="Read everything, not only what search ranks first.")
    ] = False,
    *,
    options: Options,
) -> Callable[..., int]:
    """Describe a conversation about sources."""
    from rao_cli.cli.arguments import check_sources

    checked = check_sources(sources or (), "chat")

    def work(streams: Streams, find_model: "FindModel | None") -> int:
        return converse(checked, options, streams, find_model, thorough=thorough)

    return work


def converse(
    sources: tuple[str, ...],
    options: Options,
    streams: Streams,
    find_model: "FindModel | None" = None,
    *,
    thorough: bool = False,
) -> int:
    """Answer questions until there are no more; return the exit code. Raises RaoError."""
    from rao_cli.cli.arguments import check_options
    from rao_cli.cli.destination import open_destination
    from rao_cli.cli.progress import open_notices

    check_options(options, sources, streams)
    open_destination("-", streams.stdout, ())
    notices = open_notices(options, streams)
    notices.status(f"reading {', '.join(sources)}")
    from rao_cli.cli.assemble import Given, open_session
    from rao_cli.cli.chat_input import open_lines
    from rao_cli.cli.conversation import Conversation
    from rao_cli.cli.interrupts import Interrupts
    from rao_cli.cli.strategies_use import check_strategy

    check_strategy(options.strategy)
    with ExitStack() as stack:
        stack.callback(notices.clear)
        lines = stack.enter_context(open_lines(options, streams, sources))
        given = Given(sources, options, streams, notices, find_model)
        with Interrupts(streams.stderr) as interrupts:
            session = stack.enter_context(open_session(given, interrupts, reads_all=thorough))
        notices.clear()
        prepared = session.prepared
        trusted = prepared.settings.delegation == "model"
        talk = Conversation(given, prepared.reading.document, lines.typed, trusted)
        return _Chat(session, talk, lines, thorough=thorough).run()


class _Chat:
    """Ask for lines and do what they say."""

    def __init__(self, session: "Session", talk: "Conversation", lines: "Lines", *, thorough: bool) -> None:
        self._session, self._talk, self._lines, self._thorough = session, talk, lines, thorough
        self._given: Given = session.given
        self._codes = [0]

    def run(self) -> int:
        """Go through the lines; return the exit code, which is 0 where a person has read the answers."""
        from rao_cli.cli.chat_commands import QUIT, is_command
        from rao_cli.errors import RaoError

        self._greet()
        while (line := self._lines.read()) is not None:
            if is_command(line) and line.split()[0] in QUIT:
                break
            try:
                self._codes.append(self._carry_out(line) if line else 0)
            except RaoError as error:
                self._failed(error)
        return 0 if self._lines.typed else max(self._codes, key=_badness)

    def _greet(self) -> None:
        if self._lines.typed:
            from rao_cli.cli.words import counted
            from rao_cli.text import one_line

            reading, notices = self._session.prepared.reading, self._given.notices
            size = f"{reading.root.tokens:,} tokens in {counted(reading.leaf_count, 'section')}"
            notices.line(f"{one_line(reading.document.name, 40)}: {size}; /help lists commands")

    def _carry_out(self, line: str) -> int:
        from rao_cli.cli.chat_commands import carry_out, is_command

        if is_command(line):
            carry_out(line, self._talk)
            return 0
        place = self._talk.place(line)
        if place is not None:
            self._print(place)
            return 0
        return self._ask(line)

    def _ask(self, typed: str) -> int:
        """Answer a question in a run of its own; return its exit code. Raises RaoError."""
        from rao_cli.agent.records import Task
        from rao_cli.cli.assemble import Work
        from rao_cli.cli.conversation import Exchange
        from rao_cli.cli.destination import open_destination
        from rao_cli.cli.interrupts import Interrupts

        question, options, streams = self._talk.understood(typed), self._given.options, self._given.streams
        if question != typed:
            self._given.notices.aside(f"→ {question}")
        facts = self._talk.facts(typed, question)
        task = Task(question=question, thorough=self._thorough, passages=options.show_passages, facts=facts)
        with (
            closing(open_destination("-", streams.stdout, ())) as destination,
            self._lines.silent() as restore,
            Interrupts(streams.stderr, goes_on=self._lines.typed, quitting=restore) as interrupts,
        ):
            work = Work(task, destination, interrupts, time.monotonic())
            result, code = self._session.run(work, self._session.plan(work))
        self._talk.exchanges.append(Exchange(typed, question, result))
        return code

    def _print(self, result: "RunResult") -> None:
        from rao_cli.cli.output import answer_text, to_json

        options, streams = self._given.options, self._given.streams
        print_text(streams, to_json(result) + "\n" if options.json else answer_text(result))

    def _failed(self, error: "RaoError") -> None:
        """Tell of a question or command that came to nothing; only a person goes on after stopping a run."""
        from rao_cli.cli.interrupts import Interrupted
        from rao_cli.cli.output import error_json

        notices = self._given.notices
        if isinstance(error, Interrupted):
            if not self._lines.typed or error.exit_code != 130:
                raise error
            again = "" if self._given.options.no_cache else "; the same question again goes on where it stopped"
            notices.line(f"stopped{again}")
            return
        self._codes.append(error.exit_code)
        if self._given.options.json:
            print_text(self._given.streams, error_json(error) + "\n")
        else:
            notices.error(error.message, error.hint)


def _badness(code: int) -> tuple[int, int]:
    return (_BEST_FIRST.index(code), code) if code in _BEST_FIRST else (len(_BEST_FIRST), code)
