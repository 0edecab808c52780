"""``rao train rl`` on a tiny model: steps, ablations by option, going on after a kill, a dry run."""

import gc
import json
import os
import signal
import threading
import tomllib
from pathlib import Path

import pytest

from rao_cli.cli.train_options import Changes
from rao_cli.cli.train_rl import with_changes
from rao_cli.training.credit import CreditSettings
from rao_cli.training.rl import RlSettings
from tests.cli.console import Done, Screen, rao
from tests.cli.test_train import Killed, parameters, small  # noqa: F401 - a fixture that is used by itself
from tests.engine.tiny import write_tiny
from tests.training.quizzes import write_quizzes, write_recipe

torch = pytest.importorskip("torch")
pytest.importorskip("transformers")
pytest.importorskip("gguf")


@pytest.fixture
def work(tmp_path: Path) -> Path:
    """Return a folder with a tiny model, a recipe and questions."""
    write_tiny(tmp_path / "tiny.gguf", layers=1)
    write_quizzes(tmp_path / "q.jsonl")
    write_recipe(tmp_path / "r.toml")
    return tmp_path


def rl(work: Path, out: str, *more: object, err: Screen | None = None) -> Done:
    """Improve the tiny model."""
    return rao(
        *("train", "rl", "-m", work / "tiny.gguf", "--quizzes", work / "q.jsonl", "--recipe", work / "r.toml"),
        *("--out", work / out, "--device", "cpu", "--precision", "float32", "--threads", 1, *more),
        err=err,
    )


def log(folder: Path) -> list[dict[str, float]]:
    """Return the lines of a run's log."""
    return [json.loads(line) for line in (folder / "log.jsonl").read_text().splitlines()]


def test_steps_are_logged_and_an_adapter_is_left(work):
    """Each step tells success and every stage of credit; recipe, checkpoint and adapter are there."""
    done = rl(work, "rao")
    assert done.code == 0, done.err
    out = work / "rao"
    assert {path.name for path in out.iterdir()} == {"checkpoint.pt", "log.jsonl", "recipe.toml", "adapter.gguf"}
    assert [line["step"] for line in log(out)] == [1, 2]
    assert {"success", "credit/baseline", "credit/bonus", "credit/depth0/weight"} <= log(out)[0].keys()
    assert "success of the roots" in done.out


def test_a_single_agent_opens_no_other(work):
    """With --alone there are roots only, and they are shown text: one decision each."""
    assert rl(work, "alone", "--alone", "--steps", 1, "--attempts", 3).code == 0
    (line,) = log(work / "alone")
    assert line["credit/depth0/nodes"] == 3
    assert "credit/depth1/nodes" not in line
    kept = tomllib.loads((work / "alone" / "recipe.toml").read_text())["rl"]
    assert (kept["limits"]["depth"], kept["steps"], kept["attempts"]) == (0, 1, 3)


def test_options_change_the_recipe():
    """Each option changes its own setting, and without options nothing changes."""
    settings = RlSettings(credit=CreditSettings(bonus=0.1))
    assert with_changes(settings, Changes()) == settings
    changes = Changes(3, 5, 2, 6, bonus=0.0, sparse=True, no_depth_weight=True, alone=True)
    changed = with_changes(settings, changes)
    assert (changed.seed, changed.steps, changed.prompts, changed.attempts) == (3, 5, 2, 6)
    assert changed.credit == CreditSettings(bonus=0.0, sparse=True, depth_weighting=False)
    assert changed.limits.depth == 0
    assert with_changes(settings, Changes(stratified=True)).credit == CreditSettings(bonus=0.1, stratified=True)


@pytest.mark.parametrize("option", [("--sparse",), ("--bonus", "0"), ("--alone",), ("--seed", "5")])
def test_an_ablation_is_another_run(work, option):
    """No ablation goes on in the folder of another run."""
    rl(work, "rao", "--steps", 1)
    other = rl(work, "rao", "--steps", 1, *option)
    assert (other.code, "holds another run: rl." in other.err) == (2, True)


@pytest.mark.parametrize("number", [0, signal.SIGINT])
def test_a_killed_run_goes_on(work, number):
    """After a crash or Ctrl-C in the third step the two before are kept, and the same command does the rest."""
    more = ("--steps", "3", "--alone")
    broken = rl(work, "rao", *more, err=Killed("step 2/", number))
    assert broken.code == (130 if number else 1)
    assert torch.load(work / "rao" / "checkpoint.pt", weights_only=True)["state"]["step"] == 2
    assert rl(work, "rao", *more).code == 0
    assert [line["step"] for line in log(work / "rao")] == [1, 2, 3]


class Stopped(Screen):
    """A terminal that is pressed Ctrl-C at a moment after the first step."""

    def write(self, text: str) -> int:
        """Take text; after the first step set the clock."""
        if "step 1/" in text:
            threading.Timer(0.2, os.kill, (os.getpid(), signal.SIGINT)).start()
        return super().write(text)


def test_agents_at_work_are_stopped_quietly(work, caplog):
    """Ctrl-C while agents act, or learn, ends in one line, and what was learned before is kept."""
    stopped = rl(work, "rao", "--steps", 500, err=Stopped())
    gc.collect()
    assert (stopped.code, "interrupted" in stopped.err) == (130, True)
    assert [one for one in caplog.records if one.name == "asyncio"] == []
    assert torch.load(work / "rao" / "checkpoint.pt", weights_only=True)["state"]["step"] >= 1


def test_either_engine_may_act(work):
    """The network itself makes the same attempts as llama.cpp, and a step learns the same from them."""
    for actors in ("torch", "llama"):
        done = rl(work, actors, "--steps", 1, "--actors", actors)
        assert done.code == 0, done.err
    one, other = (log(work / actors)[0] for actors in ("torch", "llama"))
    assert one.keys() == other.keys()
    names = [name for name in one if name.endswith("/nodes") or name == "success"]
    assert [one[name] for name in names] == [other[name] for name in names]
    pairs = zip(parameters(work / "torch"), parameters(work / "llama"), strict=True)
    assert all(torch.allclose(torch.tensor(a), torch.tensor(b), atol=1e-3) for a, b in pairs)


def test_another_engine_may_go_on(work):
    """Who acts is no setting of a run: what one began the other goes on with."""
    more = ("--steps", 2, "--alone")
    assert rl(work, "rao", *more, "--actors", "torch", err=Killed("step 1/", 0)).code == 1
    assert rl(work, "rao", *more, "--actors", "llama").code == 0
    assert [line["step"] for line in log(work / "rao")] == [1, 2]
    wrong = rl(work, "rao", *more, "--actors", "nobody")
    assert (wrong.code, "--actors" in wrong.err) == (2, True)


def test_llama_cpp_tells_what_it_takes(work):
    """A dry run measures the engine that is asked for, and agents that it runs stop at Ctrl-C."""
    done = rl(work, "rao", "--dry-run", "--actors", "llama")
    assert (done.code, "by one question's attempts" in done.out) == (0, True)
    stopped = rl(work, "rao", "--steps", 500, "--actors", "llama", err=Stopped())
    assert (stopped.code, "interrupted" in stopped.err) == (130, True)


def test_a_run_starts_from_an_adapter(work):
    """What an adapter knows is where a run begins; its size goes before the recipe's."""
    assert rl(work, "first", "--steps", 1).code == 0
    (work / "slow.toml").write_text(
        (work / "r.toml").read_text().replace("rank = 2", "rank = 8") + "rate = 1e-12\n"
    )
    adapter = work / "first" / "adapter.gguf"
    done = rl(work, "second", "--recipe", work / "slow.toml", "--from", adapter, "--steps", 1)
    assert done.code == 0, done.err
    pairs = zip(parameters(work / "first"), parameters(work / "second"), strict=True)
    assert all(torch.allclose(torch.tensor(a), torch.tensor(b), atol=1e-3) for a, b in pairs)


def test_a_dry_run_writes_nothing(work):
    """It measures one question's attempts, tells what the run would take, and makes no folder."""
    done = rl(work, "rao", "--dry-run")
    assert done.code == 0, done.err
    assert not (work / "rao").exists()
    assert "trees                 4\n" in done.out
    assert "by one question's attempts" in done.out


def test_questions_are_asked_for(work):
    """Without a file of questions the error says which option gives one."""
    done = rao("train", "rl", "-m", work / "tiny.gguf", "--out", work / "rao")
    assert (done.code, "--quizzes" in done.err) == (2, True)
    assert not (work / "rao").exists()


@pytest.mark.parametrize("text", ["hello\n", '{"title": "x"}\n', ""])
def test_wrong_questions_are_told(work, text):
    """A file that holds no questions is named."""
    (work / "q.jsonl").write_text(text)
    done = rl(work, "rao")
    assert done.code in (2, 3)
    assert "hint:" in done.err
    assert "internal" not in done.err
