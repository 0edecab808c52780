"""Where a conversation's questions come from: lines edited on a terminal, or a pipe of them.

The prompt is drawn on standard error, so that standard output holds the answers only. Questions are remembered in
a file of the state folder, for the owner only; ``--no-cache`` remembers nothing. Where standard input is a source,
questions are typed on the terminal behind the command.
"""

import io
import os
import shutil
import termios
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, Protocol, TextIO

from rao_cli.cli.chat_commands import COMMANDS
from rao_cli.cli.folders import private_folder, user_folders
from rao_cli.cli.interrupts import Interrupts
from rao_cli.cli.options import Options
from rao_cli.cli.terminal import Streams, can_redraw, is_terminal, use_color
from rao_cli.errors import RaoError, UsageError
from rao_cli.text import one_line

if TYPE_CHECKING:
    from prompt_toolkit import PromptSession
    from prompt_toolkit.history import History
    from prompt_toolkit.key_binding import KeyBindings
    from prompt_toolkit.output import Output

PROMPT = "rao> "
LONGEST = 100_000
"""Bytes of a line that are looked at; no question is so long."""
MOST_REMEMBERED = 1_000
"""Questions that are remembered."""


class Lines(Protocol):
    """Gives one line after another; ``typed`` tells whether a person types them."""

    typed: bool

    def silent(self) -> AbstractContextManager[Callable[[], None]]:
        """Keep what is typed off the screen while something is drawn; give what puts the terminal back."""
        ...

    def read(self) -> str | None:
        """Return the next line, cleaned; None where there is none."""
        ...


@contextmanager
def open_lines(options: Options, streams: Streams, sources: tuple[str, ...]) -> Iterator[Lines]:
    """Hold where questions come from. Raises UsageError where standard input is taken and there is no terminal."""
    with _questions(streams, taken="-" in sources) as stdin:
        typed = is_terminal(stdin)
        if typed and can_redraw(streams.stderr):
            yield EditedLines(stdin, options, streams.stderr)
        else:
            yield PlainLines(stdin, streams.stderr if typed else None)


@contextmanager
def _questions(streams: Streams, *, taken: bool) -> Iterator[BinaryIO]:
    if not taken:
        yield streams.stdin
        return
    try:
        terminal = open("/dev/tty", "rb", buffering=0)  # noqa: PTH123, SIM115  a device, and closed below
    except OSError as error:
        raise UsageError(
            "standard input is a source, and there is no terminal to ask from",
            hint="give a file instead of -, and pipe in the questions",
        ) from error
    with terminal, io.BufferedReader(terminal) as lines:
        yield lines


class PlainLines:
    """Lines as they come; with ``screen``, a person types them after a plain prompt."""

    def __init__(self, stdin: BinaryIO, screen: TextIO | None = None) -> None:
        self._stdin, self._screen = stdin, screen
        self.typed = screen is not None

    def silent(self) -> AbstractContextManager[Callable[[], None]]:
        """Do nothing: nothing is drawn where lines are plain."""
        return nullcontext(lambda: None)

    def read(self) -> str | None:
        """Return the next line; one that is too long without its rest."""
        try:
            self._ask(PROMPT)
            line = part = self._stdin.readline(LONGEST)
            while part and not part.endswith(b"\n"):
                part = self._stdin.readline(LONGEST)
        except KeyboardInterrupt:
            if not self.typed:
                raise
            self._ask("\n")
            return ""
        if not line:
            self._ask("\n")
            return None
        return one_line(line.decode("utf-8", "replace"))

    def _ask(self, text: str) -> None:
        if self._screen:
            self._screen.write(text)
            self._screen.flush()


class EditedLines:
    """Lines that are edited on a terminal, with those typed before at hand."""

    typed = True

    def __init__(self, stdin: BinaryIO, options: Options, screen: TextIO) -> None:
        self._stdin, self._screen = stdin, screen
        self._session = _prompt(stdin, options, screen)

    @contextmanager
    def silent(self) -> Iterator[Callable[[], None]]:
        """Turn the terminal's echo off; what is typed meanwhile stands at the next prompt."""
        before = termios.tcgetattr(self._stdin)
        without = [*before[:3], before[3] & ~termios.ECHO, *before[4:]]

        def restore() -> None:
            termios.tcsetattr(self._stdin, termios.TCSANOW, before)

        termios.tcsetattr(self._stdin, termios.TCSANOW, without)
        try:
            yield restore
        finally:
            restore()

    def read(self) -> str | None:
        """Return the next line, None at Ctrl-D; raises Interrupted at SIGTERM."""
        try:
            with Interrupts(self._screen):
                return one_line(self._session.prompt(PROMPT))
        except EOFError:
            return None


def _prompt(stdin: BinaryIO, options: Options, screen: TextIO) -> "PromptSession[str]":
    from prompt_toolkit import PromptSession
    from prompt_toolkit.completion import WordCompleter
    from prompt_toolkit.input import create_input

    return PromptSession(
        input=create_input(open(stdin.fileno(), closefd=False)),
        output=_drawing(screen, color=use_color(screen, options.color)),
        history=_history(None if options.no_cache else user_folders().questions),
        completer=WordCompleter(list(COMMANDS), sentence=True),
        complete_while_typing=False,
        enable_history_search=True,
        enable_suspend=True,
        key_bindings=_keys(),
        reserve_space_for_menu=4,
    )


def _drawing(screen: TextIO, *, color: bool) -> "Output":
    from prompt_toolkit.data_structures import Size
    from prompt_toolkit.output import ColorDepth
    from prompt_toolkit.output.vt100 import Vt100_Output

    def size() -> Size:
        columns, rows = shutil.get_terminal_size()
        return Size(rows=rows, columns=columns)

    return Vt100_Output(
        screen,
        size,
        term=os.environ.get("TERM"),
        default_color_depth=None if color else ColorDepth.MONOCHROME,
        enable_bell=False,
        enable_cpr=False,  # an answer that comes late would be taken for typing
    )


def _keys() -> "KeyBindings":
    from prompt_toolkit.key_binding import KeyBindings, KeyPressEvent

    keys = KeyBindings()

    @keys.add("c-c")
    def _(event: KeyPressEvent) -> None:
        event.current_buffer.reset()

    return keys


def _history(path: Path | None) -> "History":
    """Return the questions of this conversation and, where there is a file, those before."""
    from prompt_toolkit.history import History

    class Remembered(History):
        def load_history_strings(self) -> Iterable[str]:
            return reversed(remembered(path)) if path else ()

        def store_string(self, string: str) -> None:
            if path:
                remember(path, string)

    return Remembered()


def remembered(path: Path) -> list[str]:
    """Return the questions of a file, the oldest first, without anything a terminal could act on."""
    try:
        lines = path.read_bytes().decode("utf-8", "replace").split("\n")[-MOST_REMEMBERED - 1 :]
    except OSError:
        return []
    return [told for line in lines if (told := one_line(line))]


def remember(path: Path, question: str) -> None:
    """Add a question to a file that only its owner can read; one that cannot be written is not worth an error."""
    told = one_line(question)
    if not told:
        return
    lines = [*remembered(path), told]
    try:
        private_folder(path.parent)
        flags = os.O_WRONLY | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW
        if len(lines) > MOST_REMEMBERED:
            flags, lines = flags | os.O_TRUNC, lines[-MOST_REMEMBERED // 2 :]
        else:
            flags, lines = flags | os.O_APPEND, [told]
        with open(os.open(path, flags, 0o600), "w", encoding="utf-8") as file:  # noqa: PTH123  for the mode
            os.fchmod(file.fileno(), 0o600)
            file.writelines(f"{line}\n" for line in lines)
    except (OSError, RaoError):
        return
