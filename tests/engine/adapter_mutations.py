"""Load adapters with random damage, as long as the check passes them: run as a program, by test_adapters.py.

    python -m tests.engine.adapter_mutations FOLDER COUNT

Prints how many were refused by the check, refused by llama.cpp, and computed with. A damage that ends the process
shows in its exit status.
"""

import random
import sys
from pathlib import Path

from rao_cli.engine.adapters import Adapter, LoadedAdapters
from rao_cli.engine.context import Context, Row
from rao_cli.engine.fit import Fit
from rao_cli.engine.native import Model
from rao_cli.errors import ModelError
from rao_cli.models.adapters import read_adapter
from tests.engine.tiny import write_tiny
from tests.loras import write_lora

HEADER = 1100  # bytes, about: what is written before the weights


def mutated(data: bytes, chance: random.Random) -> bytes:
    """Return data with one to three places of its header overwritten, with random or telling bytes."""
    changed = bytearray(data)
    for _ in range(chance.randint(1, 3)):
        place = chance.randrange(4, HEADER)
        width = chance.choice((1, 1, 1, 4, 8))
        value = chance.choice((b"\0" * width, b"\xff" * width, chance.randbytes(width)))
        changed[place : place + width] = value
    return bytes(changed)


def compute(base: Path, adapter: Path) -> str:
    """Check, load and use an adapter; return how far it came."""
    try:
        read_adapter(adapter, base)
    except ModelError:
        return "checked"
    model = Model(base)
    try:
        loaded = LoadedAdapters(model, (Adapter(adapter),))
        context = Context(model, Fit(threads=1), cells=64, sequences=1, adapters=loaded)
        context.decode([Row(5, 0, 0, logits=True), Row(6, 1, 0, logits=True)])
        context.close()
    except ModelError:
        return "refused"
    finally:
        model.close()
    return "computed"


def main(folder: Path, count: int) -> None:
    """Try so many mutations and print the outcomes."""
    base = write_tiny(folder / "base.gguf")
    sound = write_lora(folder / "sound.gguf", base).read_bytes()
    chance, seen = random.Random(count), dict.fromkeys(("checked", "refused", "computed"), 0)
    for _ in range(count):
        (folder / "mutated.gguf").write_bytes(mutated(sound, chance))
        seen[compute(base, folder / "mutated.gguf")] += 1
    sys.stdout.write(" ".join(f"{name} {times}" for name, times in seen.items()) + "\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
