"""Environments by name, as a recipe sets them, and demonstrations made of them.

Articles that are left out serve validation and evaluation only: none of their paragraphs is trained on.
"""

import random
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from functools import partial
from itertools import groupby, islice
from pathlib import Path
from typing import Any

from rao_cli.errors import UsageError
from rao_cli.training.demonstrations import Demonstrator, Line, Shown, write_lines
from rao_cli.training.environments.code import Code
from rao_cli.training.environments.logs import Logs
from rao_cli.training.environments.reading import Quiz, Reading, read_quizzes, split
from rao_cli.training.environments.records import Records
from rao_cli.training.environments.statements import CHARACTERS, Statements
from rao_cli.training.environments.toy import Toy
from rao_cli.training.episodes import Environment, Episode
from rao_cli.training.ordinary import ordinary
from rao_cli.training.recipe import DataSettings, Mix, Recipe, Texts
from rao_cli.training.tokens import Tokens

OF_QUIZZES = ("reading", "statements")
"""Environments that need questions with their paragraphs."""
TRAIN, VALID = "train.jsonl", "valid.jsonl"
_UNIFORM = Shown(absent=1.0, most_wrong=9, outlines=1.0)
_OTHER = 1_000_003


@dataclass(frozen=True)
class Quizzes:
    """Questions with their paragraphs: those to train on, and those of articles that are left out."""

    train: tuple[Quiz, ...] = ()
    valid: tuple[Quiz, ...] = ()


def load_quizzes(paths: Sequence[Path], settings: DataSettings) -> Quizzes:
    """Read files of questions and leave whole articles out. Raises InputError, and UsageError for their titles."""
    every = [quiz for path in paths for quiz in read_quizzes(path)]
    if not every:
        return Quizzes()
    titles = sorted({quiz.title for quiz in every})
    left_out = settings.left_out or _drawn(titles, settings)
    for title in left_out:
        if title not in titles:
            raise UsageError(
                f"data.left_out names {title!r}, which is no article of --quizzes",
                hint=f"articles are {', '.join(titles[:5])} and so on",
            )
    train, valid = split(every, left_out)
    return Quizzes(tuple(train), tuple(valid))


def _drawn(titles: Sequence[str], settings: DataSettings) -> list[str]:
    count = min(len(titles) - 1, max(1, round(settings.left_out_share * len(titles))))
    return random.Random(settings.seed).sample(list(titles), count)  # noqa: S311 - nothing secret


def environment(name: str, texts: Texts, quizzes: Sequence[Quiz], size: int | None = None) -> Environment:
    """Return an environment as it is set, or with texts of about ``size`` tokens. Raises UsageError."""
    if name in OF_QUIZZES and not quizzes:
        raise UsageError(f"the environment {name} needs questions", hint="give a file of them with --quizzes")
    return _MAKERS[name](_sized(getattr(texts, name), size), quizzes)


def _sized(settings: Any, size: int | None) -> Any:
    if size is None:
        return settings
    if hasattr(settings, "facts"):  # toy texts are measured by their facts, of about ten tokens each
        return replace(settings, facts=max(4, size // 10))
    return replace(settings, smallest=size, largest=size)


def _reading(settings: Any, quizzes: Sequence[Quiz]) -> Environment:
    return Reading(quizzes, (settings.smallest * CHARACTERS, settings.largest * CHARACTERS))


def _statements(settings: Any, quizzes: Sequence[Quiz]) -> Environment:
    return Statements(sorted({quiz.paragraph for quiz in quizzes}), **asdict(settings))


_MAKERS: Mapping[str, Callable[[Any, Sequence[Quiz]], Environment]] = {
    "reading": _reading,
    "statements": _statements,
    "code": lambda settings, _: Code(**asdict(settings)),
    "logs": lambda settings, _: Logs(**asdict(settings)),
    "records": lambda settings, _: Records(**asdict(settings)),
    "toy": lambda settings, _: Toy(**asdict(settings)),
}


@dataclass(frozen=True)
class Mixed:
    """Texts of several environments, drawn in proportion; questions on one text stay together."""

    parts: tuple[tuple[Environment, int], ...]

    def episodes(self, seed: int) -> Iterator[Episode]:
        """Yield episodes without end, the same for the same seed."""
        chance = random.Random(f"mixed {seed}")  # noqa: S311 - nothing secret
        streams = [groupby(part.episodes(seed), key=_text) for part, _ in self.parts]
        shares = [share for _, share in self.parts]
        while True:
            _, together = next(chance.choices(streams, shares)[0])
            yield from together


def _text(episode: Episode) -> str:
    return episode.text


def mixed(recipe: Recipe, quizzes: Sequence[Quiz], size: int | None = None) -> Environment:
    """Return the environment that a recipe's ``episodes`` are drawn from. Raises UsageError where it has none."""
    counts = recipe.episodes.counts()
    if not counts:
        raise UsageError("the recipe has no episodes", hint="such as [episodes] with reading = 1")
    parts = [(environment(name, recipe.texts, quizzes, size), share) for name, share in counts.items()]
    return parts[0][0] if len(parts) == 1 else Mixed(tuple(parts))


def episodes_of(mix: Mix, texts: Texts, quizzes: Sequence[Quiz], seed: int) -> Iterator[Episode]:
    """Yield so many episodes of each environment, one environment after the other."""
    for name, count in mix.counts().items():
        yield from islice(environment(name, texts, quizzes).episodes(seed), count)


def write_data(
    recipe: Recipe, quizzes: Quizzes, tokens: Tokens, folder: Path, told: Callable[[str, int, int], None]
) -> dict[str, dict[str, int]]:
    """Write demonstrations to train on and to validate with; return how many of each kind.

    ``told`` hears the name of a file, the episodes of it that are done, and how many there are. What validates is
    of articles that were left out, with another seed, and all of it is kept.
    """
    data, shown = recipe.data, recipe.shown
    whole = replace(_UNIFORM, views=shown.views, window=shown.window)
    parts = {
        TRAIN: _Part(data.train, quizzes.train, shown, data.seed, data.ordinary),
        VALID: _Part(data.valid, quizzes.valid, whole, data.seed + _OTHER, 0),
    }
    found: dict[str, dict[str, int]] = {}
    for name, part in parts.items():
        kinds = Counter[str]()
        lines = part.lines(recipe.texts, tokens, partial(told, name))
        made = folder / f".{name}.part"
        try:
            write_lines(_counted(lines, kinds), made, _nothing)
            made.replace(folder / name)
        finally:
            made.unlink(missing_ok=True)
        found[name] = dict(kinds)
    return found


@dataclass(frozen=True)
class _Part:
    """What one file of demonstrations is made of."""

    mix: Mix
    quizzes: Sequence[Quiz]
    shown: Shown
    seed: int
    ordinary: int

    def lines(self, texts: Texts, tokens: Tokens, told: Callable[[int, int], None]) -> Iterator[Line]:
        """Yield the file's lines, telling of each episode."""
        yield from Demonstrator(tokens, self.shown, self.seed).lines(self._episodes(texts, told))
        yield from ordinary(self.quizzes, tokens, self.ordinary, self.seed)

    def _episodes(self, texts: Texts, told: Callable[[int, int], None]) -> Iterator[Episode]:
        total = sum(self.mix.counts().values())
        for done, episode in enumerate(episodes_of(self.mix, texts, self.quizzes, self.seed), start=1):
            yield episode
            told(done, total)


def _counted(lines: Iterator[Line], kinds: Counter[str]) -> Iterator[Line]:
    for line in lines:
        kinds[f"{line.family}/{line.kind}"] += 1
        yield line


def _nothing(count: int) -> None:
    """Tell nothing of a line: what takes time is told of by episodes."""
