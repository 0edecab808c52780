"""What the installed llama.cpp was built for: its version, the instructions it uses and the devices it sees.

No model is loaded. ``read_build`` loads the library into this process; ``read_build_apart`` does it in another
one, for a command that must go on when the library dies of an instruction the processor does not have, or when
a driver does not answer. Limits: devices are those of llama.cpp's own list.
"""

import ctypes
import json
import os
import re
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from rao_cli.engine.cores import read_text
from rao_cli.engine.native import library
from rao_cli.errors import ModelError
from rao_cli.text import one_line

_KINDS = ("cpu", "gpu", "integrated", "accelerator")  # in the order of ggml_backend_dev_type
_RUNTIME = re.compile(r"/(libgomp|libomp|libiomp5)\b[^/\n]*$", re.MULTILINE)
_PATIENCE = 20.0  # seconds; a CUDA driver that was asleep takes a few
_CODE = "import sys; sys.path[:] = {paths!r}; from rao_cli.engine.build import print_build; print_build()"


@dataclass(frozen=True, slots=True)
class Device:
    """One device that llama.cpp can compute on."""

    name: str
    """What the device is called by whoever made it."""
    backend: str
    """The part of llama.cpp that drives it: CPU, CUDA, Metal, Vulkan, ROCm."""
    kind: str
    """``cpu``, ``gpu``, ``integrated`` (a GPU in the machine's memory), ``accelerator`` or ``other``."""
    total: int
    """Bytes of its memory."""
    free: int
    """Bytes of it that are free."""


@dataclass(frozen=True, slots=True)
class Build:
    """What the installed llama.cpp is and can do."""

    version: str = ""
    """Version of llama-cpp-python; empty when it is not installed."""
    ggml: str = ""
    """Version of the library that computes."""
    features: tuple[str, ...] = ()
    """Instructions and parts that the code uses, as llama.cpp names them, in small letters."""
    devices: tuple[Device, ...] = ()
    """What it can compute on."""
    offload: bool = False
    """Whether layers of a model can be put on a GPU."""
    openmp: str = ""
    """The OpenMP runtime that makes its threads: libgomp, libomp, libiomp5; empty when none is known."""
    waits: str = ""
    """``passive`` when its threads sleep at barriers, ``active`` when they spin, empty without OpenMP."""
    problem: str = ""
    """Why the library does not load; everything but the version is unknown then."""


def read_build(root: Path = Path("/")) -> Build:
    """Load the library and say what it can do; a library that does not load is a ``problem``."""
    loaded_before = "llama_cpp" not in sys.modules and bool(_openmp(root))
    asked_before = os.environ.get("OMP_WAIT_POLICY", "")
    try:
        lib = library()
        features = _features(lib.llama_print_system_info())
        offload = bool(lib.llama_supports_gpu_offload())
    except (ModelError, AttributeError, SyntaxError) as error:
        return Build(_version(), problem=one_line(str(error), 200))
    openmp = _openmp(root) if "openmp" in features else ""
    # A runtime that was there first has read the variable already; set later it changes nothing.
    policy = asked_before if loaded_before else os.environ.get("OMP_WAIT_POLICY", "")
    waits = ("passive" if policy.lower() == "passive" else "active") if "openmp" in features else ""
    return Build(_version(), _text(lib, "ggml_version"), features, _devices(lib), offload, openmp, waits)


def read_build_apart(paths: list[str] | None = None) -> Build:
    """Ask another process what the library can do; one that dies or does not answer is a ``problem``.

    ``paths`` are where that process looks for modules, by default where this one does.
    """
    code = _CODE.format(paths=sys.path if paths is None else paths)
    command = [sys.executable, "-I", "-c", code]
    try:
        # The command holds only this process's own module paths.
        done = subprocess.run(command, capture_output=True, timeout=_PATIENCE, check=False)  # noqa: S603
    except subprocess.TimeoutExpired:
        return Build(_version(), problem=f"it did not answer within {_PATIENCE:.0f} seconds")
    except OSError as error:
        return Build(_version(), problem=f"no other process can be started: {error.strerror}")
    if done.returncode < 0:
        return Build(_version(), problem=_death(-done.returncode))
    try:
        return _build(json.loads(done.stdout.splitlines()[-1]))
    except (ValueError, IndexError, TypeError, KeyError):
        last = done.stderr.decode("utf-8", "replace").strip().splitlines()[-1:]
        return Build(_version(), problem=one_line(last[0], 200) if last else "it ended without a word")


def print_build() -> None:
    """Print what the library can do as one line of JSON, for the process that asked."""
    sys.stdout.write("\n" + json.dumps(asdict(read_build())) + "\n")


def _build(fields: Mapping[str, Any]) -> Build:
    devices = tuple(Device(**device) for device in fields["devices"])
    return Build(**{**fields, "features": tuple(fields["features"]), "devices": devices})


def _death(signal: int) -> str:
    if signal == 4:
        return "it uses instructions that this processor does not have"
    return f"it ends the process (signal {signal})"


def _version() -> str:
    try:
        return version("llama-cpp-python")
    except PackageNotFoundError:
        return ""


def _features(information: bytes) -> tuple[str, ...]:
    """Return what is set in ``CPU : SSE3 = 1 | AVX = 1 | ...``, in small letters."""
    return tuple(name.lower() for name in re.findall(r"(\w+) = 1\b", information.decode("utf-8", "replace")))


def _openmp(root: Path) -> str:
    """Return the name of the OpenMP runtime that this process has loaded."""
    found = _RUNTIME.search(read_text(root / "proc/self/maps"))
    return found[1] if found else ""


def _function(lib: Any, name: str, result: Any, *arguments: Any) -> Any:
    """Return a function of ggml, which llama.cpp brings along; raises AttributeError when it has none."""
    return ctypes.CFUNCTYPE(result, *arguments)((name, lib._lib))


def _text(lib: Any, name: str, *device: int) -> str:
    try:
        found = _function(lib, name, ctypes.c_char_p, *([ctypes.c_void_p] * len(device)))(*device)
    except AttributeError:
        return ""
    return one_line((found or b"").decode("utf-8", "replace"), 80)


def _devices(lib: Any) -> tuple[Device, ...]:
    """List the devices; a library too old to know them has none."""
    try:
        count = _function(lib, "ggml_backend_dev_count", ctypes.c_size_t)()
        get = _function(lib, "ggml_backend_dev_get", ctypes.c_void_p, ctypes.c_size_t)
        return tuple(_device(lib, get(index)) for index in range(count))
    except AttributeError:
        return ()


def _device(lib: Any, device: int) -> Device:
    free, total = ctypes.c_size_t(), ctypes.c_size_t()
    size = ctypes.POINTER(ctypes.c_size_t)
    _function(lib, "ggml_backend_dev_memory", None, ctypes.c_void_p, size, size)(device, free, total)
    kind = _function(lib, "ggml_backend_dev_type", ctypes.c_int, ctypes.c_void_p)(device)
    registry = _function(lib, "ggml_backend_dev_backend_reg", ctypes.c_void_p, ctypes.c_void_p)(device)
    return Device(
        name=_text(lib, "ggml_backend_dev_description", device) or _text(lib, "ggml_backend_dev_name", device),
        backend=_text(lib, "ggml_backend_reg_name", registry),
        kind=_KINDS[kind] if 0 <= kind < len(_KINDS) else "other",
        total=total.value,
        free=free.value,
    )
