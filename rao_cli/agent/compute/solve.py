"""The solvers, in the order in which they are asked."""

from rao_cli.agent.compute.assignments import solve_assignments
from rao_cli.agent.compute.base import Computed, Labelling, Solver
from rao_cli.agent.compute.chains import solve_chains
from rao_cli.agent.compute.code import solve_code
from rao_cli.agent.compute.records import answer_records
from rao_cli.agent.compute.sentences import solve_sentences
from rao_cli.agent.question.model import Asked
from rao_cli.agent.reading import Reading

SOLVERS: tuple[Solver, ...] = (
    solve_code,
    answer_records,
    solve_assignments,
    solve_sentences,
    solve_chains,
)


def solve(asked: Asked, reading: Reading) -> Computed | Labelling | None:
    """Return what the first solver finds that takes the question for its own, or None."""
    found = (solver(asked, reading) for solver in SOLVERS)
    return next((each for each in found if each is not None), None)
