"""``rao teach``: one model, or a program, teaches another, and what that is worth is measured on other sources."""

from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from rao_cli.cli.commands import help_text
from rao_cli.cli.options import Options, takes_options, takes_record
from rao_cli.cli.terminal import Notices, Streams

if TYPE_CHECKING:
    from rao_cli.bench.transfer.files import Exercises
    from rao_cli.cli.engines import FindModel
    from rao_cli.cli.teach_work import Lesson

Work = Callable[..., int]
Mode = Literal["strategy", "critique", "scaffold"]
TEACH_HELP = help_text(
    "Let one model, or a program, teach another how to work, and measure what that is worth.",
    "rao teach --mode strategy --teacher program --tasks questions.jsonl",
    "rao teach --mode critique --teacher larger.gguf --student smollm2 --tasks questions.jsonl",
    "rao teach --mode scaffold --teacher http://localhost:8080/v1 --tasks questions.jsonl",
)
_OPTIONS = (
    "json",
    "output",
    "quiet",
    "verbose",
    "color",
    "adapter",
    "parallel",
    "threads",
    "no_cache",
    "api_key_file",
)


@dataclass(frozen=True)
class Teaching:
    """Who teaches whom, and what with."""

    mode: Annotated[
        Mode,
        typer.Option(
            "--mode", help="Hand over a strategy, criticise the student's, or begin each question for it."
        ),
    ] = "strategy"
    teacher: Annotated[
        str,
        typer.Option(
            "--teacher", metavar="program|MODEL|URL", help="Who teaches: a program, a model or a server's."
        ),
    ] = "program"
    student: Annotated[
        str | None, typer.Option("--student", metavar="MODEL|URL", help="Who is taught; --adapter is its.")
    ] = None
    family: Annotated[
        str | None, typer.Option("--family", metavar="NAME", help="Use this family's questions only.")
    ] = None
    limit: Annotated[
        int | None, typer.Option("--limit", metavar="N", min=1, help="Use the first N questions of each family.")
    ] = None
    strategy: Annotated[
        str | None,
        typer.Option("--strategy", metavar="NAME", help="Criticise this one; else the plan that reads least."),
    ] = None
    name: Annotated[str, typer.Option("--name", metavar="NAME", help="What the strategy is to be called.")] = ""


def teach(
    tasks: Annotated[
        Path,
        typer.Option(
            "--tasks", metavar="FILE", help="Questions with their answers, one JSON object a line, on two sources."
        ),
    ],
    *,
    teaching: Teaching,
    options: Options,
) -> Work:
    """Describe teaching."""

    def work(streams: Streams, find_model: "FindModel | None") -> int:
        from rao_cli.cli.arguments import check_options
        from rao_cli.cli.progress import open_notices

        check_options(options, (), streams)
        notices = open_notices(options, streams)
        notices.status("reading the questions")
        return show_teaching(tasks, teaching, options, streams, notices, find_model)

    return work


takes_teaching = takes_options(takes_record(teach, Teaching, "teaching"), _OPTIONS)
"""The command with its options."""


def show_teaching(
    tasks: Path,
    teaching: Teaching,
    options: Options,
    streams: Streams,
    notices: Notices,
    find_model: "FindModel | None" = None,
) -> int:
    """Teach, measure and print; return the exit code. Raises RaoError."""
    from rao_cli.bench.transfer.ledger import Ledger
    from rao_cli.cli.interrupts import Interrupts
    from rao_cli.cli.people import PROGRAM, Opening, model_options, teacher_options
    from rao_cli.cli.teach_work import WORK, Classroom

    found = _exercises(tasks, teaching, options, streams, notices)
    try:
        with Interrupts(streams.stderr) as interrupts, ExitStack() as stack:
            opening = Opening(notices, interrupts, stack, Ledger(None), find_model)
            student = opening.worker(model_options(options, teaching.student), found.judge)
            teacher = (
                None
                if teaching.teacher == PROGRAM
                else opening.worker(teacher_options(options, teaching.teacher), found.judge)
            )
            room = Classroom(student, teacher, found, teaching.teacher, notices.status)
            lesson = WORK[teaching.mode](room, teaching.strategy, teaching.name)
    finally:
        notices.clear()
    return _tell(lesson, teaching, options, streams, notices)


def _exercises(
    tasks: Path, teaching: Teaching, options: Options, streams: Streams, notices: Notices
) -> "Exercises":
    """Read the questions and their sources, before any model is loaded. Raises RaoError."""
    from rao_cli.bench.tasks import read_tasks
    from rao_cli.bench.transfer.files import exercises
    from rao_cli.cli.reading import read_sources
    from rao_cli.cli.strategies_learn import check_name
    from rao_cli.cli.words import counted

    check_name(teaching.name)
    found = exercises(
        read_tasks(tasks, teaching.family, teaching.limit),
        lambda source: read_sources((str(source),), options, streams, notices),
    )
    if found.left_out:
        notices.warning(
            f"{counted(found.left_out, 'question')} left out: a strategy is for one class, here {found.asked}"
        )
    return found


def _tell(lesson: "Lesson", teaching: Teaching, options: Options, streams: Streams, notices: Notices) -> int:
    """Keep the strategy, if there is a new one, and print what came of it."""
    from rao_cli.cli.strategies_shown import write
    from rao_cli.cli.strategies_use import strategies
    from rao_cli.cli.teach_shown import lesson_json, lesson_text

    held = None
    if lesson.strategy:
        added = strategies(notices.warning).add(lesson.strategy, unseen=lesson.unseen, seen=lesson.seen)
        held = added.held
    told = lesson_json if options.json else lesson_text
    code = write(told(lesson, teaching.mode, held, verbose=options.verbose), options, streams)
    if held and not options.json:
        notices.line(f"its plan: rao strategies show {held.strategy.name}")
    return code
