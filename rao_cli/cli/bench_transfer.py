"""``rao bench transfer``: what strategies are worth, learned alone, taught, criticised or told in words."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, closing
from dataclasses import dataclass, replace
from functools import cache, partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from rao_cli.cli.commands import help_text
from rao_cli.cli.options import Options
from rao_cli.cli.terminal import Notices, Streams

if TYPE_CHECKING:
    from rao_cli.bench.transfer.arms import Lab
    from rao_cli.bench.transfer.cells import Tasks
    from rao_cli.cli.engines import FindModel
    from rao_cli.cli.people import Opening
    from rao_cli.strategies.costs import Size

Work = Callable[..., int]
TRANSFER_HELP = help_text(
    "Measure what strategies are worth to a student model: learned alone, taught, or told in words.",
    "rao bench transfer --tasks lookup-log --out transfer.jsonl --minutes 60",
    "rao bench transfer --adapter none --teacher program --teacher smollm2 --quizzes squad.jsonl --out t.jsonl",
)
_ARMS = (
    "default,direct,taught,independent,own,shuffled,wrong-class,other-kind,critique,scaffold,strategy-text,"
    "trace-text,answers-text,empty-text,filler-text,clone"
)
_GO_ON = "run the same command again: what was measured is not measured again"


@dataclass(frozen=True)
class Trial:
    """What is measured, and for how long."""

    arm: Annotated[str, typer.Option("--arm", metavar="LIST", help=f"Ways to learn: {_ARMS}.")] = _ARMS
    tasks: Annotated[
        str,
        typer.Option(
            "--tasks",
            metavar="LIST",
            help="Questions: lookup-, chain- or list-text, lookup-log, lookup-code, lookup-passages,"
            " count-, extreme- or compare-records.",
        ),
    ] = "lookup-log,lookup-code"
    sizes: Annotated[str, typer.Option("--sizes", metavar="LIST", help="Tokens of the texts.")] = "8k"
    teacher: Annotated[
        list[str] | None,
        typer.Option("--teacher", metavar="program|MODEL", help="Who teaches; --model names the student."),
    ] = None
    behaviour_clone: Annotated[
        Path | None,
        typer.Option("--behaviour-clone", metavar="FILE", help="Adapter trained on a teacher's answers."),
    ] = None
    quizzes: Annotated[
        list[Path] | None,
        typer.Option("--quizzes", metavar="FILE", help="Questions, one JSON object a line, as SQuAD has them."),
    ] = None
    train: Annotated[int, typer.Option("--train", metavar="N", min=4, help="Questions to learn from.")] = 12
    valid: Annotated[int, typer.Option("--valid", metavar="N", min=2, help="Questions to validate with.")] = 16
    test: Annotated[int, typer.Option("--test", metavar="N", min=1, help="Questions to test with.")] = 40
    attempts: Annotated[
        int, typer.Option("--attempts", metavar="N", min=1, help="Plans that a learner alone tries.")
    ] = 8
    seeds: Annotated[int, typer.Option("--seeds", metavar="N", min=1, help="Learners of each kind.")] = 5
    seed: Annotated[int, typer.Option("--seed", metavar="N", min=0, help="Another seed asks other questions.")] = 1
    minutes: Annotated[
        float | None, typer.Option("--minutes", metavar="N", min=0, help="Stop after this time, and go on later.")
    ] = None


def transfer(
    out: Annotated[
        Path, typer.Option("--out", metavar="FILE", help="Keep outcomes here, and go on from those it holds.")
    ],
    *,
    trial: Trial,
    options: Options,
) -> Work:
    """Describe measuring what strategies are worth."""

    def work(streams: Streams, find_model: "FindModel | None") -> int:
        from rao_cli.cli.arguments import check_options
        from rao_cli.cli.progress import open_notices

        check_options(options, (), streams)
        notices = open_notices(options, streams)
        notices.status("making the questions")
        return show_transfer(out, trial, options, streams, notices, find_model)

    return work


def show_transfer(
    out: Path,
    trial: Trial,
    options: Options,
    streams: Streams,
    notices: Notices,
    find_model: "FindModel | None" = None,
) -> int:
    """Measure and print; return the exit code. Raises RaoError."""
    from rao_cli.bench.transfer.arms import arms_of
    from rao_cli.bench.transfer.ledger import Ledger
    from rao_cli.bench.transfer.measure import measure
    from rao_cli.cli.bench_transfer_tables import transfer_json, transfer_text
    from rao_cli.cli.destination import open_destination, write_all
    from rao_cli.cli.interrupts import Interrupts
    from rao_cli.cli.people import Opening

    arms, cells = arms_of(trial.arm), list(_cells(trial))
    ledger = Ledger(out, trial.minutes * 60 if trial.minutes is not None else None)
    read = (str(out), *map(str, trial.quizzes or ()))
    try:
        with (
            closing(open_destination(options.output, streams.stdout, read)) as destination,
            Interrupts(streams.stderr, hint=_GO_ON) as interrupts,
            ExitStack() as stack,
        ):
            opening = Opening(notices, interrupts, stack, ledger, find_model)
            measured = measure(_lab(trial, options, opening, cells), arms, _pace(streams, notices))
            notices.clear()
            sizes = {} if find_model else _sizes(trial, options)
            text = transfer_json(measured, sizes) if options.json else transfer_text(measured, sizes)
            write_all(destination, text, options.output, streams.stdout)
    finally:
        notices.clear()
    if not measured.whole:
        notices.line(f"the time was over after {ledger.fresh:,} new outcomes; {_GO_ON}")
    return 0


def _cells(trial: Trial) -> "Iterator[Tasks]":
    """Make the questions of all cells, before any model is loaded."""
    from rao_cli.bench.transfer.cells import Counts, cells_of, stocks_of, tasks_of
    from rao_cli.cli.train_eval import sizes_of
    from rao_cli.training.environments.reading import read_quizzes

    stocks = stocks_of([quiz for path in trial.quizzes or () for quiz in read_quizzes(path)])
    counts = Counts(trial.train, trial.valid, trial.test)
    for size in sizes_of(trial.sizes):
        for cell in cells_of(trial.tasks):
            yield tasks_of(cell, size, counts, stocks, trial.seed)


def _pace(streams: Streams, notices: Notices) -> Callable[[str], None]:
    from rao_cli.cli.terminal import can_redraw

    return notices.status if can_redraw(streams.stderr) else notices.line


def _lab(trial: Trial, options: Options, opening: "Opening", cells: "list[Tasks]") -> "Lab":
    """Open the student, and say how the others are opened."""
    from rao_cli.bench.transfer.arms import Lab, People
    from rao_cli.bench.transfer.learning import Effort
    from rao_cli.bench.transfer.lessons import learned
    from rao_cli.cli.people import PROGRAM, teacher_options

    teachers = {
        name: None if name == PROGRAM else cache(partial(opening.worker, teacher_options(options, name)))
        for name in dict.fromkeys(trial.teacher or (PROGRAM,))
    }
    cloned = replace(options, adapter=str(trial.behaviour_clone)) if trial.behaviour_clone else None
    clone = cache(partial(opening.worker, cloned)) if cloned else None
    people = People(opening.worker(options), teachers, learned, clone)
    return Lab(people, Effort(attempts=trial.attempts, seeds=trial.seeds), cells)


def _sizes(trial: Trial, options: Options) -> "Mapping[str, Size | None]":
    """Return how large the models are, the student's under an empty name; None where that is not known."""
    from rao_cli.cli.people import PROGRAM, teacher_options

    named = {name: teacher_options(options, name) for name in trial.teacher or () if name != PROGRAM}
    return {name: size_of(one) for name, one in {"": options, **named}.items()}


def size_of(options: Options) -> "Size | None":
    """Return how large a model is, by its file; None for a server's."""
    from rao_cli.cli.folders import user_folders
    from rao_cli.models.registry import read_registry
    from rao_cli.models.resolve import resolve
    from rao_cli.strategies.costs import Size

    if options.base_url:
        return None
    header = resolve(options.model, own=read_registry(user_folders().data)).header
    told = header.metadata
    heads = int(told.get(f"{header.architecture}.attention.head_count", 0))
    each = int(told.get(f"{header.architecture}.attention.key_length", 0))
    width = heads * each or int(told.get(f"{header.architecture}.embedding_length", 0))
    return Size(header.parameters, header.block_count, width)
