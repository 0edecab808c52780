"""What a training run keeps in its folder, so that it goes on where it was killed.

``checkpoint.pt`` holds the trained parameters, the optimizer and the schedule; it appears only when it is whole.
``log.jsonl`` has one JSON object a line: what was measured at each step. Limits: a checkpoint is read with torch's
restricted loader, which makes tensors and numbers only.
"""

import json
import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rao_cli.errors import InputError
from rao_cli.text import one_line

if TYPE_CHECKING:
    import torch

    from rao_cli.training.learner import Learner
    from rao_cli.training.network import Network

NAME = "checkpoint.pt"


def save(folder: Path, learner: "Learner", state: Mapping[str, int | float | str]) -> None:
    """Keep a learner and plain numbers about the run."""
    import torch

    kept = {
        "parameters": [parameter.detach() for parameter in learner.parameters],
        "optimizer": learner.optimizer.state_dict(),
        "schedule": learner.schedule.state_dict(),
        "state": dict(state),
    }
    made = folder / f".{NAME}.{os.getpid()}.part"
    try:
        torch.save(kept, made)
        made.replace(folder / NAME)
    finally:
        made.unlink(missing_ok=True)


def restore(folder: Path, learner: "Learner") -> dict[str, Any]:
    """Bring a learner to where a run was left; return the run's numbers, none where there is no checkpoint.

    Raises InputError for a checkpoint that is damaged or of another network.
    """
    path = folder / NAME
    if not path.exists():
        return {}
    with _explained(path):
        kept = _load(path)
        _put(kept["parameters"], learner.parameters)
        learner.optimizer.load_state_dict(kept["optimizer"])
        learner.schedule.load_state_dict(kept["schedule"])
        return dict(kept["state"])


def restore_parameters(path: Path, network: "Network") -> None:
    """Give a network what was trained, and nothing else; raises InputError as ``restore`` does."""
    with _explained(path):
        _put(_load(path)["parameters"], list(network.trained()))


def _load(path: Path) -> dict[str, Any]:
    import torch

    kept: dict[str, Any] = torch.load(path, map_location="cpu", weights_only=True)
    return kept


def _put(values: "Sequence[torch.Tensor]", parameters: "Sequence[torch.nn.Parameter]") -> None:
    import torch

    for parameter, value in zip(parameters, values, strict=True):
        if parameter.shape != value.shape:
            raise ValueError(f"it is of a network of another shape: {value.shape}, not {parameter.shape}")
        with torch.no_grad():
            parameter.copy_(value)


@contextmanager
def _explained(path: Path) -> Iterator[None]:
    """Turn what torch raises over a damaged checkpoint into InputError."""
    import pickle

    foreign = (OSError, RuntimeError, ValueError, KeyError, TypeError, AttributeError, EOFError)
    try:
        yield
    except (*foreign, pickle.UnpicklingError) as error:
        raise InputError(
            f"cannot go on from {one_line(str(path))}: {one_line(str(error), 160)}",
            hint="give another --out, or remove the checkpoint",
        ) from error


class Log:
    """Lines of numbers about a run, each written at once; an earlier run's stay."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / "log.jsonl"

    def add(self, **numbers: int | float | str) -> None:
        """Add a line."""
        with self._path.open("a+b") as file:
            file.seek(max(0, file.tell() - 1))
            cut_off = file.read(1) not in (b"", b"\n")
            file.write(b"\n" * cut_off + json.dumps(numbers).encode() + b"\n")

    def lines(self) -> Iterator[dict[str, Any]]:
        """Yield what was written, a line cut off by a kill left out."""
        if not self._path.exists():
            return
        for line in self._path.read_text("utf-8", "replace").splitlines():
            try:
                yield json.loads(line)
            except ValueError:
                continue
