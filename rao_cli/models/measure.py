"""Load a model and measure ways to run it; runs in the probe's process (probe_worker.py) only.

Every stage is left out when it would take more than the seconds that are left. Limits: a model so slow that one
stage takes too long keeps what is plain.
"""

import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any, Final

from rao_cli.engine.context import Row
from rao_cli.engine.fit import Fit
from rao_cli.engine.native import Model
from rao_cli.errors import ModelError
from rao_cli.models.adapters import read_adapter
from rao_cli.models.choose import Measured, choose, explain, micro_batches
from rao_cli.models.convert import convert
from rao_cli.models.merge import Weights as Floats
from rao_cli.models.merge import merge_adapter
from rao_cli.models.speed import Runner, Weights, decode, distributions, divergence
from rao_cli.text import one_line

Tell = Callable[[str, dict[str, Any]], None]
"""Sends one line to the parent: its kind, and what it says."""

_FIRST = 16
# Converting all weights takes about as long as reading this many tokens, whatever the model's size.
_CONVERTING = 450
_FLOATS: Final[dict[str, Floats]] = {"bf16": "bf16", "f16": "f16"}
_ROUNDS = {"quick": 2, "full": 4}


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
    adapter: str = ""
    """LoRA file that is applied, or merged into the weights when they are converted."""


def run_job(options: dict[str, Any], tell: Tell) -> dict[str, Any]:
    """Measure as the parent asks; returns the chosen fit, weight format, measurements and reasons.

    Tells ``loaded`` with the texts of two control tokens once the model has decoded. Raises ModelError.
    """
    job = Job(**options)
    if job.adapter:
        read_adapter(Path(job.adapter), Path(job.path))
    weights, fit, rate = _start(job)
    with closing(weights):
        tell("loaded", {name: _token_text(weights.model, name) for name in ("bos", "eos")})
        trial = _Trial(weights, job, fit, rate, tell)
        if job.effort != "probe":
            trial.run()
        return {
            "fit": asdict(trial.fit),
            "format": trial.format,
            "measured": [asdict(one) for one in trial.measured],
            "reasons": trial.reasons,
        }


def _start(job: Job) -> tuple[Weights, Fit, float]:
    """Load a model and decode a few tokens; return it, the fit that worked and the tokens read per second.

    Where the plain fit does not work, it does with plain attention or with less on the GPU, or not at all.
    """
    plain = Fit(**job.fit)
    layers = dict.fromkeys((plain.gpu_layers, plain.gpu_layers // 2, 0))
    fits = [replace(plain, gpu_layers=n, flash_attention=flash) for n in layers for flash in (True, False)]
    first: ModelError | None = None
    for fit in fits:
        try:
            weights = Weights(Path(job.path), fit.gpu_layers, job.adapter)
        except ModelError as e:
            first = first or e
            continue
        try:
            return weights, fit, _first_tokens(weights, fit)
        except ModelError as e:
            first = first or e
            weights.close()
    raise first or ModelError("no way to run the model")


def _token_text(model: Model, name: str) -> str:
    token = getattr(model.lib, f"llama_vocab_{name}")(model.vocab)
    text: bytes = model.lib.llama_vocab_get_text(model.vocab, token) if token >= 0 else b""
    return text.decode("utf-8", "replace")


def _first_tokens(weights: Weights, fit: Fit) -> float:
    """Decode a few tokens, so that a file that cannot be run is known; return tokens read per second."""
    with closing(weights.context(fit, cells=4 * _FIRST, sequences=1)) as context:
        rows = [Row(token, i, 0, logits=i == 0) for i, token in enumerate(weights.sample(_FIRST))]
        decode(context, rows)
        context.drop(0)
        started = time.perf_counter()
        decode(context, rows)
        return len(rows) / (time.perf_counter() - started)


class _Trial:
    """The stages of measuring one model; what they chose is in ``fit`` and ``format``."""

    def __init__(self, weights: Weights, job: Job, fit: Fit, rate: float, tell: Tell) -> None:
        self.fit = fit
        self.format = ""
        self.measured: list[Measured] = []
        self.reasons: list[str] = []
        self._weights, self._job, self._tell = weights, job, tell
        self._rate = rate
        self._until = time.monotonic() + job.seconds
        # What converted weights gain is worth more than all the rest, so they may take as long again.
        self._converted_by = self._until + job.seconds
        self._rounds = _ROUNDS.get(job.effort, 0)

    def run(self) -> None:
        """Measure weights, threads, attention and micro-batches, each with what was chosen before.

        Weights come first, because everything after them is the faster for it.
        """
        with closing(_Loaded()) as loaded:
            self._race_weights(loaded)
            self._race_fits("threads", {str(n): replace(self.fit, threads=n) for n in self._job.threads}, 128)
            self._race_fits("attention", self._attentions(), 256)
            sizes = {str(n): replace(self.fit, micro_batch=n) for n in micro_batches(self.fit.batch)}
            most = max(map(int, sizes))
            self._race_fits("micro-batch", sizes, most, least=most)

    def _attentions(self) -> dict[str, Fit]:
        ways = {"flash, f16": self.fit, "plain, f16": replace(self.fit, flash_attention=False)}
        if self._job.effort == "full":
            ways["flash, q8_0"] = replace(self.fit, kv_type="q8_0")
        return ways

    def _race_fits(self, kind: str, fits: dict[str, Fit], count: int, least: int = _FIRST) -> None:
        """Measure ways to run the loaded weights with ``least`` to ``count`` tokens, and keep the best."""
        count = self._affordable(count, len(fits)) if len(fits) > 1 else 0
        if count < least:
            return
        self._tell("say", {"text": f"measuring {kind}"})
        runners: list[Runner] = []
        for name, fit in fits.items():
            try:
                runners.append(Runner(name, self._weights, fit, count))
            except ModelError as e:  # not every model can be run in every way; the plain one was tried before
                self.reasons.append(one_line(f"{kind} {name}: {e.message}", 200))
        self._rate, chosen = self._race(kind, runners)
        self.fit = fits[chosen]

    def _affordable(self, count: int, ways: int) -> int:
        """Return how many tokens each way may read in the time that is left; 0 when it is too short."""
        left = self._until - time.monotonic()
        most = int(left * self._rate / (ways * self._rounds * 1.5))
        return min(count, most) if most >= _FIRST else 0

    def _race(self, kind: str, runners: list[Runner]) -> tuple[float, str]:
        """Let runners take turns and close them; return the reading speed and the name of the chosen one."""
        try:
            for number in range(self._rounds):
                if number and time.monotonic() > self._until:
                    break
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

    def _race_weights(self, loaded: "_Loaded") -> None:
        """Convert the weights, and go on with the format that is chosen."""
        count = self._affordable(192, 1 + len(self._job.formats))
        if not self._job.formats or not count:
            return
        reference = distributions(self._weights, self.fit)
        plain = self._job.format_name + (", adapter applied" if self._job.adapter else "")
        runners, expected = [Runner(plain, self._weights, self.fit, count)], _CONVERTING / self._rate
        for name in self._job.formats:
            started = time.monotonic()
            if started + 1.5 * expected > (self._until if len(runners) > 1 else self._converted_by):
                self.reasons.append(f"weights {name}: not tried, for want of time")
                continue
            self._tell("say", {"text": f"trying the weights as {name}"})
            try:
                weights = loaded.add(name, self._job, self.fit)
            except ModelError as e:
                self.reasons.append(one_line(f"weights {name}: {e.message}", 200))
                continue
            loss = divergence(reference, distributions(weights, self.fit))
            runners.append(Runner(name, weights, self.fit, count, loss))
            expected = time.monotonic() - started
        self._tell("say", {"text": "comparing the weights"})
        self._rate, chosen = self._race("weights", runners)
        if chosen in loaded.weights:
            self.format, self._weights = chosen, loaded.weights[chosen]


class _Loaded:
    """Converted weights that are in memory."""

    def __init__(self) -> None:
        self.weights: dict[str, Weights] = {}

    def add(self, name: str, job: Job, fit: Fit) -> Weights:
        """Convert and load the weights in a format; raises ModelError."""
        out = Path(job.folder) / f"{name}.gguf"
        if job.adapter:
            _merge(job, name, out, fit.threads)
        else:
            convert(Path(job.path), name, out, fit.threads)
        self.weights[name] = Weights(out, fit.gpu_layers)
        return self.weights[name]

    def close(self) -> None:
        """Free the memory."""
        for weights in self.weights.values():
            weights.close()


def _merge(job: Job, name: str, out: Path, threads: int) -> None:
    """Write the weights with the adapter in them; only floats can be added to, so others are made of those."""
    if name in _FLOATS:
        merge_adapter(Path(job.path), Path(job.adapter), out, weights=_FLOATS[name], threads=threads)
        return
    floats = out.with_suffix(".floats")
    merge_adapter(Path(job.path), Path(job.adapter), floats, threads=threads)
    convert(floats, name, out, threads)
    floats.unlink()
