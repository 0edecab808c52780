"""``rao train data``, ``sft`` and ``export`` on a tiny model: what is written, and that a killed run goes on."""

import json
import os
import signal
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from rao_cli.models.gguf import read_header
from rao_cli.training.base_model import LoraSettings
from rao_cli.training.export import adapter_settings
from tests.cli.console import Done, Screen, rao
from tests.engine.tiny import write_tiny
from tests.training.quizzes import write_quizzes, write_recipe

torch = pytest.importorskip("torch")
pytest.importorskip("transformers")
pytest.importorskip("gguf")


@pytest.fixture(autouse=True)
def small() -> Iterator[None]:
    """Keep torch to one thread, and put the signal handlers back that an interruption leaves."""
    before = torch.get_num_threads()
    handlers = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)
    for number, handler in handlers.items():
        signal.signal(number, handler)


@pytest.fixture
def work(tmp_path: Path) -> Path:
    """Return a folder with a tiny model, a recipe and demonstrations."""
    write_tiny(tmp_path / "tiny.gguf", layers=1)
    write_quizzes(tmp_path / "q.jsonl")
    write_recipe(tmp_path / "r.toml")
    assert data(tmp_path).code == 0
    return tmp_path


def data(work: Path, *more: object) -> Done:
    """Make demonstrations."""
    return rao(
        *("train", "data", "-m", work / "tiny.gguf", "--quizzes", work / "q.jsonl"),
        *("--recipe", work / "r.toml", "--out", work / "d", *more),
    )


def sft(work: Path, out: str = "warm", *more: object, err: Screen | None = None) -> Done:
    """Learn the demonstrations."""
    return rao(
        *("train", "sft", "-m", work / "tiny.gguf", "--recipe", work / "r.toml", "--out", work / out),
        *("--data", work / "d" / "train.jsonl", "--device", "cpu", "--precision", "float32", *more),
        err=err,
    )


def parameters(folder: Path) -> list[object]:
    """Return what a run has learned."""
    kept = torch.load(folder / "checkpoint.pt", weights_only=True)
    return [value.tolist() for value in kept["parameters"]]


class Killed(Screen):
    """A terminal that does something when it is told of a step, once."""

    def __init__(self, told: str, number: int) -> None:
        super().__init__()
        self._told, self._number = told, number

    def write(self, text: str) -> int:
        """Take text; at the step send a signal, or fail as hard as code can."""
        if self._told and self._told in text:
            self._told = ""
            if not self._number:
                raise RuntimeError("killed")
            os.kill(os.getpid(), self._number)
        return super().write(text)


def test_demonstrations_are_made_once(work):
    """The files and the recipe are there, and the same command finds them."""
    kept = tomllib.loads((work / "d" / "recipe.toml").read_text())
    assert kept["run"]["command"] == "data"
    assert kept["data"]["train"]["reading"] == 6
    written = (work / "d" / "train.jsonl").stat().st_mtime_ns
    again = data(work)
    assert (again.code, "already" in again.err) == (0, True)
    assert (work / "d" / "train.jsonl").stat().st_mtime_ns == written


def test_another_seed_is_another_run(work):
    """Demonstrations of another seed do not replace those that are there."""
    other = data(work, "--seed", 9)
    assert (other.code, "data.seed was 1 and is now 9" in other.err) == (2, True)
    assert "hint: give another --out" in other.err


def test_learning_leaves_a_run(work):
    """A run leaves a checkpoint, a log of losses and measures, its recipe, and an adapter of the recipe's size."""
    done = sft(work, "warm", "--valid", work / "d" / "valid.jsonl")
    assert done.code == 0, done.err
    out = work / "warm"
    assert {path.name for path in out.iterdir()} == {"checkpoint.pt", "log.jsonl", "recipe.toml", "adapter.gguf"}
    lines = [json.loads(line) for line in (out / "log.jsonl").read_text().splitlines()]
    losses = {line["step"]: line["loss"] for line in lines if "loss" in line}
    assert list(losses) == list(range(1, max(losses) + 1))
    assert any("accuracy/reading/absent" in line for line in lines)
    assert adapter_settings(out / "adapter.gguf") == LoraSettings(rank=2, alpha=4.0)
    assert "loss\n" in done.out
    assert f"{len(losses)} steps" in done.out
    assert "right of reading/absent" in done.out


@pytest.mark.parametrize("number", [0, signal.SIGINT, signal.SIGTERM])
def test_a_killed_run_goes_on_to_the_same_parameters(work, number):
    """Whether it crashed or was stopped by a signal, the same command learns what an unbroken run learns."""
    assert sft(work, "whole").code == 0
    broken = sft(work, "broken", err=Killed("step 3/", number))
    assert broken.code == {0: 1, signal.SIGINT: 130, signal.SIGTERM: 143}[number]
    assert not (work / "broken" / "adapter.gguf").exists()
    kept = torch.load(work / "broken" / "checkpoint.pt", weights_only=True)["state"]["step"]
    assert kept == (3 if number else 2)
    if number:
        assert "run the same command again to go on" in broken.err
    resumed = sft(work, "broken")
    assert resumed.code == 0
    assert parameters(work / "broken") == parameters(work / "whole")
    assert (work / "broken" / "adapter.gguf").read_bytes() == (work / "whole" / "adapter.gguf").read_bytes()
    steps = [json.loads(line)["step"] for line in (work / "broken" / "log.jsonl").read_text().splitlines()]
    assert sorted(set(steps)) == list(range(1, max(steps) + 1))


def test_a_finished_run_is_not_done_again(work):
    """The same command on a finished run changes nothing of what was learned."""
    sft(work)
    before, log = parameters(work / "warm"), (work / "warm" / "log.jsonl").read_text()
    assert sft(work).code == 0
    assert parameters(work / "warm") == before
    assert (work / "warm" / "log.jsonl").read_text() == log


def test_another_recipe_is_refused(work):
    """A run of other settings, or of another model, is not mixed into the folder."""
    sft(work)
    before = parameters(work / "warm")
    other = sft(work, "warm", "--seed", 7)
    assert (other.code, "sft.seed was 1 and is now 7" in other.err) == (2, True)
    write_tiny(work / "tiny.gguf", layers=1, seed=5)
    assert "run.base_sha256" in sft(work).err
    assert parameters(work / "warm") == before


def test_a_dry_run_writes_nothing(work):
    """It prints parameters, tokens, memory and time, and makes no folder."""
    done = sft(work, "warm", "--dry-run")
    assert done.code == 0, done.err
    assert not (work / "warm").exists()
    rows = dict(line.split(None, 1) for line in done.out.replace("trainable ", "").splitlines())
    assert set(rows) == {"parameters", "demonstrations", "steps", "tokens", "memory", "time"}
    # rank 2, one layer: A has 64 or 128 inputs, B 64, 32 or 128 outputs.
    assert rows["parameters"].strip() == "2,048"


def test_a_dry_run_of_another_recipe_is_refused(work):
    """A dry run tells of a folder that holds another run."""
    sft(work)
    assert sft(work, "warm", "--dry-run", "--seed", 7).code == 2


def test_an_adapter_is_gone_on_with(work):
    """A run from an adapter starts with what that adapter knows, and has its size."""
    sft(work)
    (work / "slow.toml").write_text("[sft]\nrate = 1e-12\n")
    done = sft(work, "more", "--recipe", work / "slow.toml", "--from", work / "warm" / "adapter.gguf")
    assert done.code == 0, done.err
    kept = tomllib.loads((work / "more" / "recipe.toml").read_text())
    assert (kept["lora"]["rank"], len(kept["run"]["inputs"])) == (2, 2)
    pairs = zip(parameters(work / "warm"), parameters(work / "more"), strict=True)
    assert all(torch.allclose(torch.tensor(a), torch.tensor(b), atol=1e-3) for a, b in pairs)


def test_a_folder_is_trained_with_its_vocabulary_beside(work):
    """A Hugging Face folder can be learned with; what splits text must be named."""
    sft(work)
    (folder,) = (work / "cache" / "bases").iterdir()
    done = sft(work, "hf", "-m", folder)
    assert done.code == 0, done.err
    assert parameters(work / "hf") == parameters(work / "warm")
    refused = data(work, "-m", folder)
    assert (refused.code, "--vocabulary" in refused.err) == (2, True)
    assert data(work, "-m", folder, "--vocabulary", work / "tiny.gguf").code == 0


def test_demonstrations_of_another_vocabulary_are_refused(work):
    """A token that the model does not know is told before anything is written."""
    (work / "d" / "train.jsonl").write_text('["reading","answer",[1,99999],[[3],[4]],0]\n')
    done = sft(work)
    assert (done.code, "99999" in done.err) == (3, True)
    assert not (work / "warm").exists()


def test_demonstrations_of_another_model_are_refused(work):
    """Where both are known, the vocabulary that split the demonstrations must be the model's."""
    kept = (work / "d" / "recipe.toml").read_text()
    digest = tomllib.loads(kept)["run"]["vocabulary_sha256"]
    (work / "d" / "recipe.toml").write_text(kept.replace(digest, "0" * 64))
    done = sft(work)
    assert (done.code, "another vocabulary" in done.err) == (3, True)
    (work / "d" / "recipe.toml").unlink()
    assert sft(work).code == 0


def test_a_model_may_be_renamed(work):
    """The same file under another name goes on with the run."""
    sft(work)
    (work / "tiny.gguf").rename(work / "other.gguf")
    assert sft(work, "warm", "-m", work / "other.gguf").code == 0


def test_a_device_that_is_not_there_is_refused(work):
    """Before anything is read, the device is looked for."""
    if torch.backends.mps.is_available():
        pytest.skip("there is such a device here")
    done = sft(work, "warm", "--device", "mps")
    assert (done.code, "--device auto" in done.err) == (2, True)


def test_prepared_models_are_cleared_with_the_cache(work):
    """What is kept of a base model is cache; a folder of the user's beside it is not."""
    sft(work)
    bases = work / "cache" / "bases"
    (bases / "mine").mkdir()
    assert len(list(bases.iterdir())) == 2
    assert rao("cache", "clear").code == 0
    assert [path.name for path in bases.iterdir()] == ["mine"]


def test_making_demonstrations_is_interrupted_quietly(work):
    """Ctrl-C leaves no half file, and the same command makes all."""
    stopped = rao(
        *("train", "data", "-m", work / "tiny.gguf", "--quizzes", work / "q.jsonl"),
        *("--recipe", work / "r.toml", "--out", work / "e"),
        err=Killed("episode 2/", signal.SIGINT),
    )
    assert stopped.code == 130
    assert [path.name for path in (work / "e").iterdir()] == ["recipe.toml"]
    assert data(work, "--out", work / "e").code == 0
    assert (work / "e" / "train.jsonl").read_bytes() == (work / "d" / "train.jsonl").read_bytes()


@pytest.mark.parametrize("text", ["", "hello\n", '{"a": 1}\n', "[1,2]\n"])
def test_files_without_demonstrations_are_refused(work, text):
    """An empty file and one of something else are inputs that cannot be read."""
    (work / "d" / "train.jsonl").write_text(text)
    done = sft(work)
    assert (done.code, "hint:" in done.err) == (3, True)
    assert "internal" not in done.err


def test_wrong_recipes_are_told_by_file_and_name(work):
    """The error names the recipe's file and the setting."""
    (work / "r.toml").write_text("[sft]\nrates = 1\n")
    done = sft(work)
    assert (done.code, "r.toml" in done.err, "sft.rates" in done.err) == (2, True, True)


def test_export_writes_the_adapter_and_a_merged_model(work):
    """From a run's folder or its checkpoint comes the very adapter, and a model with it in the asked format."""
    sft(work)
    folder = work / "warm"
    written = (folder / "adapter.gguf").read_bytes()
    done = rao("train", "export", folder, "-o", work / "a.gguf", "--merge", work / "m.gguf", "--weights", "bf16")
    assert done.code == 0, done.err
    assert (work / "a.gguf").read_bytes() == written
    assert read_header(work / "m.gguf").architecture == "llama"
    (folder / "adapter.gguf").unlink()
    assert rao("train", "export", folder / "checkpoint.pt").code == 0
    assert (folder / "adapter.gguf").read_bytes() == written


def test_export_refuses_what_is_no_run(work):
    """A folder without a run or without a checkpoint, a damaged checkpoint and another model are told."""
    empty = rao("train", "export", work)
    assert (empty.code, "no training run" in empty.err) == (3, True)
    sft(work)
    write_tiny(work / "other.gguf", layers=1, seed=3)
    other = rao("train", "export", work / "warm", "-m", work / "other.gguf")
    assert (other.code, "not the model of this run" in other.err) == (4, True)
    (work / "warm" / "checkpoint.pt").write_bytes(b"half")
    damaged = rao("train", "export", work / "warm")
    assert (damaged.code, "cannot go on from" in damaged.err) == (3, True)
    (work / "warm" / "checkpoint.pt").unlink()
    assert rao("train", "export", work / "warm").code == 3
