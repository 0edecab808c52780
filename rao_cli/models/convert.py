"""Write the weights of a model in another format, with llama.cpp's own quantizer.

Runs in the probe's process only. Limits: a model split over several files is not converted.
"""

import ctypes
import os
from pathlib import Path
from typing import Final

from rao_cli.engine.native import LOG, library
from rao_cli.errors import ModelError

FORMATS: Final = {"f32": 0, "bf16": 32, "f16": 1, "q8_0": 7, "q4_0": 2}
"""llama.cpp's numbers of the formats that weights can be written in."""
_BITS: Final = {"f32": 32.0, "bf16": 16.0, "f16": 16.0, "q8_0": 8.5, "q4_0": 4.5}
_NAMES: Final = {
    0: "f32",
    1: "f16",
    2: "q4_0",
    3: "q4_1",
    7: "q8_0",
    10: "q2_k",
    15: "q4_k_m",
    18: "q6_k",
    32: "bf16",
}


def format_name(file_type: object) -> str:
    """Return the name of the format that a file's header gives by number."""
    return _NAMES.get(file_type, "as shipped") if isinstance(file_type, int) else "as shipped"


def converted_size(parameters: int, name: str) -> int:
    """Return about how many bytes a model takes in a format."""
    return int(parameters * _BITS[name] / 8 * 1.02) + (4 << 20)


def convert(source: Path, name: str, out: Path, threads: int) -> None:
    """Write the weights of ``source`` to ``out`` in a format of FORMATS; raises ModelError."""
    lib = library()
    params = lib.llama_model_quantize_default_params()
    params.ftype, params.allow_requantize, params.nthread = FORMATS[name], True, threads
    LOG.errors.clear()
    if lib.llama_model_quantize(os.fsencode(source), os.fsencode(out), ctypes.byref(params)):
        reason = LOG.first_error() or "no reason given"
        raise ModelError(f"the weights could not be written as {name}: {reason}", hint="free some disk space")
