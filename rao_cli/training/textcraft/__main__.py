"""Run one arm of the comparison on the published world and write its rows as JSON lines.

python -m rao_cli.training.textcraft recursive --seed 1 --seconds 140 >> curve.jsonl
"""

import argparse
import json
import sys
from typing import get_args

from rao_cli.errors import RaoError
from rao_cli.training.environments import textcraft
from rao_cli.training.textcraft.experiment import Arm, Experiment, run

LEVELS = ("easy", "medium")


def main() -> int:
    """Run the arm that the command line names; return the exit code."""
    parser = argparse.ArgumentParser(
        prog="python -m rao_cli.training.textcraft", description=__doc__.splitlines()[0]
    )
    parser.add_argument("arm", choices=get_args(Arm))
    parser.add_argument("--seed", type=int, default=Experiment.seed)
    parser.add_argument("--seconds", type=float, default=Experiment.seconds, help="processor time of training")
    parser.add_argument("--steps", type=int, default=Experiment.steps, help="most steps")
    told = parser.parse_args()
    experiment = Experiment(told.arm, told.seed, told.seconds, told.steps)
    try:
        tasks = {
            split: {level: list(textcraft.tasks(split, level)) for level in LEVELS} for split in textcraft.SPLITS
        }
        for row in run(textcraft.world(), tasks["train"], tasks["val"], experiment):
            sys.stdout.write(json.dumps({"arm": told.arm, "seed": told.seed, **row}) + "\n")
            sys.stdout.flush()
    except RaoError as error:
        sys.stderr.write(f"error: {error.message}\nhint: {error.hint}\n")
        return error.exit_code
    return 0


if __name__ == "__main__":
    sys.exit(main())
