"""What the commands of every part of the command line share."""

from rao_cli.cli.terminal import Streams
from rao_cli.errors import RaoError


def help_text(sentence: str, *examples: str) -> str:
    """Return a command's help: what it does and examples, which the parser must not wrap."""
    return f"{sentence}\n\n\b\nExamples:\n" + "\n".join(f"  {example}" for example in examples)


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
