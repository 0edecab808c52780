"""A real llama-server, started once on 127.0.0.1 with the embedded model; for tests marked ``model``."""

from collections.abc import Iterator

import pytest

from rao_cli.engine.remote.engine import RemoteEngine
from rao_cli.models.resolve import resolve

SLOTS = 4
SLOT_TOKENS = 2200


@pytest.fixture(scope="session")
def llama_server() -> Iterator[str]:
    """Yield the address of llama.cpp's own server, which runs inside this process."""
    xllamacpp = pytest.importorskip("xllamacpp")
    params = xllamacpp.CommonParams()
    params.model.path = str(resolve("smollm2").path)
    params.n_parallel, params.n_ctx = SLOTS, SLOTS * SLOT_TOKENS
    params.cpuparams.n_threads = 2
    params.hostnames, params.port = ["127.0.0.1"], 0
    params.warmup, params.verbosity = False, -1
    server = xllamacpp.Server(params)
    yield server.listening_address
    del server


@pytest.fixture(scope="session")
def remote(llama_server: str) -> Iterator[RemoteEngine]:
    """Yield an engine for that server, with a window of 2048."""
    engine = RemoteEngine(llama_server, window=2048, parallel=SLOTS)
    yield engine
    engine.close()
