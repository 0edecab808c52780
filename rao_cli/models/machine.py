"""What machine this is: processor, memory, graphics cards, and what the installed llama.cpp makes of them.

Facts come from the kernel's files below a root folder and from a ``Build``; both are arguments, so that tests can
give made-up machines. No program is run: ``nvidia-smi`` and its like would be looked up on the PATH. What cannot
be told is 0, empty or None, never an error. Limits: Linux and macOS.
"""

import hashlib
import os
import platform
import shlex
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from rao_cli.engine.build import Build, read_build
from rao_cli.engine.cores import (
    allowed_processors,
    available_cores,
    cpu_quota,
    memory_limit,
    read_text,
    sysctl,
)
from rao_cli.models.hardware import GraphicsCard, cards
from rao_cli.text import one_line

_X86 = {
    "avx2": "avx2",
    "fma": "fma",
    "f16c": "f16c",
    "bmi2": "bmi2",
    "avx_vnni": "avx_vnni",
    "avx512f": "avx512",
    "avx512vbmi": "avx512_vbmi",
    "avx512_vnni": "avx512_vnni",
    "avx512_bf16": "avx512_bf16",
    "amx_int8": "amx_int8",
}
_ARM = {
    "asimd": "neon",
    "asimddp": "dotprod",
    "i8mm": "matmul_int8",
    "asimdhp": "fp16_va",
    "sve": "sve",
    "sme": "sme",
}
_APPLE = {"FEAT_DotProd": "dotprod", "FEAT_I8MM": "matmul_int8", "FEAT_FP16": "fp16_va", "FEAT_SME": "sme"}
_SWITCHES = {"NVIDIA": "GGML_CUDA", "Apple": "GGML_METAL"}


@dataclass(frozen=True, slots=True)
class Host:
    """What the running Python tells of the system, beside the kernel's files."""

    system: str = sys.platform
    """``linux`` or ``darwin``."""
    architecture: str = field(default_factory=platform.machine)
    """``x86_64``, ``arm64``, ``aarch64``."""
    processors: tuple[int, ...] = field(default_factory=allowed_processors)
    """Numbers of the processors that this process may run on."""
    sysctl: Callable[[str], bytes] = sysctl
    """How macOS is asked for a fact."""


@dataclass(frozen=True, slots=True)
class Gpu:
    """A graphics card that the installed llama.cpp can compute on."""

    name: str
    """What its driver calls it."""
    total: int
    """Bytes of its memory."""
    free: int
    """Bytes of it that are free now."""
    backend: str
    """The part of llama.cpp that drives it: CUDA, Metal, Vulkan, ROCm."""


@dataclass(frozen=True, slots=True)
class Machine:
    """A machine as one process may use it."""

    cpu: str
    """Name of the processor's model."""
    cores: int
    """Cores that this process may compute on, within a container's quota."""
    processors: int
    """Processors that it may run on, threads of one core counted each."""
    quota: float | None
    """Cores' time that a container gives at most."""
    features: tuple[str, ...]
    """Instructions that the processor has and llama.cpp knows, by llama.cpp's names."""
    memory: int
    """Bytes of memory, within a container's limit; 0 when unknown."""
    available: int | None
    """Bytes of it that can be taken now; None when unknown."""
    limited: bool
    """Whether a container limits the memory to less than the machine has."""
    cards: tuple[GraphicsCard, ...]
    """Graphics cards, whether llama.cpp can use them or not."""
    build: Build
    """What the installed llama.cpp is and can do."""

    @property
    def gpus(self) -> tuple[Gpu, ...]:
        """Return the graphics cards that llama.cpp can put layers on."""
        found = (device for device in self.build.devices if device.kind in ("gpu", "integrated"))
        return tuple(Gpu(one.name, one.total, one.free, one.backend) for one in found if self.build.offload)

    @property
    def backends(self) -> tuple[str, ...]:
        """Return the names of what llama.cpp was built to compute with, each once."""
        return tuple(dict.fromkeys(device.backend for device in self.build.devices))

    @property
    def unused(self) -> tuple[str, ...]:
        """Return the instructions that the processor has and the build does without."""
        return () if self.build.problem else tuple(x for x in self.features if x not in self.build.features)


def machine(root: Path = Path("/"), *, host: Host | None = None, build: Build | None = None) -> Machine:
    """Look at the machine; without a ``build`` the library is loaded into this process to ask it."""
    host = host or Host()
    apple = host.system == "darwin"
    memory, available, limited = _apple_memory(host) if apple else _memory(root)
    return Machine(
        cpu=_cpu(root, host),
        cores=available_cores(root, host.processors),
        processors=len(host.processors),
        quota=cpu_quota(root),
        features=_apple_features(host) if apple else _features(root),
        memory=memory,
        available=available,
        limited=limited,
        cards=_apple_cards(host) if apple else cards(root),
        build=build or read_build(root),
    )


def machine_key(machine: Machine) -> str:
    """Return a digest of everything that stays the same while one machine and one build stay the same."""
    devices = [(one.name, one.backend, one.kind, one.total >> 30) for one in machine.build.devices]
    build = (machine.build.version, machine.build.ggml, machine.build.features, machine.build.offload, devices)
    facts = (machine.cpu, machine.cores, machine.processors, machine.features, build)
    return hashlib.sha256(repr(facts).encode()).hexdigest()[:16]


def rebuild_hint(machine: Machine, *, python: str = sys.executable, root: Path = Path("/")) -> str:
    """Return the command that builds llama.cpp for a card it does without; empty when there is nothing to gain.

    The switches are those of llama.cpp's build guide. AMD's cards are driven by ROCm where it is installed, else
    by Vulkan.
    """
    card = next((card for card in machine.cards if card.driver), None)
    if card is None or machine.gpus:
        return ""
    rocm = "GGML_HIP" if (root / "opt/rocm").exists() else "GGML_VULKAN"
    return rebuild_command(machine.build, f"-D{_SWITCHES.get(card.vendor, rocm)}=on", python=python)


def rebuild_command(build: Build, arguments: str = "", *, python: str = sys.executable) -> str:
    """Return the command that builds the installed version anew from its source, for this very Python."""
    package = "llama-cpp-python" + (f"=={build.version}" if build.version else "")
    switches = f"CMAKE_ARGS={shlex.quote(arguments)} " if arguments else ""
    install = "-m pip install --force-reinstall --no-deps --no-cache-dir --no-binary llama-cpp-python"
    return f"{switches}{shlex.quote(os.fspath(python))} {install} {package}"


def _cpu(root: Path, host: Host) -> str:
    names: dict[str, str] = {}
    for line in read_text(root / "proc/cpuinfo").splitlines():
        name, _, value = line.partition(":")
        names.setdefault(name.strip().lower(), value.strip())
    brand = host.sysctl("machdep.cpu.brand_string").rstrip(b"\0").decode("utf-8", "replace")
    found = brand or names.get("model name") or names.get("hardware") or names.get("cpu model")
    return one_line(found or host.architecture, 80)


def _features(root: Path) -> tuple[str, ...]:
    """Return what the first processor says it has; all of a machine are taken to be alike."""
    for line in read_text(root / "proc/cpuinfo").splitlines():
        name, _, value = line.partition(":")
        if name.strip().lower() in ("flags", "features"):
            flags = set(value.split())
            return tuple(ours for theirs, ours in {**_X86, **_ARM}.items() if theirs in flags)
    return ()


def _memory(root: Path) -> tuple[int, int | None, bool]:
    """Return bytes in all and bytes that can be taken, and whether a container limits them."""
    words = dict(_kilobytes(line) for line in read_text(root / "proc/meminfo").splitlines())
    total, free = words.get("MemTotal", 0), words.get("MemAvailable")
    limit = memory_limit(root)
    if limit is None or (total and limit[0] >= total):
        return total, free, False
    left = max(0, limit[0] - limit[1])
    return limit[0], left if free is None else min(free, left), True


def _kilobytes(line: str) -> tuple[str, int]:
    name, _, rest = line.partition(":")
    digits = rest.split()[0][:15] if rest.split() else ""
    return name, int(digits) * 1024 if digits.isdecimal() else 0


def _apple_memory(host: Host) -> tuple[int, int | None, bool]:
    return int.from_bytes(host.sysctl("hw.memsize"), "little"), None, False


def _apple_features(host: Host) -> tuple[str, ...]:
    if host.architecture != "arm64":
        return ()
    asked = {name: host.sysctl(f"hw.optional.arm.{theirs}") for theirs, name in _APPLE.items()}
    return ("neon", *(name for name, answer in asked.items() if any(answer)))


def _apple_cards(host: Host) -> tuple[GraphicsCard, ...]:
    """Every Mac with Apple's own chip has its graphics in it, and macOS drives it."""
    return (GraphicsCard("Apple", "Metal", driver=True),) if host.architecture == "arm64" else ()
