"""Write a conversation to a file, as Markdown that shows what was said and does nothing.

Questions, answers and quotes are data: every character that Markdown or HTML would act on is escaped. A source is
never overwritten, whatever it is called, and another file only when that is asked for.
"""

import os
import re
from contextlib import closing
from pathlib import Path

from rao_cli.agent.records import Citation
from rao_cli.cli.conversation import Conversation, Exchange
from rao_cli.cli.destination import cannot_write, open_destination
from rao_cli.errors import UsageError
from rao_cli.text import clean, one_line

_ACTIVE = re.compile(r"([\\`*_\[\]|~$]|:(?=//))")
_AT_START = re.compile(r"^(\d*)([#>+=:.)-])")


def save(name: str, talk: Conversation, *, force: bool) -> str:
    """Write a conversation to a file and return its name. Raises UsageError or RaoError."""
    if not name:
        raise UsageError("/save needs a file name", hint="/save answers.md")
    path = Path(name).expanduser()
    if not talk.exchanges:
        raise UsageError("nothing was answered yet", hint="ask something first")
    _check(path, name, talk, force=force)
    with closing(open_destination(str(path), talk.given.streams.stdout, talk.given.sources)) as destination:
        try:
            destination.write(markdown(talk))
            destination.commit()
        except OSError as error:
            raise cannot_write(name, error, "choose another file") from error
    return one_line(str(path))


def markdown(talk: Conversation) -> str:
    """Return a conversation as Markdown: each question with its answer and the places that it cites."""
    sources = ", ".join(_plain(source) for source in talk.given.sources)
    return "\n\n".join([f"# Questions about {sources}", *map(_exchange, talk.exchanges)]) + "\n"


def _exchange(exchange: Exchange) -> str:
    result = exchange.result
    parts = [f"## {_plain(exchange.typed)}"]
    parts += [f"Understood as: {_plain(exchange.question)}"] if exchange.question != exchange.typed else []
    parts += [_answer(exchange)]
    parts += [f"({_plain(result.how)})"] if result.how else []
    parts += ["\n".join(f"{n}. {_cited(one)}" for n, one in enumerate(result.citations, 1))]
    return "\n\n".join(part for part in parts if part)


def _cited(citation: Citation) -> str:
    checked = "" if citation.verified else " (unverified)"
    return f'{_plain(citation.label or citation.path)}: "{_plain(citation.quote)}"{checked}'


def _answer(exchange: Exchange) -> str:
    result = exchange.result
    if not result.answer:
        return "No answer." if result.status == "failed" else "Not found in the sources."
    text = "  \n".join(_escaped(line) for line in clean(result.answer).strip().split("\n"))
    return text if result.verified else f"unverified: {text}"


def _plain(text: str) -> str:
    return _escaped(one_line(text))


def _escaped(text: str) -> str:
    """Return text in which nothing is markup."""
    text = text.strip().replace("&", "&amp;").replace("<", "&lt;")
    return _AT_START.sub(r"\1\\\2", _ACTIVE.sub(r"\\\1", text))


def _check(path: Path, name: str, talk: Conversation, *, force: bool) -> None:
    """Refuse to write over a source, or over anything else that is not meant. Raises UsageError."""
    shown = one_line(name, 200)
    if any(source != "-" and _holds(Path(source), path) for source in talk.given.sources) and os.path.lexists(
        path
    ):
        raise UsageError(f"{shown} is, or lies in, a source", hint="choose another file")
    if os.path.lexists(path) and not force:
        raise UsageError(f"{shown} exists already", hint="/save --force FILE replaces it")


def _holds(source: Path, path: Path) -> bool:
    try:
        return path.resolve().is_relative_to(source.resolve()) or (path.exists() and path.samefile(source))
    except (OSError, ValueError):
        return False
