"""What the generators of tests share: sizes by name, and the folder of tasks with its sources.

The folder then holds ``tasks.jsonl``, as ``rao bench quality`` takes it, and ``sources/``. Nothing that exists is
overwritten, and the same seed and input give the same bytes.
"""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from rao_cli.errors import RaoError, UsageError
from rao_cli.text import one_line

CHARACTERS_A_TOKEN = 4
"""By which tasks estimate tokens."""
LENGTHS = {"8k": 8_000, "32k": 32_000, "128k": 128_000, "512k": 512_000}
"""Tokens of a made source by the name of its size."""


@dataclass(frozen=True, slots=True)
class Source:
    """A made source and the questions on it; each holds the fields that tell it from the others."""

    name: str
    text: str
    questions: Sequence[dict[str, Any]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is to be made: so many questions, spread evenly over the sizes."""

    count: int
    sizes: tuple[str, ...]
    seed: int


def sizes_of(named: str) -> tuple[str, ...]:
    """Return the sizes of a list, each once. Raises UsageError for one that is not known, and for none."""
    sizes = tuple(dict.fromkeys(filter(None, (size.strip() for size in named.split(",")))))
    unknown = next((size for size in sizes if size not in LENGTHS), None)
    if unknown or not sizes:
        what = f"--sizes does not know {one_line(unknown, 40)}" if unknown else "--sizes names no size"
        raise UsageError(what, hint=f"known are {','.join(LENGTHS)}")
    return sizes


def shares(count: int, parts: int) -> list[int]:
    """Cut a number into parts that differ by one at most."""
    return [count // parts + (number < count % parts) for number in range(parts)]


def write_tasks(folder: Path, family: str, licence: str, sources: Iterable[Source]) -> int:
    """Write sources and their tasks into a folder; return how many tasks. Raises UsageError and RaoError."""
    if (folder / "tasks.jsonl").exists() or (folder / "sources").exists():
        raise UsageError(
            f"{one_line(str(folder))} holds tasks or sources already", hint="name another folder with --out"
        )
    lines: list[str] = []
    try:
        (folder / "sources").mkdir(parents=True)
        for source in sources:
            name = f"sources/{source.name}.txt"
            with (folder / name).open("w", encoding="utf-8", newline="") as file:
                file.write(source.text)
            lines += [_line(family, licence, name, source, number) for number in range(len(source.questions))]
        (folder / "tasks.jsonl").write_text("".join(lines), encoding="utf-8")
    except OSError as error:
        raise RaoError(
            f"cannot write {one_line(str(folder))}: {error.strerror}", hint="name another folder with --out"
        ) from error
    return len(lines)


def _line(family: str, licence: str, path: str, source: Source, number: int) -> str:
    fields = {
        "id": f"{family}-{source.name}-{number + 1}",
        "family": family,
        "source": path,
        "context_tokens_est": len(source.text) // CHARACTERS_A_TOKEN,
        "licence": licence,
        **source.questions[number],
    }
    return json.dumps(fields, ensure_ascii=False) + "\n"
