"""Made-up machines and models, and fitting them, for the tests of the machine fit."""

from dataclasses import replace
from pathlib import Path

from rao_cli.engine.build import Build, Device
from rao_cli.models.catalogue import Card
from rao_cli.models.fits import FittedModel
from rao_cli.models.gguf import GgufHeader, read_header
from rao_cli.models.machine import Machine
from rao_cli.models.resolve import ModelFile
from rao_cli.models.tune import _Task, fit_model

GB = 1 << 30
MACHINE = Machine(
    cpu="Fast 9000",
    cores=2,
    processors=2,
    quota=None,
    features=("avx2",),
    memory=16 * GB,
    available=12 * GB,
    limited=False,
    cards=(),
    build=Build(version="1", features=("avx2",)),
)
GPU = Device("Large GPU", "CUDA", "gpu", 80 * GB, 78 * GB)


def model_file(path: Path) -> ModelFile:
    """Return a file as ``resolve`` does."""
    return ModelFile(path, Card(name="tiny", window=256), read_header(path))


def fitted(path: Path, folder: Path, **options: object) -> tuple[FittedModel, list[str]]:
    """Fit a model; return the fit and what the user was told."""
    told: list[str] = []
    found = fit_model(model_file(path), folder, status=told.append, **{"machine": MACHINE, "load": 0, **options})  # type: ignore[arg-type]
    return found, told


def header(**changes: object) -> GgufHeader:
    """Return a made-up header of a model of four thousand million weights."""
    sizes = {"block_count": 36, "tensor_count": 400, "parameters": 4_000_000_000, "file_size": 2_500_000_000}
    return GgufHeader(3, "llama", "", 4096, **{**sizes, **changes})  # type: ignore[arg-type]


def task(about: GgufHeader, machine: Machine, *, retune: bool = False) -> _Task:
    """Return a task over a made-up model."""
    file = ModelFile(Path("none.gguf"), Card(name="x", window=256), about)
    return _Task(file, Path(), machine, print, None, retune, load=0)


WITH_GPU = replace(MACHINE, build=Build(version="1", devices=(GPU,), offload=True))
