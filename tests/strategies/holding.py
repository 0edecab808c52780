"""Make strategies with outcomes, as a library holds them, for the tests."""

import math

from rao_cli.strategies.records import Applies, Evidence
from rao_cli.strategies.shape import Shape
from rao_cli.strategies.standing import Held
from tests.strategies.making import stage, strategy

MODEL = "tiny/chosen"
SHAPE = Shape("pdf", leaves=100, depth=3, fanout=5, titled=0.9)
FACT = "Which port does the server use?"


def outcomes(right=5, wrong=0, left=0, ratio=0.4, **changes):
    """Return evidence of so many outcomes, each paired with work without the strategy."""
    told = {
        "model": MODEL,
        "kind": "pdf",
        "successes": right,
        "failures": wrong,
        "fallbacks": left,
        "log_cost": math.log(ratio),
        "paired": right + wrong,
        "uses": right + wrong + left,
        "used": "2026-01-01",
    }
    return Evidence(**{**told, **changes})


def for_what(*classes, **changes):
    """Return what a strategy for some classes of questions is for."""
    return Applies(classes=classes or ("fact",), **changes)


def held(*evidence, standing="active", first=3, unseen=("a" * 16, "b" * 16), **changes):
    """Return a strategy in use; ``first`` tells its plan from those of others."""
    made = strategy(*stage(first), evidence=evidence, **{"trust": "local", **changes})
    return Held(strategy=made, standing=standing, unseen=unseen)
