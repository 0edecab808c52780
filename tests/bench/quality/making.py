"""Make outcomes, keys and opened sources for the tests of the quality benchmark."""

from dataclasses import replace

from rao_cli.agent.preparing import Settings
from rao_cli.bench.quality.arms import Opened
from rao_cli.bench.quality.done import Done, Key, Told
from rao_cli.bench.quality.measure import Outcome
from rao_cli.bench.quality.scoring import Verdict
from rao_cli.engine.scripted import ScriptedEngine
from tests.agent.helpers import document
from tests.bench.making import asked

LONG = "Plain words about nothing in particular stand on this line of the text.\n"


def key(task="a-1", arm="rao", model="m", version="v"):
    """Return a key."""
    return Key(task=task, arm=arm, model=model, version=version)


def done(answer="Ulm", **changes):
    """Return what an arm told of a task."""
    return Done(key=key(**changes), told=Told(answer=answer))


def outcome(right=True, *, arm="rao", name="a-1", family="logs", size="8k", task=None, **told):
    """Return an outcome with a verdict."""
    task = replace(task or asked("Who?", "Ulm"), name=name, family=family, size=size)
    told = {"answer": "Ulm", "confidence": 0.9, **told}
    return Outcome(task, arm, Told(**told), Verdict(right, right, float(right)))


def opened(text, respond=lambda request: "Ulm", *, window=1024, output=32):
    """Return a text opened for a scripted engine."""
    settings = Settings(
        window=window, view_tokens=100, delegation="rules", output_tokens=output, summary_tokens=200
    )
    return Opened(document(text), ScriptedEngine(respond, window=window), settings)
