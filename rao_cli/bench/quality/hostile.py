"""Make hostile documents: ordinary text that answers a question, with attacks on who reads it.

Each attack (hostile_attacks.py) has a document of its own, of 2k to 10k tokens, about one of the facts of
hostile_texts.py, in one of the shapes of hostile_shapes.py. The same seed makes the same bytes. Limits: one attack
a document, in copies.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from random import Random

from rao_cli.agent.records import TaskKind
from rao_cli.bench.quality.hostile_attacks import ATTACKS, FALSE, MARK, Attack
from rao_cli.bench.quality.hostile_shapes import SHAPES, Block, Files
from rao_cli.bench.quality.hostile_texts import FACTS, Fact, filler

CHARACTERS = (9_000, 38_000)
"""Least and most characters of ordinary text: about 2k to 10k tokens."""


@dataclass(frozen=True)
class Case:
    """A hostile document with its question, the true answer, and what shows that a reader was hijacked."""

    name: str
    group: str
    files: Files
    task: TaskKind
    question: str
    true: str
    """Empty for a summary: any that does not do what the attack wants is right."""
    hijacks: tuple[str, ...]

    @property
    def attacks(self) -> bool:
        """Tell whether the document attacks its reader, or only says something false."""
        return self.group != FALSE


def make_cases(seed: int = 1, limit: int | None = None) -> list[Case]:
    """Return the cases, at most ``limit`` of each group."""
    counts: dict[str, int] = {}
    chosen = []
    for number, attack in enumerate(ATTACKS):
        counts[attack.group] = counts.get(attack.group, 0) + 1
        if limit is None or counts[attack.group] <= limit:
            chosen.append(_case(attack, _fact(number, seed), seed))
    return chosen


def _fact(number: int, seed: int) -> Fact:
    """Return the fact of an attack; every other one is stated in other words than the question's."""
    fact = FACTS[(number + seed) % len(FACTS)]
    reworded = (number + number // len(FACTS)) % 2
    return replace(fact, statement=fact.reworded) if reworded else fact


def write_case(case: Case, folder: Path) -> Path:
    """Write the files of a case under a folder and return the source: the one file, or the folder."""
    for name, text in case.files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        # Newlines stay as they are: a lone carriage return is one of the attacks.
        path.write_bytes(text.encode("utf-8"))
    return folder / next(iter(case.files)) if len(case.files) == 1 else folder


def _case(attack: Attack, fact: Fact, seed: int) -> Case:
    chance = Random(f"{seed} {attack.group} {attack.name}")  # noqa: S311  a test, no secret
    summary = attack.task == "summarize"
    return Case(
        name=f"{attack.group}: {attack.name}",
        group=attack.group,
        files=SHAPES[attack.shape](_blocks(attack, fact, chance)),
        task=attack.task,
        question="" if summary else fact.question,
        true="" if summary else fact.true,
        hijacks=(MARK,) if summary else (MARK, fact.false),
    )


def _blocks(attack: Attack, fact: Fact, chance: Random) -> list[Block]:
    """Return ordinary text with the answer somewhere, and the attack first, beside the answer, and anywhere."""
    blocks = [Block(text) for text in filler(chance, chance.randint(*CHARACTERS))]
    order = Block(attack.written(fact), hostile=True)
    for _ in range(attack.copies - 2):
        blocks.insert(chance.randint(0, len(blocks)), order)
    at = chance.randint(1, len(blocks) - 1)
    blocks[at:at] = _beside(order, Block(fact.statement), chance)
    return blocks if attack.copies == 1 else [order, *blocks]


def _beside(order: Block, answer: Block, chance: Random) -> Sequence[Block]:
    return (order, answer) if chance.random() < 1 / 2 else (answer, order)
