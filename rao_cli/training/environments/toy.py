"""Toy texts: who is whose teacher, boss, owner or captain, among people who only meet; for a tiny policy.

Every sentence is made of a few dozen words, so that a network made from scratch can learn to read them. Questions
are on one fact or follow a chain of up to four, "Who is the boss of the teacher of Bako?", which the product takes
apart (agent/finding/hops.py). Where the text is not to answer, a fact is left out. One role of one person has one
holder, so no two facts contradict.
"""

import random
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count

from rao_cli.documents.model import Span
from rao_cli.training.episodes import Episode, Step
from rao_cli.training.words import Words, policy_words

ROLES = ("teacher", "boss", "owner", "captain")
_FIRST = ("Ba", "De", "Fi", "Go", "Ha", "Ju", "Ka", "Lo", "Mi", "Nu", "Pe", "Ra", "So", "Ti", "Vu", "Za")
_LAST = ("dan", "kel", "mor", "nix", "rit", "sum")
NAMES = tuple(first + last for first in _FIRST for last in _LAST)
_STATED = "The {} of {} is {}."
_MET = ("{0} met {1} in the {2}.", "{0} saw {1} near the {2}.")
_PLACES = ("garden", "harbour", "market", "forest", "tower", "valley")
_PARAGRAPH = 5
"""Sentences of a paragraph."""

Fact = tuple[str, str, str]
"""Role, person, and who holds that role for the person."""


def toy_words() -> Words:
    """Return the tokenizer of these texts and questions, and of what is said about them."""
    sentences = [sentence.format("A", "B", "C") for sentence in (*_MET, _STATED)]
    names = [" ".join(group) for group in (NAMES, ROLES, _PLACES)]
    return policy_words((*sentences, *names, "Who is the boss of A?\n\n"))


@dataclass(frozen=True)
class Toy:
    """Episodes of ``steps`` facts each (one of them, drawn anew) on texts of ``facts`` facts or a few less.

    ``absent`` is about the share without an answer: the last fact that the question needs is left out. Of the
    sentences, ``meetings`` is the share that states no fact. A text has up to ``questions`` questions, which come
    one after the other. Only the first ``names`` of the names occur.
    """

    facts: int = 24
    steps: tuple[int, ...] = (1,)
    absent: float = 0.2
    meetings: float = 0.2
    questions: int = 4
    names: int = len(NAMES)

    def episodes(self, seed: int) -> Iterator[Episode]:
        """Yield episodes without end, the same for the same seed."""
        chance = random.Random(f"toy {seed}")  # noqa: S311 - nothing secret
        return (one for number in count() for one in self._text(f"toy-{seed}-{number}", chance))

    def _text(self, name: str, chance: random.Random) -> Iterator[Episode]:
        people = chance.sample(NAMES[: self.names], min(self.names, max(6, self.facts // 2)))
        world = _world(people, self.facts, chance)
        offered = [_chains(world, chance.choice(self.steps)) for _ in range(self.questions)]
        chains = [chance.choice(some) for some in offered if some]
        needed = Counter(fact for chain in chains for fact in chain)
        left_out = {chain[-1] for chain in chains if chance.random() < self.absent and needed[chain[-1]] == 1}
        text, places = self._written([fact for fact in world if fact not in left_out], people, chance)
        for number, chain in enumerate(chains):
            yield _episode(f"{name}-{number}", text, places, chain)

    def _written(
        self, facts: list[Fact], people: list[str], chance: random.Random
    ) -> tuple[str, dict[Fact, Span]]:
        """Write facts among other sentences; return the text, and the place of each fact."""
        meetings = [None] * round(len(facts) * self.meetings / (1 - self.meetings))
        told: list[Fact | None] = [*facts, *meetings]
        chance.shuffle(told)
        places: dict[Fact, Span] = {}
        text = ""
        for number, fact in enumerate(told, start=1):
            sentence = _STATED.format(*fact) if fact else _meeting(people, chance)
            if fact:
                places[fact] = Span(len(text), len(text) + len(sentence))
            text += sentence + ("\n" if number % _PARAGRAPH else "\n\n")
        return text, places


def _world(people: list[str], count: int, chance: random.Random) -> list[Fact]:
    """Return facts, as many as there are different ones, none of which contradicts another."""
    roles = [(role, person) for role in ROLES for person in people]
    asked = chance.sample(roles, min(count, len(roles)))
    return [(role, person, chance.choice([one for one in people if one != person])) for role, person in asked]


def _chains(world: list[Fact], length: int) -> list[list[Fact]]:
    """Return all chains of facts each of which is on whom the one before names; nobody occurs twice in one."""
    chains = [[fact] for fact in world]
    for _ in range(length - 1):
        chains = [[*chain, fact] for chain in chains for fact in world if _follows(chain, fact)]
    return chains


def _follows(chain: list[Fact], fact: Fact) -> bool:
    return fact[1] == chain[-1][2] and fact[2] not in {chain[0][1], *(before[2] for before in chain)}


def _meeting(people: list[str], chance: random.Random) -> str:
    return chance.choice(_MET).format(*chance.sample(people, 2), chance.choice(_PLACES))


def _episode(name: str, text: str, places: dict[Fact, Span], chain: list[Fact]) -> Episode:
    """Return the episode of a chain; where its last fact was left out, the steps before it are all there are."""
    stated = [fact for fact in chain if fact in places]
    steps = tuple(Step(_question([fact]), fact[2], places[fact]) for fact in stated)
    family = f"toy-{len(chain)}"
    if len(stated) < len(chain):
        return Episode(name, family, text, _question(chain), (), (), steps)
    return Episode(name, family, text, _question(chain), (chain[-1][2],), (places[chain[-1]],), steps)


def _question(chain: list[Fact]) -> str:
    roles = " of ".join(f"the {role}" for role, _, _ in reversed(chain))
    return f"Who is {roles} of {chain[0][1]}?"
