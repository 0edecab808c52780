"""Make prompts like those of agents: one protocol for all, a text of its own for each, one question.

Everything comes from a seed, so every contender reads the same words. No two seeds share more than the chat
template's first tokens: what one run left in a cache is of no use to the next. Limits: the sentences are made of
a few words, so that text is denser in tokens than real prose (about 1.5 tokens a word with SmolLM2).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random

from rao_cli.engine.base import Message, Request

ENDLESS = "root ::= [^\\x00] root\n"
"""A grammar that only forbids the end, so that an answer has exactly as many tokens as it may have."""

_QUESTION = "Question: Write a long list of all numbers from 1 to 500, like 1, 2, 3, 4, 5, 6"
"""What even a small model answers without wanting to end, so that a grammar need never overrule it."""

PROTOCOL_WORDS = 125
TEXT_WORDS = 165
TOKENS_A_WORD = 1.5
_PARAGRAPHS = 5
_PARAGRAPH_WORDS = 60

_NOUNS = ("harbour", "bridge", "council", "engine", "valley", "ledger", "garden", "museum", "railway", "letter")
_ADJECTIVES = ("old", "narrow", "northern", "wooden", "public", "distant", "small", "broken", "quiet", "famous")
_VERBS = ("opened", "replaced", "described", "crossed", "bought", "measured", "closed", "painted", "lost", "moved")
_NAMES = ("Anna Weber", "Jonas Lind", "Maria Costa", "Peter Novak", "Elsa Berg", "Tom Archer", "Ruth Klein")


@dataclass(frozen=True, slots=True)
class Tree:
    """The prompts of agents that share a protocol."""

    protocol: str
    texts: tuple[str, ...]
    question: str

    @property
    def prompts(self) -> tuple[tuple[Message, ...], ...]:
        """Return the messages of each agent."""
        system = Message("system", (self.protocol,))
        return tuple((system, Message("user", (text, f"\n{self.question}"))) for text in self.texts)

    def requests(self, tokens: int, *, endless: bool = True) -> list[Request]:
        """Return each agent's request for an answer of exactly so many tokens, or at most so many."""
        grammar = ENDLESS if endless else ""
        return [Request(prompt, max_tokens=tokens, grammar=grammar) for prompt in self.prompts]


def make_tree(agents: int, seed: int, *, words: int = TEXT_WORDS) -> Tree:
    """Return the prompts of so many agents, each with a text of so many words."""
    random = Random(seed)  # noqa: S311 - for variety, not for secrecy
    protocol = f"Protocol {seed}. You read a part of a text and report on it. {prose(random, PROTOCOL_WORDS)}"
    texts = tuple(prose(random, words) for _ in range(agents))
    return Tree(protocol, texts, _QUESTION)


def write_report(path: Path, tokens: int, seed: int) -> Path:
    """Write a text of about so many tokens, in chapters of paragraphs, and return where it is."""
    random = Random(seed)  # noqa: S311 - for variety, not for secrecy
    left, chapter = round(tokens / TOKENS_A_WORD), 0
    lines: list[str] = []
    while left > 0:
        chapter += 1
        lines += [f"# Chapter {chapter}", *(prose(random, _PARAGRAPH_WORDS) for _ in range(_PARAGRAPHS))]
        left -= _PARAGRAPHS * _PARAGRAPH_WORDS
    path.write_text("\n\n".join(lines) + "\n", "utf-8")
    return path


def prose(random: Random, words: int) -> str:
    """Return sentences of at least so many words together."""
    sentences: list[str] = []
    count = 0
    while count < words:
        sentences.append(_sentence(random))
        count += len(sentences[-1].split())
    return " ".join(sentences)


def _sentence(random: Random) -> str:
    name, verb, year = random.choice(_NAMES), random.choice(_VERBS), random.randrange(1700, 2020)
    first, second = _thing(random, _NOUNS), _thing(random, _NOUNS)
    return f"In {year} {name} {verb} the {first} near the {second}."


def _thing(random: Random, nouns: Sequence[str]) -> str:
    return f"{random.choice(_ADJECTIVES)} {random.choice(nouns)}"
