"""Tell sources from the question, and refuse what cannot be meant, before anything is read.

Every message says how the command line should look.
"""

import os
from collections.abc import Sequence
from pathlib import Path

from rao_cli.cli.options import Options
from rao_cli.cli.terminal import Streams, is_terminal
from rao_cli.errors import UsageError
from rao_cli.text import one_line


def check_question(sources: Sequence[str], question: str | None, command: str = "ask") -> str:
    """Return a command's question, its last argument; raises UsageError when it seems to be missing."""
    if question is None:
        raise UsageError("source and question missing", hint=f'rao {command} manual.pdf "How is it installed?"')
    shown = one_line(question, 60)
    is_source = question == "-" or os.path.lexists(question)
    if not sources:
        hint = f'rao {command} {shown} "your question"' if is_source else f'rao {command} SOURCE "{shown}"'
        raise UsageError("question missing" if is_source else "question missing, or no source given", hint=hint)
    _check_names(sources)
    if not question.strip():
        raise UsageError("question is empty", hint=f'rao {command} {one_line(sources[0], 60)} "your question"')
    if is_source:
        raise UsageError(
            f"question missing: the last argument, {shown}, names a source",
            hint="put the question after the sources, in quotes",
        )
    return question


def check_schema(path: str) -> str:
    """Return the schema that a file holds, as text; raises UsageError when it cannot be read or is none."""
    from rao_cli.agent.schema import LARGEST, read_schema

    try:
        with Path(path).open(encoding="utf-8-sig") as file:
            text = file.read(LARGEST + 1)
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is no text in UTF-8"
        raise UsageError(
            f"cannot read the schema {one_line(path, 60)}: {reason}", hint='a file such as {"type": "number"}'
        ) from error
    read_schema(text)
    return text


def check_sources(sources: Sequence[str], command: str = "summarize") -> tuple[str, ...]:
    """Return the sources of a command that takes nothing else; raises UsageError without any."""
    if not sources:
        raise UsageError("source missing", hint=f"rao {command} manual.pdf")
    _check_names(sources)
    return tuple(sources)


def _check_names(sources: Sequence[str]) -> None:
    """Refuse an empty name, which an unset shell variable leaves and which would mean the working folder."""
    if not all(sources):
        raise UsageError("a source's name is empty", hint="check the shell variable; . reads the working folder")


def check_options(options: Options, sources: Sequence[str], streams: Streams) -> None:
    """Refuse options that exclude each other, and standard input that nobody pipes into; raises UsageError."""
    if options.json and options.jsonl:
        raise UsageError("--json and --jsonl exclude each other", hint="the last line of --jsonl holds the result")
    if options.quiet and options.verbose:
        raise UsageError("--quiet and --verbose exclude each other", hint="leave one out")
    most = max(64, 4 * (os.cpu_count() or 1))
    if options.threads is not None and options.threads > most:
        # The system may end the whole process when it cannot start a thread.
        raise UsageError(f"--threads {options.threads} is too many", hint=f"this machine takes at most {most}")
    if "-" in sources and is_terminal(streams.stdin):
        raise UsageError(
            "- reads standard input, which is this terminal",
            hint='pipe a document in: journalctl | rao ask - "What failed?"',
        )
