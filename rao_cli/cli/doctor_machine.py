"""The checks of ``rao doctor`` about the machine and the installed llama.cpp.

They judge a ``Machine`` and run no program. Limits: a compiler is looked for, not tried.
"""

import shutil
import sys
from collections.abc import Callable, Iterator

from rao_cli.cli.checkup import Finding
from rao_cli.cli.words import counted, data_size
from rao_cli.models.machine import Machine, rebuild_command, rebuild_hint

Which = Callable[[str], str | None]
"""Tells where a program is, without running it."""
_COMPILERS = ("c++", "g++", "clang++")
_TOOLKITS = {"GGML_CUDA": ("nvcc", "the CUDA toolkit"), "GGML_VULKAN": ("glslc", "the Vulkan SDK")}
_CUDA = "/usr/local/cuda/bin"


def find_program(name: str) -> str | None:
    """Return where a program is, on the PATH or where CUDA's installer puts its compiler."""
    return shutil.which(name) or shutil.which(name, path=_CUDA)


def machine_findings(machine: Machine, which: Which = find_program) -> Iterator[Finding]:
    """Judge a machine and its llama.cpp."""
    yield _library(machine)
    yield _compiler(machine, which)
    if machine.build.problem:
        return
    yield _graphics(machine, which)
    yield _instructions(machine)
    yield _threads(machine)
    if machine.build.waits:
        yield _waiting(machine)


def _library(machine: Machine) -> Finding:
    build = machine.build
    if not build.problem:
        versions = f"llama-cpp-python {build.version}, ggml {build.ggml or 'unknown'}"
        return Finding("llama.cpp", "ok", f"{versions}, for {', '.join(machine.backends) or 'CPU'}")
    if not build.version:
        command = f"{sys.executable} -m pip install llama-cpp-python"
        return Finding("llama.cpp", "problem", "llama-cpp-python is not installed", "install it:", command)
    return Finding(
        "llama.cpp",
        "problem",
        f"llama-cpp-python {build.version} does not load: {build.problem}",
        "build it again for this machine:",
        rebuild_command(build),
    )


def _compiler(machine: Machine, which: Which) -> Finding:
    found = [next((name for name in _COMPILERS if which(name)), ""), "cmake" if which("cmake") else ""]
    if all(found):
        return Finding("compiler", "ok", " and ".join(found))
    names = ("no C++ compiler", "no CMake")
    missing = " and ".join(name for name, there in zip(names, found, strict=True) if not there)
    if not (machine.build.problem or machine.unused or rebuild_hint(machine)):
        return Finding("compiler", "ok", f"{missing}; needed only to build llama.cpp anew")
    command = "xcode-select --install" if sys.platform == "darwin" else "apt install build-essential cmake"
    return Finding("compiler", "warning", missing, "needed to build llama.cpp:", command)


def _graphics(machine: Machine, which: Which) -> Finding:
    if machine.gpus:
        each = [
            f"{gpu.name} by {gpu.backend}, {data_size(gpu.free)} of {data_size(gpu.total)} free"
            for gpu in machine.gpus
        ]
        return Finding("GPU", "ok", "; ".join(each))
    if not machine.cards:
        return Finding("GPU", "ok", "none found; models run on the processor")
    names = ", ".join(dict.fromkeys(card.name for card in machine.cards))
    command = rebuild_hint(machine)
    if not command:
        remedy = "install its driver; in a container, start that with the GPU (docker run --gpus all)"
        return Finding("GPU", "warning", f"{names}, but no driver is there to compute with", remedy)
    needed = next((kit for switch, kit in _TOOLKITS.items() if switch in command), None)
    remedy = "build it for the GPU:"
    if needed and not which(needed[0]):
        remedy = f"install {needed[1]}, then build it for the GPU:"
    return Finding("GPU", "warning", f"{names}, which the installed llama.cpp cannot use", remedy, command)


def _instructions(machine: Machine) -> Finding:
    if not machine.unused:
        known = [name for name in machine.features if name in machine.build.features]
        return Finding("instructions", "ok", ", ".join(known) or "those of every processor of its kind")
    text = f"{machine.cpu} has {', '.join(machine.unused)}, which the installed llama.cpp does without"
    return Finding("instructions", "warning", text, "build it for this processor:", rebuild_command(machine.build))


def _threads(machine: Machine) -> Finding:
    text = f"{machine.cpu}, {counted(machine.cores, 'core')} to compute on"
    if machine.processors != machine.cores:
        text += f", of {counted(machine.processors, 'processor')}"
    if machine.quota is not None:
        text += f"; a container's quota gives the time of {machine.quota:g}"
    return Finding("threads", "ok", text)


def _waiting(machine: Machine) -> Finding:
    runtime = machine.build.openmp or "OpenMP"
    if machine.build.waits == "passive":
        return Finding("waiting", "ok", f"threads of {runtime} sleep while they wait")
    text = f"threads of {runtime} spin while they wait, which is slow as soon as anything else runs"
    return Finding("waiting", "warning", text, "let them sleep:", "export OMP_WAIT_POLICY=passive")
