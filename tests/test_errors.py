"""The error tree: one place, one exit code each, and a remedy beside every message."""

import inspect
import re

import pytest

from rao_cli import errors
from rao_cli.errors import BudgetError, InputError, ModelError, RaoError, UsageError

TREE = re.compile(r"^    (?:\|-- |`-- )?(\w+Error)\s+(\d)  (.+)$", re.MULTILINE)
DRAWN = {name: int(code) for name, code, _ in TREE.findall(errors.__doc__)}
CLASSES = {name: kind for name, kind in inspect.getmembers(errors, inspect.isclass) if issubclass(kind, Exception)}


def test_every_class_is_drawn_in_the_header():
    """The tree in the module's docstring names exactly the classes of the module."""
    assert set(DRAWN) == set(CLASSES)


def test_exit_codes_are_as_drawn():
    """Each class ends the process with the number that the header gives it."""
    assert {name: kind.exit_code for name, kind in CLASSES.items()} == DRAWN


def test_exit_codes_are_unique():
    """A shell can tell the kinds apart by the exit code alone."""
    assert len(set(DRAWN.values())) == len(DRAWN)


def test_exit_codes_leave_room_for_signals_and_success():
    """No error ends with 0, with the code for an answer not found, or with one that stands for a signal."""
    assert set(DRAWN.values()) & ({0, 6} | set(range(126, 256))) == set()


def test_one_except_catches_all():
    """Every class derives from RaoError, so the command line needs one handler."""
    assert all(issubclass(kind, RaoError) for kind in CLASSES.values())


def test_every_class_has_a_docstring_of_its_own():
    """No class inherits its explanation."""
    assert all(vars(kind).get("__doc__") for kind in CLASSES.values())


@pytest.mark.parametrize("kind", [RaoError, UsageError, InputError, ModelError])
def test_hint_is_kept_beside_the_message(kind):
    """The hint is not part of the message, and is empty when there is none."""
    error = kind("it broke", hint="mend it")
    assert (str(error), error.message, error.hint) == ("it broke", "it broke", "mend it")
    assert kind("it broke").hint == ""


def test_hint_is_given_by_name():
    """A second positional argument is refused, so a hint cannot be passed by accident."""
    with pytest.raises(TypeError):
        RaoError("it broke", "mend it")


@pytest.mark.parametrize("limit", ["tokens", "seconds", "agents", "depth"])
def test_budget_hint_names_the_option(limit):
    """A budget error names the option that raises its limit."""
    error = BudgetError(limit, "no more")
    assert error.limit == limit
    assert f"--max-{limit}" in error.hint
