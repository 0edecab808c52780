"""Run the product's runner with the teacher over episodes, and keep what it shows as samples of tokens.

Samples are one JSON object a line, so that a run can be looked at, mixed and resumed: see ``Line``.
"""

import asyncio
import json
import random
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from rao_cli.agent.chaining import PartsFirst
from rao_cli.agent.policies import trained_policy
from rao_cli.agent.policy import Policy
from rao_cli.agent.preparing import Prepared, Settings, prepare
from rao_cli.agent.records import Limits, Task
from rao_cli.agent.run import run_task
from rao_cli.engine.base import Completion, Message, OnProgress, Request
from rao_cli.errors import ModelError
from rao_cli.text import one_line
from rao_cli.training.actors import read_episode
from rao_cli.training.alone import best_passages
from rao_cli.training.episodes import Episode
from rao_cli.training.rollouts import Tokenizer
from rao_cli.training.samples import Sample
from rao_cli.training.teacher import Demonstration, Teacher


class Turns(Tokenizer, Protocol):
    """What splits prompts and actions into tokens, and ends a turn."""

    def end(self) -> int:
        """Return the token that ends a turn."""
        ...


@dataclass(frozen=True)
class Line:
    """A sample with what it is of, as it is kept in a file."""

    family: str
    kind: str
    sample: Sample

    def to_json(self) -> str:
        """Write the line."""
        sample = self.sample
        told = [self.family, self.kind, sample.prompt, sample.options, sample.chosen]
        return json.dumps(told, separators=(",", ":"))

    @classmethod
    def from_json(cls, text: str) -> "Line":
        """Read the line. Raises ValueError for one that is none."""
        try:
            family, kind, prompt, options, chosen = json.loads(text)
            sample = Sample(tuple(prompt), tuple(map(tuple, options)), range(len(options))[chosen], ())
        except (TypeError, IndexError) as error:
            raise ValueError(f"no demonstration: {one_line(text, 80)}") from error
        return cls(family, kind, sample)


class Counting:
    """An engine that only counts: a teacher asks no model."""

    identity = "counting"

    def __init__(self, tokens: Turns, window: int) -> None:
        self._tokens, self.window = tokens, window

    async def generate(
        self,
        request: Request,  # noqa: ARG002
        on_progress: OnProgress | None = None,  # noqa: ARG002
    ) -> Completion:
        """Refuse: there is no model here."""
        raise ModelError("a teacher asked for a completion")

    def count_tokens(self, text: str) -> int:
        """Count the tokens of text."""
        return len(self._tokens.text(text))

    def count_prompt(self, messages: tuple[Message, ...]) -> int:
        """Count the tokens of a whole prompt."""
        return len(self._tokens.prompt(messages))

    def close(self) -> None:
        """Do nothing: the vocabulary is another's."""


@dataclass(frozen=True)
class Shown:
    """What is kept of what the teacher shows, and how documents are divided."""

    views: tuple[int, ...] = (112, 128, 128, 160, 200)
    """Sizes of leaf views, in tokens, that documents are packed into by turns."""
    window: int = 2048
    outlines: float = 0.3
    """Share of the choices at outlines that is kept: one costs as much as three at texts."""
    absent: float = 0.55
    """Share of the texts without the answer that is kept."""
    most_wrong: int = 3
    """Answers that are offered beside absent, where absent is right."""
    alone: bool = False
    """Whether a single agent is shown, on what search ranks best, instead of a tree of them."""


class Demonstrator:
    """Show how episodes are worked on ideally, and keep it as lines."""

    def __init__(self, tokens: Turns, kept: Shown, seed: int) -> None:
        self._tokens, self._kept = tokens, kept
        self._chance = random.Random(seed)  # noqa: S311 - nothing secret
        self._counting = Counting(tokens, kept.window)
        self._last: tuple[str, Prepared] | None = None

    def lines(self, episodes: Iterable[Episode]) -> Iterator[Line]:
        """Yield what is kept of what the teacher shows."""
        shares = {"delegate": self._kept.outlines, "absent": self._kept.absent}
        for episode in episodes:
            shown: list[Demonstration] = []
            prepared = self._prepared(episode)
            teacher = PartsFirst(Teacher(trained_policy(prepared), episode, self._chance, shown.append))
            asyncio.run(self._worked(episode, prepared, teacher))
            for one in shown:
                if self._chance.random() < shares.get(one.kind, 1.0):
                    yield Line(episode.family, one.kind, self.sample(one))

    async def _worked(self, episode: Episode, prepared: Prepared, teacher: Policy) -> None:
        """Let the teacher work on an episode, alone or as the root of a tree."""
        alone = self._kept.alone
        await run_task(
            Task(question=episode.question),
            prepared,
            limits=Limits(depth=0) if alone else Limits(),
            emit=_drop,
            policy=teacher,
            sections=best_passages(prepared, episode.question) if alone else (),
        )

    def sample(self, shown: Demonstration) -> Sample:
        """Return a demonstration in tokens; a written action ends the model's turn."""
        options = [self._tokens.text(option) for option in self._offered(shown)]
        ideal = len(options) - 1 if shown.kind == "absent" else shown.ideal
        if len(options) == 1:
            options[0].append(self._tokens.end())
        return Sample(tuple(self._tokens.prompt(shown.request.messages)), tuple(map(tuple, options)), ideal, ())

    def _offered(self, shown: Demonstration) -> tuple[str, ...]:
        """Return the actions on offer; where absent is right, it comes last, after a few of the others."""
        if shown.kind != "absent":
            return shown.options
        others = [option for option in shown.options if option != shown.options[shown.ideal]]
        wrong = self._chance.sample(others, min(len(others), self._kept.most_wrong))
        return (*wrong, shown.options[shown.ideal])

    def _prepared(self, episode: Episode) -> Prepared:
        if not self._last or self._last[0] != episode.text:
            settings = Settings(
                window=self._kept.window,
                view_tokens=self._chance.choice(self._kept.views),
                delegation="model",
                output_tokens=64,
                computes=False,
                answers="chosen",
            )
            self._last = episode.text, prepare(read_episode(episode), self._counting, settings)
        return self._last[1]


def write_lines(lines: Iterable[Line], path: Path, progress: Callable[[int], None]) -> int:
    """Write lines to a file; return how many."""
    count = 0
    with path.open("w", encoding="utf-8") as file:
        for count, line in enumerate(lines, start=1):
            file.write(line.to_json() + "\n")
            progress(count)
    return count


def read_lines(path: Path) -> Iterator[Line]:
    """Yield the lines of a file. Raises ValueError for one that is none."""
    with path.open(encoding="utf-8") as file:
        for line in file:
            yield Line.from_json(line)


def _drop(event: object) -> None:
    """Keep nothing of an event."""
