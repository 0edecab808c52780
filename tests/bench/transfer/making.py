"""Make questions on small manuals, a model that reads them well, and workers, for the tests."""

import asyncio
import re
from collections.abc import Sequence

from rao_cli.agent.preparing import Settings
from rao_cli.bench.transfer.cells import CELLS, Tasks
from rao_cli.bench.transfer.ledger import Key, Ledger, Outcome
from rao_cli.bench.transfer.working import Worker
from rao_cli.documents.model import Span
from rao_cli.engine.base import Request
from rao_cli.engine.scripted import ScriptedEngine
from rao_cli.strategies.costs import Spent
from rao_cli.training.episodes import Episode
from tests.agent.helpers import ABSENT, answer, handoff_of, view_of
from tests.strategies.lessons import COLOURS, PLACES, asking, manual

SETTINGS = Settings(1024, 150, "rules", 64, computes=False)
SAID = re.compile(r"gate of the (\w+) is painted (\w+)")


def reads(request: Request) -> str | tuple[str, float]:
    """Say the colour of the gate that is asked for, where it stands; elsewhere absent."""
    for line in view_of(request).splitlines():
        said = SAID.search(line)
        if said and said[1] in handoff_of(request):
            number = re.search(r"\[(\d+)\](?!.*\[\d)", view_of(request).partition(line)[0] + line, re.DOTALL)
            return (answer(said[2], int(number[1])) if number else said[2]), -0.05
    return ABSENT


def reads_wrong(request: Request) -> str | tuple[str, float]:
    """Say a colour that is none, surely, whatever stands there."""
    number = re.search(r"^\[(\d+)\]", view_of(request), re.MULTILINE)
    return (answer("plaid", int(number[1])), -0.05) if number else ABSENT


def episode(number: int = 0, *, answered: bool = True, at: int | None = None, parts: int = 10) -> Episode:
    """Return a question on a manual of its own."""
    place, colour = PLACES[number % len(PLACES)], COLOURS[number % len(COLOURS)]
    asked_for = place if answered else "abbey"
    text = manual(at=number % parts if at is None else at, parts=parts, place=place, colour=colour)
    start = text.index(f"painted {colour}") + len("painted ")
    evidence = (Span(start, start + len(colour)),) if answered else ()
    answers = (colour,) if answered else ()
    return Episode(f"e{number}", "manuals", text, asking(asked_for), answers, evidence)


def tasks(train: int = 6, valid: int = 2, test: int = 3, cell: str = "lookup-text") -> Tasks:
    """Return a cell whose questions are on manuals."""
    made = [episode(n) for n in range(train + valid + test)]
    parts = {"train": made[:train], "valid": made[train : train + valid], "test": made[train + valid :]}
    return Tasks(CELLS[cell], 500, {name: tuple(some) for name, some in parts.items()})


def worker(
    respond=reads, ledger: Ledger | None = None, identity: str = "scripted", settings: Settings = SETTINGS
) -> Worker:
    """Return a scripted model at work."""
    return Worker(ScriptedEngine(respond, identity=identity), settings, ledger or Ledger(None), asyncio.run)


def outcome(number: int = 0, way: str = "default", *, right: bool = True, tokens: int = 100, **more) -> Outcome:
    """Return an outcome of a question, of a text of its own unless said otherwise."""
    key = Key(task=f"t{number}", way=way, model="m")
    made = {"key": key, "source": f"s{number}", "absent": False, "right": right, "spent": spent(tokens)}
    return Outcome.model_validate({**made, **more})


def outcomes(rights: Sequence[int], way: str = "default", tokens: int = 100) -> tuple[Outcome, ...]:
    """Return outcomes of questions, those right that are not 0."""
    return tuple(outcome(n, way, right=bool(right), tokens=tokens) for n, right in enumerate(rights))


def spent(tokens: int) -> Spent:
    """Return a cost of so many tokens."""
    return Spent(prompt_tokens=tokens, output_tokens=0, pairs=tokens)
