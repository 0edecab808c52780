"""The graphics cards of a machine, whether or not the installed llama.cpp can use them.

Only files of the kernel below a root folder are read: they need no vendor's program, which might be any file of
that name on the PATH, they answer at once, and tests can make them up. Limits: Linux; the cards of NVIDIA and AMD,
and of Apple's own chips; a card that a container was not given is seen when its bus is.
"""

import re
from dataclasses import dataclass
from pathlib import Path

from rao_cli.engine.cores import read_text
from rao_cli.text import one_line

_NVIDIA, _AMD = "0x10de", "0x1002"
_DISPLAY = "0x03"
_WINDOWS_CUDA = "usr/lib/wsl/lib/libcuda.so.1"
_MOST = 64


@dataclass(frozen=True, slots=True)
class GraphicsCard:
    """One graphics card."""

    vendor: str
    """``NVIDIA``, ``AMD`` or ``Apple``."""
    name: str
    """What its driver calls it, or the vendor's name where no driver tells."""
    driver: bool
    """Whether a driver is there that programs could compute with."""


def cards(root: Path) -> tuple[GraphicsCard, ...]:
    """Return the graphics cards that the files of a Linux kernel show."""
    return _nvidia(root) + _amd(root)


def _nvidia(root: Path) -> tuple[GraphicsCard, ...]:
    named = [_model(path / "information") for path in _entries(root / "proc/driver/nvidia/gpus")]
    devices = [path for path in _entries(root / "dev") if re.fullmatch(r"nvidia\d+", path.name)]
    if not devices and (root / _WINDOWS_CUDA).exists() and (root / "dev/dxg").exists():
        return (GraphicsCard("NVIDIA", "NVIDIA", driver=True),)
    # A container may be given fewer cards than the driver knows.
    if devices:
        names = named[: len(devices)] + ["NVIDIA"] * (len(devices) - len(named))
        return tuple(GraphicsCard("NVIDIA", name, driver=True) for name in names)
    return tuple(
        GraphicsCard("NVIDIA", "NVIDIA", driver=False) for _ in range(_on_bus(root, _NVIDIA) or len(named))
    )


def _amd(root: Path) -> tuple[GraphicsCard, ...]:
    driver = (root / "dev/kfd").exists() or any((root / "dev/dri").glob("renderD*"))
    return tuple(GraphicsCard("AMD", "AMD", driver) for _ in range(_on_bus(root, _AMD)))


def _on_bus(root: Path, vendor: str) -> int:
    return sum(
        read_text(path / "vendor").strip() == vendor and read_text(path / "class").startswith(_DISPLAY)
        for path in _entries(root / "sys/bus/pci/devices")
    )


def _model(path: Path) -> str:
    found = re.search(r"^Model:\s*(\S.*)$", read_text(path), re.MULTILINE)
    return one_line(found[1], 60) if found else "NVIDIA"


def _entries(folder: Path) -> list[Path]:
    try:
        return sorted(folder.iterdir())[: _MOST * 16]
    except OSError:
        return []
