"""From options to engines: what the user sets goes before what was measured, and what is kept where."""

import pytest

from rao_cli.cli.engines import _chosen, find_engine, find_local
from rao_cli.cli.folders import user_folders
from rao_cli.cli.options import Options
from rao_cli.engine.fit import Fit
from rao_cli.errors import ModelError, UsageError
from tests.engine.tiny import write_tiny


def at_once(work):
    """Do blocking work here."""
    return work()


def test_what_the_user_sets_goes_before_what_was_measured():
    """Threads, width and layers of the command line replace the fit's; the rest stays as measured."""
    fit = Fit(threads=8, batch=256, parallel=4, gpu_layers=9)
    assert _chosen(Options(), fit) == fit
    asked = Options(threads=1, parallel=2, gpu_layers="0")
    assert _chosen(asked, fit) == Fit(threads=1, batch=256, parallel=2, gpu_layers=0)


@pytest.mark.parametrize("no_cache", [False, True])
def test_no_cache_keeps_no_computed_prompts(tmp_path, no_cache):
    """With --no-cache there is no folder of computed prompts; how the model runs best is kept all the same."""
    path = write_tiny(tmp_path / "tiny.gguf")
    said = []
    options = Options(model=str(path), no_cache=no_cache, window=64)
    opened = find_local(options, said.append)(at_once)
    opened.engine.close()
    folders = user_folders()
    assert (opened.engine.window, opened.settings.window) == (64, 64)
    assert folders.states.exists() is not no_cache
    assert folders.fits.exists()
    assert said[-1] == "loading the model"


def test_an_address_leads_to_its_server():
    """With --base-url nothing is looked for on this machine, and the server is asked only when it is opened."""
    load = find_engine(Options(base_url="http://127.0.0.1:9/v1", model="none"), [].append)
    with pytest.raises(ModelError, match="cannot reach"):
        load(at_once)


@pytest.mark.parametrize("options", [{"deterministic": True}, {"adapter": "a.gguf"}])
def test_what_a_server_cannot_promise_is_refused(options):
    """An option that only a model here can follow is an error beside --base-url."""
    with pytest.raises(UsageError, match="for models on this machine"):
        find_engine(Options(base_url="http://127.0.0.1:9/v1", **options), [].append)
