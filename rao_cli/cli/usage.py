"""Say what is wrong with a command line in the words of its user.

The argument parser's own messages name types of the programming language; here they become plain ones. Limits:
a message that is not known is passed on as it is.
"""

import re
from collections.abc import Sequence

import typer

from rao_cli.errors import UsageError
from rao_cli.text import one_line

_PLAIN = (
    (re.compile(r"^Value error, "), ""),
    (re.compile(r"^Input should be "), "must be "),
    (re.compile(r"a valid integer\b.*"), "a whole number"),
    (re.compile(r"a valid number\b.*"), "a number"),
    (re.compile(r"greater than or equal to"), "at least"),
    (re.compile(r"less than or equal to"), "at most"),
)
_COMMANDS = (
    "ask",
    "chat",
    "strategies",
    "summarize",
    "teach",
    "outline",
    "paths",
    "help",
    "cache",
    "config",
    "bench",
    "models",
    "train",
    "doctor",
    "resume",
    "runs",
)


def usage_error(error: typer.TyperException, argv: Sequence[str]) -> UsageError:
    """Return the parser's error on a command line as one of ours, with the remedy as its hint."""
    parameter = getattr(error, "param", None)
    context = getattr(error, "ctx", None)
    source = (
        context.get_parameter_source(parameter.name) if context is not None and parameter is not None else None
    )
    return UsageError(_message(error), hint=_hint(error, argv, source.name if source is not None else ""))


def _message(error: typer.TyperException) -> str:
    parameter = getattr(error, "param", None)
    if parameter is None:
        return one_line(error.format_message()).rstrip(".")
    message = one_line(getattr(error, "message", "")).rstrip(".")
    for pattern, plain in _PLAIN:
        message = pattern.sub(plain, message)
    name = max(parameter.opts, key=len)
    return f"{name} {message}" if message.startswith("must ") else f"{name}: {message}"


def _hint(error: typer.TyperException, argv: Sequence[str], source: str) -> str:
    if source == "DEFAULT_MAP":
        return "the value is set in the settings file; rao paths shows where it is"
    if source == "ENVIRONMENT":
        return f"the value is set in the environment, by {getattr(error, 'param', None).envvar}"  # type: ignore[union-attr]
    # Only the error for an unknown option carries the options that are like it.
    option = getattr(error, "option_name", "") if hasattr(error, "possibilities") else ""
    if option and any(_is_text(argument) and argument.startswith(option) for argument in argv):
        return "put -- before a question or a file name that starts with -"
    context = getattr(error, "ctx", None)
    if context is not None:
        return f"{context.command_path} --help"
    return f"rao {argv[0]} --help" if argv and argv[0] in _COMMANDS else "rao --help"


def _is_text(argument: str) -> bool:
    """Tell whether an argument that starts with - was hardly meant as an option."""
    return " " in argument or (len(argument) > 2 and not argument.startswith("--"))
