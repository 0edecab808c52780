"""Run the comparison on toy texts and write its rows as JSON lines.

python -m rao_cli.training.toy --seed 1 --practise recursion single >> rows.jsonl
"""

import argparse
import json
import sys
import time
from collections.abc import Sequence

from rao_cli.errors import RaoError
from rao_cli.training.toy.experiment import WAYS, Experiment, Row, run


def main(arguments: Sequence[str] | None = None) -> int:
    """Run what the command line names; return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m rao_cli.training.toy", description=__doc__.splitlines()[0])
    parser.add_argument("--seed", type=int, default=Experiment.seed)
    parser.add_argument("--practise", nargs="+", choices=WAYS, default=Experiment.ways, help="ways to practise")
    parser.add_argument("--steps", type=int, default=Experiment.steps, help="steps of practice")
    asked = parser.parse_args(arguments)

    def told(row: Row) -> None:
        spent = {"seed": asked.seed, "seconds": round(time.process_time(), 1)}
        sys.stdout.write(json.dumps({**spent, **row}) + "\n")
        sys.stdout.flush()

    try:
        run(Experiment(asked.seed, asked.practise, steps=asked.steps), told)
    except RaoError as error:
        sys.stderr.write(f"error: {error.message}\nhint: {error.hint}\n")
        return error.exit_code
    return 0


if __name__ == "__main__":
    sys.exit(main())
