"""``rao train eval``: the same questions with and without delegation, before and after training."""

import json
from collections.abc import Sequence
from contextlib import closing
from dataclasses import asdict, dataclass, replace
from itertools import groupby, islice
from pathlib import Path
from typing import Any

from rao_cli.cli.columns import columns, rendered
from rao_cli.cli.commands import print_text
from rao_cli.cli.interrupts import Interrupts
from rao_cli.cli.options import Options
from rao_cli.cli.terminal import Notices, Streams
from rao_cli.cli.train_base import Base, acting_settings, find_base, recipe_of
from rao_cli.cli.train_options import Questions
from rao_cli.cli.train_progress import Progress
from rao_cli.cli.train_sft import GO_ON
from rao_cli.engine.adapters import Adapter
from rao_cli.engine.base import Engine
from rao_cli.engine.fit import default_fit
from rao_cli.engine.llama import LlamaEngine
from rao_cli.errors import UsageError
from rao_cli.intervals import Mean, Share
from rao_cli.text import one_line
from rao_cli.training.environments.around import read_articles, surrounded, unrelated
from rao_cli.training.environments.reading import Quiz
from rao_cli.training.environments.statements import CHARACTERS
from rao_cli.training.episodes import Episode
from rao_cli.training.evaluate import ARMS, Arm, Evaluation, Means, Outcome, Results, arms_of, evaluate
from rao_cli.training.figures import Group, gains, groups, plot, tokens
from rao_cli.training.recipe import Recipe
from rao_cli.training.runs import open_run, with_run
from rao_cli.training.sources import load_quizzes, mixed

SHORT_OF = 0.8
"""Share of the asked size below which texts are told to be too short."""
OTHER_SEEDS = 2_000_003
OF_ONE_TEXT = 4
"""Questions that are asked of one text at most: what is measured should not hang on a few texts."""
WIDTH = 50
"""Characters of a bar that is whole."""


@dataclass(frozen=True)
class Asked:
    """What the user wants to have measured."""

    out: Path
    questions: Questions
    recipe: Path | None = None
    vocabulary: Path | None = None
    adapter: Path | None = None
    """What recursion was trained to."""
    single: Path | None = None
    """What the single agent was trained to."""


def show_evaluation(asked: Asked, options: Options, streams: Streams, notices: Notices) -> int:
    """Measure, keep and print; return the exit code. Raises RaoError."""
    base = find_base(options.model, asked.vocabulary)
    questions = asked.questions
    arms, files = _arms(asked), (*(questions.quizzes or ()), *(questions.around or ()))
    recipe = with_run(recipe_of(asked.recipe), "eval", base.gguf.name, ("", base.splitting()), files)
    episodes = _episodes(recipe, questions)
    open_run(asked.out, "eval", recipe)
    progress = Progress(notices, streams)
    try:
        with (
            Interrupts(streams.stderr, hint=GO_ON) as interrupts,
            closing(_Engines(base, asked, recipe, options)) as engines,
        ):
            means = Means(
                engine=lambda arm: interrupts.wait(lambda: engines.engine(arm)),
                run=interrupts.run,
                told=lambda one, done, total: progress.step("question", done, total, one.key.arm),
            )
            evaluation = Evaluation(arms, episodes, acting_settings(recipe))
            outcomes = evaluate(evaluation, Results(asked.out / "outcomes.jsonl"), means)
    finally:
        notices.clear()
    _warn(episodes, notices)
    for path in plot(outcomes, asked.out):
        notices.line(f"wrote {path}")
    return print_text(streams, evaluation_json(outcomes) if options.json else evaluation_text(outcomes))


def _arms(asked: Asked) -> tuple[str, ...]:
    """Return the arms that are asked for, or those that there are adapters for. Raises UsageError."""
    trained = {"single-trained": asked.single, "recursion-trained": asked.adapter}
    if not asked.questions.arm:
        return tuple(name for name, arm in ARMS.items() if not arm.trained or trained[name])
    arms = arms_of(asked.questions.arm)
    for name in arms:
        if ARMS[name].trained and trained[name] is None:
            option = "--adapter" if name == "recursion-trained" else "--single-adapter"
            raise UsageError(f"the arm {name} has no adapter", hint=f"give one with {option}")
    return arms


def sizes_of(named: str) -> tuple[int, ...]:
    """Return sizes such as 2k,16k in tokens, each once. Raises UsageError for what is none."""
    found: dict[int, None] = {}
    for part in filter(None, (one.strip().lower() for one in named.split(","))):
        number = part.removesuffix("k")
        if not (number.isascii() and number.isdigit() and len(number) < 9 and int(number) > 0):
            raise UsageError(f"--sizes does not know {one_line(part, 40)}", hint="such as 2k,8k or 500")
        found[int(number) * (1000 if part != number else 1)] = None
    if not found:
        raise UsageError("--sizes names no size", hint="such as 2k,8k")
    return tuple(found)


def _episodes(recipe: Recipe, questions: Questions) -> dict[int, list[Episode]]:
    """Return the questions on texts of each size: other ones, or the same with more around them."""
    quizzes = load_quizzes(questions.quizzes or (), recipe.data).valid
    sizes = sizes_of(questions.sizes)
    if not questions.around:
        return {size: _asked(recipe, quizzes, questions, size) for size in sizes}
    titles, paragraphs = {quiz.title for quiz in quizzes}, {quiz.paragraph for quiz in quizzes}
    articles = unrelated(read_articles(questions.around), titles, paragraphs)
    asked = _asked(recipe, quizzes, questions, min(sizes))
    return {size: [surrounded(one, articles, size * CHARACTERS) for one in asked] for size in sizes}


def _asked(recipe: Recipe, quizzes: Sequence[Quiz], questions: Questions, size: int) -> list[Episode]:
    """Return a few questions on each of some texts of a size; no seed that one may train with makes the same."""
    every = mixed(recipe, quizzes, size).episodes(questions.seed + OTHER_SEEDS)
    few = (
        one for _, together in groupby(every, key=lambda one: one.text) for one in islice(together, OF_ONE_TEXT)
    )
    return list(islice(few, questions.count))


def _warn(episodes: dict[int, list[Episode]], notices: Notices) -> None:
    for size, some in episodes.items():
        found = sum(len(one.text) for one in some) / max(1, len(some)) / CHARACTERS
        if found < SHORT_OF * size:
            notices.warning(f"texts of {size:,} tokens have about {found:,.0f}: leave out more articles")


class _Engines:
    """Keeps one engine open at a time; no arm finds in its memory what another computed."""

    def __init__(self, base: Base, asked: Asked, recipe: Recipe, options: Options) -> None:
        self._path, self._asked, self._window = base.gguf, asked, recipe.acting.window
        fit = default_fit()
        self._fit = replace(fit, threads=options.threads or fit.threads, parallel=options.parallel or fit.parallel)
        self._open: Engine | None = None

    def engine(self, arm: Arm) -> Engine:
        """Open the engine of an arm, and close the one before."""
        adapter = (self._asked.single if arm.alone else self._asked.adapter) if arm.trained else None
        adapters = (Adapter(adapter),) if adapter else ()
        self.close()
        self._open = LlamaEngine(self._path, window=self._window, fit=self._fit, adapters=adapters)
        return self._open

    def close(self) -> None:
        """Close what is open."""
        if self._open:
            self._open.close()
            self._open = None


def evaluation_text(outcomes: Sequence[Outcome]) -> str:
    """Return the figures as tables and bars."""
    head = ("arm", "size", "steps", "asked", "right", "", "cited", "absent", "falsely", "tokens", "seconds")
    rows = [(*head, "agents", "depth", "parallel"), *map(_row, groups(outcomes))]
    text = rendered(columns(rows, "lrrrrrrrrrrrrr", None), color=False) + "\n" + _bars(outcomes)
    found = gains(outcomes)
    if not found:
        return text
    told = [("more often right, question by question", "points", "95 % interval")]
    told += [(f"{one.better} than {one.other}", *_points(one.difference)) for one in found]
    return text + "\n" + rendered(columns(told, "lrr", None), color=False)


def _bars(outcomes: Sequence[Outcome]) -> str:
    """Return a bar for each arm at each size: surely right, perhaps right by the interval, and not."""
    rows = []
    for group in groups(outcomes):
        if group.steps is None:
            low, high = (round(WIDTH * end) for end in group.right.interval)
            rows.append((group.arm, f"{group.size:,}", "#" * low + "-" * (high - low)))
    return rendered(columns(rows, "lrl", None), color=False)


def _row(group: Group) -> tuple[str, ...]:
    low, high = group.right.interval
    return (
        group.arm,
        f"{group.size:,}",
        "all" if group.steps is None else str(group.steps),
        str(group.right.total),
        _percent(group.right),
        f"{100 * low:.0f}-{100 * high:.0f}",
        *map(_percent, (group.cited, group.absent, group.false_absent)),
        f"{group.average(tokens):,.0f}",
        f"{group.average(lambda one: one.seconds):.1f}",
        f"{group.average(lambda one: one.agents):.1f}",
        f"{group.average(lambda one: one.depth):.1f}",
        _percent(group.parallel),
    )


def _percent(share: Share) -> str:
    return f"{100 * share.value:.0f} %" if share.total else ""


def _points(found: Mean) -> tuple[str, str]:
    return f"{100 * found.value:+.1f}", f"{100 * found.low:+.1f} to {100 * found.high:+.1f}"


def evaluation_json(outcomes: Sequence[Outcome]) -> str:
    """Return the figures as one JSON object."""
    told = {
        "schema": "rao.evaluation/1",
        "groups": [_record(group) for group in groups(outcomes)],
        "gains": [asdict(one) for one in gains(outcomes)],
    }
    return json.dumps(told, ensure_ascii=False) + "\n"


def _record(group: Group) -> dict[str, Any]:
    shares = {
        "right": group.right,
        "cited": group.cited,
        "absent": group.absent,
        "false_absent": group.false_absent,
        "parallel": group.parallel,
    }
    costs = {name: group.average(lambda one, name=name: getattr(one, name)) for name in _COSTS}  # type: ignore[misc]
    return {
        "arm": group.arm,
        "size": group.size,
        "steps": group.steps,
        **{name: {**asdict(share), "interval": share.interval} for name, share in shares.items()},
        **costs,
    }


_COSTS = ("prompt_tokens", "cached_tokens", "output_tokens", "seconds", "agents", "depth")
