"""Code: sources of installed packages, and questions on what they say for certain.

A text is one file, or several files of one package, each under its path; of a file that is too large some
statements that stand together are taken. What is asked has one answer in the text. A question without an answer is
on another file of the package, or on a parameter that no function of the text has.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import count
from math import exp, log
from random import Random

from rao_cli.documents.model import Span
from rao_cli.errors import InputError
from rao_cli.training.environments.code_facts import NEAR, CodeFact, read_code
from rao_cli.training.environments.code_sources import Package, Source, installed
from rao_cli.training.environments.invented import chance_of, read_data
from rao_cli.training.environments.statements import CHARACTERS, ROOM
from rao_cli.training.episodes import Episode

HEADERS = ("==> {} <==\n", "# {}\n", "File: {}\n\n", "--- {} ---\n")
"""What stands above each of several files."""
TO_WHOLE = frozenset({"caller", "described", "owner", "imported"})
"""Facts that the text from their place on tells, not the place alone."""
WEIGHTS = {"default": 4, "constant": 4, "file": 3, "purpose": 2, "described": 2, "raised": 2, "caller": 2}
"""How often a sort of question is drawn where there are others; those not named count one."""
MOST = 20
"""Files up to which a package is drawn the oftener the more it has."""
PATIENCE = 200
"""Draws in a row that may come to nothing."""


@dataclass(frozen=True)
class Question:
    """What is asked of a text, a sort and the names in it, with the answers and their places, if there are any."""

    asked: str
    name: str
    other: str
    answers: tuple[str, ...] = ()
    places: tuple[Span, ...] = ()


@dataclass(frozen=True)
class Joined:
    """Sources joined to one text, whether each has its path above it, and what can be asked."""

    text: str
    headed: bool
    questions: tuple[Question, ...]


@dataclass(frozen=True)
class Code:
    """Episodes on the sources of ``packages``, of all that are installed if none are given.

    Texts have ``smallest`` to ``largest`` tokens, and up to ``questions`` questions, one after the other;
    ``absent`` is the share without an answer. Packages named in ``left_out`` are not used.
    """

    packages: Sequence[Package] = ()
    smallest: int = 300
    largest: int = 16_000
    absent: float = 0.25
    questions: int = 4
    left_out: frozenset[str] = field(default=frozenset({"rao-cli"}))

    @cached_property
    def known(self) -> list[Package]:
        """Return the packages that are used."""
        return [one for one in self.packages or installed() if one.name not in self.left_out]

    def episodes(self, seed: int) -> Iterator[Episode]:
        """Yield episodes without end, the same for the same seed and packages; InputError without sources."""
        empty = 0
        for number in count():
            made = self._draw(f"code-{seed}-{number}", chance_of("code", seed, number)) if self.known else []
            yield from made
            empty = 0 if made else empty + 1
            if empty > PATIENCE:
                raise InputError("no installed package has sources to ask about", hint="install more packages")

    def _draw(self, name: str, chance: Random) -> list[Episode]:
        size = int(exp(chance.uniform(log(self.smallest), log(self.largest))))
        (package,) = chance.choices(self.known, [min(MOST, len(one.paths)) for one in self.known])
        paths = iter(chance.sample(package.paths, len(package.paths)))
        joined = _joined(package, paths, size * CHARACTERS, chance)
        wanted = chance.randint(1, max(1, min(self.questions, size // ROOM)))
        absent = [chance.random() < self.absent for _ in range(wanted)]
        others = (source for path in (paths if any(absent) else ()) if (source := package.read(path)))
        elsewhere = [fact for source, _ in zip(others, range(2), strict=False) for fact in _facts(source)]
        drawn = (_missing(joined, elsewhere, chance) if no else _one(joined.questions, chance) for no in absent)
        distinct = dict.fromkeys(asked for asked in drawn if asked)
        return [_episode(f"{name}-{n}", package.name, joined, one, chance) for n, one in enumerate(distinct)]


def _joined(package: Package, paths: Iterator[str], length: int, chance: Random) -> Joined:
    """Join sources of about a length in all: one alone, or several under their paths."""
    header = chance.choice(HEADERS) if chance.random() < 0.6 else ""
    text, facts = "", list[CodeFact]()
    for source in (source for path in paths if (source := package.read(path)) and read_code(source.text)):
        piece, known = _part(source, length - len(text), chance)
        head = header.format(source.path)
        facts += [replace(fact, place=_moved(fact.place, len(text) + len(head))) for fact in known]
        facts += _in_file(source, piece, head, len(text)) if head else ()
        text += f"{head}{piece.rstrip()}\n\n"
        if not head or len(text) > 0.8 * length:
            break
    return Joined(text, bool(header), tuple(_questions(facts, text)))


def _part(source: Source, length: int, chance: Random) -> tuple[str, list[CodeFact]]:
    """Return some statements of a source that stand together, of a length, with the facts that they tell."""
    code = read_code(source.text)
    start = 0 if code is None or len(source.text) <= length else chance.choice((0, *code.starts))
    end = min(len(source.text), start + max(length, ROOM))
    end = end if end == len(source.text) else max(source.text.rfind("\n", start, end), start) + 1
    told = [fact for fact in code.facts if _tells(fact, Span(start, end), len(source.text))] if code else []
    return source.text[start:end], [replace(fact, place=_moved(fact.place, -start)) for fact in told]


def _facts(source: Source) -> tuple[CodeFact, ...]:
    code = read_code(source.text)
    return code.facts if code else ()


def _tells(fact: CodeFact, part: Span, length: int) -> bool:
    reach = NEAR if fact.asked in TO_WHOLE else 0
    return part.start <= fact.place.start and min(length, fact.place.end + reach) <= part.end


def _moved(place: Span, by: int) -> Span:
    return Span(place.start + by, place.end + by)


def _in_file(source: Source, piece: str, head: str, start: int) -> list[CodeFact]:
    """Return that the names defined soon after a header are defined in that file."""
    at = start + head.index(source.path)
    place = Span(at, at + len(source.path))
    names = re.findall(r"^(?:async def|def|class) (\w+)", piece[:NEAR], re.MULTILINE)
    return [CodeFact("file", name, "", source.path, place) for name in names]


def _questions(facts: Sequence[CodeFact], text: str) -> list[Question]:
    """Return what has one answer; a method is told by its name alone where no other has that name."""
    full: dict[str, set[str]] = {}
    groups: dict[tuple[str, str, str], list[CodeFact]] = {}
    for fact in facts:
        full.setdefault(_bare(fact.name), set()).update([fact.name] if fact.asked != "owner" else [])
    for fact in facts:
        shared = _bare(fact.name).startswith("__") or len(full[_bare(fact.name)]) > 1
        name = fact.name if shared else _bare(fact.name)
        groups.setdefault((fact.asked, name, fact.other), []).append(replace(fact, name=name))
    return [_question(group) for group in groups.values() if _certain(group, text)]


def _bare(name: str) -> str:
    return name.rpartition(".")[2]


def _certain(group: Sequence[CodeFact], text: str) -> bool:
    fact = group[0]
    if len({fact.answer for fact in group}) > 1 or fact.answer == fact.name:
        return False
    defined = len(re.findall(rf"\b(?:def|class) {re.escape(fact.name)}\b", text))
    called = len(re.findall(rf"\b{re.escape(fact.name)}\(", text))
    return defined == 1 if fact.asked in {"file", "owner"} else fact.asked != "caller" or called - defined <= 1


def _question(group: Sequence[CodeFact]) -> Question:
    fact = group[0]
    answers = [fact.answer, fact.answer.rpartition("/")[2]] if fact.asked == "file" else [fact.answer]
    answers += [fact.answer[1:-1]] if fact.answer[:1] in "'\"" and len(fact.answer) > 2 else []
    places = dict.fromkeys(one.place for one in group)
    return Question(fact.asked, fact.name, fact.other, tuple(dict.fromkeys(answers)), tuple(places))


def _one(questions: Sequence[Question], chance: Random) -> Question | None:
    """Draw a question, its sort first."""
    sorts = sorted({question.asked for question in questions})
    if not sorts:
        return None
    (sort,) = chance.choices(sorts, [WEIGHTS.get(sort, 1) for sort in sorts])
    return chance.choice([question for question in questions if question.asked == sort])


def _missing(joined: Joined, elsewhere: Sequence[CodeFact], chance: Random) -> Question | None:
    """Draw a question that the text does not answer: on a name of another file, or on a parameter it lacks."""
    held = set(re.findall(r"\w+", joined.text))
    foreign = [fact for fact in elsewhere if held.isdisjoint(fact.name.split("."))]
    gone = [Question(fact.asked, fact.name, fact.other) for fact in foreign]
    others = sorted({fact.other for fact in elsewhere if fact.asked == "default"} - held)
    owners = [one for one in joined.questions if one.asked == "default"]
    if owners and others and chance.random() < 0.3:
        return replace(chance.choice(owners), other=chance.choice(others), answers=(), places=())
    return _one(gone, chance)


def _episode(name: str, package: str, joined: Joined, asked: Question, chance: Random) -> Episode:
    words = str(chance.choice(read_data("code.toml")[asked.asked])).format(name=asked.name, other=asked.other)
    question = f"In the package {package}: {words}" if chance.random() < 0.2 else words
    suffix = ".txt" if joined.headed else ".py"
    return Episode(name, "code", joined.text, question, asked.answers, asked.places, suffix=suffix)
