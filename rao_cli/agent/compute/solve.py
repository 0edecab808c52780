"""The solvers, in the order in which they are asked."""

from rao_cli.agent.compute.base import Computed, Labelling, Solver
from rao_cli.agent.question.model import Asked
from rao_cli.agent.reading import Reading

SOLVERS: tuple[Solver, ...] = ()


def solve(asked: Asked, reading: Reading) -> Computed | Labelling | None:
    """Return what the first solver finds that takes the question for its own, or None."""
    found = (solver(asked, reading) for solver in SOLVERS)
    return next((each for each in found if each is not None), None)
