"""``rao train``: commands that make an adapter for a model, with the method of Recursive Agent Optimization."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from rao_cli.cli.commands import help_text
from rao_cli.cli.options import Options, takes_options, takes_record
from rao_cli.cli.terminal import Notices, Streams
from rao_cli.cli.train_options import Actors, Changes, Place, Questions

if TYPE_CHECKING:
    from rao_cli.cli.engines import FindModel

Work = Callable[..., int]
Weights = Literal["f32", "bf16", "f16", "q8_0", "q4_0"]

train_app = typer.Typer(help="Train an adapter that delegates and answers better.", rich_markup_mode=None)

_RecipeFile = Annotated[
    Path | None, typer.Option("--recipe", metavar="FILE", help="Settings of the run, as TOML.")
]
_Quizzes = Annotated[
    list[Path] | None,
    typer.Option("--quizzes", metavar="FILE", help="Questions, one JSON object a line, as SQuAD has them."),
]
_Vocabulary = Annotated[
    Path | None,
    typer.Option("--vocabulary", metavar="FILE", help="GGUF file of a --model that is a Hugging Face folder."),
]
_Out = Annotated[Path, typer.Option("--out", metavar="FOLDER", help="Where the run's results go.")]
_DryRun = Annotated[
    bool, typer.Option("--dry-run", "-n", help="Show what it would take, measured on a little; write nothing.")
]
_Seed = Annotated[int | None, typer.Option("--seed", metavar="N", min=0, help="Another seed, another run.")]


def _preparing(options: Options, streams: Streams) -> Notices:
    """Say that something happens before torch is imported, which takes seconds."""
    from rao_cli.cli.progress import open_notices

    notices = open_notices(options, streams)
    notices.status("preparing")
    return notices


def _takes_shared_options(command: Callable[..., Work]) -> Callable[..., Work]:
    return takes_options(command, ("quiet", "color", "model", "threads"))


def _takes_place(command: Callable[..., Work]) -> Callable[..., Work]:
    return takes_record(command, Place, "place")


def _takes_eval_options(command: Callable[..., Work]) -> Callable[..., Work]:
    return takes_options(command, ("json", "quiet", "color", "model", "threads", "parallel"))


def _takes_questions(command: Callable[..., Work]) -> Callable[..., Work]:
    return takes_record(command, Questions, "questions")


def _takes_changes(command: Callable[..., Work]) -> Callable[..., Work]:
    return takes_record(command, Changes, "changes")


@train_app.command(
    help=help_text(
        "Make demonstrations of ideal work on texts whose answers are known.",
        "rao train data --quizzes squad.jsonl --out demonstrations",
        "rao train data --recipe recipe.toml --quizzes squad.jsonl --out demonstrations --seed 2",
    )
)
@_takes_shared_options
def data(
    out: _Out,
    quizzes: _Quizzes = None,
    recipe: _RecipeFile = None,
    vocabulary: _Vocabulary = None,
    seed: _Seed = None,
    *,
    options: Options,
) -> Work:
    """Describe making demonstrations."""

    def work(streams: Streams, find_model: "FindModel | None") -> int:  # noqa: ARG001
        notices = _preparing(options, streams)
        from rao_cli.cli.train_data import Asked, make_data

        asked = Asked(out, tuple(quizzes or ()), recipe, vocabulary, seed)
        return make_data(asked, options, streams, notices)

    return work


@train_app.command(
    help=help_text(
        "Teach a model by demonstrations: the warm start.",
        "rao train sft --data demonstrations/train.jsonl --out warm",
        "rao train sft --data demonstrations/train.jsonl --valid demonstrations/valid.jsonl --out warm --dry-run",
    )
)
@_takes_shared_options
@_takes_place
def sft(
    data: Annotated[list[Path], typer.Option("--data", metavar="FILE", help="Demonstrations to learn.")],
    out: _Out,
    valid: Annotated[
        Path | None,
        typer.Option("--valid", metavar="FILE", help="Demonstrations to measure with, ten times a run."),
    ] = None,
    recipe: _RecipeFile = None,
    seed: _Seed = None,
    dry_run: _DryRun = False,
    *,
    place: Place,
    options: Options,
) -> Work:
    """Describe learning demonstrations."""

    def work(streams: Streams, find_model: "FindModel | None") -> int:  # noqa: ARG001
        notices = _preparing(options, streams)
        from rao_cli.cli.train_sft import Asked, learn

        return learn(Asked(tuple(data), out, valid, recipe, seed, dry_run), place, options, streams, notices)

    return work


@train_app.command(
    help=help_text(
        "Improve a policy by its own attempts: Recursive Agent Optimization.",
        "rao train rl --from warm/adapter.gguf --quizzes squad.jsonl --out rao",
        "rao train rl --from warm/adapter.gguf --quizzes squad.jsonl --out alone --alone --steps 50",
    )
)
@_takes_shared_options
@_takes_place
@_takes_changes
def rl(
    out: _Out,
    quizzes: _Quizzes = None,
    recipe: _RecipeFile = None,
    actors: Actors = "torch",
    dry_run: _DryRun = False,
    *,
    changes: Changes,
    place: Place,
    options: Options,
) -> Work:
    """Describe learning from attempts."""

    def work(streams: Streams, find_model: "FindModel | None") -> int:  # noqa: ARG001
        notices = _preparing(options, streams)
        from rao_cli.cli.train_rl import Asked, improve

        asked = Asked(out, tuple(quizzes or ()), recipe, changes, actors, dry_run)
        return improve(asked, place, options, streams, notices)

    return work


@train_app.command(
    "export",
    help=help_text(
        "Write what a run learned as an adapter, or merged with its base model into one file.",
        "rao train export warm -o adapter.gguf",
        "rao train export rao --merge tuned.gguf --weights q8_0",
    ),
)
@_takes_shared_options
def export_command(
    run: Annotated[Path, typer.Argument(metavar="RUN", help="A run's folder, or the checkpoint in it.")],
    output: Annotated[
        Path | None,
        typer.Option(
            "--output", "-o", metavar="FILE", help="Adapter to write; adapter.gguf beside the checkpoint."
        ),
    ] = None,
    merge: Annotated[
        Path | None, typer.Option("--merge", metavar="FILE", help="Model to write, with the adapter in it.")
    ] = None,
    weights: Annotated[Weights, typer.Option("--weights", help="How the merged model stores weights.")] = "q8_0",
    vocabulary: _Vocabulary = None,
    *,
    options: Options,
) -> Work:
    """Describe exporting."""

    def work(streams: Streams, find_model: "FindModel | None") -> int:  # noqa: ARG001
        notices = _preparing(options, streams)
        from rao_cli.cli.train_export import Asked, write_adapter

        asked = Asked(run, output, merge, weights, vocabulary)
        return write_adapter(asked, options, streams, notices)

    return work


@train_app.command(
    "eval",
    help=help_text(
        "Ask the same questions of a single agent and of a tree of agents, without and with training.",
        "rao train eval --adapter rao/adapter.gguf --quizzes squad.jsonl --out evaluation",
        "rao train eval --adapter rao/adapter.gguf --single-adapter alone/adapter.gguf --sizes 8k,32k --out e",
    ),
)
@_takes_eval_options
@_takes_questions
def eval_command(
    out: _Out,
    recipe: _RecipeFile = None,
    vocabulary: _Vocabulary = None,
    adapter: Annotated[
        Path | None, typer.Option("--adapter", metavar="FILE", help="What delegating agents were trained to.")
    ] = None,
    single_adapter: Annotated[
        Path | None, typer.Option("--single-adapter", metavar="FILE", help="What a single agent was trained to.")
    ] = None,
    *,
    questions: Questions,
    options: Options,
) -> Work:
    """Describe evaluating."""

    def work(streams: Streams, find_model: "FindModel | None") -> int:  # noqa: ARG001
        notices = _preparing(options, streams)
        from rao_cli.cli.train_eval import Asked, show_evaluation

        asked = Asked(out, questions, recipe, vocabulary, adapter, single_adapter)
        return show_evaluation(asked, options, streams, notices)

    return work
