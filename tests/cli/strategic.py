"""Texts, strategies and outcomes for the tests of the commands that have to do with strategies."""

import json
import math
import os
from pathlib import Path

from rao_cli.strategies.library import Strategies
from rao_cli.strategies.records import canonical
from rao_cli.strategies.standing import Held
from tests.cli.console import ABSENT, reader, scripted
from tests.strategies.making import stage, strategy

QUESTION = "What is the code?"
MODEL = "scripted/written"
UNSEEN = ("a" * 16, "b" * 16)


def library():
    """Return the strategies of these tests."""
    return Strategies(Path(os.environ["RAO_STATE_DIR"]) / "strategies")


def codes(code=7431, lines=400, every=10):
    """Return a long text that tells a code again and again."""
    return "".join(
        f"line {n}: the code is {code}\n" if n % every == 0 else f"line {n}: nothing of note happened on day {n}\n"
        for n in range(1, lines + 1)
    )


def proven(name="page-lookup", times=3, ratio=0.3):
    """Count outcomes that make a strategy be used for texts with the scripted model."""
    found = library().find(name).strategy
    for _ in range(times):
        library().record_outcome(found.id, MODEL, "text", "success", math.log(ratio))
    return found


def imported(tmp_path, *operators, **changes):
    """Write a strategy to a file as somebody shares it, and return the file."""
    path = tmp_path / "shared.json"
    path.write_text(canonical(strategy(*(operators or stage(2)), **{"name": "shared", **changes})))
    return path


def own(**changes):
    """Keep a strategy of the user's own, which reads two sections."""
    made = strategy(*stage(2, 0.0), name=changes.pop("name", "mine"))
    return library().replace(Held(strategy=made, standing=changes.pop("standing", "active"), **changes)).strategy


class Late:
    """A reader that finds nothing in the first so many views."""

    def __init__(self, blind):
        self.left = blind

    def __call__(self, request):
        """Answer, or say that nothing is there."""
        self.left -= 1
        return ABSENT if self.left >= 0 else reader(request)


def late(blind):
    """Return what finds a model that finds nothing in its first so many views."""
    return scripted(Late(blind))


def record(path):
    """Return a file's JSON."""
    return json.loads(path.read_text())
