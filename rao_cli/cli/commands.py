"""What the commands of every part of the command line share."""

import typer

from rao_cli.cli.terminal import Streams
from rao_cli.errors import RaoError, UsageError


def help_text(sentence: str, *examples: str) -> str:
    """Return a command's help: what it does and examples, which the parser must not wrap."""
    return f"{sentence}\n\n\b\nExamples:\n" + "\n".join(f"  {example}" for example in examples)


def refuse_early_options(context: typer.Context, command: str) -> None:
    """Raise UsageError where options stand between a command and the one below it that follows."""
    sources = (context.get_parameter_source(name) for name in context.params)
    if any(source is not None and source.name == "COMMANDLINE" for source in sources):
        raise UsageError(
            "options stand after the command's name",
            hint=f"rao {command} {context.invoked_subcommand} --help shows them",
        )


def print_text(streams: Streams, text: str) -> int:
    """Print a command's text on standard output and return its exit code; raises RaoError."""
    try:
        streams.stdout.write(text)
        streams.stdout.flush()
    except BrokenPipeError:
        raise
    except OSError as error:
        raise cannot_print(error) from error
    return 0


def cannot_print(error: OSError) -> RaoError:
    """Return the error for standard output that does not take what is printed."""
    from rao_cli.cli.destination import cannot_write

    return cannot_write("standard output", error, "check where it is redirected to")
