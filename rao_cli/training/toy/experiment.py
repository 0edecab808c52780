"""Two of the paper's claims at small scale: chains longer than those trained on, and how much it takes to learn.

    python -m rao_cli.training.toy --seed 1 >> rows.jsonl

A tiny network is shown how both arms work, on chains of one and two facts, and both are asked about such now and
then. From the first check at which recursion is right in a fair share of them, policies practise on them with RAO,
each from the same weights; before and after they are asked about longer ones too. Limits: the product's code takes
a question apart, so a chain is, for recursion, so many questions on one fact each; a single agent must answer it
at once. No grammar keeps a tiny policy to the form of what it writes.
"""

import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from rao_cli.training.credit import CreditSettings
from rao_cli.training.environments.toy import Toy, toy_words
from rao_cli.training.rl import Optimised, RlSettings, optimise
from rao_cli.training.tiny import Shape, TinyNetwork
from rao_cli.training.toy.asking import LIMITS, Asked, Practice, ask, questions
from rao_cli.training.toy.lessons import ABSENT, CAPACITY, CHAINS, FACTS, WINDOWS, Lessons, learn, lessons
from rao_cli.training.words import Words

ASKED = (1, 2, 3, 4)
"""Facts of the chains that are asked about."""
PRACTISED = Toy(FACTS, CHAINS, ABSENT, questions=2)
Row = dict[str, str | int | float]
Told = Callable[[Row], None]


@dataclass(frozen=True)
class Way:
    """A way to practise: who acts, and how it is rewarded."""

    arm: str
    credit: CreditSettings = field(default_factory=CreditSettings)


WAYS = {
    "recursion": Way("recursion"),
    "single": Way("single"),
    "sparse": Way("recursion", CreditSettings(sparse=True)),
    "no-depth-weight": Way("recursion", CreditSettings(depth_weighting=False)),
    "no-bonus": Way("recursion", CreditSettings(bonus=0.0)),
}


@dataclass(frozen=True)
class Experiment:
    """One run: what is shown, and the ways to practise after it."""

    seed: int = 1
    ways: Sequence[str] = ("recursion", "single")
    lessons: Lessons = field(default_factory=Lessons)
    width: int = 96
    every: int = 250
    """Demonstrations between checks."""
    check: int = 12
    """Questions on each length of trained chains in a check."""
    least: float = 0.3
    """Share of the trained chains that recursion is right in when practice begins."""
    final: int = 48
    """Questions on each length of chains when all was shown, and before and after practice."""
    steps: int = 40
    prompts: int = 4
    attempts: int = 6
    rate: float = 1e-3


def run(experiment: Experiment, told: Told) -> None:
    """Show, ask, practise, and ask again; tell each row as soon as it was measured."""
    words = toy_words()
    network = TinyNetwork(Shape(words.size, experiment.width), experiment.seed)
    work = _Work(experiment, told, words, network)
    with tempfile.TemporaryDirectory() as folder:
        base = Path(folder) / "base.safetensors"
        work.show(base)
        for name in experiment.ways:
            network.load(base)
            work.practise(name)


@dataclass(frozen=True)
class _Work:
    experiment: Experiment
    told: Told
    words: Words
    network: TinyNetwork

    def show(self, base: Path) -> None:
        """Learn all lessons; what the network is when recursion begins to work, or at the end, is kept."""
        asked = self.experiment
        due, done = asked.every, 0
        for done in learn(self.network, lessons(self.words, asked.seed, asked.lessons), asked.lessons):
            if done < due:
                continue
            due += asked.every
            recursion = self._check(done, CHAINS, asked.check)
            if not base.exists() and recursion >= asked.least:
                self.network.save(base)
                self.told({"kind": "base", "shown": done})
        if not base.exists():
            self.network.save(base)
        self._check(done, ASKED, asked.final)

    def _check(self, shown: int, chains: Sequence[int], count: int) -> float:
        """Ask both arms; return the share that recursion is right in."""
        rows = {arm: self.ask(arm, chains, count) for arm in WINDOWS}
        for row in (*rows["recursion"], *rows["single"]):
            self.told({"kind": "shown", "shown": shown, **row})
        return sum(float(row["right"]) for row in rows["recursion"]) / (len(chains) * count)

    def practise(self, name: str) -> None:
        """Practise in one way, and ask before and after."""
        way, asked = WAYS[name], self.experiment
        practice = Practice(self.network, self.words, way.arm)
        settings = RlSettings(
            steps=asked.steps,
            prompts=asked.prompts,
            attempts=asked.attempts,
            rate=asked.rate,
            capacity=CAPACITY,
            seed=asked.seed,
            credit=way.credit,
            limits=LIMITS[way.arm],
        )

        def stepped(step: Optimised) -> None:
            counts = {"trees": practice.trees, "agents": practice.agents, "tokens": practice.tokens}
            self.told({"kind": "step", "way": name, "step": step.step, "success": step.success, **counts})

        self._tell("before", name)
        with tempfile.TemporaryDirectory() as folder:
            optimise(self.network, PRACTISED, practice, settings, Path(folder), stepped)
        practice.close()
        self._tell("after", name)

    def _tell(self, kind: str, name: str) -> None:
        for row in self.ask(WAYS[name].arm, ASKED, self.experiment.final):
            self.told({"kind": kind, "way": name, **row})

    def ask(self, arm: str, chains: Sequence[int], count: int) -> list[Row]:
        """Ask so many questions on each length of chains; return what became of them."""
        seed = self.experiment.seed
        asked = {chain: questions(chain, seed, count) for chain in chains}
        return [_row(arm, chain, ask(self.network, self.words, arm, some)) for chain, some in asked.items()]


def _row(arm: str, chain: int, found: Sequence[Asked]) -> Row:
    """Return counts, and agents and tokens a question."""
    return {
        "arm": arm,
        "chain": chain,
        "asked": len(found),
        "right": sum(one.right for one in found),
        "cited": sum(one.cited for one in found),
        "agents": sum(one.agents for one in found) / len(found),
        "tokens": sum(one.tokens for one in found) / len(found),
    }
