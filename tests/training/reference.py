"""What llama.cpp computes, and what torch computes, for the same tokens: logits side by side."""

from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rao_cli.engine.adapters import Adapter, LoadedAdapters
from rao_cli.engine.context import Context, Row
from rao_cli.engine.fit import Fit
from rao_cli.engine.native import Model
from rao_cli.training.network import Network

Logits = NDArray[np.float32]
FIT = Fit(threads=1, kv_type="f32", flash_attention=False)
"""All in 32 bits, so that what differs is not rounding."""


def llama_logits(path: Path, tokens: Sequence[int], *adapters: Path) -> Logits:
    """Return llama.cpp's logits after each token, [n, vocabulary]."""
    with closing(Model(path)) as model:
        loaded = LoadedAdapters(model, [Adapter(adapter) for adapter in adapters])
        with closing(Context(model, FIT, cells=512, sequences=2, adapters=loaded)) as context:
            rows = [Row(token, place, 0, logits=True) for place, token in enumerate(tokens)]
            assert context.decode(rows) == 0
            return np.stack([context.logits(row).copy() for row in range(len(rows))])


def torch_logits(network: Network, tokens: Sequence[int]) -> Logits:
    """Return a network's logits after each token of a plain sequence, [n, vocabulary]."""
    import torch

    size = len(tokens)
    with torch.no_grad():
        states = network.hidden(torch.tensor(tokens), torch.arange(size), torch.ones(size, size).tril().bool())
        logits: Any = network.logits(states).cpu().numpy()
    return np.asarray(logits, np.float32)


def distance(left: Logits, right: Logits) -> float:
    """Return the largest difference, relative to the spread of the logits."""
    return float(np.abs(left - right).max() / left.std())
