"""What the tests of the engine's measurements share: a setup of tiny sizes, with a tiny or a scripted model."""

import json
import sys

from rao_cli.agent.preparing import Settings
from rao_cli.bench.engine.setup import Setup, Sizes
from rao_cli.engine.fit import Fit
from rao_cli.engine.scripted import ScriptedEngine

TINY = Sizes(
    repeats=2,
    widths=(1, 2),
    steps=16,
    agents=3,
    tree=3,
    answers=(2, 3),
    document=1_500,
    lengths=(600, 1_200, 2_400),
    affordable=1_200,
    crowds=(1, 2),
    window=4096,
    decode=3,
)


def setup_in(folder, *, model=None, respond=None, sizes=TINY, **changes):
    """Return a setup that loads a model file, or asks a function."""
    opened = []

    def open_scripted(model, fit, window, chat, states=None):
        engine = ScriptedEngine(respond, window=4096)
        opened.append((engine, window, states))
        return engine

    own = {} if respond is None else {"open": open_scripted}
    model = model or folder / "model.gguf"
    settings = Settings(window=1024, view_tokens=200, delegation="rules", output_tokens=48)
    fit = Fit(threads=1, batch=4096, micro_batch=512, parallel=8)
    values = {"model": model, "original": model, "fit": fit, "settings": settings, "folder": folder}
    return Setup(**{**values, "sizes": sizes, **own, **changes}), opened


def absent(request):
    """Answer that the text does not say."""
    return json.dumps({"action": "absent"})


def python_without_libraries(folder):
    """Return a program that runs this Python without its installed packages."""
    program = folder / "bare-python"
    program.write_text(f'#!/bin/sh\nexec {sys.executable} -S "$@"\n')
    program.chmod(0o755)
    return str(program)


def python_with(folder, name, source):
    """Return a program that runs this Python with one more module, whose source is given."""
    library = folder / "library"
    library.mkdir(exist_ok=True)
    (library / f"{name}.py").write_text(source)
    program = folder / "own-python"
    path, run = f"sys.path.insert(0, {str(library)!r})", "runpy.run_path(sys.argv[-1], run_name='__main__')"
    start = f"import sys, runpy; {path}; {run}"
    program.write_text(f'#!/bin/sh\nexec {sys.executable} -c "{start}" "$@"\n')
    program.chmod(0o755)
    return str(program)
