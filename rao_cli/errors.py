"""The one error tree.

    RaoError            1  anything rao can explain
    |-- UsageError      2  the command line asks for something that cannot be done
    |-- InputError      3  a source cannot be read, or holds no text
    |-- ModelError      4  a model is missing, damaged, or does not load
    `-- BudgetError     5  a tree-wide limit stopped a step before it was taken

The number is the exit code that the command ends with. Messages name what happened and why; ``hint`` is the
next thing to try. Foreign errors are translated where the foreign library is called, with their cause kept.
"""

from typing import Literal

Limit = Literal["tokens", "seconds", "agents", "depth"]
"""Names of the tree-wide limits, as in ``--max-<limit>``."""


class RaoError(Exception):
    """Explain a failure in one line; ``hint`` names the remedy, ``exit_code`` is what the process ends with."""

    exit_code = 1

    def __init__(self, message: str, *, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


class UsageError(RaoError):
    """The options or arguments cannot be carried out as given."""

    exit_code = 2


class InputError(RaoError):
    """A source is missing, unreadable, damaged or empty."""

    exit_code = 3


class ModelError(RaoError):
    """A model file is missing, damaged or refused by llama.cpp."""

    exit_code = 4


class BudgetError(RaoError):
    """A step was refused because it would exceed a limit; ``limit`` names which one."""

    exit_code = 5

    def __init__(self, limit: Limit, message: str) -> None:
        super().__init__(message, hint=f"raise --max-{limit} to let the run go on")
        self.limit: Limit = limit
