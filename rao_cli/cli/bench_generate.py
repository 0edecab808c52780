"""``rao bench generate``: make questions that nobody has seen, for ``rao bench quality``."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from rao_cli.cli.commands import help_text
from rao_cli.cli.options import Options, takes_options
from rao_cli.cli.terminal import Streams

if TYPE_CHECKING:
    from rao_cli.cli.engines import FindModel

Work = Callable[..., int]

generate_app = typer.Typer(help="Make questions with known answers.", rich_markup_mode=None)

_OUT = typer.Option("--out", metavar="FOLDER", help="Where tasks.jsonl and its sources go.")
_COUNT = typer.Option("--count", metavar="N", min=1, max=100_000, help="How many questions.")
_SIZES = typer.Option("--sizes", metavar="LIST", help="Tokens of the sources: 8k,32k,128k,512k.")
_SEED = typer.Option("--seed", metavar="N", help="Another seed makes other questions.")


def _takes_printing_options(command: Callable[..., Work]) -> Callable[..., Work]:
    return takes_options(command, ("quiet", "color"))


@generate_app.command(
    help=help_text(
        "Hide made-up sentences in a long text.",
        "rao bench generate niah --text novel.txt --out needles",
        "rao bench generate niah --text novel.txt --out needles --count 40 --sizes 8k,32k --seed 7",
    )
)
@_takes_printing_options
def niah(
    text: Annotated[
        list[Path], typer.Option("--text", metavar="FILE", help="A long text; several are read as one.")
    ],
    out: Annotated[Path, _OUT],
    count: Annotated[int, _COUNT] = 200,
    sizes: Annotated[str, _SIZES] = "8k,32k,128k,512k",
    seed: Annotated[int, _SEED] = 1,
    *,
    options: Options,
) -> Work:
    """Describe making needles in a haystack."""

    def work(streams: Streams, find_model: "FindModel | None") -> int:  # noqa: ARG001
        from rao_cli.bench.quality.generate_files import Wanted, sizes_of, write_tasks
        from rao_cli.bench.quality.generate_niah import make_sources, read_haystack

        wanted = Wanted(count, sizes_of(sizes), seed)
        sources = make_sources(read_haystack(text), wanted)
        return _told(write_tasks(out, "niah", "the text's own; needles made up", sources), out, options, streams)

    return work


@generate_app.command(
    help=help_text(
        "Ask about articles that a long text holds, and as often about ones that it leaves out.",
        "rao bench generate unanswerable --squad train.jsonl --out absent",
    )
)
@_takes_printing_options
def unanswerable(
    squad: Annotated[
        Path,
        typer.Option(
            "--squad", metavar="FILE", help="Questions with paragraphs: title, context, question, answers."
        ),
    ],
    out: Annotated[Path, _OUT],
    count: Annotated[int, _COUNT] = 400,
    sizes: Annotated[str, _SIZES] = "8k,32k",
    seed: Annotated[int, _SEED] = 1,
    *,
    options: Options,
) -> Work:
    """Describe making questions without an answer."""

    def work(streams: Streams, find_model: "FindModel | None") -> int:  # noqa: ARG001
        from rao_cli.bench.quality.generate_files import Wanted, sizes_of, write_tasks
        from rao_cli.bench.quality.generate_unanswerable import make_sources, read_quizzes

        wanted = Wanted(count, sizes_of(sizes), seed)
        sources = make_sources(read_quizzes(squad), wanted)
        return _told(write_tasks(out, "unanswerable", "that of the questions", sources), out, options, streams)

    return work


def _told(count: int, out: Path, options: Options, streams: Streams) -> int:
    from rao_cli.cli.progress import open_notices
    from rao_cli.cli.words import counted

    open_notices(options, streams).line(f"wrote {counted(count, 'question')} to {out / 'tasks.jsonl'}")
    return 0
