"""Load a model and measure ways to run it; runs in the probe's process (probe_worker.py) only.

Ways are measured in turns, each several times, and the shortest time counts, because what else the machine does
only ever adds time. Every stage is left out when it would take more than the seconds that are left. Limits: a
model so slow that one stage takes too long keeps what is plain.
"""

import time
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rao_cli.engine.context import Context, Row
from rao_cli.engine.fit import Fit
from rao_cli.engine.native import LOG, Model
from rao_cli.errors import ModelError
from rao_cli.models.choose import Measured, choose, explain, micro_batches
from rao_cli.models.convert import convert
from rao_cli.text import one_line

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Distributions = NDArray[np.float32]

Tell = Callable[[str, dict[str, Any]], None]
"""Sends one line to the parent: its kind, and what it says."""

_FIRST = 16
_STEPS = 4
_COMPARED = 160
_ROUNDS = {"quick": 2, "full": 4}

TEXT = """The parser reads each line twice: once to find where records begin, and once to take them apart. In
March 2021 the committee paid 4,350 euros for repairs to the northern wall, although only two of its seven
members had seen the estimate. "Nobody asked me," said Dr. Okafor, who had run the laboratory since 1998; "and
had they asked, I would have said no." The river rises near Altenberg, flows past three mills and a glass
factory, and joins the larger stream after 64 kilometres. def area(width: float, height: float) -> float: return
width * height. If the pressure falls below 1.8 bar, close valve B and call the operator; never restart the pump
while the lamp is red. Sugar, butter and eggs are beaten for five minutes before the flour is added. Shares of
the company fell by 12% after it withdrew its forecast, while its largest competitor rose slightly. Whoever signs
the form must be over eighteen and live in the district. """
"""What every measurement reads: prose, figures, speech, code, orders. Its words matter for divergence only."""


@dataclass(frozen=True, slots=True)
class Job:
    """What is measured, as the parent asks for it."""

    path: str
    """The model file."""
    fit: dict[str, Any]
    """The plain way to run it."""
    effort: str = "probe"
    """``probe`` only loads the file and decodes a few tokens; ``quick`` and ``full`` measure."""
    seconds: float = 0.0
    """Time for measuring."""
    threads: tuple[int, ...] = ()
    """Thread counts to try."""
    formats: tuple[str, ...] = ()
    """Weight formats to try."""
    format_name: str = ""
    """The format that the file comes in."""
    folder: str = ""
    """Where converted files are written."""


def run_job(options: dict[str, Any], tell: Tell) -> dict[str, Any]:
    """Measure as the parent asks; returns the chosen fit, weight format, measurements and reasons.

    Tells ``loaded`` with the texts of two control tokens once the model has decoded. Raises ModelError.
    """
    job = Job(**options)
    model, fit, rate = _start(Path(job.path), Fit(**job.fit))
    with closing(model):
        tell("loaded", {"bos": _token_text(model, "bos"), "eos": _token_text(model, "eos")})
        trial = _Trial(model, job, fit, rate, tell)
        if job.effort != "probe":
            trial.run()
        return {
            "fit": asdict(trial.fit),
            "format": trial.format,
            "measured": [asdict(one) for one in trial.measured],
            "reasons": trial.reasons,
        }


def _start(path: Path, plain: Fit) -> tuple[Model, Fit, float]:
    """Load a model and decode a few tokens; return it, the fit that worked and the tokens read per second.

    Where the plain fit does not work, it does with plain attention or with less on the GPU, or not at all.
    """
    layers = dict.fromkeys((plain.gpu_layers, plain.gpu_layers // 2, 0))
    fits = [replace(plain, gpu_layers=n, flash_attention=flash) for n in layers for flash in (True, False)]
    first: ModelError | None = None
    for fit in fits:
        try:
            model = Model(path, fit.gpu_layers)
        except ModelError as e:
            first = first or e
            continue
        try:
            return model, fit, _first_tokens(model, fit)
        except ModelError as e:
            first = first or e
            model.close()
    raise first or ModelError("no way to run the model")


def _token_text(model: Model, name: str) -> str:
    token = getattr(model.lib, f"llama_vocab_{name}")(model.vocab)
    text: bytes = model.lib.llama_vocab_get_text(model.vocab, token) if token >= 0 else b""
    return text.decode("utf-8", "replace")


def _first_tokens(model: Model, fit: Fit) -> float:
    """Decode a few tokens, so that a file that cannot be run is known; return tokens read per second."""
    with closing(Context(model, fit, cells=4 * _FIRST, sequences=1)) as context:
        tokens = _sample(model, _FIRST)
        _decode(context, [Row(token, i, 0, logits=i == 0) for i, token in enumerate(tokens)])
        context.drop(0)
        started = time.perf_counter()
        _decode(context, [Row(token, i, 0, logits=i == 0) for i, token in enumerate(tokens)])
        return len(tokens) / (time.perf_counter() - started)


def _sample(model: Model, count: int) -> list[int]:
    tokens = model.tokenize(TEXT)
    if not tokens:
        raise ModelError("the model cannot split a text into tokens", hint="choose another with --model")
    return (tokens * (count // len(tokens) + 1))[:count]


def _decode(context: Context, rows: Sequence[Row]) -> None:
    status = context.decode(rows)
    if status:
        reason = LOG.first_error() or "no reason given"
        raise ModelError(
            f"llama.cpp cannot compute with this model (status {status}): {reason}",
            hint="choose another with --model",
        )


class _Runner:
    """One way to run a model, timed in turns with others."""

    def __init__(self, name: str, model: Model, fit: Fit, count: int, divergence: float = 0.0) -> None:
        self.name, self.divergence = name, divergence
        self._tokens = _sample(model, count)
        self._width = fit.parallel if fit.parallel <= 4 else 4
        self._context = Context(model, fit, cells=count + 256, sequences=self._width)
        self._reading = self._writing = float("inf")

    def turn(self) -> None:
        """Read the sample, write a few tokens, and keep the shortest times."""
        started = time.perf_counter()
        for start in range(0, len(self._tokens), self._context.batch_size):
            part = self._tokens[start : start + self._context.batch_size]
            last = len(part) - 1
            _decode(self._context, [Row(token, start + i, 0, logits=i == last) for i, token in enumerate(part)])
        self._reading = min(self._reading, time.perf_counter() - started)
        self._context.drop(0)
        for step in range(-1, _STEPS):  # the first is not timed
            started = time.perf_counter() if step == 0 else started
            rows = [Row(self._tokens[number], step + 1, number, logits=True) for number in range(self._width)]
            _decode(self._context, rows)
        self._writing = min(self._writing, time.perf_counter() - started)
        for number in range(self._width):
            self._context.drop(number)

    def measured(self, kind: str) -> Measured:
        """Return the speeds of the best turns."""
        read, written = len(self._tokens) / self._reading, self._width * _STEPS / self._writing
        return Measured(kind, self.name, read, written, self.divergence)

    def close(self) -> None:
        """Free the context."""
        self._context.close()


class _Trial:
    """The stages of measuring one model; what they chose is in ``fit`` and ``format``."""

    def __init__(self, model: Model, job: Job, fit: Fit, rate: float, tell: Tell) -> None:
        self.fit = fit
        self.format = ""
        self.measured: list[Measured] = []
        self.reasons: list[str] = []
        self._model, self._job, self._tell = model, job, tell
        self._rate = rate
        self._until = time.monotonic() + job.seconds
        self._rounds = _ROUNDS.get(job.effort, 0)

    def run(self) -> None:
        """Measure threads, weights, attention and micro-batches, each with what was chosen before."""
        self._race_fits("threads", {str(n): replace(self.fit, threads=n) for n in self._job.threads}, 48)
        with closing(_Loaded()) as loaded:
            model = self._race_weights(loaded)
            self._model = model or self._model
            self._race_fits("attention", self._attentions(), 256)
            sizes = {str(n): replace(self.fit, micro_batch=n) for n in micro_batches(self.fit.batch)}
            self._race_fits("micro-batch", sizes, max(map(int, sizes)))

    def _attentions(self) -> dict[str, Fit]:
        ways = {"flash, f16": self.fit, "plain, f16": replace(self.fit, flash_attention=False)}
        if self._job.effort == "full":
            ways["flash, q8_0"] = replace(self.fit, kv_type="q8_0")
        return ways

    def _race_fits(self, kind: str, fits: dict[str, Fit], count: int) -> None:
        """Measure ways to run the loaded weights, and keep the best."""
        count = self._affordable(count, len(fits))
        if len(fits) < 2 or not count:
            return
        self._tell("say", {"text": f"measuring {kind}"})
        runners: list[_Runner] = []
        for name, fit in fits.items():
            try:
                runners.append(_Runner(name, self._model, fit, count))
            except ModelError as e:  # not every model can be run in every way; the plain one was tried before
                self.reasons.append(one_line(f"{kind} {name}: {e.message}", 200))
        self._rate, chosen = self._race(kind, runners)
        self.fit = fits[chosen]

    def _affordable(self, count: int, ways: int) -> int:
        """Return how many tokens each way may read in the time that is left; 0 when it is too short."""
        left = (self._until - time.monotonic()) / 2
        most = int(left * self._rate / (ways * self._rounds * 1.5))
        return min(count, most) if most >= _FIRST else 0

    def _race(self, kind: str, runners: list[_Runner]) -> tuple[float, str]:
        """Let runners take turns and close them; return the reading speed and the name of the chosen one."""
        try:
            for _ in range(self._rounds):
                for runner in runners:
                    runner.turn()
            results = [runner.measured(kind) for runner in runners]
        finally:
            for runner in runners:
                runner.close()
        chosen = choose(results)
        self.measured += results
        self.reasons.append(explain(results, chosen))
        return chosen.reading, chosen.name

    def _race_weights(self, loaded: "_Loaded") -> Model | None:
        """Convert the weights, and return the model of the chosen format; None is the original."""
        count = self._affordable(256, 1 + len(self._job.formats))
        if not self._job.formats or not count:
            return None
        reference = _distributions(self._model, self.fit)
        runners = [_Runner(self._job.format_name, self._model, self.fit, count)]
        for name in self._job.formats:
            self._tell("say", {"text": f"trying the weights as {name}"})
            try:
                model = loaded.add(name, self._job, self.fit)
            except ModelError as e:
                self.reasons.append(one_line(f"weights {name}: {e.message}", 200))
                continue
            loss = _divergence(reference, _distributions(model, self.fit))
            runners.append(_Runner(name, model, self.fit, count, loss))
        self._tell("say", {"text": "comparing the weights"})
        self._rate, chosen = self._race("weights", runners)
        self.format = chosen if chosen in loaded.models else ""
        return loaded.models.get(chosen)


class _Loaded:
    """Converted models that are in memory."""

    def __init__(self) -> None:
        self.models: dict[str, Model] = {}

    def add(self, name: str, job: Job, fit: Fit) -> Model:
        """Convert and load the weights in a format; raises ModelError."""
        out = Path(job.folder) / f"{name}.gguf"
        convert(Path(job.path), name, out, fit.threads)
        self.models[name] = Model(out, fit.gpu_layers)
        return self.models[name]

    def close(self) -> None:
        """Free the models."""
        for model in self.models.values():
            model.close()


def _distributions(model: Model, fit: Fit) -> "Distributions":
    """Return the logarithms of the next-token probabilities after each token of the fixed text."""
    import numpy as np

    tokens = _sample(model, min(_COMPARED, fit.batch))
    with closing(Context(model, fit, cells=len(tokens) + 32, sequences=1)) as context:
        _decode(context, [Row(token, i, 0, logits=True) for i, token in enumerate(tokens)])
        logits = np.stack([context.logits(i) for i in range(len(tokens))])
    logits -= logits.max(axis=1, keepdims=True)
    logits -= np.log(np.exp(logits).sum(axis=1, keepdims=True))
    return logits


def _divergence(reference: "Distributions", other: "Distributions") -> float:
    """Return the mean Kullback-Leibler divergence in nats; infinite when the other is not even a number."""
    import numpy as np

    value = float((np.exp(reference) * (reference - other)).sum(axis=1).mean())
    return max(0.0, value) if np.isfinite(value) else float("inf")
